"""Days and moments as a page writes them: near ones by a word, those of this year without it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext

from nianjian.engines.kernel import clock
from nianjian.engines.paper.words import CHINESE, mark
from nianjian.platform.web.language import current

NEAR: Final = {-1: mark("yesterday"), 0: mark("today"), 1: mark("tomorrow")}


def format_day(day: date | None) -> str:
    """A day, for example today, 25 Nov or 19 Oct 2025; "" for None."""
    if day is None:
        return ""
    today = clock.today()
    if word := NEAR.get((day - today).days):
        return gettext(word)
    chinese, same = current() == CHINESE, day.year == today.year
    if chinese:
        return f"{day.month}月{day.day}日" if same else f"{day.year}年{day.month}月{day.day}日"
    return date_format(day, "j M" if same else "j M Y")


def format_moment(at: datetime | None) -> str:
    """A moment on the wall clock of Shanghai: its day and the minute; "" for None."""
    if at is None:
        return ""
    local = at.astimezone(clock.ZONE)
    return f"{format_day(local.date())} {local:%H:%M}"


def format_days_left(day: date) -> str:
    """How long it is until a day, or since when it is over."""
    days = (day - clock.today()).days
    if days < 0:
        return gettext("{days} days overdue").format(days=-days)
    return gettext("due today") if not days else gettext("{days} days left").format(days=days)
