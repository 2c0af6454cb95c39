"""FastAGI: Asterisk connects for each call, asks once and is told one variable, ``GATE``.

``AGI(agi://host:port/decide,DISPLAY,CALLEE,CHANNEL,CALL_ID[,PURPOSE[,TOKEN]])``. Asterisk has no time limit of its own
once it is connected, so the connection is broken off after `DEADLINE`. Two commands in one write hang the channel:
there is one command, ever. AGISTATUS tells nothing; the dialplan clears the variable before and looks at it after.
"""

import asyncio
import logging
from typing import Final

from nianjian.engines.gate.question import Verdict
from nianjian.engines.gate.server import wire
from nianjian.engines.gate.server.connections import Connection, Connections
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.wire import Admission

LOG: Final = logging.getLogger(__name__)
DEADLINE: Final = 1.0
HEAD_MOST: Final = 8192  # bytes, of the head and of what comes after it
_ARGUMENTS: Final = 6


class FastAgi(Connection):
    """One call."""

    def __init__(self, gate: Gate, admission: Admission, connections: Connections) -> None:
        super().__init__(connections)
        self._gate = gate
        self._admission = admission
        self._buffer = b""
        self._asked = self._said = False
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; the call is held no longer than the deadline."""
        super().connection_made(transport)
        if self._transport is not None:
            self._deadline = asyncio.get_running_loop().call_later(DEADLINE, self._transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; an answer that comes later is dropped."""
        super().connection_lost(exc)
        if self._deadline is not None:
            self._deadline.cancel()

    def data_received(self, data: bytes) -> None:
        """The head, which ends with an empty line; then the reply to the one command."""
        self._buffer += data
        if len(self._buffer) > HEAD_MOST:
            self.abort()
            return
        if self._asked:
            self._close_when_over()
            return
        head, end, rest = self._buffer.partition(b"\n\n")
        if not end:
            return
        self._asked, self._buffer = True, rest
        try:
            self._ask(head)
        except wire.MalformedError:
            self._say("deny malformed")

    def _ask(self, head: bytes) -> None:
        lines = (line.partition(": ") for line in head.decode("utf-8", "replace").split("\n"))
        fields = {name: value for name, _, value in lines}
        args = [fields.get(f"agi_arg_{number}", "").strip() for number in range(1, _ARGUMENTS + 1)]
        display, callee, channel, call_id, purpose, token = args
        whose = self._admission.token(token.encode())
        if whose is None:
            self._say("deny gate-unavailable")
            return
        self.proved()
        enterprise = self._admission.enterprise("", whose)
        ask = wire.Ask(display, callee, channel, call_id, enterprise, purpose=purpose)
        self._gate.ask(wire.to_request(ask, enterprise, self._gate.moment()), self._answer)

    def _answer(self, verdict: Verdict) -> None:
        self._say(wire.answer_word(verdict))

    def _say(self, word: str) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(f'SET VARIABLE GATE "{word}"\n'.encode())
            self._said = True
            self._close_when_over()

    def _close_when_over(self) -> None:
        """Close once the command is written and a reply is here, which may have come with the head."""
        if self._said and b"\n" in self._buffer and self._transport is not None:
            self._transport.close()
