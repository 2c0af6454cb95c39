"""The registers in the API: states, lists, rows with their history, writes, and the papers of a row."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import quote

from django.http import Http404, HttpResponse
from ninja import Field, Path, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import words
from nianjian.features.registers.operations import list_states
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, FileName, Text, attached
from nianjian.platform.api.problems import language
from nianjian.platform.registers import attachments, entries, kinds, queries, storage
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.registers.filters import DAYS, RowFilter
from nianjian.platform.registers.queries import ReadScope, display_value
from nianjian.platform.registers.row_keys import decode_key, encode_key
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


@dataclass(frozen=True, slots=True)
class Row:
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


@read(router, "/enterprises/{code}/registers", act=Permission.READ_OWN, answer=States)
def registers_states(request: Request, code: str, as_at: Annotated[Day | None, Query()] = None) -> States:
    """Every register, and how it stands."""
    sight = ReadScope(code, as_at or clock.today(), request.team)
    return States(as_at=sight.day, items=[State.from_orm(one) for one in list_states(request.enterprise, sight)])


@read(router, "/enterprises/{code}/registers/{kind}", act=Permission.READ_OWN, answer=Page[Row])
def registers_list(
    request: Request, code: str, kind: str, cut: Query[Cut], looked: Query[RowsWanted]
) -> dict[str, object]:
    """The rows of a register that hold on a day; personal values masked. Fields as in the register's sheet."""
    del code
    sight = get_scope_or_404(request, kind, looked.as_at, looked.team)
    sheet = kinds.register(kind).sheet
    return paged(
        request, cut, queries.filter_rows(kind, sight, parse_row_filter(kind, looked)), lambda row: to_row(row, sheet)
    )


def parse_row_filter(kind: str, query: RowsWanted) -> RowFilter:
    """What is looked for; ``filter_unreadable`` for a condition that its field cannot have, ``filter_unknown``."""
    by_sign: dict[str, dict[str, Any]] = {EQUAL: {}, FIRST: {}, LAST: {}}
    by_field = {column.field: column for column in kinds.register(kind).sheet.columns}
    for text in query.where:
        read = CONDITION.fullmatch(text)
        if read is None:
            raise NianjianError("filter_unreadable", column="where", value=text)
        name, sign, value = read.groups()
        if name not in by_field:
            raise NianjianError("filter_unknown", column=name)
        if sign == EQUAL:
            by_sign[sign][name] = value
            continue
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        column = by_field[name]
        if day is None or column.kind not in DAYS or not clock.FIRST_DAY <= day <= clock.LAST_DAY:
            raise NianjianError("filter_unreadable", column=column.header, value=value)
        by_sign[sign][name] = day
    return RowFilter(
        text=query.q, columns=by_sign[EQUAL], first=by_sign[FIRST], last=by_sign[LAST], missing=query.missing,
        sort=query.sort.removeprefix("-"), descending=query.sort.startswith("-"),
    )  # fmt: skip


def to_row(row: Version, sheet: Sheet, *, full: bool = False) -> Row:
    """A row as it is answered, masked unless ``full``."""
    return Row(**_row_values(row, sheet, full=full))


def _row_values(row: Version, sheet: Sheet, *, full: bool = False) -> dict[str, Any]:
    """The fields of a `Row`."""
    return {
        "key": row.key,
        "address": quote(encode_key(row.key), safe="~"),
        "version": row.pk,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "values": {one.field: display_value(getattr(row, one.field), one, full=full) for one in sheet.columns},
    }


def get_scope_or_404(request: Request, kind: str, day: date | None, team: str = "") -> ReadScope:
    """What the asker may see; Http404 for a kind that does not exist for the asker."""
    narrowed = request.team or (team or None if queries.has_team_scope(kind) else None)
    sight = ReadScope(request.enterprise.code, day or clock.today(), narrowed)
    if kind not in kinds.kinds() or not sight.sees(kind):
        raise Http404
    return sight


ROW = "/enterprises/{code}/registers/{kind}/rows/{key}"
Id = Annotated[int, Field(ge=1, le=2**62)]
AsAt = Annotated[Day | None, Query()]


