"""An xlsx read row by row within limits: its sheets, their cells as text, and one sheet's XML block by block."""

from __future__ import annotations

import datetime as dt
import math
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Generic, Protocol, Self, TypeVar
from xml.parsers import expat

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.unpacking import (
    DEPTH,
    LAST_COLUMN,
    LAST_ROW,
    LONGEST,
    SHEETS,
    SMALL_PART,
    STREAMED,
    TOKEN,
    Limits,
    Meter,
    checked_part,
    checked_ratio,
)

EXACT: Final = 10**15  # a sheet holds numbers as floats: from here on digits are lost

_NOISE_US: Final = 1_000  # a stamp is a fraction of a day there: what is below a millisecond is rounding

_DAY_ZERO: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
_OLD_MAC_DAYS: Final = 1462  # from there to the first day of workbooks that count from 1904
_LAST_DAY: Final = 2_958_466  # the year 10000
_DIGITS: Final = 15

# Built-in formats (ECMA-376 part 1, 18.8.30); those from 27 to 36 and 50 to 58 are Chinese and Japanese dates.
_DATES: Final = frozenset({14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
_CLOCKS: Final = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56})
_SPANS: Final = frozenset({46})
_STAMPS: Final = frozenset({22})

_HOURS_ON: Final = re.compile(r"\[(h+|m+|s+)\]")  # counts on beyond a day
_SILENT: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)

NUMBER: Final = ""
DATE: Final = "date"
CLOCK: Final = "clock"
STAMP: Final = "stamp"
SPAN: Final = "span"

Value = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
"""What a cell holds."""


def meaning(number: int, code: str | None) -> str:
    """What a number format makes of a number: `DATE`, `CLOCK`, `STAMP`, `SPAN` (hours beyond a day), or `NUMBER`."""
    if code is None:
        kinds = ((_DATES, DATE), (_CLOCKS, CLOCK), (_STAMPS, STAMP), (_SPANS, SPAN))
        return next((kind for numbers, kind in kinds if number in numbers), NUMBER)
    said = _SILENT.sub("", code.split(";")[0]).lower()
    if "general" in said:
        return NUMBER
    day, clock = bool(re.search("[yd]", said)), bool(re.search("[hs]", said))
    if not day and _HOURS_ON.search(said):
        return SPAN
    if day:
        return STAMP if clock else DATE
    if clock:
        return CLOCK
    return DATE if "m" in said else NUMBER


def number_text(text: str, kind: str, *, from_1904: bool) -> str:
    """A cell's number as text: whole ones without a fraction, those that lost digits in E notation, ISO stamps."""
    if kind == NUMBER and len(text) < _DIGITS and text.isdigit():
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    if (kind == SPAN or (kind == CLOCK and value < 1)) and 0 <= value < _LAST_DAY:
        return span_text(dt.timedelta(seconds=round(value * 86_400)))
    moment = None if kind in {NUMBER, SPAN} else _moment(value, from_1904=from_1904)
    if moment is None:
        return float_text(value)
    return moment.date().isoformat() if kind == DATE and value.is_integer() else moment.isoformat(sep=" ")


def number_value(text: str, kind: str, *, from_1904: bool) -> Value:
    """A cell's number as a value: what is less than a day is a time, a whole day a date."""
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    if kind == SPAN and 0 <= value < _LAST_DAY:
        return dt.timedelta(seconds=round(value * 86_400))
    moment = None if kind in {NUMBER, SPAN} else _moment(value, from_1904=from_1904)
    if moment is None:
        return value
    return moment.time() if value < 1 else moment.date() if value.is_integer() else moment


def _moment(value: float, *, from_1904: bool) -> dt.datetime | None:
    """The day and time of a number of days; None before 1899 and beyond the year 9999."""
    if not 0 <= value < _LAST_DAY:
        return None
    try:
        days = _OLD_MAC_DAYS * from_1904
        return _rounded(_DAY_ZERO + dt.timedelta(days=days, microseconds=round(value * 86_400_000) * 1000))
    except OverflowError:
        return None


def span_text(span: dt.timedelta) -> str:
    """``25:01:05``: the format of a duration as of a time of day."""
    seconds = int(span.total_seconds())
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def float_text(value: float) -> str:
    """A number as a person would have typed it."""
    if abs(value) >= EXACT:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else repr(value)


