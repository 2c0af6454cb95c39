"""What if: steps tried on the kept portrait, lights and head-room at once. Nothing is changed, no call is read."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import figures
from nianjian.engines.paper.advice import WARNINGS
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import Words
from nianjian.features.portrait.operations.results import Moves, room, what_if
from nianjian.features.portrait.pages.forms import NO_ROOM, STEPS, SimulateForm
from nianjian.features.portrait.pages.portrait_context import get_portrait_or_404, shared, translator
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error


@require_safe
@page(Act.READ)
def simulate(request: Request, code: str, year: int) -> HttpResponse:
    """The sliders and what they would bring; a fragment with the outcome alone for htmx."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    lines = [
        str(row["key"])
        for metric in one.data["metrics"]
        if metric["slug"] == "number_consistency"
        for row in metric["splits"].get("line", ())
        if row["key"] is not None
    ]
    form = SimulateForm(request.GET or None, lines=lines)
    context: dict[str, Any] = shared(request, one, "portrait-simulate") | {"form": form}
    try:
        maxima = room(enterprise=code, year=year, run=one.run, actor=request.actor)
        moves = form.moves() if form.is_bound and form.is_valid() else None
        if moves is not None or not form.is_bound:
            told = what_if(enterprise=code, year=year, run=one.run, moves=moves or Moves(), actor=request.actor)
            context |= _outcome(told, _)
    except NianjianError as error:
        if error.code == "portrait_without_rules":
            raise
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
    cards = zip(figures.cards(before, _), figures.cards(after, _), strict=True)
    return {
        "rows": [
            {"before": was, "after": now, "changed": (was.light, was.value) != (now.light, now.value)}
            for was, now in cards
        ],
        "whole": [(one["light"], name("light", one["light"], _)) for one in (before, after)],
        "warnings": [_(WARNINGS[code]) for code in after.get("simulated", {}).get("warnings", ())],
    }
