"""Check a sheet cell by cell: rows to be written, or findings; never both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from nianjian.engines.kernel.identifiers import licence_number
from nianjian.platform.registers.tables import cells
from nianjian.platform.registers.tables.column import Column, Kind, Row, Sheet
from nianjian.platform.registers.tables.findings import Finding
from nianjian.platform.registers.tables.sheet_reader import Line, Table

KEY_LIMIT: Final = 160
SEPARATOR: Final = "|"
SHOWN: Final = 80  # characters of a faulty value that a finding repeats
LONG_DIGITS: Final = re.compile(r"\d{7,}")


@dataclass(frozen=True, slots=True)
class Keyed:
    """A sound row. ``key`` is its key in plain text, ``extra`` the cells of unknown columns by header."""

    key: str
    row: Row
    extra: dict[str, str]


@dataclass(slots=True)
class Checked:
    """Sound rows in file order, all findings, and warnings that refuse nothing; ``faulty``: rows with a finding."""

    rows: list[Keyed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    faulty: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """A field whose value must be one of ``allowed``: else ``code``, a finding where it ``refuses``, a warning else."""

    field: str
    allowed: frozenset[str]
    code: str
    refuses: bool = True


def check(table: Table, sheet: Sheet, named: Sequence[Named] = ()) -> Checked:
    """Check every row of the table; a row with several faults gives several findings.

    ``named``: fields that name rows of another register.
    """
    found = Checked()
    seen: dict[str, int] = {}
    places = {column.field: column for column in table.columns.values()}
    for line in table.lines:
        before = len(found.findings)
        row = _row(line, table, found)
        _whole_row(row, line, table, sheet, places, found)
        _references(row, line, table, sheet, named, found)
        key = _key(row, sheet)
        fields = sheet.keys[0] if key is None else key[0]
        text = None if key is None else SEPARATOR.join(key[1])
        column = places.get(fields[0]) or sheet.by_field(fields[0])
        if text is None:
            if len(found.findings) == before:  # else the key's own cell has told its fault already
                found.findings.append(_finding(table, line, column, "key_missing"))
        elif len(text) > KEY_LIMIT:
            found.findings.append(_finding(table, line, column, "key_too_long"))
        else:
            text = _apart(text, sheet, seen)
            first = seen.setdefault(text, line.number)
            if first != line.number:
                found.findings.append(_finding(table, line, column, "key_duplicate", hint=str(first)))
        if len(found.findings) == before and text is not None:
            found.rows.append(Keyed(text, row, _extra(line, table)))
        else:
            found.faulty += 1
    return found


def _row(line: Line, table: Table, found: Checked) -> Row:
    row: Row = {}
    width = len(table.header)
    if len(line.cells) > width and any(cell not in (None, "") for cell in line.cells[width:]):
        found.findings.append(Finding(table.file, table.sheet, line.number, table.header[-1], "columns_surplus"))
    for position, column in table.columns.items():
        cell = line.cells[position] if position < len(line.cells) else None
        try:
            row[column.field] = cells.value(cell, column)
        except cells.UnreadableError as fault:
            hint = "、".join(_readable(column)) if fault.code in {"choice_unknown", "flag_unreadable"} else ""
            found.findings.append(_finding(table, line, column, fault.code, cell=cell, hint=hint, details=fault.values))
            continue
        if column.kind is Kind.LICENCE and row[column.field] and not licence_number(str(row[column.field])).usual:
            found.warnings.append(_finding(table, line, column, "licence_number_unusual", cell=cell))
    return row


def _readable(column: Column) -> list[str]:
    """What may stand in the column; flags are read in both languages."""
    return ["是 (yes)", "否 (no)"] if column.kind is Kind.FLAG else column.offered()


def _whole_row(  # noqa: PLR0917 - one step of `check`, over its own values
    row: Row, line: Line, table: Table, sheet: Sheet, places: dict[str, Column], found: Checked
) -> None:
    for column in sheet.columns:
        if column.required and column.field in places and column.field in row and row[column.field] is None:
            found.findings.append(_finding(table, line, column, "value_missing"))
    for checks, into in ((sheet.checks, found.findings), (sheet.notes, found.warnings)):
        for one in checks:
            fault = one(row)
            if fault is not None:
                column = places.get(fault[0]) or sheet.by_field(fault[0])
                into.append(_finding(table, line, column, fault[1], cell=str(row.get(fault[0]) or "")))


def _references(  # noqa: PLR0917 - one step of `check`, over its own values
    row: Row, line: Line, table: Table, sheet: Sheet, named: Sequence[Named], found: Checked
) -> None:
    for one in named:
        value = row.get(one.field)
        if value is not None and str(value) not in one.allowed:
            into = found.findings if one.refuses else found.warnings
            into.append(_finding(table, line, sheet.by_field(one.field), one.code, cell=str(value)))


def _key(row: Row, sheet: Sheet) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    for fields in sheet.keys:
        values = tuple(row.get(name) for name in fields)
        if all(value is not None for value in values):
            return fields, tuple(str(value) for value in values)
    return None


def _apart(text: str, sheet: Sheet, seen: dict[str, int]) -> str:
    """Tell repeated keys apart by their order, where the sheet says that repeats are real."""
    if not sheet.repeats or text not in seen:
        return text
    number = 2
    while f"{text}{SEPARATOR}#{number}" in seen:
        number += 1
    return f"{text}{SEPARATOR}#{number}"


def _extra(line: Line, table: Table) -> dict[str, str]:
    return {
        name: str(line.cells[position])
        for position, name in table.extra.items()
        if position < len(line.cells) and line.cells[position] not in (None, "")
    }


def _finding(
    table: Table,
    line: Line,
    column: Column,
    code: str,
    *,
    cell: cells.Cell = None,
    hint: str = "",
    details: Mapping[str, object] | None = None,
) -> Finding:
    shown = "" if cell is None or column.personal else LONG_DIGITS.sub(_hidden, str(cell)[:SHOWN])
    return Finding(table.file, table.sheet, line.number, _header(table, column), code, shown, hint, details or {})


def _hidden(digits: re.Match[str]) -> str:
    """A long digit run may be a telephone or identity number in the wrong column."""
    text = digits[0]
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}" if len(text) > 7 else text  # noqa: PLR2004 - 3 + 4 stay


def _header(table: Table, column: Column) -> str:
    """The header as the file spells it."""
    for position, one in table.columns.items():
        if one is column:
            return table.header[position]
    return column.header
