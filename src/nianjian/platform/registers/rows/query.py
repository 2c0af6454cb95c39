"""Read rows: what is looked for in a list, one row, its history. A list is a queryset: the door cuts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import QuerySet

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers import kinds
from nianjian.platform.registers.rows import own
from nianjian.platform.registers.rows.filters import RowFilter, condition, order
from nianjian.platform.registers.versions.query import as_at, believed
from nianjian.platform.registers.versions.row import Version

PAGE: Final = 50
CHUNK: Final = 500  # rows of a whole list in memory
COUNTED: Final = 10_000  # more are not counted: a count must not grow with the register


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader may see and on which day: rows of ``team`` alone, None: all."""

    enterprise: str
    day: date
    team: str | None = None

    def sees(self, kind: str) -> bool:
        """Whether the kind exists for this reader."""
        return self.team is None or own.has_team_scope(kind)


def rows(kind: str, sight: Sight) -> QuerySet[Version]:
    """Return the rows that hold on the day, as far as the reader may see them; ``register_kind_unknown``."""
    return _seen(kind, sight, as_at(kinds.register(kind).model, sight.enterprise, sight.day))


def filter_rows(kind: str, sight: Sight, wanted: RowFilter) -> QuerySet[Version]:
    """Return the rows that are looked for, in the order that is asked for.

    The database looks, row after row in the order of the key until a page is full: 100,000 seats cost it 3 ms where
    many fit, 60 ms where few hold a text, 30 ms by one column or sorted, nothing by a whole key (SQLite; PostgreSQL
    3, 300, 120 on a busy machine). No row that does not fit is ever loaded. Sealed columns are no part of it.
    """
    sheet = kinds.register(kind).sheet
    asked = rows(kind, sight).filter(condition(sheet, wanted))
    return asked.order_by(*order(sheet, wanted)).defer("extra", "reason")


def steady(kind: str, sight: Sight, wanted: RowFilter) -> Iterator[Version]:
    """Return all that is found as it stands at the first look, `CHUNK` rows in memory.

    No cursor is open between two rows: SQLite refuses a write (of progress) beside one once somebody else has written.
    """
    keys = list(filter_rows(kind, sight, wanted).values_list("pk", flat=True))
    written = kinds.register(kind).model._default_manager.defer("extra", "reason")  # noqa: SLF001 -- the manager of any model
    for start in range(0, len(keys), CHUNK):
        part = written.in_bulk(keys[start : start + CHUNK])
        yield from (part[key] for key in keys[start : start + CHUNK] if key in part)  # one may be erased meanwhile


def count(kind: str, sight: Sight, wanted: RowFilter) -> int | None:
    """How many rows are found; None: more than `COUNTED`. Costs as much as `found` once more where few fit."""
    total = filter_rows(kind, sight, wanted).order_by()[: COUNTED + 1].count()
    return None if total > COUNTED else total


def row(kind: str, sight: Sight, key: str) -> Version | None:
    """Return the version of a key that holds on the day; None if none does or the reader may not see it."""
    return rows(kind, sight).filter(key=key).first()


def versions(kind: str, sight: Sight, key: str, most: int = PAGE) -> list[Version]:
    """Every version ever written of a row, newest first, at most ``most``; for a team those that were its own."""
    return list(every(kind, sight).filter(key=key).order_by("-pk")[:most])


def find_latest_version(kind: str, sight: Sight, key: str) -> Version | None:
    """Return the version of a key that begins last of those believed: the one that an edit goes on from."""
    known = list(_seen(kind, sight, believed(kinds.register(kind).model, sight.enterprise)).filter(key=key))
    return max(known, key=lambda version: version.valid_from or date.min, default=None)


def chosen(kind: str, sight: Sight, versions: list[int]) -> list[Version]:
    """Return the believed versions with these primary keys, by key."""
    found = _seen(kind, sight, believed(kinds.register(kind).model, sight.enterprise))
    return list(found.filter(pk__in=versions))


def every(kind: str, sight: Sight) -> QuerySet[Version]:
    """Return all versions ever written, as far as the reader may see them."""
    model = kinds.register(kind).model
    return _seen(kind, sight, model._default_manager.filter(enterprise_id=sight.enterprise))  # noqa: SLF001 -- the manager of any model


def _seen(kind: str, sight: Sight, found: QuerySet[Version]) -> QuerySet[Version]:
    if sight.team is None:
        return found
    if not own.has_team_scope(kind):
        raise NianjianError("register_kind_unknown", kind=kind, kinds=", ".join(_of_teams()))
    return found.filter(own.scope(kind, sight.enterprise, sight.day, sight.team))


def _of_teams() -> list[str]:
    return [kind for kind in kinds.kinds() if own.has_team_scope(kind)]
