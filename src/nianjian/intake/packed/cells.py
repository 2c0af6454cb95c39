"""The text of a workbook's cell. A number becomes text as it stands and is never repaired."""

from __future__ import annotations

import datetime as dt
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
_CLOCKS: Final = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56})
_STAMPS: Final = frozenset({22})

_SILENT: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)

NUMBER: Final = ""
DATE: Final = "date"
CLOCK: Final = "clock"
STAMP: Final = "stamp"


def meaning(number: int, code: str | None) -> str:
    """What a number format makes of a number: `DATE`, `CLOCK`, `STAMP`, or `NUMBER`."""
    if code is None:
        return DATE if number in _DATES else CLOCK if number in _CLOCKS else STAMP if number in _STAMPS else NUMBER
    said = _SILENT.sub("", code.split(";")[0]).lower()
    if "general" in said:
        return NUMBER
    day, clock = bool(re.search("[yd]", said)), bool(re.search("[hs]", said))
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
    if kind == NUMBER or not 0 <= value < _LAST_DAY:
        return float_text(value)
    if kind == CLOCK and value < 1:
        return _clock(value)
    moment = _DAY_ZERO + dt.timedelta(days=_OLD_MAC_DAYS * from_1904, microseconds=round(value * 86_400_000) * 1000)
    if kind == DATE and value.is_integer():
        return moment.date().isoformat()
    return stamp_text(moment)


def _clock(value: float) -> str:
    """A part of a day: the format of a duration as of a time of day."""
    seconds = round(value * 86_400)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def float_text(value: float) -> str:
    """A number as a person would have typed it."""
    if abs(value) >= EXACT:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else repr(value)


def stamp_text(moment: dt.datetime) -> str:
    """ISO with a blank, rounded where the fraction is only noise."""
    off = moment.microsecond % 1_000_000
    if off < _NOISE_US or off > 1_000_000 - _NOISE_US:
        moment = (moment + dt.timedelta(microseconds=_NOISE_US)).replace(microsecond=0)
    return moment.isoformat(sep=" ")


def cell_text(cell: object) -> str | None:
    """The text of a cell of an old workbook, which comes as a Python value."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return float_text(cell)
    if isinstance(cell, dt.datetime):
        return stamp_text(cell)
    return str(cell)
