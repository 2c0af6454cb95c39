"""The requests of one call: INVITE, ACK, CANCEL, BYE, with the branches and routes that each needs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Final

from nianjian.inspection.callback.sip import sdp
from nianjian.inspection.callback.sip.message import Message, address
from nianjian.inspection.callback.sip.seen import Via

COOKIE: Final = "z9hG4bK"
MARK: Final = ("x-nianjian-test", "callback")
"""Tells a switch that the call is a test of ours, so that it can be left out of the figures."""


def branch() -> str:
    """A new transaction's name."""
    return COOKIE + secrets.token_hex(8)


@dataclass(slots=True)
class Dialog:
    """Both ends of a call. ``branches``: CSeq number of an INVITE -> its branch."""

    number: str
    caller: str
    via: Via
    local: tuple[str, int]
    call_id: str = field(default_factory=lambda: secrets.token_hex(12))
    tag: str = field(default_factory=lambda: secrets.token_hex(5))
    turn: int = 0
    branches: dict[int, str] = field(default_factory=dict)

    @property
    def uri(self) -> str:
        """Whom the INVITE asks for."""
        return f"{self.via.scheme}:{self.number}@{_inside(self.via.host)}:{self.via.port}{self._over}"

    def invite(self, body: bytes, credentials: tuple[tuple[str, str], ...] = ()) -> Message:
        """The next INVITE: a new turn and a new branch."""
        self.turn += 1
        self.branches[self.turn] = branch()
        more = (
            ("contact", f"<{self.via.scheme}:{self.caller}@{self._here}>"),
            *credentials,
            ("allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO"),
            ("user-agent", "nianjian"),
            MARK,
            ("content-type", sdp.MEDIA),
        )
        head = self._head("INVITE", self.turn, self.branches[self.turn], f"<{self.uri}>")
        return Message((*head, *more), body, method="INVITE", uri=self.uri)

    def refused(self, reply: Message) -> Message:
        """The ACK of a final reply that is no 2xx: inside the INVITE's own transaction."""
        turn = reply.turn[0]
        head = self._head("ACK", turn, self.branches.get(turn) or branch(), reply.one("to"))
        return Message(head, method="ACK", uri=self.uri)

    def cancel(self) -> Message:
        """The CANCEL of the last INVITE: its branch and its turn."""
        head = self._head("CANCEL", self.turn, self.branches[self.turn], f"<{self.uri}>")
        return Message(head, method="CANCEL", uri=self.uri)

    def accepted(self, reply: Message) -> Message:
        """The ACK of a 2xx: a transaction of its own, to the other side's contact, along its routes."""
        return self._inside("ACK", reply.turn[0], reply)

    def bye(self, reply: Message) -> Message:
        """The BYE of the dialog that a 2xx has made."""
        self.turn += 1
        return self._inside("BYE", self.turn, reply)

    def _inside(self, method: str, turn: int, reply: Message) -> Message:
        target = address(reply.one("contact")) or self.uri
        routes = [*reply.each("record-route")][::-1]
        if routes and ";lr" not in routes[0].lower():  # a strict router wants to be the target itself
            routes, target = [*routes[1:], f"<{target}>"], address(routes[0])
        head = self._head(method, turn, branch(), reply.one("to"))
        more = tuple(("route", route) for route in routes)
        return Message((*head, *more), method=method, uri=target)

    @property
    def _here(self) -> str:
        return f"{_inside(self.local[0])}:{self.local[1]}{self._over}"

    @property
    def _over(self) -> str:
        """The transport as an address names it: ``sips:`` says TLS by itself (RFC 5630 3.1.3)."""
        return "" if self.via.transport == "udp" or self.via.sips else f";transport={self.via.transport}"

    def _head(self, method: str, turn: int, named: str, to: str) -> tuple[tuple[str, str], ...]:
        sent = f"SIP/2.0/{self.via.transport.upper()} {_inside(self.local[0])}:{self.local[1]};branch={named};rport"
        return (
            ("via", sent),
            ("max-forwards", "70"),
            ("from", f"<{self.via.scheme}:{self.caller}@{_inside(self.via.host)}>;tag={self.tag}"),
            ("to", to),
            ("call-id", self.call_id),
            ("cseq", f"{turn} {method}"),
        )


def _inside(host: str) -> str:
    return f"[{host}]" if ":" in host else host
