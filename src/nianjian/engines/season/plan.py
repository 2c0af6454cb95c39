"""The reverse plan of a season and the state of its tasks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any, Final, cast

from nianjian.engines.kernel.periods import add_months
from nianjian.engines.kernel.states import State
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
class PlannedTask:
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
    tasks: tuple[PlannedTask, ...]


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
    milestones = _milestones(book, start, first.day, calendar)
    season = _Season(book, filed_in, calendar, milestones, deadlines)
    tasks = [_plan_task(cast("Mapping[str, Any]", told), season) for told in book.items(TASKS)]
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
    milestones: Sequence[Milestone]
    deadlines: Sequence[Deadline]


def _plan_task(told: Mapping[str, Any], season: _Season) -> PlannedTask:
    book, filed_in, calendar = season.book, season.filed_in, season.calendar
    last = season.milestones[-1].due
    (module,) = [one for one in season.milestones if one.module == told["module"]]
    track = str(told.get("track") or "")
    begins, due = module.begins, module.due
    decides = deciding(season.deadlines, track) if track and not told.get("from") else None
    if decides is not None:
        due = previous_workday(decides.day, calendar)
    if told.get("month"):
        first = date(filed_in, book.integer(MONTH), 1)
        begins, due = first, previous_workday(add_months(first, 1) - _DAY, calendar)
        if due.day > last.day:  # an earlier deadline than the guide knows
            begins, due = module.begins, module.due
    if told.get("from") in book.in_force:
        begins = in_year(filed_in, str(book.value(str(told["from"]))))
        due = min(max(due, Due(begins, provisional=not calendar.known(begins))), last)
    begins = min(next_workday(begins, calendar).day, due.day)
    return PlannedTask(
        str(told["task"]), module.module, str(told["source"]), track, tuple(map(str, told["after"])), begins, due
    )


#: Tasks whose end the product cannot see: a person says so, with a note.
BY_HAND: Final = frozenset({"marketing_lines", "entry_test"})


class TaskState(StrEnum):
    """Of one task."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    SNOOZED = "snoozed"
    LATE = "late"
    BLOCKED = "blocked"  # another task comes first
    OPEN = "open"
    AHEAD = "ahead"  # its first day is still to come


STATUSES: Final[Mapping[TaskState, State]] = {
    TaskState.DONE: State.PASSED, TaskState.NOT_APPLICABLE: State.NOT_APPLICABLE, TaskState.LATE: State.OVERDUE
}  # fmt: skip
FINISHED: Final = frozenset({TaskState.DONE, TaskState.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """What the product knows of a task: ``done`` of ``total`` steps (total 0: no step), figures for people.

    ``complete`` decides, not the count: a portrait that was never computed has no open step and is not done.
    ``proved``: there is something that can prove it; an empty register makes no task done.
    """

    complete: bool
    done: int = 0
    total: int = 0
    figures: Mapping[str, Any] = field(default_factory=dict)
    due: Due | None = None  # a day of its own, where the product keeps one
    begins: date | None = None  # and since when it waits
    owner: str = ""
    applicable: bool = True
    proved: bool = True


@dataclass(frozen=True, slots=True)
class TaskNote:
    """What a person has said of a task."""

    owner: str = ""
    done_on: date | None = None
    note: str = ""
    snoozed_until: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands."""

    plan: PlannedTask
    state: TaskState
    begins: date
    due: Due
    seen: TaskProgress
    said: TaskNote

    @property
    def status(self) -> State:
        """How it stands, whatever it waits for."""
        settled = STATUSES.get(self.state)
        return settled or (State.IN_PROGRESS if self.seen.proved else State.NOT_PROVED)

    @property
    def by_hand(self) -> bool:
        """Whether a person says that it is done."""
        return self.plan.task in BY_HAND


def evaluate_tasks(
    planned: Sequence[PlannedTask], seen: Mapping[str, TaskProgress], said: Mapping[str, TaskNote], today: date
) -> list[Task]:
    """Every task with its state, in the plan's order. A task nobody can look into is open, never done."""
    unseen, nothing = TaskProgress(complete=False), TaskNote()
    known = [(one, seen.get(one.task, unseen), said.get(one.task, nothing)) for one in planned]
    finished = {one.task for one, progress, note in known if _is_finished(one, progress, note, today)}
    return [_evaluate_task(*each, finished, today) for each in known]


def _is_finished(one: PlannedTask, seen: TaskProgress, said: TaskNote, today: date) -> bool:
    by_hand = one.task in BY_HAND and said.done_on is not None and said.done_on <= today
    return not seen.applicable or seen.complete or by_hand


def _evaluate_task(one: PlannedTask, seen: TaskProgress, said: TaskNote, finished: set[str], today: date) -> Task:
    due = seen.due or one.due
    begins = min(seen.begins or one.begins, due.day)
    if not seen.applicable or one.task in finished:
        state = TaskState.DONE if seen.applicable else TaskState.NOT_APPLICABLE
    elif said.snoozed_until is not None and today < said.snoozed_until:
        state = TaskState.SNOOZED
    elif today > due.day:
        state = TaskState.LATE
    elif today < begins:
        state = TaskState.AHEAD
    else:
        state = TaskState.OPEN if finished.issuperset(one.after) else TaskState.BLOCKED
    return Task(one, state, begins, due, seen, said)


@dataclass(frozen=True, slots=True)
class Progress:
    """Finished tasks of all, of a module or of the plan."""

    done: int
    total: int


def progress(tasks: Sequence[Task], module: str | None = None) -> Progress:
    """How far it is, computed from the states; what does not apply counts for nothing."""
    found = [one for one in tasks if module in {None, one.plan.module} and one.state is not TaskState.NOT_APPLICABLE]
    return Progress(sum(one.state in FINISHED for one in found), len(found))
