"""One sheet's XML as rows, read block by block: memory holds a row, whatever the sheet holds.

Measured with 200,000 rows of 15 cells: this reader 3.8 s of processor time and 14 MB, openpyxl's read-only mode
20 s and 56 MB, calamine 1.9 s but 293 MB, all rows at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from xml.parsers import expat

from nianjian.intake.packed.cells import NUMBER, number_text
from nianjian.kernel.errors import NianjianError

BLOCK: Final = 1 << 18
LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
LONGEST: Final = 1_000_000  # characters of a cell; the format itself allows 32,767

_TEXT_KINDS: Final = frozenset({"str", "inlineStr", "e", "d"})


@dataclass(slots=True)
class BookRow:
    """``number``: of the sheet, the first is 1. ``formula``: a formula stands there whose value was never saved."""

    number: int
    cells: list[str | None]
    formula: bool = False


class Readable(Protocol):
    """Bytes in order; nothing is sought."""

    def read(self, size: int, /) -> bytes:
        """At most so many; none at the end."""
        ...


class Faulty(Exception):  # noqa: N818 - becomes an error where the file's name is known
    """The XML is not what a sheet is made of."""


class SheetReader:
    """``strings``: the workbook's shared texts. ``kinds``: of each cell style what it makes of a number."""

    def __init__(self, strings: Sequence[str], kinds: Sequence[str], *, from_1904: bool) -> None:
        self._strings, self._kinds, self._from_1904 = strings, kinds, from_1904
        self._rows: list[BookRow] = []
        self._row = BookRow(0, [])
        self._text: list[str] = []
        self._size = 0
        self._taking = False
        self._kind = self._style = ""
        self._formula = False
        self._column = 0
        self._opening: dict[str, str] = {}  # qualified name → plain name: some writers use a prefix
        self._width = LAST_COLUMN

    def rows(self, handle: Readable, width: int = LAST_COLUMN) -> Iterator[BookRow]:
        """Rows in file order; filled cells beyond ``width`` all follow after it. Raises Faulty."""
        self._width = width
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = refuse_doctype
        try:
            while block := handle.read(BLOCK):
                parser.Parse(block, False)  # noqa: FBT003 - takes no keyword
                yield from self._rows
                self._rows.clear()
            parser.Parse(b"", True)  # noqa: FBT003 - takes no keyword
        except (expat.ExpatError, IndexError, ValueError) as error:
            yield from self._rows
            raise Faulty(str(error)) from error
        yield from self._rows

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = self._opening.get(tag)
        if name is None:
            name = self._opening[tag] = tag.rpartition(":")[2]
        if name == "c":
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._column = _column(attributes["r"]) if "r" in attributes else len(self._row.cells) + 1
            self._text.clear()
            self._formula = False
            self._size = 0
        elif name in ("v", "t"):
            self._taking = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._row = BookRow(int(attributes.get("r", self._row.number + 1)), [])
            if not 0 < self._row.number <= LAST_ROW:
                raise ValueError(attributes["r"][:20])

    def _data(self, data: str) -> None:
        if self._taking and self._size <= LONGEST:
            self._text.append(data)
            self._size += len(data)

    def _end(self, tag: str) -> None:
        name = self._opening[tag]
        if name in ("v", "t"):
            self._taking = False
        elif name == "c":
            self._put(self._value())
        elif name == "row":
            self._rows.append(self._row)

    def _value(self) -> str | None:
        text = "".join(self._text)
        if not text:
            # "str" without a text is a formula that gave an empty one.
            self._row.formula |= self._formula and self._kind != "str"
            return None
        if self._kind == "s":
            return self._strings[int(text)] or None
        if self._kind in _TEXT_KINDS:
            return text
        if self._kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        kind = self._kinds[int(self._style)] if self._style and int(self._style) < len(self._kinds) else NUMBER
        return number_text(text, kind, from_1904=self._from_1904)

    def _put(self, value: str | None) -> None:
        cells = self._row.cells
        if self._column > self._width:
            if value is None:
                return
            cells += [None] * (self._width - len(cells))
        else:
            cells += [None] * (self._column - 1 - len(cells))
        cells.append(value)


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
