"""A far end of SIP calls in this process: what it does with a request is told to it; it keeps what it got."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final, Self

from nianjian.engines.sip import agent
from nianjian.engines.sip.agent import Pace
from nianjian.engines.sip.message import CallTrace, Message, Plan, Via, read, reply, serialize_message
from nianjian.features.test_calls.states import ADDRESS, judge

SOUND: Final = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 4000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n"
)
END: Final = b"end"
LENGTH: Final = re.compile(rb"\r\nContent-Length: ([0-9]+)\r\n")


class Far:
    """What both keep: the requests that came."""

    def __init__(self) -> None:
        self.got: list[Message] = []

    def methods(self) -> list[str]:
        """What came in, in order."""
        return [one.method for one in self.got]

    def count(self, method: str) -> int:
        """How often this request came."""
        return self.methods().count(method)

    def all(self, method: str) -> list[Message]:
        """These requests, in order."""
        return [one for one in self.got if one.method == method]


class Stream(Far):
    """``with Stream(does) as far``: the same over TCP, or over TLS by ``context``; one connection after another.

    ``does`` gives None to end the connection there.
    """

    def __init__(
        self, does: Callable[[Stream, Message], Iterable[Message | None]], context: ssl.SSLContext | None = None
    ) -> None:
        super().__init__()
        self._does, self._context = does, context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._ended = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            pass  # wakes the one that waits
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        while not self._ended:
            plain, _sender = self._listener.accept()
            plain.settimeout(10)
            with suppress(OSError), plain:
                link = self._context.wrap_socket(plain, server_side=True) if self._context else plain
                with link:
                    self._talk(link)

    def _talk(self, link: socket.socket) -> None:
        buffer = b""
        while True:
            head = buffer.find(b"\r\n\r\n")
            length = LENGTH.search(buffer[: head + 2]) if head >= 0 else None
            end = head + 4 + int(length[1]) if length else -1
            if end < 0 or len(buffer) < end:
                more = link.recv(65_535)
                if not more:
                    return
                buffer += more
                continue
            message, buffer = read(buffer[:end]), buffer[end:]
            if message is None:
                continue
            if message.method:
                self.got.append(message)
            for one in self._does(self, message):
                if one is None:
                    return
                link.sendall(serialize_message(one))


class Answerer(Far):
    """``with Answerer(does) as far``: over UDP; ``does(far, request)`` gives what is sent back at once."""

    def __init__(self, does: Callable[[Answerer, Message], Iterable[Message]]) -> None:
        super().__init__()
        self._does = does
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._sender = ("", 0)
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendto(END, ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def say(self, message: Message) -> None:
        """Send something later, to who asked last."""
        self._socket.sendto(serialize_message(message), self._sender)

    def _listen(self) -> None:
        while True:
            raw, sender = self._socket.recvfrom(65_535)
            if raw == END:  # whatever came before it was taken
                return
            message = read(raw)
            if message is None:
                continue
            self._sender = sender
            if message.method:
                self.got.append(message)
            for one in self._does(self, message):
                self._socket.sendto(serialize_message(one), sender)


def back(request: Message, status: int, phrase: str = "x", *more: tuple[str, str], body: bytes = b"") -> Message:
    """A reply with a tag of this side."""
    response = reply(request, status, phrase, more)
    lacks = "tag=" not in response.one("to")
    headers = [(name, f"{value};tag=far" if name == "to" and lacks else value) for name, value in response.headers]
    return Message(tuple(headers), body, status=status, phrase=phrase)


def answered(request: Message, contact: str = "<sip:far@127.0.0.1:5999>", *more: tuple[str, str]) -> Message:
    """200 with sound."""
    return back(request, 200, "OK", ("contact", contact), ("content-type", "application/sdp"), *more, body=SOUND)


def pick_up(_far: Far, request: Message) -> Iterable[Message]:
    """95014 is busy, every other number answered."""
    if request.method == "BYE":
        yield back(request, 200, "OK")
    elif request.method == "INVITE":
        yield back(request, 486, "Busy") if "95014" in request.uri else answered(request)


def on(**says: Callable[[Any, Message], Iterable[Message]]) -> Callable[[Far, Message], Iterable[Message]]:
    """A far end that says this to each method; a BYE is answered 200 anyway, to the others it says nothing."""

    def does(far: Far, request: Message) -> Iterable[Message]:
        if request.method in says:
            return says[request.method](far, request)
        return [back(request, 200, "OK")] if request.method == "BYE" else []

    return does


QUICK: Final = Pace(apart=0, at_once=50, linger=0)


def place(*calls: tuple[Via, Plan], pace: Pace = QUICK) -> list[CallTrace]:
    """Place calls and give what each saw, in their order."""
    seen: dict[int, CallTrace] = {}
    agent.place_calls(calls, pace=pace, took=seen.__setitem__)
    return [seen[number] for number in range(len(calls))]


def reason(seen: CallTrace, host: str = "127.0.0.1") -> str:
    """What a call that should land on this host proves, as its reason."""
    return judge(seen, limit=30_000, expected=(host,), witness=ADDRESS).reason
