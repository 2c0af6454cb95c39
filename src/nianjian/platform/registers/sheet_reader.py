"""Read a sheet that people sent (xlsx or CSV) and check every row of it; findings name the cell."""

import codecs
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import wrap_read_errors
from nianjian.engines.kernel.formulas import restored
from nianjian.engines.kernel.identifiers import licence_number
from nianjian.engines.kernel.old_workbooks import open_workbook
from nianjian.engines.kernel.workbooks import ValueRow
from nianjian.platform.registers import cells
from nianjian.platform.registers.cells import OUTER, Cell
from nianjian.platform.registers.columns import IGNORED, Column, Kind, Row, Sheet


@dataclass(frozen=True, slots=True)
class Finding:
    """A faulty cell. ``value`` is what stands there, "" where it is personal; ``hint`` what would have been right."""

    file: str
    sheet: str
    line: int
    column: str
    code: str
    value: str = ""
    hint: str = ""
    details: Mapping[str, object] = field(default_factory=dict)  # further values of the code's sentence

    def values(self) -> Mapping[str, object]:
        """Values for the code's sentence."""
        return {**self.details, "line": self.line, "column": self.column, "value": self.value, "hint": self.hint}

    def as_dict(self) -> dict[str, object]:
        """The entry of a receipt."""
        names = ("file", "sheet", "line", "column", "code", "value", "hint")
        return {name: getattr(self, name) for name in names}


WORKBOOK: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # zip (xlsx, xlsb, ods) and the old xls
WORKBOOK_NAMES: Final = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et"})
HEADER_WITHIN: Final = 10  # a title and notes may stand above the header
EXAMPLE: Final = "示例"
CELL_LIMIT: Final = 1_000_000  # characters; a stray quote may swallow the rest of a file
csv.field_size_limit(CELL_LIMIT)
ROWS: Final = 200_000  # of one file: they are checked in memory and written in one transaction, a minute or two
BYTES: Final = 128 << 20  # of one file: a CSV takes eight times that in memory


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


def read_sheet(path: Path, sheet: Sheet) -> Table:
    """Read the whole file.

    NianjianError: ``file_missing``, ``file_unreadable``, ``file_empty``, ``encoding_unknown``, ``encoding_mixed``,
    ``sheet_malformed`` (broken quotes), ``workbook_unreadable``, ``not_a_workbook`` (only its name is one),
    ``header_missing`` (no row names the key), ``column_missing``, ``column_twice``, ``file_too_large``,
    ``sheet_rows_many``; of a workbook that is larger than a server can hold those of `kernel.unpacking`.
    """
    content = _content(path)
    digest = hashlib.sha256(content).hexdigest()
    name, encoding, lines, start, unsaved = _rows(content, path, sheet)
    if start is None:
        key_names = " / ".join("+".join(sheet.by_field(name).header for name in key) for key in sheet.keys)
        raise NianjianError("header_missing", file=path.name, kind=sheet.kind, column=key_names)
    header = tuple("" if cell is None else str(cell).strip() for cell in lines[start].cells)
    columns, extra = _assign_columns(header, sheet, path.name)
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


