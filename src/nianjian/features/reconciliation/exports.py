"""Files of others: an export of the number-resource system, a carrier's bill (运营商话单/账单), and their mappings.

Headings of an export are those of our sheets, with 种类 (码号/中继线/坐席) in front where rows of several kinds stand
together. One unreadable cell and nothing is compared. Of a row of a bill only its sums are kept: numbers of customers
never leave here.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from nianjian.engines.kernel import yaml_text
from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints.forwards import SheetMapping, map_column, mapping_error, reread_line
from nianjian.features.reconciliation.filings import KINDS, LINES, NUMBERS, SEATS
from nianjian.features.reconciliation.sources import BILL, Bill, Count, Place
from nianjian.platform.registers import cells, lines, numbers, seats
from nianjian.platform.registers.cells import OUTER
from nianjian.platform.registers.columns import Column, Kind, Row, Sheet, fold_header
from nianjian.platform.registers.sheet_reader import Finding, Line, Table, check_table, read_sheet

KEYS: Final = {  # key of the file -> how it is written
    "columns": 'columns: {码号: "根号码", holder: "持有单位"}',
    "formats": 'formats: {filed_on: "%d/%m/%Y"}',
    "values": 'values: {filing: {"1": 已备案}, sort: {"A": 码号}}',
}


def parse_mapping(content: bytes, name: str) -> Mapping[str, object]:
    """Read a file; ``mapping_not_utf8``, ``mapping_unreadable``, ``file_too_large``, ``mapping_invalid``."""
    data = yaml_text.parsed(content, name)
    if not isinstance(data, Mapping):
        raise mapping_error(name, str(data)[:40], KEYS["columns"])
    return {str(key): value for key, value in data.items()}


def check_mapping(data: Mapping[str, object], sheet: Sheet, others: Mapping[str, Sheet], name: str) -> SheetMapping:
    """What a mapping says of one kind; ``mapping_invalid`` for a field that no kind has."""
    for key in data:
        if key not in KEYS:
            raise mapping_error(name, key, ", ".join(KEYS))
    columns, formats = (_fields(data, key, sheet, others, name) for key in ("columns", "formats"))
    for one in formats:
        if sheet.by_field(one).kind not in {Kind.DATE, Kind.MOMENT}:
            raise mapping_error(name, f"formats: {one}", KEYS["formats"])
    values: dict[str, Mapping[str, str]] = {}
    for one, words in _fields(data, "values", sheet, others, name).items():
        if not isinstance(words, Mapping):
            raise mapping_error(name, f"values: {one}", KEYS["values"])
        values[one] = {str(theirs): str(ours) for theirs, ours in words.items()}
    headers, forms = ({one: str(text) for one, text in part.items()} for part in (columns, formats))
    return SheetMapping(headers, forms, values)


def _fields(
    data: Mapping[str, object], key: str, sheet: Sheet, others: Mapping[str, Sheet], name: str
) -> dict[str, object]:
    entries = data.get(key) or {}
    if not isinstance(entries, Mapping):
        raise mapping_error(name, key, KEYS[key])
    by_field: dict[str, object] = {}
    for text, value in entries.items():
        own = _field(str(text), sheet)
        if own is not None:
            by_field[own] = value
        elif all(_field(str(text), other) is None for other in others.values()):
            raise mapping_error(name, f"{key}: {text}", ", ".join(one.field for one in sheet.columns))
    return by_field


def _field(text: str, sheet: Sheet) -> str | None:
    """Our field, by its name or by a header of the sheet."""
    if any(one.field == text for one in sheet.columns):
        return text
    column = sheet.column(text)
    return None if column is None else column.field


SORT: Final = "sort"
SORTS: Final = {
    "码号": NUMBERS, "中继线": LINES, "坐席": SEATS, "短号码": NUMBERS, "号码": NUMBERS, "95/96短号码": NUMBERS,
    "中继": LINES, "线路": LINES, "座席": SEATS,
}  # fmt: skip
SORT_COLUMN: Final = Column("种类", SORT, Kind.CHOICE, ("资源种类", "资源类型"), SORTS, example="码号")
PLAIN: Final[Mapping[str, Sheet]] = {NUMBERS: numbers.NUMBERS, LINES: lines.LINES, SEATS: seats.SEATS}
SHEETS: Final[Mapping[str, Sheet]] = {
    kind: replace(sheet, columns=(SORT_COLUMN, *sheet.columns)) for kind, sheet in PLAIN.items()
}
TOLD: Final = 50  # faults that are told one by one


@dataclass(frozen=True, slots=True)
class Export:
    """The rows of one kind. ``fields``: those that the export has a column for; ``other``: rows of other kinds."""

    file: str
    sha256: str
    rows: Sequence[Row]
    fields: frozenset[str]
    other: int
    extra_columns: tuple[str, ...]


def load_export(path: Path, kind: str, mapping: SheetMapping, *, step: Callable[[], object] = lambda: None) -> Export:
    """Read the rows of ``kind``; ``reconcile_export_faulty`` names each faulty cell, and what `read_sheet` raises.

    ``step``: as of `check_table`.
    """
    table, sheet = _table(path, kind, mapping)
    lines = [reread_line(one, table, mapping, zoned=True) for one in table.lines]
    own, strange = _own(lines, table, kind)
    faults = check_table(replace(table, lines=own), sheet, step=step)
    findings = sorted([*strange, *faults.findings], key=lambda one: one.line)
    refuse_faults(table, findings)
    return Export(
        file=table.file,
        sha256=table.sha256,
        rows=[one.row for one in faults.rows],
        fields=frozenset(column.field for column in table.columns.values()) - {SORT},
        other=len(lines) - len(own),
        extra_columns=tuple(table.extra.values()),
    )


def refuse_faults(table: Table, findings: Sequence[Finding]) -> None:
    """``reconcile_export_faulty`` where a cell cannot be read."""
    if findings:
        raise NianjianError(
            "reconcile_export_faulty",
            findings=tuple({**one.as_dict(), **one.values(), "code": one.code} for one in findings[:TOLD]),
            file=table.file,
            faults=len(findings),
        )


def _table(path: Path, kind: str, mapping: SheetMapping) -> tuple[Table, Sheet]:
    """The table by our headings; in one of several kinds a heading of another kind is no alias of this one's."""
    sheet = apply_mapping(SHEETS[kind], mapping)
    try:
        return read_sheet(path, sheet), sheet
    except NianjianError as fault:
        if fault.code != "column_twice":
            raise
    others = {fold_header(one.header) for name in KINDS if name != kind for one in PLAIN[name].columns}
    sheet = apply_mapping(SHEETS[kind], mapping, frozenset(others))
    return read_sheet(path, sheet), sheet


