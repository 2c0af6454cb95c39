"""The audit chain: entries, and whether every link holds."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.features.maintenance.operations.audit_export import export
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import MOST, after
from nianjian.platform.api.parameter_types import Day, Text
from nianjian.platform.audit import query
from nianjian.platform.home.http import as_attachment
from nianjian.platform.jobs import flow

router = Router(tags=["audit"])
CSV = "text/csv"


class Entry(Schema):
    """Who did what; ``at`` is UTC."""

    seq: int
    at: str
    actor: str
    enterprise: str
    verb: str
    data: dict[str, Any]
    hash: str


class Entries(Schema):
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


@read(router, "/enterprises/{code}/audit", act=Act.AUDIT, answer=Entries)
def audit_list(request: Request, code: str, wanted: Query[Wanted]) -> dict[str, object]:
    """The enterprise's entries."""
    return _entries(request, code, wanted)


@read(router, "/audit", act=Act.AUDIT, answer=Entries)
def audit_everywhere(request: Request, wanted: Query[Wanted]) -> dict[str, object]:
    """All entries."""
    return _entries(request, EVERYWHERE, wanted)


@write(router, "/audit/verifications", act=Act.AUDIT, answer=Job, status=202)
def audit_verify(request: Request) -> dict[str, object]:
    """Check every link of the chain: work for the worker, whose result has valid, entries, broken_at, reason, last."""
    job = flow.enqueue_once(kind=flow.VERIFY_CHAIN, enterprise=EVERYWHERE, payload={}, actor=request.actor)
    return enqueued_job_document(request, job)


@take(router, "/enterprises/{code}/audit/export", act=Act.AUDIT, media=(CSV,))
def audit_export(request: Request, code: str, wanted: Query[Filter]) -> StreamingHttpResponse:
    """The enterprise's entries as CSV, oldest first, with their hashes; the taking is itself an entry."""
    return _file(request, code, wanted)


@take(router, "/audit/export", act=Act.AUDIT, media=(CSV,))
def audit_export_everywhere(request: Request, wanted: Query[Filter]) -> StreamingHttpResponse:
    """All entries as CSV, oldest first, with their hashes; the taking is itself an entry."""
    return _file(request, EVERYWHERE, wanted)


def _file(request: Request, place: str, asked: Filter) -> StreamingHttpResponse:
    wanted = {name: text for name, text in _wanted(asked).items() if text}
    lines = export(enterprise=place, asked=wanted, actor=request.actor)
    answer = StreamingHttpResponse(lines, content_type=f"{CSV}; charset=utf-8")
    return as_attachment(answer, f"audit-{place or 'all'}.csv")


def _wanted(asked: Filter) -> dict[str, str]:
    """The filter as `audit.query.found` takes it."""
    return {"verb": asked.verb, "actor": asked.actor, "since": _moment(asked.first, 0), "until": _moment(asked.last, 1)}


def _entries(request: HttpRequest, place: str, asked: Wanted) -> dict[str, object]:
    found = query.filter_entries(enterprise=place, **_wanted(asked))
    if asked.before is not None:
        found = found.filter(seq__lt=asked.before)
    rows = list(found[: asked.limit + 1])
    shown = rows[: asked.limit]
    return {
        "items": [{**_plain(query.act(one)), "hash": one.hash} for one in shown],
        "next": after(request, before=shown[-1].seq) if len(rows) > asked.limit else None,
        "head": query.head()[1],
    }


def _plain(act: query.Act) -> dict[str, object]:
    return {name: getattr(act, name) for name in Entry.model_fields if name != "hash"}


def _moment(day: Day | None, days: int) -> str:
    """The beginning of a day of the clock's zone, as the chain writes moments; "" for none."""
    if day is None:
        return ""
    begin = datetime.combine(day, time(), clock.ZONE) + timedelta(days=days)
    return begin.astimezone(UTC).isoformat(timespec="microseconds")
