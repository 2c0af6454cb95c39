"""Who sees to what is overdue or open: what has an owner is that person's, what has none is the administrator's.

Read once a page: the tasks of a person come out of it, and so does the list of all that is to be done.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Count, QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.season.plan import Task, TaskState
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import ServiceLevels
from nianjian.features.complaints.models import Complaint
from nianjian.features.complaints.queries import TicketFilter
from nianjian.features.inbox import obstacles
from nianjian.features.inbox.obstacles import Point
from nianjian.features.reconciliation import queries as reconciliation
from nianjian.features.season.reminders import list_open_tasks
from nianjian.platform.accounts.people import list_candidates, resolve_owner
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers.queries import ReadScope

TICKETS: Final = "own_complaints_overdue"
TICKETS_UNOWNED: Final = "unowned_complaints_overdue"
DIFFERENCES: Final = "own_differences_open"
DIFFERENCES_UNOWNED: Final = "unowned_differences_open"
TASK: Final = "own_season_task"
TASKS_UNOWNED: Final = "unowned_season_tasks"
NOBODY: Final = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """``tickets`` overdue by owner, since ``overdue`` the oldest; open ``differences`` by owner, with their point.

    An owner is the login of somebody of the enterprise, or `NOBODY`: a team without a person owns nothing, nor does a
    name that nobody signs in by. ``tasks`` of the season of data year ``year``; ``people``: who may own one.
    """

    tickets: Mapping[str, int] = field(default_factory=Counter)
    overdue: datetime | None = None
    differences: Sequence[tuple[Point, Mapping[str, int]]] = ()
    tasks: Sequence[Task] = ()
    year: int = 0
    people: frozenset[str] = frozenset()

    def task_owner(self, task: Task) -> str:
        """Who sees to a task of the season; `NOBODY`: nobody who could."""
        return resolve_owner(written_owner(task), self.people)


def read_queue(enterprise: str, actor: Actor, tickets: Mapping[str, int], late: Sequence[Point]) -> Queue:
    """Read whose the overdue complaints, open differences and begun tasks of the season are, however old.

    ``tickets``: what `count_overdue` tells; ``late``: what `list_obstacles` does.
    """
    overdue = None
    people = frozenset(one.name for one in list_candidates(enterprise, Permission.READ))
    for point in late:
        if point.code == obstacles.OVERDUE:
            overdue = datetime.fromisoformat(str(point.values["since"])).replace(tzinfo=clock.ZONE)
    runs = []
    for point in late:
        if point.code == obstacles.DIFFERENCES:
            owners = Counter[str]()
            for owner, count in reconciliation.count_open_by_owner(point.values["run"]).items():
                owners[resolve_owner(owner, people)] += count
            runs.append((point, owners))
    year, tasks = list_open_tasks(enterprise, clock.today(), actor)
    return Queue(tickets, overdue, runs, tasks, year, people)


def count_overdue(enterprise: str, levels: ServiceLevels) -> Counter[str]:
    """How many overdue tickets each owner has."""
    return count_by_owner(complaints.overdue_tickets(enterprise, levels, clock.now()))


def read_team_queue(enterprise: str, team: str) -> Queue:
    """Read what a team may see of it: its own overdue tickets."""
    levels, scope = complaints.load_service_levels(enterprise), ReadScope(enterprise, clock.today(), team)
    now = clock.now()
    rows = complaints.filter_tickets(scope, TicketFilter(overdue=True), levels, now)
    return Queue(count_by_owner(rows), complaints.find_overdue_since(rows, levels, now))


def count_by_owner(rows: QuerySet[Complaint]) -> Counter[str]:
    """How many tickets each owner has."""
    counts = Counter[str]()
    for assignee, count in rows.order_by().values_list("assignee").annotate(n=Count("pk")):
        counts[assignee or NOBODY] += count
    return counts


def written_owner(task: Task) -> str:
    """Whom people have named for a task of the season; `NOBODY`: nobody yet."""
    return task.said.owner or task.seen.owner or NOBODY


def list_queue(actor: Actor, queue: Queue, *, governs: bool) -> list[Point]:
    """The actor's own; for who ``governs`` the enterprise also what nobody owns."""
    return [*_list_waiting(queue, actor.name, governs=governs), *_list_tasks(queue, actor.name, governs=governs)]


def _list_waiting(queue: Queue, name: str, *, governs: bool) -> Iterator[Point]:
    """Tickets and differences."""
    if own := queue.tickets.get(name, 0):
        yield Point(TICKETS, {"count": own, "assignee": name})
    if governs and (count := queue.tickets.get(NOBODY, 0)):
        yield Point(TICKETS_UNOWNED, {"count": count})
    for point, by_owner in queue.differences:
        values = {field: point.values[field] for field in ("kind", "run", "as_of")}
        if own := by_owner.get(name, 0):
            yield Point(DIFFERENCES, values | {"count": own})
        if governs and (count := by_owner.get(NOBODY, 0)):
            yield Point(DIFFERENCES_UNOWNED, values | {"count": count})


def _list_tasks(queue: Queue, name: str, *, governs: bool) -> Iterator[Point]:
    for task in queue.tasks:
        if queue.task_owner(task) == name:
            yield Point(TASK, {"task": task.plan.task, "due": task.due.day, "year": queue.year})
    unowned = [task for task in queue.tasks if queue.task_owner(task) == NOBODY]
    if governs and unowned:
        late = sum(task.state is TaskState.LATE for task in unowned)
        yield Point(TASKS_UNOWNED, {"count": len(unowned), "late": late, "year": queue.year})
