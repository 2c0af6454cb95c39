"""One call: its requests with branches and routes, its states (`TABLE`), its timers, and what it notes."""

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from nianjian.engines.kernel import clock
from nianjian.engines.sip import media as sdp
from nianjian.engines.sip.media import Media
from nianjian.engines.sip.message import (
    CREDENTIALS,
    TURN,
    CallTrace,
    Line,
    Message,
    Plan,
    Proofs,
    Via,
    address,
    host,
    parameter,
    reply,
    serialize_message,
)
from nianjian.engines.sip.secure import NEEDED

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
        reliable = RELIABLE in [one.lower() for one in reply.each("require")]
        if not reliable or not (number.isascii() and number.isdigit() and len(number) <= TURN):
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

    def _head(self, method: str, turn: int, branch_id: str, to: str) -> tuple[tuple[str, str], ...]:
        sent = f"SIP/2.0/{self.via.transport.upper()} {_inside(self.local[0])}:{self.local[1]};branch={branch_id};rport"
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


USER: Final = re.compile(r"sips?:(voicemail|vmail|vm|mailbox|msgcenter)[^@]*@", re.IGNORECASE)
CAUSE: Final = re.compile(r"[;?&]cause=(?:404|408|480|486|487|503)\b", re.IGNORECASE)
DIVERTED: Final = {"user-busy", "no-answer", "unavailable"}


def find_voicemail(message: Message) -> str:
    """Which sign a reply bears: feature (RFC 3840), address, retargeted (RFC 4458, 7044), diverted (RFC 5806); ""."""
    contact = message.one("contact")
    if (parameter(contact, "actor") or parameter(contact, "+sip.actor") or "").strip('"<>').lower() == "msg-taker":
        return "feature"
    if USER.match(address(contact)) or USER.match(address(message.one("p-asserted-identity"))):
        return "address"
    if any(CAUSE.search(address(value)) for value in (*message.each("history-info"), contact)):
        return "retargeted"
    reasons = {(parameter(value, "reason") or "").lower() for value in message.each("diversion")}
    return "diverted" if reasons & DIVERTED else ""


CALLING, PROCEEDING, CANCELLING, UP, LEAVING, DONE = "calling", "proceeding", "cancelling", "up", "leaving", "done"
Step = tuple[str, tuple[str, ...]]

_EARLY: Final[Mapping[tuple[str, str], Step]] = {
    step: turn
    for early in (CALLING, PROCEEDING)
    for step, turn in (
        ((early, "challenge"), (CALLING, ("ack_old", "invite_again"))),
        ((early, "final"), (DONE, ("ack_old", "say_final"))),
        ((early, "2xx"), (UP, ("note_answer", "ack_new", "talk"))),
        ((early, "1xx"), (PROCEEDING, ("note_progress",))),
    )
}
TABLE: Final[Mapping[tuple[str, str], Step]] = {
    **_EARLY,
    (CALLING, "timer_a"): (CALLING, ("resend",)),  # doubling, until any 1xx; not over a reliable transport
    (CALLING, "icmp"): (DONE, ("say_unreachable",)),
    (CALLING, "lost"): (DONE, ("say_unreachable",)),  # a connection that has ended; nothing comes over it any more
    (PROCEEDING, "lost"): (DONE, ("say_unreachable",)),
    (CANCELLING, "lost"): (DONE, ("say_unanswered",)),
    **{(state, "lost"): (DONE, ("say_answered",)) for state in (UP, LEAVING)},
    (CALLING, "limit"): (DONE, ("say_silent",)),  # nothing may be cancelled before a 1xx
    (PROCEEDING, "limit"): (CANCELLING, ("cancel",)),
    (CANCELLING, "timer"): (CANCELLING, ("resend_cancel",)),
    (CANCELLING, "final"): (DONE, ("ack_old", "say_unanswered")),
    (CANCELLING, "challenge"): (DONE, ("ack_old", "say_unanswered")),
    (CANCELLING, "2xx"): (LEAVING, ("note_answer", "ack_new", "bye")),  # it crossed the CANCEL
    (CANCELLING, "give_up"): (DONE, ("say_unanswered",)),
    (UP, "2xx"): (UP, ("ack_again",)),  # the ACK was lost
    (UP, "bye_in"): (DONE, ("say_answered",)),
    (UP, "heard"): (LEAVING, ("bye",)),
    (UP, "hold_over"): (LEAVING, ("bye",)),
    (LEAVING, "2xx"): (LEAVING, ("ack_again",)),
    (LEAVING, "timer"): (LEAVING, ("resend_bye",)),
    (LEAVING, "bye_asked"): (LEAVING, ("bye_again",)),  # with credentials
    (LEAVING, "bye_in"): (DONE, ("say_answered",)),
    (LEAVING, "bye_ok"): (DONE, ("say_answered",)),
    (LEAVING, "give_up"): (DONE, ("say_answered",)),
    **{(state, "overdue"): (DONE, ("say_overdue",)) for state in (CALLING, PROCEEDING, CANCELLING, UP, LEAVING)},
    (DONE, "1xx"): (DONE, ("cancel_late",)),  # it was given up before it could be cancelled
    (DONE, "final"): (DONE, ("ack_old",)),  # the reply was repeated
    (DONE, "2xx"): (DONE, ("ack_late",)),
}


