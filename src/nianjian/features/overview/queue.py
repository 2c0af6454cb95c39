"""What has an owner is that person's task; what has none is in the administrator's queue until it is assigned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import Q

from nianjian.engines.kernel import clock
from nianjian.engines.season.plan import TaskState
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import ServiceLevels
from nianjian.features.inbox.obstacles import Point
from nianjian.features.reconciliation import queries as reconciliation
from nianjian.features.season.reminders import list_open_tasks
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission

TICKETS: Final = "own_complaints_overdue"
TICKETS_UNOWNED: Final = "unowned_complaints_overdue"
DIFFERENCES: Final = "own_differences_open"
DIFFERENCES_UNOWNED: Final = "unowned_differences_open"
TASK: Final = "own_season_task"
TASKS_UNOWNED: Final = "unowned_season_tasks"


def list_queue(enterprise: str, actor: Actor, levels: ServiceLevels) -> list[Point]:
    """Overdue complaints, open differences and begun tasks of the season, however old: the actor's own.

    For an administrator also those that nobody owns.
    """
    governs = has_permission(actor, enterprise, Permission.ADMINISTER)
    return [
        *_list_tickets(enterprise, actor.name, levels, governs=governs),
        *_list_differences(enterprise, actor.name, governs=governs),
        *_list_season_tasks(enterprise, actor, governs=governs),
    ]


def _list_tickets(enterprise: str, name: str, levels: ServiceLevels, *, governs: bool) -> Iterator[Point]:
    rows = complaints.overdue_tickets(enterprise, levels, clock.now())
    if own := rows.filter(assignee=name).count():
        yield Point(TICKETS, {"count": own, "assignee": name})
    unowned = Q(assignee=None) | Q(assignee="")
    if governs and (count := rows.filter(unowned, team_id=None).count()):
        yield Point(TICKETS_UNOWNED, {"count": count})


def _list_differences(enterprise: str, name: str, *, governs: bool) -> Iterator[Point]:
    for run, _count in reconciliation.list_unsettled_runs(enterprise):
        values = {"kind": run.kind, "run": run.pk, "as_of": run.as_of.isoformat()}
        by_owner = reconciliation.count_open_by_owner(run)
        if own := by_owner[name]:
            yield Point(DIFFERENCES, values | {"count": own})
        if governs and (count := by_owner[""]):
            yield Point(DIFFERENCES_UNOWNED, values | {"count": count})


def _list_season_tasks(enterprise: str, actor: Actor, *, governs: bool) -> Iterator[Point]:
    year, tasks = list_open_tasks(enterprise, clock.today(), actor)
    owners = [(task, task.said.owner or task.seen.owner) for task in tasks]
    for task, owner in owners:
        if owner == actor.name:
            yield Point(TASK, {"task": task.plan.task, "due": task.due.day, "year": year})
    unowned = [task for task, owner in owners if not owner]
    if governs and unowned:
        late = sum(task.state is TaskState.LATE for task in unowned)
        yield Point(TASKS_UNOWNED, {"count": len(unowned), "late": late, "year": year})
