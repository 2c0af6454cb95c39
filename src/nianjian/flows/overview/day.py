"""Is today a good day? One answer, decided from a few figures; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# The product's own measure of "near" and "old"; no rule names one.
NEAR: Final = 14  # days to a deadline
OLD: Final = 7  # days since the last call that was imported

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
    DEADLINE = "deadline"  # near, and something is open
    UNDECIDED = "undecided"
    YELLOW = "yellow"
    BLOCKED = "blocked"
    TASKS = "tasks"
    STALE = "stale"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Situation:
    """``light`` "" where no portrait is kept; ``days_left`` None where no deadline is known; ``age`` of the calls."""

    light: str
    blockers: int = 0
    tasks: int = 0
    days_left: int | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer."""

    mood: Mood
    reason: Reason


def verdict(now: Situation) -> Verdict:
    """Judge the day."""
    near = now.days_left is not None and now.days_left <= NEAR
    is_open = now.light not in FINE or now.blockers > 0
    if not now.light:
        return Verdict(Mood.ACT if near else Mood.WATCH, Reason.NOTHING_YET)
    if now.light == "red":
        return Verdict(Mood.ACT, Reason.RED)
    if near and is_open:
        return Verdict(Mood.ACT, Reason.DEADLINE)
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


def urgency(now: Situation) -> tuple[int, int, int]:
    """Sort key of a portfolio: what has to be looked at first comes first."""
    order = (Mood.ACT, Mood.WATCH, Mood.GOOD)
    light = GRAVITY.index(now.light) if now.light else GRAVITY.index("insufficient")
    return order.index(verdict(now).mood), -light, now.days_left if now.days_left is not None else 9999
