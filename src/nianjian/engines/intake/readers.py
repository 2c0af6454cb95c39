"""From an item to scans that the engine runs (text, JSON, sheets), with every physical line accounted for."""

import csv
import io
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nianjian.engines.intake import tables, validate
from nianjian.engines.intake.columns import TOTAL
from nianjian.engines.intake.format import Layout, Sample
from nianjian.engines.intake.lines import (
    Census,
    CleanCopy,
    Damage,
    json_records,
    lines_at,
    physical_lines,
    rewrite_file,
    survey_file,
    text_blocks,
)
from nianjian.engines.intake.read import Item, Stream
from nianjian.engines.intake.validate import CONTENT
from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.unpacking import STEP, checked_room
from nianjian.engines.lake.keys import KeyFiles, Sought, in_order
from nianjian.engines.lake.schema import literal, quoted
from nianjian.engines.lake.tables import OldFile
from nianjian.engines.lake.workbench import EngineError, Reject, Workbench, scan_csv, scan_parquet

# Rows whose id was seen before: held back in a temporary file, judged at the end against the lake and each other.
#
# Same id and same content is a duplicate; same id with other content is a conflict, in which the first row stays.

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

    def add(self, rows: pa.Table, *, doubtful: bool = False) -> None:
        """Take the column h; ``doubtful`` ids are looked at whether they repeat or not."""
        hashes = rows.column("h").to_numpy()
        self._parts += [hashes, hashes] if doubtful else [hashes]
        if not doubtful:
            self.count += len(hashes)

    def suspects(self, bench: Workbench, key_files: KeyFiles, files: Sequence[OldFile]) -> tuple[int, list[OldFile]]:
        """Fill table ``suspects`` (h): ids that repeat in the file or stand in ``files`` of the lake, of any source.

        How many, and those of ``files`` that hold one: the others need not be looked at again.
        """
        keys = in_order(np.concatenate([*self._parts, np.empty(0, np.uint64)]))
        self._parts = []
        again = np.unique(keys[1:][keys[1:] == keys[:-1]])
        sought = Sought(keys)
        hits = [(file, sought.within(key_files.of(bench, file))) for file in files]
        hits = [(file, hashes) for file, hashes in hits if len(hashes)]
        doubtful = np.unique(np.concatenate([again, *(hashes for _, hashes in hits)]))
        bench.register("doubtful", pa.table({"h": pa.array(doubtful)}))
        bench.run("create or replace table suspects as select h from doubtful")
        return len(doubtful), [file for file, _ in hits]


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
            for kind in (KEEP, CONFLICT):
                if (mask := verdict == kind).any():
                    yield kind, table.filter(pa.array(mask))


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


BATCH: Final = 100_000
JOINED: Final = 50  # lines that one quoted cell may run over

Row = tuple[int, Sequence[str | None]]


def spill_rows(rows: Iterable[Row], columns: Sequence[str], path: Path) -> int:
    """Write rows of text cells with their line numbers to a temporary Parquet file; how many."""
    schema = pa.schema([*((name, pa.string()) for name in columns), ("__line", pa.int64())])
    count, rows = 0, iter(rows)
    with pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=False) as out:
        while part := list(islice(rows, BATCH)):
            cells = [list(column) for column in zip(*(row for _, row in part), strict=True)]
            lines = pa.array([line for line, _ in part], pa.int64())
            out.write_table(pa.table([*(pa.array(cell, pa.string()) for cell in cells), lines], schema=schema))
            count += len(part)
    return count


def parse_lines(
    lines: Iterable[tuple[int, str]], parse: Callable[[str], Sequence[str | None]], width: int, bad: list[Damage]
) -> Iterator[Row]:
    """Lines through the format's own parser; those it refuses go to ``bad``."""
    for number, line in lines:
        try:
            cells = parse(line)
        except ValueError as error:
            bad.append(Damage(number, str(error) or "columns_missing", json.dumps(line[:2000], ensure_ascii=False)))
            continue
        row = [cell or None for cell in cells]
        yield number, row[:width] + [None] * (width - len(row))


