"""Kept runs: the list, two of them side by side, a new one, and a portrait taken along as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import figures
from nianjian.engines.paper.results import comparison
from nianjian.engines.paper.texts.portrait import name
from nianjian.features.portrait.operations import erased, portraits
from nianjian.features.portrait.operations.results import FORMS, compare_runs, export, runs_of
from nianjian.features.portrait.pages.forms import RunForm
from nianjian.features.portrait.pages.portrait_context import get_portrait_or_404, moment, shared, translator
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment
from nianjian.platform.jobs import flow
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged


@require_safe
@page(Act.READ)
def runs(request: Request, code: str, year: int) -> HttpResponse:
    """Every run of a data year, newest first, two of which can be chosen to be compared."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    ids = runs_of(enterprise=code, year=year, actor=request.actor)
    shown: Page[Any] = paged(request, ids, total=len(ids))
    known = erased.marks(code)
    rows = []
    for place, id_ in enumerate(shown.rows):
        run = portraits.run(code, year, id_)
        rows.append(
            {
                "id": id_,
                "moment": moment(run),
                "actor": run.actor,
                "light": run.light,
                "word": name("light", run.light, _),
                "as_of": run.as_of,
                "rulebook": run.rulebook["version"],
                "values": [(name("metric", m["slug"], _), figures.amount(m["value"], m["unit"])) for m in run.metrics],
                "erased": erased.of(run.snapshot, known),
                "before": place == 1,
                "after": place == 0,
            }
        )
    metrics = [name("metric", metric["slug"], _) for metric in one.data["metrics"]]
    context = shared(request, one, "portrait-runs") | {"rows": rows, "page": shown, "metrics": metrics}
    return render(request, "portrait/runs.html", context)


@require_safe
@page(Act.READ)
def compare(request: Request, code: str, year: int) -> HttpResponse:
    """What changed between two runs, and why."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    before, after = request.GET.get("a", ""), request.GET.get("b", "")
    told = compare_runs(enterprise=code, year=year, before=before, after=after, actor=request.actor)
    context = shared(request, one, "portrait-runs") | {
        "told": told,
        "same": before == after,
        "view": comparison.view(told, current(), _),
        "swap": f"{request.path}?{urlencode({'a': after, 'b': before})}",
    }
    return render(request, "portrait/compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.REPORT)
def run(request: Request, code: str, year: int) -> HttpResponse:
    """Ask for a run, the first one of a year too: the worker does it, the job's page tells how far it is."""
    form = RunForm(request.POST) if request.method == "POST" else RunForm()
    if not form.is_bound or not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, "portrait/run.html", {"form": form, "year": year}, status=status)
    day = form.cleaned_data["as_of"]
    payload: Mapping[str, Any] = {
        "year": year,
        "as_of": None if day is None else day.isoformat(),
        "province": form.cleaned_data["province"] or None,
    }
    job = flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise=code, payload=payload, actor=request.actor)
    return redirect(f"/e/{code}/data/jobs/{job}/")


@require_POST
@page(Act.READ)
def take(request: Request, code: str, year: int, form: str) -> HttpResponse:
    """A file of the portrait: workbook, PDF or picture."""
    if form not in FORMS:
        raise Http404
    given = request.POST.get("run") or None
    try:
        made = export(enterprise=code, year=year, run=given, form=form, language=current(), actor=request.actor)
    except NianjianError as error:
        if error.code in {"portrait_missing", "portrait_run_unknown"}:
            raise Http404 from error
        raise
    answer = HttpResponse(made.content, content_type=made.media)
    return as_attachment(answer, made.name)