def apply_mapping(sheet: Sheet, mapping: SheetMapping, reserved: frozenset[str] = frozenset()) -> Sheet:
    """The sheet as the mapping spells its headings and words; ``reserved``: spellings that mean something else here."""
    taken = {fold_header(header) for header in mapping.columns.values()}
    columns = []
    for column in sheet.columns:
        aliases = tuple(one for one in column.aliases if fold_header(one) not in reserved)
        header, words = mapping.columns.get(column.field), mapping.values.get(column.field, {})
        if mapped := map_column(replace(column, aliases=aliases), header, words, taken):
            columns.append(mapped)
    return replace(sheet, columns=tuple(columns))


def _own(lines: Sequence[Line], table: Table, kind: str) -> tuple[list[Line], list[Finding]]:
    """The lines of this kind, and findings for those of a kind that nobody knows."""
    place = next((at for at, column in table.columns.items() if column.field == SORT), None)
    if place is None:
        return list(lines), []
    column, own, strange = table.columns[place], [], []
    for line in lines:
        cell = line.cells[place] if place < len(line.cells) else None
        word = "" if cell is None else str(cell).strip(OUTER)
        sort = column.choices.get(word)
        if sort is None:
            hint = "、".join(column.offered())
            code = "choice_unknown" if word else "value_missing"
            strange.append(Finding(table.file, table.sheet, line.number, table.header[place], code, word, hint))
        elif sort == kind:
            own.append(line)
    return own, strange


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

    export: SheetMapping = field(default_factory=SheetMapping)
    zone: ZoneInfo = ZONE
    unit: int = MINUTE


