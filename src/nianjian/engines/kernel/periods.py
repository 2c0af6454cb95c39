"""Limits in months and days as the law counts them, in Asia/Shanghai, and the season of a licence."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from nianjian.engines.kernel.clock import FIRST_DAY, LAST_DAY, ZONE
from nianjian.engines.kernel.errors import NianjianError

LAST_MONTH: Final = 12


@dataclass(frozen=True, slots=True, order=True)
class Season:
    """``licence``: its number, "" where the register names none; ``year``: the data year, filed in the year after."""

    licence: str
    year: int

    def __post_init__(self) -> None:
        """NianjianError season_year_wrong beyond the days that may be asked for."""
        if not FIRST_DAY.year <= self.year < LAST_DAY.year:
            raise NianjianError("season_year_wrong", year=self.year, first=FIRST_DAY.year, last=LAST_DAY.year - 1)

    @property
    def filed_in(self) -> int:
        """The calendar year in which the reports are handed in."""
        return self.year + 1

    @property
    def year_end(self) -> date:
        """The last day of the data year."""
        return date(self.year, LAST_MONTH, 31)


_MONTHS: Final = 12


def add_months(day: date, months: int) -> date:
    """The same day so many months later (negative: earlier), else the end of that month (民法典 202)."""
    count = day.year * _MONTHS + day.month - 1 + months
    year, month = count // _MONTHS, count % _MONTHS + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def day_of(moment: datetime) -> date:
    """The day of an aware moment in Asia/Shanghai; a zone-less moment already is wall time there."""
    return (moment if moment.tzinfo is None else moment.astimezone(ZONE)).date()
