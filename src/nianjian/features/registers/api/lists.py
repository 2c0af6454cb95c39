"""Registers as they stand on a day: which there are, their rows masked."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import quote

from django.http import Http404
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.registers.operations import states
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, Text
from nianjian.platform.registers import kinds, queries, row_keys
from nianjian.platform.registers import queries as query
from nianjian.platform.registers.columns import Column, Sheet
from nianjian.platform.registers.filters import DAYS, RowFilter
from nianjian.platform.registers.queries import ReadScope, display_value
from nianjian.platform.registers.versions import Version

router = Router(tags=["registers"])
EQUAL, FIRST, LAST = "=", ">=", "<="
CONDITION = re.compile(rf"([a-z_]+)({FIRST}|{LAST}|{EQUAL})(.+)")


class State(Schema):
    """A register: how many rows hold, the last change, how many rows lack a field, what runs out up to ``until``.

    Null: not counted, for there are more than 10 000 rows.
    """

    kind: str
    rows: int | None
    last: datetime | None
    missing: dict[str, int | None]
    expired: int | None
    expiring: int | None
    until: date


class Row(Schema):
    """A row as it holds from ``valid_from`` to ``valid_to`` (included); ``version``: what a change goes on from.

    ``address``: the key as the row's address holds it, where ``~2F`` stands for a slash.
    """

    key: str
    address: str
    version: int
    valid_from: date | None
    valid_to: date | None
    values: dict[str, Any]


class States(Schema):
    """Every register that the asker may see."""

    as_at: date
    items: list[State]


class RowsWanted(Schema):
    """Which rows: the day (today if none), a text in any plain column, a field to sort by (``-`` in front: down).

    ``where``: a field with what it must hold, as ``team=T1``; a day with its edges, as ``valid_until>=2026-01-01``.
    """

    as_at: Day | None = None
    q: Text = ""
    sort: Text = ""
    missing: Text = ""
    team: Text = ""
    where: list[Text] = Field([], max_length=20)


@read(router, "/enterprises/{code}/registers", act=Act.READ_OWN, answer=States)
def registers_states(request: Request, code: str, as_at: Annotated[Day | None, Query()] = None) -> dict[str, object]:
    """Every register, and how it stands."""
    sight = ReadScope(code, as_at or clock.today(), request.team)
    items = [
        {"kind": one.kind, "rows": one.rows, "last": one.last, "missing": dict(one.missing), "expired": one.expired,
         "expiring": one.expiring, "until": one.until}
        for one in states(request.enterprise, sight)
    ]  # fmt: skip
    return {"as_at": sight.day, "items": items}


@read(router, "/enterprises/{code}/registers/{kind}", act=Act.READ_OWN, answer=Page[Row])
def registers_list(
    request: Request, code: str, kind: str, cut: Query[Cut], looked: Query[RowsWanted]
) -> dict[str, object]:
    """The rows of a register that hold on a day; personal values masked. Fields as in the register's sheet."""
    del code
    sight = get_scope_or_404(request, kind, looked.as_at, looked.team)
    sheet = kinds.register(kind).sheet
    return paged(
        request, cut, query.filter_rows(kind, sight, parse_row_filter(kind, looked)), lambda row: row_told(row, sheet)
    )


def parse_row_filter(kind: str, looked: RowsWanted) -> RowFilter:
    """What is looked for; ``filter_unreadable`` for a condition that its field cannot have, ``filter_unknown``."""
    found: dict[str, dict[str, Any]] = {EQUAL: {}, FIRST: {}, LAST: {}}
    known = {column.field: column for column in kinds.register(kind).sheet.columns}
    for text in looked.where:
        read = CONDITION.fullmatch(text)
        if read is None:
            raise NianjianError("filter_unreadable", column="where", value=text)
        name, sign, value = read.groups()
        if name not in known:
            raise NianjianError("filter_unknown", column=name)
        found[sign][name] = value if sign == EQUAL else _edge(known[name], value)
    return RowFilter(
        text=looked.q, columns=found[EQUAL], first=found[FIRST], last=found[LAST], missing=looked.missing,
        sort=looked.sort.removeprefix("-"), descending=looked.sort.startswith("-"),
    )  # fmt: skip


def _edge(column: Column, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or column.kind not in DAYS or not clock.FIRST_DAY <= day <= clock.LAST_DAY:
        raise NianjianError("filter_unreadable", column=column.header, value=text)
    return day


def row_told(row: Version, sheet: Sheet, *, full: bool = False) -> dict[str, object]:
    """A row as it is answered, masked unless ``full``."""
    return {
        "key": row.key,
        "address": quote(row_keys.encode_key(row.key), safe="~"),
        "version": row.pk,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "values": {one.field: display_value(getattr(row, one.field), one, full=full) for one in sheet.columns},
    }


def row_key(part: str) -> str:
    """The key that an address tells."""
    return row_keys.decode_key(part)


def get_scope_or_404(request: Request, kind: str, day: date | None, team: str = "") -> ReadScope:
    """What the asker may see; Http404 for a kind that does not exist for the asker."""
    narrowed = request.team or (team or None if queries.has_team_scope(kind) else None)
    sight = ReadScope(request.enterprise.code, day or clock.today(), narrowed)
    if kind not in kinds.kinds() or not sight.sees(kind):
        raise Http404
    return sight
