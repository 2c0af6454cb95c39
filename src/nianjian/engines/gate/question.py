"""A question to the gate and its answer, and a usual decision in brief: what it shares with others stands once."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from nianjian.engines.gate.policy import Slot

# Why a call is refused, by the order in which the gate asks; the last is the answer of a gate that cannot know.
REASONS: Final = (
    "number-unknown",  # the display number is no filed number of the enterprise (备案)
    "number-expired",
    "number-not-outbound",
    "number-wrong-purpose",
    "no-channel",
    "hours",
    "callee-unreadable",  # no list can be asked about it
    "do-not-call",
    "no-consent",
    "not-on-white-list",
    "cap",
    "clock",  # the moment that the switch names is too far from the gate's own
    "gate-unavailable",
)
ALLOWED: Final = "allow"
FAIL_OPEN: Final = "fail-open"  # allowed though the gate could not know: an operator's switch, told and counted apart


# Made for every call, so as structs: a dataclass takes four times as long to make. The garbage collector does not know
# them, so that a million of them do not make it pause.


class Request(msgspec.Struct, frozen=True, gc=False):
    """A call that wants to leave: ``caller`` would show ``display`` and dial ``callee`` on ``channel``.

    All texts as the switch sent them; ``at`` is epoch milliseconds (the gate's own clock where a switch names none).
    """

    enterprise: str
    display: str
    callee: str
    channel: str
    call_id: str
    at: int
    caller: str = ""
    team: str = ""
    purpose: str = ""


class Used(msgspec.Struct, frozen=True, gc=False):
    """The counter that decided; ``window`` its semantics (``calendar_day``, ``anchored 3600s``, ``sliding 300s``)."""

    key: str
    window: str
    used: int
    limit: int
    counts: str = "attempts"


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """``reason`` is ``allow``, ``fail-open`` or one of `REASONS`; ``rule`` the rule's key; ``retry_at`` epoch seconds.

    ``observed`` is the reason that would have refused where the gate only looks on (试运行), else empty.
    """

    allow: bool
    reason: str
    rule: str = ""
    retry_at: int | None = None
    counter: Used | None = None
    decision_id: str = ""
    observed: str = ""


Frame: TypeAlias = tuple[str, str, str, str]


class Alike(msgspec.Struct, frozen=True, gc=False):
    """What the calls of one path have in common: all of them were allowed, by one counter.

    ``begun``: how the ids of their decisions begin. ``told``: their answer as JSON, with places for what is each one's
    own (`server.wire.pattern`), and the counter's ``key`` as JSON; ``frame``: their line in the decision journal with
    such places (`decisions.record.frame`). Both are shared by channels: what a call touches must be little, or the
    processor waits for its memory. The garbage collector does not know this, so that it forgets the tuples too.
    """

    enterprise: str
    display: str
    channel: str
    team: str
    purpose: str
    slot: Slot
    generation: int
    begun: str
    told: bytes
    key: bytes
    frame: Frame | None


Brief: TypeAlias = tuple[Alike, int, str, str, str, int, int, int]
"""What they share, the moment (epoch milliseconds), callee, call id, caller, the decision's number, used and limit."""


def decision_id(begun: str, number: int) -> str:
    """The text by which a decision is named."""
    return f"{begun}{number:x}"


def request_of(of: Brief) -> Request:
    """What was asked."""
    alike, at, callee, call_id, caller, _number, _used, _limit = of
    return Request(
        alike.enterprise, alike.display, callee, alike.channel, call_id, at, caller, alike.team, alike.purpose
    )  # fmt: skip


def verdict_of(of: Brief) -> Verdict:
    """What was answered."""
    alike, _at, _callee, _call_id, _caller, number, used, limit = of
    slot = alike.slot
    cap = slot.cap
    counter = Used(slot.told, cap.semantics, used, limit, cap.counts)
    return Verdict(
        allow=True, reason=ALLOWED, rule=cap.rule, counter=counter, decision_id=decision_id(alike.begun, number)
    )