def check_bill_mapping(data: Mapping[str, object], name: str) -> BillMapping:
    """Check a mapping; ``mapping_invalid``."""
    export = check_mapping({key: value for key, value in data.items() if key not in OWN}, SHEET, {BILL: SHEET}, name)
    zone, unit = data.get("timezone") or ZONE.key, data.get("unit") or MINUTE
    if unit not in UNITS:
        raise mapping_error(name, f"unit: {unit}"[:60], ", ".join(map(str, UNITS)))
    try:
        return BillMapping(export, ZoneInfo(str(zone)), int(str(unit)))
    except (ValueError, OSError, KeyError) as fault:  # ZoneInfoNotFoundError is a KeyError, folders are an OSError
        raise mapping_error(name, f"timezone: {zone}"[:60], "Asia/Shanghai, UTC") from fault


def load_bill(path: Path, mapping: BillMapping) -> Bill:
    """Read a bill; ``reconcile_export_faulty`` names each cell, and what `sheet_reader.read_sheet` raises."""
    table = read_sheet(path, apply_mapping(SHEET, mapping.export))
    reader = _Reader(table, mapping)
    for line in table.lines:
        reader.take(reread_line(line, table, mapping.export, zoned=True))
    refuse_faults(table, reader.findings)
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
            period = self._period(line)
            if period is None or row.get("calls") is None:
                if len(self.findings) == before:
                    self._fault(line, "period" if period is None else "calls", "value_missing")
                return
            day = moved = period
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
            day = cells.value(cell, replace(column, kind=Kind.DATE))
        except cells.UnreadableError as fault:
            self._fault(line, "period", fault.code, cell)
            return None
        return day if isinstance(day, date) else None

    def _place(self, name: str) -> int | None:
        return next((at for at, column in self.table.columns.items() if column.field == name), None)

    def _fault(self, line: Line, name: str, code: str, cell: cells.Cell = None) -> None:
        place = self._place(name)
        header = SHEET.by_field(name).header if place is None else self.table.header[place]
        text = "" if cell is None or name == "number" else str(cell)[:40]
        self.findings.append(Finding(self.table.file, self.table.sheet, line.number, header, code, text))

    def bill(self) -> Bill:
        """The sums; by month where any row tells a month alone."""
        detailed, at = self._place("start") is not None, self.at
        if self.months:
            at = sum_counts(((day.replace(day=1), line), count) for (day, line), count in at.items())
        return Bill(
            file=self.table.file,
            sha256=self.table.sha256,
            at=at,
            moved=self.moved if detailed and not self.months else {},
            months=self.months,
            named=self.named,
            unit=self.given.unit,
            first=min(self.days, default=None),
            last=max(self.days, default=None),
        )


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


def sum_counts(pairs: Iterable[tuple[Place, Count]]) -> dict[Place, Count]:
    """The counts of each place added up."""
    sums: dict[Place, Count] = {}
    for place, count in pairs:
        sums[place] = sums[place].plus(count) if place in sums else count
    return sums


def join_bills(bills: Sequence[Bill]) -> Bill:
    """Several bills, such as one a carrier, as one; ``reconcile_bills_mixed`` where one tells days, another months."""
    first = bills[0]
    if len({one.months for one in bills}) > 1 or len({one.unit for one in bills}) > 1:
        raise NianjianError("reconcile_bills_mixed", files="、".join(one.file for one in bills))
    moved = [pair for one in bills for pair in one.moved.items()]
    return replace(
        first,
        file="、".join(one.file for one in bills),
        at=sum_counts(pair for one in bills for pair in one.at.items()),
        moved=sum_counts(moved) if all(one.moved or not one.at for one in bills) else {},
        named=any(one.named for one in bills),
        first=min((one.first for one in bills if one.first), default=None),
        last=max((one.last for one in bills if one.last), default=None),
    )
