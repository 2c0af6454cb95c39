"""What a write changes, gathered before the first statement. Nothing that was recorded is edited.

A change supersedes the version it touches, writes it again up to the day before, and adds the new one. So what the
register believed at an earlier moment can still be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Max, Q

from nianjian.engines.kernel import clock
from nianjian.platform.registers.tables.column import Row, Sheet
from nianjian.platform.registers.versions.query import believed
from nianjian.platform.registers.versions.row import Version

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
        self.new.append(self._made(enterprise, key, values, valid_from=since, valid_to=None, replaces=None))

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
        found = list(believed(self.model, old.enterprise_id).filter(key=old.key))
        for version in found:
            if version.valid_from is not None and version.valid_from >= start:
                self.superseded.append(version.pk)
            elif version.valid_to is None or version.valid_to >= start:
                self._close(version, start - DAY)

    def _close(self, version: Version, last: date) -> None:
        if version.valid_to is not None and version.valid_to <= last:
            return
        self.superseded.append(version.pk)
        self._follow(version, _values(version), version.valid_from, last)

    def _follow(self, old: Version, values: Row, first: date | None, last: date | None) -> None:
        made = self._made(old.enterprise_id, old.key, values, valid_from=first, valid_to=last, replaces=old.pk)
        if "extra" not in values:
            made.extra = old.extra
        self.new.append(made)

    def _made(self, enterprise: str, key: str, values: Row, **more: Any) -> Version:  # noqa: ANN401 -- columns of any kind
        source = self.source
        stamps = {"recorded_at": source.at, "recorded_by": source.by, "file": source.file, "reason": source.reason}
        return self.model(enterprise_id=enterprise, key=key, **stamps, **more, **values)


def list_current_versions(
    model: type[Version], enterprise: str, keys: Sequence[str] | None = None
) -> dict[str, Version]:
    """Return the version of each key that holds today or later, the last one; of these keys alone if given."""
    found = believed(model, enterprise).filter(Q(valid_to=None) | Q(valid_to__gte=clock.today()))
    if keys is not None:
        found = found.filter(key__in=keys)
    return {version.key: version for version in sorted(found.iterator(chunk_size=CHUNK), key=_begins)}


def ended(model: type[Version], enterprise: str, key: str | None = None) -> dict[str, date]:
    """Return the last day of each key that has a version which ended before today; of one key alone if given."""
    found = believed(model, enterprise).filter(valid_to__lt=clock.today()).order_by()
    if key is not None:
        found = found.filter(key=key)
    return dict(found.values_list("key").annotate(last=Max("valid_to")))


def column_values(version: Version, sheet: Sheet) -> dict[str, Any]:
    """Values of a version's own columns, by field."""
    return {column.field: getattr(version, column.field) for column in sheet.columns} | {"extra": version.extra}


def chunks(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    """Cut a long list of primary keys into statements."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _begins(version: Version) -> date:
    return version.valid_from or date.min


STAMPS: Final = frozenset(
    {"id", "enterprise", "key", "valid_from", "valid_to", "recorded_at", "recorded_by", "superseded_at", "replaces"}
    | {"reason", "file"}
)


def _values(version: Version) -> dict[str, Any]:
    fields = version._meta.concrete_fields  # noqa: SLF001 -- Django's documented Meta API
    return {one.name: getattr(version, one.name) for one in fields if one.name not in STAMPS}
