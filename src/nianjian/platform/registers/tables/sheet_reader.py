"""Read a sheet: CSV in UTF-8 (with or without BOM) or GB18030, or the first fitting sheet of a workbook."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import wrap_read_errors
from nianjian.engines.kernel.formulas import restored
from nianjian.engines.kernel.old_workbooks import open_workbook
from nianjian.engines.kernel.workbooks import ValueRow
from nianjian.platform.registers.tables.cells import OUTER, Cell
from nianjian.platform.registers.tables.column import IGNORED, Column, Sheet

WORKBOOK: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # zip (xlsx, xlsb, ods) and the old xls
WORKBOOK_NAMES: Final = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et"})
HEADER_WITHIN: Final = 10  # a title and notes may stand above the header
EXAMPLE: Final = "示例"
CELL_LIMIT: Final = 1_000_000  # characters; a stray quote may swallow the rest of a file
csv.field_size_limit(CELL_LIMIT)


@dataclass(frozen=True, slots=True)
class Line:
    """One data row: its physical line (sheet row, first = 1) and its cells by position."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as read. ``columns``: position -> column; ``extra``: position -> header of an unknown column."""

    file: str
    sha256: str
    sheet: str  # name of the workbook's sheet, "" for CSV
    encoding: str  # utf-8, utf-8-sig, gb18030 or xlsx
    header: tuple[str, ...]
    header_line: int  # its physical line
    columns: dict[int, Column]
    extra: dict[int, str]
    lines: list[Line] = field(repr=False)
    unsaved: frozenset[int] = frozenset()  # lines with a formula whose value was never saved: it is read as nothing


def read(path: Path, sheet: Sheet) -> Table:
    """Read the whole file.

    NianjianError: ``file_missing``, ``file_unreadable``, ``file_empty``, ``encoding_unknown``, ``encoding_mixed``,
    ``sheet_malformed`` (broken quotes), ``workbook_unreadable``, ``not_a_workbook`` (only its name is one),
    ``header_missing`` (no row names the key), ``column_missing``, ``column_twice``; of a workbook that is larger
    than a server can hold those of `kernel.unpacking`.
    """
    content = _content(path)
    digest = hashlib.sha256(content).hexdigest()
    name, encoding, lines, start, unsaved = _rows(content, path, sheet)
    if start is None:
        raise NianjianError("header_missing", file=path.name, kind=sheet.kind, column=_key_headers(sheet))
    header = tuple("" if cell is None else str(cell).strip() for cell in lines[start].cells)
    columns, extra = _assigned(header, sheet, path.name)
    present = {column.field for column in columns.values()}
    for column in sheet.columns:
        if column.required and column.field not in present:
            raise NianjianError("column_missing", file=path.name, column=column.header)
    body = _body(lines, start)
    below = frozenset(number for number in unsaved if number > lines[start].number)
    return Table(path.name, digest, name, encoding, header, lines[start].number, columns, extra, body, below)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A file as it stands: its heading row, whether or not the sheet knows what it names, and the lines below."""

    file: str
    sheet: str
    encoding: str
    header: tuple[str, ...]
    lines: list[Line] = field(repr=False)


def begin(path: Path, sheet: Sheet) -> Beginning:
    """Read a file to see what its headings are, for whom has still to say which is which.

    Where no row names the sheet's key, the heading row is the first of those that fill the most columns. Raises what
    `read` raises, but for headings.
    """
    name, encoding, lines, start, _ = _rows(_content(path), path, sheet)
    if start is None:
        filled = [sum(cell not in (None, "") for cell in line.cells) for line in lines[:HEADER_WITHIN]]
        if not any(filled):
            raise NianjianError("file_empty", file=path.name)
        start = filled.index(max(filled))
    header = tuple("" if cell is None else str(cell).strip() for cell in lines[start].cells)
    return Beginning(path.name, name, encoding, header, _body(lines, start))


def _content(path: Path) -> bytes:
    with wrap_read_errors(path):
        content = path.read_bytes()
    if not content.strip():
        raise NianjianError("file_empty", file=path.name)
    return content


def _rows(content: bytes, path: Path, sheet: Sheet) -> tuple[str, str, list[Line], int | None, list[int]]:
    """Name of the workbook's sheet, encoding, lines, the index of the heading row, and `Table.unsaved`."""
    if content.startswith(WORKBOOK):
        name, lines, start, unsaved = _workbook(path, sheet)
        return name, "xlsx", lines, start, unsaved
    lines, start, encoding = _plain(content, path, sheet)
    return "", encoding, lines, start, []


