"""The audit chain and the retention of records, for programs."""

from dataclasses import asdict, dataclass

from django.http import StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.features.maintenance import health
from nianjian.features.maintenance.audit_export import build_filter, export_entries
from nianjian.features.maintenance.health import RecordClasses
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import everywhere, read, take, write
from nianjian.platform.api.paging import MOST, after
from nianjian.platform.api.parameter_types import Day, Text
from nianjian.platform.audit import query
from nianjian.platform.home.http import as_attachment
from nianjian.platform.jobs import flow

audit_router = Router(tags=["audit"])
CSV = "text/csv"


@dataclass(frozen=True, slots=True)
class Entry(query.Act):
    """Who did what; ``at`` is UTC."""

    hash: str


@dataclass(frozen=True, slots=True)
class Entries:
    """A part of the chain, newest first; ``head``: hash of the whole chain's last entry."""

    items: list[Entry]
    next: str | None
    head: str


class Filter(Schema):
    """Which entries: whose verb and actor begin so, of these days."""

    verb: Text = ""
    actor: Text = ""
    first: Day | None = None
    last: Day | None = None


class Wanted(Filter):
    """The same, a part of them: older than ``before``."""

    limit: int = Field(50, ge=1, le=MOST)
    before: int | None = Field(None, ge=1, le=2**62)


@read(audit_router, "/enterprises/{code}/audit", act=Permission.AUDIT, answer=Entries)
def audit_list(request: Request, code: str, wanted: Query[Wanted]) -> Entries:
    """The enterprise's entries."""
    entries = query.filter_entries(enterprise=code, **build_filter(**wanted.dict(exclude={"limit", "before"})))
    if wanted.before is not None:
        entries = entries.filter(seq__lt=wanted.before)
    rows = list(entries[: wanted.limit + 1])
    page = rows[: wanted.limit]
    return Entries(
        items=[Entry(**asdict(query.act(one)), hash=one.hash) for one in page],
        next=after(request, before=page[-1].seq) if len(rows) > wanted.limit else None,
        head=query.head()[1],
    )


everywhere(
    read(audit_router, "/audit", act=Permission.AUDIT, answer=Entries), audit_list, "audit_everywhere", "All entries."
)


@write(audit_router, "/audit/verifications", act=Permission.AUDIT, answer=Job, status=202)
def audit_verify(request: Request) -> Job:
    """Check every link of the chain: work for the worker, whose result has valid, entries, broken_at, reason, last."""
    job = flow.enqueue_once(kind=flow.VERIFY_CHAIN, enterprise=EVERYWHERE, payload={}, actor=request.actor)
    return enqueued_job_document(request, job)


@take(audit_router, "/enterprises/{code}/audit/export", act=Permission.AUDIT, media=(CSV,))
def audit_export(request: Request, code: str, wanted: Query[Filter]) -> StreamingHttpResponse:
    """The enterprise's entries as CSV, oldest first, with their hashes; the taking is itself an entry."""
    lines = export_entries(enterprise=code, filters=build_filter(**wanted.dict()), actor=request.actor)
    answer = StreamingHttpResponse(lines, content_type=f"{CSV}; charset=utf-8")
    return as_attachment(answer, f"audit-{code or 'all'}.csv")


everywhere(
    take(audit_router, "/audit/export", act=Permission.AUDIT, media=(CSV,)), audit_export, "audit_export_everywhere",
    "All entries as CSV, oldest first, with their hashes; the taking is itself an entry.",
)  # fmt: skip


retention_router = Router(tags=["retention"])


@read(retention_router, "/enterprises/{code}/retention", act=Permission.AUDIT, answer=RecordClasses)
def retention_show(request: Request, code: str) -> RecordClasses:
    """The classes of the enterprise's records; what was erased stands in the chain as `retention.erase`."""
    return health.get_retention_status(enterprise=code, actor=request.actor)


@write(retention_router, "/enterprises/{code}/retention/counts", act=Permission.AUDIT, answer=Job, status=202)
def retention_count(request: Request, code: str) -> Job:
    """Count what is over its time: work for the worker, whose result the classes then show."""
    return enqueued_job_document(request, health.enqueue_count(enterprise=code, actor=request.actor))


@write(retention_router, "/enterprises/{code}/retention/erasures", act=Permission.ADMINISTER, answer=Job, status=202)
def retention_erase(request: Request, code: str) -> Job:
    """Erase what is over its time: work for the worker."""
    return enqueued_job_document(
        request, flow.enqueue(kind=flow.ERASE_OVER, enterprise=code, payload={}, actor=request.actor)
    )
