"""One row written by hand: checked by the very checks of the sheets, with the row as a sheet of one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.platform.registers.columns import Column, Kind, Row, Sheet
from nianjian.platform.registers.sheet_reader import Finding, KeyedRow, Line, Reference, Table, check_table
from nianjian.platform.registers.versions import Version

CHANGED: Final = "changed_on"  # 变更日期: a form asks for the day by itself


@dataclass(frozen=True, slots=True)
class Entry:
    """``keyed`` is None where ``findings`` name a fault; findings and warnings by field."""

    keyed: KeyedRow | None
    findings: tuple[tuple[str, Finding], ...]
    warnings: tuple[tuple[str, Finding], ...]


def form_columns(sheet: Sheet) -> tuple[Column, ...]:
    """Columns that a form shows."""
    return tuple(column for column in sheet.columns if column.field != CHANGED)


def read_entry(sheet: Sheet, texts: Mapping[str, str], references: Sequence[Reference] = ()) -> Entry:
    """Check texts by field; one that is absent is blank. ``references``: as `check_table` takes it."""
    columns = form_columns(sheet)
    line = Line(1, [texts.get(column.field, "") for column in columns])
    header = tuple(column.header for column in columns)
    table = Table("", "", "", "", header, 1, dict(enumerate(columns)), {}, [line])
    checked = check_table(table, sheet, references)
    fields = {column.header: column.field for column in columns}

    def by_field(findings: list[Finding]) -> tuple[tuple[str, Finding], ...]:
        return tuple((fields[one.column], one) for one in findings)

    keyed = checked.rows[0] if checked.rows else None
    return Entry(keyed, by_field(checked.findings), by_field(checked.warnings))


def format_value(value: object, column: Column) -> str:
    """A stored value as it may be typed: `cells.value` reads it back to the same."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if column.kind is Kind.CHOICE:
        return next((label for label, stored in column.choices.items() if stored == value), "")
    return str(value)


def format_values(version: Version, sheet: Sheet) -> dict[str, str]:
    """Every shown value of a version as it may be typed, by field."""
    return {column.field: format_value(getattr(version, column.field), column) for column in form_columns(sheet)}


def stored_values(version: Version, sheet: Sheet) -> Row:
    """Values of a version by field, as the checks take them."""
    return {column.field: getattr(version, column.field) for column in sheet.columns}


def list_warnings(version: Version, sheet: Sheet) -> tuple[tuple[str, Finding], ...]:
    """What the sheet would warn about."""
    return read_entry(sheet, format_values(version, sheet)).warnings


def key_fields(version: Version, sheet: Sheet) -> tuple[str, ...]:
    """Fields that name the row: they never change."""
    row = stored_values(version, sheet)
    for fields in sheet.keys:
        if all(row.get(name) is not None for name in fields):
            return fields
    return sheet.keys[0]
