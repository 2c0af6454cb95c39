"""Makes the working-day calendar: the years of the package chinesecalendar, and imported years on top.

An import is the JSON of a year ({year, papers, days[{name, date, isOffDay}]}, as holiday-cn writes it) or rows
日期, 名称, 休息/上班, 依据文件. A file without days says that the year's notice is not out: it changes nothing.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from chinese_calendar import constants

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Calendar
from nianjian.engines.rules.load import load
from nianjian.engines.rules.rule import Value

FIXED: Final = "calendar.fixed_holidays"
FORM: Final = "{year, papers, days[{name, date, isOffDay}]}"
OFF: Final = "休息"
ON: Final = "上班"
DECEMBER: Final = 12


@cache
def builtin() -> Calendar:
    """The published years that the package knows, and the holidays whose date the law fixes for all others."""
    off, on = frozenset(constants.holidays), frozenset(constants.workdays)
    return Calendar(off, on, frozenset(day.year for day in off), _fixed())


def _fixed() -> frozenset[tuple[int, int]]:
    """The newest list of the rulebook: guessed years lie in the future."""
    newest: tuple[Value, ...] = ()
    for rule in load().rules:
        if rule.key == FIXED and isinstance(rule.value, tuple):
            newest = rule.value
    pairs = (str(text).split("-") for text in newest)
    return frozenset((int(month), int(day)) for month, day in pairs)


def from_json(text: str) -> Calendar:
    """A year's calendar from holiday-cn JSON. NianjianError holidays_unreadable (reason, place)."""
    try:
        content: Any = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise NianjianError("holidays_unreadable", reason="not_json", place=place) from error
    year, days = _field(content, "year"), _field(content, "days")
    if not isinstance(days, list):
        raise _malformed("days", days)
    marked = [(_day(_field(day, "date")), _flag(_field(day, "isOffDay"))) for day in days]
    try:
        return _calendar(marked, {int(year)})
    except (ValueError, TypeError) as error:
        raise _malformed("year", year) from error


def _field(record: object, name: str) -> Any:  # noqa: ANN401 - of a file that anybody wrote
    if not isinstance(record, dict) or name not in record:
        raise _malformed(name, None)
    return record[name]


def _malformed(field: str, value: object) -> NianjianError:
    if value is None:
        return NianjianError("holidays_unreadable", reason="field_missing", place=f"{field}; {FORM}")
    text = json.dumps(value, ensure_ascii=False)[:80]
    return NianjianError("holidays_unreadable", reason="value_wrong", place=f"{field}: {text}; {FORM}")


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise _malformed("date", value) from error


def from_rows(rows: Iterable[Mapping[str, object]]) -> Calendar:
    """A calendar from rows with 日期 and 休息/上班; each year in them counts as published.

    Not so a year of which only December is there beside the year after: a notice may speak of the days before it.
    NianjianError holidays_unreadable names the row, the header's line being 1.
    """
    marked: list[tuple[date, bool]] = []
    for number, row in enumerate(rows, 2):
        value, kind = row.get("日期"), str(row.get("休息/上班") or "").strip()
        place = f"{number}, 日期: {value}"
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value).strip().replace("/", "-"))
            if kind not in {OFF, ON}:
                place = f"{number}, 休息/上班: {kind}"
                raise ValueError(kind)  # noqa: TRY301 -- as a day that cannot be read
        except ValueError as error:
            raise NianjianError("holidays_unreadable", reason="value_wrong", place=place, row=number) from error
        marked.append((date(day.year, day.month, day.day), kind == OFF))
    days = {day for day, _ in marked}
    years = {day.year for day in days if day.month != DECEMBER}
    return _calendar(marked, {day.year for day in days if day.year in years or day.year + 1 not in years})


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _malformed("isOffDay", value)


def _calendar(marked: list[tuple[date, bool]], years: set[int]) -> Calendar:
    off = frozenset(day for day, is_off in marked if is_off)
    on = frozenset(day for day, is_off in marked if not is_off)
    if off & on:
        raise NianjianError("holidays_unreadable", reason="off_and_on", place=min(off & on).isoformat())
    return Calendar(off, on, frozenset(years) if marked else frozenset())
