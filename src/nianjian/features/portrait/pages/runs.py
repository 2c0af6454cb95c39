"""Runs: the list, two of them side by side, a new one, a simulation, and a portrait as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.simulate import Moves
from nianjian.engines.paper import explanations, figures
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.sections import WARNINGS
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words
from nianjian.features.portrait import bases, operations, portraits
from nianjian.features.portrait.operations import (
    FORMS,
    compare_runs,
    count_room,
    export_portrait,
    list_run_ids,
    simulate_moves,
)
from nianjian.features.portrait.pages.forms import NO_ROOM, STEPS, BasisForm, RunForm, SimulateForm
from nianjian.features.portrait.pages.portrait import get_portrait_or_404, moment, shared_context, translator
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment
from nianjian.platform.jobs import flow
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged


@require_safe
@page(Permission.READ)
def simulate(request: Request, code: str, year: int) -> HttpResponse:
    """The sliders and what they would bring; a fragment with the outcome alone for htmx."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    splits = one.metric("number_consistency")["splits"]
    lines = [str(row["key"]) for row in splits.get("line", ()) if row["key"] is not None]
    form = SimulateForm(request.GET or None, lines=lines)
    context: dict[str, Any] = shared_context(request, one) | {"form": form}
    maxima = count_room(enterprise=code, year=year, run=one.run, actor=request.actor)
    try:
        moves = form.moves() if form.is_bound and form.is_valid() else None
        if moves is not None or not form.is_bound:
            told = simulate_moves(enterprise=code, year=year, run=one.run, moves=moves or Moves(), actor=request.actor)
            context |= _outcome(told, _)
    except NianjianError as error:
        context["fault"], context["remedy"] = describe_error(error)
    context["sliders"] = [
        {
            "field": form[step],
            "most": maxima[step],
            "value": form[step].value() or 0,
            "why": "" if maxima[step] else NO_ROOM[step],
        }
        for step in sorted(STEPS, key=lambda step: not maxima[step])  # those without room come last
    ]
    context["no_lines"] = "" if lines else NO_ROOM["move_line"]
    return render(request, "portrait/simulated.html" if request.htmx else "portrait/simulate.html", context)


def _outcome(told: dict[str, dict[str, Any]], _: Words) -> dict[str, Any]:
    before, after = told["before"], told["after"]
    cards = zip(figures.metric_cards(before, _), figures.metric_cards(after, _), strict=True)
    return {
        "rows": [
            {"before": was, "after": now, "changed": (was.light, was.value) != (now.light, now.value)}
            for was, now in cards
        ],
        "whole": [(one["light"], code_name("light", one["light"], _)) for one in (before, after)],
        "warnings": [_(WARNINGS[code]) for code in after.get("simulated", {}).get("warnings", ())],
    }


@require_safe
@page(Permission.READ)
def runs(request: Request, code: str, year: int) -> HttpResponse:
    """Every run of a data year, newest first, two of which can be chosen to be compared."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    ids = list_run_ids(enterprise=code, year=year, actor=request.actor)
    shown: Page[Any] = paged(request, ids, total=len(ids))
    known = portraits.list_deletion_marks(code)
    rows = []
    for place, id_ in enumerate(shown.rows):
        run = portraits.get_run(code, year, id_)
        rows.append(
            {
                "id": id_,
                "moment": moment(run),
                "actor": actor_text(run.actor, _),
                "light": run.light,
                "word": code_name("light", run.light, _),
                "as_of": run.as_of,
                "rulebook": run.rulebook["version"],
                "values": [
                    (code_name("metric", m["slug"], _), figures.amount_text(m["value"], m["unit"])) for m in run.metrics
                ],
                "erased": portraits.marks_of_snapshot(run.snapshot, known),
                "before": place == 1,
                "after": place == 0,
            }
        )
    metrics = [code_name("metric", metric["slug"], _) for metric in one.data["metrics"]]
    context = shared_context(request, one) | {"rows": rows, "page": shown, "metrics": metrics}
    return render(request, "portrait/runs.html", context)


@require_safe
@page(Permission.READ)
def compare(request: Request, code: str, year: int) -> HttpResponse:
    """What changed between two runs, and why."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    before, after = request.GET.get("a", ""), request.GET.get("b", "")
    told = compare_runs(enterprise=code, year=year, before=before, after=after, actor=request.actor)
    context = shared_context(request, one) | {
        "told": told,
        "same": before == after,
        "view": explanations.comparison_view(told, current(), _),
        "swap": f"{request.path}?{urlencode({'a': after, 'b': before})}",
    }
    return render(request, "portrait/compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.REPORT)
def run(request: Request, code: str, year: int) -> HttpResponse:
    """Ask for a run, the first one of a year too: the worker does it, the job's page tells how far it is."""
    form = RunForm(request.POST) if request.method == "POST" else RunForm()
    if not form.is_bound or not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, "portrait/run.html", {"form": form, "year": year}, status=status)
    day = form.cleaned_data["as_of"]
    province = form.cleaned_data["province"] or None
    payload: dict[str, Any] = {"year": year, "as_of": day and day.isoformat(), "province": province}
    job = flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise=code, payload=payload, actor=request.actor)
    return redirect(f"/e/{code}/data/jobs/{job}/")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.REPORT)
def choose_basis(request: Request, code: str, year: int) -> HttpResponse:
    """Choose the basis on which the year is filed, with the reason."""
    form = BasisForm(request.POST or None, initial={"basis": bases.get_basis(code, year).basis.value})
    if not form.is_bound or not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, "portrait/basis.html", {"form": form, "year": year}, status=status)
    operations.choose_basis(enterprise=code, year=year, actor=request.actor, **form.cleaned_data)
    messages.success(request, gettext("The basis is chosen; documents generated from now on state it."))
    return redirect("portrait", code=code, year=year)


@require_POST
@page(Permission.READ)
def take(request: Request, code: str, year: int, form: str) -> HttpResponse:
    """A file of the portrait: workbook, PDF or picture."""
    if form not in FORMS:
        raise Http404
    given = request.POST.get("run") or None
    try:
        made = export_portrait(
            enterprise=code, year=year, run=given, form=form, language=current(), actor=request.actor
        )
    except NianjianError as error:
        if error.code in {"portrait_missing", "portrait_run_unknown"}:
            raise Http404 from error
        raise
    return as_attachment(HttpResponse(made.content, content_type=made.media), made.name)
