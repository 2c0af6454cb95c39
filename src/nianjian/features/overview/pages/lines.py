"""Every line in use with the day of its last outbound call; those silent the longest first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.paper import figures
from nianjian.features.overview.pages.links import line_address
from nianjian.features.portrait import line_usage
from nianjian.features.portrait.line_usage import LineUse
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table


@require_safe
@page(Act.READ)
def lines(request: Request, code: str) -> HttpResponse:
    """Fifty lines at a time."""
    today = clock.today()
    found = line_usage.find_line_usage(code, today)
    every = found.lines if found else ()
    shown: Page[LineUse] = paged(request, every, total=len(every))
    rows = versions_on(Line, code, today).filter(key__in=[one.line for one in shown.rows])
    known = {key: (name, team) for key, name, team in rows.order_by().values_list("key", "name", "team")}
    columns = [
        Column(gettext("line")),
        Column(gettext("state")),
        Column(gettext("name")),
        Column(gettext("team")),
        Column(gettext("last outbound call")),
        Column(gettext("days before the newest call"), figure=True),
    ]
    body = [_row(code, one, *known.get(one.line, ("", ""))) for one in shown.rows]
    context = {"found": found, "page": shown, "table": Table(gettext("Lines in use"), columns, body)}
    return render(request, "overview/lines.html", context)


def _row(code: str, one: LineUse, name: str | None, team: str | None) -> list[Cell]:
    return [
        Cell(one.line, href=line_address(code, one.line)),
        Cell(gettext("silent"), badge="warn") if one.silent else Cell(gettext("carries calls"), badge="good"),
        Cell(name or figures.DASH),
        Cell(team or figures.DASH),
        Cell(one.last.isoformat() if one.last else gettext("never")),
        Cell(figures.DASH if one.before is None else one.before, figure=True),
    ]