def read_again(rejects: Sequence[Reject], numbers: Sequence[int], path: Path, opened: dict[int, str]) -> dict[int, str]:
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


def reread_rows(texts: dict[int, str], layout: Layout, bad: list[Damage]) -> Iterator[Row]:
    """Whole rows among the lines given up: quoted commas, a quoted line break joined with the lines after it."""
    width = len(layout.columns)
    done: set[int] = set()
    for number, text in texts.items():
        if number in done:
            continue
        cells = _split_cells(text, layout.delimiter)
        last = number
        if cells is None:
            cells, last = _join_lines(number, texts, layout)
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


def _join_lines(number: int, texts: dict[int, str], layout: Layout) -> tuple[list[str] | None, int]:
    text = texts[number]
    for last in range(number + 1, number + JOINED):
        if last not in texts:
            break
        text += "\n" + texts[last]
        cells = _split_cells(text, layout.delimiter)
        if cells is not None and len(cells) == len(layout.columns):
            return cells, last
    return None, number


def _split_cells(text: str, delimiter: str) -> list[str] | None:
    """Cells of one row; None while a quote is open or stands where none may."""
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def physical_numbers(places: Sequence[int], removed: Sequence[int]) -> list[int]:
    """For line numbers of a file from which the lines ``removed`` were taken (sorted), those of the original."""
    out = []
    before = 0
    for place in sorted(places):
        while before < len(removed) and removed[before] <= place + before:
            before += 1
        out.append(place + before)
    return out


def sheet_rows(item: Item, layout: Layout, census: Census) -> Iterator[Row]:
    """Every row below the header; blank and damaged ones go into the census."""
    width = len(layout.columns)
    last = layout.header_lines
    for row in item.sheet_rows(width):
        cells = row.cells
        census.blank.extend(range(last + 1, row.number))  # a blank row may be left out of the file
        last = max(last, row.number)
        if row.number <= layout.header_lines:
            continue
        if row.formula:
            census.damaged.append(Damage(row.number, "formula_unsaved", json.dumps(cells[:width], ensure_ascii=False)))
        elif not any(cells):
            census.blank.append(row.number)
        elif len(cells) > width:
            census.damaged.append(Damage(row.number, "columns_surplus", json.dumps(cells, ensure_ascii=False)))
        else:
            yield row.number, [*cells, *[None] * (width - len(cells))]


def workbook_digest(item: Item) -> str:
    """sha256 of the workbook; of a further sheet together with its name, for it is another file of calls."""
    digest = sha256()
    for block in Stream(item).blocks():
        digest.update(block)
    if not item.first:
        digest.update((item.member or "").encode())
    return digest.hexdigest()


Report = Callable[[int], None]  # bytes read

BATCH_ROWS: Final = 250_000
SHOWN: Final = 5  # words that a warning names
LOOK: Final = 100_000  # rows between two looks at the disk
WHOLE: Final = 192 << 20  # bytes: up to here a file's typed rows wait in memory while its ids are looked for


class LinesMoved(Exception):  # noqa: N818 - not an error: the file is read again in another way
    """The engine saw other lines than the survey promised; the file has to be rewritten first."""


