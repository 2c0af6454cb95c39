"""The page on which a person says which pages of one file are which paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.arrivals import query
from nianjian.features.dossier.arrivals.ranges import Range
from nianjian.features.dossier.operations import cutting, further, sorting
from nianjian.features.dossier.operations.cutting import STEP
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.features.dossier.pages.pictures.pages import beginning
from nianjian.features.dossier.pages.pictures.shown import bare
from nianjian.features.dossier.pages.sorting import shown as told
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.work import progressing

ROWS, FREE = 6, 3  # on a page at least; of them empty ones
DIGITS: Final = 6  # of a page number: more is none of any file


@dataclass(frozen=True, slots=True)
class Row:
    """A range as it stands in the form."""

    number: int
    item: str
    first: str
    last: str


Typed = Sequence[tuple[str, object, object]]


@require_safe
@page(Act.LOAD)
def shown(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """The ranges that its content speaks for, or that were asked for last and refused; once it is cut, what came."""
    last = cutting.last(code, in_reach(year), arrival)
    if last is not None and last.state == data.DONE:
        return redirect("data-job", code=code, job=last.id)
    row = sorting.one(enterprise=code, year=year, arrival=arrival, actor=request.actor)
    parts: list[dict[str, Any]] = (query.proposal(row) or {}).get("papers", [])
    if last is None:
        return _page(request, code, year, arrival, _typed(parts))
    asked = _typed(cast("list[dict[str, Any]]", last.payload["papers"]))
    return _page(request, code, year, arrival, asked, leave=bool(last.payload["leave"]))


@require_POST
@page(Act.LOAD)
def cut(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """Have the file cut as a person has said; where that is refused, what was typed stands there still."""
    in_reach(year)
    rows, leave = _given(request.POST)
    papers = [Range(item, _page_number(first), _page_number(last)) for item, first, last in rows if item]
    try:
        cutting.ask(enterprise=code, year=year, arrival=arrival, papers=papers, leave=leave, actor=request.actor)
    except NianjianError as fault:
        if fault.code == "dossier_arrival_unknown":
            raise
        messages.error(request, data.fault(fault))
        return _page(request, code, year, arrival, rows, leave=leave)
    return redirect("dossier-cut", code=code, year=year, arrival=arrival)


@require_POST
@page(Act.REVEAL)
def pictures(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """The same with pictures of the pages, in the audit chain before; what was typed stands there still."""
    in_reach(year)
    rows, leave = _given(request.POST)
    return _page(request, code, year, arrival, rows, leave=leave, first=beginning(request.POST.get("from", "")))


def _page(
    request: Request, code: str, year: int, arrival: int, rows: Typed, *, leave: bool = False, first: int = 0
) -> HttpResponse:
    """``first``: the page from which on pictures are shown; 0: none are."""
    place = {"enterprise": code, "year": year, "arrival": arrival, "actor": request.actor}
    row = sorting.one(**place)  # type: ignore[arg-type] # as they stand above
    seen = cutting.shown(**place, first=first) if first else []  # type: ignore[arg-type] # the same
    filled = [Row(number, item, str(begin), str(end)) for number, (item, begin, end) in enumerate(rows, 1)]
    most = max(ROWS, len(filled) + FREE)
    empty = [Row(number, "", "", "") for number in range(len(filled) + 1, most + 1)]
    last, pages = cutting.last(code, year, arrival), cutting.counted(row)
    context = {
        "year": year,
        "file": told.waiting(row),
        "pages": pages,
        "rows": [*filled, *empty],
        "choices": told.choices(further.of(code)),
        "leave": leave,
        "sheets": [bare(one) for one in seen],
        "first": first,
        "last": seen[-1].page if seen else 0,
        "back": max(1, first - STEP) if first > 1 else 0,
        "on": first + STEP if first and first + STEP <= pages else 0,
        "drawn": cutting.there(arrival),
        "may_reveal": may(request.actor, code, Act.REVEAL),
        "refused": data.told(last.error)[0] if last is not None and last.state == "failed" else "",
        **({"working": True, **progressing(code, last)} if last and not last.over else {"working": False}),
    }
    return render(request, "dossier/cut.html", context)


def _typed(parts: Sequence[Mapping[str, Any]]) -> Typed:
    return [(one["item"] or "", one["first"], one["last"]) for one in parts]


def _given(form: Mapping[str, object]) -> tuple[list[tuple[str, str, str]], bool]:
    """Rows in which something stands, in their order; whether other pages may be lost."""
    found: list[tuple[str, str, str]] = []
    for number in count(1):
        if f"item-{number}" not in form:
            break
        item, first, last = (str(form.get(f"{name}-{number}", "")).strip() for name in ("item", "first", "last"))
        if item or first or last:
            found.append((item, first, last))
    return found, form.get("leave") == "yes"


def _page_number(text: str) -> int:
    """0 where it is none: no file has such a page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0
