"""The rows behind a figure: a page that stands at once, and a fragment with 50 rows that the engine looks up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.drill_down import CALLS, EXCLUDED, MONTH, SPLITS, RowQuery, components, expected_count
from nianjian.engines.metrics.marketing import MARKETING
from nianjian.engines.paper import figures, sections
from nianjian.engines.paper.texts.calls import SOURCES, source_name
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words, mark
from nianjian.features.portrait import operations, portraits
from nianjian.features.portrait.pages.portrait import (
    NONE,
    OpenPortrait,
    find_figures_or_404,
    get_portrait_or_404,
    part_name,
    shared_context,
    token,
    translator,
)
from nianjian.platform.accounts import access
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.paging import address

MONTHS: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
TO_SECOND: Final = 19  # characters of a moment
TABLES: Final = {"display_class": "component", "reason": "exclusion", "kind": "key"}
FARTHEST: Final = 200  # pages: who wants row 10,001 narrows the question
# Kind of rows -> (column, heading) as shown.
COLUMNS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "calls": (
        ("start_ts", mark("start")), ("display", mark("displayed number")), ("display_class", mark("class")),
        ("callee", mark("called number")), ("answered", mark("answered")), ("result", mark("result")),
        ("line_id", mark("line")), ("team", mark("team")), ("kind", mark("seat kind")), ("source", mark("source")),
        ("line", mark("line of the file")),
    ),
    "tickets": (
        ("complaint_id", mark("ticket")), ("source", mark("complaint channel")), ("reference", mark("reference")),
        ("accepted_ts", mark("accepted")), ("closed_ts", mark("closed")), ("complainant", mark("complainant")),
        ("complained", mark("complained number")), ("reason", mark("excluded for")), ("line", mark("line")),
        ("team", mark("team")), ("kind", mark("seat kind")), ("how", mark("matched by")),
    ),
    "seats": (
        ("seat_id", mark("seat")), ("kind", mark("seat kind")), ("filing", mark("filing")),
        ("filed_on", mark("filed on")), ("cancelled_on", mark("cancelled on")), ("opened_on", mark("opened on")),
        ("closed_on", mark("closed on")),
    ),
}  # fmt: skip
PURPOSE: Final = (("purpose", mark("purpose")),)
MARKETING_CALLS: Final = mark("Marketing calls")
WORDS: Final = {
    "filed": mark("filed"), "cancelled": mark("cancelled"), "unfiled": mark("unfiled"), "id": mark("call id"),
    "ten_minutes": mark("numbers within ten minutes"), "day": mark("numbers on the same day"),
    "busy": mark("busy"), "no_answer": mark("not answered"), "failed": mark("failed"), "rejected": mark("rejected"),
    "blocked": mark("blocked"), "unknown": mark("unknown"), "answered": mark("answered"),
}  # fmt: skip


@require_safe
@page(Permission.READ_OWN)
def rows(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """The page with what is asked; the rows themselves come as a fragment, or at once with ``?look=1``."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    ask = _ask(request, one, slug)
    number = _page(request)
    total = expected_count(find_figures_or_404(portraits.find_portrait(code, year, one.run) or one.data, slug), ask)
    context = shared_context(request, one) | {
        "slug": slug,
        "metric": _(MARKETING_CALLS) if slug == MARKETING else code_name("metric", slug, _),
        "part": part_name(ask.component, _),
        "narrowed": _narrowed(one, ask, _),
        # The figure over the rows and the rows themselves must agree.
        "total": None if total is None else figures.count_text(total),
        "address": address(request, look=""),
        "look": address(request, look="1"),
        "months": _months(request, one, ask),
        "back": one.link("portrait-marketing") if slug == MARKETING else one.link("portrait-metric", slug=slug),
    }
    if not (request.htmx or request.GET.get("look")):
        return render(request, "portrait/rows.html", context)
    found = operations.list_rows(enterprise=code, year=year, run=one.run, ask=ask, page=number, actor=request.actor)
    context |= _fragment(request, one, found, number, _, marketing=slug == MARKETING)
    return render(request, "portrait/rows_shown.html" if request.htmx else "portrait/rows.html", context)


def _ask(request: Request, one: OpenPortrait, slug: str) -> RowQuery:
    """Read the question out of the address; 404 for a metric, class or month that there is not."""
    component = request.GET.get("class", "")
    month = request.GET.get(MONTH) or None
    known = component in components(find_figures_or_404(one.data, slug)) or component.startswith(EXCLUDED)
    if not known or (month is not None and not MONTHS.fullmatch(month)):
        raise Http404
    keys: dict[str, str | None] = {}
    for split in SPLITS[slug]:
        if split in request.GET:
            given = request.GET[split]
            key = None if given == NONE else given
            keys[split] = _number(one, slug, key) if split == "display" and key is not None else key
    if request.team is not None:
        if "team" not in SPLITS[slug]:
            raise Http404
        keys["team"] = request.team
    ask = RowQuery(slug, component, keys, month)
    if month is None and operations.needs_month(one.data, ask):
        ask = RowQuery(slug, component, keys, operations.first_month(one.data, slug))
    return ask


