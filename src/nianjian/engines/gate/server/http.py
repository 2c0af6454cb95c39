"""HTTP for questions: an asyncio protocol on httptools. All else of the process is handed to the control side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar, Final

import httptools

from nianjian.engines.gate.question import Brief, Request, Verdict
from nianjian.engines.gate.server import wire
from nianjian.engines.gate.server.connections import NEVER, Connections, OrderedConnection
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.wire import Admission

JSON: Final = b"application/json"
TEXT: Final = b"text/plain; charset=utf-8"
_OK_JSON: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


def http_reply(status: bytes, kind: bytes, body: bytes) -> bytes:
    """A whole answer; ``status`` as ``200 OK``."""
    return b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (status, kind, len(body), body)


def problem_reply(status: bytes, why: str) -> bytes:
    """A problem document (RFC 9457)."""
    number, _, title = status.partition(b" ")
    body = wire.to_json({"status": int(number), "title": title.decode(), "detail": why})
    return http_reply(status, b"application/problem+json", body)


def closing_reply(answer: bytes) -> bytes:
    """The same answer, the last one of its connection."""
    return answer.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)


ALLOW: Final = http_reply(b"200 OK", TEXT, b"allow")


_HEADS: Final = [_OK_JSON % (size, b"") for size in range(4096)]


def usual_reply(of: Brief) -> bytes:
    """The answer of ``POST /v1/decide`` to a usual call."""
    body = wire.brief_json(of)
    size = len(body)
    return _HEADS[size] + body if size < len(_HEADS) else _OK_JSON % (size, body)


class ReplySlot:
    """The place of one answer in the order of a connection."""

    __slots__ = ("_flush", "content")

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self.content: bytes | None = None

    def fill(self, content: bytes) -> None:
        """The answer is known."""
        self.content = content
        self._flush()

    def verdict(self, verdict: Verdict) -> None:
        """The answer of ``POST /v1/decide``."""
        body = wire.to_json(wire.to_answer(verdict))
        self.fill(_OK_JSON % (len(body), body))

    def word(self, verdict: Verdict) -> None:
        """The answer of ``GET /gate``."""
        self.fill(ALLOW if verdict.allow else http_reply(b"200 OK", TEXT, wire.answer_word(verdict).encode()))


class BatchReplies:
    """The answers of a batch, in the order of its questions."""

    __slots__ = ("_left", "_slot", "found")

    def __init__(self, slot: ReplySlot, count: int) -> None:
        self._slot = slot
        self._left = count
        self.found: list[wire.Answer | None] = [None] * count

    def place(self, at: int) -> Callable[[Verdict], None]:
        """Where the answer of one question goes."""

        def put(verdict: Verdict) -> None:
            self.found[at] = wire.to_answer(verdict)
            self._left -= 1
            if self._left == 0:
                self._slot.fill(http_reply(b"200 OK", JSON, wire.to_json({"answers": self.found})))

        return put


LOG: Final = logging.getLogger(__name__)
HEAD_MOST: Final = 16_384  # bytes of a request that are no body: head, trailers, what frames chunks
HEADERS_MOST: Final = 100  # of a head that is not whole yet: in memory a short one takes thirty times its bytes
BODY_MOST: Final = 1 << 20
QUESTIONS_MOST: Final = 1000  # in one batch
TOO_MANY: Final = f"a batch has at most {QUESTIONS_MOST} questions"
LINGER: Final = 1.0  # seconds in which what is still on its way is dropped, so that the last answer is read
LINGER_MOST: Final = 8 << 20  # bytes
PIPELINED_MOST: Final = 1000  # questions of one connection that wait for their answers
PAGES_MOST: Final = 16  # and pages of the control side
# of one who has proved no token
STRANGER_BODY_MOST: Final = 16_384
STRANGER_PIPELINED_MOST: Final = 16
_AUTHORIZATION, _EXPECT = len(b"authorization"), len(b"expect")
_DECIDE: Final = b"/v1/decide"
_WORD: Final = b"/gate?"
_UNPROVED: Final = "a token of the enterprise is needed"
_CROWDED: Final = "too many questions wait on this connection"
Control = Callable[["HttpRequest"], Awaitable[bytes]]


def _split_pieces(data: bytes) -> Iterator[bytes]:
    return (data[at : at + HEAD_MOST] for at in range(0, len(data), HEAD_MOST))


@dataclass(slots=True)
class HttpRequest:
    """One request that is not for the hot path."""

    method: str
    target: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]


class HttpConnection(OrderedConnection):
    """One connection."""

    REFUSAL: ClassVar[bytes] = closing_reply(problem_reply(b"503 Service Unavailable", "too many connections"))

    def __init__(self, gate: Gate, admission: Admission, control: Control, connections: Connections) -> None:
        super().__init__(connections)
        self._gate = gate
        self._ask = gate.usual.ask
        self._admission = admission
        self._control = control
        self._parser = httptools.HttpRequestParser(self)
        self._refused = False
        self._between = True  # no question has begun
        self._alone = b""  # what came in one piece, and begins with a question
        # the head of a usual question that came so: one with the very same head and size needs no parser
        self._same, self._size, self._same_whose = b"", 0, ""
        self._proof = b""  # the Authorization that this connection has proved, and whose it is
        self._whose: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._fresh()

    # ------------------------------------------------------------ of the transport

    def connection_lost(self, exc: Exception | None) -> None:
        """End; answers that come later are dropped."""
        super().connection_lost(exc)
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        """A usual question whose head and size are those of one before is answered without the parser."""
        if self._closing:
            self._frame += len(data)
            if self._frame > LINGER_MOST:
                self.abort()
            return
        usual = len(data) == self._size and self._between and not self._slots and data.startswith(self._same)
        if usual and (transport := self._transport) is not None:
            answer = self._posted(data[len(self._same) :], self._same_whose)
            if answer is not None:
                transport.write(answer)
                return
        self._alone = data if self._between else b""
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        """Parse, ask, and write what is known already in one piece."""
        self._reading = True
        try:
            for piece in (data,) if len(data) <= HEAD_MOST else _split_pieces(data):
                self._frame += len(piece)
                self._parser.feed_data(piece)
                if self._closing:
                    break
                if not self._between:
                    self._unfinished()
        except httptools.HttpParserUpgrade:
            self._refuse(b"400 Bad Request", "nothing is spoken here but HTTP/1.1")
        except httptools.HttpParserError:
            if not self._closing:
                self._refuse(b"400 Bad Request", "this is no HTTP request")
        except Exception:
            LOG.exception("a request could not be handled")
            self._refuse(b"500 Internal Server Error", "the gate erred")
        self._reading = False
        answers, transport = self._known, self._transport
        if len(answers) == 1 and not self._slots and transport is not None and not self._closing:
            transport.write(answers.pop())
        else:
            self.flush()

    def _unfinished(self) -> None:
        """A request goes on: it has its deadline, and no more beside its body than makes sense.

        Of a piece in which another request ended nothing is counted.
        """
        if self._begun_at == NEVER:
            self._begun_at = monotonic()
        if self._frame - len(self._body) > HEAD_MOST or len(self._headers) > HEADERS_MOST:
            self._refuse(b"431 Request Header Fields Too Large", "the head, or what frames the body, is too long")

    def _part(self, transport: asyncio.Transport) -> None:
        if self._refused:  # closed at once, what is still on its way would break the answer off
            self._refused = False
            transport.write_eof()
            asyncio.get_running_loop().call_later(LINGER, transport.abort)
        else:
            super()._part(transport)

    def _refuse(self, status: bytes, why: str) -> None:
        """Answer what cannot be read and close after the answers before it."""
        if self._refused:
            return
        self._closing = self._refused = True
        slot = ReplySlot(self.flush)
        self._slots.append(slot)
        slot.content = closing_reply(problem_reply(status, why))
        self._fresh()

    # ------------------------------------------------------------ of the parser

    def _fresh(self) -> None:
        """A request may begin."""
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._authorization = b""
        self._body: bytes | bytearray = b""
        self._frame = 0
        self._in_head = True
        self._expects = False

    def on_message_begin(self) -> None:
        """A request begins."""
        self._between = False

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; trailers say nothing here."""
        if not self._in_head:
            return
        self._headers.append((name, value))
        if len(name) == _AUTHORIZATION and name.lower() == b"authorization":
            self._authorization = value
        elif len(name) == _EXPECT and name.lower() == b"expect":
            self._expects = value.lower() == b"100-continue"

    def on_headers_complete(self) -> None:
        """The head is over; curl waits for a word before it sends a large body."""
        self._in_head = False
        transport = self._transport
        if self._expects and transport is not None and not (self._slots or self._known or self._closing):
            transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if not self._body:
            self._body = body
        else:
            if isinstance(self._body, bytes):
                self._body = bytearray(self._body)  # bytes would be copied at each of many pieces
            self._body += body
        size = len(self._body)
        if size <= STRANGER_BODY_MOST or self._closing:
            return
        if self._proved() is None:
            self._refuse(b"401 Unauthorized", _UNPROVED)
        elif size > BODY_MOST:
            self._refuse(b"413 Content Too Large", "the body is longer than 1 MiB")

    def on_message_complete(self) -> None:
        """A request is whole: most are usual calls, whose answer need not wait in the line."""
        self._between, self._begun_at = True, NEVER
        if self._closing:
            return
        if not self._parser.should_keep_alive():
            self._closing = True
        answer = None if self._slots else self._usual()
        if answer is None:
            self._placed()
        else:
            self._known.append(answer)
        self._fresh()

    def _placed(self) -> None:
        """A request whose answer has its place behind those before it."""
        if len(self._slots) >= STRANGER_PIPELINED_MOST and self._proved() is None:
            self._refuse(b"503 Service Unavailable", _CROWDED)
            return
        slot = ReplySlot(self.flush)
        self._slots.append(slot)
        if len(self._slots) > PIPELINED_MOST:
            slot.content = problem_reply(b"503 Service Unavailable", _CROWDED)
            return
        path, _, query = self._target.partition(b"?")
        try:
            self._route(self._parser.get_method(), path, query, slot)
        except wire.MalformedError as fault:
            slot.content = problem_reply(b"400 Bad Request", str(fault))
        except (wire.Fault, UnicodeDecodeError) as fault:
            # a decoder's sentence names a field and a type, never a value
            detail = str(fault) if isinstance(fault, wire.Fault) else "the text is not UTF-8"
            slot.content = problem_reply(b"400 Bad Request", detail)

    def _route(self, method: bytes, path: bytes, query: bytes, slot: ReplySlot) -> None:
        if method == b"POST" and path in self._POSTS:
            whose = self._proved()
            if whose is None:
                slot.content = problem_reply(b"401 Unauthorized", _UNPROVED)
            else:
                self._POSTS[path](self, whose, slot)
        elif method == b"GET" and path == b"/gate":
            whose = self._proved()
            if whose is None:
                slot.content = http_reply(b"401 Unauthorized", TEXT, b"deny gate-unavailable")
            else:
                self._gate.ask(self._request(wire.to_ask(wire.parse_query(query)), whose), slot.word)
        elif len(self._tasks) >= PAGES_MOST:
            slot.content = problem_reply(b"503 Service Unavailable", _CROWDED)
        else:
            self._proved()
            lower = [(name.lower(), value) for name, value in self._headers]
            received = HttpRequest(method.decode("ascii"), path, query, lower)
            task = asyncio.get_running_loop().create_task(self._hand_over(received, slot))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _hand_over(self, received: HttpRequest, slot: ReplySlot) -> None:
        try:
            slot.fill(await self._control(received))
        except Exception:
            LOG.exception("a page of the gate could not be made")
            slot.fill(problem_reply(b"500 Internal Server Error", "the gate erred"))

    # ------------------------------------------------------------ the questions

    def _proved(self) -> str | None:
        """Whose token came with the request; "" where no tokens are kept, None for none or a wrong one."""
        if self._whose is not None and self._authorization == self._proof:
            return self._whose
        whose = self._admission.whose(self._authorization)
        if whose is not None:
            self._proof, self._whose = self._authorization, whose
            self.proved()
        return whose

    def _request(self, ask: wire.Ask, whose: str, default: str = "") -> Request:
        enterprise = self._admission.enterprise(ask.enterprise or default, whose)
        return wire.to_request(ask, enterprise, self._gate.moment())

    def _usual(self) -> bytes | None:
        """The answer where the gate knows it the short way; None: the question, if it is one, takes the whole way."""
        target, body, posted = self._target, self._body, self._target == _DECIDE
        whose = self._proved() if posted or target.startswith(_WORD) else None
        if whose is None or len(target) + len(body) > wire.LONGEST:
            return None
        if self._parser.get_method() != (b"POST" if posted else b"GET"):
            return None
        if not posted:
            try:
                usual = self._ask_usual(wire.to_ask(wire.parse_query(target[len(_WORD) :])), whose)
            except wire.MalformedError:
                return None
            return None if usual is None else ALLOW
        body = bytes(body)
        answer = self._posted(body, whose)
        data = self._alone
        head = len(data) - len(body)
        if answer is not None and not self._closing and data.find(b"\r\n\r\n") + 4 == head and data.endswith(body):
            self._same, self._size, self._same_whose = data[:head], len(data), whose
        return answer

    def _posted(self, body: bytes, whose: str) -> bytes | None:
        """The answer to a usual question; None: nothing has happened."""
        try:
            usual = self._ask_usual(wire.ASK.decode(body), whose)
        except (wire.Fault, wire.MalformedError, UnicodeDecodeError):
            return None
        return None if usual is None else usual_reply(usual)

    def _ask_usual(self, ask: wire.Ask, whose: str) -> Brief | None:
        if ask.at is not None:
            return None
        enterprise = ask.enterprise
        if whose or not enterprise:
            enterprise = self._admission.enterprise(enterprise, whose)
        gate = self._gate
        like = (enterprise, ask.display, ask.channel, ask.team, ask.purpose)
        return self._ask(like, ask.callee, ask.call_id, gate.moment(), gate.held.snapshot, caller=ask.caller)

    def _decide(self, whose: str, slot: ReplySlot) -> None:
        self._gate.ask(self._request(wire.ASK.decode(self._body), whose), slot.verdict)

    def _batch(self, whose: str, slot: ReplySlot) -> None:
        batch = wire.BATCH.decode(self._body)
        if len(batch.questions) > QUESTIONS_MOST:
            raise wire.MalformedError(TOO_MANY)
        requests = [self._request(ask, whose, batch.enterprise) for ask in batch.questions]
        if not requests:
            slot.content = http_reply(b"200 OK", JSON, wire.to_json({"answers": []}))
        collected = BatchReplies(slot, len(requests))
        for at, request in enumerate(requests):
            self._gate.ask(request, collected.place(at))

    def _outcome(self, whose: str, slot: ReplySlot) -> None:
        outcome = wire.OUTCOME.decode(self._body)
        enterprise = self._admission.enterprise(outcome.enterprise, whose)
        done = self._gate.settle(enterprise, outcome.call_id, answered=outcome.answered)
        slot.content = http_reply(b"200 OK", JSON, wire.to_json({"known": done}))

    def _release(self, whose: str, slot: ReplySlot) -> None:
        release = wire.RELEASE.decode(self._body)
        enterprise = self._admission.enterprise(release.enterprise, whose)
        done = self._gate.release(enterprise, release.call_id)
        slot.content = http_reply(b"200 OK", JSON, wire.to_json({"released": done}))

    _POSTS: ClassVar[dict[bytes, Callable[[HttpConnection, str, ReplySlot], None]]] = {
        _DECIDE: _decide,
        b"/v1/batch": _batch,
        b"/v1/outcome": _outcome,
        b"/v1/release": _release,
    }
