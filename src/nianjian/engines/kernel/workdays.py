"""Working days: not a weekend, holiday or rest day in lieu, but with the working weekends (行政许可法 82).

The calendar is a value that the caller brings (``rules.holidays`` makes it). A year without a notice is
counted by weekends and the holidays whose dates the law fixes, and the result is marked provisional.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from nianjian.engines.kernel.clock import FIRST_DAY, LAST_DAY, ZONE
from nianjian.engines.kernel.errors import NianjianError

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off and working weekends of the ``years`` whose notice is known.

    ``fixed``: (month, day) of the statutory holidays with a date in the law, used for all other years.
    """

    days_off: frozenset[date]
    extra_workdays: frozenset[date]
    years: frozenset[int]
    fixed: frozenset[tuple[int, int]] = frozenset()

    def has_notice(self, day: date) -> bool:
        """Whether the notice of the year of ``day`` has been published and loaded."""
        return day.year in self.years

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` counts; a guess where the day has no notice (`has_notice`)."""
        if day in self.extra_workdays:
            return True
        if day in self.days_off or (not self.has_notice(day) and (day.month, day.day) in self.fixed):
            return False
        return day.weekday() < _SATURDAY

    def updated(self, newer: Calendar) -> Calendar:
        """The calendar with the years of ``newer`` replaced by it; single days of other years are taken over too.

        (A year's notice may speak of days at the end of December before.)
        """
        new_days = newer.days_off | newer.extra_workdays

        def stay(days: frozenset[date]) -> frozenset[date]:
            return frozenset(day for day in days if day.year not in newer.years and day not in new_days)

        days_off, workdays = stay(self.days_off) | newer.days_off, stay(self.extra_workdays) | newer.extra_workdays
        return Calendar(days_off, workdays, self.years | newer.years, self.fixed | newer.fixed)


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A last day. ``provisional``: a year on the way has no published calendar, the day may move."""

    day: date
    provisional: bool


def add_workdays(start: date, count: int, calendar: Calendar) -> Due:
    """The ``count``-th working day after ``start``, which is not counted itself (民法典 201).

    ``count`` 0 gives ``start``; a negative count goes back. NianjianError ``workdays_beyond_calendar``.
    """
    step = _DAY if count >= 0 else -_DAY
    day, left, provisional = start, abs(count), False
    while left:
        try:
            day += step
        except OverflowError as error:
            raise NianjianError("workdays_beyond_calendar", start=start.isoformat(), count=count) from error
        provisional = provisional or not calendar.has_notice(day)
        left -= calendar.is_workday(day)
    return Due(day, provisional)


def next_workday(day: date, calendar: Calendar, step: timedelta = _DAY) -> Due:
    """``day`` itself if it is a working day, else the next one: a last day that is a holiday moves (民法典 203).

    ``step`` of a day back: the last one before it.
    """
    provisional = not calendar.has_notice(day)
    while not calendar.is_workday(day):
        day += step
        provisional = provisional or not calendar.has_notice(day)
    return Due(day, provisional)


# Limits in months and days as the law counts them, in Asia/Shanghai, and the season of a licence.

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
