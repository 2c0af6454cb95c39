"""How long an enterprise's records are kept, and what is over its time."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Router, Schema

from nianjian.features.maintenance.operations import watch
from nianjian.features.maintenance.operations.watch import Class
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, write
from nianjian.platform.jobs import flow

router = Router(tags=["retention"])


class RecordClass(Schema):
    """A class of records: the rule that keeps it the longest, and for how long.

    ``since``: the first day that is kept, null: for ever; ``oldest`` record; ``over``: rows over their time, null:
    not counted.
    """

    record_class: str
    rule: str | None
    value: int | None
    unit: str | None
    level: str
    citation: str
    since: date | None
    oldest: str | None
    over: int | None


class RecordClasses(Schema):
    """Every class; ``counted_at``: when it was counted, null: never, or not since rows were erased."""

    counted_at: datetime | None
    items: list[RecordClass]


@read(router, "/enterprises/{code}/retention", act=Act.AUDIT, answer=RecordClasses)
def retention_show(request: Request, code: str) -> dict[str, object]:
    """The classes of the enterprise's records; what was erased stands in the chain as `retention.erase`."""
    known = watch.get_retention_status(enterprise=code, actor=request.actor)
    return {"counted_at": known.at, "items": [_told(one) for one in known.classes]}


@write(router, "/enterprises/{code}/retention/counts", act=Act.AUDIT, answer=Job, status=202)
def retention_count(request: Request, code: str) -> dict[str, object]:
    """Count what is over its time: work for the worker, whose result the classes then show."""
    return enqueued_job_document(request, watch.enqueue_count(enterprise=code, actor=request.actor))


@write(router, "/enterprises/{code}/retention/erasures", act=Act.ADMINISTER, answer=Job, status=202)
def retention_erase(request: Request, code: str) -> dict[str, object]:
    """Erase what is over its time: work for the worker."""
    return enqueued_job_document(
        request, flow.enqueue(kind=flow.ERASE_OVER, enterprise=code, payload={}, actor=request.actor)
    )


def _told(one: Class) -> dict[str, object]:
    found = {"oldest": one.oldest, "over": one.over}
    names = (name for name in RecordClass.model_fields if name not in found)
    return {name: getattr(one.period, name) for name in names} | found
