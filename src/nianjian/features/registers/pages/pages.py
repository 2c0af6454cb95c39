"""What one reads: all registers, one as a list, one row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import figures
from nianjian.features.registers.operations import states
from nianjian.features.registers.pages import presenters
from nianjian.features.registers.pages.detail import detail
from nianjian.features.registers.pages.forms import FIRST, LAST, Filter
from nianjian.features.registers.pages.request_scope import may, sight, told_day
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import entries, filters, queries
from nianjian.platform.registers import queries as query
from nianjian.platform.registers.columns import Column, Sheet
from nianjian.platform.registers.queries import ReadScope, RegisterState
from nianjian.platform.registers.versions import Version
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.paging import address, paged

FORMATS: Final = (("xlsx", "Excel (xlsx)"), ("csv", "CSV"))


@require_safe
@page(Act.READ_OWN)
def overview(request: Request, code: str) -> HttpResponse:
    """Every register with its rows, its last change, what is not known and what runs out."""
    seen = sight(request)
    cards = [_card(code, one, seen) for one in states(request.enterprise, seen)]
    return render(request, "registers/overview.html", {"cards": cards, "day": seen.day, "told": told_day(seen)})


def _card(code: str, one: RegisterState, seen: ReadScope) -> dict[str, Any]:
    sheet = presenters.sheet_of(one.kind)
    there = reverse("registers-list", kwargs={"code": code, "kind": one.kind})
    day = f"&as_at={seen.day}" if told_day(seen) else ""
    gaps = [
        (f"{there}?missing={field}{day}", presenters.label(sheet.by_field(field)), _figure(count))
        for field, count in one.missing.items()
    ]
    expired = f"{there}?{LAST}{one.runs_out}={date.fromordinal(seen.day.toordinal() - 1)}{day}"
    expiring = f"{there}?{FIRST}{one.runs_out}={seen.day}&{LAST}{one.runs_out}={one.until}{day}"
    return {
        "href": f"{there}?as_at={seen.day}" if day else there,
        "title": presenters.title(one.kind),
        "rows": f"{figures.count(query.COUNTED)}+" if one.rows is None else one.rows,
        "many": figures.count(query.COUNTED) if one.rows is None else "",
        "last": one.last,
        "gaps": gaps,
        "expired": (expired, _figure(one.expired)) if one.runs_out and one.expired != 0 else None,
        "expiring": (expiring, _figure(one.expiring)) if one.runs_out and one.expiring != 0 else None,
        "until": one.until,
    }


def _figure(count: int | None) -> str:
    """A count as what leads to its rows; where nothing was counted, the offer to look."""
    return _("look") if count is None else str(count)


@require_safe
@page(Act.READ_OWN)
def rows(request: Request, code: str, kind: str) -> HttpResponse:
    """The rows that hold on a day, fifty at a time."""
    seen, sheet = sight(request, kind), presenters.sheet_of(kind)
    form = Filter(request.GET, sheet=sheet, teams=request.team is None and queries.has_team_scope(kind))
    asked = form.wanted()
    found: Any = []
    total: Any = 0
    try:
        found, total = query.filter_rows(kind, seen, asked), partial(query.count_rows, kind, seen, asked)
    except NianjianError as error:
        form.add_error(None, describe_error(error)[0])
    cut = paged(request, found, total=total)
    context = {
        "kind": kind,
        "register": presenters.title(kind),
        "form": form,
        "page": cut,
        "count": _count(cut.total),
        "wanted": asked,
        "day": seen.day,
        "told": told_day(seen),
        "query": request.GET.urlencode(),
        "by_value": [presenters.label(column) for column in filters.exact_columns(sheet)],
        "sealed": [presenters.label(column) for column in sheet.columns if column.personal],
        "may_load": may(request, Act.LOAD),
        "may_reveal": may(request, Act.REVEAL),
        "wizard": _wizard(code),
        "formats": FORMATS,
        **_table(request, code, kind, seen, cut.rows, asked),
    }
    return render(request, "registers/rows.html", context)


def _count(total: int | None) -> str:
    if total is None:
        return _("more than {most} rows").format(most=query.COUNTED)
    return _("one row") if total == 1 else _("{count} rows").format(count=total)


def _table(  # noqa: PLR0917 -- one part of `rows`
    request: Request,
    code: str,
    kind: str,
    seen: ReadScope,
    found: Sequence[Version],
    asked: filters.RowFilter,
) -> dict[str, Any]:
    sheet = presenters.sheet_of(kind)
    columns = _used(sheet, found, asked)
    sorts = {column.field for column in filters.sortable_columns(sheet)}
    return {
        "key_head": (presenters.key_label(sheet), *_sort(request, "", asked)),
        "heads": [
            (presenters.label(column), *(_sort(request, column.field, asked) if column.field in sorts else ("", "")))
            for column in columns
        ],
        "lines": [_line(code, kind, seen, version, columns) for version in found],
    }


def _used(sheet: Sheet, found: Sequence[Version], asked: filters.RowFilter) -> list[Column]:
    """Columns that hold anything on this page, or that were asked for; the key stands before them."""
    key = sheet.keys[0][0] if len(sheet.keys) == 1 == len(sheet.keys[0]) else ""
    named = {asked.sort, asked.missing, *asked.columns, *asked.first, *asked.last}

    def used(column: Column) -> bool:
        return column.field in named or any(getattr(version, column.field) is not None for version in found)

    return [column for column in entries.form_columns(sheet) if column.field != key and used(column)]


def _sort(request: Request, field: str, asked: filters.RowFilter) -> tuple[str, str]:
    """Address that sorts by a column ("": the key), and how it is sorted now."""
    here = asked.sort == field
    turned = f"-{field}" if here and not asked.descending else field
    state = ("descending" if asked.descending else "ascending") if here else ""
    return address(request, sort=turned, page=""), state


def _line(code: str, kind: str, seen: ReadScope, version: Version, columns: list[Column]) -> dict[str, Any]:
    sheet = presenters.sheet_of(kind)
    return {
        "pk": version.pk,
        "name": presenters.name(version, sheet),
        "href": presenters.address(code, kind, version.key, told_day(seen)),
        "cells": [presenters.value(getattr(version, column.field), column) for column in columns],
        "open": version.valid_to is None or version.valid_to >= clock.today(),
    }


def _wizard(code: str) -> str:
    """Address that an import begins at; "" where there is no wizard."""
    try:
        return reverse("data-import", kwargs={"code": code})
    except NoReverseMatch:
        return ""


@require_safe
@page(Act.READ_OWN)
def row(request: Request, code: str, kind: str, key: str) -> HttpResponse:
    """One row as at a day: its values, its neighbours, its papers, its history."""
    del code
    found = detail(request, kind, key)
    if found is None:
        raise Http404
    return render(request, "registers/row.html", found)
