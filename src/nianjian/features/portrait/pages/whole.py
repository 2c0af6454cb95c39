"""The whole portrait and its splits. The kept portrait is read and drawn; nothing is computed on a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from nianjian.engines.paper import advice, drill, figures, fragments, headline, pictures, quality
from nianjian.engines.paper.results.own import own
from nianjian.engines.paper.texts.portrait import SPLITS, name
from nianjian.engines.paper.words import Words
from nianjian.features.portrait.operations import portraits
from nianjian.features.portrait.operations.results import FORMS
from nianjian.features.portrait.pages.drill_down_links import Place, cells, inputs, plain_keys, ways_of_card
from nianjian.features.portrait.pages.forms import RunForm
from nianjian.features.portrait.pages.portrait_context import Opened, get_portrait_or_404, safe, shared, translator
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table


@require_safe
@page(Act.READ_OWN)
def newest(request: Request, code: str) -> HttpResponse:
    """Go to the newest data year; where there is none, to the overview, which says what to do first."""
    del request
    found = portraits.years(code)
    return redirect("portrait", code=code, year=found[0]) if found else redirect("overview", code=code)


@require_safe
@page(Act.READ_OWN)
def portrait(request: Request, code: str, year: int) -> HttpResponse:
    """The lights, the month charts, the advice, data quality, and the ways down; for an outsourcer the own figures."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    if request.team is not None:
        return _own(request, one, request.team, _)
    data = one.data
    cards = [
        (safe(fragments.card(card, _, ways_of_card(one, told))), one.link("portrait-metric", slug=card.slug))
        for card, told in zip(figures.cards(data, _), data["metrics"], strict=True)
    ]
    context = shared(request, one, "portrait") | {
        "years": portraits.years(code),
        "headline": safe(headline.html(data, _)),
        "cards": cards,
        "charts": [safe(_chart(chart, one)) for chart in pictures.charts(data, _)],
        "advice": advice.advice_lines(data, _),
        "quality": safe(quality.table(data, _)),
        "splits": ways_down(one, _),
        "forms": list(FORMS),
        "run_form": RunForm(initial={"as_of": data["period"]["as_of"], "province": data["province"]}),
    }
    return render(request, "portrait/portrait.html", context)


def _own(request: Request, one: Opened, team: str, _: Words) -> HttpResponse:
    rows = [
        {
            "title": name("metric", metric["slug"], _),
            "light": metric["light"],
            "word": name("light", metric["light"], _),
            "value": figures.amount(metric["value"], metric["unit"]),
            "parts": inputs(one, metric, metric["components"], _),
            "address": one.link("portrait-metric", slug=metric["slug"]),
        }
        for metric in own(one.data, team)
    ]
    return render(request, "portrait/own.html", shared(request, one, "portrait") | {"rows": rows, "team": team})


def _chart(chart: pictures.Chart, one: Opened) -> str:
    return fragments.chart(chart.caption, chart.svg, one.link("portrait-chart", name=chart.name))


@require_safe
@page(Act.READ)
def by(request: Request, code: str, year: int, split: str) -> HttpResponse:
    """One split: a row a line, team, display number, kind or month, 50 at a time."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    if split not in drill.splits(one.data):
        raise Http404
    title = name("split", split, _)
    metrics = [told for told in one.data["metrics"] if drill.rows(told, split)]
    table, shown = _grid(request, one, metrics, split, _)
    context = shared(request, one, "portrait") | {
        "split": split,
        "title": title,
        "table": table,
        "page": shown,
        "splits": ways_down(one, _),
    }
    return render(request, "portrait/by.html", context)


def _grid(
    request: Request, one: Opened, metrics: Sequence[Mapping[str, Any]], split: str, _: Words
) -> tuple[Table, Page[Any]]:
    """All metrics beside each other, a row a key; the order is that of the metric that has most rows."""
    columns, known = [Column(name("split", split, _))], []
    for told in metrics:
        columns += [Column(_(text), figure=True) for text, _field in drill.COLUMNS[told["slug"]]]
        columns += [Column(f"{name('metric', told['slug'], _)} ({told['unit']})", figure=True), Column(_("light"))]
        known.append(dict(zip(plain_keys(one, told, split), drill.rows(told, split), strict=True)))
    labels: dict[str | None, Any] = {}
    for rows in sorted(known, key=len, reverse=True):
        for key, row in rows.items():
            labels.setdefault(key, row["key"])
    order = sorted(labels, key=str) if split == drill.MONTH else list(labels)
    shown: Page[Any] = paged(request, order, total=len(order))
    body = [_grid_row(one, metrics, known, Place(split, key, None), labels[key], _) for key in shown.rows]
    form = "wide widest" if len(columns) > drill.MANY else "wide"
    return Table(name("split", split, _), columns, body, form=form), shown


def _grid_row(
    one: Opened,
    metrics: Sequence[Mapping[str, Any]],
    known: Sequence[Mapping[str | None, Mapping[str, Any]]],
    place: Place,
    label: object,
    _: Words,
) -> list[Cell]:
    found = [Cell(drill.key_text(label, _))]
    for told, rows in zip(metrics, known, strict=True):
        found += cells(one, told, replace(place, row=rows.get(place.key)), _)
    return found


def ways_down(one: Opened, _: Words) -> list[tuple[str, str, str]]:
    """(split, name, address) of each split there is."""
    there = drill.splits(one.data)
    return [(split, name("split", split, _), one.link("by", split=split)) for split in SPLITS if split in there]


@require_safe
@page(Act.READ)
def chart(request: Request, code: str, year: int, name: str) -> HttpResponse:
    """A chart's definition for the page that draws it anew."""
    one = get_portrait_or_404(request, code, year)
    found = [one for one in pictures.charts(one.data, translator()) if one.name == name]
    if not found:
        raise Http404
    return JsonResponse(found[0].specification)
