"""The checklist of a season: every item with its state, and how many still stand in the way."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import words
from nianjian.features.dossier.operations import checklist, checklist_detail
from nianjian.features.dossier.pages import presenters
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.rulebook import rulebooks
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current


@require_safe
@page(Act.READ)
def newest(request: Request, code: str) -> HttpResponse:
    """The season whose package is due next."""
    return _page(request, code, checklist_detail.season(code, clock.today()))


@require_safe
@page(Act.READ)
def season(request: Request, code: str, year: int) -> HttpResponse:
    """The season of a data year."""
    return _page(request, code, in_reach(year))


def in_reach(year: int) -> int:
    """The year, if there can be a season of it; else 404."""
    if not clock.FIRST_DAY.year <= year <= clock.LAST_DAY.year:
        raise Http404
    return year


def _page(request: Request, code: str, year: int) -> HttpResponse:
    lines = checklist.lines(code, year, request.actor)
    rules = checklist_detail.book(code)
    asked = checklist_detail.list_requirements(rules)
    _ = words(current())
    missing = checklist.missing(lines)
    due = {one.item for one in lines}
    context = {
        "year": year,
        "years": checklist_detail.seasons(code, year, clock.today()),
        "missing": missing,
        "count": len(lines),
        "boards": presenters.boards(code, year, lines, asked),
        "sources": [
            (one.rule.id, presenters.source(one.rule, name("level", str(one.rule.level), _)))
            for one in asked.values()
            if one.item in due
        ],
        "further": rulebooks.hinted(rules),
        "may_load": may(request.actor, code, Act.LOAD),
        "reuse": reverse("dossier-reuse", args=[code, year]),
        "before": year - 1,
        "summary": gettext("Nothing is missing.") if not missing else "",
    }
    return render(request, "dossier/list.html", context)
