"""Reads of rows: within a reader's scope, on a day, with history, neighbours and the state of a whole register."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Count, Max, Q, QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import administration_name
from nianjian.platform.accounts import query as accounts
from nianjian.platform.registers import kinds, models, versions
from nianjian.platform.registers.columns import Column, Kind, Sheet, is_masked, mask_cell
from nianjian.platform.registers.filters import BEGINS, WHOLE, RowFilter, build_condition, build_order
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.versions import Version, current_versions, newest_recorded_at, versions_on


@dataclass(frozen=True, slots=True)
class TeamScope:
    """A team as at a day. ``names``: how other rows may name it, its id and its own name."""

    enterprise: str
    day: date
    team: str
    names: frozenset[str]

    def lines(self) -> QuerySet[models.Line]:
        """Lines of the team."""
        return versions_on(models.Line, self.enterprise, self.day).filter(team__in=self.names).order_by()

    def seats(self) -> QuerySet[models.Seat]:
        """Seats of the team."""
        return versions_on(models.Seat, self.enterprise, self.day).filter(team__in=self.names).order_by()


TeamCondition = Callable[[TeamScope], Q]
_CONDITIONS: Final[dict[str, TeamCondition]] = {}


def add_team_condition(kind: str, scope: TeamCondition) -> None:
    """Say which rows of a kind are a team's own."""
    _CONDITIONS[kind] = scope


def has_team_scope(kind: str) -> bool:
    """Whether rows of the kind belong to teams."""
    return kind in _CONDITIONS


def team_condition(kind: str, enterprise: str, day: date, team: str) -> Q:
    """Return the filter of a team's own rows; KeyError for a kind whose rows belong to no team."""
    return _CONDITIONS[kind](TeamScope(enterprise, day, team, team_names(enterprise, team)))


def team_names(enterprise: str, team: str) -> frozenset[str]:
    """How rows name a team: its id, and its name unless that is another team's id or name, too."""
    teams = current_versions(models.Team, enterprise).order_by()
    own = teams.filter(key=team).exclude(name=None).values_list("name", flat=True)
    called = {name for name in own if name}
    taken = teams.exclude(key=team).filter(Q(name__in=called) | Q(key__in=called)).values_list("name", "key")
    return frozenset({team} | (called - {word for pair in taken for word in pair}))


def list_team_titles(enterprise: str, keys: Collection[str]) -> dict[str, str]:
    """Id -> name, of those teams that have one."""
    teams = current_versions(models.Team, enterprise).order_by().filter(key__in=keys).exclude(name=None)
    return {str(key): str(name) for key, name in teams.values_list("key", "name")}


def _team_numbers(own: TeamScope) -> Q:
    gateways: Any = own.lines().exclude(gateway=None).values("gateway")
    return Q(gateway__in=gateways)


add_team_condition("teams", lambda own: Q(key=own.team))
add_team_condition("lines", lambda own: Q(team__in=own.names))
add_team_condition("seats", lambda own: Q(team__in=own.names))
add_team_condition("staff", lambda own: Q(team__in=own.names) | Q(team=None, seat_id__in=own.seats().values("seat_id")))
add_team_condition("numbers", _team_numbers)


class Event(StrEnum):
    """What a version is to the one that it was made from."""

    FIRST = "first"
    CHANGED = "changed"  # other values from a day on
    CORRECTED = "corrected"  # other values for the whole span
    CLOSED = "closed"  # the same values, up to an earlier day


@dataclass(frozen=True, slots=True)
class Change:
    """One column before and after."""

    column: Column
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A version with what it changed; ``believed``: the register still holds it true."""

    version: Version
    event: Event
    changes: tuple[Change, ...]

    @property
    def believed(self) -> bool:
        """Whether no later version took its place."""
        return self.version.superseded_at is None


def list_history(versions: Sequence[Version], sheet: Sheet) -> list[HistoryEntry]:
    """Tell each version's event, in the order given; a version whose origin is not among them counts as the first."""
    by_id = {version.pk: version for version in versions}
    return [_history_entry(version, by_id.get(version.replaces or 0), sheet) for version in versions]


def differences(before: Version, after: Version, sheet: Sheet) -> tuple[Change, ...]:
    """Columns in which two versions differ."""
    pairs = ((column, getattr(before, column.field), getattr(after, column.field)) for column in sheet.columns)
    return tuple(Change(column, old, new) for column, old, new in pairs if old != new)


