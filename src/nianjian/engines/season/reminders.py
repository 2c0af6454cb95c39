"""Which reminder of a report or task is due on a day, and who gets it: a table over the rule's moments. Pure.

A moment that passed while nobody worked is made up for by the newest one alone, with the days that are really left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, cast

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season import plan as tasks
from nianjian.engines.season.deadlines import Track
from nianjian.engines.season.plan import Task

RULE: Final = "season.reminders"
TRACK: Final = "track"
TASK: Final = "task"
BEFORE: Final = "before"
LATE: Final = "late"
#: A task that waits for another one is due all the same.
DUE: Final = frozenset({tasks.TaskState.OPEN, tasks.TaskState.BLOCKED, tasks.TaskState.LATE})
FILING: Final = "file_"  # how the tasks of handing in begin
#: Modules of the guide that end in the report (T8: before April); drill and closing belong to the check after it.
FOR_REPORT: Final = frozenset({"self_check", "data", "materials"})


class Scope(StrEnum):
    """What a person wants to be reminded of."""

    ROLE = "role"  # what one's role or a task of one's own brings
    ALL = "all"  # everything of the enterprise
    OWN = "own"  # tasks of one's own alone
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Moments:
    """A line of the rule. ``before``: days; ``late``: every so many days; ``escalate``: from so many days left on."""

    before: tuple[int, ...]
    late: int
    roles: tuple[str, ...]
    escalate: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """``about`` ("track:licence", "task:items"), ``stage`` ("before-7", "late-1") and ``day`` name it for ever.

    ``day``: when it was to be given; ``due``: the last day; ``left``: days to it, negative when it is over; ``open``:
    how many licences have to hand in a report by that day (0 for a task); ``owner``: who does it, "" for nobody.
    """

    about: str
    stage: str
    day: date
    due: date
    left: int
    open: int = 0
    owner: str = ""

    @property
    def kind(self) -> str:
        """`TRACK` or `TASK`."""
        return self.about.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may read the season."""

    name: str
    roles: frozenset[str]
    scope: Scope = Scope.ROLE


def moments(book: Rulebook) -> dict[str, Moments]:
    """By what they are about; lines that an overlay has spoiled are left out, so that nothing is reminded by halves."""
    found = {}
    for item in book.items(RULE):
        told = cast("Mapping[str, Any]", item)
        before, late = tuple(sorted(map(int, told["before"]))), int(told["late"])
        if told["about"] in {TRACK, TASK} and late > 0:
            roles, to = tuple(told["roles"]), tuple(told["to"])
            found[str(told["about"])] = Moments(before, late, roles, int(told["escalate"]), to)
    return found


def stage(last: date, today: date, of: Moments) -> tuple[str, date] | None:
    """The newest moment that has come, and its day; None before the first. ``last``: the last day in time."""
    if today > last:
        step = ((today - last).days - 1) // of.late * of.late + 1
        return f"{LATE}-{step}", last + timedelta(days=step)
    left = (last - today).days
    days = next((one for one in of.before if one >= left), None)
    return None if days is None else (f"{BEFORE}-{days}", last - timedelta(days=days))


def due(found: Iterable[Track], standing: Iterable[Task], rule: Mapping[str, Moments], today: date) -> list[Reminder]:
    """Every reminder that stands due today, reports first; what is done, rests or has no day brings none."""
    return [*_of_tracks(found, rule.get(TRACK), today), *_of_tasks(standing, rule.get(TASK), today)]


def _of_tracks(found: Iterable[Track], of: Moments | None, today: date) -> list[Reminder]:
    """One a report and last day, however many licences wait for it."""
    return [
        Reminder(f"{TRACK}:{name}", *at, last, (last - today).days, count)
        for name, last, count in waiting(found)
        if of is not None and (at := stage(last, today, of)) is not None
    ]


def waiting(found: Iterable[Track]) -> list[tuple[str, date, int]]:
    """Report, last day and how many licences are still to hand it in by then; the reports in their order.

    A licence to which a notice names another day is counted under that day alone. The day is the one that the law
    moves off a holiday (民法典 203): it is what makes the report late, so the days are counted to it.
    """
    counts = Counter((one.track, one.due.last.day) for one in found if one.open and one.due is not None)
    order = list(dict.fromkeys(name for name, _last in counts))
    return [(*key, counts[key]) for key in sorted(counts, key=lambda key: (order.index(key[0]), key[1]))]


def _of_tasks(standing: Iterable[Task], of: Moments | None, today: date) -> list[Reminder]:
    """What is `settled` brings none."""
    found = list(standing)
    moot = settled(found)
    return [
        Reminder(f"{TASK}:{one.plan.task}", *at, day, (day - today).days, owner=one.said.owner or one.seen.owner)
        for one in found
        if of is not None and one.state in DUE and one.plan.task not in moot
        if (at := stage(day := one.due.day, today, of)) is not None
    ]


def list_open_matters(found: Iterable[Track], standing: Iterable[Task]) -> set[str]:
    """What reminders may still speak of: reports that a licence waits for, tasks that are to be done."""
    tasks = list(standing)
    moot = settled(tasks)
    reports = {f"{TRACK}:{name}" for name, _last, _count in waiting(found)}
    return reports | {f"{TASK}:{task.plan.task}" for task in tasks if task.state in DUE and task.plan.task not in moot}


def settled(found: Sequence[Task]) -> set[str]:
    """Tasks that nobody is reminded of: handing in, which is the report's own reminder, and what it has settled.

    A task that a report waits for, or that belongs to one, is settled with it; what prepares the numbers is settled
    with both. The drill and the cases of rectification are for the check that follows the report (S1): they go on.
    """
    after = {one.plan.task: one.plan.after for one in found}
    filing = {one.plan.task: one for one in found if one.plan.task.startswith(FILING)}
    handed = {name for name, one in filing.items() if one.state in tasks.FINISHED}
    before = {name: _before(name, after) for name in filing}
    moot = set(filing)
    for one in found:
        plan = one.plan
        waits = {name for name in filing if plan.task in before[name] or plan.track == filing[name].plan.track != ""}
        waits = waits or (set(filing) if plan.module in FOR_REPORT else set())
        if waits and waits <= handed:
            moot.add(plan.task)
    return moot


def _before(task: str, after: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything that comes before a task, also by way of others."""
    found, asked = set[str](), list(after.get(task, ()))
    while asked:
        one = asked.pop()
        if one not in found:
            found.add(one)
            asked += after.get(one, ())
    return found


def recipients(one: Reminder, people: Sequence[Person], of: Moments) -> list[str]:
    """Names of those who get it, sorted.

    An owner who is one of the people gets a task instead of the roles; from the escalation on those above as well.
    Where none of these is left because of what people chose, those above get it whatever they chose: none is lost,
    and somebody who only wants to see everything answers for nothing.
    """
    owner = {who.name for who in people if who.name == one.owner and who.scope is not Scope.NONE}
    roles: Collection[str] = () if owner else of.roles
    above = of.to if one.left <= of.escalate else ()
    heard = [who for who in people if who.scope in {Scope.ROLE, Scope.ALL}]
    answering = owner | {who.name for who in heard if who.roles.intersection([*roles, *above])}
    answering = answering or {who.name for who in people if who.roles.intersection(of.to)}
    return sorted(answering | {who.name for who in heard if who.scope is Scope.ALL})
