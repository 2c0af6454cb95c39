"""Import one file: recognise, scan, validate, weed out repeats, write, and commit once."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from dataclasses import replace as replace_fields
from datetime import datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import pyarrow.compute as pc

from nianjian.engines.intake import ledger, repeats, validate
from nianjian.engines.intake.clean_copies import encoding_of
from nianjian.engines.intake.format import FileMapping, Sample
from nianjian.engines.intake.ledger import CALLS_TABLE, FileReceipt, RowCounts
from nianjian.engines.intake.lines import Damage
from nianjian.engines.intake.read import Item
from nianjian.engines.intake.readers import LinesMoved, Reading, read_file
from nianjian.engines.intake.recognise import choose_format, read_sample
from nianjian.engines.intake.sql import NULL, SHANGHAI, is_guarded, require_zone
from nianjian.engines.intake.writer import Lines, Writer, rejected_keys, remove_doubles
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.crash import crash_point
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.formulas import restored
from nianjian.engines.lake.schema import CALLS
from nianjian.engines.lake.tables import Lake, NewFile, OldFile
from nianjian.engines.lake.workbench import Workbench

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
            past.receipt, name=job.item.name, rows=RowCounts(read=read, duplicate=read), reasons={}, days=(),
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
    held = repeats.Repeats(reading.temp / "suspects.parquet")
    done = 0
    lines: Lines | None = None
    for found, removed in reading.batches(bench, "suspects" if count else None):
        rows = found
        if removed is not None:
            lines = lines or Lines(removed)
            rows = found.append_column("line", lines.take(found.num_rows))
        suspect = rows.column("suspect")
        rows = rows.drop_columns(["suspect"])
        doubtful = bool(count) and pc.any(suspect).as_py()
        if doubtful:
            held.hold(rows.filter(suspect))
        writer.write(rows, but=suspect if doubtful else None)
        done += rows.num_rows
        job.progress(done, total // 2 + total // 2 * done // max(reading.rows, 1), total)
    reading.verify(bench)
    bad = [_restore_cells(damage) for damage in reading.bad] if job.plan.layout.is_rejects else reading.bad
    writer.damaged(sorted(bad, key=lambda damage: damage.line))
    kept = 0
    for verdict, rows in held.judge(bench, source=job.source, lake_files=old):
        kept += rows.num_rows
        if verdict == repeats.KEEP:
            writer.write(rows)
        else:
            writer.reject(reading.with_cells(bench, rows), "id_conflict")
    return held.held - kept, holding


def _restore_cells(damage: Damage) -> Damage:
    """A line that gave no row, its cells as they were before a rejects file made them harmless."""
    found = json.loads(damage.raw)
    cells = restored(found) if isinstance(found, str) else [restored(cell or "") for cell in found]
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


def _has_padding(found: Sample) -> bool:
    """Whether cells of the sample stand between blanks, which then go; looking at every cell would cost a tenth."""
    mark = re.escape(found.delimiter)
    blank = "[ \u00a0\u3000]" if found.delimiter == "\t" else "[ \t\u00a0\u3000]"
    return re.search(f"[{mark}\n]{blank}|{blank}[{mark}\n]", found.text) is not None
