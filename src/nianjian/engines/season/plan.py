"""The reverse plan: five milestones and the tasks in them, counted back from the earliest deadline. Pure.

A due day that is a day off moves back to the last working day, a start moves on to the next one; how long the
modules take is the project's own sharing out (``season.plan.modules``), the guide names only their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final, cast

from nianjian.engines.kernel.periods import add_months
from nianjian.engines.kernel.workdays import Calendar, Due, next_workday
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import Deadline, deciding, earliest, in_year, plan_start

MODULES: Final = "season.plan.modules"
TASKS: Final = "season.plan.tasks"
MONTH: Final = "portrait.advice.month"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A module of the guide: ``module`` code, ``name_zh`` the guide's word, first and last day."""

    module: str
    name_zh: str
    begins: date
    due: Due


@dataclass(frozen=True, slots=True)
class Planned:
    """A task with its days. ``source``: key of its rule."""

    task: str
    module: str
    source: str
    track: str
    after: tuple[str, ...]
    begins: date
    due: Due


@dataclass(frozen=True, slots=True)
class Plan:
    """``start`` to ``end`` (the earliest deadline); empty milestones where the season has no deadline."""

    start: date
    end: date
    milestones: tuple[Milestone, ...]
    tasks: tuple[Planned, ...]


def previous_workday(day: date, calendar: Calendar) -> Due:
    """``day`` itself if it is a working day, else the last one before it."""
    provisional = not calendar.known(day)
    while not calendar.is_workday(day):
        day -= _DAY
        provisional = provisional or not calendar.known(day)
    return Due(day, provisional)


def workdays_between(first: date, last: date, calendar: Calendar) -> int:
    """Working days from ``first`` to ``last``, both counted; 0 where ``last`` lies before ``first``."""
    count = (last - first).days + 1
    return sum(calendar.is_workday(first + _DAY * at) for at in range(max(0, count)))


def plan(book: Rulebook, filed_in: int, deadlines: Sequence[Deadline], calendar: Calendar) -> Plan | None:
    """The plan of a season; None where no template names a day."""
    first, start = earliest(deadlines), plan_start(book, deadlines)
    if first is None or start is None:
        return None
    season = _Season(book, filed_in, calendar)
    milestones = _milestones(book, start, first.day, calendar)
    tasks = [_task(cast("Mapping[str, Any]", told), season, milestones, deadlines) for told in book.items(TASKS)]
    return Plan(start, first.day, milestones, tuple(tasks))


def _milestones(book: Rulebook, start: date, end: date, calendar: Calendar) -> tuple[Milestone, ...]:
    found: list[Milestone] = []
    begins = start
    for item in book.items(MODULES):
        told = cast("Mapping[str, Any]", item)
        share = Decimal(str(told["ends"]))
        whole = int((share * (end - start).days).to_integral_value(ROUND_FLOOR))
        due = previous_workday(start + _DAY * whole, calendar)
        if due.day < begins:  # a module shorter than a row of days off
            due = Due(begins, due.provisional)
        found.append(Milestone(str(told["module"]), str(told["name"]), begins, due))
        begins = due.day + _DAY
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Season:
    """What the days of a task are counted by."""

    book: Rulebook
    filed_in: int
    calendar: Calendar


def _task(
    told: Mapping[str, Any], season: _Season, milestones: Sequence[Milestone], deadlines: Sequence[Deadline]
) -> Planned:
    book, filed_in, calendar = season.book, season.filed_in, season.calendar
    (module,) = [one for one in milestones if one.module == told["module"]]
    track = str(told.get("track") or "")
    begins, due = module.begins, module.due
    decides = deciding(deadlines, track) if track and not told.get("from") else None
    if decides is not None:
        due = previous_workday(decides.day, calendar)
    if told.get("month"):
        first = date(filed_in, book.integer(MONTH), 1)
        begins, due = first, previous_workday(add_months(first, 1) - _DAY, calendar)
        if due.day > milestones[-1].due.day:  # an earlier deadline than the guide knows
            begins, due = module.begins, module.due
    if told.get("from") in book.in_force:
        begins = in_year(filed_in, str(book.value(str(told["from"]))))
        due = max(due, Due(begins, provisional=not calendar.known(begins)))
        due = min(due, milestones[-1].due)
    begins = min(next_workday(begins, calendar).day, due.day)
    return Planned(
        str(told["task"]), module.module, str(told["source"]), track, tuple(map(str, told["after"])), begins, due
    )
