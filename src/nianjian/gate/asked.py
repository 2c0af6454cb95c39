"""A question to the gate and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

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
    "gate-unavailable",
)
ALLOWED: Final = "allow"
FAIL_OPEN: Final = "fail-open"  # allowed though the gate could not know: an operator's switch, told and counted apart


# Values that nobody changes; not frozen, because a frozen one takes three times as long to make, and they are made for
# every call.


@dataclass(slots=True, unsafe_hash=True)
class Request:
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


@dataclass(slots=True, unsafe_hash=True)
class Used:
    """The counter that decided; ``window`` its semantics (``calendar_day``, ``anchored 3600s``, ``sliding 300s``)."""

    key: str
    window: str
    used: int
    limit: int
    counts: str = "attempts"


@dataclass(slots=True, unsafe_hash=True)
class Verdict:
    """``reason`` is ``allow``, ``fail-open`` or one of `REASONS`; ``rule`` the rule's key; ``retry_at`` epoch seconds.

    ``observed`` is the reason that would have refused where the gate only looks on (试运行), else empty.
    """

    allow: bool
    reason: str
    rule: str = ""
    retry_at: int | None = None
    counter: Used | None = None
    decision_id: str = ""
    observed: str = field(default="", compare=False)