def _rounded(moment: dt.datetime) -> dt.datetime:
    """The same where its fraction of a second is no noise."""
    off = moment.microsecond % 1_000_000
    if off < _NOISE_US or off > 1_000_000 - _NOISE_US:
        return (moment + dt.timedelta(microseconds=_NOISE_US)).replace(microsecond=0)
    return moment


def cell_text(cell: Value) -> str | None:
    """The text of a cell of an old workbook, which comes as a value."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return float_text(cell)
    if isinstance(cell, dt.datetime):
        return _rounded(cell).isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        return span_text(cell)
    return str(cell)


T = TypeVar("T")

BLOCK: Final = 1 << 18

_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_TEXT_KINDS: Final = frozenset({"str", "inlineStr", "e", "d"})


@dataclass(slots=True)
class Row(Generic[T]):
    """``number``: of the sheet, the first is 1. ``formula``: a formula stands there whose value was never saved."""

    number: int
    cells: list[T]
    formula: bool = False


BookRow = Row[str | None]
"""Every cell as text."""
ValueRow = Row[Value]
"""Numbers, days and times as such."""


class Readable(Protocol):
    """Bytes in order; nothing is sought."""

    def read(self, size: int, /) -> bytes:
        """At most so many; none at the end."""
        ...


class Faulty(Exception):  # noqa: N818 - becomes an error where the file's name is known
    """The XML is not what a sheet is made of."""


class SheetReader:
    """``strings``: the workbook's shared texts. ``kinds``: of each cell style what it makes of a number.

    ``values``: numbers, days and times as such, errors as nothing; else every cell as text.
    """

    def __init__(
        self, strings: Sequence[str], kinds: Sequence[str], meter: Meter, *, from_1904: bool, values: bool = False
    ) -> None:
        self._strings, self._kinds, self._from_1904 = strings, kinds, from_1904
        self._meter, self._values = meter, values
        self._held = meter.limits.held
        self._rows: list[Row[Any]] = []
        self._row: Row[Any] = Row(0, [])
        self._text: list[str] = []
        self._size = self._depth = 0
        self._taking = False
        self._kind = self._style = ""
        self._formula = False
        self._column = 0
        self._opening: dict[str, str] = {}  # qualified name → plain name: some writers use a prefix
        self._width = LAST_COLUMN

    def rows(self, handle: Readable, width: int = LAST_COLUMN) -> Iterator[Row[Any]]:
        """Rows in file order; filled cells beyond ``width`` all follow after it. Raises Faulty, what `Meter` raises."""
        self._width = width
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        try:
            for _ in parsed(parser, handle):
                yield from self._rows
                self._rows.clear()
                self._meter.in_time(self._row.number)
        except (expat.ExpatError, IndexError, ValueError) as error:
            yield from self._rows
            raise Faulty(str(error)) from error

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth = deeper(self._depth)
        name = self._opening.get(tag)
        if name is None:
            name = self._opening[tag] = tag.rpartition(":")[2]
        if name == "c":
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._column = _column(attributes["r"]) if "r" in attributes else len(self._row.cells) + 1
            self._text.clear()
            self._formula = False
        elif name in ("v", "t"):
            self._taking = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._row = Row(int(attributes.get("r", self._row.number + 1)), [])
            self._size = 0
            if not 0 < self._row.number <= LAST_ROW:
                raise ValueError(str(self._row.number)[:20])

    def _data(self, data: str) -> None:
        if self._taking and self._size <= LONGEST:
            self._text.append(data)
            self._size += len(data)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        name = self._opening[tag]
        if name in ("v", "t"):
            self._taking = False
        elif name == "c":
            self._put(self._value())
        elif name == "row":
            if self._held:
                while self._row.cells and self._row.cells[-1] is None:
                    self._row.cells.pop()
                self._meter.take(self._row.number, self._row.cells)
            self._rows.append(self._row)

    def _value(self) -> Value:
        text = "".join(self._text)
        if not text:
            # "str" without a text is a formula that gave an empty one.
            self._row.formula |= self._formula and self._kind != "str"
            return None
        if self._kind == "s":
            return self._strings[int(text)] or None
        if self._kind == "e" and self._values:
            return None
        if self._kind in _TEXT_KINDS:
            return unescaped(text)
        if self._kind == "b":
            return text == "1" if self._values else "TRUE" if text == "1" else "FALSE"
        kind = self._kinds[int(self._style)] if self._style and int(self._style) < len(self._kinds) else NUMBER
        read = number_value if self._values else number_text
        return read(text, kind, from_1904=self._from_1904)

    def _put(self, value: Value) -> None:
        cells = self._row.cells
        place = self._column - 1
        if place >= self._width:
            if value is None:
                return
            if self._held:
                raise self._meter.beyond(self._row.number, self._column)
            cells += [None] * (self._width - len(cells))
        elif place < len(cells):  # some writers do not keep to the order
            cells[place] = value
            return
        else:
            cells += [None] * (place - len(cells))
        if len(cells) >= LAST_COLUMN:
            raise ValueError("too many cells", self._row.number)
        cells.append(value)


def parsed(parser: expat.XMLParserType, handle: Readable) -> Iterator[None]:
    """Feed the parser block by block, to take what it found after each. ExpatError; ValueError for an attack."""
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    size = 0
    while block := handle.read(BLOCK):
        parser.Parse(block, False)  # noqa: FBT003 - takes no keyword
        size += len(block)
        if size - parser.CurrentByteIndex > TOKEN:  # a tag without an end waits in memory
            raise ValueError("tag too long")
        yield
    parser.Parse(b"", True)  # noqa: FBT003 - takes no keyword
    yield


def deeper(depth: int) -> int:
    """One element further inside; ValueError where no workbook goes."""
    if depth >= DEPTH:
        raise ValueError("elements too deep")
    return depth + 1


def unescaped(text: str) -> str:
    """A sign that XML cannot hold stands as ``_x000D_`` (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def refuse_doctype(*_declared: object) -> None:
    """No workbook declares a document type; an attack does."""
    raise ValueError("DOCTYPE")


def _column(reference: str) -> int:
    """A → 1, AA → 27; ValueError beyond XFD."""
    column = 0
    for sign in reference:
        if sign < "A":
            break
        column = column * 26 + ord(sign) - 64
    if not 0 < column <= LAST_COLUMN:
        raise ValueError(reference[:20])
    return column


def faulty(file: str, detail: str) -> NianjianError:
    """The error that says which workbook."""
    return NianjianError("workbook_broken", file=file, detail=detail)


CONTENT: Final = "[Content_Types].xml"
BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError)

