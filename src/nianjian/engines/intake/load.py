"""Import one file: recognise, scan, validate, weed out repeats, write, and commit once."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from dataclasses import replace as replace_fields
from datetime import datetime, time, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nianjian.engines.intake import ledger, readers, validate
from nianjian.engines.intake.columns import join_masked_names
from nianjian.engines.intake.format import FileMapping, Format, Sample
from nianjian.engines.intake.formats import catalogue, generic
from nianjian.engines.intake.ledger import CALLS_TABLE, FileReceipt, RowCounts
from nianjian.engines.intake.lines import Damage, encoding_of, text_blocks
from nianjian.engines.intake.read import Item, Stream
from nianjian.engines.intake.readers import LinesMoved, Reading, read_file
from nianjian.engines.intake.sql import NULL, SHANGHAI, is_guarded, require_zone
from nianjian.engines.intake.tables import (
    column_names,
    delimiter_of,
    find_header,
    join_cells,
    mapped_header,
    split_cells,
)
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, crash_point
from nianjian.engines.kernel.formulas import restored
from nianjian.engines.lake.keys import Hashes, KeyFiles, Sought
from nianjian.engines.lake.schema import CALLS, REJECTED
from nianjian.engines.lake.tables import Lake, NewFile, OldFile
from nianjian.engines.lake.workbench import Workbench, scan_parquet

# Which source wrote a file: a sample of its beginning, scored by every format of the catalogue.

SAMPLE: Final = 1 << 16  # bytes

_SHEET_ROWS: Final = 200
_SHEET_WIDTH: Final = 1_000  # columns that are looked at; what lies beyond is reported row by row


def read_sample(item: Item, encoding: str) -> Sample:
    """The first 64 KiB in whole lines; NianjianError ``file_empty`` if there is no line, ``pack_broken``."""
    listed = _sheet_lines(item) if item.kind == "sheet" else enumerate(_read_head(item, encoding).split("\n"), 1)
    filled = [(number, line) for number, line in listed if line.strip()]
    if not filled:
        raise NianjianError("file_empty", file=item.name)
    lines = tuple(line for _, line in filled)
    mark = "," if item.kind == "sheet" else delimiter_of(lines[0])
    return Sample(
        name=item.name.rsplit("/", 1)[-1],
        text="\n".join(lines) + "\n",
        lines=lines,
        header=split_cells(lines[0], mark),
        delimiter=mark,
        numbers=tuple(number for number, _ in filled),
        file=item.name,
    )


def choose_format(sample: Sample, source: str, mapping: FileMapping) -> tuple[Format, Sample]:
    """The format of a file: the named one, the mapping's, or the one that recognises it best.

    With it the sample from where the table begins. NianjianError ``source_unknown`` (no such name),
    ``source_unrecognised``, ``source_ambiguous``, ``columns_needed``.
    """
    formats = catalogue()
    name = source if source != "auto" else mapping.source
    if source != "auto" and source not in formats:
        raise NianjianError("source_unknown", source=source, known=", ".join(formats))
    if name in formats or mapping.columns:
        form = formats[name if name in formats else "generic"]
        start = _find_start(sample, form, mapping)
    else:
        recognised = find_header(sample, lambda one: any(form.recognise(one) for form in formats.values()))
        start = recognised or find_header(sample, generic.is_familiar) or sample
        form = _best_format(start)
    if form.name == "generic":
        generic.require_columns(start, mapping)
    return form, start


def _find_start(sample: Sample, form: Format, mapping: FileMapping) -> Sample:
    if column_names(mapping):
        return mapped_header(sample, mapping)
    if mapping.columns or mapping.cdr_custom_conf:
        return sample
    return find_header(sample, form.recognise) or sample


def _best_format(sample: Sample) -> Format:
    formats = catalogue()
    scores = sorted(((form.recognise(sample), form.name) for form in formats.values()), reverse=True)
    best = [name for score, name in scores if score == scores[0][0]]
    if scores[0][0] <= 0:
        if generic.is_familiar(sample):
            return formats["generic"]
        raise NianjianError(
            "source_unrecognised", file=sample.file, header=join_masked_names(sample.header, " | ")[:200]
        )
    if len(best) > 1:
        raise NianjianError("source_ambiguous", file=sample.file, sources=", ".join(best))
    return formats[best[0]]


def _read_head(item: Item, encoding: str) -> str:
    head, stream = b"", Stream(item)
    for block in text_blocks(stream, encoding):
        head += block
        if len(head) >= SAMPLE:
            break
    cut = head[:SAMPLE]
    if not head and stream.truncated:
        raise NianjianError("pack_broken", file=item.name)
    if len(head) > SAMPLE:
        cut = cut[: cut.rfind(b"\n") + 1] or cut
    return cut.decode("utf-8", "replace")


def _sheet_lines(item: Item) -> Iterator[tuple[int, str]]:
    """The first filled rows as lines of CSV with their numbers."""
    rows = islice(item.sheet_rows(_SHEET_WIDTH), _SHEET_ROWS)
    return ((row.number, join_cells(row.cells)) for row in rows if any(row.cells))


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
        table = rows.select(
            [
                name
                for name, column in zip(rows.column_names, rows.columns, strict=True)
                if name not in _OF_REJECTED and column.null_count < len(column)
            ]
        )
        table = table if good is None else table.filter(good)
        if table.num_rows:
            self._good(self._complete(table), table.column("h").to_numpy())

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
                cells = rows.column(column.name)
                columns.append(cells if cells.type == column.type else cells.cast(column.type))
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
        span = pc.min_max(rows.column("start_ts")).as_py()
        if span["min"] is not None:
            lowest, highest = np.datetime64(span["min"], "us"), np.datetime64(span["max"], "us")
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
    """Take out of what the writer adds the rejected rows that ``files`` hold: how many, and the files that hold one."""
    path = writer.rejected() if files else None
    if path is None:
        return 0, []
    table = bench.table(f"select hash({_NAMES}) as h from {scan_parquet([path])}").column("h")
    hashes = np.asarray(table.to_numpy(), dtype=np.uint64)
    sought = Sought(np.unique(hashes))
    holding = [file for file in files if len(sought.within(keys.of(bench, file)))]
    if not holding:
        return 0, []
    # Hashes only suspect: whole values are compared here, for the places of the rows that stand nowhere yet.
    fresh = f"select {_NAMES}, file_row_number as place from {scan_parquet([path], numbered=True)}"
    old = f"select {_NAMES} from {scan_parquet([keys.lake.path(keys.table) / file.path for file in holding])}"
    query = f"select place from ({fresh}) fresh anti join ({old}) old on {_SAME} order by place"
    places = np.asarray(bench.table(query).column("place").to_numpy(), dtype=np.int64)
    if len(places) < len(hashes):
        writer.keep_rejected(places)
    return len(hashes) - len(places), holding


Progress = Callable[[int, int, int], None]
"""(rows done, bytes done, bytes in all); bytes count twice, once for looking and once for loading."""

FUTURE: Final = timedelta(days=1)  # how far a clock or a zone may run ahead; a later start is a misread or a slip


def open_workbench(lake: Lake) -> Workbench:
    """An engine for the files of one import: opening and closing one costs 30 ms of CPU, as much as 10,000 rows."""
    return Workbench(_temp_dir(lake))


def _temp_dir(lake: Lake) -> Path:
    temp = lake.folder / ".tmp" / "intake"
    temp.mkdir(parents=True, exist_ok=True, mode=0o700)
    return temp


def _marker(lake: Lake) -> Path:
    """Stands while files are being written that no commit names yet."""
    return lake.folder / ".tmp" / "calls.writing"


def _clear(folder: Path) -> None:
    """Delete what a folder holds. It stays itself: an engine that goes on may spill into it."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Job:
    """Everything that is settled before the first row is read."""

    lake: Lake
    item: Item
    batch: str
    intent: str
    replace: str | None
    progress: Progress
    bench: Workbench | None
    check: bool
    sample: Sample
    source: str
    encoding: str
    zone: str
    zone_assumed: bool
    settings: str  # digest of what the operator chose: the same file read otherwise is another import
    plan: validate.Plan


