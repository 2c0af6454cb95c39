"""What stands in the way, and what waits for one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.features.complaints.operations.promise import promise
from nianjian.features.complaints.warned.query import list_due_soon
from nianjian.features.inbox.operations.obstacles import Point, obstacles
from nianjian.features.overview.operations.late import Late
from nianjian.features.rectification.operations import Running
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.jobs import query as queue
from nianjian.platform.registers import attachments, batches
from nianjian.platform.rulebook.deadlines import Expiry

MOST: Final = 5  # of a sort; the page behind shows all
FAILED_SINCE: Final = timedelta(days=7)

NOT_RUN: Final = "not_run"
INSUFFICIENT: Final = "light_insufficient"
ATTACHMENT: Final = "attachment_missing"
DAYS: Final = "days_missing"
REJECTS: Final = "rejects_waiting"
APPROVAL: Final = "approval"
FAILED: Final = "job_failed"
COMPLAINT: Final = "complaint_due"
CASE: Final = "rectification_due"
LATE: Final = "report_late"
EXPIRED: Final = "expired"
MATERIALS: Final = "materials_missing"


def blockers(
    enterprise: str,
    portrait: Mapping[str, Any] | None,
    cases: Sequence[Running] = (),
    expired: Sequence[Expiry] = (),
    materials: tuple[int, int] = (0, 0),
    *,
    late: Sequence[Late] = (),
) -> list[Point]:
    """Tell what is overdue, which reports are late, which cases run, what has expired, what portrait and package lack.

    ``materials``: data year, and how many items of its package are not ready.
    """
    found = obstacles(enterprise)
    found += [Point(LATE, {"track": one.track, "year": one.year, "due": one.due}) for one in late]
    found += [Point(CASE, {"case": case.pk, "due": days.due.day}) for case, days in cases]
    found += [
        Point(EXPIRED, {"kind": one.kind, "keys": one.keys, "count": one.count, "until": one.until}) for one in expired
    ]
    found += [Point(NOT_RUN)] if portrait is None else _in_portrait(enterprise, portrait)
    year, count = materials
    found += [Point(MATERIALS, {"year": year, "count": count})] if count else []
    waiting = batches.list_batches_with_rejects(enterprise, most=MOST)
    return [*found, *(Point(REJECTS, {"batch": batch, "rows": rows}) for batch, rows in waiting)]


def _in_portrait(enterprise: str, portrait: Mapping[str, Any]) -> Iterator[Point]:
    year = int(str(portrait["period"]["from"])[:4])
    on_file = {(one.metric, one.kind) for one in attachments.list_attachments(enterprise, year=year)}
    for metric in portrait["metrics"]:
        if metric["light"] == "insufficient":
            yield Point(INSUFFICIENT, {"metric": metric["slug"]})
        wanted = metric.get("attachments_required") or ()
        if wanted and not any((metric["slug"], kind) in on_file for kind in wanted):
            yield Point(ATTACHMENT, {"metric": metric["slug"], "kinds": tuple(wanted)})
    days = (portrait.get("quality") or {}).get("days_without_records") or {}
    if days.get("count"):
        yield Point(DAYS, {"count": days["count"], "year": year})


def tasks(enterprise: str, actor: Actor) -> list[Point]:
    """Tell what waits for this person: requests to decide, tickets whose clocks run out, own work that failed."""
    found: list[Point] = []
    if may(actor, enterprise, Act.APPROVE):
        pending = approvals.list_pending(enterprise, besides=str(actor), most=MOST)
        found += [Point(APPROVAL, {"approval": one.id, "kind": one.kind, "by": one.requested_by}) for one in pending]
    if may(actor, enterprise, Act.LOAD):
        found += _tickets(enterprise)
    failed = queue.failed(enterprise, str(actor), since=clock.now() - FAILED_SINCE, most=MOST)
    return found + [Point(FAILED, {"job": one.id, "kind": one.kind, "error": one.error}) for one in failed]


def _tickets(enterprise: str) -> list[Point]:
    """Tickets whose clocks run out or have just done so, the earliest due first."""
    found = list_due_soon(enterprise, promise(enterprise), clock.now())[:MOST]
    return [
        Point(COMPLAINT, {"complaint": one.row.key, "clock": one.reading.clock.value, "due": one.reading.due})
        for one in found
    ]
