"""Days as people say them: near ones by a word, those of this year without it."""

from datetime import date, datetime
from typing import Final

from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.paper.charts import MONTHS
from nianjian.engines.paper.words import Words, mark

NEAR: Final = {-1: mark("yesterday"), 0: mark("today"), 1: mark("tomorrow")}
WEEKDAYS: Final = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))


def day_text(day: date, today: date, _: Words) -> str:
    """``today``, ``25 Nov``, or ``19 Oct 2025`` where it is of another year."""
    if near := NEAR.get((day - today).days):
        return _(near)
    if day.year == today.year:
        return calendar_day(day, _)
    return full_day(day, _)


def full_day(day: date, _: Words) -> str:
    """``19 Oct 2025``."""
    return _("{day} {year}").format(day=calendar_day(day, _), year=day.year)


def calendar_day(day: date, _: Words) -> str:
    """``25 Nov``."""
    return _("{day} {month}").format(day=day.day, month=_(MONTHS[day.month - 1]))


def moment_text(moment: datetime, today: date, _: Words) -> str:
    """A day and its time in Shanghai: ``today 09:06``."""
    here = moment.astimezone(ZONE)
    return f"{day_text(here.date(), today, _)} {here:%H:%M}"


def weekday_text(day: date, _: Words) -> str:
    """``Wed``."""
    return _(WEEKDAYS[day.weekday()])
