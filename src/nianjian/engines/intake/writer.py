"""Arrow batches to the lake's Parquet files: line numbers, months, the quarantine without doubles, and the counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nianjian.engines.intake.ledger import CALLS_TABLE
from nianjian.engines.intake.lines import Damage
from nianjian.engines.kernel.crash import crash_point
from nianjian.engines.lake.keys import Hashes, KeyFiles, Sought
from nianjian.engines.lake.schema import CALLS, REJECTED
from nianjian.engines.lake.tables import Lake, NewFile, OldFile
from nianjian.engines.lake.workbench import Workbench, scan_parquet

ROW_GROUP: Final = 120_000

Places = npt.NDArray[np.int64]

_CONSTANT: Final = ("source", "batch", "file")
_WORD: Final = pa.dictionary(pa.uint8(), pa.string())  # as the engine gives its enumerations
_ENUM: Final = (
    "direction", "leg", "display_shape", "display_confidence", "callee_shape", "result", "agent_kind",
)  # fmt: skip

# Columns in which values repeat. In the others a dictionary is built and thrown away, which costs a tenth.
_REPEATING: Final = [
    *_CONSTANT, *_ENUM, "caller_raw", "display", "display_raw", "purpose", "agent_id", "line_id", "team_id", "gateway",
    "reason", "reason_column",
]  # fmt: skip

# Times and line numbers rise slowly: as differences they take a third of the room and less time.
# Callees have no order, but as differences they too take less room and half the time.
_DELTAS: Final = dict.fromkeys(("start_ts", "ring_ts", "answer_ts", "end_ts", "callee", "line"), "DELTA_BINARY_PACKED")

# What no good row has: empty columns are made anew, cheaper than they are filtered.
_OF_REJECTED: Final = ("reason", "reason_column", "raw")

STORED: Final = pa.schema(
    [
        pa.field(name, _WORD if name in _CONSTANT or name in _ENUM else CALLS.field(name).type)
        for name in CALLS.names
        if name != "part"
    ]
)


class Lines:
    """Physical line numbers for rows that come in file order, around the ``removed`` lines (sorted)."""

    def __init__(self, removed: Sequence[int]) -> None:
        gaps = np.asarray(removed, dtype=np.int64)
        self._before = gaps - 1 - np.arange(len(gaps), dtype=np.int64)  # rows that stand before each gap
        self._row = 0

    def take(self, count: int) -> pa.Array:
        """The numbers of the next ``count`` rows."""
        rows = np.arange(self._row, self._row + count, dtype=np.int64)
        self._row += count
        return pa.array(rows + 1 + np.searchsorted(self._before, rows, side="right"))


class Writer:
    """Writes one file's rows under ``folder`` (the calls table) as part=…/<stem>-<n>.parquet."""

    def __init__(self, folder: Path, stem: str, constants: Mapping[str, str], keys: KeyFiles) -> None:
        self.loaded = 0
        self.reasons: Counter[str] = Counter()
        self.days: set[np.datetime64] = set()
        self._folder, self._stem = folder, stem
        self._constants, self._keys = constants, keys
        self._parts: dict[str, _Part] = {}
        self._made = 0
        self._hashes: defaultdict[str, list[Hashes]] = defaultdict(list)

    def write(self, rows: pa.Table, *, but: pa.ChunkedArray | None = None) -> None:
        """Rows with the select's columns, h and ``line``: good ones to their month, those with a reason apart.

        ``but`` marks rows to leave out; they have no reason. All columns are copied once at most. Good rows lose
        their raw cells, which were there for the case of a conflict.
        """
        crash_point("mid_write")
        reason = rows.column("reason")
        good = None if but is None else pc.invert(but)
        if reason.null_count < len(reason):
            self._refuse(self._complete(rows.filter(pc.is_valid(reason))))
            sound = pc.is_null(reason)
            good = sound if good is None else pc.and_(sound, good)
        kept = rows.select(
            [
                name
                for name, column in zip(rows.column_names, rows.columns, strict=True)
                if name not in _OF_REJECTED and column.null_count < len(column)
            ]
        )
        kept = kept if good is None else kept.filter(good)
        if kept.num_rows:
            self._good(self._complete(kept), kept.column("h").to_numpy())

    def reject(self, rows: pa.Table, reason: str) -> None:
        """Good rows of the select that must not be loaded after all; they carry their cells in ``raw``."""
        table = self._complete(rows)
        place = table.schema.get_field_index("reason")
        self._refuse(table.set_column(place, "reason", pa.array([reason] * table.num_rows, pa.string())))

    def damaged(self, lines: Sequence[Damage]) -> None:
        """Lines that never became rows."""
        if not lines:
            return
        rows = pa.table(
            {
                "line": pa.array([line.line for line in lines], pa.int64()),
                "reason": pa.array([line.code for line in lines], pa.string()),
                "raw": pa.array([line.raw for line in lines], pa.string()),
            }
        )
        self._refuse(self._complete(rows))

    def rejected(self) -> Path | None:
        """Finish the file of rejected rows; where it lies, None if no row was rejected."""
        if REJECTED not in self._parts:
            return None
        return self._folder / self._parts[REJECTED].close().path

    def keep_rejected(self, places: Places) -> None:
        """Of the finished file of rejected rows keep those at ``places`` (from 0, sorted) in a new one."""
        former = self._parts.pop(REJECTED)
        self.reasons.clear()
        begin = 0
        for batch in pq.ParquetFile(self._folder / former.close().path).iter_batches():
            first, last = np.searchsorted(places, [begin, begin + batch.num_rows])
            if first < last:
                self._refuse(self._complete(pa.table(batch.take(pa.array(places[first:last] - begin)))))
            begin += batch.num_rows
        former.abandon()

    def close(self) -> list[NewFile]:
        """Finish all files and keep the hashes of the good ones; what a commit has to add, by path."""
        added = [self._parts[name].close() for name in sorted(self._parts)]
        for new in added:
            if new.partition["part"] != REJECTED:
                self._keys.save(new.path, np.concatenate(self._hashes[new.partition["part"]]))
        return added

    def abandon(self) -> None:
        """Close and delete what was written."""
        for part in self._parts.values():
            part.abandon()
        self._parts.clear()

    def _good(self, table: pa.Table, hashes: Hashes) -> None:
        self.loaded += table.num_rows
        start = table.column("start_ts").to_numpy()
        days = start.astype("datetime64[D]")
        earliest = days.min()
        seen = np.bincount((days - earliest).astype(np.int64))  # calls end within a century of each other
        self.days.update(earliest + np.flatnonzero(seen))
        months = start.astype("datetime64[M]")
        first, last = months.min(), months.max()
        if first == last:
            self._hashes[str(first)].append(hashes)
            self._part(str(first)).write(table)
            return
        for month in np.unique(months):
            self._hashes[str(month)].append(hashes[months == month])
            self._part(str(month)).write(table.filter(pa.array(months == month)))

    def _refuse(self, rows: pa.Table) -> None:
        for entry in rows.column("reason").value_counts().to_pylist():
            self.reasons[entry["values"]] += entry["counts"]
        self._part(REJECTED).write(rows)

    def _part(self, name: str) -> _Part:
        if name not in self._parts:
            self._parts[name] = _Part(self._folder, f"part={name}/{self._stem}-{self._made}.parquet", name)
            self._made += 1
        return self._parts[name]

    def _complete(self, rows: pa.Table) -> pa.Table:
        count = rows.num_rows
        zeros = pa.array(np.zeros(count, dtype=np.uint8))
        have = set(rows.column_names)
        columns = []
        for column in STORED:
            if column.name in _CONSTANT:
                words = pa.array([self._constants[column.name]], pa.string())
                columns.append(pa.DictionaryArray.from_arrays(zeros, words))
            elif column.name not in have:
                columns.append(pa.nulls(count, column.type))
            else:
                given = rows.column(column.name)
                columns.append(given if given.type == column.type else given.cast(column.type))
        return pa.table(columns, schema=STORED)