@dataclass(frozen=True, slots=True)
class Past(Row):
    """A version that was written; ``superseded_at`` null: the register still holds it true."""

    recorded_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class History:
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

    versions: list[Id] = Field(min_length=1, max_length=queries.PAGE)
    start: Day
    reason: Text


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows were written to."""

    count: int


@dataclass(frozen=True, slots=True)
class Note:
    """What the sheet warns about: it refuses nothing, but changes a light."""

    field: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of another register that hang together with this one: the first ten of ``total``."""

    kind: str
    total: int
    items: list[Row]


@dataclass(frozen=True, slots=True)
class Around:
    """What is worth a look at a row, and what hangs together with it."""

    notes: list[Note]
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Written:
    """The row that was written to."""

    key: str


@read(router, ROW, act=Permission.READ_OWN, answer=Row)
def rows_get(request: Request, code: str, kind: str, key: str, as_at: AsAt = None) -> Row:
    """A row as at a day, masked."""
    del code
    return to_row(_row(request, kind, key, as_at), kinds.register(kind).sheet)


@read(router, f"{ROW}/history", act=Permission.READ_OWN, answer=History)
def rows_history(request: Request, code: str, kind: str, key: str) -> History:
    """What was ever written of a row, masked."""
    del code
    versions = queries.list_row_versions(kind, get_scope_or_404(request, kind, None), decode_key(key))
    if not versions:
        raise Http404
    sheet = kinds.register(kind).sheet
    return History(
        [
            Past(**_row_values(one, sheet), recorded_at=one.recorded_at, superseded_at=one.superseded_at)
            for one in versions
        ]
    )


@read(router, f"{ROW}/around", act=Permission.READ_OWN, answer=Around)
def rows_around(request: Request, code: str, kind: str, key: str, as_at: AsAt = None) -> Around:
    """What the sheet warns about in a row, and its neighbours in other registers on a day, masked."""
    del code
    row, sight = _row(request, kind, key, as_at), get_scope_or_404(request, kind, as_at)
    word = words(language(request))
    noted = entries.list_warnings(row, kinds.register(kind).sheet)
    groups = queries.list_linked_rows(kind, sight, row)
    return Around(
        notes=[Note(at, one.code, error_message(one.code, one.values(), word)) for at, one in noted],
        groups=[
            Group(one.link.kind, one.total, [to_row(row, kinds.register(one.link.kind).sheet) for row in one.rows])
            for one in groups
        ],
    )


@take(router, f"{ROW}/reveal", act=Permission.VIEW_UNMASKED, answer=Row)
def rows_reveal(request: Request, code: str, kind: str, key: str, as_at: AsAt = None) -> Row:
    """A row in full; the audit chain has the entry before."""
    row = _row(request, kind, key, as_at)
    storage.record_reveal(kind=kind, enterprise=code, version=row, actor=request.actor)
    return to_row(row, kinds.register(kind).sheet, full=True)


@write(router, "/enterprises/{code}/registers/{kind}/rows", act=Permission.MANAGE_DATA, answer=Written, status=201)
def rows_create(request: Request, code: str, kind: str, new: NewRow) -> Written:
    """Write a new row."""
    get_scope_or_404(request, kind, None)
    texts = _texts(kind, new.values)
    key = storage.create_row(
        kind=kind, enterprise=code, texts=texts, since=new.since, reason=new.reason, actor=request.actor
    )
    return Written(key)


@write(router, f"{ROW}/changes", act=Permission.MANAGE_DATA, answer=Written)
def rows_change(request: Request, code: str, kind: str, key: str, change: Change) -> Written:
    """Write another version of a row."""
    _of(request, kind, key, change.version)
    data = change.model_dump() | {"texts": _texts(kind, change.values)}
    del data["values"]
    storage.change_row(kind=kind, enterprise=code, actor=request.actor, **data)
    return Written(decode_key(key))


@write(router, f"{ROW}/end", act=Permission.MANAGE_DATA, answer=Written)
def rows_end(request: Request, code: str, kind: str, key: str, end: End) -> Written:
    """Let a row hold no longer."""
    _of(request, kind, key, end.version)
    storage.end_rows(
        kind=kind, enterprise=code, versions=[end.version], start=end.start, reason=end.reason, actor=request.actor
    )
    return Written(decode_key(key))


