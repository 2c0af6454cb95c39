"""Read imported holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from nianjian.engines.kernel.workdays import Calendar
from nianjian.platform.registers.holidays.model import HolidayFile


@dataclass(frozen=True, slots=True)
class Imported:
    """A file's calendar and where it comes from."""

    name: str
    sha256: str
    papers: tuple[str, ...]
    calendar: Calendar
    recorded_at: datetime
    recorded_by: str


def files() -> list[Imported]:
    """Every imported file, oldest first: a later one replaces the years that it names."""
    return [_value(row) for row in HolidayFile.objects.order_by("recorded_at", "id")]


def _value(row: HolidayFile) -> Imported:
    off = frozenset(date.fromisoformat(day) for day, is_off, _name in row.days if is_off)
    on = frozenset(date.fromisoformat(day) for day, is_off, _name in row.days if not is_off)
    calendar = Calendar(off, on, frozenset(row.years))
    return Imported(row.name, row.sha256, tuple(row.papers), calendar, row.recorded_at, row.recorded_by)
