"""Rectification (后续改): cases, their channel, the watch list with its stricter limits, and the routine."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper.words import CHINESE, language_of
from nianjian.features.rectification import documents, evidence, operations, reports
from nianjian.features.rectification.documents import (
    CaseGaps,
    CaseOpened,
    CaseReminder,
    CloserLimits,
    MeasureNumber,
    PaperKept,
    RoutineTask,
    WatchedLicence,
)
from nianjian.features.rectification.storage import LIMIT, Notice, paper_content
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request, of_enterprise
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, Named, RowNumber, Text
from nianjian.platform.api.routes import mount
from nianjian.platform.home.http import as_attachment
from nianjian.platform.operations.operation import REGISTRY

router = Router(tags=["rectification"])
HERE = "/enterprises/{code}/rectification"
CASE = HERE + "/{case}"
Long = Annotated[str, Field(min_length=1, max_length=2000)]


# Answers that are schemas show a part of a document, or in an order of their own, which clients and shells know.


class CaseSummary(Schema):
    """A case in one line; ``late``: the last day is over and nothing is handed in."""

    due: date
    due_at: str
    target: date
    provisional: bool
    target_provisional: bool
    printed: bool
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


class PaperAsked(Schema):
    """A paper that is sent; issuer, number, date and scope stand on a test report."""

    name: Named
    kind: Literal["notice", "test_report", "annex"] = "test_report"
    issuer: Annotated[str, Field(max_length=200)] = ""
    number: Annotated[str, Field(max_length=120)] = ""
    dated: Day | None = None
    scope: Annotated[str, Field(max_length=500)] = ""


def get_case_id_or_404(request: Request, code: str, case: str) -> str:
    """The number of a case of this enterprise; else 404."""
    return of_enterprise(operations.get_visible_case, case, request, code)


@read(router, HERE, act=Permission.READ, answer=Page[CaseSummary])
def rectification_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's cases, newest first."""

    def read(first: int, count: int) -> list[documents.CaseSummary]:
        return operations.list_cases(enterprise=code, actor=request.actor, first=first, count=count)

    return paged(request, cut, LazyRows(read), CaseSummary.model_validate)


@write(router, HERE, act=Permission.MANAGE_DATA, answer=CaseOpened, status=201)
def rectification_open(request: Request, code: str, given: NewCase) -> CaseOpened:
    """Open a case of a notice; a receipt to come is a plan."""
    notice = Notice(given.received, given.due, given.number, given.causes)
    return operations.open_case(enterprise=code, notice=notice, paper=None, actor=request.actor)


@read(router, CASE, act=Permission.READ, answer=CaseTold)
def rectification_get(request: Request, code: str, case: str) -> object:
    """One case."""
    return to_builtins(operations.get_case_detail(case=get_case_id_or_404(request, code, case), actor=request.actor))


@read(router, f"{CASE}/gaps", act=Permission.READ, answer=CaseGaps)
def rectification_gaps(request: Request, code: str, case: str) -> CaseGaps:
    """What is open before report and test report go out, with what the last check has counted."""
    return evidence.preview_gaps(case=get_case_id_or_404(request, code, case), actor=request.actor)


@write(router, f"{CASE}/measures/{{measure}}/done", act=Permission.MANAGE_DATA, answer=MeasureNumber)
def rectification_measure_done(request: Request, code: str, case: str, measure: RowNumber) -> MeasureNumber:
    """Say that a measure was carried out today."""
    case_id = get_case_id_or_404(request, code, case)
    operations.complete_measure(case=case_id, measure=measure, day=clock.today(), actor=request.actor)
    return MeasureNumber(measure)


@write(router, f"{CASE}/papers", act=Permission.MANAGE_DATA, answer=PaperKept, status=201, held=LIMIT)
def rectification_paper_add(request: Request, code: str, case: str, file: Query[PaperAsked]) -> PaperKept:
    """Keep a paper, encrypted; the content is the file, at most 20 MiB."""
    case_id = get_case_id_or_404(request, code, case)
    said = {"issuer": file.issuer, "number": file.number, "dated": file.dated, "scope": file.scope}
    body = paper_content(file.name, request.content)
    return operations.add_paper(case=case_id, kind=file.kind, paper=body, actor=request.actor, **said)


@write(router, f"{CASE}/reports/{{form}}", act=Permission.REPORT, answer=Job, status=202)
def rectification_report(request: Request, code: str, case: str, form: Literal["docx", "pdf"]) -> Job:
    """Set the report as Word or PDF in the language of the request, a draft while gaps stand: work for the worker."""
    case_id = get_case_id_or_404(request, code, case)
    language = language_of(request.headers.get("accept-language", CHINESE))
    return enqueued_job_document(
        request, reports.enqueue_report(case=case_id, form=form, language=language, actor=request.actor)
    )