@dataclass(slots=True)
class Reading:
    """A file ready to be read. `index` must run before ``scans`` and ``rows`` mean anything.

    ``scans``: (scan, removed lines or None if it has a column ``__line``, rows). ``bad``: lines that gave no row.
    """

    item: Item
    encoding: str
    plan: validate.Plan
    temp: Path
    sha256: str = ""
    truncated: bool = False
    blank: int = 0
    scans: list[tuple[str, list[int] | None, int]] = field(default_factory=list)
    bad: list[Damage] = field(default_factory=list)
    prepared: CleanCopy | None = None
    expected_rejects: set[int] | None = None
    keys: Keys = field(default_factory=Keys)
    zones_said: bool = False  # every stamp says its zone
    unknown: int = 0  # rows whose result is none of the known words
    untold: int = 0  # rows in which nothing tells whether the call was answered
    words: tuple[str, ...] = ()  # the first of these words
    waiting: list[pa.RecordBatch] | None = None  # the rows of the first scan, read by `index` already

    @property
    def rows(self) -> int:
        """Rows of all scans."""
        return sum(rows for _, _, rows in self.scans)

    def index(self, bench: Workbench) -> None:
        """Gather ``keys``, every row's id hash, and settle which lines are rows; what `batches` counts begins anew."""
        self.keys, self.waiting = Keys(), None
        self.unknown = self.untold = 0
        if self.prepared is not None:
            self._index_delimited(bench, self.prepared)
            return
        self.keys.add(bench.table(validate.select_keys(self.plan, self.scans[0][0])))

    def ask_zones(self, bench: Workbench, sample: Sample) -> None:
        """Settle ``zones_said``; the whole file is asked only where its beginning lets it be so."""
        columns = tables.time_columns_of(self.plan.fields)
        if tables.may_lack_zone(sample, columns):
            scans = [f"({validate.select_raw(self.plan, scan, line=False)})" for scan, _, _ in self.scans]
            mute = [bench.table(tables.rows_without_zone(scan, columns)).column("n")[0].as_py() for scan in scans]
            self.zones_said = not any(mute)

    def ask_words(self, bench: Workbench) -> None:
        """Gather ``words`` where `batches` met any."""
        column = self.plan.fields.columns.get("result")
        if not self.unknown or column is None:
            return
        for scan, _, _ in self.scans:
            query = (
                f"select distinct {quoted(column)} as word from ({validate.select_raw(self.plan, scan, line=False)})"
            )
            table = bench.table(f"{query} where {self.plan.fields.result} = 'unknown' order by word limit {SHOWN}")
            words = (numbers.mask(word) for word in table.column("word").to_pylist())
            self.words = tuple(dict.fromkeys((*self.words, *words)))[:SHOWN]

    def _noticed(self, rows: pa.Table) -> pa.Table:
        """The same rows, those without a known result and those without a known answer counted."""
        good = pc.is_null(rows.column("reason"))
        odd = pc.and_(pc.equal(rows.column("result").cast(pa.string()), "unknown"), good)
        answered = rows.column("answered")
        if answered.null_count:
            untold = pc.and_(pc.is_null(answered), good)
            self.untold += pc.sum(untold).as_py() or 0
            odd = pc.and_not(odd, untold)
        self.unknown += pc.sum(odd).as_py() or 0
        return rows

    def batches(self, bench: Workbench, suspects: str | None) -> Iterator[tuple[pa.Table, list[int] | None]]:
        """The rows of all scans with ``suspect``, and the lines removed around those of the scan."""
        for scan, removed, _ in self.scans:
            if removed is None:
                for batch in bench.batches(
                    validate.select_rows(self.plan, scan, line=True, suspects=suspects), BATCH_ROWS
                ):
                    yield self._noticed(pa.table(batch)), None
                continue
            # Lines are counted, so rows must come in file order: no join may stand in this select.
            marks = Marks(bench, suspects)
            for batch in self._waited() if self.waiting is not None else bench.batches(self._counted(scan), BATCH_ROWS):
                yield marks.put(self._noticed(pa.table(batch))), removed

    def _counted(self, scan: str) -> str:
        return validate.select_rows(self.plan, scan, line=False, suspects=None)

    def _waited(self) -> Iterator[pa.RecordBatch]:
        waiting, self.waiting = list(reversed(self.waiting or [])), None
        while waiting:
            yield waiting.pop()

    def with_cells(self, bench: Workbench, rows: pa.Table) -> pa.Table:
        """Rows in file order with ``raw`` filled in where they waited for a verdict without. Raises LinesMoved."""
        missing = pc.is_null(rows.column("raw"))
        lines = set(rows.filter(missing).column("line").to_pylist())
        if not lines or self.prepared is None:
            return rows
        layout, target = self.plan.layout, self.temp / "conflicts.csv"
        gone = self.prepared.removed
        places = [number - bisect_left(gone, number) for number in sorted(lines)]
        target.write_bytes(b"".join(lines_at(self.prepared.path, places)))
        scan = scan_csv(target, layout.columns, delimiter=layout.delimiter, skip=0)
        cells = bench.beside(validate.select_cells(self.plan, scan)).column("raw")
        if len(cells) != len(lines):
            raise LinesMoved
        place = rows.schema.get_field_index("raw")
        raw = rows.column("raw").combine_chunks()
        filled = pc.replace_with_mask(raw, missing.combine_chunks(), cells.combine_chunks())
        return rows.set_column(place, "raw", filled)

    def rewrite(self, report: Report = lambda _done: None) -> CleanCopy:
        """Read the file from a clean copy from now on, where the engine cannot read the file itself."""
        target = self.temp / "lines.csv"
        self.prepared = rewrite_file(self.item, self.encoding, target, self.plan.layout.delimiter, report)
        return self.prepared

    def verify(self, bench: Workbench) -> None:
        """After the rows were read: the engine left out exactly the lines that `index` said. Raises LinesMoved."""
        if self.expected_rejects is None:
            return
        if {reject.line for reject in bench.rejects()} != self.expected_rejects:
            raise LinesMoved

    def _index_delimited(self, bench: Workbench, prepared: CleanCopy) -> None:
        layout = self.plan.layout
        skipped = _skip_heading(prepared, layout.header_lines)
        scan = scan_csv(prepared.path, layout.columns, delimiter=layout.delimiter, skip=skipped)
        expected = prepared.census.lines - len(prepared.removed) - skipped
        bench.forget_rejects()
        try:
            self._first_look(bench, prepared, scan)
        except EngineError as error:
            self._copy_or_fail(bench, detail=str(error))
            return
        count, rejects = self.keys.count, bench.rejects()
        if count + len(rejects) != max(expected, 0):
            self._copy_or_fail(bench, detail=f"{count} + {len(rejects)} of {expected}")
            return
        unseen = {damage.line for damage in prepared.unseen}
        self.expected_rejects = {reject.line for reject in rejects} | unseen
        places = sorted({*range(1, skipped + 1), *self.expected_rejects})
        removed = sorted([*physical_numbers(places, prepared.removed), *prepared.removed])
        open_rejects = [reject for reject in rejects if reject.line not in unseen]
        numbers = physical_numbers([reject.line for reject in open_rejects], prepared.removed)
        texts = read_again(open_rejects, numbers, prepared.path, prepared.open_quotes)
        self.bad = list(prepared.census.damaged)
        self.blank = len(prepared.census.blank)
        self.scans = [(scan, removed, max(expected, 0) - len(self.expected_rejects))]
        self._reread(bench, texts)
        bench.forget_rejects()
        if self.waiting is not None:
            self.expected_rejects = None  # nothing is scanned twice

    def _first_look(self, bench: Workbench, prepared: CleanCopy, scan: str) -> None:
        if prepared.rewritten or self.item.size > WHOLE:
            self.keys.add(bench.table(validate.select_keys(self.plan, scan)))
            return
        self.waiting = list(bench.batches(self._counted(scan), BATCH_ROWS))
        for batch in self.waiting:
            self.keys.add(pa.table({"h": batch.column("h")}))

    def _reread(self, bench: Workbench, texts: dict[int, str]) -> None:
        """Rows among the lines that the engine gave up; all their ids are put in doubt, to be judged at the end."""
        filled = {number: text for number, text in texts.items() if text.strip()}
        self.blank += len(texts) - len(filled)
        path = self.temp / "again.parquet"
        rows = spill_rows(reread_rows(filled, self.plan.layout, self.bad), self.plan.layout.columns, path)
        if rows:
            scan = scan_parquet([path])
            self.scans.append((scan, None, rows))
            self.keys.add(bench.table(validate.select_keys(self.plan, scan)), doubtful=True)

    def _copy_or_fail(self, bench: Workbench, *, detail: str) -> None:
        if self.prepared is None or self.prepared.rewritten:
            raise NianjianError("rows_unaccounted", file=self.item.name, detail=detail[:500])
        self.rewrite()
        self.index(bench)


