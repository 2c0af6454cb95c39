"""Reconciliations (一致性比对): new ones, the list, differences and pairs, decisions, the correction sheet."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel.slices import LazyRows
from nianjian.features.reconciliation import operations
from nianjian.features.reconciliation.documents import (
    ReconcileDifference,
    ReconcilePair,
    ReconcileRevealed,
    Reconciliation,
    ReconciliationTold,
)
from nianjian.features.reconciliation.queries import DifferenceFilter
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request, of_enterprise
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, Named, RowNumber
from nianjian.platform.api.problems import language
from nianjian.platform.api.routes import mount
from nianjian.platform.home.http import as_attachment
from nianjian.platform.operations.operation import REGISTRY

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


@write(router, f"{HERE}/exports", act=Permission.REPORT, answer=Job, status=202, held=operations.LIMIT)
def reconcile_export(request: Request, code: str, file: Query[ExportAsked]) -> Job:
    """Compare numbers, lines or seats with an export of the number-resource system; the content is the file."""
    job = operations.enqueue_filing(enterprise=code, actor=request.actor, **_upload(request, file))
    return enqueued_job_document(request, job)


@write(router, f"{HERE}/bills", act=Permission.REPORT, answer=Job, status=202, held=operations.LIMIT)
def reconcile_bill(request: Request, code: str, file: Query[BillAsked]) -> Job:
    """Compare the sources of call records with a carrier's bill; the content is the file."""
    job = operations.enqueue_bill(enterprise=code, actor=request.actor, **_upload(request, file))
    return enqueued_job_document(request, job)


def _upload(request: Request, file: ExportAsked | BillAsked) -> dict[str, Any]:
    mapping = file.mapping.encode() if file.mapping.strip() else None
    return file.model_dump() | {"content": request.content, "mapping": mapping}


RUN = HERE + "/{reconciliation}"
ONE = RUN + "/differences/{difference}"
PAIR = RUN + "/pairs/{pair}"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Said = Annotated[str, Field(max_length=500)]


class ReconcileFilter(Cut):
    """Which differences; "" is all."""

    state: Annotated[str, Field(max_length=16)] = ""
    result: Annotated[str, Field(max_length=24)] = ""
    month: Annotated[str, Field(max_length=7)] = ""


class ReconcileSaid(Schema):
    """What becomes of a difference; what is absent stays as it was."""

    state: Literal["open", "explained", "settled"]
    owner: Said | None = None
    cause: Said | None = None
    action: Said | None = None


class ReconcileDecision(Schema):
    """Whether it is one person."""

    confirmed: bool


def get_run_id(request: Request, code: str, reconciliation: str) -> str:
    """The number of a run of this enterprise; else 404."""
    return of_enterprise(operations.get_visible_run, reconciliation, request, code)


mount(router, REGISTRY.of(operations.RUNS))  # first: an address with a word of its own would be taken for a run's


@read(router, HERE, act=Permission.READ, answer=Page[Reconciliation])
def reconcile_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's reconciliations, newest first."""
    rows = LazyRows(
        lambda first, count: operations.list_runs(enterprise=code, actor=request.actor, first=first, count=count)
    )
    return paged(request, cut, rows)


@read(router, RUN, act=Permission.READ, answer=ReconciliationTold)
def reconcile_get(request: Request, code: str, reconciliation: str) -> ReconciliationTold:
    """One reconciliation with its figures."""
    return operations.get_run(run=get_run_id(request, code, reconciliation), actor=request.actor)


@read(router, f"{RUN}/differences", act=Permission.READ, answer=Page[ReconcileDifference])
def reconcile_differences(
    request: Request, code: str, reconciliation: str, asked: Query[ReconcileFilter]
) -> dict[str, object]:
    """Its differences."""
    run, filters = get_run_id(request, code, reconciliation), DifferenceFilter(asked.state, asked.result, asked.month)

    def read_part(first: int, count: int) -> list[ReconcileDifference]:
        return operations.list_differences(run=run, filters=filters, actor=request.actor, first=first, count=count)

    return paged(request, asked, LazyRows(read_part), lambda difference: difference)


@read(router, ONE, act=Permission.READ, answer=ReconcileDifference)
def reconcile_difference(
    request: Request, code: str, reconciliation: str, difference: RowNumber
) -> ReconcileDifference:
    """One difference."""
    run = get_run_id(request, code, reconciliation)
    return operations.get_difference(run=run, difference=difference, actor=request.actor)


@write(router, ONE, act=Permission.MANAGE_DATA, answer=ReconcileDifference)
def reconcile_settle(
    request: Request, code: str, reconciliation: str, difference: RowNumber, given: ReconcileSaid
) -> ReconcileDifference:
    """Say who sees to it, why it is there and what is done."""
    said = {name: text for name, text in given.dict().items() if name != "state" and text is not None}
    run = get_run_id(request, code, reconciliation)
    return operations.settle_difference(
        run=run, difference=difference, state=given.state, said=said, actor=request.actor
    )


@take(router, f"{ONE}/reveal", act=Permission.VIEW_UNMASKED, answer=ReconcileRevealed)
def reconcile_reveal(request: Request, code: str, reconciliation: str, difference: RowNumber) -> ReconcileRevealed:
    """Whom it is about and both sides, in full."""
    run = get_run_id(request, code, reconciliation)
    return operations.reveal_values(run=run, difference=difference, actor=request.actor)


@read(router, f"{RUN}/pairs", act=Permission.READ, answer=Page[ReconcilePair])
def reconcile_pairs(request: Request, code: str, reconciliation: str, cut: Query[Cut]) -> dict[str, object]:
    """Pairs that may be one person, the likeliest first."""
    run = get_run_id(request, code, reconciliation)
    rows = LazyRows(lambda first, count: operations.list_pairs(run=run, actor=request.actor, first=first, count=count))
    return paged(request, cut, rows, lambda pair: pair)


@write(router, PAIR, act=Permission.MANAGE_DATA, answer=ReconcilePair)
def reconcile_decide(
    request: Request, code: str, reconciliation: str, pair: RowNumber, given: ReconcileDecision
) -> ReconcilePair:
    """Confirm or dismiss a pair; a confirmed one holds from the next match on."""
    run = get_run_id(request, code, reconciliation)
    return operations.decide_pair(run=run, proposal=pair, confirmed=given.confirmed, actor=request.actor)


@take(router, f"{PAIR}/reveal", act=Permission.VIEW_UNMASKED, answer=ReconcileRevealed)
def reconcile_reveal_pair(request: Request, code: str, reconciliation: str, pair: RowNumber) -> ReconcileRevealed:
    """A pair in full."""
    run = get_run_id(request, code, reconciliation)
    return operations.reveal_values(run=run, proposal=pair, actor=request.actor)


@take(router, f"{RUN}/sheet", act=Permission.REPORT, media=[WORKBOOK])
def reconcile_sheet(request: Request, code: str, reconciliation: str) -> HttpResponse:
    """The correction sheet for the number-resource system (xlsx), values of persons masked."""
    run = get_run_id(request, code, reconciliation)
    name, content = operations.build_correction_sheet(run=run, language=language(request), actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=WORKBOOK), name)
