"""Dated versions of rows: the columns that all registers share, reads, writes in bulk, and rows whose time is over.

Two times: ``valid_from`` … ``valid_to`` say when a version holds in the world, ``recorded_at`` … ``superseded_at``
when the register believed it. A correction supersedes, a change closes.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, count, product
from typing import Any, ClassVar, Final, TypeVar

from django.db import connection, models, transaction
from django.db.models import Count, Max, Min, Q, QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.clock import ZONE
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.registers.columns import Row, Sheet, Undated
from nianjian.platform.registers.sheet_reader import KeyedRow, number_key
from nianjian.platform.vault import keyring
from nianjian.platform.vault.fields import SealedText


class Version(models.Model):
    """One version of one row. ``key`` is the row's key, or its blind index where the key is personal."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    valid_from = models.DateField(null=True)  # NULL: since ever
    valid_to = models.DateField(null=True)  # last day, included; NULL: open
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160, default="")  # the actor; "": recorded before this was kept
    superseded_at = models.DateTimeField(null=True)  # NULL: still believed
    replaces = models.BigIntegerField(null=True)  # the version that it was made from; NULL: the row's first
    reason = SealedText(null=True)  # why it changed or ended, where that was said
    file = models.CharField(max_length=64)  # sha256 of the sheet that brought it; "": written by hand
    extra = SealedText(null=True)  # JSON object: unknown columns by header
    changed_on = models.DateField(null=True)  # 变更日期 as given

    class Meta:
        """At most one open version a key."""

        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "key"],
                condition=models.Q(valid_to=None, superseded_at=None),
                name="%(app_label)s_%(class)s_open",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "key"], name="%(class)s_key"),
            models.Index(
                fields=["enterprise", "superseded_at"],
                condition=models.Q(superseded_at__isnull=False),
                name="%(class)s_superseded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from or ''}..{self.valid_to or ''}"


V = TypeVar("V", bound=Version)


def current_versions(model: type[V], enterprise: str, *conditions: Q, known_at: datetime | None = None) -> QuerySet[V]:
    """All versions that the register holds true now, or held true at the moment ``known_at``, by key and span."""
    manager = model._default_manager  # noqa: SLF001 - the manager of any model
    if known_at is None:
        rows = manager.filter(*conditions, enterprise_id=enterprise, superseded_at=None)
    else:
        rows = manager.filter(*conditions, enterprise_id=enterprise, recorded_at__lte=known_at)
        rows = rows.exclude(superseded_at__lte=known_at)
    return rows.order_by("key", "valid_from", "id")


def versions_on(model: type[V], enterprise: str, day: date, *, known_at: datetime | None = None) -> QuerySet[V]:
    """The versions that hold on a day: at most one a key."""
    return current_versions(model, enterprise, _holds_on(day), known_at=known_at)


def versions_of_enterprises(model: type[V], enterprises: Collection[str], day: date) -> QuerySet[V]:
    """The versions of many enterprises' rows that are believed now and hold on a day."""
    manager = model._default_manager  # noqa: SLF001 - the manager of any model
    return manager.filter(_holds_on(day), enterprise_id__in=list(enterprises), superseded_at=None)


def _holds_on(day: date) -> Q:
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gte=day))


def last_recorded_at(models: Sequence[type[Version]], enterprise: str) -> list[datetime | None]:
    """When the newest entry of each register was written, None where it has none; one query for all of them.

    Rows are only ever added, so the highest key tells, and an index finds it.
    """
    return _ask_each(models, enterprise, "SELECT recorded_at FROM {} WHERE enterprise_id = %s ORDER BY id DESC LIMIT 1")


def have_rows(models: Sequence[type[Version]], enterprise: str, day: date) -> list[bool]:
    """Whether each register holds a row on a day, as `versions_on` finds them; one query for all of them."""
    moments = _ask_each(
        models, enterprise,
        "SELECT recorded_at FROM {} WHERE enterprise_id = %s AND superseded_at IS NULL"
        " AND (valid_from IS NULL OR valid_from <= %s) AND (valid_to IS NULL OR valid_to >= %s) LIMIT 1",
        day.isoformat(), day.isoformat(),
    )  # fmt: skip
    return [one is not None for one in moments]


