"""Portraits: what is stored, its runs, and what is done with them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.schema import row_to_document
from nianjian.engines.metrics.drill_down import EXCLUDED, SPLITS, RowQuery, components, find_figures
from nianjian.engines.metrics.simulate import Moves
from nianjian.engines.paper.explanations import team_results
from nianjian.engines.paper.people import mask_portrait
from nianjian.features.portrait import bases, declarations, marketing, operations, portraits
from nianjian.features.portrait.documents import Bases, Numbers, Simulated, Years
from nianjian.features.portrait.operations import (
    FORMS,
    compare_runs,
    export_portrait,
    get_portrait,
    list_run_ids,
    simulate_moves,
)
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, after, paged
from nianjian.platform.api.parameter_types import Day, Text, Year
from nianjian.platform.api.problems import language
from nianjian.platform.api.routes import mount
from nianjian.platform.home.http import as_attachment
from nianjian.platform.jobs import flow
from nianjian.platform.operations.operation import REGISTRY
from nianjian.platform.registers.attachments import ROW_LIMIT, store_attachment

router = Router(tags=["portraits"])
mount(router, REGISTRY.of(operations.PORTRAITS))


class NewRun(Schema):
    """A run: its as-of day (today if none, 31 December once the year is over), a province for the enterprise's own."""

    as_of: Day | None = None
    province: Text | None = None


Kept = Annotated[Text | None, Query(description="id of a run; without it the year's newest")]


@read(router, "/enterprises/{code}/portraits", act=Permission.READ_OWN, answer=Years)
def portraits_list(request: Request, code: str) -> Years:
    """The data years that have a portrait."""
    del request
    return Years(portraits.list_years(code))


@read(router, "/enterprises/{code}/portraits/{year}", act=Permission.READ_OWN, answer=dict[str, Any])
def portraits_get(request: Request, code: str, year: Year, run: Kept = None) -> Mapping[str, Any]:
    """A kept portrait, numbers masked; who sees a team's rows alone gets that team's figures."""
    portrait = get_portrait(code, year, run, masked=True)
    if request.team is None:
        return portrait
    return {
        "enterprise": code,
        "period": portrait["period"],
        "team": request.team,
        "metrics": team_results(portrait, request.team),
    }


@read(router, "/enterprises/{code}/portraits/{year}/bases", act=Permission.READ, answer=Bases)
def portraits_bases(request: Request, code: str, year: Year) -> Bases:
    """The portrait of a year that is over on both bases, and the one that is filed."""
    return bases.bases_to_document(code, year, request.actor)


class ExplainingPaper(Schema):
    """What a paper explains, and its file's name."""

    metric: Literal["seat_vacancy", "complaint_rate"]
    kind: Literal["outsourcing_agreement", "expansion_plan", "anti_harassment_plan"]
    name: Annotated[Text, Field(min_length=1, max_length=200)]


class PaperOnFile(Schema):
    """A paper that explains a metric's light from the next portrait on; ``sha256``: of its content."""

    metric: str
    year: int
    kind: str
    name: str
    sha256: str


@write(
    router, "/enterprises/{code}/portraits/{year}/papers", act=Permission.MANAGE_DATA, answer=PaperOnFile,
    status=201, held=ROW_LIMIT,
)  # fmt: skip
def portrait_attach(request: Request, code: str, year: Year, file: Query[ExplainingPaper]) -> object:
    """Keep a paper that explains a light above its limit; the content is the file, at most 20 MiB."""
    return store_attachment(enterprise=code, year=year, content=request.content, actor=request.actor, **file.dict())


@read(router, "/enterprises/{code}/portraits/{year}/runs", act=Permission.READ, answer=Page[portraits.Run])
def runs_list(request: Request, code: str, year: Year, cut: Query[Cut]) -> dict[str, object]:
    """The kept runs of a data year, newest first."""
    ids = list_run_ids(enterprise=code, year=year, actor=request.actor)
    return paged(request, cut, ids, lambda one: portraits.get_run(code, year, one))


@write(router, "/enterprises/{code}/portraits/{year}/runs", act=Permission.REPORT, answer=Job, status=202)
def runs_add(request: Request, code: str, year: Year, new: NewRun) -> Job:
    """Compute the portrait of a data year and keep it: work for the worker."""
    day = None if new.as_of is None else new.as_of.isoformat()
    payload: Mapping[str, object] = {"year": year, "as_of": day, "province": new.province or None}
    return enqueued_job_document(
        request, flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise=code, payload=payload, actor=request.actor)
    )


Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Pair(Schema):
    """Ids of two runs."""

    before: Text
    after: Text


class Steps(Schema):
    """Steps to try."""

    run: Text | None = None
    open_seats: Count = 0
    cut_seats: Count = 0
    close_seats: Count = 0
    close_tickets: Count = 0
    close_unfiled: Count = 0
    file_seats: Count = 0
    move_line: Text | None = None
    exclude_complaints: Count = 0
    without_line: Text | None = None


