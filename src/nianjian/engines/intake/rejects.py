"""The rejected rows of a batch as a file that a person can correct and import again."""

from __future__ import annotations

import csv
import heapq
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nianjian.engines.intake import ledger
from nianjian.engines.intake.format import ADDED
from nianjian.engines.intake.validate import SURPLUS
from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.formulas import harmless_row
from nianjian.engines.lake.tables import Lake

# Raw lines and cells as a door may show them: long runs of digits and names are hidden, days and times are not.

_RUN: Final = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?([T ]+\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?|\+?\d(?:[ -]?\d){6,}"
)
_STAMP: Final = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])?([0-5]\d){0,2}")
_ABOUT: Final = "姓名|名字|名称|联系人|客户名|用户名|机主|身份证|证件|地址|邮箱|微信|name|contact|address|email"
_PERSON: Final = re.compile(_ABOUT, re.IGNORECASE)
_MEMBER: Final = re.compile(rf'("[^"]*(?:{_ABOUT})[^"]*"\s*:\s*")([^"]*)"', re.IGNORECASE)


def mask_line(text: str) -> str:
    """A line or cell without telephone numbers, identity numbers and ids that hold them."""
    return _RUN.sub(_hide_run, text)


def mask_member(text: str) -> str:
    """A line of JSON; of a value whose key speaks of a person only the first sign stays."""
    return mask_line(_MEMBER.sub(lambda match: f'{match[1]}{match[2][:1]}{"*" * max(len(match[2]) - 1, 0)}"', text))


def mask_cells(header: Sequence[str], row: Sequence[str | None]) -> list[str]:
    """The cells of a row; under a heading that speaks of a person only the first sign stays."""
    names = [*header, *[""] * (len(row) - len(header))]
    return [_mask_cell(name, cell or "") for name, cell in zip(names, row, strict=False)]


def _mask_cell(name: str, cell: str) -> str:
    if _PERSON.search(name):
        return cell[:1] + "*" * max(len(cell) - 1, 0)
    return mask_line(cell)


def _hide_run(run: re.Match[str]) -> str:
    text = run[0]
    if not text[-1].isdigit() or any(sign in text for sign in "/.:年月T") or _STAMP.fullmatch(text):
        return text
    if re.match(r"\d{4}-\d{1,2}-\d{1,2}$", text):
        return text
    return numbers.mask(text)


STEP: Final = 1_000  # rows after which it is told how many are written
_BATCH: Final = 1_000  # rows
_RUNS: Final = 100
_WIDE: Final = ("columns_surplus", "total_row")
_READ: Final = ["file", "line", "reason", "reason_column", "raw"]


def write_rejects(
    lake: Lake,
    batch: str,
    path: str | Path,
    words: Callable[[str], str] = str,
    on_progress: Callable[[int], None] = lambda _rows: None,
) -> dict[Path, int]:
    """Original columns, then 行号, 列, 原因代码, 原因, by file and line; UTF-8 with a mark. Rows of each file written.

    Rows under other columns (another source, another form of it) would not be recognised in the same table: they
    go to ``x-2.csv``, ``x-3.csv`` beside ``x.csv``.
    ``words`` puts a reason code into a sentence; ``on_progress`` hears every thousand rows how many are written, and what it
    raises ends the writing. A line that never became cells stands whole in the first column.
    What a spreadsheet program would run as a formula begins with ', which goes again when the file is imported.
    Cells beyond the header stand at the very end under 多出的列1, …: while one is filled the row is refused again.
    NianjianError ``batch_unknown``, ``batch_already_undone``, ``output_unwritable``.
    """
    with lake.lock():
        headers = _find_headers(lake, batch)
        if not headers:
            raise NianjianError("batch_unknown", batch=batch)
        files = ledger.batch_files(lake, batch)
        if not files and ledger.is_removed(lake, batch):
            raise NianjianError("batch_already_undone", batch=batch)
        paths = [old.path for old in files if old.is_rejected]
        with _Tables(Path(path), _most_surplus(lake, paths, headers)) as tables:
            for number, row in enumerate(_sorted_rows(lake, paths)):
                if number % STEP == 0:
                    on_progress(number)
                columns, cells, surplus = _split_cells(str(row["raw"] or '""'), headers[str(row["file"])])
                code = str(row["reason"])
                tables.put(columns, [*cells, row["line"], row["reason_column"] or "", code, words(code), *surplus])
            if not tables.rows:
                first = next(iter(headers.values()))
                tables.start(tuple(name for name in first.columns if first.is_own(name)))
    return tables.rows


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns of a file, and those of them that its beginning did not show: without a cell they are no column."""

    columns: tuple[str, ...]
    late: frozenset[str]

    def is_own(self, name: str) -> bool:
        """Not added by a rejects file that came back, corrected or not, and shown by the file itself."""
        return name not in ADDED and name not in self.late and not SURPLUS.fullmatch(name)


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A rejected row: its physical line, the column and code of the reason, its cells under the file's header.

    A line that never became cells is one cell.
    """

    line: int
    column: str
    reason: str
    header: tuple[str, ...]
    cells: tuple[str, ...]

    def masked(self) -> RejectedLine:
        """The same as an interface may show it."""
        return replace(self, cells=tuple(mask_cells(self.header, self.cells)))