def _body(lines: Sequence[Line], start: int) -> list[Line]:
    return [line for line in lines[start + 1 :] if any(cell not in (None, "") for cell in line.cells)]


def _plain(content: bytes, path: Path, sheet: Sheet) -> tuple[list[Line], int | None, str]:
    """Read text as CSV. Exports call a CSV ``.xls``, so the name is asked only when the text cannot be read."""
    named = path.suffix.lower() in WORKBOOK_NAMES
    try:
        text, encoding = _decoded(content, path.name)
        lines = _csv(text, path.name)
    except NianjianError as fault:
        if named:
            raise NianjianError("not_a_workbook", file=path.name) from fault
        raise
    start = _header(lines, sheet)
    if start is None and named:
        raise NianjianError("not_a_workbook", file=path.name)
    return lines, start, encoding


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    if content.startswith(codecs.BOM_UTF8):
        candidates: tuple[str, ...] = ("utf-8-sig",)
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ("utf-16",)  # Excel's "Unicode text"
    else:
        candidates = ("utf-8", "gb18030")
    for encoding in candidates:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            if encoding == "utf-8" and (line := _stranger(content)) is not None:
                raise NianjianError("encoding_mixed", file=name, line=line, encoding="UTF-8") from None
    raise NianjianError("encoding_unknown", file=name)


def _stranger(content: bytes) -> int | None:
    """The first line that is not UTF-8, in a file most of whose lines beyond ASCII are; else None.

    As a whole such a file may well pass as GB18030, and every header in it would be unreadable.
    """
    strangers, others = [], 0
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.isascii():
            continue
        others += 1
        try:
            line.decode()
        except UnicodeDecodeError:
            strangers.append(number)
    return strangers[0] if len(strangers) * 2 <= others else None


def _csv(text: str, name: str) -> list[Line]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines, number = [], 1
    try:
        for cells in reader:
            lines.append(Line(number, [restored(cell.strip(OUTER)) for cell in cells]))
            number = reader.line_num + 1
    except csv.Error as fault:
        raise NianjianError("sheet_malformed", file=name, line=number) from fault
    return lines


def _workbook(path: Path, sheet: Sheet) -> tuple[str, list[Line], int | None, list[int]]:
    """Return the first sheet with a fitting header, or else the first that holds anything, with None.

    The example sheet of our template never counts. Blank rows are left out.
    """
    try:
        book = open_workbook(path.name, path)
        chosen, fits = "", False
        for title in book.names:
            if title == EXAMPLE:
                continue
            head = list(islice(filter(_filled, book.values(title)), HEADER_WITHIN))
            fits = _header(_lines(head), sheet) is not None
            if fits or (head and not chosen):
                chosen = title
            if fits:
                break
        if not chosen:
            return "", [], None, []
        rows = [row for row in book.values(chosen) if _filled(row) or row.formula]
    except NianjianError as fault:
        if fault.code == "workbook_broken":
            raise NianjianError("workbook_unreadable", file=path.name) from fault
        raise
    lines = _lines(filter(_filled, rows))
    return chosen, lines, _header(lines, sheet), [row.number for row in rows if row.formula]


def _filled(row: ValueRow) -> bool:
    return any(cell not in (None, "") for cell in row.cells)


def _lines(rows: Iterable[ValueRow]) -> list[Line]:
    """With each cell as it was before one of our own lists made it harmless for a spreadsheet program."""
    return [Line(row.number, [restored(one) if isinstance(one, str) else one for one in row.cells]) for row in rows]


def _header(lines: Sequence[Line], sheet: Sheet) -> int | None:
    """Index of the first row that names every column of one of the keys."""
    for index, line in enumerate(lines[:HEADER_WITHIN]):
        fields = {found.field for cell in line.cells if cell and (found := sheet.column(str(cell))) is not None}
        if any(fields.issuperset(key) for key in sheet.keys):
            return index
    return None


def _assigned(header: Sequence[str], sheet: Sheet, file: str) -> tuple[dict[int, Column], dict[int, str]]:
    columns: dict[int, Column] = {}
    extra: dict[int, str] = {}
    taken: dict[str, str] = {}
    for position, name in enumerate(header):
        column = sheet.column(name)
        if column is None:
            if name and name not in IGNORED:
                extra[position] = name
            continue
        if column.field in taken:
            raise NianjianError("column_twice", file=file, column=name, other=taken[column.field])
        taken[column.field] = name
        columns[position] = column
    return columns, extra


def _key_headers(sheet: Sheet) -> str:
    return " / ".join("+".join(sheet.by_field(name).header for name in key) for key in sheet.keys)
