"""Seasons, and limits in months and hours as the law counts them. Day boundaries lie in Asia/Shanghai.

Limits in working days are in `workdays`.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from nianjian.kernel.clock import ZONE

_DAY: Final = timedelta(days=1)
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, order=True)
class Season:
    """One licence's annual report of a data year; it is filed in the year after."""

    licence: str
    data_year: int

    @property
    def filed_in(self) -> int:
        """The calendar year of the deadlines."""
        return self.data_year + 1


def add_months(day: date, months: int) -> date:
    """The same day so many months later (negative: earlier), else the end of that month (民法典 202)."""
    count = day.year * _MONTHS + day.month - 1 + months
    year, month = count // _MONTHS, count % _MONTHS + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


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
