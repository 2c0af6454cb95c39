"""The steps of a drill (演练), judged: what was done, by whom, how soon; pure. What is not proved is never passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from nianjian.features.complaints.clocks import Clock, ClockReading, Hand, ServiceLevels, evaluate_clock
from nianjian.features.complaints.states import Facts
from nianjian.features.inspection.readiness import FAILED, PASSED, UNKNOWN

ANSWERED = {Hand.MET: (PASSED, "in_time"), Hand.LATE: (FAILED, "late"), Hand.STOPPED: (UNKNOWN, "excluded")}


@dataclass(frozen=True, slots=True)
class Step:
    """A step at a moment. ``taken``: since the complaint arrived; ``limit``: so much is allowed, None: nothing is."""

    step: str
    state: str
    why: str
    at: datetime | None = None
    taken: timedelta | None = None
    limit: timedelta | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is recorded of a drill's ticket. ``by``: step -> who did it; ``calls``: verdict -> test calls."""

    facts: Facts
    promise: ServiceLevels
    warned: datetime | None
    by: Mapping[str, str]
    calls: Mapping[str, int]
    calls_why: str
    opened: str = "one_click_opened"  # how the complaint came in


def steps(seen: Seen, now: datetime) -> list[Step]:
    """Arrival, warning, response, call-back, closing and the test calls, as they stand at a moment."""
    facts = seen.facts.at(now)
    response, close = (evaluate_clock(one, facts, seen.promise, now) for one in (Clock.RESPONSE, Clock.CLOSE))
    arrived = facts.arrived
    if arrived is None or response.due is None or close.due is None:
        return [Step("arrived", UNKNOWN, "arrival_unknown"), _calls(seen)]
    quick, whole = response.due - arrived, close.due - arrived

    def timed(step: str, told: tuple[str, str], at: datetime | None, limit: timedelta) -> Step:
        return Step(step, *told, at, None if at is None else at - arrived, limit, "" if at is None else _by(seen, step))

    return [
        Step("arrived", PASSED, seen.opened, arrived, timedelta(0), None, _by(seen, "arrived")),
        timed("warned", _warned(seen, response, facts.responded, now), seen.warned, quick),
        timed("responded", _done(response), facts.responded, quick),
        timed("called_back", _called_back(facts, close, now), facts.called_back, whole),
        timed("closed", _done(close), facts.finished, whole),
        _calls(seen),
    ]


def _by(seen: Seen, step: str) -> str:
    return seen.by.get(step, "")


def _done(read: ClockReading) -> tuple[str, str]:
    return ANSWERED.get(read.hand, (UNKNOWN, "running"))


def _called_back(facts: Facts, close: ClockReading, now: datetime) -> tuple[str, str]:
    """The call-back has no clock of its own: it must come before the ticket has to be closed."""
    if close.hand is Hand.STOPPED:
        return UNKNOWN, "excluded"
    if close.due is not None and (facts.called_back or now) > close.due:
        return FAILED, "late"
    return (UNKNOWN, "running") if facts.called_back is None else (PASSED, "in_time")


def _warned(seen: Seen, response: ClockReading, responded: datetime | None, now: datetime) -> tuple[str, str]:
    """Who responds before the warning is due leaves it unproved: nothing had to warn."""
    if seen.warned is not None:
        return PASSED, "warning_sent"
    if response.hand is Hand.STOPPED:
        return UNKNOWN, "excluded"
    if response.warns is not None and (responded or now) >= response.warns:
        return FAILED, "warning_missing"
    return UNKNOWN, "warning_not_due"


def _calls(seen: Seen) -> Step:
    found = seen.calls
    if not sum(found.values()):
        return Step("calls", UNKNOWN, seen.calls_why or "calls_unproved")
    if found.get("fail"):
        return Step("calls", FAILED, "calls_failed")
    state = UNKNOWN if found.get("unproved") else PASSED
    return Step("calls", state, "calls_passed" if state == PASSED else "calls_unproved")


def count_states(states: Iterator[str]) -> dict[str, int]:
    """How many of each state."""
    found = list(states)
    return {one: found.count(one) for one in (PASSED, FAILED, UNKNOWN)}


def whole(counts: Mapping[str, int]) -> str:
    """Passed only where everything has passed."""
    return FAILED if counts[FAILED] else UNKNOWN if counts[UNKNOWN] or not counts[PASSED] else PASSED
