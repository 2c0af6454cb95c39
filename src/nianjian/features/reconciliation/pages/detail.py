"""One run: its outcome, its differences with a filter, the matrix of people, call sources by day, pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.paper import fragments, reconcile
from nianjian.engines.paper.texts.reconcile import KINDS, PAIRS, PROPOSALS, RESULTS, STATES, VERDICTS
from nianjian.engines.paper.words import Words, words
from nianjian.features.reconciliation.filing.status import KINDS as FILED
from nianjian.features.reconciliation.operations import runs as flow
from nianjian.features.reconciliation.operations.filing import sheet_of
from nianjian.features.reconciliation.pages.run_context import (
    STATE_BADGES,
    VERDICT_BADGES,
    Json,
    about,
    get_run_or_404,
    why,
)
from nianjian.features.reconciliation.runs.query import DifferenceFilter
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, address, paged
from nianjian.platform.web.tables import Cell, Column, Table

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class _Differences:
    """A run's differences, read where they are cut."""

    run: str
    wanted: DifferenceFilter
    request: Request

    def __getitem__(self, part: slice) -> list[Json]:
        first, count = part.start, part.stop - part.start
        return flow.differences(run=self.run, wanted=self.wanted, actor=self.request.actor, first=first, count=count)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """A run's pairs, read where they are cut."""

    run: str
    request: Request

    def __getitem__(self, part: slice) -> list[Json]:
        first, count = part.start, part.stop - part.start
        return flow.proposals(run=self.run, actor=self.request.actor, first=first, count=count)


@require_safe
@page(Act.READ)
def show_run(request: Request, code: str, reconciliation: str) -> HttpResponse:
    """Show a run."""
    told = get_run_or_404(request, code, reconciliation)
    _ = words(current())
    wanted = DifferenceFilter(*(request.GET.get(name, "")[:16] for name in ("state", "result", "month")))
    cut: Page[Json] = paged(request, _Differences(told["run"], wanted, request))
    pairs: Page[Json] = paged(request, _Pairs(told["run"], request), name="pairs")
    context = {
        "run": told,
        "kind": _(KINDS[told["kind"]]),
        "verdict": _(VERDICTS[told["verdict"]]),
        "badge": VERDICT_BADGES[told["verdict"]],
        "pairs_told": _pairs(told, _),
        "counts": [
            (_(RESULTS[one]), count, address(request, result="" if one == wanted.result else one, page=""))
            for one, count in told["counts"].items()
        ],
        "tabs": [
            (address(request, state=one, page=""), label, one == wanted.state)
            for one, label in [("", gettext("all")), *((one, _(word)) for one, word in STATES.items())]
        ],
        "matrix": _matrix(request, told, wanted, _),
        "chart": _chart(told, _),
        "page": cut,
        "table": _table(code, told, cut.rows, _),
        "narrowed": bool(wanted.state or wanted.result or wanted.month),
        "proposed": [one | {"kind": _(PAIRS[one["kind"]]), "word": _(PROPOSALS[one["state"]])} for one in pairs.rows],
        "pairs": pairs,
        "filed": told["kind"] in FILED,
        "may_load": may(request.actor, code, Act.LOAD),
        "may_report": may(request.actor, code, Act.REPORT),
        "may_reveal": may(request.actor, code, Act.REVEAL),
    }
    return render(request, "reconcile/one.html", context)


def _pairs(told: Json, _: Words) -> list[tuple[str, str]]:
    period = f"{told['from']} – {told['as_of']}" if told["from"] else told["as_of"]
    pairs = [(gettext("As at"), period), (gettext("Made at"), told["made_at"][:16].replace("T", " "))]
    if told["file"]:
        pairs.append(
            (gettext("Carrier's bill") if told["kind"] == "sources" else gettext("Exported file"), told["file"])
        )
    sides = told["told"].get("sources") or ()
    if told["kind"] == "sources" and sides:
        one = gettext("Nothing to compare: all calls stand on one side.")
        pairs.append((gettext("Compared"), " · ".join(sides) if len(sides) > 1 else f"{sides[0]}: {one}"))
    if told["told"].get("carrier"):
        pairs.append((gettext("Carrier"), told["told"]["carrier"]))
    if told["told"].get("bill_outside"):
        pairs.append((gettext("Calls of the bill on other days"), str(told["told"]["bill_outside"])))
    if told["unclear"]:
        pairs.append((gettext("Rows that cannot be proved"), str(told["unclear"])))
    missing = told["told"].get("not_compared", ())
    if missing:
        pairs.append(
            (gettext("Not in the export, not compared"), "、".join(_header(told["kind"], one) for one in missing))
        )
    left = told["told"].get("left_out", 0)
    if left:
        pairs.append((gettext("Not looked at"), str(left)))
    return pairs


def _header(kind: str, field: str) -> str:

    return sheet_of(kind).by_field(field).header


def _table(code: str, told: Json, rows: Sequence[Json], _: Words) -> Table:
    """The differences of a page."""
    body = []
    for one in rows:
        kwargs = {"code": code, "reconciliation": told["run"], "difference": one["id"]}
        last = f"{one['due']}{' *' if one['provisional'] else ''}" if one["due"] else "–"
        body.append(
            [
                Cell(about(one) or "–", href=reverse("reconcile-difference", kwargs=kwargs)),
                Cell(one["month"] or last, badge="bad" if one["late"] else ""),
                Cell(_(RESULTS[one["result"]])),
                Cell(why(one, _) or "–"),
                Cell(_(STATES[one["state"]]), badge=STATE_BADGES[one["state"]]),
                Cell(one["owner"] or "–"),
                Cell(one["action"] or "–"),
            ]
        )
    second = gettext("Month") if told["kind"] == "people" else gettext("To be filed by")
    heads = (
        gettext("About"), second, gettext("Outcome"), gettext("Likely cause"), gettext("State"), gettext("Owner"),
        gettext("Action"),
    )  # fmt: skip
    return Table(gettext("Differences"), [Column(head) for head in heads], body, wrap=True, cards=True)


def _matrix(request: Request, told: Json, wanted: DifferenceFilter, _: Words) -> Table | None:
    """A line a month, a column a result; each month narrows the list below."""
    matrix = told["told"].get("matrix")
    if not matrix:
        return None
    results = list(told["counts"])
    rows = [
        [
            Cell(month, href=address(request, month="" if month == wanted.month else month, page="")),
            *(
                Cell(
                    f"{row[one]['count']}" + (f" ({row[one]['explained']})" if row[one]["explained"] else ""),
                    figure=True,
                )
                for one in results
            ),
        ]
        for month, row in matrix.items()
    ]
    columns = [Column(gettext("Month")), *(Column(_(RESULTS[one]), figure=True) for one in results)]
    return Table(gettext("People by month; in brackets: explained"), columns, rows)


def _chart(told: Json, _: Words) -> SafeString:
    drawn = reconcile.sources(told["told"], _) if told["kind"] == "sources" else None
    return SafeString(fragments.chart(drawn.caption, drawn.svg)) if drawn else SafeString()


@require_POST
@page(Act.REPORT)
def sheet(request: Request, code: str, reconciliation: str) -> HttpResponse:
    """Give the correction sheet away; the audit chain tells of it."""
    told = get_run_or_404(request, code, reconciliation)
    name, content = flow.correction(run=told["run"], language=current(), actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=WORKBOOK), name)
