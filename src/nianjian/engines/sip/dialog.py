"""The requests of one call: INVITE, ACK, CANCEL, BYE, with the branches and routes that each needs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from nianjian.engines.sip import media
from nianjian.engines.sip.call_trace import Via
from nianjian.engines.sip.message import TURN, Message, address, parameter

Proof = Callable[[str, str], tuple[tuple[str, str], ...]]  # method and address of a request -> its credentials
LOOSE: Final = re.compile(r";\s*lr\s*(?=[;=>]|$)", re.IGNORECASE)
COOKIE: Final = "z9hG4bK"
MARK: Final = ("x-nianjian-test", "callback")
"""Tells a switch that the call is a test of ours, so that it can be left out of the figures."""


PRACKS: Final = 20  # replies that want to be acknowledged before the last; a gateway that sends on and on gets no more
RELIABLE: Final = "100rel"


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
    proof: tuple[tuple[str, str], ...] = ()  # credentials of the last INVITE: the ACK of its 2xx bears them, too
    reliable: bool = False  # whether the INVITE says that early replies are acknowledged (RFC 3262)
    _pracks: dict[tuple[str, str], Message] = field(default_factory=dict)

    @property
    def uri(self) -> str:
        """Whom the INVITE asks for."""
        return f"{self.via.scheme}:{self.number}@{_inside(self.via.host)}:{self.via.port}{self._over}"

    def invite(self, body: bytes, credentials: tuple[tuple[str, str], ...] = ()) -> Message:
        """The next INVITE: a new turn and a new branch."""
        self.turn += 1
        self.branches[self.turn] = branch()
        self.proof = credentials
        more = (
            ("contact", f"<{self.via.scheme}:{self.caller}@{self._here}>"),
            *credentials,
            *((("supported", RELIABLE),) if self.reliable else ()),
            ("allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO"),
            ("user-agent", "nianjian"),
            MARK,
            ("content-type", media.MEDIA),
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
        turn = max(self.branches)
        head = self._head("CANCEL", turn, self.branches[turn], f"<{self.uri}>")
        return Message(head, method="CANCEL", uri=self.uri)

    def accepted(self, reply: Message) -> Message:
        """The ACK of a 2xx: a transaction of its own, to the other side's contact, along its routes."""
        return self._inside("ACK", reply.turn[0], reply, self.proof)

    def bye(self, reply: Message, proof: Proof | None = None) -> Message:
        """The BYE of the dialog that a 2xx has made; ``proof`` gives the credentials of a request."""
        self.turn += 1
        return self._inside("BYE", self.turn, reply, proof("BYE", self._way(reply)[0]) if proof else ())

    def early(self, reply: Message) -> Message | None:
        """The PRACK of a reply before the last that asks for it, the same for a repeated one; None: none is due."""
        number = reply.one("rseq")
        wanted = RELIABLE in [one.lower() for one in reply.each("require")]
        if not wanted or not (number.isascii() and number.isdigit() and len(number) <= TURN):
            return None
        key = (tagged(reply), number)
        if key not in self._pracks and len(self._pracks) < PRACKS:
            self.turn += 1
            rack = ("rack", f"{number} {reply.turn[0]} INVITE")
            self._pracks[key] = self._inside("PRACK", self.turn, reply, (rack,))
        return self._pracks.get(key)

    def _inside(self, method: str, turn: int, reply: Message, more: tuple[tuple[str, str], ...] = ()) -> Message:
        target, routes = self._way(reply)
        head = self._head(method, turn, branch(), reply.one("to"))
        along = tuple(("route", route) for route in routes)
        return Message((*head, *along, *more), method=method, uri=target)

    def _way(self, reply: Message) -> tuple[str, list[str]]:
        """What a request inside the dialog asks for, and its routes."""
        target = address(reply.one("contact")) or self.uri
        routes = [*reply.each("record-route")][::-1]
        if routes and not LOOSE.search(routes[0]):  # a strict router wants to be the target itself
            routes, target = [*routes[1:], f"<{target}>"], address(routes[0])
        return target, routes

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


def tagged(reply: Message) -> str:
    """The other side's tag: which of several ends behind a proxy has spoken."""
    return parameter(reply.one("to"), "tag") or ""


def _inside(host: str) -> str:
    return f"[{host}]" if ":" in host else host
