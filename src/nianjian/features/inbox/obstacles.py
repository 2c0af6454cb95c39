"""What has waited too long already, whoever it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import ServiceLevels
from nianjian.features.reconciliation import queries as reconciliation

OVERDUE: Final = "complaints_overdue"
DIFFERENCES: Final = "differences_open"


@dataclass(frozen=True, slots=True)
class Point:
    """Something to deal with: a code, and what its sentence and its link need."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


def list_obstacles(enterprise: str, levels: ServiceLevels, overdue: int | None = None) -> list[Point]:
    """What has waited too long already, however long: complaints past a limit, open differences of reconciliations.

    Of reconciliations those with something that no newer one looked at again. ``overdue``: how many complaints, where
    that is known.
    """
    now = clock.now()
    points, late = list[Point](), complaints.overdue_tickets(enterprise, levels, now)
    first = late.first() if overdue != 0 else None
    if first is not None:
        since = complaints.find_ticket_overdue_since(first, levels, now) or now
        values = {
            "count": late.count() if overdue is None else overdue,
            "oldest": first.key,
            "days": (now - since).days,
        }
        points.append(Point(OVERDUE, values | {"since": f"{since.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"}))
    return points + [
        Point(DIFFERENCES, {"kind": run.kind, "run": run.pk, "count": count, "as_of": run.as_of.isoformat()})
        for run, count in reconciliation.list_unsettled_runs(enterprise)
    ]
