"""An xlsx: which sheets it has, where their XML lies, and the texts and styles that all of them share."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Self
from xml.parsers import expat

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workbooks.cells import NUMBER, meaning
from nianjian.engines.kernel.workbooks.limits import LAST_COLUMN, SHEETS, SMALL_PART, STREAMED, Limits, Meter
from nianjian.engines.kernel.workbooks.sheet import (
    BookRow,
    Faulty,
    Row,
    SheetReader,
    ValueRow,
    deeper,
    faulty,
    parsed,
    unescaped,
)
from nianjian.engines.kernel.workbooks.unpacking import checked_part, checked_ratio

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
    """An open xlsx. ``file`` is its name for people.

    Errors: ``workbook_broken``, ``workbook_sheets_many``, those of `kernel.workbooks.unpacking` and of `limits.Meter`.
    """

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
        part = next(found.part for found in self.sheets if found.name == sheet)
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
        found: list[_Element] = []
        open_ones: list[tuple[str, dict[str, str], list[str]]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            deeper(len(open_ones))
            name = tag.rpartition(":")[2]
            plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            open_ones.append((name, plain, []))
            if name in marks:
                found.append((f"<{name}", plain, ""))

        def data(text: str) -> None:
            if open_ones:
                open_ones[-1][2].append(text)

        def end(_tag: str) -> None:
            name, attributes, texts = open_ones.pop()
            found.append((name, attributes, "".join(texts)))

        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
        try:
            with self._part(part, limit) as handle:
                for _ in parsed(parser, handle):
                    yield from found
                    found.clear()
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