class _Part:
    """One Parquet file in the making; small batches are held back until they make a row group."""

    def __init__(self, folder: Path, path: str, part: str) -> None:
        self._target, self._path, self._name = folder / path, path, part
        self._target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._out: pq.ParquetWriter | None = None
        self._held: list[pa.Table] = []
        self._waiting = self._rows = 0
        self._lowest: np.datetime64 | None = None
        self._highest: np.datetime64 | None = None
        self._closed: NewFile | None = None

    def write(self, rows: pa.Table) -> None:
        self._held.append(rows)
        self._waiting += rows.num_rows
        self._rows += rows.num_rows
        if self._waiting >= ROW_GROUP:
            self._flush()

    def close(self) -> NewFile:
        """Finish the file; a second call changes nothing."""
        if self._closed is None:
            self._flush().close()
            self._closed = NewFile(
                path=self._path,
                size=self._target.stat().st_size,
                partition={"part": self._name},
                rows=self._rows,
                lowest={} if self._lowest is None else {"start_ts": str(self._lowest)},
                highest={} if self._highest is None else {"start_ts": str(self._highest)},
            )
        return self._closed

    def abandon(self) -> None:
        if self._out is not None:
            self._out.close()
        self._target.unlink(missing_ok=True)

    def _flush(self) -> pq.ParquetWriter:
        if self._out is None:
            self._out = pq.ParquetWriter(
                self._target, STORED, compression="zstd", compression_level=1, use_dictionary=_REPEATING,
                column_encoding=_DELTAS, store_schema=False,
                write_statistics=["start_ts", "end_ts", "display", "callee"],
            )  # fmt: skip
        if not self._held:
            return self._out
        rows = pa.concat_tables(self._held) if len(self._held) > 1 else self._held[0]
        self._held, self._waiting = [], 0
        found = pc.min_max(rows.column("start_ts")).as_py()
        if found["min"] is not None:
            lowest, highest = np.datetime64(found["min"], "us"), np.datetime64(found["max"], "us")
            self._lowest = lowest if self._lowest is None else min(self._lowest, lowest)
            self._highest = highest if self._highest is None else max(self._highest, highest)
        self._out.write_table(rows, row_group_size=ROW_GROUP * 10)
        return self._out