def first_rejects(lake: Lake, batch: str, count: int) -> list[RejectedLine]:
    """The first rejected rows of each file of a batch, ``count`` in all; not more is read from disk than needed."""
    headers = _find_headers(lake, batch)
    lines: list[RejectedLine] = []
    for old in ledger.batch_files(lake, batch):
        if not old.is_rejected or len(lines) >= count:
            continue
        with pq.ParquetFile(lake.path(ledger.CALLS_TABLE) / old.path) as file:
            for some in file.iter_batches(batch_size=count, columns=_READ):
                rows = some.slice(0, count - len(lines)).to_pylist()
                lines += [_to_rejected(row, headers[str(row["file"])].columns) for row in rows]
                break
    return lines


def _to_rejected(row: Mapping[str, object], header: Sequence[str]) -> RejectedLine:
    raw = json.loads(str(row["raw"] or '""'))
    cells = (raw,) if isinstance(raw, str) else tuple("" if cell is None else str(cell) for cell in raw)
    return RejectedLine(
        int(str(row["line"])), str(row["reason_column"] or ""), str(row["reason"]), tuple(header), cells
    )


class _Tables(ExitStack):
    """One file for each set of columns, opened with its first row. ``surplus``: columns for cells beyond the header."""

    def __init__(self, path: Path, surplus: int) -> None:
        super().__init__()
        self._surplus = [f"多出的列{number}" for number in range(1, surplus + 1)]
        self.rows: dict[Path, int] = {}
        self._path = path
        self._open: dict[tuple[str, ...], tuple[Path, Callable[[Sequence[object]], object]]] = {}

    def start(self, columns: tuple[str, ...]) -> None:
        """Begin the next file with its header; NianjianError ``output_unwritable``."""
        number = len(self._open) + 1
        path = self._path if number == 1 else self._path.with_stem(f"{self._path.stem}-{number}")
        try:
            handle = self.enter_context(open(path, "w", encoding="utf-8-sig", newline="", opener=_open_private))  # noqa: SIM115 -- closed with the stack
            write_row = csv.writer(handle).writerow
            write_row(harmless_row((*columns, *ADDED, *self._surplus)))
        except OSError as error:
            raise NianjianError("output_unwritable", file=str(path), detail=str(error)) from error
        self._open[columns] = path, write_row
        self.rows[path] = 0

    def put(self, columns: tuple[str, ...], row: Sequence[object]) -> None:
        """Write a row under its columns, filled up to their number; NianjianError ``output_unwritable``."""
        if columns not in self._open:
            self.start(columns)
        path, write_row = self._open[columns]
        width = len(columns) + len(ADDED) + len(self._surplus)
        try:
            write_row(harmless_row((*row, *[""] * (width - len(row)))))
        except OSError as error:
            raise NianjianError("output_unwritable", file=str(path), detail=str(error)) from error
        self.rows[path] += 1


