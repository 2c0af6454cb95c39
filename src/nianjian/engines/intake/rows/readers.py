"""From an item to scans that the engine runs, with every physical line accounted for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from nianjian.engines.intake import validate
from nianjian.engines.intake.format import Sample
from nianjian.engines.intake.read import Item, Stream
from nianjian.engines.intake.receipt import RowCounts
from nianjian.engines.intake.rows.documents import records
from nianjian.engines.intake.rows.lines import Census, Damage, lines_at, physical
from nianjian.engines.intake.rows.prepare import Prepared, rewrite, survey, text_blocks
from nianjian.engines.intake.rows.repeats import Keys, Marks
from nianjian.engines.intake.rows.scan import Row, again, parquet, parsed, physical_numbers, reread, spill
from nianjian.engines.intake.rows.sheets import digest, sheet_rows
from nianjian.engines.intake.vendor import zones
from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.unpacking import STEP, checked_room
from nianjian.engines.lake.schema import quoted
from nianjian.engines.lake.workbench import EngineError, Workbench, scan_csv

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
    prepared: Prepared | None = None
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
        self.keys.add(bench.table(validate.keys(self.plan, self.scans[0][0])))

    def ask_zones(self, bench: Workbench, found: Sample) -> None:
        """Settle ``zones_said``; the whole file is asked only where its beginning lets it be so."""
        columns = zones.time_columns(self.plan.fields)
        if zones.likely(found, columns):
            scans = [f"({validate.raw(self.plan, scan, line=False)})" for scan, _, _ in self.scans]
            mute = [bench.table(zones.silent(scan, columns)).column("n")[0].as_py() for scan in scans]
            self.zones_said = not any(mute)

    def ask_words(self, bench: Workbench) -> None:
        """Gather ``words`` where `batches` met any."""
        column = self.plan.fields.columns.get("result")
        if not self.unknown or column is None:
            return
        for scan, _, _ in self.scans:
            asked = f"select distinct {quoted(column)} as word from ({validate.raw(self.plan, scan, line=False)})"
            found = bench.table(f"{asked} where {self.plan.fields.result} = 'unknown' order by word limit {SHOWN}")
            told = (numbers.mask(word) for word in found.column("word").to_pylist())
            self.words = tuple(dict.fromkeys((*self.words, *told)))[:SHOWN]

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
                for batch in bench.batches(validate.rows(self.plan, scan, line=True, suspects=suspects), BATCH_ROWS):
                    yield self._noticed(pa.table(batch)), None
                continue
            # Lines are counted, so rows must come in file order: no join may stand in this select.
            marks = Marks(bench, suspects)
            for batch in self._waited() if self.waiting is not None else bench.batches(self._counted(scan), BATCH_ROWS):
                yield marks.put(self._noticed(pa.table(batch))), removed

    def _counted(self, scan: str) -> str:
        return validate.rows(self.plan, scan, line=False, suspects=None)

    def _waited(self) -> Iterator[pa.RecordBatch]:
        waiting, self.waiting = list(reversed(self.waiting or [])), None
        while waiting:
            yield waiting.pop()

    def with_cells(self, bench: Workbench, rows: pa.Table) -> pa.Table:
        """Rows in file order with ``raw`` filled in where they waited for a verdict without. Raises LinesMoved."""
        missing = pc.is_null(rows.column("raw"))
        wanted = set(rows.filter(missing).column("line").to_pylist())
        if not wanted or self.prepared is None:
            return rows
        layout, target = self.plan.layout, self.temp / "conflicts.csv"
        gone = self.prepared.removed
        places = [number - bisect_left(gone, number) for number in sorted(wanted)]
        target.write_bytes(b"".join(lines_at(self.prepared.path, places)))
        scan = scan_csv(target, layout.columns, delimiter=layout.delimiter, skip=0)
        cells = bench.beside(validate.cells(self.plan, scan)).column("raw")
        if len(cells) != len(wanted):
            raise LinesMoved
        place = rows.schema.get_field_index("raw")
        raw = rows.column("raw").combine_chunks()
        filled = pc.replace_with_mask(raw, missing.combine_chunks(), cells.combine_chunks())
        return rows.set_column(place, "raw", filled)

    def rewritten(self) -> None:
        """Read the file from a clean copy from now on."""
        self.prepared = self.rewrite(lambda _done: None)

    def verify(self, bench: Workbench) -> None:
        """After the rows were read: the engine left out exactly the lines that `index` said. Raises LinesMoved."""
        if self.expected_rejects is None:
            return
        if {reject.line for reject in bench.rejects()} != self.expected_rejects:
            raise LinesMoved

    def account(self, rows: RowCounts) -> None:
        """Nothing disappears: NianjianError ``rows_unaccounted`` if the counts do not add up."""
        if rows.read != rows.loaded + rows.duplicate + rows.rejected:
            raise NianjianError("rows_unaccounted", file=self.item.name, detail=str(rows.as_dict()))

    def _index_delimited(self, bench: Workbench, prepared: Prepared) -> None:
        layout = self.plan.layout
        skipped = _without_heading(prepared, layout.header_lines)
        scan = scan_csv(prepared.path, layout.columns, delimiter=layout.delimiter, skip=skipped)
        expected = prepared.census.lines - len(prepared.removed) - skipped
        bench.forget_rejects()
        try:
            self._first_look(bench, prepared, scan)
        except EngineError as error:
            self._copy_or_fail(bench, detail=str(error))
            return
        found, rejects = self.keys.count, bench.rejects()
        if found + len(rejects) != max(expected, 0):
            self._copy_or_fail(bench, detail=f"{found} + {len(rejects)} of {expected}")
            return
        unseen = {damage.line for damage in prepared.unseen}
        self.expected_rejects = {reject.line for reject in rejects} | unseen
        header = list(range(1, skipped + 1))
        places = sorted({*header, *self.expected_rejects})
        removed = sorted([*physical_numbers(places, prepared.removed), *prepared.removed])
        open_rejects = [reject for reject in rejects if reject.line not in unseen]
        numbers = physical_numbers([reject.line for reject in open_rejects], prepared.removed)
        texts = again(open_rejects, numbers, prepared.path, prepared.open_quotes)
        self.bad = list(prepared.census.damaged)
        self.blank = len(prepared.census.blank)
        self.scans = [(scan, removed, max(expected, 0) - len(self.expected_rejects))]
        self._reread(bench, texts)
        bench.forget_rejects()
        if self.waiting is not None:
            self.expected_rejects = None  # nothing is scanned twice

    def _first_look(self, bench: Workbench, prepared: Prepared, scan: str) -> None:
        if prepared.rewritten or self.item.size > WHOLE:
            self.keys.add(bench.table(validate.keys(self.plan, scan)))
            return
        self.waiting = list(bench.batches(self._counted(scan), BATCH_ROWS))
        for batch in self.waiting:
            self.keys.add(pa.table({"h": batch.column("h")}))

    def _reread(self, bench: Workbench, texts: dict[int, str]) -> None:
        """Rows among the lines that the engine gave up; all their ids are put in doubt, to be judged at the end."""
        blank = [number for number, text in texts.items() if not text.strip()]
        for number in blank:
            del texts[number]
        self.blank += len(blank)
        path = self.temp / "again.parquet"
        rows = spill(reread(texts, self.plan.layout, self.bad), self.plan.layout.columns, path)
        if rows:
            scan = parquet(path)
            self.scans.append((scan, None, rows))
            self.keys.add(bench.table(validate.keys(self.plan, scan)), doubtful=True)

    def _copy_or_fail(self, bench: Workbench, *, detail: str) -> None:
        if self.prepared is None or self.prepared.rewritten:
            raise NianjianError("rows_unaccounted", file=self.item.name, detail=detail[:500])
        self.rewritten()
        self.index(bench)

    def rewrite(self, report: Report) -> Prepared:
        """The file's text written anew, clean, where the engine cannot read the file itself."""
        target = self.temp / "lines.csv"
        return rewrite(self.item, self.encoding, target, self.plan.layout.delimiter, report)