def _history_entry(version: Version, origin: Version | None, sheet: Sheet) -> HistoryEntry:
    if origin is None:
        return HistoryEntry(version, Event.FIRST, ())
    changes = differences(origin, version, sheet)
    same_span = (origin.valid_from, origin.valid_to) == (version.valid_from, version.valid_to)
    if not changes and not same_span:
        return HistoryEntry(version, Event.CLOSED, ())
    return HistoryEntry(version, Event.CORRECTED if same_span else Event.CHANGED, changes)


@dataclass(frozen=True, slots=True)
class RegisterList:
    """The rows that hold on ``as_at``; keys are field names, values strings, numbers, booleans or None."""

    kind: str
    as_at: date
    rows: list[dict[str, object]]
    personal: frozenset[str]  # fields whose values are masked


def list_register(*, kind: str, enterprise: str, as_at: date | None = None) -> RegisterList:
    """List a register as it stood on a day (today if None); ``register_kind_unknown``, ``enterprise_unknown``."""
    register = kinds.register(kind)
    tenant = accounts.enterprise(enterprise)
    day = as_at or clock.today()
    queryset = versions.versions_on(register.model, tenant.code, day)
    rows = [_masked_row(version, register.sheet.columns) for version in queryset]
    return RegisterList(kind, day, rows, frozenset(one.field for one in register.sheet.columns if is_masked(one)))


def _masked_row(version: Version, columns: tuple[Column, ...]) -> dict[str, object]:
    row: dict[str, object] = {one.field: display_value(getattr(version, one.field), one) for one in columns}
    span: Mapping[str, date | None] = {"valid_from": version.valid_from, "valid_to": version.valid_to}
    return row | {name: None if day is None else day.isoformat() for name, day in span.items()}