def _number(one: OpenPortrait, slug: str, given: str) -> str:
    """The displayed number that a token stands for."""
    for row in one.unmasked_metric(slug)["splits"].get("display", ()):
        if row["key"] is not None and token(one.code, str(row["key"])) == given:
            return str(row["key"])
    raise Http404


def _page(request: Request) -> int:
    text = request.GET.get("page", "1")
    sensible = text.isascii() and text.isdigit() and len(text) <= len(str(FARTHEST))
    return min(max(int(text), 1), FARTHEST) if sensible else 1


def _narrowed(one: OpenPortrait, ask: RowQuery, _: Words) -> list[str]:
    """How the rows are narrowed, in words; a displayed number as it may be shown."""
    said = []
    for split, key in ask.keys.items():
        shown = split == "display" and key is not None
        text = _shown_number(one, ask.slug, str(key)) if shown else sections.key_text(key, _)
        said.append(f"{code_name('split', split, _)}: {text}")
    if ask.month is not None:
        said.append(f"{code_name('split', MONTH, _)}: {ask.month}")
    return said


def _shown_number(one: OpenPortrait, slug: str, key: str) -> str:
    plain, masked = (metric["splits"]["display"] for metric in (one.unmasked_metric(slug), one.metric(slug)))
    return next((str(shown["key"]) for row, shown in zip(plain, masked, strict=True) if row["key"] == key), "")


def _months(request: Request, one: OpenPortrait, ask: RowQuery) -> list[tuple[str, str, bool]]:
    """(address, month, here) of the months that one may narrow to."""
    free = [] if operations.needs_month(one.data, ask) else [""]
    counted = [row["month"] for row in find_figures_or_404(one.data, ask.slug)["months"] if row["denominator"]]
    return [
        (address(request, month=month, page="", look=""), month, month == (ask.month or ""))
        for month in (*free, *counted)
    ]


def _fragment(
    request: Request, one: OpenPortrait, found: operations.RowPage, number: int, _: Words, *, marketing: bool
) -> dict[str, Any]:
    heads = COLUMNS[found.kind] + (PURPOSE if marketing else ())
    may = found.kind != "seats" and access.has_permission(request.actor, one.code, Permission.VIEW_UNMASKED)
    return {
        "shown": True,
        "kind": found.kind,
        "header": [_(text) for _column, text in heads],
        "body": [
            {
                "cells": [_cell(row.get(column), column, _) for column, _text in heads],
                "key": _key(row, found.kind) if may else {},
            }
            for row in found.rows
        ],
        "may_reveal": may,
        "reveal": one.link("portrait-reveal"),
        "first": (number - 1) * operations.SIZE + 1 if found.rows else 0,
        "last": (number - 1) * operations.SIZE + len(found.rows),
        "earlier": address(request, page=str(number - 1)) if number > 1 else "",
        "later": address(request, page=str(number + 1)) if found.more and number < FARTHEST else "",
    }


def _cell(value: object, column: str, _: Words) -> str:
    if value is None or value == "":
        return figures.DASH
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    if column in TABLES:
        return code_name(TABLES[column], text, _)
    if column == "source":
        return source_name(text, _) if text in SOURCES else sections.key_text(text, _)
    if column in {"filing", "how", "result"}:
        return _(WORDS[text]) if text in WORDS else text
    return text[:TO_SECOND] if column.endswith("_ts") else text


def _key(row: Mapping[str, Any], kind: str) -> dict[str, str]:
    """What names a row for revealing it: its place in a file, or the ticket's own number."""
    if kind == CALLS:
        return {"part": str(row["start_ts"])[:7], "file": str(row["file"]), "line": str(row["line"])}
    return {"complaint_id": str(row["complaint_id"])}


@require_POST
@page(Permission.VIEW_UNMASKED)
def reveal(request: Request, code: str, year: int) -> HttpResponse:
    """The numbers of one row in full, written into the audit chain first."""
    one = get_portrait_or_404(request, code, year)
    kind = request.POST.get("kind", "")
    names = ("part", "file", "line") if kind == CALLS else ("complaint_id",)
    key = {field: request.POST.get(field, "") for field in names}
    if not all(key.values()) or (kind == CALLS and not key["line"].isdecimal()):
        raise NianjianError("portrait_row_unknown")
    told = operations.reveal_row(enterprise=code, year=year, run=one.run, kind=kind, key=key, actor=request.actor)
    context = shared_context(request, one) | {"told": told, "kind": kind}
    return render(request, "portrait/revealed.html" if request.htmx else "portrait/revealed_page.html", context)
