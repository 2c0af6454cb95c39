"""The files of an item: sent in to be checked, confirmed or sent back, given out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema

from nianjian.engines.paper.dossier import finding
from nianjian.engines.paper.words import Words, words
from nianjian.features.dossier.api.items import ITEM, Long
from nianjian.features.dossier.materials.model import Version
from nianjian.features.dossier.operations import checklist, checklist_detail, upload
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.api.parameter_types import Day, FileName, Year, attached
from nianjian.platform.api.problems import language

router = Router(tags=["dossier"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
VERSIONS = f"{ITEM}/versions"
VERSION = f"{VERSIONS}/{{version}}"


class VersionFinding(Schema):
    """``weight``: stop, ask (a person looks) or note; ``page`` None: the whole file."""

    code: str
    weight: str
    page: int | None
    detail: str


class VersionTold(Schema):
    """A file of an item; ``fields`` as they were read, personal ones masked; ``sha256`` of its plain content."""

    version: int
    name: str
    media_type: str
    sha256: str
    size: int
    pages: int
    verdict: str
    findings: list[VersionFinding]
    fields: dict[str, Any]
    effective_on: date | None
    valid_until: date | None
    reused_from: int | None
    recorded_at: datetime
    recorded_by: str
    confirmed_at: datetime | None
    confirmed_by: str
    returned_at: datetime | None
    returned_by: str
    returned_reason: str


class DaysGiven(Schema):
    """The paper's own days; without a last day the one that was read holds."""

    effective_on: Day | None = None
    valid_until: Day | None = None


class WhyGiven(Schema):
    """Why it is not good enough."""

    reason: Long


@read(router, VERSIONS, act=Act.READ, answer=Page[VersionTold])
def dossier_versions(request: Request, code: str, year: Year, item: str, cut: Query[Cut]) -> dict[str, object]:
    """The files of an item with what the check found, newest first."""
    _ = words(language(request))

    def rows(first: int, count: int) -> list[Version]:
        found = checklist_detail.get_item_detail(
            enterprise=code, year=year, item=item, actor=request.actor, first=first, most=count
        )
        return found.versions

    return paged(request, cut, Reader(rows), lambda one: _told(one, _))


@write(router, VERSIONS, act=Act.LOAD, answer=Job, status=202, upload=True)
def dossier_add(request: Request, code: str, year: Year, item: str, file: Query[FileName]) -> dict[str, object]:
    """Check a file and keep it as the item's newest version, whatever the verdict: work; the content is the file."""
    content = request.incoming.content(checklist.LIMIT)
    job = upload.enqueue_check(
        enterprise=code, year=year, item=item, name=file.name, content=content, actor=request.actor
    )
    return enqueued_job_document(request, job)


@write(router, f"{VERSION}/confirmation", act=Act.LOAD, answer=VersionTold)
def dossier_confirm(  # noqa: PLR0917 -- the parts of the address
    request: Request, code: str, year: Year, item: str, version: Number, given: DaysGiven
) -> dict[str, object]:
    """Stand for the newest version: a person has looked at every page."""
    row = checklist.confirm(
        enterprise=code, year=year, item=item, number=version, actor=request.actor,
        effective_on=given.effective_on, valid_until=given.valid_until,
    )  # fmt: skip
    return _told(row, words(language(request)))


@write(router, f"{VERSION}/return", act=Act.LOAD, answer=VersionTold)
def dossier_return(  # noqa: PLR0917 -- the parts of the address
    request: Request, code: str, year: Year, item: str, version: Number, given: WhyGiven
) -> dict[str, object]:
    """Send the newest version back: another one must come."""
    row = checklist.send_back(
        enterprise=code, year=year, item=item, number=version, reason=given.reason, actor=request.actor
    )
    return _told(row, words(language(request)))


@take(router, f"{VERSION}/file", act=Act.REVEAL, media=sorted(checklist.MEDIA.values()))
def dossier_fetch(request: Request, code: str, year: Year, item: str, version: Number) -> HttpResponse:
    """A file as it came, personal values in full; the audit chain has the entry."""
    row, content = checklist_detail.fetch(enterprise=code, year=year, item=item, number=version, actor=request.actor)
    return attached(content, row.media_type, row.name or f"{item}-{version}")


def _told(row: Version, _: Words) -> dict[str, object]:
    told = checklist_detail.version_to_document(row)
    return {**told, "findings": spoken(told["findings"], _)}


def spoken(findings: Iterable[Mapping[str, Any]], _: Words) -> list[dict[str, object]]:
    """Findings as a report keeps them, each with its sentence."""
    return [
        {
            "code": one["code"],
            "weight": one["weight"],
            "page": one["page"],
            "detail": finding(one["code"], {"page": one["page"], **one["values"]}, _),
        }
        for one in findings
    ]
