"""The fill-in sheet of a yearly report: every field with its value, its source and what differs from last year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.http import HttpResponse
from ninja import Router, Schema

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.api.items import SEASON
from nianjian.features.dossier.operations import fill_in
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.parameter_types import Year, attached

router = Router(tags=["dossier"])
SHEET = f"{SEASON}/fill-in/{{report}}"
Name = Literal["licence", "code_number"]


class FillInField(Schema):
    """A field; ``value`` as it is typed, None: not known. ``number``: of the code number that it is about.

    ``change`` against last year: same, differs or unknown; ``percent`` of last year's value; ``over`` the ``limit`` of
    ``limit_rule``. ``source``: which records know it, hand: none. ``level``: only law and notice bind.
    """

    field: str
    number: str
    title_zh: str
    title_en: str
    note_zh: str
    note_en: str
    rule: str
    level: str
    citation: str
    source: str
    personal: bool
    value: str | None
    before: str | None
    change: str
    percent: str | None
    over: bool | None
    limit: str | None
    limit_rule: str


class FillInTold(Schema):
    """The newest sheet; ``outdated``: the year has a later portrait; ``full``: personal values are not masked."""

    year: int
    report: str
    as_of: date
    run: str
    rulebook: str
    made_at: datetime
    made_by: str
    outdated: bool
    unknown: int
    over: int
    full: bool
    fields: list[FillInField]


@read(router, SHEET, act=Act.READ, answer=FillInTold)
def fill_in_get(request: Request, code: str, year: Year, report: Name) -> dict[str, object]:
    """The newest sheet, personal values masked."""
    found = fill_in.find_newest_sheet(enterprise=code, year=year, report=fill_in.report(report), actor=request.actor)
    if found is None:
        raise NianjianError("dossier_fill_in_unknown", year=year)
    return found


@write(router, SHEET, act=Act.REPORT, answer=Job, status=202)
def fill_in_make(request: Request, code: str, year: Year, report: Name) -> dict[str, object]:
    """Gather the fields anew: work for the worker."""
    job = fill_in.enqueue_sheet(enterprise=code, year=year, report=fill_in.report(report), actor=request.actor)
    return enqueued_job_document(request, job)


@take(router, f"{SHEET}/reveal", act=Act.REVEAL, answer=FillInTold)
def fill_in_reveal(request: Request, code: str, year: Year, report: Name) -> dict[str, object]:
    """The newest sheet with personal values in full; the audit chain has the entry."""
    return fill_in.revealed(enterprise=code, year=year, report=fill_in.report(report), actor=request.actor)


@take(router, f"{SHEET}/exports/{{form}}", act=Act.REVEAL, media=[media for media, _draw in fill_in.FORMS.values()])
def fill_in_export(request: Request, code: str, year: Year, report: Name, form: Literal["pdf", "xlsx"]) -> HttpResponse:
    """The newest sheet as PDF or workbook, personal values in full; the audit chain has the entry."""
    name, media, content = fill_in.download_sheet(
        enterprise=code, year=year, report=fill_in.report(report), form=form, actor=request.actor
    )
    return attached(content, media, name)
