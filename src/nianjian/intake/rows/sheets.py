"""The rows of a workbook's sheet as text. A cell's number becomes text as it stands and is never repaired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

import python_calamine

from nianjian.intake.read import Item

EXACT: Final = 10**15  # a sheet holds numbers as floats: from here on digits are lost

_NOISE_US: Final = 1_000  # a stamp is a fraction of a day there: what is below a millisecond is rounding


def sheet_rows(item: Item, width: int) -> Iterator[tuple[int, Sequence[str | None]]]:
    """(sheet row, cells) of every row with content, row 1 first; cells beyond ``width`` only where filled."""
    book = python_calamine.CalamineWorkbook.from_path(str(item.path))
    sheet = book.get_sheet_by_name(item.member or "")
    first = (sheet.start or (0, 0))[0] + 1
    for number, cells in enumerate(sheet.iter_rows(), start=first):
        row = [cell_text(cell) for cell in cells]
        while len(row) > width and row[-1] is None:
            row.pop()
        yield number, row


def cell_text(cell: object) -> str | None:
    """The text of a cell: whole floats without a fraction, floats that lost digits in E notation, ISO stamps."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if abs(cell) >= EXACT:
            return f"{cell:.14E}"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return _stamp(cell)
    return str(cell)


def _stamp(cell: dt.datetime) -> str:
    off = cell.microsecond % 1_000_000
    if off < _NOISE_US or off > 1_000_000 - _NOISE_US:
        cell = (cell + dt.timedelta(microseconds=_NOISE_US)).replace(microsecond=0)
    return cell.isoformat(sep=" ")
