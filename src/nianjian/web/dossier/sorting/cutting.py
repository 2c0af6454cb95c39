"""The page on which a person says which pages of one file are which paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.accounts.roles import Act
from nianjian.dossier.arrivals import query
from nianjian.dossier.arrivals.ranges import Range
from nianjian.flows.dossier import further, sorting
from nianjian.kernel.errors import NianjianError
from nianjian.web.data import shown as data
from nianjian.web.dossier.listing import in_reach
from nianjian.web.dossier.sorting import shown as told
from nianjian.web.layout.access import Request, page

ROWS, FREE = 6, 3  # on a page at least; of them empty ones
DIGITS: Final = 6  # of a page number: more is none of any file


@dataclass(frozen=True, slots=True)
class Row:
    """A range as it stands in the form."""

    number: int
    item: str
    first: str
    last: str


@require_safe
@page(Act.LOAD)
def shown(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """The ranges that its content speaks for, and empty rows; what seems to be one paper has empty rows alone."""
    row = sorting.one(enterprise=code, year=in_reach(year), arrival=arrival, actor=request.actor)
    parts = (query.proposal(row) or {}).get("papers", [])
    return _page(request, code, year, arrival, [(one["item"] or "", one["first"], one["last"]) for one in parts])


@require_POST
@page(Act.LOAD)
def cut(request: Request, code: str, year: int, arrival: int) -> HttpResponse:
    """Cut the file as a person has said; where that is refused, what was typed stands there still."""
    in_reach(year)
    rows = _given(request.POST)
    leave = request.POST.get("leave") == "yes"
    papers = [Range(item, _page_number(first), _page_number(last)) for item, first, last in rows if item]
    try:
        made = sorting.divide(
            enterprise=code, year=year, arrival=arrival, papers=papers, leave=leave, actor=request.actor
        )
    except NianjianError as fault:
        if fault.code == "dossier_arrival_unknown":
            raise
        messages.error(request, data.fault(fault))
        return _page(request, code, year, arrival, rows, leave=leave)
    messages.success(
        request, gettext("Papers that were cut out and are being checked: {count}.").format(count=len(made))
    )
    return redirect("dossier-sort", code=code, year=year)


def _page(
    request: Request, code: str, year: int, arrival: int, rows: Sequence[tuple[str, object, object]], *,
    leave: bool = False,
) -> HttpResponse:  # fmt: skip
    row = sorting.one(enterprise=code, year=year, arrival=arrival, actor=request.actor)
    choices = told.choices(further.of(code))
    filled = [Row(number, item, str(first), str(last)) for number, (item, first, last) in enumerate(rows, 1)]
    most = max(ROWS, len(filled) + FREE)
    empty = [Row(number, "", "", "") for number in range(len(filled) + 1, most + 1)]
    context = {
        "year": year,
        "file": told.waiting(row),
        "pages": (query.proposal(row) or {}).get("pages", 0),
        "rows": [*filled, *empty],
        "choices": choices,
        "leave": leave,
    }
    return render(request, "dossier/cut.html", context)


def _given(form: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """Rows in which something stands, in their order."""
    found: list[tuple[str, str, str]] = []
    for number in count(1):
        if f"item-{number}" not in form:
            return found
        item, first, last = (str(form.get(f"{name}-{number}", "")).strip() for name in ("item", "first", "last"))
        if item or first or last:
            found.append((item, first, last))
    return found


def _page_number(text: str) -> int:
    """0 where it is none: no file has such a page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0
