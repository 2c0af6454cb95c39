"""Limits in months and days as the law counts them. Day boundaries lie in Asia/Shanghai.

Limits in working days are in `workdays`.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from typing import Final

from nianjian.engines.kernel.clock import ZONE

_MONTHS: Final = 12


def add_months(day: date, months: int) -> date:
    """The same day so many months later (negative: earlier), else the end of that month (民法典 202)."""
    count = day.year * _MONTHS + day.month - 1 + months
    year, month = count // _MONTHS, count % _MONTHS + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def day_of(moment: datetime) -> date:
    """The day of an aware moment in Asia/Shanghai; a zone-less moment already is wall time there."""
    return (moment if moment.tzinfo is None else moment.astimezone(ZONE)).date()
