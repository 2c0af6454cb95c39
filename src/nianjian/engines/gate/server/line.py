"""One line a question over TCP, for dialers that ask often; many lines in one message are a batch.

``display callee channel [call_id [enterprise [team [purpose]]]]`` with blanks between and ``-`` for nothing;
``token TOKEN`` first where tokens are kept. Answers: ``allow`` or ``deny REASON``, one line each, in the order of
the questions. A line that cannot be read is answered ``deny malformed`` and the connection is closed.
"""

from __future__ import annotations

import logging
from time import monotonic
from typing import ClassVar, Final

from nianjian.engines.gate.question import Request, Verdict
from nianjian.engines.gate.server import wire
from nianjian.engines.gate.server.answers import Answer
from nianjian.engines.gate.server.connections import NEVER, Connections, OrderedConnection
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.wire import Admission
from nianjian.engines.gate.snapshot.read import Snapshot

LOG: Final = logging.getLogger(__name__)
LINE_MOST: Final = 1024
WAITING_MOST: Final = 10_000
_FIELDS: Final = range(3, 8)
_USUAL: Final = 4  # display, callee, channel, call_id
_ALLOW: Final = b"allow\n"
_MALFORMED: Final = b"deny malformed\n"


def _verdict_line(verdict: Verdict) -> bytes:
    return _ALLOW if verdict.allow else f"deny {verdict.reason}\n".encode()


class _Slot:
    """The place of an answer that is not known at once, or that another one before it keeps back."""

    __slots__ = ("_door", "content")

    def __init__(self, door: LineConnection, content: bytes | None = None) -> None:
        self._door = door
        self.content = content

    def fill(self, verdict: Verdict) -> None:
        """The answer is known."""
        self.content = _verdict_line(verdict)
        self._door.flush()


class LineConnection(OrderedConnection):
    """One connection."""

    REFUSAL: ClassVar[bytes] = b"deny gate-unavailable\n"

    def __init__(self, gate: Gate, admission: Admission, connections: Connections) -> None:
        super().__init__(connections)
        self._gate = gate
        self._admission = admission
        self._rest = b""
        self._whose = admission.token(b"")
        self._usual = gate.usual.ask
        self._snapshot: Snapshot | None = None  # by which it was last looked for whom this connection asks
        self._own = ""

    def data_received(self, data: bytes) -> None:
        """Ask what the whole lines ask, and write what is known already in one piece."""
        if data.find(b"\n") == len(data) - 1 and not (self._rest or self._slots or self._closing) and self._alone(data):
            return
        if self._closing:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._reading = True
        if lines:
            self._lines(lines)
        if not self._rest:
            self._begun_at = NEVER
        elif lines or self._begun_at == NEVER:
            self._begun_at = monotonic()
        if len(self._rest) > LINE_MOST:
            self._malformed()
        self._reading = False
        self.flush()

    def _alone(self, data: bytes) -> bool:
        """Answer a message that is one usual question and nothing else; False: nothing has happened."""
        gate, transport = self._gate, self._transport
        snapshot = gate.held.snapshot
        try:
            words = data.decode().split()
        except UnicodeDecodeError:
            return False
        if len(words) != _USUAL or len(data) > wire.LONGEST or snapshot is not self._snapshot or transport is None:
            return False
        display, callee, channel, call_id = words
        like = (self._own, display, channel, "", "")
        if call_id == "-" or self._usual(like, callee, call_id, gate.moment(), snapshot) is None:
            return False
        transport.write(_ALLOW)
        return True

    def renewed(self) -> None:
        """Another snapshot is in force: a connection that is silent must not keep the old one in memory."""
        self._snapshot = None

    def _lines(self, lines: list[bytes]) -> None:
        gate, slots, answers = self._gate, self._slots, self._known
        now, snapshot = gate.moment(), gate.held.snapshot
        if snapshot is not self._snapshot:
            self._snapshot, self._own = snapshot, self._admission.unnamed(self._whose)
        for raw in lines:
            try:
                line = raw.decode()
            except UnicodeDecodeError:
                self._malformed()
                return
            words = line.split()
            if len(words) == _USUAL and not slots and len(line) <= wire.LONGEST:
                display, callee, channel, call_id = words
                like = (self._own, display, channel, "", "")
                if call_id != "-" and self._usual(like, callee, call_id, now, snapshot) is not None:
                    answers.append(_ALLOW)
                    continue
            try:
                self._line(line, words, now)
            except wire.MalformedError:
                self._malformed()
                return
        if self._whose is not None:
            self.proved()

    def _line(self, line: str, words: list[str], now: int) -> None:
        if len(words) == 2 and words[0] == "token":  # noqa: PLR2004 - the word and the token
            self._whose = self._admission.token(words[1].encode())
            if self._whose is None:
                raise wire.MalformedError("a wrong token")
            self._own = self._admission.unnamed(self._whose)
            return
        if self._whose is None or len(words) not in _FIELDS or len(self._slots) >= WAITING_MOST:
            raise wire.MalformedError("no question")
        if len(line) > wire.LONGEST:
            wire.check_lengths(words)
        if "-" in words:
            words = ["" if word == "-" else word for word in words]
        enterprise, team, purpose = "", "", ""
        if len(words) > _USUAL:
            enterprise, team, purpose = (*words[_USUAL:], "", "")[:3]
        request = Request(
            self._admission.enterprise(enterprise, self._whose),
            words[0], words[1], words[2], words[3] if len(words) >= _USUAL else "", now, "", team, purpose,
        )  # fmt: skip
        verdict = self._gate.verdict(request, self._later, now)
        if verdict is None:
            return
        if self._slots:
            self._slots.append(_Slot(self, _verdict_line(verdict)))
        else:
            self._known.append(_verdict_line(verdict))

    def _later(self) -> Answer:
        slot = _Slot(self)
        self._slots.append(slot)
        return slot.fill

    def _malformed(self) -> None:
        self._closing = True
        self._slots.append(_Slot(self, _MALFORMED))
