"""Registers as they stand on a day: which there are, their rows masked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import Http404
from ninja import Query, Router, Schema

from nianjian.accounts.roles import Act
from nianjian.api.door.access import Request
from nianjian.api.door.operations import read
from nianjian.api.door.paging import Cut, Page, paged
from nianjian.api.v1.given import Day, Text
from nianjian.flows.register_states import states
from nianjian.kernel import clock
from nianjian.registers import kinds
from nianjian.registers.listing import cell
from nianjian.registers.rows import own, query
from nianjian.registers.rows.query import Sight
from nianjian.registers.rows.wanted import Wanted
from nianjian.registers.tables.column import Sheet
from nianjian.registers.versions.row import Version

router = Router(tags=["registers"])


class State(Schema):
    """A register: how many rows hold, the last change, how many rows lack a field, what runs out."""

    kind: str
    rows: int
    missing: dict[str, int]
    expired: int
    expiring: int


class Row(Schema):
    """A row as it holds from ``valid_from`` to ``valid_to`` (included); ``version``: what a change goes on from."""

    key: str
    version: int
    valid_from: date | None
    valid_to: date | None
    values: dict[str, Any]


class States(Schema):
    """Every register that the asker may see."""

    as_at: date
    items: list[State]


class RowsWanted(Schema):
    """Which rows: the day (today if none), a text in any plain column, a field to sort by (``-`` in front: down)."""

    as_at: Day | None = None
    q: Text = ""
    sort: Text = ""
    missing: Text = ""
    team: Text = ""


@read(router, "/enterprises/{code}/registers", act=Act.READ_OWN, answer=States)
def registers_states(request: Request, code: str, as_at: Annotated[Day | None, Query()] = None) -> dict[str, object]:
    """Every register, and how it stands."""
    sight = Sight(code, as_at or clock.today(), request.team)
    items = [
        {"kind": one.kind, "rows": one.rows, "missing": dict(one.missing), "expired": one.expired,
         "expiring": one.expiring}
        for one in states(request.enterprise, sight)
    ]  # fmt: skip
    return {"as_at": sight.day, "items": items}


@read(router, "/enterprises/{code}/registers/{kind}", act=Act.READ_OWN, answer=Page[Row])
def registers_list(
    request: Request, code: str, kind: str, cut: Query[Cut], looked: Query[RowsWanted]
) -> dict[str, object]:
    """The rows of a register that hold on a day; personal values masked. Fields as in the register's sheet."""
    del code
    sight = seen(request, kind, looked.as_at, looked.team)
    down = looked.sort.startswith("-")
    wanted = Wanted(text=looked.q, sort=looked.sort.removeprefix("-"), descending=down, missing=looked.missing)
    sheet = kinds.register(kind).sheet
    return paged(request, cut, query.found(kind, sight, wanted), lambda row: row_told(row, sheet))


def row_told(row: Version, sheet: Sheet, *, full: bool = False) -> dict[str, object]:
    """A row as it is answered, masked unless ``full``."""
    return {
        "key": row.key,
        "version": row.pk,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "values": {one.field: cell(getattr(row, one.field), one, full=full) for one in sheet.columns},
    }


def seen(request: Request, kind: str, day: date | None, team: str = "") -> Sight:
    """What the asker may see; Http404 for a kind that does not exist for the asker."""
    narrowed = request.team or (team or None if own.known(kind) else None)
    sight = Sight(request.enterprise.code, day or clock.today(), narrowed)
    if kind not in kinds.kinds() or not sight.sees(kind):
        raise Http404
    return sight