def display_value(value: object, column: Column, *, full: bool = False) -> object:
    """A value as a door may show it: days and moments as ISO text, personal values masked unless ``full``."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if full else mask_cell(str(value), column)


PAGE: Final = 50
CHUNK: Final = 500  # rows of a whole list in memory
COUNTED: Final = 10_000  # more are not counted: a count must not grow with the register


@dataclass(frozen=True, slots=True)
class ReadScope:
    """What a reader may see and on which day: rows of ``team`` alone, None: all."""

    enterprise: str
    day: date
    team: str | None = None

    def sees(self, kind: str) -> bool:
        """Whether the kind exists for this reader."""
        return self.team is None or has_team_scope(kind)


def list_rows(kind: str, sight: ReadScope) -> QuerySet[Version]:
    """Return the rows that hold on the day, as far as the reader may see them; ``register_kind_unknown``."""
    return _within_scope(kind, sight, versions_on(kinds.register(kind).model, sight.enterprise, sight.day))


def filter_rows(kind: str, sight: ReadScope, query: RowFilter) -> QuerySet[Version]:
    """Return the rows that are looked for, in the order that is asked for.

    The database looks, row after row in the order of the key until a page is full: 100,000 seats cost it 3 ms where
    many fit, 60 ms where few hold a text, 30 ms by one column or sorted, nothing by a whole key (SQLite; PostgreSQL
    3, 300, 120 on a busy machine). No row that does not fit is ever loaded. Sealed columns are no part of it.
    """
    sheet = kinds.register(kind).sheet
    rows = list_rows(kind, sight).filter(build_condition(sheet, query))
    return rows.order_by(*build_order(sheet, query)).defer("extra", "reason")


def stream_rows(kind: str, sight: ReadScope, query: RowFilter) -> Iterator[Version]:
    """Return all that is found as it stands at the first look, `CHUNK` rows in memory.

    No cursor is open between two rows: SQLite refuses a write (of progress) beside one once somebody else has written.
    """
    keys = list(filter_rows(kind, sight, query).values_list("pk", flat=True))
    written = kinds.register(kind).model._default_manager.defer("extra", "reason")  # noqa: SLF001 -- the manager of any model
    for start in range(0, len(keys), CHUNK):
        part = written.in_bulk(keys[start : start + CHUNK])
        yield from (part[key] for key in keys[start : start + CHUNK] if key in part)  # one may be erased meanwhile


def count_rows(kind: str, sight: ReadScope, query: RowFilter) -> int | None:
    """How many rows are found; None: more than `COUNTED`. Costs as much as `filter_rows` once more where few fit."""
    total = filter_rows(kind, sight, query).order_by()[: COUNTED + 1].count()
    return None if total > COUNTED else total


def find_row(kind: str, sight: ReadScope, key: str) -> Version | None:
    """Return the version of a key that holds on the day; None if none does or the reader may not see it."""
    return list_rows(kind, sight).filter(key=key).first()


def list_row_versions(kind: str, sight: ReadScope, key: str, most: int = PAGE) -> list[Version]:
    """Every version ever written of a row, newest first, at most ``most``; for a team those that were its own."""
    return list(all_versions(kind, sight).filter(key=key).order_by("-pk")[:most])


def find_latest_version(kind: str, sight: ReadScope, key: str) -> Version | None:
    """Return the version of a key that begins last of those believed: the one that an edit goes on from."""
    rows = _current_rows(kind, sight).filter(key=key)
    return max(rows, key=lambda version: version.valid_from or date.min, default=None)


def list_versions_by_id(kind: str, sight: ReadScope, versions: list[int]) -> list[Version]:
    """Return the believed versions with these primary keys, by key.

    Sorted here: for an order of the database SQLite reads the whole register in it and looks at each row's key.
    """
    rows = _current_rows(kind, sight).filter(pk__in=versions).order_by()
    return sorted(rows, key=lambda version: (version.key, version.valid_from or date.min, version.pk))


def _current_rows(kind: str, sight: ReadScope) -> QuerySet[Version]:
    return _within_scope(kind, sight, current_versions(kinds.register(kind).model, sight.enterprise))


def all_versions(kind: str, sight: ReadScope) -> QuerySet[Version]:
    """Return all versions ever written, as far as the reader may see them."""
    model = kinds.register(kind).model
    return _within_scope(kind, sight, model._default_manager.filter(enterprise_id=sight.enterprise))  # noqa: SLF001 -- the manager of any model


def _within_scope(kind: str, sight: ReadScope, rows: QuerySet[Version]) -> QuerySet[Version]:
    if sight.team is None:
        return rows
    if not has_team_scope(kind):
        names = ", ".join(filter(has_team_scope, kinds.kinds()))
        raise NianjianError("register_kind_unknown", kind=kind, kinds=names)
    return rows.filter(team_condition(kind, sight.enterprise, sight.day, sight.team))


AHEAD: Final = 30  # days that are looked ahead where no rule says more


@dataclass(frozen=True, slots=True)
class RegisterState:
    """``missing``: field -> rows in which it is not known. ``last`` is UTC. ``until``: the last day looked at.

    Of more than `COUNTED` rows none of the figures is counted: ``rows``, ``expired`` and ``expiring`` are None, and so
    is each of ``missing``, which then names every field that could be.
    """

    kind: str
    rows: int | None
    last: datetime | None
    missing: Mapping[str, int | None]
    runs_out: str
    expired: int | None
    expiring: int | None
    until: date


def get_register_state(kind: str, sight: ReadScope, ahead: int = AHEAD) -> RegisterState:
    """Count, in three queries, none of which grows with the register; ``ahead`` in days."""
    until, sheet = sight.day + timedelta(days=ahead), kinds.register(kind).sheet
    aggregates: dict[str, Any] = {"rows": Count("pk")}
    for field in sheet.needed:
        aggregates[f"without_{field}"] = Count("pk", filter=Q(**{f"{field}__isnull": True}))
    if sheet.runs_out:
        first, after = sight.day, until + timedelta(days=1)
        if sheet.by_field(sheet.runs_out).kind is Kind.MOMENT:
            first, after = (datetime.combine(day, time(), clock.ZONE) for day in (first, after))
        aggregates["expired"] = Count("pk", filter=Q(**{f"{sheet.runs_out}__lt": first}))
        aggregates["expiring"] = Count(
            "pk", filter=Q(**{f"{sheet.runs_out}__gte": first, f"{sheet.runs_out}__lt": after})
        )
    counts = list_rows(kind, sight).order_by()[: COUNTED + 1].aggregate(**aggregates)
    whole = counts["rows"] <= COUNTED
    ever = all_versions(kind, sight)
    taken = ever.filter(superseded_at__isnull=False).aggregate(last=Max("superseded_at"))["last"]
    return RegisterState(
        kind,
        counts["rows"] if whole else None,
        max((stamp for stamp in (newest_recorded_at(ever), taken) if stamp is not None), default=None),
        {
            field: counts[f"without_{field}"] if whole else None
            for field in sheet.needed
            if counts[f"without_{field}"] or not whole
        },
        sheet.runs_out,
        counts.get("expired", 0) if whole else None,
        counts.get("expiring", 0) if whole else None,
        until,
    )


SHOWN: Final = 10
SHORTEST: Final = 3  # digits of a root


@dataclass(frozen=True, slots=True)
class Link:
    """Rows of ``kind`` that match; ``field`` and ``text`` find the same ones in the list, or ``team`` does."""

    kind: str
    match: Q
    field: str = ""
    text: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Neighbours of one kind, the first few of ``total``."""

    link: Link
    rows: tuple[Version, ...]
    total: int