_KEY: Final = ("source", "reason", "raw", "line")
_NAMES: Final = ", ".join(_KEY)
_SAME: Final = " and ".join(f"fresh.{name} is not distinct from old.{name}" for name in _KEY)


def rejected_keys(lake: Lake) -> KeyFiles:
    """The hashes by which rejected rows are found again."""
    return KeyFiles(lake, CALLS_TABLE, _NAMES)


def remove_doubles(
    bench: Workbench, writer: Writer, keys: KeyFiles, files: Sequence[OldFile]
) -> tuple[int, list[OldFile]]:
    """Take out of what the writer adds the rejected rows that ``files`` hold already.

    How many there were, and those of ``files`` that hold one.
    """
    path = writer.rejected() if files else None
    if path is None:
        return 0, []
    found = bench.table(f"select hash({_NAMES}) as h from {scan_parquet([path])}").column("h")
    hashes = np.asarray(found.to_numpy(), dtype=np.uint64)
    sought = Sought(np.unique(hashes))
    holding = [file for file in files if len(sought.within(keys.of(bench, file)))]
    if not holding:
        return 0, []
    # Hashes only suspect: whole values are compared here, for the places of the rows that stand nowhere yet.
    fresh = f"select {_NAMES}, file_row_number as place from {scan_parquet([path], numbered=True)}"
    old = f"select {_NAMES} from {scan_parquet([keys.lake.path(keys.table) / file.path for file in holding])}"
    asked = f"select place from ({fresh}) fresh anti join ({old}) old on {_SAME} order by place"
    places = np.asarray(bench.table(asked).column("place").to_numpy(), dtype=np.int64)
    if len(places) < len(hashes):
        writer.keep_rejected(places)
    return len(hashes) - len(places), holding
