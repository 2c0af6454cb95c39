"""Kept reconciliations: a list, one, its differences and pairs, what is decided, the correction sheet."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.features.reconciliation.api.ask import HERE
from nianjian.features.reconciliation.operations import runs as flow
from nianjian.features.reconciliation.runs.query import DifferenceFilter
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request, of_enterprise
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.api.parameter_types import RowNumber
from nianjian.platform.api.problems import language
from nianjian.platform.home.http import as_attachment

router = Router(tags=["reconcile"])
RUN = HERE + "/{reconciliation}"
ONE = RUN + "/differences/{difference}"
PAIR = RUN + "/pairs/{pair}"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Said = Annotated[str, Field(max_length=500)]


class Reconciliation(Schema):
    """A run in one line. ``counts``: rows by result; ``unclear``: rows that cannot be proved either way.

    ``verdict``: passed, failed (differences are open) or insufficient (nothing compared, or something unclear).
    """

    run: str
    kind: str
    as_of: date
    first: date | None
    file: str | None
    counts: dict[str, int]
    open: int
    unclear: int
    verdict: str
    made_at: str
    made_by: str


class ReconciliationTold(Reconciliation):
    """A run; ``told``: its figures, ``matrix`` of people by month, ``by_day`` of sources; ``states`` of differences."""

    states: dict[str, int]
    told: dict[str, Any]


class ReconcileDifference(Schema):
    """A row on which the sides do not agree, values of persons masked; ``fields``: field -> both sides."""

    id: int
    about: dict[str, str | None]
    month: str | None
    result: str
    likely: str | None
    reasons: list[str]
    fields: dict[str, dict[str, str | int | None]]
    changed_on: date | None
    due: date | None
    provisional: bool
    late: bool
    state: str
    owner: str | None
    cause: str | None
    action: str | None
    decided_by: str | None
    decided_at: str | None


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


class ReconcilePair(Schema):
    """Two that may be one person, masked; ``likeness`` in percent."""

    id: int
    kind: str
    name: str | None
    account: str | None
    written: str | None
    person: str | None
    identity: str | None
    likeness: int
    state: str
    decided_by: str | None


class ReconcileDecision(Schema):
    """Whether it is one person."""

    confirmed: bool


class ReconcileRevealed(Schema):
    """What was masked, in full."""

    values: dict[str, Any]


def get_run_id(request: Request, code: str, reconciliation: str) -> str:
    """The number of a run of this enterprise; else 404."""
    return of_enterprise(flow.own, reconciliation, request, code)


@read(router, HERE, act=Act.READ, answer=Page[Reconciliation])
def reconcile_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's reconciliations, newest first."""
    rows = Reader(lambda first, count: flow.list_runs(enterprise=code, actor=request.actor, first=first, count=count))
    return paged(request, cut, rows, _run)


@read(router, RUN, act=Act.READ, answer=ReconciliationTold)
def reconcile_get(request: Request, code: str, reconciliation: str) -> dict[str, object]:
    """One reconciliation with its figures."""
    return _run(flow.get_run(run=get_run_id(request, code, reconciliation), actor=request.actor))


@read(router, f"{RUN}/differences", act=Act.READ, answer=Page[ReconcileDifference])
def reconcile_differences(
    request: Request, code: str, reconciliation: str, asked: Query[ReconcileFilter]
) -> dict[str, object]:
    """Its differences."""
    run, wanted = get_run_id(request, code, reconciliation), DifferenceFilter(asked.state, asked.result, asked.month)

    def read_part(first: int, count: int) -> list[dict[str, Any]]:
        return flow.differences(run=run, wanted=wanted, actor=request.actor, first=first, count=count)

    return paged(request, asked, Reader(read_part), dict)


@read(router, ONE, act=Act.READ, answer=ReconcileDifference)
def reconcile_difference(request: Request, code: str, reconciliation: str, difference: RowNumber) -> dict[str, object]:
    """One difference."""
    run = get_run_id(request, code, reconciliation)
    return flow.difference(run=run, difference=difference, actor=request.actor)


@write(router, ONE, act=Act.LOAD, answer=ReconcileDifference)
def reconcile_settle(
    request: Request, code: str, reconciliation: str, difference: RowNumber, given: ReconcileSaid
) -> dict[str, object]:
    """Say who sees to it, why it is there and what is done."""
    said = {name: text for name, text in given.dict().items() if name != "state" and text is not None}
    run = get_run_id(request, code, reconciliation)
    return flow.settle(run=run, difference=difference, state=given.state, said=said, actor=request.actor)


@take(router, f"{ONE}/reveal", act=Act.REVEAL, answer=ReconcileRevealed)
def reconcile_reveal(request: Request, code: str, reconciliation: str, difference: RowNumber) -> dict[str, object]:
    """Whom it is about and both sides, in full."""
    run = get_run_id(request, code, reconciliation)
    return {"values": flow.reveal(run=run, difference=difference, actor=request.actor)}


@read(router, f"{RUN}/pairs", act=Act.READ, answer=Page[ReconcilePair])
def reconcile_pairs(request: Request, code: str, reconciliation: str, cut: Query[Cut]) -> dict[str, object]:
    """Pairs that may be one person, the likeliest first."""
    run = get_run_id(request, code, reconciliation)
    rows = Reader(lambda first, count: flow.proposals(run=run, actor=request.actor, first=first, count=count))
    return paged(request, cut, rows, dict)


@write(router, PAIR, act=Act.LOAD, answer=ReconcilePair)
def reconcile_decide(
    request: Request, code: str, reconciliation: str, pair: RowNumber, given: ReconcileDecision
) -> dict[str, object]:
    """Confirm or dismiss a pair; a confirmed one holds from the next match on."""
    run = get_run_id(request, code, reconciliation)
    return flow.decide(run=run, proposal=pair, confirmed=given.confirmed, actor=request.actor)


@take(router, f"{PAIR}/reveal", act=Act.REVEAL, answer=ReconcileRevealed)
def reconcile_reveal_pair(request: Request, code: str, reconciliation: str, pair: RowNumber) -> dict[str, object]:
    """A pair in full."""
    run = get_run_id(request, code, reconciliation)
    return {"values": flow.reveal(run=run, proposal=pair, actor=request.actor)}


@take(router, f"{RUN}/sheet", act=Act.REPORT, media=[WORKBOOK])
def reconcile_sheet(request: Request, code: str, reconciliation: str) -> HttpResponse:
    """The correction sheet for the number-resource system (xlsx), values of persons masked."""
    run = get_run_id(request, code, reconciliation)
    name, content = flow.correction(run=run, language=language(request), actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=WORKBOOK), name)


def _run(one: dict[str, Any]) -> dict[str, object]:
    return {**one, "first": one["from"]}