ENDINGS: Final = """
SELECT {place} AS place, enterprise_id, valid_until, "key" AS name,
  COUNT(*) OVER (PARTITION BY enterprise_id, valid_until) AS together,
  ROW_NUMBER() OVER (PARTITION BY enterprise_id, valid_until ORDER BY "key") AS turn
FROM {table} WHERE enterprise_id IN ({many}) AND superseded_at IS NULL AND valid_until <= %s
  AND (valid_from IS NULL OR valid_from <= %s) AND (valid_to IS NULL OR valid_to >= %s)"""


@dataclass(frozen=True, slots=True)
class Ending:
    """Rows of an enterprise's register that end on a day: how many, and the keys of the first of them, one a value."""

    place: int  # of the register among those asked for
    enterprise: str
    until: date
    key: str
    count: int


def list_endings(
    registers: Sequence[tuple[type[Version], str]], enterprises: Collection[str], day: date, until: date, most: int
) -> Iterator[Ending]:
    """What ends up to ``until`` of the rows that hold on a day, by key: of those with one last day ``most`` at most.

    ``registers``: registers that have ``valid_until``, each with a filing of which no row counts ("": all count). One
    statement for all, written out: building it from querysets takes three times its answer.
    """
    if not enterprises:
        return
    statements, params = [], list[str]()
    for place, (model, without) in enumerate(registers):
        table = model._meta.db_table  # noqa: SLF001 -- Django's documented Meta API
        filed = " AND (filing IS NULL OR filing <> %s)" if without else ""
        statements.append(ENDINGS.format(place=place, table=table, many=", ".join(["%s"] * len(enterprises))) + filed)
        params += [*enterprises, until.isoformat(), day.isoformat(), day.isoformat(), *([without] if without else [])]
    sql = f"SELECT * FROM ({' UNION ALL '.join(statements)}) AS each_one WHERE turn <= {most:d} ORDER BY name"  # noqa: S608 -- written here
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for place, enterprise, last, key, number, _turn in cursor.fetchall():
            end = last if isinstance(last, date) else date.fromisoformat(last)  # SQLite keeps it as text
            yield Ending(place, enterprise, end, key, number)


def _ask_each(models: Sequence[type[Version]], enterprise: str, sql: str, *params: str) -> list[datetime | None]:
    """The moment that a statement finds in each register. Building it from querysets takes ten times its answer."""
    tables = [model._meta.db_table for model in models]  # noqa: SLF001 -- Django's documented Meta API
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"({sql.format(table)})" for table in tables), [enterprise, *params] * len(tables)
        )
        (row,) = cursor.fetchall()
    return [one if one is None or one.tzinfo else one.replace(tzinfo=UTC) for one in row]  # SQLite's know no zone


def newest_recorded_at(versions: QuerySet[V]) -> datetime | None:
    """When the last of these was written: rows are only ever added, so the highest key tells, and an index finds it."""
    moment: datetime | None = versions.order_by("-pk").values_list("recorded_at", flat=True).first()
    return moment


MONTH: Final = "month"  # of a payment or a contribution: the row is over with it


@dataclass(frozen=True, slots=True)
class Expiry:
    """``rows`` over their time; ``oldest``: first day on which a row still kept ended, None where none has."""

    rows: int
    oldest: date | None


def expired_versions(model: type[Version], enterprise: str, day: date) -> QuerySet[Any]:
    """Versions that were superseded, or whose days or month ended, before ``day``; what stands today is never among."""
    return _rows(model, enterprise).filter(_expired(model, day))


def _expired(model: type[Version], day: date) -> Q:
    over = Q(superseded_at__lt=_midnight(day)) | Q(valid_to__lt=day)
    names = {one.name for one in model._meta.concrete_fields}  # noqa: SLF001 -- Django's documented Meta API
    if MONTH in names:
        over |= Q(month__lt=f"{day:%Y-%m}")
    return over


