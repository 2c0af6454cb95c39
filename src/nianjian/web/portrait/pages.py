"""The portrait's pages. The kept portrait is read, masked and drawn; nothing is computed on a request."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from nianjian.accounts.roles import Act
from nianjian.flows import portraits
from nianjian.paper import advice, drill, figures, fragments, headline, pictures, quality
from nianjian.paper.masking import masked
from nianjian.paper.texts.portrait import SPLITS, name
from nianjian.paper.words import Words, words
from nianjian.web.layout.access import Request, page
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
