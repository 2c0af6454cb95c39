"""The reverse plan of a season and the state of its tasks. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any, Final, cast

from nianjian.engines.kernel.states import State
from nianjian.engines.kernel.workdays import Calendar, Due, add_months, next_workday
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import Deadline, Track, deciding, earliest, in_year, plan_start

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
    return next_workday(day, calendar, -_DAY)


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
    tasks = [_plan_task(cast("Mapping[str, Any]", entry), season) for entry in book.items(TASKS)]
    return Plan(start, first.day, milestones, tuple(tasks))


def _milestones(book: Rulebook, start: date, end: date, calendar: Calendar) -> tuple[Milestone, ...]:
    milestones: list[Milestone] = []
    begins = start
    for item in book.items(MODULES):
        entry = cast("Mapping[str, Any]", item)
        share = Decimal(str(entry["ends"]))
        whole = int((share * (end - start).days).to_integral_value(ROUND_FLOOR))
        due = previous_workday(start + _DAY * whole, calendar)
        if due.day < begins:  # a module shorter than a row of days off
            due = Due(begins, due.provisional)
        milestones.append(Milestone(str(entry["module"]), str(entry["name"]), begins, due))
        begins = due.day + _DAY
    return tuple(milestones)


@dataclass(frozen=True, slots=True)
class _Season:
    """What the days of a task are counted by."""

    book: Rulebook
    filed_in: int
    calendar: Calendar
    milestones: Sequence[Milestone]
    deadlines: Sequence[Deadline]


def _plan_task(entry: Mapping[str, Any], season: _Season) -> PlannedTask:
    book, filed_in, calendar = season.book, season.filed_in, season.calendar
    last = season.milestones[-1].due
    (module,) = [one for one in season.milestones if one.module == entry["module"]]
    track = str(entry.get("track") or "")
    begins, due = module.begins, module.due
    decides = deciding(season.deadlines, track) if track and not entry.get("from") else None
    if decides is not None:
        due = previous_workday(decides.day, calendar)
    if entry.get("month"):
        first = date(filed_in, book.integer(MONTH), 1)
        begins, due = first, previous_workday(add_months(first, 1) - _DAY, calendar)
        if due.day > last.day:  # an earlier deadline than the guide knows
            begins, due = module.begins, module.due
    if entry.get("from") in book.in_force:
        begins = in_year(filed_in, str(book.value(str(entry["from"]))))
        due = min(max(due, Due(begins, provisional=not calendar.known(begins))), last)
    begins = min(next_workday(begins, calendar).day, due.day)
    return PlannedTask(
        str(entry["task"]), module.module, str(entry["source"]), track, tuple(map(str, entry["after"])), begins, due
    )


#: Tasks whose end the product cannot see: a person says so, with a note.
BY_HAND: Final = frozenset({"entry_test"})


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
    triples = [(one, seen.get(one.task, unseen), said.get(one.task, nothing)) for one in planned]
    finished = {one.task for one, progress, note in triples if _is_finished(one, progress, note, today)}
    return [_evaluate_task(*each, finished, today) for each in triples]


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
    relevant = [one for one in tasks if module in {None, one.plan.module} and one.state is not TaskState.NOT_APPLICABLE]
    return Progress(sum(one.state in FINISHED for one in relevant), len(relevant))


# Which reminder of a report or task is due on a day, and who gets it: a table over the rule's moments. Pure.
#
# A moment that passed while nobody worked is made up for by the newest one alone, with the days that are really left.

RULE: Final = "season.reminders"
TRACK: Final = "track"
TASK: Final = "task"
BEFORE: Final = "before"
LATE: Final = "late"
#: A task that waits for another one is due all the same.
DUE: Final = frozenset({TaskState.OPEN, TaskState.BLOCKED, TaskState.LATE})
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
    by_about = {}
    for item in book.items(RULE):
        entry = cast("Mapping[str, Any]", item)
        before, late = tuple(sorted(map(int, entry["before"]))), int(entry["late"])
        if entry["about"] in {TRACK, TASK} and late > 0:
            roles, to = tuple(entry["roles"]), tuple(entry["to"])
            by_about[str(entry["about"])] = Moments(before, late, roles, int(entry["escalate"]), to)
    return by_about


def stage(last: date, today: date, of: Moments) -> tuple[str, date] | None:
    """The newest moment that has come, and its day; None before the first. ``last``: the last day in time."""
    if today > last:
        step = ((today - last).days - 1) // of.late * of.late + 1
        return f"{LATE}-{step}", last + timedelta(days=step)
    left = (last - today).days
    days = next((one for one in of.before if one >= left), None)
    return None if days is None else (f"{BEFORE}-{days}", last - timedelta(days=days))


def due(tracks: Iterable[Track], standing: Iterable[Task], rule: Mapping[str, Moments], today: date) -> list[Reminder]:
    """Every reminder that stands due today, reports first; what is done, rests or has no day brings none."""
    return [*_of_tracks(tracks, rule.get(TRACK), today), *_of_tasks(standing, rule.get(TASK), today)]


def _of_tracks(tracks: Iterable[Track], of: Moments | None, today: date) -> list[Reminder]:
    """One a report and last day, however many licences wait for it."""
    return [
        Reminder(f"{TRACK}:{name}", *at, last, (last - today).days, count)
        for name, last, count in waiting(tracks)
        if of is not None and (at := stage(last, today, of)) is not None
    ]


def waiting(tracks: Iterable[Track]) -> list[tuple[str, date, int]]:
    """Report, last day and how many licences are still to hand it in by then; the reports in their order.

    A licence to which a notice names another day is counted under that day alone. The day is the one that the law
    moves off a holiday (民法典 203): it is what makes the report late, so the days are counted to it.
    """
    counts = Counter((one.track, one.due.last.day) for one in tracks if one.open and one.due is not None)
    order = list(dict.fromkeys(name for name, _last in counts))
    return [(*key, counts[key]) for key in sorted(counts, key=lambda key: (order.index(key[0]), key[1]))]


def _of_tasks(standing: Iterable[Task], of: Moments | None, today: date) -> list[Reminder]:
    """What is `settled` brings none."""
    return [
        Reminder(f"{TASK}:{one.plan.task}", *at, day, (day - today).days, owner=one.said.owner or one.seen.owner)
        for one in _unsettled(standing)
        if of is not None and (at := stage(day := one.due.day, today, of)) is not None
    ]


def list_open_matters(tracks: Iterable[Track], standing: Iterable[Task]) -> set[str]:
    """What reminders may still speak of: reports that a licence waits for, tasks that are to be done."""
    reports = {f"{TRACK}:{name}" for name, _last, _count in waiting(tracks)}
    return reports | {f"{TASK}:{task.plan.task}" for task in _unsettled(standing)}


def _unsettled(standing: Iterable[Task]) -> list[Task]:
    tasks = list(standing)
    moot = settled(tasks)
    return [one for one in tasks if one.state in DUE and one.plan.task not in moot]


def settled(tasks: Sequence[Task]) -> set[str]:
    """Tasks that nobody is reminded of: handing in, which is the report's own reminder, and what it has settled.

    A task that a report waits for, or that belongs to one, is settled with it; what prepares the numbers is settled
    with both. The drill and the cases of rectification are for the check that follows the report (S1): they go on.
    """
    after = {one.plan.task: one.plan.after for one in tasks}
    filing = {one.plan.task: one for one in tasks if one.plan.task.startswith(FILING)}
    handed = {name for name, one in filing.items() if one.state in FINISHED}
    before = {name: _before(name, after) for name in filing}
    moot = set(filing)
    for one in tasks:
        plan = one.plan
        waits = {name for name in filing if plan.task in before[name] or plan.track == filing[name].plan.track != ""}
        waits = waits or (set(filing) if plan.module in FOR_REPORT else set())
        if waits and waits <= handed:
            moot.add(plan.task)
    return moot


def _before(task: str, after: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything that comes before a task, also by way of others."""
    earlier, queue = set[str](), list(after.get(task, ()))
    while queue:
        one = queue.pop()
        if one not in earlier:
            earlier.add(one)
            queue += after.get(one, ())
    return earlier


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