def import_file(  # noqa: PLR0913 -- the file, where it goes, and what the operator chose
    *,
    lake: Lake,
    item: Item,
    batch: str,
    source: str = "auto",
    mapping: FileMapping | None = None,
    timezone: str | None = None,
    replace: str | None = None,
    intent: str = "",
    progress: Progress | None = None,
    bench: Workbench | None = None,
    check: bool = False,
) -> FileReceipt:
    """One file into the lake, in one commit or none. ``replace``: a batch whose rows go out in the same commit.

    ``intent``: id of the database's row for this act; the commit carries it. A file known with the same settings
    counts all its rows as duplicates. ``bench``: of `open_workbench`, for many files. ``check``: say what an import
    would, as the lake stands now; nothing is committed.
    Raises NianjianError: what `list_items`, `choose_format` and a format raise,
    ``timezone_unknown``, ``file_empty``, ``json_invalid``, ``rows_unaccounted``.
    """
    mapping = mapping or FileMapping()
    encoding = "sheet" if item.kind == "sheet" else encoding_of(item)
    form, sample = choose_format(read_sample(item, encoding), source, mapping)
    chosen = timezone or mapping.timezone
    zone = require_zone(chosen or SHANGHAI)
    layout = form.layout(sample, mapping)
    layout = replace_fields(layout, header_lines=layout.header_lines + sample.above)
    name = mapping.source or form.name
    settings = {"source": name, "zone": zone, "mapping": asdict(mapping) | {"base": ""}}
    guarded = is_guarded(sample.text, again=layout.is_rejects)
    fields = form.fields(layout, mapping, zone)
    job = _Job(
        lake, item, batch, intent, replace, progress or (lambda _rows, _bytes, _total: None), bench, check,
        sample=sample, source=name, encoding=encoding, zone=zone,
        zone_assumed=chosen is None and not form.zone_in_file,
        settings=sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()[:16],
        plan=validate.Plan(layout, fields, _latest(), trim=_has_padding(sample), guarded=guarded),
    )  # fmt: skip
    with lake.lock():
        temp = _temp_dir(lake)
        if _marker(lake).exists():  # a crash left files behind
            lake.sweep(CALLS_TABLE)
            _marker(lake).unlink()
        _clear(temp)
        try:
            return _import(job, temp)
        finally:
            _clear(temp)


