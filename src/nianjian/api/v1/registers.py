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
from nianjian.registers.tables.column import Column
from nianjian.registers.versions.row import Version

router = Router(tags=["registers"])


class State(Schema):
    """A register: how many rows hold, the last change, how many rows lack a field, what runs out."""

    kind: str
    rows: int
    missing: dict[str, int]
    expired: int
    expiring: int


class States(Schema):
    """Every register that the asker may see."""

    as_at: date
    items: list[State]


class Looked(Schema):
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


@read(router, "/enterprises/{code}/registers/{kind}", act=Act.READ_OWN, answer=Page[dict[str, Any]])
def registers_list(request: Request, code: str, kind: str, cut: Query[Cut], looked: Query[Looked]) -> dict[str, object]:
    """The rows of a register that hold on a day; personal values masked. Fields as in the register's sheet."""
    team = request.team or (looked.team or None if own.known(kind) else None)
    sight = Sight(code, looked.as_at or clock.today(), team)
    if kind not in kinds.kinds() or not sight.sees(kind):
        raise Http404
    down = looked.sort.startswith("-")
    wanted = Wanted(text=looked.q, sort=looked.sort.removeprefix("-"), descending=down, missing=looked.missing)
    columns = kinds.register(kind).sheet.columns
    return paged(request, cut, query.found(kind, sight, wanted), lambda row: _row(row, columns))


def _row(row: Version, columns: tuple[Column, ...]) -> dict[str, object]:
    shown = {one.field: cell(getattr(row, one.field), one) for one in columns}
    return shown | {"valid_from": row.valid_from, "valid_to": row.valid_to}
