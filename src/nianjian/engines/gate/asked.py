"""A question to the gate and its answer."""

from __future__ import annotations

from typing import Final

import msgspec

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