def _open_private(path: str, flags: int) -> int:
    """Only the owner may read the file, a former one of that name too: it shows telephone numbers in full."""
    handle = os.open(path, flags, 0o600)
    try:
        os.fchmod(handle, 0o600)
    except OSError:
        os.close(handle)
        raise
    return handle


def _find_headers(lake: Lake, batch: str) -> dict[str, _Header]:
    """By the file's hash."""
    return {
        str(entry["file_sha256"]): _Header(
            tuple(cast("list[str]", entry["columns"])), frozenset(cast("list[str]", entry.get("late", [])))
        )
        for entry in lake.history(ledger.CALLS_TABLE, -1)
        if entry.get("batch") == batch and entry.get("act") == "import"
    }


def _most_surplus(lake: Lake, paths: Sequence[str], headers: Mapping[str, _Header]) -> int:
    """How many filled cells the widest row has beyond its header."""
    most = 0
    for path in paths:
        with pq.ParquetFile(lake.path(ledger.CALLS_TABLE) / path) as file:
            for batch in file.iter_batches(batch_size=_BATCH, columns=["file", "raw", "reason"]):
                wide = batch.filter(pc.is_in(batch.column("reason"), pa.array(_WIDE)))
                for row in wide.to_pylist():
                    most = max(most, len(_split_cells(str(row["raw"]), headers[str(row["file"])])[2]))
    return most


def _sorted_rows(lake: Lake, paths: Sequence[str]) -> Iterator[dict[str, object]]:
    """Rows by file and line. In memory stand eight bytes of each row, and a batch of each run.

    An import leaves its rows in few runs: those of the scan, those held back until its end, broken lines, sheets.
    """
    for path in paths:
        place = lake.path(ledger.CALLS_TABLE) / path
        lines = pq.read_table(place, columns=["line"], partitioning=None)["line"].to_numpy()
        starts = [0, *(np.flatnonzero(lines[1:] < lines[:-1]) + 1).tolist(), len(lines)]
        if len(starts) > _RUNS:
            table = pq.read_table(place, columns=_READ, partitioning=None)
            for batch in table.sort_by([("line", "ascending")]).to_batches(max_chunksize=_BATCH):
                yield from batch.to_pylist()
        else:
            yield from heapq.merge(*(_read_run(place, *ends) for ends in pairwise(starts)), key=itemgetter("line"))


def _read_run(place: Path, first: int, end: int) -> Iterator[dict[str, object]]:
    """Rows ``first`` up to ``end`` as they lie."""
    with pq.ParquetFile(place) as file:
        begin = 0
        for group in range(file.num_row_groups):
            count = file.metadata.row_group(group).num_rows
            if begin + count <= first or begin >= end:
                begin += count
                continue
            for batch in file.iter_batches(batch_size=_BATCH, row_groups=[group], columns=_READ):
                rows = batch.slice(0, max(end - begin, 0)).to_pylist()
                yield from rows[max(first - begin, 0) :]
                begin += batch.num_rows


def _split_cells(raw: str, header: _Header) -> tuple[tuple[str, ...], list[str], list[str]]:
    """(columns, the row's cells under them, the cells beyond them)."""
    value = json.loads(raw)
    if isinstance(value, str):
        columns = tuple(filter(header.is_own, header.columns))
        return columns, [value, *[""] * (len(columns) - 1)], []
    texts = ["" if cell is None else str(cell) for cell in value]
    cells = dict(zip(header.columns, texts, strict=False))
    columns = tuple(name for name in header.columns if header.is_own(name) or (name in header.late and cells.get(name)))
    surplus = [cells.get(name, "") for name in header.columns if SURPLUS.fullmatch(name)]
    surplus += texts[len(header.columns) :]
    while surplus and not surplus[-1]:
        surplus.pop()
    return columns, [cells.get(name, "") for name in columns], surplus
