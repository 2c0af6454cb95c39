"""The chain's pages: of an enterprise, and of the whole installation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts import chain
from nianjian.engines.paper.words import words
from nianjian.features.maintenance.audit_pages import checking
from nianjian.features.maintenance.audit_pages.forms import Filter
from nianjian.features.maintenance.audit_pages.presenters import pairs
from nianjian.features.maintenance.operations.audit_export import export
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit import query
from nianjian.platform.audit.models import Entry
from nianjian.platform.home.http import as_attachment
from nianjian.platform.web.access import Request, at, everywhere, page
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import person

FEW: Final = 4  # parts of an entry that stand open
LONGEST: Final = 40  # characters of a part in the line that stands for the others


@require_safe
@page(Act.AUDIT)
def list_enterprise_entries(request: Request, code: str) -> HttpResponse:
    """List an enterprise's entries, newest first."""
    return _list(request, code)


@require_safe
@everywhere(Act.AUDIT)
def everything(request: Request) -> HttpResponse:
    """List all entries, newest first."""
    return _list(request, EVERYWHERE)


@require_safe
@page(Act.AUDIT)
def here_out(request: Request, code: str) -> HttpResponseBase:
    """Give an enterprise's entries as CSV."""
    return _out(request, code)


@require_safe
@everywhere(Act.AUDIT)
def everything_out(request: Request) -> HttpResponseBase:
    """Give all entries as CSV."""
    return _out(request, EVERYWHERE)


def _asked(request: HttpRequest) -> dict[str, str]:
    """Read what the filter asks for as `audit.query.found` takes it; days are those of the clock's zone."""
    form = Filter(request.GET, actors=())
    form.is_valid()
    given = form.cleaned_data
    asked = {name: str(given.get(name) or "") for name in ("verb", "actor")}
    for name, days in (("since", 0), ("until", 1)):
        if day := given.get(name):
            begin = datetime.combine(day, time(), clock.ZONE) + timedelta(days=days)
            asked[name] = begin.astimezone(UTC).isoformat(timespec="microseconds")
    return {name: value for name, value in asked.items() if value}


def _list(request: Request, place: str) -> HttpResponse:
    shown: Page[Entry] = paged(request, query.filter_entries(enterprise=place, **_asked(request)))
    number, head = query.head()
    inside = request.GET.urlencode()
    out = at("audit-export", place)
    context = {
        "page": shown,
        "table": _table(shown, place),
        "form": Filter(request.GET, actors=query.actors(place)),
        "number": number,
        "head": head,
        "out": f"{out}?{inside}" if inside else out,
        "whole": not place,
        "checked": None if place else checking.latest(),
    }
    return render(request, "audit/list.html", context)


def _table(shown: Page[Entry], place: str) -> Table:
    _ = words(current())
    rows = []
    for one in map(query.act, shown.rows):
        said = pairs(one.data, _)
        cells = [
            Cell(one.seq, figure=True),
            Cell(datetime.fromisoformat(one.at).astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")),
            Cell(person(one.actor)),
            *([] if place else [Cell(one.enterprise or "–")]),
            Cell(chain.verb(one.verb, _)),
            Cell(one.verb),
            Cell(_summary(said) if len(said) > FEW else "", pairs=said),
        ]
        rows.append(cells)
    columns = [
        Column(gettext("Number"), figure=True),
        Column(gettext("Moment")),
        Column(gettext("Who")),
        *([] if place else [Column(gettext("Enterprise"))]),
        Column(gettext("Act")),
        Column(gettext("Act code")),
        Column(gettext("Content")),
    ]
    return Table(gettext("Audit chain"), columns, rows, wrap=True, cards=True)


def _summary(said: Sequence[tuple[str, str]]) -> str:
    """The first parts in one line; the rest is folded away behind it."""
    return " · ".join(f"{value[:LONGEST]}" for _name, value in said[:2]) + " …"


def _out(request: Request, place: str) -> HttpResponseBase:
    lines = export(enterprise=place, asked=_asked(request), actor=request.actor)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return as_attachment(answer, f"audit-{place or 'all'}.csv")
