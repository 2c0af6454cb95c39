"""Ask for a reconciliation: an export, the people of some months, the call sources of some days; each is work."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Query, Router, Schema

from nianjian.features.reconciliation.operations import work
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import write
from nianjian.platform.api.parameter_types import Day, Named, Text

router = Router(tags=["reconcile"])
HERE = "/enterprises/{code}/reconciliations"


class ExportAsked(Schema):
    """An export. ``as_of``: the day compared, 31 December of the data year where it is absent.

    ``mapping``: YAML that says which of its headings is which field.
    """

    name: Named
    kind: Literal["numbers", "lines", "seats"]
    as_of: Day | None = None
    mapping: Annotated[str, Field(max_length=20_000)] = ""


class MonthsAsked(Schema):
    """Months, each named by a day in it; January to last month where they are absent."""

    first: Day | None = None
    last: Day | None = None


class DaysAsked(Schema):
    """Days, both included; 30 days up to yesterday where they are absent. ``sources``: these alone.

    ``beside``: of them these are switches that share the calls, one side together; ``together``: all of them are.
    """

    first: Day | None = None
    last: Day | None = None
    sources: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    beside: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    together: bool = False


class BillAsked(Schema):
    """A carrier's bill. Without days those of the bill; ``carrier``: only its lines of the register.

    ``together``: the sources are switches beside each other, their calls are added up.

    ``mapping``: YAML that says which of its headings is which field.
    """

    name: Named
    first: Day | None = None
    last: Day | None = None
    carrier: Annotated[str, Field(max_length=80)] = ""
    together: bool = False
    mapping: Annotated[str, Field(max_length=20_000)] = ""


@write(router, f"{HERE}/exports", act=Act.REPORT, answer=Job, status=202, held=work.LIMIT)
def reconcile_export(request: Request, code: str, file: Query[ExportAsked]) -> dict[str, object]:
    """Compare numbers, lines or seats with an export of the number-resource system; the content is the file."""
    job = work.ask_filing(
        enterprise=code,
        kind=file.kind,
        name=file.name,
        content=request.content,
        mapping=file.mapping.encode() if file.mapping.strip() else None,
        as_of=file.as_of,
        actor=request.actor,
    )
    return enqueued_job_document(request, job)


@write(router, f"{HERE}/people", act=Act.REPORT, answer=Job, status=202)
def reconcile_people(request: Request, code: str, given: MonthsAsked) -> dict[str, object]:
    """Match seats, social insurance and wages of each person and month."""
    told: dict[str, Any] = given.dict()
    return enqueued_job_document(request, work.ask_people(enterprise=code, actor=request.actor, **told))


@write(router, f"{HERE}/sources", act=Act.REPORT, answer=Job, status=202)
def reconcile_sources(request: Request, code: str, given: DaysAsked) -> dict[str, object]:
    """Compare the calls that each source of records tells, by day and line."""
    job = work.ask_sources(
        enterprise=code,
        first=given.first,
        last=given.last,
        only=given.sources,
        beside=given.beside,
        together=given.together,
        actor=request.actor,
    )
    return enqueued_job_document(request, job)


@write(router, f"{HERE}/bills", act=Act.REPORT, answer=Job, status=202, held=work.LIMIT)
def reconcile_bill(request: Request, code: str, file: Query[BillAsked]) -> dict[str, object]:
    """Compare the sources of call records with a carrier's bill; the content is the file."""
    job = work.ask_bill(
        enterprise=code,
        name=file.name,
        content=request.content,
        mapping=file.mapping.encode() if file.mapping.strip() else None,
        first=file.first,
        last=file.last,
        carrier=file.carrier,
        together=file.together,
        actor=request.actor,
    )
    return enqueued_job_document(request, job)
