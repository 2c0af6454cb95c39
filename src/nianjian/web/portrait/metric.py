"""One metric in full: formula, inputs, what was left out, rule and source, months, splits, and the way to the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nianjian.accounts.roles import Act
from nianjian.flows import portraits
from nianjian.paper import drill, figures, fragments, pictures
from nianjian.paper.results import exclusions, formula, rules
from nianjian.paper.results.own import own
from nianjian.paper.texts.portrait import SPLITS, name
from nianjian.paper.words import Words
from nianjian.portrait.behind.ask import EXCLUDED, IDLE, components
from nianjian.portrait.behind.ask import SPLITS as NARROWED
from nianjian.web.layout.access import Request, page
from nianjian.web.layout.language import current
from nianjian.web.layout.paging import Page, address, paged
from nianjian.web.layout.tables import Cell, Column, Table
from nianjian.web.portrait.opened import NONE, Opened, opened, safe, shared, token, translator

# Field of a row of a split -> the component whose rows it counts, where they are not called the same.
BEHIND: Final[Mapping[str, Mapping[str, str]]] = {
    "complaint_rate": {"numerator": "complaints", "denominator": "answered"},
    "number_consistency": {"denominator": "delivered"},
    "closing_rate": {"numerator": "closed", "denominator": "tickets"},
}
TWINS: Final = ("conservative", "attempts", "answered", "evasion", "on_time", "today")


@require_safe
@page(Act.READ_OWN)
def metric(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """Everything about one metric; an outsourcer sees the own team's figures."""
    _ = translator()
    one = opened(request, code, year)
    found = [told for told in one.data["metrics"] if told["slug"] == slug]
    if not found:
        raise Http404
    told = found[0]
    if request.team is not None:
        return _own(request, one, slug, request.team)
    card = figures.card(told, _)
    context = shared(request, one, "portrait") | _rules(one, slug, _) | {
        "slug": slug,
        "card": card,
        "formulas": formula.formulas(told, _),
        "inputs": _inputs(one, told, components(told), _),
        "left_out": _left_out(one, told, _),
        "twins": _twins(told, _),
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
        "inputs": _inputs(one, told, told["components"], _),
    }  # fmt: skip
    return render(request, "portrait/own_metric.html", context)


def _rules(one: Opened, slug: str, _: Words) -> dict[str, Any]:
    return {
        "rules": rules.rules(one.data, slug, current(), _),
        "conflicts": rules.conflicts(one.data, slug, current()),
    }


def _inputs(one: Opened, told: Mapping[str, Any], counts: Mapping[str, int], _: Words) -> list[tuple[str, str, str]]:
    """(name, count, address of the rows) of each input; reckoned figures have no rows."""
    found = []
    for part, number in counts.items():
        if not part.startswith(EXCLUDED):
            label = _("filed, not opened") if part == IDLE else name("component", part, _)
            found.append((label, figures.count(number), _rows(one, told["slug"], part) if number else ""))
    reckoned = [part for part in ("allowance", "headroom") if part in told["components"]]
    return found + [(name("component", part, _), figures.count(told["components"][part]), "") for part in reckoned]


def _rows(one: Opened, slug: str, part: str, **keys: str) -> str:
    return one.link("portrait-rows", slug=slug, query={"class": part, **keys})


def _left_out(one: Opened, told: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """(sentence, address of the rows or "")."""
    excluded = told["components"].get("excluded") or {}
    return [
        (text, _rows(one, told["slug"], f"{EXCLUDED}{reason}") if reason in excluded else "")
        for reason, text, _number in exclusions.sentences(one.data, told, _)
    ]


def _twins(told: Mapping[str, Any], _: Words) -> list[dict[str, str]]:
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
        found.append(_beside(title, row, told["unit"], _))
    trailing = told.get("trailing")
    if trailing:
        found.append(_beside(_("twelve months from {day}").format(day=trailing["from"]), trailing, told["unit"], _))
    return found


def _beside(title: str, row: Mapping[str, Any], unit: str, _: Words) -> dict[str, str]:
    light = str(row.get("light") or "na")
    counts = f"{figures.count(row['numerator'])} / {figures.count(row['denominator'])}"
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
    keys = _keys(one, told, split) if split == "display" else {}
    body = [_row(one, told, split, row, keys, _) for row in shown.rows]
    return {
        "split_tabs": [
            (address(request, split=one_, page=""), name("split", one_, _), one_ == split) for one_ in there
        ],
        "split_title": title,
        "table": Table(title, columns, body),
        "page": shown,
    }


def _keys(one: Opened, told: Mapping[str, Any], split: str) -> dict[int, str]:
    """Position of a row -> its number as a token: the shown key is masked and names no single number."""
    whole = portraits.kept(one.code, one.year, one.run)
    metric = next(m for m in whole["metrics"] if m["slug"] == told["slug"]) if whole else told
    masked_rows: Sequence[Mapping[str, Any]] = told["splits"][split]
    return {
        id(masked): NONE if row["key"] is None else token(one.code, str(row["key"]))
        for masked, row in zip(masked_rows, metric["splits"][split], strict=True)
    }


def _row(
    one: Opened, told: Mapping[str, Any], split: str, row: Mapping[str, Any], tokens: Mapping[int, str], _: Words
) -> list[Cell]:
    slug = str(told["slug"])
    source = row if split != drill.MONTH else next(m for m in told["months"] if m["month"] == row["key"])
    key = tokens.get(id(source)) if split == "display" else NONE if row["key"] is None else str(row["key"])
    narrowed = split == drill.MONTH or split in NARROWED[slug]
    cells = [Cell(drill.key_text(row["key"], _))]
    for _text, field in drill.COLUMNS[slug]:
        part = BEHIND.get(slug, {}).get(field, field)
        number = row.get(field)
        href = _rows(one, slug, part, **{split: str(key)}) if number and key and narrowed else ""
        cells.append(Cell(figures.count(number), href=href, figure=True))
    light = str(row["light"])
    return [*cells, Cell(row.get("value") or figures.DASH, figure=True), Cell(name("light", light, _), code=light)]
