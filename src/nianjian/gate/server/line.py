"""One line a question over TCP, for dialers that ask often; many lines in one message are a batch.

``display callee channel [call_id [enterprise [team [purpose]]]]`` with blanks between and ``-`` for nothing;
``token TOKEN`` first where tokens are kept. Answers: ``allow`` or ``deny REASON``, one line each, in the order of
the questions. A line that cannot be read is answered ``deny malformed`` and the connection is closed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Final, cast

from nianjian.gate.asked import Verdict
from nianjian.gate.server import wire
from nianjian.gate.server.admission import Admission
from nianjian.gate.server.gate import Gate

LOG: Final = logging.getLogger(__name__)
LINE_MOST: Final = 1024
WAITING_MOST: Final = 10_000
_FIELDS: Final = range(3, 8)
_MALFORMED: Final = "deny malformed"


class _Slot:
    """The place of one answer."""

    __slots__ = ("_door", "text")

    def __init__(self, door: LineDoor) -> None:
        self._door = door
        self.text = ""

    def fill(self, verdict: Verdict) -> None:
        """The answer is known."""
        self.text = "allow" if verdict.allow else f"deny {verdict.reason}"
        self._door.flush()


class LineDoor(asyncio.Protocol):
    """One connection."""

    def __init__(self, gate: Gate, admission: Admission, connections: set[LineDoor]) -> None:
        """``connections`` are those of the server, for its end."""
        self._gate = gate
        self._admission = admission
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._slots: deque[_Slot] = deque()
        self._rest = b""
        self._whose = admission.token(b"")
        self._reading = False
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are of no class of asyncio
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - of the interface
        """End; answers that come later are dropped."""
        self._connections.discard(self)
        self._transport = None

    def pause_writing(self) -> None:
        """Who does not read its answers is not read either."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        if self._transport is not None and not self._closing:
            self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Ask what the whole lines ask, and write what is known already in one piece."""
        if self._closing:
            return
        whole, newline, self._rest = (self._rest + data).rpartition(b"\n")
        self._reading = True
        if newline:
            self._lines(whole)
        if len(self._rest) > LINE_MOST:
            self._malformed()
        self._reading = False
        self.flush()

    def leave(self) -> None:
        """The server ends: close when all is answered."""
        self._closing = True
        self.flush()

    def flush(self) -> None:
        """Write the answers that are known, up to the first that is not."""
        if self._reading:
            return
        slots, transport = self._slots, self._transport
        known: list[str] = []
        while slots and (text := slots[0].text):
            known.append(text)
            slots.popleft()
        if transport is None or transport.is_closing():
            return
        if known:
            known.append("")
            transport.write("\n".join(known).encode())
        if self._closing and not slots:
            transport.close()

    def _lines(self, whole: bytes) -> None:
        try:
            lines = whole.decode().split("\n")
        except UnicodeDecodeError:
            self._malformed()
            return
        now = self._gate.moment()
        for line in lines:
            if self._closing:
                return
            try:
                self._line(line.split(), now)
            except wire.MalformedError:
                self._malformed()

    def _line(self, words: list[str], now: int) -> None:
        if len(words) == 2 and words[0] == "token":  # noqa: PLR2004 - the word and the token
            self._whose = self._admission.token(words[1].encode())
            return
        if self._whose is None or len(words) not in _FIELDS or len(self._slots) >= WAITING_MOST:
            raise wire.MalformedError("no question")
        display, callee, channel, *more = ["" if word == "-" else word for word in words]
        call_id, named, team, purpose = (*more, "", "", "", "")[:4]
        enterprise = self._admission.enterprise(named, self._whose)
        slot = _Slot(self)
        self._slots.append(slot)
        ask = wire.Ask(display, callee, channel, call_id, enterprise, "", team, purpose)
        self._gate.ask(wire.request(ask, enterprise, now), slot.fill)

    def _malformed(self) -> None:
        self._closing = True
        slot = _Slot(self)
        slot.text = _MALFORMED
        self._slots.append(slot)
