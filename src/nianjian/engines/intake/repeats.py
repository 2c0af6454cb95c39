"""Rows whose id was seen before: held back in a temporary file, judged at the end against the lake and each other.

Same id and same content is a duplicate; same id with other content is a conflict, in which the first row stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nianjian.engines.intake.validate import CONTENT
from nianjian.engines.lake.keys import KeyFiles, Sought, in_order
from nianjian.engines.lake.schema import literal
from nianjian.engines.lake.tables import OldFile
from nianjian.engines.lake.workbench import Workbench, scan_parquet

KEEP: Final = 0
DUPLICATE: Final = 1
CONFLICT: Final = 2

_BATCH: Final = 200_000
_PLACE: Final = "__place"  # of a held row, from 0


class Keys:
    """The id hashes of a file's rows, gathered before the rows are read. 8 bytes a row: sorting beats grouping."""

    def __init__(self) -> None:
        self.count = 0
        self._parts: list[np.ndarray[tuple[int], np.dtype[np.uint64]]] = []

    def add(self, found: pa.Table, *, doubtful: bool = False) -> None:
        """Take the column h; ``doubtful`` ids are looked at whether they repeat or not."""
        hashes = found.column("h").to_numpy()
        self._parts += [hashes, hashes] if doubtful else [hashes]
        if not doubtful:
            self.count += len(hashes)

    def suspects(self, bench: Workbench, held: KeyFiles, files: Sequence[OldFile]) -> tuple[int, list[OldFile]]:
        """Fill table ``suspects`` (h): ids that repeat in the file or stand in ``files`` of the lake, of any source.

        How many, and those of ``files`` that hold one: the others need not be looked at again.
        """
        keys = in_order(np.concatenate([*self._parts, np.empty(0, np.uint64)]))
        self._parts = []
        again = np.unique(keys[1:][keys[1:] == keys[:-1]])
        sought = Sought(keys)
        found = [(file, sought.within(held.of(bench, file))) for file in files]
        found = [(file, hashes) for file, hashes in found if len(hashes)]
        doubtful = np.unique(np.concatenate([again, *(hashes for _, hashes in found)]))
        bench.register("doubtful", pa.table({"h": pa.array(doubtful)}))
        bench.run("create or replace table suspects as select h from doubtful")
        return len(doubtful), [file for file, _ in found]


class Marks:
    """Marks rows, read before anything was in doubt, whose id is in the table ``suspects`` (None: there is none)."""

    def __init__(self, bench: Workbench, suspects: str | None) -> None:
        self._sought = None
        if suspects is not None:
            hashes = bench.table(f"select h from {suspects} order by h")["h"].to_numpy()
            self._sought = Sought(np.asarray(hashes, dtype=np.uint64))

    def put(self, rows: pa.Table) -> pa.Table:
        """The rows with the truth about ``suspect``; rows with a reason are in no doubt."""
        if self._sought is None:
            return rows
        doubt = pa.array(self._sought.marks(rows.column("h").to_numpy()))
        place = rows.schema.get_field_index("suspect")
        return rows.set_column(place, "suspect", pc.and_(doubt, pc.is_null(rows.column("reason"))))


class Repeats:
    """Holds rows of the select (with ``line``) until `judge`."""

    def __init__(self, path: Path) -> None:
        self.held = 0
        self._path = path
        self._out: pq.ParquetWriter | None = None

    def hold(self, rows: pa.Table) -> None:
        """Put rows aside, numbered as they come: JSON may hold many on one line."""
        places = pa.array(np.arange(self.held, self.held + rows.num_rows, dtype=np.int64))
        rows = rows.append_column(_PLACE, places)
        if self._out is None:
            schema = pa.schema([pa.field(f.name, _plain(f.type)) for f in rows.schema])
            self._out = pq.ParquetWriter(self._path, schema, compression="lz4")
        self._out.write_table(rows.cast(self._out.schema))
        self.held += rows.num_rows

    def judge(self, bench: Workbench, *, source: str, lake_files: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
        """(KEEP or CONFLICT, rows) in file order; what is missing from them are the duplicates."""
        if self._out is None:
            return
        self._out.close()
        bench.run(f"create or replace table verdicts as {_verdicts(self._path, source, lake_files)}")
        rows = (
            f"select s.* exclude ({_PLACE}), v.verdict from {scan_parquet([self._path])} s"
            f" join verdicts v using ({_PLACE}) where v.verdict <> {DUPLICATE} order by line, {_PLACE}"
        )
        for batch in bench.batches(rows, _BATCH):
            table = pa.table(batch)
            verdict = table.column("verdict").to_numpy()
            table = table.drop_columns(["verdict"])
            for wanted in (KEEP, CONFLICT):
                if (mask := verdict == wanted).any():
                    yield wanted, table.filter(pa.array(mask))


def _verdicts(path: Path, source: str, lake_files: Sequence[str]) -> str:
    # Two hashes of 64 bits stand for the content: a window over whole rows would not fit into memory.
    content = ", ".join(CONTENT)
    columns = f"call_id, hash({content}) as one, hash('twin', {content}) as two"
    union = f"select {columns}, line, {_PLACE} from {scan_parquet([path])}"
    if lake_files:
        union += (
            f" union all select {columns}, -1 as line, -1 as {_PLACE} from {scan_parquet(lake_files)}"
            f" where source = {literal(source)} and hash(call_id) in (select h from suspects)"
        )
    return (
        f"select {_PLACE}, case when row_number() over w = 1 then {KEEP}"
        f" when one = first_value(one) over w and two = first_value(two) over w then {DUPLICATE}"
        f" else {CONFLICT} end as verdict from ({union}) window w as (partition by call_id order by line, {_PLACE})"
        f" qualify {_PLACE} >= 0"
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind
