"""One metric in full: formula, inputs, what was left out, rule and source, months, splits, and the way to the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nianjian.engines.metrics.drill_down import EXCLUDED, IDLE, components
from nianjian.engines.paper import drill, figures, fragments, pictures
from nianjian.engines.paper.results import exclusions, formula, rules
from nianjian.engines.paper.results.own import own
from nianjian.engines.paper.texts.portrait import SPLITS, name
from nianjian.engines.paper.words import Words
from nianjian.features.portrait.pages.drill_down_links import (
    Place,
    address_of,
    cells,
    inputs,
    part_name,
    plain_keys,
    ways_of_flags,
)
from nianjian.features.portrait.pages.portrait_context import Opened, get_portrait_or_404, safe, shared, translator
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, address, paged
from nianjian.platform.web.tables import Cell, Column, Table

# Other readings of a metric -> components that their numerator and denominator count; "": of no one component.
TWINS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("seat_vacancy", "conservative"): (IDLE, "filed"),
    ("complaint_rate", "attempts"): ("complaints", "delivered"),
    ("number_consistency", "evasion"): ("", "delivered"),
    ("closing_rate", "on_time"): ("on_time", "tickets"),
}


@require_safe
@page(Act.READ_OWN)
def metric(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """Everything about one metric; an outsourcer sees the own team's figures."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    found = [told for told in one.data["metrics"] if told["slug"] == slug]
    if not found:
        raise Http404
    told = found[0]
    if request.team is not None:
        return _own(request, one, slug, request.team)
    card, ways = figures.card(told, _), ways_of_flags(one, told)
    context = shared(request, one, "portrait") | _rules(one, slug, _) | {
        "slug": slug,
        "card": card,
        "flags": [(flag, ways.get(flag.code, "")) for flag in card.flags],
        "formulas": formula.formulas(told, _),
        "inputs": inputs(one, told, components(told), _),
        "left_out": _left_out(one, told, _),
        "twins": _twins(one, told, _),
        "chart": next((safe(_chart(c, one)) for c in pictures.charts(one.data, _) if c.name == slug), ""),
        **_split(request, one, told, _),
    }  # fmt: skip
    return render(request, "portrait/metric.html", context)


def _own(request: Request, one: Opened, slug: str, team: str) -> HttpResponse:
    _ = translator()
    mine = [told for told in own(one.data, team) if told["slug"] == slug]
    if not mine:
        raise Http404
    told = mine[0]
    light = str(told["light"])
    context = shared(request, one, "portrait") | _rules(one, slug, _) | {
        "slug": slug,
        "team": team,
        "title": name("metric", slug, _),
        "light": light,
        "word": name("light", light, _),
        "value": figures.amount(told["value"], told["unit"]),
        "inputs": inputs(one, told, told["components"], _),
    }  # fmt: skip
    return render(request, "portrait/own_metric.html", context)


def _rules(one: Opened, slug: str, _: Words) -> dict[str, Any]:
    return {
        "rules": rules.rules(one.data, slug, current(), _),
        "conflicts": rules.conflicts(one.data, slug, current()),
    }


def _left_out(one: Opened, told: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """(sentence, address of the rows or "")."""
    excluded = told["components"].get("excluded") or {}
    return [
        (text, address_of(one, told["slug"], f"{EXCLUDED}{reason}") if reason in excluded else "")
        for reason, text, _number in exclusions.sentences(one.data, told, _)
    ]


def _twins(one: Opened, told: Mapping[str, Any], _: Words) -> list[dict[str, Any]]:
    """Figures beside the headline: other readings, another day, the trailing twelve months."""
    titles = {
        "conservative": _("conservative: only opened seats that are filed"),
        "attempts": _("of delivered calls instead of answered ones"),
        "answered": _("of answered calls instead of delivered ones"),
        "evasion": _("landline and mobile share"),
        "on_time": _("closed on time"),
    }
    found = []
    for twin, row in told["twins"].items():
        title = _("as of {day}").format(day=row["as_of"]) if twin == "today" else titles.get(twin, twin)
        parts = TWINS.get((told["slug"], twin), ("", ""))
        found.append(_beside(title, row, told["unit"], _ways(one, told, row, parts, _), _))
    trailing = told.get("trailing")
    if trailing:
        title = _("twelve months from {day}").format(day=trailing["from"])
        found.append(_beside(title, trailing, told["unit"], _ways(one, told, trailing, ("", ""), _), _))
    return found


def _ways(
    one: Opened, told: Mapping[str, Any], row: Mapping[str, Any], parts: tuple[str, str], _: Words
) -> list[tuple[str, str, str]]:
    """(label, count, address of the rows) of numerator and denominator, where a component counts the very same."""
    known, found = components(told), []
    for field, part in zip(("numerator", "denominator"), parts, strict=True):
        same = bool(row[field]) and known.get(part) == row[field]
        label = part_name(part, _) if part else ""
        found.append((label, figures.count(row[field]), address_of(one, told["slug"], part) if same else ""))
    return found


def _beside(
    title: str, row: Mapping[str, Any], unit: str, counts: list[tuple[str, str, str]], _: Words
) -> dict[str, Any]:
    light = str(row.get("light") or "na")
    return {
        "title": title,
        "counts": counts,
        "value": figures.amount(row["value"], unit),
        "light": light,
        "word": name("light", light, _),
    }


def _chart(chart: pictures.Chart, one: Opened) -> str:
    return fragments.chart(chart.caption, chart.svg, one.link("portrait-chart", name=chart.name))


def _split(request: Request, one: Opened, told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    """The split that ``?split=`` chooses, 50 rows, each figure with the way to its rows."""
    there = [split for split in SPLITS if drill.rows(told, split)]
    if not there:
        return {"split_tabs": [], "table": None, "page": None}
    split = request.GET.get("split", there[0])
    split = split if split in there else there[0]
    rows = drill.rows(told, split)
    shown: Page[Any] = paged(request, rows, total=len(rows))
    title = name("split", split, _)
    fields = drill.COLUMNS[told["slug"]]
    columns = [Column(title), *(Column(_(text), figure=True) for text, _field in fields)]
    columns += [Column(f"{name('metric', told['slug'], _)} ({told['unit']})", figure=True), Column(_("light"))]
    keys = dict(zip(map(id, rows), plain_keys(one, told, split), strict=True))
    body = [
        [Cell(drill.key_text(row["key"], _)), *cells(one, told, Place(split, keys[id(row)], row), _)]
        for row in shown.rows
    ]
    return {
        "split_tabs": [
            (address(request, split=one_, page=""), name("split", one_, _), one_ == split) for one_ in there
        ],
        "split_title": title,
        "table": Table(title, columns, body),
        "page": shown,
    }
