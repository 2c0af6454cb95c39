"""Workbooks of other kinds (xls, xlsb, ods), read whole in a process of its own, and the opening of any kind."""

import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Container, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, Final, cast

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.limited import Bounds, run
from nianjian.engines.kernel.unpacking import HELD, LAST_COLUMN, MIB, SHEETS, STREAMED, Limits, Meter, megabytes
from nianjian.engines.kernel.workbooks import (
    BLOCK,
    BROKEN,
    CONTENT,
    BookRow,
    Value,
    ValueRow,
    Workbook,
    cell_text,
    faulty,
)

MEMORY: Final = (192 * MIB, 1024 * MIB)
"""Bytes of address space: the program itself takes 100 MB of the first; the second holds a full sheet of an xls."""
A_BYTE: Final = 64  # bytes of memory for each of the file: a cell of an xls takes ten there and 32 here
CPU: Final = 60  # seconds; 20 MB take five
WRITTEN: Final = 1024 * MIB  # rows as lines
_CHILD: Final = "nianjian.engines.kernel.old_workbook_rows"
_READ: Final[dict[str, Callable[[str], Value]]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
}


class OldWorkbook:
    """``file`` is its name for people; ``workbook_broken``, ``workbook_memory``, ``workbook_sheets_many``."""

    def __init__(self, file: str, source: Path | IO[bytes], limits: Limits = STREAMED) -> None:
        self.file, self.meter = file, Meter(file, limits)
        self._lines = tempfile.TemporaryFile()  # noqa: SIM115 - closed with its owner
        try:
            if isinstance(source, Path):
                with source.open("rb") as handle:
                    self._convert(handle)
            else:
                self._convert(source)
        except OSError as error:
            raise faulty(file, str(error)) from error
        self._places = self._sheets()
        if len(self._places) > SHEETS:
            raise NianjianError("workbook_sheets_many", file=file, sheets=len(self._places), limit=f"{SHEETS:,}")

    @property
    def names(self) -> list[str]:
        """Of its sheets, in their order."""
        return list(self._places)

    def rows(self, sheet: str, width: int = LAST_COLUMN) -> Iterator[BookRow]:
        """Rows of the sheet of that name as text; cells beyond ``width`` only where filled."""
        for number, cells in self._read(sheet):
            row = [cell_text(cell) for cell in cells]
            while len(row) > width and row[-1] is None:
                row.pop()
            yield BookRow(number, row)

    def values(self, sheet: str) -> Iterator[ValueRow]:
        """Rows of the sheet of that name, as values."""
        self.meter.sheet = sheet
        for number, cells in self._read(sheet):
            self.meter.take(number, cells)
            self.meter.in_time(number)
            yield ValueRow(number, cells)

    def __del__(self) -> None:
        """Nobody reads its lines any more."""
        lines = getattr(self, "_lines", None)
        if lines is not None:
            lines.close()

    def _convert(self, source: IO[bytes]) -> None:
        size = source.seek(0, 2)
        source.seek(0)
        least, most = MEMORY
        memory = min(least + A_BYTE * size, most)
        reason = run(self._lines.fileno(), (_CHILD,), Bounds(memory, CPU, 2 * CPU, WRITTEN), source.fileno())
        if reason in {"failed", "crash"}:
            raise faulty(self.file, "")
        if reason:
            raise NianjianError("workbook_memory", file=self.file, limit=megabytes(memory), seconds=CPU)

    def _sheets(self) -> dict[str, int]:
        """Where the rows of each sheet begin."""
        places: dict[str, int] = {}
        self._lines.seek(0)
        place = 0
        for line in self._lines:
            place += len(line)
            if line.startswith(b'{"sheet"'):
                places.setdefault(str(json.loads(line)["sheet"]), place)
            elif line.startswith(b'{"broken"'):
                raise faulty(self.file, str(json.loads(line)["broken"])[:200])
        return places

    def _read(self, sheet: str) -> Iterator[tuple[int, list[Value]]]:
        place, rest = self._places[sheet], b""
        while block := os.pread(self._lines.fileno(), BLOCK, place):
            place += len(block)
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                if not line.startswith(b"["):
                    return
                number, cells = json.loads(line)
                yield number, [_value(cell) for cell in cells]


def _value(cell: object) -> Value:
    """A day or a time stands as an object, everything else as JSON has it."""
    if not isinstance(cell, dict):
        return cast("Value", cell)
    ((kind, text),) = cast("dict[str, Any]", cell).items()
    return timedelta(seconds=text) if kind == "span" else _READ[kind](text)


_OTHERS: Final = {"xl/workbook.bin": "xlsb", "content.xml": "ods"}


def open_workbook(file: str, path: Path, limits: Limits = HELD) -> Workbook | OldWorkbook:
    """``file`` is its name for people; ``workbook_broken`` and what the two kinds raise."""
    try:
        names = zipfile.ZipFile(path).NameToInfo if zipfile.is_zipfile(path) else {}
    except (*BROKEN, OSError, ValueError) as error:
        raise faulty(file, str(error)) from error
    if names and other_kind(names) is None:
        return Workbook.opened(file, path, limits)
    return OldWorkbook(file, path, limits)


def other_kind(names: Container[str]) -> str | None:
    """``xlsb`` or ``ods`` by the names of a zip's members; None for an xlsx and for what is no workbook."""
    if CONTENT not in names and "mimetype" not in names:
        return None
    return next((kind for part, kind in _OTHERS.items() if part in names), None)
