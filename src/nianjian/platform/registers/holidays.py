"""Holiday notices brought in as files: the years that the built-in calendar does not know yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.db import models, transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.memo import per_request
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
        return f"{self.name} {self.years}"

    @property
    def calendar(self) -> Calendar:
        """Its days."""
        off = frozenset(date.fromisoformat(day) for day, is_off, _name in self.days if is_off)
        on = frozenset(date.fromisoformat(day) for day, is_off, _name in self.days if not is_off)
        return Calendar(off, on, frozenset(self.years))


Day = tuple[date, bool, str]
"""(day, off, name)."""
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


@per_request
def list_holiday_files() -> list[HolidayFile]:
    """Every imported file, oldest first: a later one replaces the years that it names."""
    return list(HolidayFile.objects.order_by("recorded_at", "id"))


def add_holiday_file(
    *, name: str, sha256: str, years: Sequence[int], papers: Sequence[str], days: Sequence[Day], actor: Actor
) -> bool:
    """Keep a file; ``days`` are (day, off, name). False, and nothing written, if it already is its years' newest."""
    with transaction.atomic():
        files = (one for one in HolidayFile.objects.order_by("-recorded_at", "-id") if set(one.years) & set(years))
        newest = next(files, None)
        if newest is not None and newest.sha256 == sha256:
            return False
        rows = [[day.isoformat(), off, called] for day, off, called in sorted(days)]
        values = {"name": name, "sha256": sha256, "years": sorted(years), "papers": list(papers), "days": rows}
        HolidayFile.objects.create(**values, recorded_at=clock.now(), recorded_by=str(actor))
        data = {"file": name, "sha256": sha256, "years": sorted(years), "days": len(days)}
        record(verb="holidays.import", enterprise="", actor=actor, data=data)
    return True