_Element = tuple[str, dict[str, str], str]  # name without prefix, attributes without prefix, text right inside


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of rows; ``part`` is its XML inside the file."""

    name: str
    part: str
    hidden: bool = False


@dataclass(slots=True)
class Workbook:
    """An open xlsx; ``file``: its name. ``workbook_broken``, ``workbook_sheets_many``, those of `kernel.unpacking`."""

    file: str
    archive: zipfile.ZipFile
    meter: Meter
    sheets: list[Sheet] = field(default_factory=list)
    _from_1904: bool = False
    _strings_part: str | None = None
    _styles_part: str | None = None
    _strings: list[str] | None = None
    _kinds: list[str] | None = None

    @classmethod
    def opened(cls, file: str, source: Path | IO[bytes], limits: Limits = STREAMED) -> Workbook:
        """Read the list of sheets, not the sheets."""
        try:
            book = cls(file, zipfile.ZipFile(source), Meter(file, limits))
            book._read_parts()
        except (*BROKEN, OSError, ValueError) as error:
            raise faulty(file, str(error)) from error
        if len(book.sheets) > SHEETS:
            raise NianjianError("workbook_sheets_many", file=file, sheets=len(book.sheets), limit=f"{SHEETS:,}")
        return book

    @property
    def names(self) -> list[str]:
        """Of its sheets of rows, in their order."""
        return [sheet.name for sheet in self.sheets]

    def rows(self, sheet: str, width: int = LAST_COLUMN) -> Iterator[BookRow]:
        """Rows of the sheet of that name, as text."""
        return self._rows(sheet, width, values=False)

    def values(self, sheet: str) -> Iterator[ValueRow]:
        """Rows of the sheet of that name, as values; blank cells at a row's end are left out."""
        return self._rows(sheet, self.meter.limits.columns, values=True)

    def _rows(self, sheet: str, width: int, *, values: bool) -> Iterator[Row[Any]]:
        part = next(entry.part for entry in self.sheets if entry.name == sheet)
        self.meter.sheet = sheet
        reader = SheetReader(self._shared(), self._styled(), self.meter, from_1904=self._from_1904, values=values)
        try:
            with self._part(part, self.meter.limits.sheet, sheet) as handle:
                yield from reader.rows(handle, width)
        except (*BROKEN, Faulty) as error:
            raise faulty(self.file, f"{part}: {error}") from error

    def _read_parts(self) -> None:
        roots = {
            one["Type"].rpartition("/")[2]: one["Target"]
            for name, one, _ in self._elements("_rels/.rels")
            if name == "Relationship" and one.keys() >= {"Type", "Target"}
        }
        main = roots.get("officeDocument", "xl/workbook.xml").lstrip("/")
        folder, file = posixpath.split(main)
        targets: dict[str, tuple[str, str]] = {}
        for name, one, _ in self._elements(f"{folder}/_rels/{file}.rels"):
            if name == "Relationship" and one.keys() >= {"Id", "Type", "Target"}:
                targets[one["Id"]] = one["Type"].rpartition("/")[2], _resolved(folder, one["Target"])
        by_type = dict(targets.values())
        self._strings_part, self._styles_part = by_type.get("sharedStrings"), by_type.get("styles")
        for name, one, _ in self._elements(main):
            if name == "workbookPr":
                self._from_1904 = one.get("date1904") in ("1", "true")
            elif name == "sheet":
                kind, part = targets.get(one.get("id", ""), ("", ""))
                if kind == "worksheet":
                    self.sheets.append(Sheet(one.get("name", part), part, one.get("state", "visible") != "visible"))

    def _shared(self) -> list[str]:
        """Every shared text; it has to stay in memory, for cells name it by its place."""
        if self._strings is None:
            self._strings = []
            if self._strings_part is not None and self._has(self._strings_part):
                pieces: list[str] = []
                reading = 0  # inside a guide to pronunciation, which is no part of the text
                for name, _, text in self._elements(self._strings_part, self.meter.limits.strings, marks=("rPh",)):
                    if name == "<rPh":
                        reading += 1
                    elif name == "rPh":
                        reading -= 1
                    elif name == "t" and not reading:
                        pieces.append(text)
                    elif name == "si":
                        self._strings.append(unescaped("".join(pieces)))
                        pieces.clear()
        return self._strings

    def _styled(self) -> list[str]:
        """What each cell style makes of a number."""
        if self._kinds is None:
            self._kinds, own = [], {}
            inside = False
            if self._styles_part is not None and self._has(self._styles_part):
                for name, one, _ in self._elements(self._styles_part, marks=("cellXfs",)):
                    if name == "numFmt":
                        own[one.get("numFmtId", "")] = one.get("formatCode", "")
                    elif name in ("<cellXfs", "cellXfs"):
                        inside = name == "<cellXfs"
                    elif name == "xf" and inside:
                        number = one.get("numFmtId", "0")
                        self._kinds.append(meaning(int(number), own.get(number)) if number.isdigit() else NUMBER)
        return self._kinds

    def _has(self, part: str) -> bool:
        return part in self.archive.NameToInfo

    def _part(self, part: str, limit: int, name: str = "") -> _Watched:
        entry = self.archive.getinfo(part)
        checked_part(self.file, name or part, entry.file_size, limit)
        return _Watched(self.archive.open(entry), self.file, entry.compress_size)

    def _elements(self, part: str, limit: int = SMALL_PART, marks: tuple[str, ...] = ()) -> Iterator[_Element]:
        """Every element at its end; those of ``marks`` at their beginning too, as ``<name``."""
        elements: list[_Element] = []
        open_ones: list[tuple[str, dict[str, str], list[str]]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            deeper(len(open_ones))
            name = tag.rpartition(":")[2]
            plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            open_ones.append((name, plain, []))
            if name in marks:
                elements.append((f"<{name}", plain, ""))

        def data(text: str) -> None:
            if open_ones:
                open_ones[-1][2].append(text)

        def end(_tag: str) -> None:
            name, attributes, texts = open_ones.pop()
            elements.append((name, attributes, "".join(texts)))

        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
        try:
            with self._part(part, limit) as handle:
                for _ in parsed(parser, handle):
                    yield from elements
                    elements.clear()
        except (expat.ExpatError, ValueError, *BROKEN) as error:
            raise faulty(self.file, f"{part}: {error}") from error


class _Watched:
    """A part as it is unpacked; NianjianError ``unpacked_too_large`` when far more comes out than went in."""

    def __init__(self, handle: IO[bytes], file: str, packed: int) -> None:
        self._handle, self._file, self._packed, self._given = handle, file, packed, 0

    def read(self, size: int) -> bytes:
        block = self._handle.read(size)
        self._given += len(block)
        checked_ratio(self._file, self._packed, self._given)
        return block

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._handle.close()


def _resolved(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
