"""The working-day calendar: the years that are built in, and over them the notices that people have imported."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from nianjian.engines.kernel import files
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Calendar, Due, add_workdays
from nianjian.engines.rules import holidays
from nianjian.platform.accounts.access import EVERYWHERE, require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers import holidays as service
from nianjian.platform.registers.holidays import HOLIDAYS, OFF, Day
from nianjian.platform.registers.sheet_reader import Finding, check_table, read_sheet

BUILTIN: Final = "chinesecalendar"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file. ``years``: those it counts as published; none: the notice is not out, nothing changed.

    ``new`` is False where the same file already stood. With ``errors`` nothing was written.
    """

    file: str
    years: tuple[int, ...]
    days_off: int
    extra_workdays: int
    new: bool
    errors: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Year:
    """One published year: its source, the days off and working weekends in it."""

    year: int
    source: str
    papers: tuple[str, ...]
    days_off: int
    extra_workdays: int


def calendar() -> Calendar:
    """Return the calendar that every count of working days takes."""
    cal = holidays.builtin()
    for one in service.list_holiday_files():
        cal = cal.updated(one.calendar)
    return cal


def due(*, start: date, workdays: int) -> Due:
    """Count working days after ``start``; provisional where a year on the way has no notice yet."""
    return add_workdays(start, workdays, calendar())


def years() -> list[Year]:
    """Every published year, oldest first."""
    whole = calendar()
    sources: dict[int, tuple[str, tuple[str, ...]]] = {}
    for one in service.list_holiday_files():
        sources |= dict.fromkeys(one.calendar.years, (one.name, tuple(one.papers)))
    return [
        Year(
            year,
            *sources.get(year, (BUILTIN, ())),
            sum(day.year == year for day in whole.days_off),
            sum(day.year == year for day in whole.extra_workdays),
        )
        for year in sorted(whole.years)
    ]


def import_holidays(*, path: Path, actor: Actor) -> Receipt:
    """Import the JSON of a year or a table 日期, 名称, 休息/上班, 依据文件; all of it or nothing.

    ``role_missing_everywhere``, ``file_missing``, ``file_unreadable``, ``holidays_unreadable``, and those of
    `rules.holidays.from_json` and `registers.sheet_reader.read_sheet`.
    """
    require_permission(actor, EVERYWHERE, Permission.ADMINISTER)
    if path.suffix.lower() == ".json":
        content = files.content(path)
        cal, days, papers = _from_json(content)
        digest = hashlib.sha256(content).hexdigest()
    else:
        table = read_sheet(path, HOLIDAYS)
        checked = check_table(table, HOLIDAYS)
        if checked.findings:
            return Receipt(table.file, (), 0, 0, new=False, errors=tuple(checked.findings))
        rows = [keyed.row for keyed in checked.rows]
        words = {True: holidays.OFF, False: holidays.ON}
        cal = holidays.from_rows([{"日期": row["day"], "休息/上班": words[row["state"] == OFF]} for row in rows])
        days = [(cast("date", row["day"]), row["state"] == OFF, str(row.get("name") or "")) for row in rows]
        papers = list(dict.fromkeys(str(row["paper"]) for row in rows if row.get("paper")))
        digest = table.sha256
    years = tuple(sorted(cal.years))
    new = bool(years) and service.add_holiday_file(
        name=path.name, sha256=digest, years=years, papers=papers, days=days, actor=actor
    )
    return Receipt(path.name, years, len(cal.days_off), len(cal.extra_workdays), new=new)


def _from_json(content: bytes) -> tuple[Calendar, list[Day], list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise NianjianError("holidays_unreadable", reason="not_utf8", place=str(line)) from fault
    cal = holidays.from_json(text)
    document: dict[str, Any] = json.loads(text)
    days = [(date.fromisoformat(one["date"]), one["isOffDay"], str(one.get("name") or "")) for one in document["days"]]
    papers = document.get("papers")
    return cal, days, [str(one) for one in papers] if isinstance(papers, list) else []
