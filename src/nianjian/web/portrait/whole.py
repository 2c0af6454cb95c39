"""The whole portrait and its splits. The kept portrait is read and drawn; nothing is computed on a request."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from nianjian.accounts.roles import Act
from nianjian.flows import portraits
from nianjian.flows.results.export import FORMS
from nianjian.paper import advice, drill, figures, fragments, headline, pictures, quality
from nianjian.paper.results.own import own
from nianjian.paper.texts.portrait import SPLITS, name
from nianjian.paper.words import Words
from nianjian.web.layout.access import Request, page
from nianjian.web.layout.paging import Page, paged
from nianjian.web.portrait.forms import RunForm
from nianjian.web.portrait.opened import Opened, opened, safe, shared, translator


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
    one = opened(request, code, year)
    if request.team is not None:
        return _own(request, one, request.team, _)
    data = one.data
    cards = [
        (safe(fragments.card(card, _)), one.link("portrait-metric", slug=card.slug)) for card in figures.cards(data, _)
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
            "parts": [
                (name("component", part, _), figures.count(number)) for part, number in metric["components"].items()
            ],
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
    one = opened(request, code, year)
    if split not in drill.splits(one.data):
        raise Http404
    title = name("split", split, _)
    header, rows = drill.grid(one.data, split, _)
    shown: Page[Any] = paged(request, rows, total=len(rows))
    form = "wide widest" if len(header) > drill.MANY else "wide"
    context = shared(request, one, "portrait") | {
        "split": split,
        "title": title,
        "table": safe(fragments.table(title, header, shown.rows, form=form)),
        "page": shown,
        "splits": ways_down(one, _),
    }
    return render(request, "portrait/by.html", context)


def ways_down(one: Opened, _: Words) -> list[tuple[str, str, str]]:
    """(split, name, address) of each split there is."""
    there = drill.splits(one.data)
    return [(split, name("split", split, _), one.link("by", split=split)) for split in SPLITS if split in there]


@require_safe
@page(Act.READ)
def chart(request: Request, code: str, year: int, name: str) -> HttpResponse:
    """A chart's definition for the page that draws it anew."""
    one = opened(request, code, year)
    found = [one for one in pictures.charts(one.data, translator()) if one.name == name]
    if not found:
        raise Http404
    return JsonResponse(found[0].specification)
