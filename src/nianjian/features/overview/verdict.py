"""Is today a good day? One answer, decided from a few figures; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from nianjian.features.portrait.line_usage import OLD

# The product's own measure of "near" and "old"; no rule names one.
NEAR: Final = 14  # days to a deadline

FAR: Final = 9999  # days, where no deadline is known
LEAST: Final = frozenset({"closing_rate"})
PER: Final = {"%": 100, "‱": 10_000}  # a rule's limit is a share

FINE: Final = frozenset({"green", "yellow_explained", "na"})
GRAVITY: Final = ("na", "green", "yellow_explained", "yellow", "insufficient", "red")


class Mood(StrEnum):
    """How the day looks."""

    GOOD = "good"
    WATCH = "watch"
    ACT = "act"


class Reason(StrEnum):
    """What makes the day what it is: the first of these that holds."""

    NOTHING_YET = "nothing_yet"  # no portrait was ever computed
    RED = "red"
    LATE = "late"  # a report was not handed in in time
    OVERDUE = "overdue"  # complaints are still open past their limit
    DEADLINE = "deadline"  # near, and something is open
    OVER = "over"  # a last day has passed, and something is open
    UNDECIDED = "undecided"
    YELLOW = "yellow"
    BLOCKED = "blocked"
    TASKS = "tasks"
    STALE = "stale"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Situation:
    """``light`` "" where no portrait is kept; ``days_left`` None where no deadline is known; ``age`` of the calls.

    ``red``: how many things are red (metrics, late reports, what has expired, waiting cases of rectification),
    ``late`` how many of them reports;
    ``overdue``: complaints still open past a limit;
    ``room``: the smallest head-room of a metric as a share of its limit, None where it is not known.
    """

    light: str
    blockers: int = 0
    tasks: int = 0
    days_left: int | None = None
    age: int | None = None
    red: int = 0
    late: int = 0
    room: Fraction | None = None
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer."""

    mood: Mood
    reason: Reason


def decide(now: Situation) -> Verdict:
    """Judge the day."""
    near = now.days_left is not None and now.days_left <= NEAR
    is_open = now.light not in FINE or now.blockers > 0
    missed = Reason.LATE if now.late else Reason.OVERDUE if now.overdue else None
    if missed and now.light != "red":
        return Verdict(Mood.ACT, missed)
    if not now.light:
        return Verdict(Mood.ACT if near else Mood.WATCH, Reason.NOTHING_YET)
    if now.light == "red":
        return Verdict(Mood.ACT, Reason.RED)
    if near and is_open:
        return Verdict(Mood.ACT, Reason.OVER if (now.days_left or 0) < 0 else Reason.DEADLINE)
    for holds, reason in (
        (now.light == "insufficient", Reason.UNDECIDED),
        (now.light not in FINE, Reason.YELLOW),
        (now.blockers > 0, Reason.BLOCKED),
        (now.tasks > 0, Reason.TASKS),
        (now.age is not None and now.age > OLD, Reason.STALE),
    ):
        if holds:
            return Verdict(Mood.WATCH, reason)
    return Verdict(Mood.GOOD, Reason.GOOD)


def gravest(lights: Iterable[str]) -> str:
    """Return the light that decides among several; "" of none."""
    return max(lights, key=GRAVITY.index, default="")


def urgency(now: Situation) -> tuple[int, int, Fraction, int]:
    """Sort key of a portfolio: most red first, then the fewest days to the earliest date, then the least head-room.

    A head-room that is not known is none; the graver light decides last.
    """
    light = GRAVITY.index(now.light) if now.light else GRAVITY.index("insufficient")
    days = now.days_left if now.days_left is not None else FAR
    return -now.red, days, now.room or Fraction(), -light


def smallest_headroom(metrics: Iterable[Mapping[str, Any]], limits: Mapping[str, Fraction]) -> Fraction | None:
    """The smallest head-room of the metrics as a share of their limits, negative beyond one; None where none is known.

    ``limits``: by metric; of what must not fall below its limit, as `LEAST`, the room is above it.
    """
    found = []
    for one in metrics:
        limit, value = limits.get(str(one["slug"])), one["value"]
        if limit and value is not None:
            spare = (limit - Fraction(str(value)) / PER.get(str(one["unit"]), 1)) / limit
            found.append(-spare if one["slug"] in LEAST else spare)
    return min(found, default=None)
