"""Days and moments as a page writes them, as seen from today in the reader's language."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext

from nianjian.engines.kernel import clock
from nianjian.engines.paper.charts import day_text, moment_text
from nianjian.engines.paper.words import words
from nianjian.platform.web.language import current


def format_day(day: date | None) -> str:
    """A day, for example today, 25 Nov or 19 Oct 2025; "" for None."""
    return "" if day is None else day_text(day, clock.today(), words(current()))


def format_moment(at: datetime | None) -> str:
    """A moment on the wall clock of Shanghai: its day and the minute; "" for None."""
    return "" if at is None else moment_text(at, clock.today(), words(current()))


def format_days_left(day: date) -> str:
    """How long it is until a day, or since when it is over."""
    days = (day - clock.today()).days
    if days < 0:
        return gettext("{days} days overdue").format(days=-days)
    return gettext("due today") if not days else gettext("{days} days left").format(days=days)
