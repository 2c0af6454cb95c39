"""How long an enterprise's records are kept, and what is over its time."""

from __future__ import annotations

from datetime import date

from ninja import Router, Schema

from nianjian.accounts.roles import Act
from nianjian.api.door.access import Request
from nianjian.api.door.operations import read, write
from nianjian.api.v1.jobs import Job, asked
from nianjian.flows import jobs
from nianjian.flows.operation.retention import Standing, show

router = Router(tags=["retention"])


class RecordClass(Schema):
    """A class of records: the rule that keeps it the longest, and for how long.

    ``since``: the first day that is kept, null: for ever; ``oldest`` record; ``over``: rows over their time.
    """

    record_class: str
    rule: str | None
    value: int | None
    unit: str | None
    level: str
    citation: str
    since: date | None
    oldest: str | None
    over: int


class RecordClasses(Schema):
    """Every class."""

    items: list[RecordClass]


@read(router, "/enterprises/{code}/retention", act=Act.AUDIT, answer=RecordClasses)
def retention_show(request: Request, code: str) -> dict[str, object]:
    """The classes of the enterprise's records; what was erased stands in the chain as `retention.erase`."""
    return {"items": [_told(one) for one in show(actor=request.actor, enterprise=code)]}


@write(router, "/enterprises/{code}/retention/erasures", act=Act.ADMINISTER, answer=Job, status=202)
def retention_erase(request: Request, code: str) -> dict[str, object]:
    """Erase what is over its time: work for the worker."""
    return asked(request, jobs.enqueue(kind=jobs.ERASE_OVER, enterprise=code, payload={}, actor=request.actor))


def _told(one: Standing) -> dict[str, object]:
    standing = {"oldest": one.oldest, "over": one.over}
    names = (name for name in RecordClass.model_fields if name not in standing)
    return {name: getattr(one.period, name) for name in names} | standing