def read_beginning(path: Path, sheet: Sheet) -> Beginning:
    """Read a file to see what its headings are, for whom has still to say which is which.

    Where no row names the sheet's key, the heading row is the first of those that fill the most columns. Raises what
    `read_sheet` raises, but for headings.
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
        if path.stat().st_size > BYTES:
            raise NianjianError("file_too_large", file=path.name, limit=BYTES)
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
    is_workbook = path.suffix.lower() in WORKBOOK_NAMES
    try:
        text, encoding = _decode(content, path.name)
        lines = _csv(text, path.name)
    except NianjianError as fault:
        if is_workbook:
            raise NianjianError("not_a_workbook", file=path.name) from fault
        raise
    start = _find_header(lines, sheet)
    if start is None and is_workbook:
        raise NianjianError("not_a_workbook", file=path.name)
    return lines, start, encoding


def _decode(content: bytes, name: str) -> tuple[str, str]:
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
            if encoding == "utf-8" and (line := _first_foreign_line(content)) is not None:
                raise NianjianError("encoding_mixed", file=name, line=line, encoding="UTF-8") from None
    raise NianjianError("encoding_unknown", file=name)


def _first_foreign_line(content: bytes) -> int | None:
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
            _require_few(lines, name)
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
            head = list(islice(filter(_has_value, book.values(title)), HEADER_WITHIN))
            fits = _find_header(_lines(head), sheet) is not None
            if fits or (head and not chosen):
                chosen = title
            if fits:
                break
        if not chosen:
            return "", [], None, []
        rows = []
        for row in book.values(chosen):
            if _has_value(row) or row.formula:
                rows.append(row)
                _require_few(rows, path.name)
    except NianjianError as fault:
        if fault.code == "workbook_broken":
            raise NianjianError("workbook_unreadable", file=path.name) from fault
        raise
    lines = _lines(filter(_has_value, rows))
    return chosen, lines, _find_header(lines, sheet), [row.number for row in rows if row.formula]


def _require_few(rows: Sequence[object], name: str) -> None:
    if len(rows) > ROWS + HEADER_WITHIN:
        raise NianjianError("sheet_rows_many", file=name, limit=f"{ROWS:,}")


def _has_value(row: ValueRow) -> bool:
    return any(cell not in (None, "") for cell in row.cells)


def _lines(rows: Iterable[ValueRow]) -> list[Line]:
    """With each cell as it was before one of our own lists made it harmless for a spreadsheet program."""
    return [Line(row.number, [restored(one) if isinstance(one, str) else one for one in row.cells]) for row in rows]


def _find_header(lines: Sequence[Line], sheet: Sheet) -> int | None:
    """Index of the first row that names every column of one of the keys."""
    for index, line in enumerate(lines[:HEADER_WITHIN]):
        fields = {column.field for cell in line.cells if cell and (column := sheet.column(str(cell))) is not None}
        if any(fields.issuperset(key) for key in sheet.keys):
            return index
    return None


def _assign_columns(header: Sequence[str], sheet: Sheet, file: str) -> tuple[dict[int, Column], dict[int, str]]:
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


KEY_LIMIT: Final = 160
STEP: Final = 500  # rows that are checked between two looks at whether to go on: some hundredths of a second
SEPARATOR: Final = "|"
SHOWN: Final = 80  # characters of a faulty value that a finding repeats
LONG_DIGITS: Final = re.compile(r"\d{7,}")


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """A sound row. ``key`` is its key in plain text, ``extra`` the cells of unknown columns by header.

    ``number``: how many rows of its key stand in the sheet up to it, where the sheet may have several.
    """

    key: str
    row: Row
    extra: dict[str, str]
    number: int = 1


@dataclass(slots=True)
class CheckResult:
    """Sound rows in file order, all findings, and warnings that refuse nothing; ``faulty``: rows with a finding."""

    rows: list[KeyedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    faulty: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """A field whose value must be one of ``allowed``: else ``code``, a finding where it ``refuses``, a warning else."""

    field: str
    allowed: frozenset[str]
    code: str
    refuses: bool = True


def _unwatched() -> None:
    """Nobody watches."""


def check_table(
    table: Table, sheet: Sheet, references: Sequence[Reference] = (), *, step: Callable[[], object] = _unwatched
) -> CheckResult:
    """Check every row; several faults are several findings. ``references``: fields that name a register's rows.

    ``step`` is called before every `STEP` rows; what it raises ends the check.
    """
    check = _Check(table, sheet, references)
    for place, line in enumerate(table.lines):
        if place % STEP == 0:
            step()
        check.add(line)
    return check.found


class _Check:
    """The rows of a table so far, and what is wrong with them."""

    def __init__(self, table: Table, sheet: Sheet, references: Sequence[Reference]) -> None:
        self._table, self._sheet, self._named = table, sheet, references
        self._places = {column.field: column for column in table.columns.values()}
        self._seen: dict[tuple[str, ...], int] = {}  # key and what tells its rows apart -> the first line
        self._counted: Counter[str] = Counter()  # rows by key, of a sheet that has several of one
        self.found = CheckResult()

    def add(self, line: Line) -> None:
        """Check a line."""
        before = len(self.found.findings)
        row = self._read(line)
        self._check_whole(row, line)
        for one in self._named:
            value = row.get(one.field)
            if value is not None and str(value) not in one.allowed:
                into = self.found.findings if one.refuses else self.found.warnings
                into.append(self._finding(line, self._sheet.by_field(one.field), one.code, cell=str(value)))
        text = self._check_key(row, line, sound=len(self.found.findings) == before)
        if len(self.found.findings) == before and text is not None:
            by_name = {name: line.cells[at] for at, name in self._table.extra.items() if at < len(line.cells)}
            extra = {name: str(cell) for name, cell in by_name.items() if cell not in (None, "")}
            self.found.rows.append(KeyedRow(text, row, extra, self._number_repeat(text)))
        else:
            self.found.faulty += 1

    def _read(self, line: Line) -> Row:
        row: Row = {}
        table, result = self._table, self.found
        width = len(table.header)
        if len(line.cells) > width and any(cell not in (None, "") for cell in line.cells[width:]):
            result.findings.append(Finding(table.file, table.sheet, line.number, table.header[-1], "columns_surplus"))
        for position, column in table.columns.items():
            cell = line.cells[position] if position < len(line.cells) else None
            try:
                row[column.field] = cells.value(cell, column)
            except cells.UnreadableError as fault:
                hint = "、".join(column.offered()) if fault.code == "choice_unknown" else ""
                if fault.code == "flag_unreadable":
                    hint = "是 (yes)、否 (no)"  # flags are read in both languages
                finding = self._finding(line, column, fault.code, cell=cell, hint=hint, details=fault.values)
                result.findings.append(finding)
                continue
            if column.kind is Kind.LICENCE and row[column.field] and not licence_number(str(row[column.field])).usual:
                result.warnings.append(self._finding(line, column, "licence_number_unusual", cell=cell))
        return row

    def _check_whole(self, row: Row, line: Line) -> None:
        sheet, result = self._sheet, self.found
        for column in sheet.columns:
            if column.required and column.field in self._places and column.field in row and row[column.field] is None:
                result.findings.append(self._finding(line, column, "value_missing"))
        for checks, into in ((sheet.checks, result.findings), (sheet.notes, result.warnings)):
            for field_, code in filter(None, (check(row) for check in checks)):
                column = self._places.get(field_) or sheet.by_field(field_)
                into.append(self._finding(line, column, code, cell=str(row.get(field_) or "")))

    def _check_key(self, row: Row, line: Line, *, sound: bool) -> str | None:
        """The row's key; None where it has none. ``sound``: no cell has told its fault already."""
        names = next((one for one in self._sheet.keys if all(row.get(name) is not None for name in one)), None)
        leading = (names or self._sheet.keys[0])[0]
        column = self._places.get(leading) or self._sheet.by_field(leading)
        findings = self.found.findings
        if names is None:
            if sound:
                findings.append(self._finding(line, column, "key_missing"))
            return None
        text = SEPARATOR.join(str(row[name]) for name in names)
        if len(text) > KEY_LIMIT:
            findings.append(self._finding(line, column, "key_too_long"))
            return text
        if not self._sheet.repeats:
            identity = (text, *(str(row.get(name) or "") for name in self._sheet.apart))
            first = self._seen.setdefault(identity, line.number)
            if first != line.number:
                findings.append(self._finding(line, column, "key_duplicate", hint=str(first)))
        return text

    def _number_repeat(self, text: str) -> int:
        """Tell repeated keys apart by their order."""
        if not (self._sheet.repeats or self._sheet.apart):
            return 1
        self._counted[text] += 1
        return self._counted[text]

    def _finding(
        self, line: Line, column: Column, code: str, *, cell: Cell = None, hint: str = "",
        details: Mapping[str, object] | None = None,
    ) -> Finding:  # fmt: skip
        """``column`` is named as the file spells it."""
        table = self._table
        header = next((table.header[at] for at, one in table.columns.items() if one is column), column.header)
        excerpt = "" if cell is None or column.personal else LONG_DIGITS.sub(_mask_digits, str(cell)[:SHOWN])
        return Finding(table.file, table.sheet, line.number, header, code, excerpt, hint, details or {})


def number_key(text: str, number: int) -> str:
    """The key of the row that is the ``number``-th of its key."""
    return text if number == 1 else f"{text}{SEPARATOR}#{number}"


def _mask_digits(digits: re.Match[str]) -> str:
    """A long digit run may be a telephone or identity number in the wrong column."""
    text = digits[0]
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}" if len(text) > 7 else text  # noqa: PLR2004 - 3 + 4 stay
