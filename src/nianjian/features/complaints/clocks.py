"""The two clocks of a ticket: first response and close; pure.

Hours run at once and all day long from the arrival of the forward (民法典 201), what happens exactly at the end is in
time (1259). An automatic answer stops nothing; a reopening keeps the start. All limits come from the rulebook.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.periods import day_of
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.complaints.states import Facts

UNDER: Final = "complaints."
UNITS: Final = frozenset({"hours", "minutes"})


class Clock(StrEnum):
    """Which clock."""

    RESPONSE = "response"
    CLOSE = "close"


class Hand(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    WARNED = "warned"  # little time is left
    MET = "met"
    LATE = "late"  # done too late, or not done and over
    STOPPED = "stopped"  # the ticket is excluded
    UNSET = "unset"  # when the forward arrived is not known


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock runs, and after how much of it to warn."""

    length: timedelta
    warning: timedelta


Terms = Mapping[Clock, Limit]


def terms(book: Rulebook) -> Terms:
    """The limits of both clocks by the rules of a day; ``rule_unknown``, ``rule_value_kind``."""
    return {
        clock: Limit(_span(book, f"{UNDER}{clock.value}"), _span(book, f"{UNDER}{clock.value}.warning"))
        for clock in Clock
    }


def _span(book: Rulebook, key: str) -> timedelta:
    unit = book.rule(key).unit
    if unit not in UNITS:
        raise NianjianError("rule_value_kind", key=key, wanted="hours")
    return timedelta(**{unit: book.integer(key)})


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds since when: ``starts`` are first days in order, each with its terms; the first holds before it too."""

    starts: tuple[date, ...]
    terms: tuple[Terms, ...]

    def on(self, arrived: datetime) -> Terms:
        """The terms of a ticket that arrived then: a rule that changes later does not change it."""
        return self.terms[max(bisect_right(self.starts, day_of(arrived)) - 1, 0)]


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock at a moment. ``on_time`` None: it is not decided yet, or nothing is to be decided."""

    clock: Clock
    hand: Hand
    due: datetime | None = None
    warns: datetime | None = None
    on_time: bool | None = None


def evaluate_clock(clock: Clock, facts: Facts, promise: Promise, at: datetime) -> Reading:
    """How a clock stands at a moment; what was recorded for later does not count yet."""
    facts = facts.at(at)
    if facts.arrived is None:
        return Reading(clock, Hand.STOPPED if facts.exclusion else Hand.UNSET)
    limit = promise.on(facts.arrived)[clock]
    due, warns = facts.arrived + limit.length, facts.arrived + limit.warning
    if facts.exclusion:
        return Reading(clock, Hand.STOPPED, due, warns)
    done = facts.responded if clock is Clock.RESPONSE else facts.finished
    if (done or at) > due:
        return Reading(clock, Hand.LATE, due, warns, on_time=False)
    if done is not None:
        return Reading(clock, Hand.MET, due, warns, on_time=True)
    return Reading(clock, Hand.WARNED if at >= warns else Hand.RUNNING, due, warns)


def over_since(facts: Facts, promise: Promise, at: datetime) -> datetime | None:
    """When the first limit ran out that a ticket, still open at a moment, has not kept; None: it keeps them all."""
    facts = facts.at(at)
    if facts.finished is not None:
        return None
    undone = [Clock.CLOSE] if facts.responded is not None else list(Clock)
    read = [evaluate_clock(clock, facts, promise, at) for clock in undone]
    return min((one.due for one in read if one.hand is Hand.LATE and one.due is not None), default=None)


def overdue(facts: Facts, promise: Promise, at: datetime) -> bool:
    """Whether a ticket is still open past one of its limits at a moment, however long ago that was."""
    return over_since(facts, promise, at) is not None