def next_step(state: str, event: str) -> Step:
    """The next state, and what is done on the way."""
    return TABLE.get((state, event), (state, ()))


T1: Final = 0.5  # seconds until the first repetition, doubled at each
GIVE_UP: Final = 5.0  # seconds after CANCEL or BYE
SECRET: Final = re.compile(r'response="[^"]*"')
SIGNAL: Final = re.compile(
    rb"^[ \t]*Signal[ \t]*=[ \t]*([0-9*#A-D])", re.IGNORECASE | re.MULTILINE
)  # application/dtmf-relay
TRYING, EARLY, RINGING = 100, 183, (180, 181, 182)
SUCCESS, REDIRECT, EXTENSION_NEEDED, SECURITY_NEEDED = 200, 300, 421, 494
KEPT: Final = 200  # messages of the log; a gateway that sends on and on fills no memory
LONGEST: Final = 8_192  # characters of a message in the log
WORDS: Final = 255  # of a header that is told
HOPS: Final = 20
CUT: Final = "…"


def _secure_only(message: Message) -> bool:
    """Whether a refusal says that the call is taken over TLS alone: 494 (RFC 3329), or sent on to such an address."""
    if message.status == SECURITY_NEEDED:
        return any(one.lower().startswith("tls") for one in message.each("security-server"))
    there = address(message.one("contact")).lower()
    return message.status < 400 and (there.startswith("sips:") or ";transport=tls" in there)  # noqa: PLR2004 -- 3xx


class Wire(Protocol):
    """What a call sends through."""

    local: tuple[str, int]
    reliable: bool

    def send(self, raw: bytes) -> None:
        """Give a message to the other side."""


