"""Cases: opened of a notice, read, with measures and papers, handed in and closed."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import PurePath
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.engines.paper.words import CHINESE, language_of
from nianjian.features.rectification.cases.papers import LIMIT, content
from nianjian.features.rectification.cases.service import Notice
from nianjian.features.rectification.operations import case_gaps, cases, work
from nianjian.features.rectification.operations import report as flow
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request, of_enterprise
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.api.parameter_types import Day, Named, RowNumber, Text
from nianjian.platform.home.http import as_attachment

router = Router(tags=["rectification"])
HERE = "/enterprises/{code}/rectification"
CASE = HERE + "/{case}"
Long = Annotated[str, Field(min_length=1, max_length=2000)]


class CaseDays(Schema):
    """``due_at``: close of office on the last day; ``printed``: the notice names it; ``provisional``: it may move."""

    due: date
    due_at: str
    target: date
    provisional: bool
    target_provisional: bool
    printed: bool


class CaseOpened(CaseDays):
    """A case that was just opened."""

    id: str


class CaseReminder(Schema):
    """When to ask after the opinion; no limit for anybody."""

    day: date
    provisional: bool


class CaseSummary(CaseDays):
    """A case in one line; ``late``: the last day is over and nothing is handed in."""

    id: str
    notice: str
    received: date
    state: str
    causes: list[str]
    submitted_on: date | None
    late: bool
    reminder: CaseReminder | None


class CaseTold(CaseSummary):
    """A case with everything in it but the content of its papers."""

    steps: list[dict[str, Any]]
    located: dict[str, Any] | None
    measured: dict[str, Any] | None
    checked: dict[str, Any] | None
    orders: list[dict[str, Any]]
    measures: list[dict[str, Any]]
    papers: list[dict[str, Any]]
    events: list[dict[str, Any]]


class NewCase(Schema):
    """A notice: day of receipt, the last day printed on it, its own number, the causes it names."""

    received: Day
    due: Day | None = None
    number: Annotated[str, Field(max_length=120)] = ""
    causes: Annotated[tuple[Text, ...], Field(max_length=20)] = ()


class NewMeasure(Schema):
    """``every``: days after which it is done again once the case is closed."""

    text: Long
    owner: Annotated[str, Field(min_length=1, max_length=120)]
    due: Day
    every: Annotated[int, Field(ge=1, le=3660)] | None = None


class MeasureNumber(Schema):
    """The measure's number."""

    id: int


class PaperAsked(Schema):
    """A paper that is sent; issuer, number and date stand on a test report."""

    name: Named
    kind: Literal["notice", "test_report", "annex"] = "test_report"
    issuer: Annotated[str, Field(max_length=200)] = ""
    number: Annotated[str, Field(max_length=120)] = ""
    dated: Day | None = None


class PaperKept(Schema):
    """A paper; ``sha256`` of its plain content."""

    id: int
    kind: str
    sha256: str


class CaseGap(Schema):
    """``do``: what closes it; ``blocks``: nothing goes out while it stands."""

    code: str
    blocks: bool
    do: str
    values: dict[str, Any]


class CaseGaps(Schema):
    """What is open before report and test report go out; ``checked_at``: when everything was counted anew last.

    ``fresh``: the case has not changed since; until then what only counting finds is not among the gaps.
    """

    ready: bool
    fresh: bool
    checked_at: datetime | None
    gaps: list[CaseGap]


class CaseCheck(Schema):
    """What was checked, and how."""

    check: Long


def get_case_id_or_404(request: Request, code: str, case: str) -> str:
    """The number of a case of this enterprise; else 404."""
    return of_enterprise(cases.own, case, request, code)


@read(router, HERE, act=Act.READ, answer=Page[CaseSummary])
def rectification_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's cases, newest first."""

    def read(first: int, count: int) -> list[dict[str, Any]]:
        return cases.list_cases(enterprise=code, actor=request.actor, first=first, count=count)

    return paged(request, cut, Reader(read), dict)


@write(router, HERE, act=Act.LOAD, answer=CaseOpened, status=201)
def rectification_open(request: Request, code: str, given: NewCase) -> dict[str, object]:
    """Open a case of a notice; a receipt to come is a plan."""
    notice = Notice(given.received, given.due, given.number, given.causes)
    return cases.open_case(enterprise=code, notice=notice, paper=None, actor=request.actor)


