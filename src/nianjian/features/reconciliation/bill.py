"""A carrier's bill (运营商话单/账单): calls and minutes by day or month and line, or one row a call.

One unreadable cell and nothing is compared. Of a row only its sums are kept: numbers of customers never leave here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation.counts import BILL, Bill, Count, Place
from nianjian.features.reconciliation.filing.export import apply_mapping, refuse, reread
from nianjian.features.reconciliation.filing.mapping import ExportMapping, checked
from nianjian.platform.registers import cells
from nianjian.platform.registers.columns import Column, Kind, Sheet
from nianjian.platform.registers.sheet_reader import Finding, Line, Table, read_sheet

SHEET: Final = Sheet(
    kind=BILL,
    title="运营商账单",
    keys=(("period", "calls"), ("start",)),
    columns=(
        Column("账期", "period", aliases=("计费账期", "计费月", "账单月份", "月份", "日期", "通话日期", "统计日期")),
        Column("开始时间", "start", Kind.MOMENT, ("通话开始时间", "起始时间", "呼叫时间", "计费开始时间")),
        Column("号码", "number", Kind.PHONE, ("计费号码", "业务号码", "主叫号码")),
        Column("线路编号", "line", Kind.CODE, ("中继编号", "中继群号", "中继线编号", "中继", "线路")),
        Column("通话数", "calls", Kind.WHOLE, ("通话次数", "呼叫次数", "话单数", "次数")),
        Column("接通数", "answered", Kind.WHOLE, ("接通次数",)),
        Column("计费分钟", "minutes", Kind.AMOUNT, ("计费时长(分钟)", "计费分钟数", "计费时长")),
        Column("通话时长", "seconds", Kind.DURATION, ("通话时长(秒)", "通话秒数", "时长")),
    ),
)
OWN: Final = ("timezone", "unit")  # keys of the mapping that only a bill knows
UNITS: Final = (1, 6, 60)  # seconds in which carriers charge
MINUTE: Final = 60
UTC_AWAY: Final = timedelta(hours=8)  # what a bill in UTC lies before Beijing time
ZONED: Final = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")


@dataclass(frozen=True, slots=True)
class BillMapping:
    """``zone`` of stamps that carry none; ``unit``: seconds by which each call is rounded up."""

    export: ExportMapping = field(default_factory=ExportMapping)
    zone: ZoneInfo = ZONE
    unit: int = MINUTE


def mapping(data: Mapping[str, object], name: str) -> BillMapping:
    """Check a mapping; ``mapping_invalid``."""
    export = checked({key: value for key, value in data.items() if key not in OWN}, SHEET, {BILL: SHEET}, name)
    zone, unit = data.get("timezone") or ZONE.key, data.get("unit") or MINUTE
    if unit not in UNITS:
        raise NianjianError("mapping_invalid", file=name, key=f"unit: {unit}"[:60], allowed=", ".join(map(str, UNITS)))
    try:
        return BillMapping(export, ZoneInfo(str(zone)), int(str(unit)))
    except (ValueError, OSError) as fault:  # ZoneInfoNotFoundError is a KeyError, folders are an OSError
        raise _zone_wrong(name, zone) from fault
    except KeyError as fault:
        raise _zone_wrong(name, zone) from fault


def _zone_wrong(name: str, zone: object) -> NianjianError:
    return NianjianError("mapping_invalid", file=name, key=f"timezone: {zone}"[:60], allowed="Asia/Shanghai, UTC")


def load(path: Path, given: BillMapping) -> Bill:
    """Read a bill; ``reconcile_export_faulty`` names each cell, and what `sheet_reader.read_sheet` raises."""
    table = read_sheet(path, apply_mapping(SHEET, given.export))
    reader = _Reader(table, given)
    for line in table.lines:
        reader.take(reread(line, table, given.export))
    refuse(table, reader.findings)
    if not reader.months and reader.days and reader.dated and all(day.day == 1 for day in reader.days):
        reader.months = True  # Excel makes the first of the month of 2026-12
    return reader.bill()


@dataclass(slots=True)
class _Reader:
    """Sums of the rows read so far."""

    table: Table
    given: BillMapping
    findings: list[Finding] = field(default_factory=list)
    at: dict[Place, Count] = field(default_factory=dict)
    moved: dict[Place, Count] = field(default_factory=dict)
    days: set[date] = field(default_factory=set)
    months: bool = False
    dated: bool = True  # every period was a date cell of a workbook
    named: bool = False

    def take(self, line: Line) -> None:
        """Add a row, or say what is wrong with it."""
        before = len(self.findings)
        row = self._row(line)
        start = row.get("start")
        if isinstance(start, datetime):
            day, moved = start.date(), (start + UTC_AWAY).date()
            self.dated = False
        else:
            found = self._period(line)
            if found is None or row.get("calls") is None:
                if len(self.findings) == before:
                    self._fault(line, "period" if found is None else "calls", "value_missing")
                return
            day = moved = found
        if len(self.findings) > before:
            return
        line_id = str(row.get("line") or "")
        self.named |= bool(line_id)
        self.days.add(day)
        count = _count(row, self.given.unit)
        for sums, where in ((self.at, day), (self.moved, moved)):
            place = (where, line_id)
            sums[place] = sums[place].plus(count) if place in sums else count

    def _row(self, line: Line) -> dict[str, object]:
        row: dict[str, object] = {}
        for position, column in self.table.columns.items():
            cell = line.cells[position] if position < len(line.cells) else None
            if column.field == "period":
                continue
            try:
                value = cells.value(cell, column)
            except cells.UnreadableError as fault:
                self._fault(line, column.field, fault.code, cell)
                continue
            if isinstance(value, Decimal) and value < 0:
                self._fault(line, column.field, "amount_unreadable", cell)
                continue
            if isinstance(value, datetime) and not ZONED.search(str(cell).strip()):
                value = value.replace(tzinfo=self.given.zone).astimezone(ZONE)
            row[column.field] = value
        return row

    def _period(self, line: Line) -> date | None:
        """The day, or the first of the month."""
        position = self._place("period")
        cell = line.cells[position] if position is not None and position < len(line.cells) else None
        if cell in (None, ""):
            return None
        column = SHEET.by_field("period")
        if not isinstance(cell, date):
            self.dated = False
            try:
                month = cells.value(cell, replace(column, kind=Kind.MONTH))
            except cells.UnreadableError:
                month = None
            if month is not None:
                self.months = True
                return date.fromisoformat(f"{month}-01")
        try:
            found = cells.value(cell, replace(column, kind=Kind.DATE))
        except cells.UnreadableError as fault:
            self._fault(line, "period", fault.code, cell)
            return None
        return found if isinstance(found, date) else None

    def _place(self, name: str) -> int | None:
        return next((at for at, column in self.table.columns.items() if column.field == name), None)

    def _fault(self, line: Line, name: str, code: str, cell: cells.Cell = None) -> None:
        place = self._place(name)
        header = SHEET.by_field(name).header if place is None else self.table.header[place]
        shown = "" if cell is None or name == "number" else str(cell)[:40]
        self.findings.append(Finding(self.table.file, self.table.sheet, line.number, header, code, shown))

    def bill(self) -> Bill:
        """The sums; by month where any row tells a month alone."""
        detailed = self._place("start") is not None
        return Bill(
            file=self.table.file,
            sha256=self.table.sha256,
            at=_by_month(self.at) if self.months else self.at,
            moved=self.moved if detailed and not self.months else {},
            months=self.months,
            named=self.named,
            unit=self.given.unit,
            first=min(self.days, default=None),
            last=max(self.days, default=None),
        )


def _by_month(at: Mapping[Place, Count]) -> dict[Place, Count]:
    sums: dict[Place, Count] = {}
    for (day, line), count in at.items():
        place = (day.replace(day=1), line)
        sums[place] = sums[place].plus(count) if place in sums else count
    return sums


def _count(row: Mapping[str, object], unit: int) -> Count:
    """A row's sums; a row of one call is answered where it lasted."""
    calls, answered, minutes, seconds = (row.get(name) for name in ("calls", "answered", "minutes", "seconds"))
    single = isinstance(row.get("start"), datetime)
    if minutes is None and isinstance(seconds, int):
        minutes = Decimal(-(-seconds // unit) * unit) / MINUTE if single else Decimal(seconds) / MINUTE
    if answered is None and single and minutes is not None:
        answered = int(minutes != 0)
    return Count(
        calls=calls if isinstance(calls, int) else 1,
        answered=answered if isinstance(answered, int) else None,
        minutes=minutes if isinstance(minutes, Decimal) else None,
    )


def joined(bills: Sequence[Bill]) -> Bill:
    """Several bills, such as one a carrier, as one; ``reconcile_bills_mixed`` where one tells days, another months."""
    first = bills[0]
    if len({one.months for one in bills}) > 1 or len({one.unit for one in bills}) > 1:
        raise NianjianError("reconcile_bills_mixed", files="、".join(one.file for one in bills))
    at: dict[Place, Count] = {}
    moved: dict[Place, Count] = {}
    for one in bills:
        for sums, more in ((at, one.at), (moved, one.moved)):
            for place, count in more.items():
                sums[place] = sums[place].plus(count) if place in sums else count
    return replace(
        first,
        file="、".join(one.file for one in bills),
        at=at,
        moved=moved if all(one.moved or not one.at for one in bills) else {},
        named=any(one.named for one in bills),
        first=min((one.first for one in bills if one.first), default=None),
        last=max((one.last for one in bills if one.last), default=None),
    )