class Behind(Schema):
    """Which rows: of a metric's component (or ``calls``, ``calls_after`` of ``marketing``), a month, a line or team."""

    metric: Text
    component: Text
    run: Text | None = None
    month: str | None = Field(None, pattern=r"^2[01]\d\d-(0[1-9]|1[0-2])$")
    line: Text | None = None
    team: Text | None = None
    kind: Text | None = None
    page: int = Field(1, ge=1, le=200)


class Rows(Schema):
    """Rows behind a figure, 50 at a time; ``total`` null where it is not counted, ``month``: the one shown."""

    kind: str
    items: list[dict[str, Any]]
    total: int | None
    month: str | None
    next: str | None


class CallKey(Schema):
    """A call as its row names it."""

    kind: Literal["calls"]
    part: Text
    file: Text
    line: int = Field(ge=0, le=2**62)


class TicketKey(Schema):
    """A complaint as its row names it."""

    kind: Literal["tickets"]
    complaint_id: Text


class Shown(Schema):
    """The row, and the run it is behind; without a run the year's newest."""

    row: CallKey | TicketKey = Field(discriminator="kind")
    run: Text | None = None


@read(router, "/enterprises/{code}/portraits/{year}/comparison", act=Permission.READ, answer=dict[str, Any])
def runs_compare(request: Request, code: str, year: Year, pair: Query[Pair]) -> dict[str, Any]:
    """What changed between two runs, and why."""
    comparison = compare_runs(enterprise=code, year=year, before=pair.before, after=pair.after, actor=request.actor)
    document: dict[str, Any] = to_builtins(comparison)
    return document


@read(router, "/enterprises/{code}/portraits/{year}/simulation", act=Permission.READ, answer=Simulated)
def portraits_simulate(request: Request, code: str, year: Year, steps: Query[Steps]) -> Simulated:
    """What the lights would become; nothing is kept and no call is read."""
    counts = steps.model_dump(exclude={"run", "move_line", "without_line"})
    moves = Moves(**counts, move_line=steps.move_line or None, without_line=steps.without_line or None)
    result = simulate_moves(enterprise=code, year=year, run=steps.run, moves=moves, actor=request.actor)
    return Simulated(mask_portrait(result.before), mask_portrait(result.after))


MEDIA = [media.partition(";")[0] for media, _ in FORMS.values()]


@take(router, "/enterprises/{code}/portraits/{year}/exports/{form}", act=Permission.READ, media=MEDIA)
def portraits_export(
    request: Request, code: str, year: Year, form: Literal["xlsx", "pdf", "png", "html"], run: Kept = None
) -> HttpResponse:
    """A kept portrait as workbook, PDF, picture or page."""
    file = export_portrait(
        enterprise=code, year=year, run=run, form=form, language=language(request), actor=request.actor
    )
    return as_attachment(HttpResponse(file.content, content_type=file.media), file.name)


@read(router, "/enterprises/{code}/portraits/{year}/rows", act=Permission.READ_OWN, answer=Rows)
def rows_list(request: Request, code: str, year: Year, asked: Query[Behind]) -> Rows:
    """The rows behind a figure, numbers masked; who sees a team's rows alone gets those."""
    keys = asked.model_dump(include={"line", "team", "kind"}, exclude_none=True)
    metric, part = find_figures(get_portrait(code, year, asked.run), asked.metric), asked.component
    known = metric is not None and (part in components(metric) or part.startswith(EXCLUDED))
    if not known or not set(keys) <= set(SPLITS[asked.metric]):
        raise NianjianError("portrait_rows_unknown", metric=asked.metric, part=part)
    row_page = operations.list_rows(
        enterprise=code,
        year=year,
        run=asked.run,
        ask=RowQuery(asked.metric, part, keys, asked.month),
        page=asked.page,
        actor=request.actor,
    )
    return Rows(
        kind=row_page.kind,
        items=[row_to_document(row) for row in row_page.rows],
        total=row_page.total,
        month=row_page.month,
        next=after(request, page=asked.page + 1) if row_page.more else None,
    )


@take(router, "/enterprises/{code}/portraits/{year}/rows/reveal", act=Permission.VIEW_UNMASKED, answer=Numbers)
def rows_behind_reveal(request: Request, code: str, year: Year, wanted: Shown) -> Numbers:
    """The numbers of one row behind a figure in full; the audit chain has the entry before."""
    key = {name: str(value) for name, value in wanted.row.model_dump(exclude={"kind"}).items()}
    return operations.reveal_row(
        enterprise=code, year=year, run=wanted.run, kind=wanted.row.kind, key=key, actor=request.actor
    )


mount(router, REGISTRY.of(declarations.DECLARATIONS))
mount(router, REGISTRY.of(marketing.DECISIONS))
