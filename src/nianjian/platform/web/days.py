"""Days and moments as a page writes them, as seen from today in the reader's language."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext

from nianjian.engines.kernel import clock
from nianjian.engines.paper.days import day_text, moment_text
from nianjian.engines.paper.words import mark, words
from nianjian.platform.web.language import current

#: Words for near days, in both languages.
WORDS: Final = {
    "前天": -2, "昨天": -1, "今天": 0, "明天": 1, "后天": 2, "yesterday": -1, "today": 0, "tomorrow": 1,
}  # fmt: skip
#: Time zones that people choose from: their name -> what they are called.
ZONES: Final = {
    "Asia/Shanghai": mark("Beijing time"), "UTC": mark("universal time (UTC)"),
    "Asia/Hong_Kong": mark("Hong Kong time"), "Asia/Singapore": mark("Singapore time"),
    "Asia/Tokyo": mark("Tokyo time"), "Europe/Berlin": mark("Berlin time"),
}  # fmt: skip
DAY: Final = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d\d)(\d\d)")
MOMENT: Final = re.compile(r"(.*?)[T\s]*(\d{1,2}):(\d\d)(?::(\d\d)(?:\.0+)?)?")


def read_day(text: str, today: date) -> date | None:
    """A day as people write it, such as 2026-11-25, 11-25, 11月25日 or 昨天, without a year of this one; else None."""
    text = unicodedata.normalize("NFKC", text).strip()
    if (near := WORDS.get(text.casefold())) is not None:
        return today + timedelta(days=near)
    if (match := DAY.fullmatch(text)) is None:
        return None
    parts = match.groups()
    year, month, day = parts[:3] if parts[3] is None else parts[3:]
    try:
        return date(int(year or today.year), int(month), int(day))
    except ValueError:
        return None


def asked_day(text: str) -> date:
    """The day that an address asks for; today where it names none, or one that may not be asked for."""
    day = read_day(text, clock.today())
    return day if day and clock.FIRST_DAY <= day <= clock.LAST_DAY else clock.today()


def read_moment(text: str, today: date) -> datetime | None:
    """A day and its time of day, such as 昨天 15:20; a time alone is of today, a day alone its beginning. Naive."""
    text = unicodedata.normalize("NFKC", text).strip()
    match = MOMENT.fullmatch(text)
    head, hour, minute, second = match.groups() if match else (text, "0", "0", None)
    day = today if match and not head else read_day(head, today)
    try:
        return None if day is None else datetime.combine(day, time(int(hour), int(minute), int(second or 0)))
    except ValueError:
        return None


def format_day(day: date | None) -> str:
    """A day, for example today, 25 Nov or 19 Oct 2025; "" for None."""
    return "" if day is None else day_text(day, clock.today(), words(current()))


def format_moment(at: datetime | None) -> str:
    """A moment on the wall clock of Shanghai: its day and the minute; "" for None."""
    return "" if at is None else moment_text(at, clock.today(), words(current()))


def zone_text(zone: str) -> str:
    """A time zone as people call it, Shanghai's for ""; its own name where it is none of `ZONES`."""
    return words(current())(ZONES.get(zone or str(clock.ZONE), zone))


def list_zones() -> list[tuple[str, str]]:
    """What to offer where a time zone is typed: name and what it is called."""
    return [(zone, zone_text(zone)) for zone in ZONES]


def format_days_left(day: date) -> str:
    """How long it is until a day, or since when it is over."""
    days = (day - clock.today()).days
    if days < 0:
        return gettext("{days} days overdue").format(days=-days)
    return gettext("due today") if not days else gettext("{days} days left").format(days=days)