@read(router, CASE, act=Act.READ, answer=CaseTold)
def rectification_get(request: Request, code: str, case: str) -> dict[str, object]:
    """One case."""
    return cases.get_case_detail(case=get_case_id_or_404(request, code, case), actor=request.actor)


@read(router, f"{CASE}/gaps", act=Act.READ, answer=CaseGaps)
def rectification_gaps(request: Request, code: str, case: str) -> dict[str, object]:
    """What is open before report and test report go out, with what the last check has counted."""
    known = case_gaps.preview_gaps(case=get_case_id_or_404(request, code, case), actor=request.actor)
    gaps = [gap.as_dict() for gap in known.gaps]
    return {"ready": known.ready, "fresh": known.fresh, "checked_at": known.at, "gaps": gaps}


@write(router, f"{CASE}/checks", act=Act.REPORT, answer=Job, status=202)
def rectification_check(request: Request, code: str, case: str) -> dict[str, object]:
    """Count everything anew and say what is open: work for the worker."""
    return enqueued_job_document(
        request, work.ask_check(case=get_case_id_or_404(request, code, case), actor=request.actor)
    )


@write(router, f"{CASE}/measures", act=Act.LOAD, answer=MeasureNumber, status=201)
def rectification_measure_add(request: Request, code: str, case: str, given: NewMeasure) -> dict[str, object]:
    """Name a measure with its owner."""
    return {"id": cases.add_measure(case=get_case_id_or_404(request, code, case), actor=request.actor, **given.dict())}


@write(router, f"{CASE}/measures/{{measure}}/done", act=Act.LOAD, answer=MeasureNumber)
def rectification_measure_done(request: Request, code: str, case: str, measure: RowNumber) -> dict[str, object]:
    """Say that a measure was carried out today."""
    held = get_case_id_or_404(request, code, case)
    cases.measure_done(case=held, measure=measure, day=clock.today(), actor=request.actor)
    return {"id": measure}


@write(router, f"{CASE}/papers", act=Act.LOAD, answer=PaperKept, status=201, held=LIMIT)
def rectification_paper_add(request: Request, code: str, case: str, file: Query[PaperAsked]) -> dict[str, object]:
    """Keep a paper, encrypted; the content is the file, at most 20 MiB."""
    held = get_case_id_or_404(request, code, case)
    said = {"issuer": file.issuer, "number": file.number, "dated": file.dated}
    body = content(file.name, request.content)
    return cases.add_paper(case=held, kind=file.kind, paper=body, actor=request.actor, **said)


@write(router, f"{CASE}/submission", act=Act.REPORT, answer=Job, status=202)
def rectification_submit(request: Request, code: str, case: str) -> dict[str, object]:
    """Note that report and test report were handed in today: work that counts anew and fails while gaps stand."""
    held = get_case_id_or_404(request, code, case)
    return enqueued_job_document(request, work.ask_submission(case=held, day=clock.today(), actor=request.actor))


@write(router, f"{CASE}/closing", act=Act.REPORT, answer=Job, status=202)
def rectification_close(request: Request, code: str, case: str, given: CaseCheck) -> dict[str, object]:
    """Close the case: work that fails while the figures do not bear out that the measures worked."""
    held = get_case_id_or_404(request, code, case)
    return enqueued_job_document(request, work.ask_closing(case=held, check=given.check, actor=request.actor))


@write(router, f"{CASE}/reports/{{form}}", act=Act.REPORT, answer=Job, status=202)
def rectification_report(request: Request, code: str, case: str, form: Literal["docx", "pdf"]) -> dict[str, object]:
    """Set the report as Word or PDF in the language of the request, a draft while gaps stand: work for the worker."""
    held = get_case_id_or_404(request, code, case)
    language = language_of(request.headers.get("accept-language", CHINESE))
    return enqueued_job_document(request, work.ask_report(case=held, form=form, language=language, actor=request.actor))


@read(router, f"{CASE}/reports/{{job}}/file", act=Act.REPORT, media=[media for media, _draw in flow.FORMS.values()])
def rectification_report_file(request: Request, code: str, case: str, job: str) -> HttpResponse:
    """The report that a job has set; it is kept for seven days."""
    held = get_case_id_or_404(request, code, case)
    made = flow.fetched(case=held, job=job, actor=request.actor)
    answer = HttpResponse(made.content, content_type=made.media)
    name = f"{held}{'-draft' if made.draft else ''}{PurePath(made.name).suffix}"
    return as_attachment(answer, name)
