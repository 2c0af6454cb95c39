"""The days of a case (R1, R6): when it is due, by when it should be done, when to ask after the opinion. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Protocol

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.workdays import Calendar, Due, add_workdays

DUE: Final = "rectification.due"
TARGET: Final = "rectification.target"
OPINION: Final = "rectification.opinion"
CLOSE: Final = "rectification.office_close"


class Rules(Protocol):
    """What a plan reads of a rulebook."""

    def integer(self, key: str) -> int: ...  # noqa: D102 - as the rulebook says
    def text(self, key: str) -> str: ...  # noqa: D102 - as the rulebook says


@dataclass(frozen=True, slots=True)
class Plan:
    """``due_at`` is the office's close of the due day; ``printed``: the notice names the day, so it is certain.

    ``provisional`` days may move: a year on the way has no published calendar.
    """

    due: Due
    target: Due
    due_at: datetime
    printed: bool

    @property
    def provisional(self) -> bool:
        """Whether the last day may still move."""
        return self.due.provisional


def plan(received: date, printed: date | None, rules: Rules, calendar: Calendar) -> Plan:
    """The days of a notice received (送达/签收) on ``received``, which is not counted itself.

    ``printed``: the last day that the notice names, which wins; the internal target is never after it.
    ``workdays_beyond_calendar``.
    """
    counted = add_workdays(received, rules.integer(DUE), calendar)
    due = counted if printed is None else Due(printed, provisional=False)
    target = add_workdays(received, rules.integer(TARGET), calendar)
    if target.day > due.day:
        target = due
    shut = time.fromisoformat(rules.text(CLOSE))
    return Plan(due, target, datetime.combine(due.day, shut, clock.ZONE), printed is not None)


def reminder(submitted: date, rules: Rules, calendar: Calendar) -> Due:
    """The day on which to ask after the opinion: the guide's usual wait, no limit for anybody, never overdue."""
    return add_workdays(submitted, rules.integer(OPINION), calendar)


def in_time(handed_in: datetime, plan: Plan) -> bool:
    """Whether a moment is not after the close of the last day: the last minute counts."""
    return handed_in <= plan.due_at
