"""One row of a register: its values, its history, and what is written to it; nothing that stood is ever lost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import Http404
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.words import words
from nianjian.features.registers.api.lists import Row, get_scope_or_404, row_key, row_told
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.parameter_types import Day, Text
from nianjian.platform.api.problems import language
from nianjian.platform.registers import entries, kinds, queries, storage
from nianjian.platform.registers import queries as query
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.registers.versions import Version

router = Router(tags=["registers"])
ROW = "/enterprises/{code}/registers/{kind}/rows/{key}"
Id = Annotated[int, Field(ge=1, le=2**62)]
AsAt = Annotated[Day | None, Query()]


class Past(Row):
    """A version that was written; ``superseded_at`` null: the register still holds it true."""

    recorded_at: datetime
    superseded_at: datetime | None


class History(Schema):
    """The newest 50 versions of a row, newest first."""

    items: list[Past]


class NewRow(Schema):
    """A row: field -> text as in a sheet's cell; ``since`` null: since ever."""

    values: dict[str, Text]
    since: Day | None = None
    reason: Text = ""


class Change(Schema):
    """Other values of some fields over ``version``, the one that was seen.

    ``start``: first day of the change, null where what stood there was wrong for its whole span. ``over``: replace
    also what was recorded to begin since then.
    """

    version: Id
    values: dict[str, Text]
    start: Day | None = None
    over: bool = False
    reason: Text = ""


class End(Schema):
    """The row holds no longer from ``start`` on; ``version``: the one that was seen."""

    version: Id
    start: Day
    reason: Text


class Ends(Schema):
    """Rows that hold no longer from ``start`` on, all or none; ``versions``: those that were seen."""

    versions: list[Id] = Field(min_length=1, max_length=query.PAGE)
    start: Day
    reason: Text


class Count(Schema):
    """How many rows were written to."""

    count: int


class Note(Schema):
    """What the sheet warns about: it refuses nothing, but changes a light."""

    field: str
    code: str
    detail: str


class Group(Schema):
    """Rows of another register that hang together with this one: the first ten of ``total``."""

    kind: str
    total: int
    items: list[Row]


class Around(Schema):
    """What is worth a look at a row, and what hangs together with it."""

    notes: list[Note]
    groups: list[Group]


class Written(Schema):
    """The row that was written to."""

    key: str


@read(router, ROW, act=Act.READ_OWN, answer=Row)
def rows_get(request: Request, code: str, kind: str, key: str, as_at: AsAt = None) -> dict[str, object]:
    """A row as at a day, masked."""
    del code
    return row_told(_row(request, kind, key, as_at), kinds.register(kind).sheet)


@read(router, f"{ROW}/history", act=Act.READ_OWN, answer=History)
def rows_history(request: Request, code: str, kind: str, key: str) -> dict[str, object]:
    """What was ever written of a row, masked."""
    del code
    found = query.list_row_versions(kind, get_scope_or_404(request, kind, None), row_key(key))
    if not found:
        raise Http404
    sheet = kinds.register(kind).sheet
    stamps = [{"recorded_at": one.recorded_at, "superseded_at": one.superseded_at} for one in found]
    return {"items": [row_told(one, sheet) | stamp for one, stamp in zip(found, stamps, strict=True)]}


@read(router, f"{ROW}/around", act=Act.READ_OWN, answer=Around)
def rows_around(request: Request, code: str, kind: str, key: str, as_at: AsAt = None) -> dict[str, object]:
    """What the sheet warns about in a row, and its neighbours in other registers on a day, masked."""
    del code
    row, sight = _row(request, kind, key, as_at), get_scope_or_404(request, kind, as_at)
    word = words(language(request))
    noted = entries.list_warnings(row, kinds.register(kind).sheet)
    groups = queries.list_linked_rows(kind, sight, row)
    return {
        "notes": [
            {"field": at, "code": one.code, "detail": sentence(one.code, one.values(), word)} for at, one in noted
        ],
        "groups": [{"kind": one.link.kind, "total": one.total, "items": _rows(one)} for one in groups],
    }


@take(router, f"{ROW}/reveal", act=Act.REVEAL, answer=Row)
def rows_reveal(request: Request, code: str, kind: str, key: str, as_at: AsAt = None) -> dict[str, object]:
    """A row in full; the audit chain has the entry before."""
    row = _row(request, kind, key, as_at)
    storage.record_reveal(kind=kind, enterprise=code, version=row, actor=request.actor)
    return row_told(row, kinds.register(kind).sheet, full=True)


@write(router, "/enterprises/{code}/registers/{kind}/rows", act=Act.LOAD, answer=Written, status=201)
def rows_create(request: Request, code: str, kind: str, new: NewRow) -> dict[str, str]:
    """Write a new row."""
    get_scope_or_404(request, kind, None)
    texts = _texts(kind, new.values)
    key = storage.create_row(
        kind=kind, enterprise=code, texts=texts, since=new.since, reason=new.reason, actor=request.actor
    )
    return {"key": key}


@write(router, f"{ROW}/changes", act=Act.LOAD, answer=Written)
def rows_change(request: Request, code: str, kind: str, key: str, change: Change) -> dict[str, str]:
    """Write another version of a row."""
    _of(request, kind, key, change.version)
    storage.change_row(
        kind=kind,
        enterprise=code,
        version=change.version,
        texts=_texts(kind, change.values),
        start=change.start,
        over=change.over,
        reason=change.reason,
        actor=request.actor,
    )
    return {"key": row_key(key)}


@write(router, f"{ROW}/end", act=Act.LOAD, answer=Written)
def rows_end(request: Request, code: str, kind: str, key: str, end: End) -> dict[str, str]:
    """Let a row hold no longer."""
    _of(request, kind, key, end.version)
    storage.end_rows(
        kind=kind, enterprise=code, versions=[end.version], start=end.start, reason=end.reason, actor=request.actor
    )
    return {"key": row_key(key)}


@write(router, "/enterprises/{code}/registers/{kind}/ends", act=Act.LOAD, answer=Count)
def rows_end_several(request: Request, code: str, kind: str, ends: Ends) -> dict[str, int]:
    """Let several rows hold no longer, all or none."""
    get_scope_or_404(request, kind, None)
    wanted = list(dict.fromkeys(ends.versions))
    return {
        "count": storage.end_rows(
            kind=kind, enterprise=code, versions=wanted, start=ends.start, reason=ends.reason, actor=request.actor
        )
    }


def _rows(group: queries.LinkGroup) -> list[dict[str, object]]:
    sheet = kinds.register(group.link.kind).sheet
    return [row_told(one, sheet) for one in group.rows]


def _row(request: Request, kind: str, key: str, day: date | None) -> Version:
    found = query.find_row(kind, get_scope_or_404(request, kind, day), row_key(key))
    if found is None:
        raise Http404
    return found


def _of(request: Request, kind: str, key: str, version: int) -> None:
    """The version must be this row's: an address about one row writes to no other. One that is gone is stale."""
    sight: ReadScope = get_scope_or_404(request, kind, None)
    if query.find_latest_version(kind, sight, row_key(key)) is None:
        raise Http404
    if any(one.key != row_key(key) for one in query.list_versions_by_id(kind, sight, [version])):
        raise Http404


def _texts(kind: str, values: dict[str, Any]) -> dict[str, str]:
    """Check the fields' names: a value under a misspelt one would be lost without a word."""
    known = {one.field for one in entries.form_columns(kinds.register(kind).sheet)}
    for name in values:
        if name not in known:
            raise NianjianError("filter_unknown", column=name)
    return values