def expired_tickets(model: type[Version], enterprise: str, day: date) -> QuerySet[Any]:
    """Every version of a ticket whose standing one was accepted before ``day`` and is closed."""
    rows = _rows(model, enterprise)
    standing = rows.filter(superseded_at=None, accepted_at__lt=_midnight(day), closed_at__isnull=False)
    still = rows.filter(superseded_at=None).exclude(accepted_at__lt=_midnight(day), closed_at__isnull=False)
    return rows.filter(key__in=standing.values("key")).exclude(key__in=still.values("key"))


def count_expired_versions(model: type[Version], enterprise: str, day: date) -> Expiry:
    """Count what `expired_versions` finds, in one pass over the register."""
    totals = _rows(model, enterprise).aggregate(
        superseded=Min("superseded_at"),
        ended=Min("valid_to", filter=Q(superseded_at=None)),
        rows=Count("pk", filter=_expired(model, day)),
    )
    gone: datetime | None = totals["superseded"]
    ends = [end for end in (totals["ended"], None if gone is None else gone.astimezone(ZONE).date()) if end]
    return Expiry(totals["rows"], min(ends, default=None))


def count_expired_tickets(model: type[Version], enterprise: str, day: date) -> Expiry:
    """Count what `expired_tickets` finds; ``oldest``: the day on which the oldest ticket came."""
    oldest: datetime | None = _rows(model, enterprise).aggregate(oldest=Min("accepted_at"))["oldest"]
    return Expiry(
        expired_tickets(model, enterprise, day).count(), None if oldest is None else oldest.astimezone(ZONE).date()
    )


def _rows(model: type[Version], enterprise: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.filter(enterprise_id=enterprise)  # noqa: SLF001 -- the manager of any model
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


CHUNK: Final = 500  # rows a statement: SQLite takes 32,766 values in one
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Source:
    """Where versions come from: who, when (UTC), by which sheet ("" by hand), and why if that was said."""

    by: str
    at: datetime
    file: str = ""
    reason: str | None = None


@dataclass(slots=True)
class Plan:
    """Versions to be added and versions to be superseded."""

    model: type[Version]
    source: Source
    new: list[Version] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)

    def add(self, enterprise: str, key: str, values: Row, *, since: date | None = None) -> None:
        """Add the first version of a row, or one that begins again after an end."""
        self.new.append(self._build_version(enterprise, key, values, valid_from=since, valid_to=None, replaces=None))

    def correct(self, old: Version, values: Row) -> None:
        """Put other values into the whole span of a version."""
        self.superseded.append(old.pk)
        self._follow(old, values, old.valid_from, old.valid_to)

    def change(self, old: Version, values: Row, start: date) -> None:
        """Let other values hold from a day on; what began since then is superseded."""
        self.end(old, start)
        last = None if old.valid_to is None or old.valid_to < start else old.valid_to
        self._follow(old, values, start, last)

    def end(self, old: Version, start: date) -> None:
        """Let the row hold no longer from ``start`` on."""
        if old.valid_from is None or old.valid_from < start:
            self._close(old, start - DAY)
            return
        versions = list(current_versions(self.model, old.enterprise_id).filter(key=old.key))
        for version in versions:
            if version.valid_from is not None and version.valid_from >= start:
                self.superseded.append(version.pk)
            elif version.valid_to is None or version.valid_to >= start:
                self._close(version, start - DAY)

    def _close(self, version: Version, last: date) -> None:
        if version.valid_to is not None and version.valid_to <= last:
            return
        self.superseded.append(version.pk)
        fields = version._meta.concrete_fields  # noqa: SLF001 -- Django's documented Meta API
        values = {one.name: getattr(version, one.name) for one in fields if one.name not in STAMPS}
        self._follow(version, values, version.valid_from, last)

    def _follow(self, old: Version, values: Row, first: date | None, last: date | None) -> None:
        version = self._build_version(
            old.enterprise_id, old.key, values, valid_from=first, valid_to=last, replaces=old.pk
        )
        if "extra" not in values:
            version.extra = old.extra
        self.new.append(version)

    def _build_version(self, enterprise: str, key: str, values: Row, **more: Any) -> Version:  # noqa: ANN401 -- columns of any kind
        source = self.source
        stamps = {"recorded_at": source.at, "recorded_by": source.by, "file": source.file, "reason": source.reason}
        return self.model(enterprise_id=enterprise, key=key, **stamps, **more, **values)


