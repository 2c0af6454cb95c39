"""The rows behind a figure: in the drawer or as a page, searched, narrowed, taken along; the engine looks them up."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.drill_down import CALLS, EXCLUDED, MONTH, SPLITS, RowQuery, components, expected_count
from nianjian.engines.metrics.marketing import MARKETING
from nianjian.engines.paper import figures, sections
from nianjian.engines.paper.texts.calls import SOURCES, source_name
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words, mark, pair_text
from nianjian.engines.paper.workbook import rows_workbook
from nianjian.features.portrait import causes, operations, portraits, vacancies
from nianjian.features.portrait.operations import FORMS
from nianjian.features.portrait.pages.open_portrait import (
    NONE,
    OpenPortrait,
    find_figures_or_404,
    get_portrait_or_404,
    part_name,
    shared_context,
    token,
    translator,
)
from nianjian.features.portrait.portraits import Run
from nianjian.platform.accounts import access
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import as_attachment
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.paging import address
from nianjian.platform.web.tables import Cell

MONTHS: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
TO_SECOND: Final = 19  # characters of a moment
TABLES: Final = {"display_class": "component", "reason": "exclusion", "kind": "key"}
FREE: Final = frozenset({"q", "month", "page", "look", "drawer"})  # what a new search sets anew
SIZE: Final = 20  # rows of a page
LONGEST: Final = 60  # characters of what is looked for
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


#: Kind of rows -> columns that the drawer has room for; the page and the file have all.
NARROW: Final[Mapping[str, frozenset[str]]] = {
    "calls": frozenset({"start_ts", "display", "callee", "result", "line_id"}),
    "tickets": frozenset({"complaint_id", "accepted_ts", "source", "line", "closed_ts", "reason"}),
    "seats": frozenset({"seat_id", "kind", "filing", "filed_on", "opened_on"}),
}
#: Column -> the address of the record that its value names, with the name of the argument and what else it needs.
RECORDS: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    "complaint_id": ("complaints-one", "ticket", {}),
    "seat_id": ("registers-row", "key", {"kind": "seats"}),
    "line_id": ("registers-row", "key", {"kind": "lines"}),
    "line": ("registers-row", "key", {"kind": "lines"}),
    "team": ("registers-row", "key", {"kind": "teams"}),
}
NAMES: Final = {"line_id": "line", "line": "line", "team": "team"}  # column -> the split whose keys have names
DRAWER: Final = "panel-content"


@require_safe
@page(Permission.READ_OWN)
def rows(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """What is asked, with filters; the rows themselves come as a fragment, or at once with ``?look=1``."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    ask, text = _ask(request, one, slug), _text(request)
    whole = find_figures_or_404(portraits.find_portrait(code, year, one.run) or one.data, slug)
    counted = expected_count(whole if ask.seats is None else one.split_metric(slug), ask)
    total = None if text else counted
    drawer = request.headers.get("HX-Target") == DRAWER
    narrow = bool(request.htmx and "drawer" in request.GET)
    names = causes.list_names(one.data)
    context = shared_context(request, one) | {
        "slug": slug,
        "metric": _(MARKETING_CALLS) if slug == MARKETING else code_name("metric", slug, _),
        "part": part_name(ask.component, _),
        "narrowed": _narrowed(request, one, ask, names, _),
        "q": text,
        "hidden": [(name, value) for name, value in request.GET.items() if name not in FREE],
        # The figure over the rows and the rows themselves must agree.
        "total": None if total is None else figures.count_text(total),
        "address": address(request, look="", drawer="1" if drawer else ""),
        "look": address(request, look="1"),
        "whole": address(request, look="", drawer=""),
        "months": _months(one, ask),
        "export": f"{reverse('portrait-rows-export', args=[one.code, one.year, slug])}?{request.GET.urlencode()}",
        "back": one.link("portrait-marketing") if slug == MARKETING else one.link("portrait-metric", slug=slug),
    }
    if not (request.htmx and not drawer) and not request.GET.get("look"):
        return render(request, "portrait/rows_drawer.html" if drawer else "portrait/rows.html", context)
    row_page = operations.list_rows(
        enterprise=code, year=year, run=one.run, ask=ask, page=_page(request), actor=request.actor, text=text, size=SIZE
    )
    heads = [head for head in _columns(row_page.kind, slug) if not narrow or head[0] in NARROW[row_page.kind]]
    context |= _fragment(request, one, row_page, heads, names)
    return render(request, "portrait/rows_shown.html" if request.htmx else "portrait/rows.html", context)


def _text(request: Request) -> str:
    return request.GET.get("q", "").strip()[:LONGEST]


