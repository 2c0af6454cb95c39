"""Runs: the list, one with its differences and pairs, one difference, what is decided, the correction sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper import reconciliation, sections
from nianjian.engines.paper.texts.reconciliation import (
    KINDS,
    LIKELY,
    PAIRS,
    PROPOSALS,
    REASONS,
    RESULTS,
    STATES,
    VERDICTS,
)
from nianjian.engines.paper.words import Words, words
from nianjian.features.reconciliation import operations
from nianjian.features.reconciliation.comparisons import get_sheet
from nianjian.features.reconciliation.filings import KINDS as FILED
from nianjian.features.reconciliation.pages.forms import SettleForm
from nianjian.features.reconciliation.queries import DifferenceFilter
from nianjian.features.registers.presenters import label
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, address, paged
from nianjian.platform.web.tables import Cell, Column, Table

Json = dict[str, Any]
VERDICT_BADGES: Final[Mapping[str, str]] = {"passed": "good", "failed": "bad", "insufficient": "warn"}
STATE_BADGES: Final[Mapping[str, str]] = {"open": "bad", "explained": "warn", "settled": "good"}


def get_run_or_404(request: Request, code: str, reconciliation: str) -> Json:
    """The run, if it is of this enterprise; else 404."""
    try:
        told = operations.get_run(run=reconciliation, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error
    if told["enterprise"] != code:
        raise Http404
    return told


def why(one: Json, _: Words) -> str:
    """Likely cause and reasons of a difference."""
    words = [_(LIKELY[one["likely"]])] if one["likely"] else []
    words += [_({**REASONS, **RESULTS}[code]) for code in one["reasons"]]
    return "；".join(words)


def about(one: Json) -> str:
    """Whom or what a difference is about, masked."""
    return " ".join(str(text) for text in one["about"].values() if text)


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@page(Act.READ)
def show_run(request: Request, code: str, reconciliation: str) -> HttpResponse:
    """Show a run."""
    told = get_run_or_404(request, code, reconciliation)
    _ = words(current())
    wanted = DifferenceFilter(*(request.GET.get(name, "")[:16] for name in ("state", "result", "month")))
    here: Json = {"run": told["run"], "actor": request.actor}
    differences = LazyRows(
        lambda first, count: operations.list_differences(**here, wanted=wanted, first=first, count=count)
    )
    cut: Page[Json] = paged(request, differences)
    proposals = LazyRows(lambda first, count: operations.list_pairs(**here, first=first, count=count))
    pairs: Page[Json] = paged(request, proposals, name="pairs")
    context = {
        "run": told,
        "kind": _(KINDS[told["kind"]]),
        "verdict": _(VERDICTS[told["verdict"]]),
        "badge": VERDICT_BADGES[told["verdict"]],
        "pairs_told": _figure_pairs(told),
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


def _figure_pairs(told: Json) -> list[tuple[str, str]]:
    figures, sources = told["told"], told["kind"] == "sources"
    sides = figures.get("sources", ()) if sources else ()
    compared = " · ".join(sides)
    if len(sides) == 1:
        compared += ": " + gettext("Nothing to compare: all calls stand on one side.")
    missing = [get_sheet(told["kind"]).by_field(one).header for one in figures.get("not_compared", ())]
    pairs = [
        (gettext("As at"), f"{told['from']} – {told['as_of']}" if told["from"] else told["as_of"]),
        (gettext("Made at"), told["made_at"][:16].replace("T", " ")),
        (gettext("Carrier's bill") if sources else gettext("Exported file"), told["file"]),
        (gettext("Compared"), compared),
        (gettext("Carrier"), figures.get("carrier")),
        (gettext("Calls of the bill on other days"), figures.get("bill_outside")),
        (gettext("Rows that cannot be proved"), told["unclear"]),
        (gettext("Not in the export, not compared"), "、".join(missing)),
        (gettext("Not looked at"), figures.get("left_out")),
    ]
    return [(name, str(value)) for name, value in pairs if value]


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
            *(Cell(_count_text(row[one]), figure=True) for one in results),
        ]
        for month, row in matrix.items()
    ]
    columns = [Column(gettext("Month")), *(Column(_(RESULTS[one]), figure=True) for one in results)]
    return Table(gettext("People by month; in brackets: explained"), columns, rows)


def _count_text(told: Json) -> str:
    return f"{told['count']} ({told['explained']})" if told["explained"] else f"{told['count']}"


def _chart(told: Json, _: Words) -> SafeString:
    drawn = reconciliation.sources_chart(told["told"], _) if told["kind"] == "sources" else None
    return SafeString(sections.html_chart(drawn.caption, drawn.svg)) if drawn else SafeString()


@require_POST
@page(Act.REPORT)
def sheet(request: Request, code: str, reconciliation: str) -> HttpResponse:
    """Give the correction sheet away; the audit chain tells of it."""
    told = get_run_or_404(request, code, reconciliation)
    name, content = operations.build_correction_sheet(run=told["run"], language=current(), actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=WORKBOOK), name)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.READ)
def show_difference(request: Request, code: str, reconciliation: str, difference: int) -> HttpResponse:
    """Show a difference; who may load writes what becomes of it."""
    run = get_run_or_404(request, code, reconciliation)
    one = _get_difference(request, run, difference)
    known = {name: one[name] or "" for name in ("state", "owner", "cause", "action")}
    form, status = SettleForm(request.POST or None, initial=known), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            said = dict(form.cleaned_data)
            state = said.pop("state")
            try:
                operations.settle_difference(
                    run=run["run"], difference=difference, state=state, said=said, actor=request.actor
                )
            except NianjianError as error:
                if error.code == "role_missing":
                    raise
                form.add_error(None, " ".join(describe_error(error)))
            else:
                messages.success(request, gettext("It is written down."))
                return redirect("reconcile-one", code=code, reconciliation=run["run"])
    context = _difference_context(request, code, run, one, form)
    return render(request, "reconcile/difference.html", context, status=status)


def _get_difference(request: Request, run: Json, difference: int) -> Json:
    try:
        return operations.get_difference(run=run["run"], difference=difference, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error


def _difference_context(request: Request, code: str, run: Json, one: Json, form: SettleForm | None) -> Json:
    _ = words(current())
    sheet = get_sheet(run["kind"]) if run["kind"] in FILED else None
    if sheet is not None:
        fields = [(label(sheet.by_field(name)), (pair["ours"], pair["theirs"])) for name, pair in one["fields"].items()]
    else:
        fields = [(name, tuple(pair.values())) for name, pair in one["fields"].items()]
    last = one["due"] or ""
    pairs = [
        (gettext("Outcome"), _(RESULTS[one["result"]])),
        (gettext("Likely cause"), why(one, _) or "–"),
        (gettext("Month"), one["month"] or ""),
        (gettext("Changed on"), one["changed_on"] or ""),
        (gettext("To be filed by"), f"{last} ({gettext('provisional')})" if last and one["provisional"] else last),
        (gettext("Decided by"), one["decided_by"] or ""),
    ]
    return {
        "run": run,
        "one": one,
        "about": about(one) or "–",
        "state": _(STATES[one["state"]]),
        "badge": STATE_BADGES[one["state"]],
        "pairs": [(name, text) for name, text in pairs if text],
        "fields": fields,
        "filed": sheet is not None,
        "form": form,
        "may_load": may(request.actor, code, Act.LOAD),
        "may_reveal": may(request.actor, code, Act.REVEAL),
    }


@require_POST
@page(Act.REVEAL)
def reveal(request: Request, code: str, reconciliation: str, difference: int) -> HttpResponse:
    """Show whom a difference is about in full; the audit chain tells who looked."""
    run = get_run_or_404(request, code, reconciliation)
    one = _get_difference(request, run, difference)
    full = operations.reveal_values(run=run["run"], difference=difference, actor=request.actor)
    context = _difference_context(request, code, run, one | full, None) | {"full": True}
    return render(request, "reconcile/difference.html", context)


@require_POST
@page(Act.LOAD)
def decide(request: Request, code: str, reconciliation: str, pair: int) -> HttpResponse:
    """Confirm or dismiss a pair."""
    run = get_run_or_404(request, code, reconciliation)
    confirmed = request.POST.get("decision") == "confirm"
    try:
        operations.decide_pair(run=run["run"], proposal=pair, confirmed=confirmed, actor=request.actor)
    except NianjianError as error:
        if error.code == "reconcile_proposal_unknown":
            raise Http404 from error
        messages.error(request, " ".join(describe_error(error)))
    else:
        messages.success(request, gettext("It is written down; it holds from the next match on."))
    return redirect(f"{reverse('reconcile-one', kwargs={'code': code, 'reconciliation': run['run']})}#pairs")


@require_POST
@page(Act.REVEAL)
def reveal_pair(request: Request, code: str, reconciliation: str, pair: int) -> HttpResponse:
    """Show a pair in full, so that somebody can decide; the audit chain tells who looked."""
    run = get_run_or_404(request, code, reconciliation)
    try:
        full = operations.reveal_values(run=run["run"], proposal=pair, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error
    names = {
        "name": gettext("Payee"),
        "account": gettext("Account"),
        "written": gettext("Number as written"),
        "person": gettext("Person in question"),
        "identity": gettext("Identity number"),
    }
    pairs = [(names[name], text) for name, text in full.items() if text]
    context = {"run": run, "pairs": pairs, "pair": pair, "may_load": may(request.actor, code, Act.LOAD)}
    return render(request, "reconcile/pair.html", context)


@require_safe
@page(Act.READ)
def runs(request: Request, code: str) -> HttpResponse:
    """List the runs."""
    found = LazyRows(
        lambda first, count: operations.list_runs(enterprise=code, actor=request.actor, first=first, count=count)
    )
    shown: Page[Json] = paged(request, found)
    _ = words(current())
    rows = [
        [
            Cell(one["run"], href=reverse("reconcile-one", kwargs={"code": code, "reconciliation": one["run"]})),
            Cell(_(KINDS[one["kind"]])),
            Cell(f"{one['from']} – {one['as_of']}" if one["from"] else one["as_of"]),
            Cell(_(VERDICTS[one["verdict"]]), badge=VERDICT_BADGES[one["verdict"]]),
            Cell(one["open"], figure=True),
            Cell(one["file"] or "–"),
            Cell(one["made_at"][:16].replace("T", " ")),
        ]
        for one in shown.rows
    ]
    heads = (
        gettext("Reconciliation"), gettext("What is compared"), gettext("As at"), gettext("Outcome"),
        gettext("Open differences"), gettext("Exported file"), gettext("Made at"),
    )  # fmt: skip
    columns = [Column(head, figure=place == 4) for place, head in enumerate(heads)]  # noqa: PLR2004 -- the count's place
    table = Table(gettext("Reconciliations"), columns, rows, wrap=True)
    context = {"page": shown, "table": table, "may": may(request.actor, code, Act.REPORT)}
    return render(request, "reconcile/list.html", context)
