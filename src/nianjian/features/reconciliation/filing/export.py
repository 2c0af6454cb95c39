"""Read an export of the number-resource system: one table for numbers, lines and seats, or one for each.

Its headings are those of our sheets, with 种类 (码号/中继线/坐席) in front where rows of several kinds stand together.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation.filing.mapping import ExportMapping
from nianjian.features.reconciliation.filing.status import KINDS, LINES, NUMBERS, SEATS
from nianjian.platform.registers import lines, numbers, seats
from nianjian.platform.registers.cells import OUTER
from nianjian.platform.registers.columns import Column, Kind, Row, Sheet, fold_header
from nianjian.platform.registers.sheet_reader import Finding, Line, Table, check_table, read_sheet

SORT: Final = "sort"
SORTS: Final = {
    "码号": NUMBERS,
    "中继线": LINES,
    "坐席": SEATS,
    "短号码": NUMBERS,
    "号码": NUMBERS,
    "95/96短号码": NUMBERS,
    "中继": LINES,
    "线路": LINES,
    "座席": SEATS,
}
SORT_COLUMN: Final = Column("种类", SORT, Kind.CHOICE, ("资源种类", "资源类型"), SORTS, example="码号")
PLAIN: Final[Mapping[str, Sheet]] = {NUMBERS: numbers.NUMBERS, LINES: lines.LINES, SEATS: seats.SEATS}
SHEETS: Final[Mapping[str, Sheet]] = {
    kind: dataclasses.replace(sheet, columns=(SORT_COLUMN, *sheet.columns)) for kind, sheet in PLAIN.items()
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


def load(path: Path, kind: str, mapping: ExportMapping) -> Export:
    """Read and check the rows of ``kind``; with one faulty cell nothing is compared.

    ``reconcile_export_faulty`` names each cell; and what `sheet_reader.read_sheet` raises.
    """
    table, sheet = _table(path, kind, mapping)
    lines = [reread(one, table, mapping) for one in table.lines]
    own, strange = _own(lines, table, kind)
    faults = check_table(dataclasses.replace(table, lines=own), sheet)
    found = sorted([*strange, *faults.findings], key=lambda one: one.line)
    refuse(table, found)
    return Export(
        file=table.file,
        sha256=table.sha256,
        rows=[one.row for one in faults.rows],
        fields=frozenset(column.field for column in table.columns.values()) - {SORT},
        other=len(lines) - len(own),
        extra_columns=tuple(table.extra.values()),
    )


def refuse(table: Table, found: Sequence[Finding]) -> None:
    """``reconcile_export_faulty`` where a cell cannot be read."""
    if found:
        raise NianjianError(
            "reconcile_export_faulty",
            findings=tuple({**one.as_dict(), **one.values(), "code": one.code} for one in found[:TOLD]),
            file=table.file,
            faults=len(found),
        )


def _table(path: Path, kind: str, mapping: ExportMapping) -> tuple[Table, Sheet]:
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


def apply_mapping(sheet: Sheet, mapping: ExportMapping, reserved: frozenset[str] = frozenset()) -> Sheet:
    """The sheet as the mapping spells its headings and words; ``reserved``: spellings that mean something else here."""
    theirs = {fold_header(header) for header in mapping.columns.values()}
    columns = []
    for column in sheet.columns:
        words = mapping.values.get(column.field, {}) if column.choices else {}
        choices = {**column.choices, **{one: column.choices.get(ours, ours) for one, ours in words.items()}}
        if column.field in mapping.columns:
            made = dataclasses.replace(column, header=mapping.columns[column.field], aliases=(), choices=choices)
        else:
            names = [column.header, *(one for one in column.aliases if fold_header(one) not in reserved)]
            free = [one for one in names if fold_header(one) not in theirs]
            if not free:
                continue
            made = dataclasses.replace(column, header=free[0], aliases=tuple(free[1:]), choices=choices)
        columns.append(made)
    return dataclasses.replace(sheet, columns=tuple(columns))


def reread(line: Line, table: Table, mapping: ExportMapping) -> Line:
    """The line with days and words as our sheet reads them."""
    cells = list(line.cells)
    for place, column in table.columns.items():
        cell = cells[place] if place < len(cells) else None
        text = "" if cell is None else str(cell).strip(OUTER)
        if column.field in mapping.formats and text:
            try:
                cells[place] = datetime.strptime(text, mapping.formats[column.field])  # noqa: DTZ007 -- a day, no moment
            except (ValueError, re.error):  # a form that names the year twice is no regular expression
                continue  # the check names the cell
        elif not column.choices and text in mapping.values.get(column.field, {}):
            cells[place] = mapping.values[column.field][text]
    return Line(line.number, cells)


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
