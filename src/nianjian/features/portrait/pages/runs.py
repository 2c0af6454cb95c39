"""Runs: the list, two of them side by side, a new one, a simulation, and a portrait as a file."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.simulate import Moves
from nianjian.engines.paper import explanations, figures
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.sections import WARNINGS
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words
from nianjian.features.portrait import bases, causes, operations, portraits
from nianjian.features.portrait.documents import Simulated
from nianjian.features.portrait.operations import (
    FORMS,
    compare_runs,
    count_needs,
    count_room,
    export_portrait,
    list_run_ids,
    simulate_moves,
)
from nianjian.features.portrait.pages.forms import LINES, NO_ROOM, STEPS, BasisForm, RunForm, SimulateForm, show_form
from nianjian.features.portrait.pages.metric import count_things, figure_context
from nianjian.features.portrait.pages.open_portrait import (
    OpenPortrait,
    get_portrait_or_404,
    moment,
    shared_context,
    translator,
)
from nianjian.features.portrait.portraits import list_years
from nianjian.features.portrait.remedies import list_last_days
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import as_attachment, missing_as_404
from nianjian.platform.jobs import flow
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_day
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged

PAIR: Final = 2  # runs that are compared


@require_safe
@page(Permission.READ)
def simulate(request: Request, code: str, year: int) -> HttpResponse:
    """The levers of each metric and what they would bring; a fragment with the outcome alone for htmx."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    names = causes.list_names(one.data)
    lines = {
        "without_line": [
            (
                str(row["key"]),
                _("{line} ({count})").format(
                    line=_line_name(row, names), count=count_things("complaints", row["numerator"], _)
                ),
            )
            for row in one.metric("complaint_rate")["splits"].get("line", ())
            if row["key"] is not None and row["numerator"]
        ],
        "move_line": [
            (str(row["key"]), _line_name(row, names))
            for row in one.metric("number_consistency")["splits"].get("line", ())
            if row["key"] is not None
        ],
    }
    form = SimulateForm(request.GET or None, lines=lines)
    context: dict[str, Any] = shared_context(request, one) | {"form": form}
    room = count_room(enterprise=code, year=year, run=one.run, actor=request.actor)
    needed = count_needs(enterprise=code, year=year, run=one.run, actor=request.actor)
    days = list_last_days(one.data)
    try:
        moves = form.moves() if form.is_bound and form.is_valid() else None
        if moves is not None or not form.is_bound:
            data = simulate_moves(enterprise=code, year=year, run=one.run, moves=moves or Moves(), actor=request.actor)
            context |= _outcome(one, data, _)
    except NianjianError as error:
        context["fault"], context["remedy"] = describe_error(error)
    most = {**room, **{step: len(choices) for step, choices in lines.items()}}
    context["groups"] = [
        (
            code_name("metric", data["slug"], _),
            [
                _lever(form[step], most[step], needed.get(step), days[step], _)
                for step in sorted(STEPS[data["slug"]], key=lambda step: not most[step])  # those without room come last
            ],
        )
        for data in causes.order_metrics(one.data)
    ]
    return render(request, "portrait/simulated.html" if request.htmx else "portrait/simulate.html", context)


def _line_name(row: Mapping[str, Any], names: causes.Names) -> str:
    key = str(row["key"])
    return f"{key} {names['line'][key]}" if names["line"].get(key) else key


def _lever(field: BoundField, most: int, need: int | None, day: date | None, _: Words) -> dict[str, Any]:
    """One step with its bounds, what brings the light within the limit, and until when it is of use; or why not."""
    late = _("{day} is over: this step no longer changes the figures").format(day=format_day(day))
    return {
        "field": field,
        "line": field.name in LINES,
        "most": most,
        "value": field.value() or 0,
        "why": NO_ROOM[field.name] if not most else late if day is not None and day < clock.today() else "",
        "need": _("{n} bring it within the limit").format(n=figures.count_text(need)) if need else "",
        "last_day": format_day(day),
    }