@read(
    router,
    f"{CASE}/reports/{{job}}/file",
    act=Permission.REPORT,
    media=[media for media, _draw in reports.FORMS.values()],
)
def rectification_report_file(request: Request, code: str, case: str, job: str) -> HttpResponse:
    """The report that a job has set; it is kept for seven days."""
    case_id = get_case_id_or_404(request, code, case)
    report = reports.get_stored_report(case=case_id, job=job, actor=request.actor)
    return as_attachment(HttpResponse(report.content, content_type=report.media), report.download_name(case_id))


class CaseGroup(Schema):
    """A group that the location names: by its ``ref`` where its number is masked, else by its ``key``.

    ``key`` null: the complaints that name none.

    ``page``: from 1, 50 complaints each.
    """

    dimension: Literal["line", "display", "team", "complainant"]
    key: Annotated[Text, Field(max_length=120)] | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


@write(router, f"{CASE}/tickets", act=Permission.REPORT, answer=Job, status=202)
def rectification_tickets(request: Request, code: str, case: str, given: CaseGroup) -> Job:
    """Look up the complaints of a group with their calls, as last published: work whose result they are."""
    case_id = get_case_id_or_404(request, code, case)
    group = reports.GroupQuery(given.dimension, given.key or None, given.page)
    return enqueued_job_document(request, reports.enqueue_tickets(case=case_id, group=group, actor=request.actor))


mount(router, REGISTRY.of(operations.CASES))
WATCH = "/enterprises/{code}/watch"
ROUTINE = "/enterprises/{code}/routine"
Licence = Annotated[Text, Field(min_length=1, max_length=80)]
DataYear = Annotated[int, Field(ge=clock.FIRST_DAY.year, le=clock.LAST_DAY.year)]


class WatchedOf(Schema):
    """Of the season of one data year alone."""

    year: DataYear | None = None


class NewWatch(Schema):
    """A licence for the list: since which day, and who said so; ``case``: the one it comes from."""

    licence: Licence
    since: Day
    source: Long
    case: Text | None = None


class WatchEnd(Schema):
    """The licence, and the first day on which it is no longer watched."""

    licence: Licence
    until: Day


class WatchYear(Schema):
    """The data year of the portrait; this year's if none."""

    year: DataYear | None = None


class TaskDone(Schema):
    """The day on which it was done; today if none."""

    day: Day | None = None


@read(router, WATCH, act=Permission.READ, answer=Page[WatchedLicence])
def watch_list(request: Request, code: str, cut: Query[Cut], of: Query[WatchedOf]) -> dict[str, object]:
    """The licences that stand or stood in the watch list, oldest first."""
    return paged(
        request,
        cut,
        operations.list_watched_licences(enterprise=code, year=of.year, actor=request.actor),
    )


@write(router, WATCH, act=Permission.MANAGE_DATA, answer=WatchedLicence, status=201)
def watch_add(request: Request, code: str, new: NewWatch) -> WatchedLicence:
    """Put a licence on the watch list."""
    return _written(request, code, new.licence, case=new.case, source=new.source, since=new.since, until=None)


@write(router, f"{WATCH}/ends", act=Permission.MANAGE_DATA, answer=WatchedLicence)
def watch_end(request: Request, code: str, end: WatchEnd) -> WatchedLicence:
    """Take a licence off the watch list; it stays in it as what was."""
    return _written(request, code, end.licence, case=None, source="", since=None, until=end.until)


@read(router, f"{WATCH}/limits", act=Permission.READ, answer=CloserLimits)
def watch_limits(request: Request, code: str, of: Query[WatchYear]) -> CloserLimits:
    """A year's kept portrait under the stricter limits of a watched licence, which are the house's own and no law."""
    year = of.year or clock.today().year
    limits = operations.list_stricter_limits(enterprise=code, year=year, actor=request.actor)
    return CloserLimits(year, limits)


@read(router, ROUTINE, act=Permission.READ, answer=Page[RoutineTask])
def routine_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The tasks that recur, the next one first."""
    return paged(
        request,
        cut,
        operations.update_routine(enterprise=code, done=None, day=None, actor=request.actor),
    )


@write(router, f"{ROUTINE}/{{task}}/done", act=Permission.MANAGE_DATA, answer=RoutineTask)
def routine_done(request: Request, code: str, task: RowNumber, given: TaskDone) -> RoutineTask:
    """Say that a task was done; it is due again so many days later."""
    tasks = operations.update_routine(enterprise=code, done=task, day=given.day, actor=request.actor)
    return next(one for one in tasks if one.id == task)


def _written(request: Request, code: str, licence: str, **params: Any) -> WatchedLicence:  # noqa: ANN401 -- what the flow takes
    """The newest flag of the licence as it stands now."""
    result = operations.change_watch_list(enterprise=code, licence=licence, year=None, actor=request.actor, **params)
    return next(one for one in reversed(result.watched) if one.licence == licence.strip())
