"""An xls of before 2007: its sheets end at 65,536 rows, so that it is read whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import python_calamine

from nianjian.intake.packed.cells import cell_text
from nianjian.intake.packed.sheet import LAST_COLUMN, BookRow, faulty


class OldWorkbook:
    """``file`` is its name for people; NianjianError ``workbook_broken``."""

    def __init__(self, file: str, source: Path | IO[bytes]) -> None:
        self.file = file
        try:
            if isinstance(source, Path):
                self._book = python_calamine.CalamineWorkbook.from_path(str(source))
            else:
                self._book = python_calamine.CalamineWorkbook.from_filelike(source)
        except (python_calamine.CalamineError, OSError) as error:
            raise faulty(file, str(error)) from error

    @property
    def names(self) -> list[str]:
        """Of its sheets, in their order."""
        return list(self._book.sheet_names)

    def rows(self, sheet: str, width: int = LAST_COLUMN) -> Iterator[BookRow]:
        """Rows of the sheet of that name; cells beyond ``width`` only where filled."""
        try:
            found = self._book.get_sheet_by_name(sheet)
            first = (found.start or (0, 0))[0] + 1
            for number, cells in enumerate(found.iter_rows(), start=first):
                row = [cell_text(cell) for cell in cells]
                while len(row) > width and row[-1] is None:
                    row.pop()
                yield BookRow(number, row)
        except python_calamine.CalamineError as error:
            raise faulty(self.file, str(error)) from error