class Call:
    """``await over`` after `start`; the result is `seen`."""

    def __init__(self, plan: Plan, via: Via, wire: Wire, media: Media) -> None:
        self.plan, self._wire, self._media = plan, wire, media
        self._loop = asyncio.get_running_loop()
        self.over: asyncio.Future[CallTrace] = self._loop.create_future()
        self._dialog = Dialog(plan.number, plan.caller, via, wire.local)
        self.seen = CallTrace(plan.number, self._dialog.call_id)
        self.state = CALLING
        self._begin = 0
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._pause = T1
        self._invite = self._parting = Message(())
        self._answered: Message | None = None
        self._early: tuple[str, sdp.Description] | None = None  # whose sound was described before the answer
        self._proofs, self._leave = Proofs(plan.account), Proofs(plan.account)  # of the INVITE, and of the BYE
        self._stopped = False
        self._acts: dict[str, Callable[[Message], None]] = {
            "resend": self._resend, "resend_cancel": self._repeat, "resend_bye": self._repeat,
            "ack_old": self._ack_old, "ack_new": self._ack_new, "ack_again": self._ack_new, "ack_late": self._ack_late,
            "invite_again": self._invite_again, "cancel": self._cancel, "cancel_late": self._cancel_late,
            "bye": self._bye, "bye_again": self._bye, "talk": self._talk,
            "note_progress": self._note_progress, "note_answer": self._note_answer, "say_final": self._say_final,
            "say_unreachable": self._sayer("unreachable"), "say_silent": self._sayer("silent"),
            "say_unanswered": self._sayer("unanswered"), "say_answered": self._sayer("answered"),
            "say_overdue": self._say_overdue,
        }  # fmt: skip

    def start(self) -> None:
        """Send the INVITE; from here on time counts."""
        self._begin, self.seen.begun = time.monotonic_ns(), clock.milliseconds()
        self._later("limit", self.plan.wait / 1000)
        self._later("overdue", (self.plan.wait + self.plan.hold) / 1000 + 2 * GIVE_UP + T1)
        self._send_invite()

    def stop(self) -> None:
        """End it now, as at its limit."""
        self._stopped = True
        self.event("hold_over" if self.state == UP else "limit")

    def unreachable(self, fault: str) -> None:
        """The system says that nobody is there; what was answered before counts more."""
        if self.state == CALLING and not self._proofs.tried:
            self.seen.fault = fault
        self.event("icmp")

    def lost(self, fault: str, tls: str = "") -> None:
        """The connection has ended, and no message comes any more; ``tls``: it was refused (`secure.FAULTS`)."""
        if self.state in {CALLING, PROCEEDING}:
            self.seen.fault = fault
            self.seen.tls = "" if self._proofs.tried or self.state == PROCEEDING else tls
        self.event("lost")

    def event(self, name: str, message: Message | None = None) -> None:
        """Go to the next state and do what belongs to it."""
        self.state, acts = next_step(self.state, name)
        for act in acts:
            self._acts[act](message or Message(()))

    # -- what comes in

    def received(self, message: Message) -> None:
        """Take a message of this call."""
        self._log(message, out=False)
        if not message.status:
            self._answer_request(message)
            return
        turn, method = message.turn
        if method == "BYE" and turn == self._parting.turn[0] and message.status >= SUCCESS:
            retry = message.status in CREDENTIALS and self.state == LEAVING and self._leave.take(message)
            self.event("bye_asked" if retry else "bye_ok", message)
        if method != "INVITE":
            return
        if turn in self._dialog.branches and turn != max(self._dialog.branches):
            if message.status >= REDIRECT:  # the refusal of an earlier try was repeated: its ACK was lost
                self._ack_old(message)
            return
        self.event(self._kind(message), message)

    def _kind(self, message: Message) -> str:
        if message.status < SUCCESS:
            self._send(self._dialog.early(message) or Message(()))
            return "1xx"
        if message.status < REDIRECT:
            return "2xx"
        if message.status in CREDENTIALS and self.state in {CALLING, PROCEEDING}:
            retry = self._proofs.take(message)
            self.seen.auth = self._proofs.lacking
            return "challenge" if retry else "final"
        if message.status == EXTENSION_NEEDED and not self._dialog.reliable:
            self._dialog.reliable = {one.lower() for one in message.each("require")} == {RELIABLE}
            return "challenge" if self._dialog.reliable else "final"
        return "final"

    def _answer_request(self, request: Message) -> None:
        """Answer a request inside the dialog."""
        match request.method:
            case "ACK":
                return
            case "BYE" | "OPTIONS" | "INFO":
                self._send(reply(request, SUCCESS, "OK"))
            case "INVITE" | "UPDATE":
                self._send(reply(request, 488, "Not Acceptable Here"))
            case _:
                self._send(reply(request, 501, "Not Implemented"))
        if request.method == "BYE":
            self.event("bye_in", request)
        if request.method == "INFO" and (key := SIGNAL.search(request.body)):
            self._media.hear(key[1].decode())

    # -- what goes out

    def _send_invite(self) -> None:
        body = sdp.build_offer(self._wire.local[0], self._media.port, secrets.randbits(31))
        self._invite = self._dialog.invite(body, self._proofs.headers("INVITE", self._dialog.uri, body))
        self._pause = T1
        self._send(self._invite)
        if not self._wire.reliable:
            self._later("timer_a", self._pause)

    def _resend(self, _message: Message) -> None:
        self.seen.resent += 1
        self._send(self._invite)
        self._pause *= 2
        self._later("timer_a", self._pause)

    def _invite_again(self, _message: Message) -> None:
        self._send_invite()

    def _ack_old(self, message: Message) -> None:
        self._send(self._dialog.refused(message))

    def _ack_new(self, message: Message) -> None:
        """Acknowledge a 2xx; a second end that answers the same call is hung up at once."""
        self._send(self._dialog.accepted(message))
        if self._answered is not None and tagged(message) != tagged(self._answered):
            self._send(self._dialog.bye(message))

    def _ack_late(self, message: Message) -> None:
        """A 2xx after the end: acknowledge it, and hang up what nobody waits for."""
        self._ack_new(message)
        if self._answered is None:
            self._send(self._dialog.bye(message))

    def _cancel(self, _message: Message) -> None:
        self._part(self._dialog.cancel())

    def _cancel_late(self, _message: Message) -> None:
        """The first sign of life after the end: let nothing ring on; one that was never answered."""
        if self.seen.end in {"silent", "stopped"} and not self._parting.headers:
            self._parting = self._dialog.cancel()
            self._send(self._parting)

    def _bye(self, _message: Message) -> None:
        if self._answered is not None:
            self._part(self._dialog.bye(self._answered, self._leave.headers))

    def _part(self, message: Message) -> None:
        self._parting, self._pause = message, T1
        self._later("give_up", GIVE_UP)
        self._send(message)
        if not self._wire.reliable:
            self._later("timer", self._pause)

    def _repeat(self, _message: Message) -> None:
        self._send(self._parting)
        self._pause *= 2
        self._later("timer", self._pause)

    def _talk(self, message: Message) -> None:
        self._later("hold_over", self.plan.hold / 1000)
        there = self._sound(message)
        if there is not None:
            self._media.talk(there, self.plan.token)

    def _sound(self, message: Message) -> sdp.Description | None:
        """What an answer says of sound; where it says nothing, what was said before it counts (RFC 3261 13.2.1)."""
        there = sdp.parse_description(message.body)
        if there is None and self._early is not None and self._early[0] == tagged(message):
            there = self._early[1]
        return there

    def heard(self) -> None:
        """A digit came in."""
        self.seen.heard = self._media.heard
        if self.plan.token and self.plan.token in self.seen.heard:
            self.event("heard")

    # -- what is noted

    def _note_progress(self, message: Message) -> None:
        self._end_timer("timer_a")
        at, seen, there = self._now(), self.seen, sdp.parse_description(message.body)
        self._early = self._early if there is None else (tagged(message), there)
        if message.status == TRYING:
            seen.trying = at if seen.trying is None else seen.trying
            return
        if message.status in RINGING and seen.ringing is None:
            seen.ringing = at
        if (message.status == EARLY or message.body) and seen.early is None:
            seen.early = at
        seen.voicemail = seen.voicemail or find_voicemail(message)

    def _note_answer(self, message: Message) -> None:
        self._end_timer("timer_a")
        self._end_timer("limit")
        self._answered, seen = message, self.seen
        seen.answer, seen.status, seen.phrase = self._now(), message.status, message.phrase
        seen.contact = host(address(message.one("contact")))[:WORDS]
        seen.routes = [host(address(value))[:WORDS] for value in message.each("record-route")][::-1][:HOPS]
        seen.server = (message.one("server") or message.one("user-agent"))[:WORDS]
        seen.auth = "passed" if self._proofs.tried else ""
        seen.voicemail = seen.voicemail or find_voicemail(message)
        there = self._sound(message)
        if there is not None:
            seen.media = there.address[:WORDS]
            seen.codec = None if there.codec is None else sdp.CODECS[there.codec]

    def _say_final(self, message: Message) -> None:
        seen = self.seen
        seen.status, seen.phrase, seen.cause = message.status, message.phrase, message.cause
        seen.server = (message.one("server") or message.one("user-agent"))[:WORDS]
        seen.redirected = host(address(message.one("contact")))[:WORDS] if message.status < 400 else ""  # noqa: PLR2004 -- 3xx
        if _secure_only(message):
            seen.tls = NEEDED
        self._end("final")

    def _say_overdue(self, _message: Message) -> None:
        """Whatever the other side did: no call outlasts all its deadlines together."""
        self._end("unanswered" if self.seen.answer is None else "answered")

    def _sayer(self, end: str) -> Callable[[Message], None]:
        return lambda _message: self._end(end)

    def _end(self, end: str) -> None:
        for name in list(self._timers):
            self._end_timer(name)
        self._media.close()
        if not self.over.done():
            self.seen.over = self._now()
            self.seen.end = "stopped" if self._stopped and end in {"unanswered", "silent"} else end
            self.over.set_result(self.seen)

    # -- time and the log

    def _now(self) -> int:
        return (time.monotonic_ns() - self._begin) // 1_000_000

    def _later(self, name: str, seconds: float) -> None:
        self._end_timer(name)
        self._timers[name] = self._loop.call_later(seconds, self.event, name)

    def _end_timer(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _send(self, message: Message) -> None:
        if message.headers:
            self._log(message, out=True)
            self._wire.send(serialize_message(message))

    def _log(self, message: Message, *, out: bool) -> None:
        log = self.seen.log
        if len(log) >= KEPT:
            if log[-1].first != CUT:
                log.append(Line(self._now(), out, CUT, "no further message is kept"))
            return
        text = SECRET.sub('response="…"', serialize_message(message).decode("utf-8", "replace").replace("\r\n", "\n"))
        log.append(Line(self._now(), out, message.first[:LONGEST], text[:LONGEST]))