def last_version_by_key(model: type[Version], enterprise: str, keys: Sequence[str] | None = None) -> dict[str, Version]:
    """Return the version of each key that holds today or later, the last one; of these keys alone if given."""
    rows = current_versions(model, enterprise).filter(Q(valid_to=None) | Q(valid_to__gte=clock.today()))
    if keys is not None:
        rows = rows.filter(key__in=keys)
    return {version.key: version for version in sorted(rows.iterator(chunk_size=CHUNK), key=_first_day)}


def last_day_by_key(model: type[Version], enterprise: str, key: str | None = None) -> dict[str, date]:
    """Return the last day of each key that has a version which ended before today; of one key alone if given."""
    rows = current_versions(model, enterprise).filter(valid_to__lt=clock.today()).order_by()
    if key is not None:
        rows = rows.filter(key=key)
    return dict(rows.values_list("key").annotate(last=Max("valid_to")))


def column_values(version: Version, sheet: Sheet) -> dict[str, Any]:
    """Values of a version's own columns, by field."""
    return {column.field: getattr(version, column.field) for column in sheet.columns} | {"extra": version.extra}


def chunks(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    """Cut a long list of primary keys into statements."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _first_day(version: Version) -> date:
    return version.valid_from or date.min


STAMPS: Final = frozenset(
    {"id", "enterprise", "key", "valid_from", "valid_to", "recorded_at", "recorded_by", "superseded_at", "replaces"}
    | {"reason", "file"}
)


def delete_expired_versions(*, model: type[Version], enterprise: str, day: date) -> int:
    """Delete what `expired_versions` finds; the number of rows."""
    rows, _each = expired_versions(model, enterprise, day).delete()
    return rows


def delete_expired_tickets(*, model: type[Version], enterprise: str, day: date) -> int:
    """Delete what `expired_tickets` finds; the number of rows."""
    rows, _each = expired_tickets(model, enterprise, day).delete()
    return rows


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """What became of the sheet's rows."""

    inserted: int
    updated: int
    unchanged: int


def upsert_rows(
    *,
    model: type[Version],
    sheet: Sheet,
    enterprise: str,
    rows: Sequence[KeyedRow],
    has_extra: bool,
    file: str,
    file_name: str,
    actor: Actor,
) -> UpsertCounts:
    """Write the rows as new versions where they differ from what stands; equal rows change nothing.

    A column that the sheet lacks keeps its value. A change holds from its 变更日期; without one from today, or,
    for kinds that carry their own dates and for what was recorded today, it corrects the standing version. A row
    that had ended begins again, on its 变更日期 or today.
    """
    with transaction.atomic():
        lock_enterprise(enterprise)
        plan = Plan(model, Source(str(actor), clock.now(), file))
        by_key, over = last_version_by_key(model, enterprise), last_day_by_key(model, enterprise)
        outcomes = [
            _plan_row(plan, sheet, enterprise, key, one, by_key, over, has_extra=has_extra)
            for key, one in _place_rows(sheet, rows, by_key)
        ]
        write_plan(plan)
        counts = UpsertCounts(outcomes.count("inserted"), outcomes.count("updated"), outcomes.count("unchanged"))
        data = {"kind": sheet.kind, "file": file_name, "sha256": file, **asdict(counts)}
        record(verb="registers.import", enterprise=enterprise, actor=actor, data=data)
    return counts


def write_plan(plan: Plan) -> None:
    """Carry a plan out, inside the caller's transaction."""
    manager: models.Manager[Any] = plan.model._default_manager  # noqa: SLF001 -- the manager of any model
    for chunk in chunks(plan.superseded):
        manager.filter(pk__in=chunk).update(superseded_at=plan.source.at)
    manager.bulk_create(plan.new, batch_size=CHUNK)


def stored_key(sheet: Sheet, key: str) -> str:
    """How a key stands in the table: plain, or its blind index where one of its columns is personal."""
    personal = sheet.personal()
    if any(name in personal for fields in sheet.keys for name in fields):
        return keyring.current().blind(key, f"register.{sheet.kind}")
    return key


def _place_rows(
    sheet: Sheet, rows: Sequence[KeyedRow], by_key: Mapping[str, Version]
) -> Iterator[tuple[str, KeyedRow]]:
    """Each row with the stored key under which it stands.

    Rows of one key that a sheet tells apart are found again by what does, wherever they stand in the file.
    """
    if not sheet.apart:
        for keyed in rows:
            yield stored_key(sheet, number_key(keyed.key, keyed.number)), keyed
        return
    groups: defaultdict[str, list[KeyedRow]] = defaultdict(list)
    for keyed in rows:
        groups[keyed.key].append(keyed)
    for key, group in groups.items():
        yield from zip(_place_group(sheet, key, group, by_key), group, strict=True)


def _place_group(sheet: Sheet, key: str, group: Sequence[KeyedRow], by_key: Mapping[str, Version]) -> list[str]:
    """The stored keys of the rows of one key: most alike first; a row that is like none is new.

    Where one row stands and one comes, it is the same row, whatever has changed.
    """
    numbered = (stored_key(sheet, number_key(key, number)) for number in count(1))
    free = [next(numbered)]
    while free[-1] in by_key:
        free.append(next(numbered))
    standing, free = free[:-1], free[-1:]
    if len(standing) == len(group) == 1:
        return standing
    alike = []  # how many fields that tell the rows apart say the same; a column that the file lacks says nothing
    for (place, keyed), stored in product(enumerate(group), standing):
        names = [name for name in sheet.apart if name in keyed.row]
        alike.append((sum(keyed.row[name] == getattr(by_key[stored], name) for name in names), place, stored))
    alike.sort(key=lambda pair: -pair[0])
    by_place: dict[int, str] = {}
    for score, place, stored in alike:
        if score and place not in by_place and stored not in by_place.values():
            by_place[place] = stored
    new = chain(free, numbered)
    return [by_place[place] if place in by_place else next(new) for place in range(len(group))]


def _plan_row(  # noqa: PLR0917 - one step of `upsert_rows`, over its own values
    plan: Plan,
    sheet: Sheet,
    enterprise: str,
    key: str,
    keyed: KeyedRow,
    by_key: Mapping[str, Version],
    over: Mapping[str, date],
    *,
    has_extra: bool,
) -> str:
    old = by_key.get(key)
    values: dict[str, Any] = dict(keyed.row)
    if has_extra:
        values["extra"] = json.dumps(keyed.extra, ensure_ascii=False, sort_keys=True) if keyed.extra else None
    if old is None:
        plan.add(enterprise, key, values, since=_restart_day(over.get(key), values.get("changed_on")))
        return "inserted"
    if all(getattr(old, name) == value for name, value in values.items()):
        return "unchanged"
    new = column_values(old, sheet) | values
    start = _change_day(old, new, sheet)
    if start is None:
        plan.correct(old, new)
    else:
        plan.change(old, new, start)
    return "updated"


def _restart_day(last: date | None, changed_on: object) -> date | None:
    """First day of a row that comes: since ever, or after its end."""
    if last is None:
        return None
    day = changed_on if isinstance(changed_on, date) else clock.today()
    return max(day, last + DAY)


def _change_day(old: Version, new: Mapping[str, Any], sheet: Sheet) -> date | None:
    """First day of the change; None for a correction of the standing version."""
    changed_on: date | None = new.get("changed_on")
    if changed_on is not None and changed_on != old.changed_on:
        others = (one.field for one in sheet.columns if one.field != "changed_on")
        only_day = all(getattr(old, name) == new[name] for name in others)
        return None if only_day and old.extra == new["extra"] else changed_on
    if sheet.undated is Undated.CORRECTION:
        return None
    today = clock.today()
    return None if old.recorded_at.astimezone(clock.ZONE).date() == today else today
