"""The fill-in sheet on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier.fill_in import REPORTS, SHORT, SOURCES
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.dossier.fill_in.document import format_change
from nianjian.features.dossier.fill_in.fields import Report
from nianjian.features.dossier.operations import fill_in
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.rule_values import LEVELS
from nianjian.platform.web.work import moment, person

FIELDS: Final = 56  # of a page: eight code numbers
Told = Mapping[str, Any]


def _report(given: str) -> Report:
    try:
        return fill_in.report(given)
    except NianjianError as error:
        raise Http404 from error


@require_safe
@page(Act.READ)
def first(request: Request, code: str, year: int) -> HttpResponse:
    """The licence report."""
    del request
    return redirect("fill-in", code=code, year=in_reach(year), report=Report.LICENCE.value)


@require_safe
@page(Act.READ)
def show_sheet(request: Request, code: str, year: int, report: str) -> HttpResponse:
    """The newest sheet, personal values masked."""
    wanted = _report(report)
    told = fill_in.find_newest_sheet(enterprise=code, year=in_reach(year), report=wanted, actor=request.actor)
    return _page(request, code, year, wanted, told)


@require_POST
@page(Act.REVEAL)
def reveal(request: Request, code: str, year: int, report: str) -> HttpResponse:
    """The newest sheet in full; the chain has an entry."""
    wanted = _report(report)
    told = fill_in.revealed(enterprise=code, year=in_reach(year), report=wanted, actor=request.actor)
    return _page(request, code, year, wanted, told)


@require_POST
@page(Act.REPORT)
def make(request: Request, code: str, year: int, report: str) -> HttpResponse:
    """Let the worker gather the fields."""
    job = fill_in.enqueue_sheet(enterprise=code, year=in_reach(year), report=_report(report), actor=request.actor)
    return redirect("data-job", code=code, job=job)


@require_POST
@page(Act.REVEAL)
def take(request: Request, code: str, year: int, report: str, form: str) -> HttpResponse:
    """Give the newest sheet out as a file; the chain has an entry."""
    if form not in fill_in.FORMS:
        raise Http404
    called, media, content = fill_in.download_sheet(
        enterprise=code, year=in_reach(year), report=_report(report), form=form, actor=request.actor
    )
    return as_attachment(HttpResponse(content, content_type=media), called)


def _page(request: Request, code: str, year: int, report: Report, told: Told | None) -> HttpResponse:
    _ = words(current())
    lines = [] if told is None else told["fields"]
    cut = Paginator(lines, FIELDS).get_page(request.GET.get("page", 1))
    context = {
        "year": year,
        "report": report.value,
        "heading": _(REPORTS[report.value]),
        "reports": [
            (reverse("fill-in", args=[code, year, one.value]), _(SHORT[one.value]), one is report) for one in Report
        ],
        "told": told,
        "pairs": [] if told is None else _pairs(told),
        "fields": [_field(one) for one in cut],
        "cut": cut,
        "may_make": may(request.actor, code, Act.REPORT),
        "may_reveal": may(request.actor, code, Act.REVEAL),
    }
    return render(request, "dossier/fill_in.html", context)


def _pairs(told: Told) -> list[tuple[str, str]]:
    return [
        (gettext("Made"), f"{moment(told['made_at'])} · {person(told['made_by'])}"),
        (gettext("As of"), str(told["as_of"])),
        (gettext("Figures from run"), told["run"] or gettext("no portrait of the year: its figures are not known")),
        (gettext("Not known here"), str(told["unknown"])),
        (gettext("Changed by more than the limit"), str(told["over"])),
    ]


def _field(one: Told) -> dict[str, Any]:
    _ = words(current())
    chinese = current() == CHINESE
    return {
        "number": one["number"],
        "title": one["title_zh"] if chinese else one["title_en"],
        "rule": one["rule"],
        "level": name("level", one["level"], _),
        "badge": LEVELS[one["level"]],
        "note": one["note_zh"] if chinese else one["note_en"],
        "source": _(SOURCES[one["source"]]),
        "value": one["value"],
        "before": one["before"],
        "change": format_change(one, _),
        "over": one["over"],
    }


urlpatterns = [
    path("", first, name="fill-in-first"),
    path("<str:report>/", show_sheet, name="fill-in"),
    path("<str:report>/make/", make, name="fill-in-make"),
    path("<str:report>/reveal/", reveal, name="fill-in-reveal"),
    path("<str:report>/take/<str:form>/", take, name="fill-in-take"),
]
