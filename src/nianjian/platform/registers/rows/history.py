"""A row's history as events: who wrote what and when, from which day it holds, and what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nianjian.platform.registers.tables.column import Column, Sheet
from nianjian.platform.registers.versions.row import Version


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
class Entry:
    """A version with what it changed; ``believed``: the register still holds it true."""

    version: Version
    event: Event
    changes: tuple[Change, ...]

    @property
    def believed(self) -> bool:
        """Whether no later version took its place."""
        return self.version.superseded_at is None


def entries(versions: Sequence[Version], sheet: Sheet) -> list[Entry]:
    """Tell each version's event, in the order given; a version whose origin is not among them counts as the first."""
    by_id = {version.pk: version for version in versions}
    return [_entry(version, by_id.get(version.replaces or 0), sheet) for version in versions]


def differences(before: Version, after: Version, sheet: Sheet) -> tuple[Change, ...]:
    """Columns in which two versions differ."""
    pairs = ((column, getattr(before, column.field), getattr(after, column.field)) for column in sheet.columns)
    return tuple(Change(column, old, new) for column, old, new in pairs if old != new)


def _entry(version: Version, origin: Version | None, sheet: Sheet) -> Entry:
    if origin is None:
        return Entry(version, Event.FIRST, ())
    changes = differences(origin, version, sheet)
    same_span = (origin.valid_from, origin.valid_to) == (version.valid_from, version.valid_to)
    if not changes and not same_span:
        return Entry(version, Event.CLOSED, ())
    return Entry(version, Event.CORRECTED if same_span else Event.CHANGED, changes)