def _skip_heading(prepared: CleanCopy, lines: int) -> int:
    """How many of the first physical ``lines`` stand in the prepared file; faults among them are of no interest."""
    census = prepared.census
    census.damaged[:] = [damage for damage in census.damaged if damage.line > lines]
    prepared.unseen[:] = [damage for damage in prepared.unseen if damage.line > lines]
    for number in [number for number in prepared.open_quotes if number <= lines]:
        del prepared.open_quotes[number]
    return lines - bisect_right(prepared.removed, lines)


def read_file(item: Item, encoding: str, plan: validate.Plan, temp: Path, report: Report) -> Reading:
    """Take a first look at every byte: hash, lines, faults; what is not delimited text becomes text columns."""
    reading = Reading(item, encoding, plan, temp)
    if item.kind == "sheet":
        census = Census()
        _spill_rows(reading, sheet_rows(item, plan.layout, census))
        reading.bad, reading.blank, reading.sha256 = census.damaged, len(census.blank), workbook_digest(item)
    elif plan.layout.parse is not None:
        _parse_rows(reading, plan.layout.parse, report)
    else:
        reading.prepared = survey_file(item, encoding, report) or reading.rewrite(report)
        reading.sha256, reading.truncated = reading.prepared.sha256, reading.prepared.truncated
    return reading


