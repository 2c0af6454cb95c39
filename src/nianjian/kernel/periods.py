"""Periods and limits in days, months and hours. Periods are half-open, day boundaries lie in Asia/Shanghai."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")

_DAY: Final = timedelta(days=1)
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Period:
    """``start`` is in it, ``end`` is not."""

    start: date
    end: date

    def __contains__(self, day: object) -> bool:
        """Whether a date lies in the period; a date-time never does, take its `day_of` first."""
        return type(day) is date and self.start <= day < self.end

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; as text 2026-03."""

    year: int
    month: int

    def __str__(self) -> str:
        """YYYY-MM."""
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read 2026-03 or 202603; ValueError for anything else."""
        return cls.of(date.fromisoformat(f"{text[:4]}-{text[4:].lstrip('-')}-01"))

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(date(self.year, self.month, 1), self.plus(1).first)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    def plus(self, months: int) -> Month:
        """The month so many months later (negative: earlier)."""
        count = self.year * _MONTHS + self.month - 1 + months
        return Month(count // _MONTHS, count % _MONTHS + 1)


@dataclass(frozen=True, slots=True, order=True)
class Season:
    """One licence's annual report of a data year; it is filed in the year after."""

    licence: str
    data_year: int

    @property
    def filed_in(self) -> int:
        """The calendar year of the deadlines."""
        return self.data_year + 1


def data_year(year: int) -> Period:
    """1 January to 31 December."""
    return Period(date(year, 1, 1), date(year + 1, 1, 1))


def trailing_months(as_of: date, months: int) -> Period:
    """So many months up to and with ``as_of``: twelve at 2026-12-31 are the data year."""
    end = as_of + _DAY
    return Period(add_months(end, -months), end)


def months_of(period: Period) -> tuple[Month, ...]:
    """The months that have a day in the period, in order."""
    found: list[Month] = []
    month = Month.of(period.start)
    while month.first < period.end:
        found.append(month)
        month = month.plus(1)
    return tuple(found)


def add_months(day: date, months: int) -> date:
    """The same day so many months later (negative: earlier), else the end of that month (民法典 202)."""
    month = Month.of(day).plus(months)
    return date(month.year, month.month, min(day.day, monthrange(month.year, month.month)[1]))


def run_before(months: Iterable[Month], day: date) -> int:
    """How many months in a row are given, counted back from the latest one before the month of ``day`` (M7)."""
    known = {month for month in months if month < Month.of(day)}
    if not known:
        return 0
    run, month = 0, max(known)
    while month in known:
        run, month = run + 1, month.plus(-1)
    return run


def day_of(moment: datetime) -> date:
    """The day of an aware moment in Asia/Shanghai; a zone-less moment already is wall time there."""
    return (moment if moment.tzinfo is None else moment.astimezone(ZONE)).date()


def end_of(day: date) -> datetime:
    """The end of a day (24:00), as the first moment no longer in it, zone-less wall time."""
    return datetime.combine(day + _DAY, time())


def in_time(moment: datetime, last_day: date) -> bool:
    """Whether a moment is not later than the last day's 24:00 (民法典 203)."""
    return day_of(moment) <= last_day


def hours_after(moment: datetime, hours: int) -> datetime:
    """Clock hours, run from the moment set (民法典 201); what happens exactly then is within them.

    An aware moment counts real hours, whatever zone it is written in.
    """
    return moment + timedelta(hours=hours)


def stands(day: date, *, since: date | None, ended: date | None) -> bool:
    """Whether what was filed ``since`` and cancelled on ``ended`` is filed on ``day``: the day of cancelling is not."""
    return since is not None and since <= day and not (ended is not None and ended <= day)
