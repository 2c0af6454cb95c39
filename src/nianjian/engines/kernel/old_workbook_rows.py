"""The rows of a workbook of any kind as lines of JSON: what `OldWorkbook` runs as a process with limits.

It reads the workbook from its input. ``{"sheet": NAME}`` stands before the rows of each sheet, ``[NUMBER, CELLS]``.
"""

import io
import json
import os
import sys
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook


def _main() -> None:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            _write({"sheet": name})
            left = (sheet.start or (0, 0))[1]  # blank rows above come along, blank columns on the left do not
            for number, cells in enumerate(sheet.iter_rows(), 1):
                row = [*[None] * left, *(_plain(cell) for cell in cells)]
                while row and row[-1] is None:
                    row.pop()
                if row:
                    _write([number, row])
    except MemoryError:
        os.abort()  # as the library itself does
    except (CalamineError, OSError, ValueError) as error:
        _write({"broken": str(error)})


def _write(record: object) -> None:
    sys.stdout.write(json.dumps(record) + "\n")


def _plain(cell: object) -> object:
    if isinstance(cell, timedelta):
        return {"span": cell.total_seconds()}
    if isinstance(cell, date | datetime | time):
        return {type(cell).__name__: cell.isoformat()}
    return None if cell == "" else cell


if __name__ == "__main__":
    _main()