def _spill_rows(reading: Reading, rows: Iterator[Row]) -> None:
    path = reading.temp / "cells.parquet"
    count = spill_rows(_watch_disk(rows, reading), reading.plan.layout.columns, path)
    reading.scans = [(scan_parquet([path]), None, count)]


def _watch_disk(rows: Iterator[Row], reading: Reading) -> Iterator[Row]:
    """The same rows; NianjianError ``disk_too_small`` before the temporary file fills the disk."""
    for number, row in enumerate(rows):
        if number % LOOK == 0:
            checked_room(reading.item.name, reading.temp, STEP)
        yield row


def _parse_rows(reading: Reading, parse: Callable[[str], Sequence[str | None]], report: Report) -> None:
    layout, stream, census = reading.plan.layout, Stream(reading.item), Census()
    blocks = _report_progress(text_blocks(stream, reading.encoding), stream, report)
    if layout.document:
        lines = json_records(blocks, census.damaged, parse)
    else:
        lines = _whole_lines(physical_lines(blocks, census), stream, census, layout.header_lines)
    _spill_rows(reading, parse_lines(lines, parse, len(layout.columns), census.damaged))
    reading.bad, reading.blank = census.damaged, len(census.blank)
    reading.sha256, reading.truncated = stream.sha256, stream.truncated


def _whole_lines(
    lines: Iterator[tuple[int, str]], stream: Stream, census: Census, header: int
) -> Iterator[tuple[int, str]]:
    """Without the header, and without the unfinished line at the break of a gz."""
    pending: tuple[int, str] | None = None
    for number, line in lines:
        if number <= header:
            continue
        if pending is not None:
            yield pending
        pending = (number, line)
    broken = stream.truncated and not census.ended
    if broken:
        census.damaged[:] = [damage for damage in census.damaged if damage.line != census.lines]
    if pending is not None and not (broken and pending[0] == census.lines):
        yield pending


def _report_progress(blocks: Iterator[bytes], stream: Stream, report: Report) -> Iterator[bytes]:
    for block in blocks:
        report(stream.taken)
        yield block