def list_linked_rows(kind: str, sight: ReadScope, row: Any) -> list[LinkGroup]:  # noqa: ANN401 -- a row of any register
    """Return the groups that are not empty, as far as the reader may see them."""
    groups = []
    for link in LINKS[kind](sight, row) if kind in LINKS else ():
        if link.kind not in kinds.kinds() or not sight.sees(link.kind):
            continue
        every = list_rows(link.kind, sight).filter(link.match)
        first = tuple(every.defer("extra", "reason")[: SHOWN + 1])
        if first:
            total = len(first) if len(first) <= SHOWN else every.order_by().count()
            groups.append(LinkGroup(link, first[:SHOWN], total))
    return groups


def _of_number(_sight: ReadScope, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    if row.gateway:
        yield Link("lines", Q(gateway=row.gateway), "gateway", WHOLE + row.gateway)
    yield Link("seats", Q(display__startswith=row.root), "display", row.root + BEGINS)
    yield Link("complaints", Q(complained__startswith=row.root), "complained", row.root + BEGINS)


def _of_line(sight: ReadScope, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    yield from _team(sight, row.team)
    if row.gateway:
        yield Link("numbers", Q(gateway=row.gateway), "gateway", WHOLE + row.gateway)
    yield Link("complaints", Q(line_id=row.line_id), "line_id", WHOLE + row.line_id)


def _of_team(sight: ReadScope, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    called = team_names(sight.enterprise, row.team_id)
    for kind in ("lines", "seats", "staff"):
        yield Link(kind, Q(team__in=called), team=row.team_id)
    yield Link("complaints", Q(team_id__in=called), team=row.team_id)


def _of_seat(sight: ReadScope, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    yield from _team(sight, row.team)
    yield from _number(row.display)
    person = Q(seat_id=row.seat_id)
    yield Link("staff", person | Q(staff_id=row.staff_id) if row.staff_id else person)


def _of_person(sight: ReadScope, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    yield from _team(sight, row.team)
    names = [name for name in ("seat_id", "staff_id") if getattr(row, name)]
    yield Link("seats", reduce(or_, (Q(**{name: getattr(row, name)}) for name in names), Q(pk__in=())))


def _of_complaint(sight: ReadScope, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    yield from _team(sight, row.team_id)
    if row.line_id:
        yield Link("lines", Q(line_id=row.line_id))
    yield from _number(row.complained)


def _team(sight: ReadScope, called: str | None) -> Iterator[Link]:
    """A team by its id; where no team has that id, by its name."""
    if called:
        by_id = Q(key=called)
        is_id = list_rows("teams", sight).filter(by_id).exists()
        yield Link("teams", by_id if is_id else Q(name=called))


def _number(display: str | None) -> Iterator[Link]:
    """Roots that a displayed number begins with."""
    if display:
        roots = [display[:end] for end in range(SHORTEST, len(display) + 1)]
        yield Link("numbers", Q(root__in=roots))


LINKS: Final[dict[str, Callable[[ReadScope, Any], Iterator[Link]]]] = {
    "numbers": _of_number, "lines": _of_line, "teams": _of_team, "seats": _of_seat, "staff": _of_person,
    "complaints": _of_complaint,
}  # fmt: skip


def list_channels(enterprise: str, day: date) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Teams by name, and lines with their own name and that of the team that uses them; "" for what has none."""
    teams = {key: name or "" for key, name in versions_on(models.Team, enterprise, day).values_list("key", "name")}
    lines = versions_on(models.Line, enterprise, day).values_list("key", "name", "team")
    return teams, {key: (name or "", teams.get(team or "") or team or "") for key, name, team in lines}


def find_authority(enterprise: str, day: date) -> str:
    """To whom papers go: who issued the licence, else the administration of the enterprise's province; "": unknown."""
    issuers = {licence.issuer for licence in versions_on(Licence, enterprise, day) if licence.issuer}
    if len(issuers) == 1:
        return issuers.pop()
    return administration_name(accounts.enterprise(enterprise).province)
