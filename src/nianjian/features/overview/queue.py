"""Who sees to what is overdue or open: what has an owner is that person's, what has none is the administrator's.

Read once a page: the tasks of a person come out of it, and so does the list of all that is to be done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db.models import Count, QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.season.plan import Task, TaskState
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import ServiceLevels, overdue_since
from nianjian.features.complaints.models import Complaint
from nianjian.features.complaints.queries import TicketFilter
from nianjian.features.inbox import obstacles
from nianjian.features.inbox.obstacles import Point
from nianjian.features.reconciliation import queries as reconciliation
from nianjian.features.season.reminders import list_open_tasks
from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers.queries import ReadScope

TICKETS: Final = "own_complaints_overdue"
TICKETS_UNOWNED: Final = "unowned_complaints_overdue"
DIFFERENCES: Final = "own_differences_open"
DIFFERENCES_UNOWNED: Final = "unowned_differences_open"
TASK: Final = "own_season_task"
TASKS_UNOWNED: Final = "unowned_season_tasks"
NOBODY: Final = ""
TEAM: Final = "team:"  # before a team's code, of tickets that a team has and no person


@dataclass(frozen=True, slots=True)
class Queue:
    """``tickets`` overdue by owner, since ``overdue`` the oldest; open ``differences`` by owner, with their point.

    An owner is a login, `NOBODY`, or `TEAM` with a team's code; of differences as people have written it. ``tasks``
    of the season of data year ``year``.
    """

    tickets: Mapping[str, int] = field(default_factory=Counter)
    overdue: date | None = None
    differences: Sequence[tuple[Point, Mapping[str, int]]] = ()
    tasks: Sequence[Task] = ()
    year: int = 0


def read_queue(enterprise: str, actor: Actor, levels: ServiceLevels, late: Sequence[Point]) -> Queue:
    """Read whose the overdue complaints, open differences and begun tasks of the season are, however old.

    ``late``: what `list_obstacles` tells.
    """
    overdue, tickets = None, Counter[str]()
    for point in late:
        if point.code == obstacles.OVERDUE:
            tickets = count_by_owner(complaints.overdue_tickets(enterprise, levels, clock.now()))
            overdue = date.fromisoformat(str(point.values["since"])[:10])
    runs = [
        (point, reconciliation.count_open_by_owner(point.values["run"]))
        for point in late
        if point.code == obstacles.DIFFERENCES
    ]
    year, tasks = list_open_tasks(enterprise, clock.today(), actor)
    return Queue(tickets, overdue, runs, tasks, year)


def read_team_queue(enterprise: str, team: str) -> Queue:
    """Read what a team may see of it: its own overdue tickets."""
    levels, scope = complaints.load_service_levels(enterprise), ReadScope(enterprise, clock.today(), team)
    rows = complaints.filter_tickets(scope, TicketFilter(overdue=True), levels, clock.now())
    first, now = rows.first(), clock.now()
    if first is None:
        return Queue()
    since = overdue_since(complaints.ticket_facts(first), levels, now) or now
    return Queue(count_by_owner(rows), since.astimezone(clock.ZONE).date())


def count_by_owner(rows: QuerySet[Complaint]) -> Counter[str]:
    """How many tickets each owner has."""
    found = Counter[str]()
    for assignee, team, count in rows.order_by().values_list("assignee", "team_id").annotate(n=Count("pk")):
        found[assignee or (f"{TEAM}{team}" if team else NOBODY)] += count
    return found


def task_owner(task: Task) -> str:
    """Who sees to a task of the season; `NOBODY`: nobody yet."""
    return task.said.owner or task.seen.owner or NOBODY


def list_queue(actor: Actor, queue: Queue, *, governs: bool) -> list[Point]:
    """The actor's own; for who ``governs`` the enterprise also what nobody owns."""
    return [
        *_list_tickets(queue, actor.name, governs=governs),
        *_list_differences(queue, actor.name, governs=governs),
        *_list_season_tasks(queue, actor.name, governs=governs),
    ]


def _list_tickets(queue: Queue, name: str, *, governs: bool) -> Iterator[Point]:
    if own := queue.tickets.get(name, 0):
        yield Point(TICKETS, {"count": own, "assignee": name})
    if governs and (count := queue.tickets.get(NOBODY, 0)):
        yield Point(TICKETS_UNOWNED, {"count": count})


def _list_differences(queue: Queue, name: str, *, governs: bool) -> Iterator[Point]:
    for point, by_owner in queue.differences:
        values = {name: point.values[name] for name in ("kind", "run", "as_of")}
        if own := by_owner.get(name, 0):
            yield Point(DIFFERENCES, values | {"count": own})
        if governs and (count := by_owner.get(NOBODY, 0)):
            yield Point(DIFFERENCES_UNOWNED, values | {"count": count})


def _list_season_tasks(queue: Queue, name: str, *, governs: bool) -> Iterator[Point]:
    for task in queue.tasks:
        if task_owner(task) == name:
            yield Point(TASK, {"task": task.plan.task, "due": task.due.day, "year": queue.year})
    unowned = [task for task in queue.tasks if task_owner(task) == NOBODY]
    if governs and unowned:
        late = sum(task.state is TaskState.LATE for task in unowned)
        yield Point(TASKS_UNOWNED, {"count": len(unowned), "late": late, "year": queue.year})