@require_POST
@page(Permission.READ_OWN)
def export(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """The rows as a workbook, as they are narrowed and searched, numbers masked."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    ask, names = _ask(request, one, slug), causes.list_names(one.data)
    row_page = operations.export_rows(
        enterprise=code, year=year, run=one.run, ask=ask, actor=request.actor, text=_text(request)
    )
    heads = _columns(row_page.kind, slug)
    body = [[_cell(row.get(column), column, names, _).text for column, _head in heads] for row in row_page.rows]
    title = f"{code_name('metric', slug, _)} {part_name(ask.component, _)}"
    content = rows_workbook(title, [_(head) for _column, head in heads], body)
    response = HttpResponse(content, content_type=FORMS["xlsx"][0])
    return as_attachment(response, f"{code}-{year}-{slug}-{ask.component}.xlsx")


def _columns(kind: str, slug: str) -> tuple[tuple[str, str], ...]:
    return COLUMNS[kind] + (PURPOSE if slug == MARKETING else ())


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
            value = request.GET[split]
            key = None if value == NONE else value
            keys[split] = _number(one, slug, key) if split == "display" and key is not None else key
    if request.team is not None:
        if "team" not in SPLITS[slug]:
            raise Http404
        keys["team"] = request.team
    if slug == vacancies.SLUG and "team" in request.GET and one.known is not None:
        return _ask_team_seats(one, one.known, RowQuery(slug, component, keys, month), request.GET["team"])
    ask = RowQuery(slug, component, keys, month)
    if month is None and operations.needs_month(one.data, ask):
        ask = RowQuery(slug, component, keys, operations.first_month(one.data, slug))
    return ask


def _ask_team_seats(one: OpenPortrait, run: Run, ask: RowQuery, value: str) -> RowQuery:
    """The same of a team's seats, which the register tells; 404 for a team that had none."""
    team = None if value == NONE else value
    ends = {row["month"]: row["as_of"] for row in one.metric(ask.slug)["months"]}
    day = ends.get(ask.month) if ask.month else one.data["period"]["as_of"]
    seats = vacancies.list_team_seats(one.data, run, team, date.fromisoformat(day)) if day else None
    if not seats:
        raise Http404
    return replace(ask, keys={**ask.keys, "team": team}, seats=seats)


def _number(one: OpenPortrait, slug: str, value: str) -> str:
    """The displayed number that a token stands for."""
    for row in one.unmasked_metric(slug)["splits"].get("display", ()):
        if row["key"] is not None and token(one.code, str(row["key"])) == value:
            return str(row["key"])
    raise Http404


def _page(request: Request) -> int:
    text = request.GET.get("page", "1")
    sensible = text.isascii() and text.isdigit() and len(text) <= len(str(FARTHEST))
    return min(max(int(text), 1), FARTHEST) if sensible else 1


def _narrowed(
    request: Request, one: OpenPortrait, ask: RowQuery, names: causes.Names, _: Words
) -> list[tuple[str, str]]:
    """(how the rows are narrowed, the address without it); a displayed number as it may be shown."""
    said = []
    for split, key in ask.keys.items():
        is_number = split == "display" and key is not None
        text = _mask_number(one, ask.slug, str(key)) if is_number else sections.key_text(key, _)
        name = names.get(split, {}).get(key or "", "")
        words = pair_text(code_name("split", split, _), f"{text} {name}".strip(), _)
        said.append((words, address(request, **{split: ""}, page="", look="")))
    return said


def _mask_number(one: OpenPortrait, slug: str, key: str) -> str:
    plain, masked = (metric["splits"]["display"] for metric in (one.unmasked_metric(slug), one.metric(slug)))
    return next((str(entry["key"]) for row, entry in zip(plain, masked, strict=True) if row["key"] == key), "")


def _months(one: OpenPortrait, ask: RowQuery) -> list[tuple[str, str, bool]]:
    """(value, month, chosen) of the months that one may narrow to."""
    free = [] if operations.needs_month(one.data, ask) else [""]
    counted = [row["month"] for row in find_figures_or_404(one.data, ask.slug)["months"] if row["denominator"]]
    return [(month, month_text(month) if month else "", month == (ask.month or "")) for month in (*free, *counted)]


def month_text(month: str) -> str:
    """``2026-03`` as people say it."""
    return date_format(date.fromisoformat(f"{month}-01"), "YEAR_MONTH_FORMAT")


def _fragment(
    request: Request,
    one: OpenPortrait,
    row_page: operations.RowPage,
    heads: Sequence[tuple[str, str]],
    names: causes.Names,
) -> dict[str, Any]:
    _, number = translator(), _page(request)
    may = row_page.kind != "seats" and access.has_permission(request.actor, one.code, Permission.VIEW_UNMASKED)
    return {
        "shown": True,
        "kind": row_page.kind,
        "header": [_(text) for _column, text in heads],
        "body": [
            {
                "cells": [_cell(row.get(column), column, names, _, one.code) for column, _text in heads],
                "key": _key(row, row_page.kind) if may else {},
            }
            for row in row_page.rows
        ],
        "may_reveal": may,
        "reveal": one.link("portrait-reveal"),
        "first": (number - 1) * SIZE + 1 if row_page.rows else 0,
        "last": (number - 1) * SIZE + len(row_page.rows),
        "earlier": address(request, page=str(number - 1)) if number > 1 else "",
        "later": address(request, page=str(number + 1)) if row_page.more and number < FARTHEST else "",
    }


def _cell(value: object, column: str, names: causes.Names, _: Words, code: str = "") -> Cell:
    """A value as it is shown, with the way to its record; ``code`` "": for a file, which has no ways."""
    if column not in RECORDS or value is None or value == "":
        return Cell(_text_of(value, column, _))
    text = str(value)
    name = names.get(NAMES.get(column, ""), {}).get(text, "")
    label = f"{text} {name}" if name and name != text else text
    known = name or column not in NAMES  # a file's line is a line of the register only where that has it
    if not code or not known:
        return Cell(label)
    route, argument, more = RECORDS[column]
    return Cell(label, href=reverse(route, kwargs={"code": code, argument: text, **more}))


def _text_of(value: object, column: str, _: Words) -> str:
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
    numbers = operations.reveal_row(enterprise=code, year=year, run=one.run, kind=kind, key=key, actor=request.actor)
    context = shared_context(request, one) | {"told": numbers, "kind": kind}
    return render(request, "portrait/revealed.html" if request.htmx else "portrait/revealed_page.html", context)
