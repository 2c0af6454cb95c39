"""The text of a workbook's cell. A number becomes text as it stands and is never repaired."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Final

EXACT: Final = 10**15  # a sheet holds numbers as floats: from here on digits are lost

_NOISE_US: Final = 1_000  # a stamp is a fraction of a day there: what is below a millisecond is rounding

_DAY_ZERO: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
_OLD_MAC_DAYS: Final = 1462  # from there to the first day of workbooks that count from 1904
_LAST_DAY: Final = 2_958_466  # the year 10000
_DIGITS: Final = 15

# Built-in formats (ECMA-376 part 1, 18.8.30); those from 27 to 36 and 50 to 58 are Chinese and Japanese dates.
_DATES: Final = frozenset({14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
_CLOCKS: Final = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56})
_SPANS: Final = frozenset({46})
_STAMPS: Final = frozenset({22})

_HOURS_ON: Final = re.compile(r"\[(h+|m+|s+)\]")  # counts on beyond a day
_SILENT: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)

NUMBER: Final = ""
DATE: Final = "date"
CLOCK: Final = "clock"
STAMP: Final = "stamp"
SPAN: Final = "span"

Value = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
"""What a cell holds."""


def meaning(number: int, code: str | None) -> str:
    """What a number format makes of a number: `DATE`, `CLOCK`, `STAMP`, `SPAN` (hours beyond a day), or `NUMBER`."""
    if code is None:
        known = ((_DATES, DATE), (_CLOCKS, CLOCK), (_STAMPS, STAMP), (_SPANS, SPAN))
        return next((kind for numbers, kind in known if number in numbers), NUMBER)
    said = _SILENT.sub("", code.split(";")[0]).lower()
    if "general" in said:
        return NUMBER
    day, clock = bool(re.search("[yd]", said)), bool(re.search("[hs]", said))
    if not day and _HOURS_ON.search(said):
        return SPAN
    if day:
        return STAMP if clock else DATE
    if clock:
        return CLOCK
    return DATE if "m" in said else NUMBER


def number_text(text: str, kind: str, *, from_1904: bool) -> str:
    """A cell's number as text: whole ones without a fraction, those that lost digits in E notation, ISO stamps."""
    if kind == NUMBER and len(text) < _DIGITS and text.isdigit():
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    return float_text(value) if kind == NUMBER else _timed_text(value, kind, from_1904=from_1904)


def _timed_text(value: float, kind: str, *, from_1904: bool) -> str:
    if kind == SPAN or (kind == CLOCK and value < 1):
        return span_text(dt.timedelta(seconds=round(value * 86_400))) if 0 <= value < _LAST_DAY else float_text(value)
    moment = _moment(value, from_1904=from_1904)
    if moment is None:
        return float_text(value)
    return moment.date().isoformat() if kind == DATE and value.is_integer() else moment.isoformat(sep=" ")


def number_value(text: str, kind: str, *, from_1904: bool) -> Value:
    """A cell's number as a value: what is less than a day is a time, a whole day a date."""
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    if kind == SPAN and 0 <= value < _LAST_DAY:
        return dt.timedelta(seconds=round(value * 86_400))
    moment = None if kind in {NUMBER, SPAN} else _moment(value, from_1904=from_1904)
    if moment is None:
        return value
    return moment.time() if value < 1 else moment.date() if value.is_integer() else moment


def _moment(value: float, *, from_1904: bool) -> dt.datetime | None:
    """The day and time of a number of days; None before 1899 and beyond the year 9999."""
    if not 0 <= value < _LAST_DAY:
        return None
    try:
        days = _OLD_MAC_DAYS * from_1904
        return _rounded(_DAY_ZERO + dt.timedelta(days=days, microseconds=round(value * 86_400_000) * 1000))
    except OverflowError:
        return None


def span_text(span: dt.timedelta) -> str:
    """``25:01:05``: the format of a duration as of a time of day."""
    seconds = int(span.total_seconds())
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def float_text(value: float) -> str:
    """A number as a person would have typed it."""
    if abs(value) >= EXACT:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else repr(value)


def _rounded(moment: dt.datetime) -> dt.datetime:
    """The same where its fraction of a second is no noise."""
    off = moment.microsecond % 1_000_000
    if off < _NOISE_US or off > 1_000_000 - _NOISE_US:
        return (moment + dt.timedelta(microseconds=_NOISE_US)).replace(microsecond=0)
    return moment


def cell_text(cell: Value) -> str | None:
    """The text of a cell of an old workbook, which comes as a value."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return float_text(cell)
    if isinstance(cell, dt.datetime):
        return _rounded(cell).isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        return span_text(cell)
    return str(cell)