def _without_heading(prepared: Prepared, lines: int) -> int:
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
        _spilled(reading, sheet_rows(item, plan.layout, census))
        reading.bad, reading.blank, reading.sha256 = census.damaged, len(census.blank), digest(item)
    elif plan.layout.parse is not None:
        _parsed(reading, report)
    else:
        found = survey(item, encoding, report) or reading.rewrite(report)
        reading.prepared = found
        reading.sha256, reading.truncated = found.sha256, found.truncated
    return reading


def _spilled(reading: Reading, rows: Iterator[Row]) -> None:
    path = reading.temp / "cells.parquet"
    rows = _watched(rows, reading)
    reading.scans = [(parquet(path), None, spill(rows, reading.plan.layout.columns, path))]


def _watched(rows: Iterator[Row], reading: Reading) -> Iterator[Row]:
    """The same rows; NianjianError ``disk_too_small`` before the temporary file fills the disk."""
    for number, row in enumerate(rows):
        if number % LOOK == 0:
            checked_room(reading.item.name, reading.temp, STEP)
        yield row


def _parsed(reading: Reading, report: Report) -> None:
    layout, stream, census = reading.plan.layout, Stream(reading.item), Census()
    blocks = _reported(text_blocks(stream, reading.encoding), stream, report)
    if layout.document and layout.parse is not None:
        lines: Iterator[tuple[int, str]] = records(blocks, census.damaged, layout.parse)
    else:
        lines = _whole(physical(blocks, census), stream, census, layout.header_lines)
    _spilled(reading, parsed(lines, layout, census.damaged))
    reading.bad, reading.blank = census.damaged, len(census.blank)
    reading.sha256, reading.truncated = stream.sha256, stream.truncated


def _whole(lines: Iterator[tuple[int, str]], stream: Stream, census: Census, header: int) -> Iterator[tuple[int, str]]:
    """Without the header, and without the unfinished line at the break of a gz."""
    held: tuple[int, str] | None = None
    for number, line in lines:
        if number <= header:
            continue
        if held is not None:
            yield held
        held = (number, line)
    broken = stream.truncated and not census.ended
    if broken:
        census.damaged[:] = [damage for damage in census.damaged if damage.line != census.lines]
    if held is not None and not (broken and held[0] == census.lines):
        yield held


def _reported(blocks: Iterator[bytes], stream: Stream, report: Report) -> Iterator[bytes]:
    for block in blocks:
        report(stream.taken)
        yield block