def _latest() -> str:
    """The last moment at which a call may start; a drill's day counts where it lies ahead of the clock."""
    drill = datetime.combine(clock.today(), time(), clock.ZONE)
    return (max(clock.now().astimezone(clock.ZONE), drill) + FUTURE).strftime("%Y-%m-%d %H:%M:%S")


def _import(job: _Job, temp: Path) -> FileReceipt:
    total = max(job.item.size, 1) * 2
    reading = read_file(
        job.item, job.encoding, job.plan, temp, lambda done: job.progress(0, min(done, total // 2), total)
    )
    past = ledger.history_of(job.lake, reading.sha256, job.settings)
    if past.receipt is not None and job.replace is None:
        read = past.receipt.rows.read
        job.progress(read, 1, 1)
        return replace_fields(
            past.receipt, name=job.item.name, rows=RowCounts(read, 0, read, 0), reasons={}, days=(),
            batch=job.batch, known=True, version=None,
        )  # fmt: skip
    job.lake.create(CALLS_TABLE, CALLS, partition_by=["part"])
    marker = _marker(job.lake)
    marker.touch()
    with nullcontext(job.bench) if job.bench else Workbench(temp) as bench:
        validate.prepare_bench(bench, job.plan.fields)
        generation = past.generation + 1
        try:
            receipt = _attempt(job, bench, reading, generation, total)
        except LinesMoved:
            reading.rewrite()
            receipt = _attempt(job, bench, reading, generation, total)
    marker.unlink(missing_ok=True)
    job.progress(receipt.rows.read, total, total)
    return receipt


def _attempt(job: _Job, bench: Workbench, reading: Reading, generation: int, total: int) -> FileReceipt:
    """Index, load and commit; on any error the files written so far are gone."""
    replaced = ledger.batch_files(job.lake, job.replace) if job.replace else []
    constants = {"source": job.source, "batch": job.batch, "file": reading.sha256}
    stem = ledger.file_stem(job.batch, reading.sha256)
    writer = Writer(job.lake.path(CALLS_TABLE), stem, constants, ledger.call_keys(job.lake))
    gone = {old.path for old in replaced}
    stays = [old for old in job.lake.old_files(CALLS_TABLE) if old.path not in gone]
    good, refused = ([old for old in stays if old.is_rejected is which] for which in (False, True))
    try:
        reading.index(bench)
        if job.zone_assumed:
            reading.ask_zones(bench, job.sample)
        duplicates, holding = _load(job, bench, reading, writer, good=good, total=total)
        again, keeping = remove_doubles(bench, writer, rejected_keys(job.lake), refused)
        reading.ask_words(bench)
        receipt = _receipt(job, reading, writer, duplicates + again, generation)
        if job.check:
            writer.abandon()
            return receipt
        added = writer.close()
    except BaseException:
        writer.abandon()
        raise
    repeats_of = ledger.batches_of([*holding, *keeping]) - {job.batch}
    return _commit(job, receipt, added, replaced, sorted(repeats_of))


def _load(
    job: _Job, bench: Workbench, reading: Reading, writer: Writer, *, good: list[OldFile], total: int
) -> tuple[int, list[OldFile]]:
    """Write every row; the number of duplicates, and which of ``good``, the lake's files of good rows, hold such."""
    count, holding = reading.keys.suspects(bench, ledger.call_keys(job.lake), good)
    old = [str(job.lake.path(CALLS_TABLE) / entry.path) for entry in holding]
    repeats = readers.Repeats(reading.temp / "suspects.parquet")
    done = 0
    lines: Lines | None = None
    for batch, removed in reading.batches(bench, "suspects" if count else None):
        rows = batch
        if removed is not None:
            lines = lines or Lines(removed)
            rows = batch.append_column("line", lines.take(batch.num_rows))
        suspect = rows.column("suspect")
        rows = rows.drop_columns(["suspect"])
        doubtful = bool(count) and pc.any(suspect).as_py()
        if doubtful:
            repeats.hold(rows.filter(suspect))
        writer.write(rows, but=suspect if doubtful else None)
        done += rows.num_rows
        job.progress(done, total // 2 + total // 2 * done // max(reading.rows, 1), total)
    reading.verify(bench)
    bad = [_restore_cells(damage) for damage in reading.bad] if job.plan.layout.is_rejects else reading.bad
    writer.damaged(sorted(bad, key=lambda damage: damage.line))
    remaining = 0
    for verdict, rows in repeats.judge(bench, source=job.source, lake_files=old):
        remaining += rows.num_rows
        if verdict == readers.KEEP:
            writer.write(rows)
        else:
            writer.reject(reading.with_cells(bench, rows), "id_conflict")
    return repeats.held - remaining, holding


def _restore_cells(damage: Damage) -> Damage:
    """A line that gave no row, its cells as they were before a rejects file made them harmless."""
    value = json.loads(damage.raw)
    cells = restored(value) if isinstance(value, str) else [restored(cell or "") for cell in value]
    return replace_fields(damage, raw=json.dumps(cells, ensure_ascii=False))


def _receipt(job: _Job, reading: Reading, writer: Writer, duplicates: int, generation: int) -> FileReceipt:
    rejected = sum(writer.reasons.values())
    rows = RowCounts(reading.rows + len(reading.bad), writer.loaded, duplicates, rejected)
    if rows.read != rows.loaded + rows.duplicate + rows.rejected:  # nothing disappears
        raise NianjianError("rows_unaccounted", file=job.item.name, detail=str(rows.as_dict()))
    zone_assumed = job.zone_assumed and not reading.zones_said
    warnings = {
        "timezone_assumed": zone_assumed,
        "display_from_caller": job.plan.fields.display == NULL,
        "result_unknown": reading.unknown,
        "answer_unknown": reading.untold,
        "truncated": reading.truncated,
    }
    return FileReceipt(
        name=job.item.name,
        sha256=reading.sha256,
        source=job.source,
        encoding=job.encoding,
        timezone=job.zone,
        timezone_assumed=zone_assumed,
        rows=rows,
        reasons=dict(writer.reasons),
        days=tuple(sorted(str(day) for day in writer.days)),
        truncated=reading.truncated,
        warnings=tuple(name for name, holds in warnings.items() if holds),
        batch=job.batch,
        generation=generation,
        blank_lines=reading.blank,
        unknown_results=reading.words,
        unknown_answers=reading.untold,
    )


def _commit(
    job: _Job, receipt: FileReceipt, add: list[NewFile], remove: list[OldFile], repeats_of: list[str]
) -> FileReceipt:
    days = set(receipt.days)
    metadata: dict[str, object] = {
        "act": "import",
        "batch": job.batch,
        "intent": job.intent,
        "file_sha256": receipt.sha256,
        "generation": receipt.generation,
        "settings": job.settings,
        "receipt": receipt.as_dict(),
        "columns": list(job.plan.layout.columns),
        "repeats_of": repeats_of,
        "late": sorted(job.plan.layout.late),
    }
    if job.replace is not None and remove:
        metadata["removed_batch"] = job.replace
        days.update(ledger.batch_days(job.lake, job.replace))
    metadata["days"] = sorted(days)
    crash_point("before_commit")
    version = job.lake.commit(
        CALLS_TABLE,
        add=add,
        remove=remove,
        metadata=metadata,
        transactions={ledger.transaction_name(receipt.sha256): receipt.generation},
    )
    crash_point("after_commit")
    return replace_fields(receipt, version=version)


def _has_padding(sample: Sample) -> bool:
    """Whether cells of the sample stand between blanks, which then go; looking at every cell would cost a tenth."""
    mark = re.escape(sample.delimiter)
    blank = "[ \u00a0\u3000]" if sample.delimiter == "\t" else "[ \t\u00a0\u3000]"
    return re.search(f"[{mark}\n]{blank}|{blank}[{mark}\n]", sample.text) is not None
