"""The rows of one file as something the engine can scan: delimited text, parsed lines, JSON, or a sheet.

Whatever is not plain delimited text is parsed in Python into a temporary Parquet file of text columns with the
physical line number beside them; the same SQL then runs over either.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from nianjian.engines.intake.format import Layout
from nianjian.engines.intake.rows.lines import Damage
from nianjian.engines.intake.vendor.words import TOTAL
from nianjian.engines.lake.workbench import Reject, scan_parquet

BATCH: Final = 100_000
JOINED: Final = 50  # lines that one quoted cell may run over

Row = tuple[int, Sequence[str | None]]


def spill(rows: Iterable[Row], columns: Sequence[str], path: Path) -> int:
    """Write rows of text cells with their line numbers to a temporary Parquet file; how many."""
    schema = pa.schema([*((name, pa.string()) for name in columns), ("__line", pa.int64())])
    count = 0
    with pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=False) as out:
        for part in _batched(rows):
            cells = [list(column) for column in zip(*(row for _, row in part), strict=True)]
            lines = pa.array([line for line, _ in part], pa.int64())
            out.write_table(pa.table([*(pa.array(cell, pa.string()) for cell in cells), lines], schema=schema))
            count += len(part)
    return count


def _batched(rows: Iterable[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    for row in rows:
        part.append(row)
        if len(part) == BATCH:
            yield part
            part = []
    if part:
        yield part


def parsed(lines: Iterable[tuple[int, str]], layout: Layout, bad: list[Damage]) -> Iterator[Row]:
    """Lines through the format's own parser; those it refuses go to ``bad``."""
    parse = layout.parse or _unparsed
    for number, line in lines:
        try:
            cells = parse(line)
        except ValueError as error:
            bad.append(Damage(number, str(error) or "columns_missing", json.dumps(line[:2000], ensure_ascii=False)))
            continue
        yield number, _fitted(cells, len(layout.columns))


def _unparsed(_line: str) -> Sequence[str | None]:
    raise ValueError  # a layout without a parser is read by the engine


def _fitted(cells: Sequence[str | None], width: int) -> Sequence[str | None]:
    row = [cell or None for cell in cells]
    return row[:width] + [None] * (width - len(row))


def again(rejects: Sequence[Reject], numbers: Sequence[int], path: Path, opened: dict[int, str]) -> dict[int, str]:
    """Physical line number → text of everything the engine gave up, read from the file's own bytes."""
    texts = dict(opened)
    with path.open("rb") as handle:
        for reject, number in zip(rejects, numbers, strict=True):
            handle.seek(reject.offset)
            line = handle.readline()
            if line in (b"\n", b"\r\n"):  # the offset of some rejects stands on the end of the line before
                line = handle.readline()
            texts[number] = line.rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    return dict(sorted(texts.items()))


def reread(texts: dict[int, str], layout: Layout, bad: list[Damage]) -> Iterator[Row]:
    """Whole rows among the lines given up: quoted commas, a quoted line break joined with the lines after it."""
    width = len(layout.columns)
    done: set[int] = set()
    for number, text in texts.items():
        if number in done:
            continue
        cells = _cells(text, layout.delimiter)
        last = number
        if cells is None:
            cells, last = _joined(number, texts, layout)
        if cells is None:
            bad.append(Damage(number, "stray_quote", json.dumps(text[:2000], ensure_ascii=False)))
            continue
        done.update(range(number, last + 1))
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if len(cells) == width:
            yield number, [cell or None for cell in cells]
        else:
            code = "columns_missing" if len(cells) < width else "columns_surplus"
            code = "total_row" if re.fullmatch(TOTAL, cells[0]) else code
            bad.append(Damage(number, code, json.dumps(cells, ensure_ascii=False)))


def _joined(number: int, texts: dict[int, str], layout: Layout) -> tuple[list[str] | None, int]:
    text = texts[number]
    for last in range(number + 1, number + JOINED):
        if last not in texts:
            break
        text += "\n" + texts[last]
        cells = _cells(text, layout.delimiter)
        if cells is not None and len(cells) == len(layout.columns):
            return cells, last
    return None, number


def _cells(text: str, delimiter: str) -> list[str] | None:
    """Cells of one row; None while a quote is open or stands where none may."""
    try:
        found = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def physical_numbers(places: Sequence[int], removed: Sequence[int]) -> list[int]:
    """For line numbers of a file from which the lines ``removed`` were taken (sorted), those of the original."""
    out = []
    before = 0
    for place in sorted(places):
        while before < len(removed) and removed[before] <= place + before:
            before += 1
        out.append(place + before)
    return out


def parquet(path: Path) -> str:
    """The scan of a spilled file."""
    return scan_parquet([path])
