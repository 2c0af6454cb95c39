"""Holiday notices brought in as files: the years that the built-in calendar does not know yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import models, transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.workdays import Calendar
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.registers.columns import Column, Kind, Sheet


class HolidayFile(models.Model):
    """A file as it was imported; a later one replaces the years that it names."""

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    years: models.JSONField[Any, Any] = models.JSONField()  # the years that it counts as published
    papers: models.JSONField[Any, Any] = models.JSONField()  # what it names as its source
    days: models.JSONField[Any, Any] = models.JSONField()  # [[ISO date, off, name], …]
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    def __str__(self) -> str:
        """The file's name and its years."""
        return f"{self.name} {self.years}"


OFF: Final = "off"
ON: Final = "on"
STATES: Final = {"休息": OFF, "上班": ON, "放假": OFF, "休": OFF, "班": ON, "调休": OFF, "补班": ON, "调休上班": ON}

HOLIDAYS: Final = Sheet(
    kind="holidays",
    title="放假安排",
    keys=(("day",),),
    columns=(
        Column("日期", "day", Kind.DATE, example="2027-01-01"),
        Column("名称", "name", Kind.TEXT, ("节日",), example="元旦"),
        Column("休息/上班", "state", Kind.CHOICE, ("休息上班", "类型"), STATES, required=True, example="休息"),
        Column("依据文件", "paper", Kind.TEXT, ("依据",), example="国务院办公厅关于2027年部分节假日安排的通知"),
    ),
)


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """A file's calendar and where it comes from."""

    name: str
    sha256: str
    papers: tuple[str, ...]
    calendar: Calendar
    recorded_at: datetime
    recorded_by: str


def list_holiday_files() -> list[HolidayCalendar]:
    """Every imported file, oldest first: a later one replaces the years that it names."""
    return [_to_calendar(row) for row in HolidayFile.objects.order_by("recorded_at", "id")]


def _to_calendar(row: HolidayFile) -> HolidayCalendar:
    off = frozenset(date.fromisoformat(day) for day, is_off, _name in row.days if is_off)
    on = frozenset(date.fromisoformat(day) for day, is_off, _name in row.days if not is_off)
    calendar = Calendar(off, on, frozenset(row.years))
    return HolidayCalendar(row.name, row.sha256, tuple(row.papers), calendar, row.recorded_at, row.recorded_by)


def add_holiday_file(
    *,
    name: str,
    sha256: str,
    years: Sequence[int],
    papers: Sequence[str],
    days: Sequence[tuple[date, bool, str]],
    actor: Actor,
) -> bool:
    """Keep a file; ``days`` are (day, off, name). False, and nothing written, if it already is its years' newest."""
    with transaction.atomic():
        for known in HolidayFile.objects.order_by("-recorded_at", "-id"):
            if set(known.years) & set(years):
                if known.sha256 == sha256:
                    return False
                break
        HolidayFile(
            name=name,
            sha256=sha256,
            years=sorted(years),
            papers=list(papers),
            days=[[day.isoformat(), off, called] for day, off, called in sorted(days)],
            recorded_at=clock.now(),
            recorded_by=str(actor),
        ).save(force_insert=True)
        data = {"file": name, "sha256": sha256, "years": sorted(years), "days": len(days)}
        record(verb="holidays.import", enterprise="", actor=actor, data=data)
    return True
