"""The portrait's pages. The kept portrait is read, masked and drawn; nothing is computed on a request."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from nianjian.accounts import access, query
from nianjian.accounts.roles import Act
from nianjian.flows import portraits
from nianjian.paper import advice, drill, figures, fragments, headline, pictures, quality
from nianjian.paper.masking import masked
from nianjian.paper.texts.portrait import SPLITS, name
from nianjian.paper.words import Words, words
from nianjian.web.layout.access import Request, page, person
from nianjian.web.layout.language import current


def _translator() -> Words:
    return words(current())


def _kept(code: str, year: int) -> dict[str, Any]:
    portrait = portraits.kept(code, year)
    if portrait is None:
        raise Http404
    return masked(portrait)


def _safe(html: str) -> SafeString:
    """Mark markup from `paper.fragments`, which escapes every text, as ready for the template."""
    return SafeString(html)


@require_safe
@person
def first(request: Request) -> HttpResponse:
    """Choose an enterprise; with a single one go straight to it."""
    enterprises = [one for one in query.enterprises() if access.may(request.actor, one.code, Act.READ_OWN)]
    if len(enterprises) == 1:
        return redirect("newest", code=enterprises[0].code)
    _ = _translator()
    rows = []
    for one in enterprises:
        found = portraits.years(one.code)
        newest = portraits.kept(one.code, found[0]) if found else None
        light = str(newest["light"]) if newest else ""
        word = name("light", light, _) if light else ""
        year = found[0] if found else None
        rows.append({"code": one.code, "name": one.name, "year": year, "light": light, "word": word})
    return render(request, "portrait/first.html", {"rows": rows})


@require_safe
@page(Act.READ)
def newest(request: Request, code: str) -> HttpResponse:
    """Show the newest data year, or how to make the first portrait."""
    found = portraits.years(code)
    if found:
        return redirect("portrait", code=code, year=found[0])
    return render(request, "portrait/none.html")


@require_safe
@page(Act.READ)
def portrait(request: Request, code: str, year: int) -> HttpResponse:
    """The lights, the month charts, the advice, data quality, and the ways down."""
    _ = _translator()
    data = _kept(code, year)
    context = {
        "year": year,
        "years": portraits.years(code),
        "data": data,
        "headline": _safe(headline.html(data, _)),
        "cards": [_safe(fragments.card(card, _)) for card in figures.cards(data, _)],
        "charts": [_safe(fragments.chart(one.caption, one.svg)) for one in pictures.charts(data, _)],
        "advice": advice.advice_lines(data, _),
        "quality": _safe(quality.table(data, _)),
        "splits": _splits(data, _),
    }
    return render(request, "portrait/portrait.html", context)


@require_safe
@page(Act.READ)
def by(request: Request, code: str, year: int, split: str) -> HttpResponse:
    """One split: a row a line, team, display number, kind or month."""
    _ = _translator()
    data = _kept(code, year)
    if split not in drill.splits(data):
        raise Http404
    context = {
        "year": year,
        "split": split,
        "title": name("split", split, _),
        "table": _safe(drill.table(data, split, _)),
        "splits": _splits(data, _),
    }
    return render(request, "portrait/by.html", context)


def _splits(data: dict[str, Any], _: Words) -> list[tuple[str, str]]:
    there = drill.splits(data)
    return [(split, name("split", split, _)) for split in SPLITS if split in there]