@write(router, "/enterprises/{code}/registers/{kind}/ends", act=Permission.MANAGE_DATA, answer=Count)
def rows_end_several(request: Request, code: str, kind: str, ends: Ends) -> Count:
    """Let several rows hold no longer, all or none."""
    get_scope_or_404(request, kind, None)
    versions = list(dict.fromkeys(ends.versions))
    count = storage.end_rows(
        kind=kind, enterprise=code, versions=versions, start=ends.start, reason=ends.reason, actor=request.actor
    )
    return Count(count)


def _row(request: Request, kind: str, key: str, day: date | None) -> Version:
    row = queries.find_row(kind, get_scope_or_404(request, kind, day), decode_key(key))
    if row is None:
        raise Http404
    return row


def _of(request: Request, kind: str, key: str, version: int) -> None:
    """The version must be this row's: an address about one row writes to no other. One that is gone is stale."""
    sight = get_scope_or_404(request, kind, None)
    if queries.find_latest_version(kind, sight, decode_key(key)) is None:
        raise Http404
    if any(one.key != decode_key(key) for one in queries.list_versions_by_id(kind, sight, [version])):
        raise Http404


def _texts(kind: str, values: dict[str, Any]) -> dict[str, str]:
    """Check the fields' names: a value under a misspelt one would be lost without a word."""
    fields = {one.field for one in entries.form_columns(kinds.register(kind).sheet)}
    for name in values:
        if name not in fields:
            raise NianjianError("filter_unknown", column=name)
    return values


Number = Annotated[int, Path(ge=1, le=2**62)]


class PaperTold(Schema):
    """A file beside a row; ``size`` in bytes, ``sha256`` of its plain content."""

    id: int
    name: str
    media_type: str
    sha256: str
    size: int
    recorded_at: datetime
    recorded_by: str


class Papers(Schema):
    """The newest 50 files of a row, newest first."""

    items: list[PaperTold]


@dataclass(frozen=True, slots=True)
class TakenOff:
    """The file that is no longer shown."""

    id: int


@read(router, f"{ROW}/papers", act=Permission.READ, answer=Papers)
def papers_list(request: Request, code: str, kind: str, key: str) -> Papers:
    """The files beside a row."""
    row = _any(request, kind, key)
    return Papers(items=[PaperTold.from_orm(one) for one in attachments.list_row_papers(code, kind, row.key)])


@write(router, f"{ROW}/papers", act=Permission.MANAGE_DATA, answer=PaperTold, status=201, held=attachments.ROW_LIMIT)
def papers_add(request: Request, code: str, kind: str, key: str, file: Query[FileName]) -> attachments.RowAttachment:
    """Keep a file beside a row, encrypted; the content is the file, at most 20 MiB, of a type that is taken."""
    row = queries.find_latest_version(kind, get_scope_or_404(request, kind, None), decode_key(key))
    if row is None:
        raise Http404
    paper_id = attachments.attach_to_row(
        register=kind, row=row, name=file.name, content=request.content, actor=request.actor
    )
    return attachments.get_row_paper(code, kind, row.key, paper_id)


@take(
    router,
    f"{ROW}/papers/{{paper}}/file",
    act=Permission.VIEW_UNMASKED,
    media=sorted({media for _begins, media in attachments.TYPES.values()}),
)
def papers_fetch(request: Request, code: str, kind: str, key: str, paper: Number) -> HttpResponse:
    """A file as it came; the audit chain has the entry."""
    del code
    row = _any(request, kind, key)
    attachment, content = attachments.download_row_paper(register=kind, row=row, attachment=paper, actor=request.actor)
    return attached(content, attachment.media_type, attachment.name or "")


@write(router, f"{ROW}/papers/{{paper}}", act=Permission.MANAGE_DATA, answer=TakenOff, method="DELETE")
def papers_take_off(request: Request, code: str, kind: str, key: str, paper: Number) -> TakenOff:
    """Show a file no longer beside its row; its content stays for the retention."""
    del code
    attachments.detach_from_row(register=kind, row=_any(request, kind, key), attachment=paper, actor=request.actor)
    return TakenOff(paper)


def _any(request: Request, kind: str, key: str) -> Version:
    """Any version of a row: its papers outlive its end."""
    versions = queries.list_row_versions(kind, get_scope_or_404(request, kind, None), decode_key(key), most=1)
    if not versions:
        raise Http404
    return versions[0]