def _outcome(one: OpenPortrait, result: Simulated, _: Words) -> dict[str, Any]:
    """Each metric before and after; ``one`` is masked, the simulated portraits are not shown by key."""
    before, after = result.before, result.after
    rows = []
    for was, now in zip(causes.order_metrics(before), causes.order_metrics(after), strict=True):
        sides = {"before": figure_context(one, was, _), "after": figure_context(one, now, _)}
        changed = (was["light"], was["value"]) != (now["light"], now["value"])
        rows.append({**sides, "changed": changed, "title": sides["after"]["title"], "flags": sides["after"]["flags"]})
    return {
        "rows": rows,
        "whole": [
            (side["light"], code_name("light", side["light"], _))
            for side in ((before, after) if any(row["changed"] for row in rows) else (after,))
        ],
        "warnings": [_(WARNINGS[code]) for code in after.get("simulated", {}).get("warnings", ())],
    }


@require_safe
@page(Permission.READ)
def runs(request: Request, code: str, year: int) -> HttpResponse:
    """Every run of a data year, newest first, two of which can be chosen to be compared."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    ids = list_run_ids(enterprise=code, year=year, actor=request.actor)
    run_page: Page[Any] = paged(request, ids, total=len(ids))
    marks = portraits.list_deletion_marks(code)
    rows = []
    for place, id_ in enumerate(run_page.rows):
        run = portraits.get_run(code, year, id_)
        rows.append(
            {
                "id": id_,
                "moment": moment(run),
                "actor": actor_text(run.actor, _),
                "light": run.light,
                "word": code_name("light", run.light, _),
                "as_of": format_day(date.fromisoformat(run.as_of)),
                "rulebook": run.rulebook["version"],
                "values": [
                    (code_name("metric", metric["slug"], _), f"{figures.short_value(metric, figures.proven(metric))}")
                    for metric in run.metrics
                ],
                "erased": portraits.marks_of_snapshot(run.snapshot, marks),
                "ticked": place < PAIR and run_page.first == 1,
            }
        )
    metrics = [f"{code_name('metric', metric['slug'], _)} ({metric['unit']})" for metric in one.data["metrics"]]
    context = shared_context(request, one) | {"rows": rows, "page": run_page, "metrics": metrics}
    return render(request, "portrait/runs.html", context)


@require_safe
@page(Permission.READ)
def compare(request: Request, code: str, year: int) -> HttpResponse:
    """What changed between two runs, and why: ``of`` twice, the older first, or ``a`` and ``b`` as they are given."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    ticked = sorted(request.GET.getlist("of"))
    if ticked and len(ticked) != PAIR:
        messages.error(request, gettext("Tick two runs to compare them."))
        return redirect("portrait-runs", code=code, year=year)
    before, after = ticked or (request.GET.get("a", ""), request.GET.get("b", ""))
    comparison = compare_runs(enterprise=code, year=year, before=before, after=after, actor=request.actor)
    pair = [portraits.get_run(code, year, run.id) for run in comparison.runs]
    context = shared_context(request, one) | {
        "told": comparison,
        "moments": [moment(run) for run in pair],
        "same": before == after,
        "view": explanations.comparison_view(to_builtins(comparison), current(), _),
        "swap": f"{request.path}?{urlencode({'a': after, 'b': before})}",
    }
    return render(request, "portrait/compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.REPORT)
def run(request: Request, code: str, year: int) -> HttpResponse:
    """Ask for a run, the first one of a year too: the worker does it, the job's page tells how far it is."""
    form = RunForm(request.POST) if request.method == "POST" else RunForm()
    if not form.is_bound or not form.is_valid():
        title = gettext("Compute the portrait of {year}").format(year=year)
        text = gettext("It is computed in the background; the figures shown stay until it is done.")
        return show_form(request, form, title, text, gettext("Compute"), year, alone=year not in list_years(code))
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
        title = gettext("Choose the basis that is filed")
        text = gettext("Every document generated from then on states this basis.")
        return show_form(request, form, title, text, gettext("Choose"), year)
    operations.choose_basis(enterprise=code, year=year, actor=request.actor, **form.cleaned_data)
    messages.success(request, gettext("The basis is chosen; documents generated from now on state it."))
    return redirect("portrait", code=code, year=year)


@require_POST
@page(Permission.READ)
def take(request: Request, code: str, year: int, form: str) -> HttpResponse:
    """A file of the portrait: workbook, PDF or picture."""
    if form not in FORMS:
        raise Http404
    run_id = request.POST.get("run") or None
    with missing_as_404("portrait_missing", "portrait_run_unknown"):
        file = export_portrait(
            enterprise=code, year=year, run=run_id, form=form, language=current(), actor=request.actor
        )
    return as_attachment(HttpResponse(file.content, content_type=file.media), file.name)
