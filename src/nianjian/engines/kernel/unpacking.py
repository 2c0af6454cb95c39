"""How much is read of a packed file or a workbook: technical limits, no rules. A bomb is refused early."""

import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError

MIB: Final = 1 << 20

# Call records shrink to a twentieth, XML of a workbook to a thirtieth; deflate ends at a thousandth.
RATIO: Final = 250
UNSUSPECTED: Final = 64 * MIB  # unpacked: up to here no ratio is asked
RESERVE: Final = 256 * MIB  # of the disk: never filled
STEP: Final = 64 * MIB  # written between two looks at the disk


def checked_ratio(file: str, packed: int, unpacked: int) -> None:
    """NianjianError ``unpacked_too_large`` where ``unpacked`` bytes came out of so few that it must be a bomb."""
    if unpacked > UNSUSPECTED and unpacked > RATIO * max(packed, 1):
        raise NianjianError(
            "unpacked_too_large", file=file, size=megabytes(unpacked), packed=megabytes(packed), ratio=RATIO
        )


def checked_room(file: str, folder: Path, needed: int) -> None:
    """NianjianError ``disk_too_small`` where ``folder``'s disk has no room for ``needed`` more bytes."""
    free = shutil.disk_usage(folder).free
    if needed + RESERVE > free:
        raise NianjianError("disk_too_small", file=file, needed=megabytes(needed), free=megabytes(free))


def checked_part(file: str, part: str, size: int, limit: int) -> None:
    """NianjianError ``part_too_large`` where a part that must be held in memory is over its limit."""
    if size > limit:
        raise NianjianError("part_too_large", file=file, part=part, size=megabytes(size), limit=megabytes(limit))


def megabytes(size: int) -> str:
    """For people: ``12 MB``; less than one in ``KB``."""
    return f"{size // MIB} MB" if size >= MIB else f"{-(-size // 1024)} KB"


LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
LONGEST: Final = 1_000_000  # characters of a row's own texts; the format itself allows 32,767 for a cell
SHEETS: Final = 1_024  # no office has more; each costs the opening of a part
SMALL_PART: Final = 32 * MIB  # of a workbook's list of sheets, of styles
TOKEN: Final = 2 * MIB  # of one tag or comment, which the parser has to hold
DEPTH: Final = 64  # elements within one another; a workbook has a dozen
_UNLIMITED: Final = sys.maxsize


@dataclass(frozen=True, slots=True)
class Limits:
    """Of the shared texts and of a sheet in bytes unpacked, of what all rows hold together, and of the time for them.

    ``columns``: where the last cell with a value may stand. ``cell``: characters of a cell.
    """

    strings: int
    sheet: int = _UNLIMITED
    columns: int = LAST_COLUMN
    cells: int = _UNLIMITED
    text: int = _UNLIMITED
    cell: int = _UNLIMITED
    seconds: int = _UNLIMITED

    @property
    def in_memory(self) -> bool:
        """Whether all rows stay in memory."""
        return self.cells < _UNLIMITED


STREAMED: Final = Limits(strings=512 * MIB)
"""Rows that go on to a file one by one: only what has to stay in memory is limited."""

HELD: Final = Limits(
    strings=64 * MIB,  # as many short texts as that take 250 MB in memory
    sheet=512 * MIB,  # XML, about 40 bytes a cell
    columns=1_000,  # the widest sheet of a register has some forty
    cells=8_000_000,  # blank ones before a filled one too; a million rows of seven columns take 500 MB in memory
    text=128 * MIB,  # characters, a shared text each time it is named: all of them are looked at
    cell=32_767,  # the format's own limit
    seconds=120,  # four times what eight million cells take
)
"""Rows that stay in memory until all of them are checked."""


@dataclass(slots=True)
class Meter:
    """Counts what was read of a workbook; ``file`` and ``sheet`` are for people."""

    file: str
    limits: Limits
    sheet: str = ""
    _cells: int = 0
    _text: int = 0
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        """The time runs from here."""
        self._until = time.monotonic() + min(self.limits.seconds, _UNLIMITED >> 32)

    def take(self, row: int, cells: Sequence[object]) -> None:
        """A row; ``workbook_cells_many``, ``workbook_text_much``, ``workbook_cell_long``, ``workbook_columns_many``."""
        limits = self.limits
        self._cells += len(cells)
        if len(cells) > limits.columns:
            raise self.beyond(row, len(cells))
        if self._cells > limits.cells:
            raise self._error("workbook_cells_many", row=row, limit=f"{limits.cells:,}")
        for place, cell in enumerate(cells, 1):
            if isinstance(cell, str):
                self._text += len(cell)
                if len(cell) > limits.cell:
                    raise self.long(row, place)
        if self._text > limits.text:
            raise self._error("workbook_text_much", row=row, limit=f"{limits.text:,}")

    def beyond(self, row: int, column: int) -> NianjianError:
        """The error for a cell beyond the last column."""
        return self._error("workbook_columns_many", row=row, column=letters(column), limit=f"{self.limits.columns:,}")

    def long(self, row: int, column: int) -> NianjianError:
        """The error for a cell with a text that no spreadsheet program writes."""
        return self._error("workbook_cell_long", cell=f"{letters(column)}{row}", limit=f"{self.limits.cell:,}")

    def in_time(self, row: int) -> None:
        """``workbook_slow`` once the time is over."""
        if time.monotonic() > self._until:
            raise self._error("workbook_slow", row=row, limit=self.limits.seconds)

    def _error(self, code: str, **values: Any) -> NianjianError:  # noqa: ANN401 - as the error has it
        return NianjianError(code, file=self.file, sheet=self.sheet[:80], **values)


def letters(column: int) -> str:
    """1 → A, 27 → AA."""
    name = ""
    while column > 0:
        column, last = divmod(column - 1, 26)
        name = chr(65 + last) + name
    return name
