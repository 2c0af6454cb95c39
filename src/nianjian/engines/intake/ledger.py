"""What the lake's log says about files and batches: imported, undone, replaced, deleted; the receipts of imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.crash import crash_point
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.keys import KeyFiles
from nianjian.engines.lake.schema import REJECTED
from nianjian.engines.lake.tables import Lake, OldFile


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows of a file; ``read`` = ``loaded`` + ``duplicate`` + ``rejected``, blank lines and headers apart."""

    read: int = 0
    loaded: int = 0
    duplicate: int = 0
    rejected: int = 0

    def __add__(self, other: RowCounts) -> RowCounts:
        """The sum, field by field."""
        return RowCounts(
            self.read + other.read,
            self.loaded + other.loaded,
            self.duplicate + other.duplicate,
            self.rejected + other.rejected,
        )

    def as_dict(self) -> dict[str, int]:
        """In the order in which they are printed."""
        return {"read": self.read, "loaded": self.loaded, "duplicate": self.duplicate, "rejected": self.rejected}


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """One file. ``known``: it was imported before with the same settings, so nothing was committed.

    ``version`` is the Delta version of ``calls`` that holds the file, None if no commit was made.
    """

    name: str
    sha256: str
    source: str
    encoding: str
    timezone: str
    timezone_assumed: bool
    rows: RowCounts
    reasons: Mapping[str, int] = field(default_factory=dict)
    days: tuple[str, ...] = ()
    truncated: bool = False
    warnings: tuple[str, ...] = ()
    batch: str = ""
    generation: int = 1
    known: bool = False
    version: int | None = None
    blank_lines: int = 0
    unknown_results: tuple[str, ...] = ()  # words of the result that nobody knows: such calls count as not answered
    unknown_answers: int = 0  # rows in which no answer time, result or talk tells whether the call was answered

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the form in which it stands in the commit and in the batch's row."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "source": self.source,
            "encoding": self.encoding,
            "timezone": self.timezone,
            "timezone_assumed": self.timezone_assumed,
            "rows": self.rows.as_dict(),
            "reasons": dict(sorted(self.reasons.items())),
            "days": list(self.days),
            "truncated": self.truncated,
            "warnings": list(self.warnings),
            "batch": self.batch,
            "generation": self.generation,
            "known": self.known,
            "version": self.version,
            "blank_lines": self.blank_lines,
            "unknown_results": list(self.unknown_results),
            "unknown_answers": self.unknown_answers,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FileReceipt:
        """Back from `as_dict`."""
        values = dict(data)
        values["rows"] = RowCounts(**values["rows"])
        values["days"] = tuple(values["days"])
        values["warnings"] = tuple(values["warnings"])
        values["unknown_results"] = tuple(values.get("unknown_results", ()))
        return cls(**values)


CALLS_TABLE: Final = "calls"


@dataclass(frozen=True, slots=True)
class FileHistory:
    """``generation``: how often the file was committed. ``receipt``: its last one, if it still stands as it was."""

    generation: int
    receipt: FileReceipt | None


def transaction_name(sha256: str) -> str:
    """Name of the application transaction under which a file is committed."""
    return f"file:{sha256}"


def history_of(lake: Lake, sha256: str, settings: str) -> FileHistory:
    """The history of a file. A batch undone or replaced since may have held its rows: then it counts as unknown."""
    generation = lake.transaction(CALLS_TABLE, transaction_name(sha256))
    if generation is None:
        return FileHistory(0, None)
    found: FileReceipt | None = None
    for entry in lake.history(CALLS_TABLE, -1):
        if entry.get("removed_batch"):
            found = None
        if entry.get("file_sha256") == sha256:
            same = entry.get("settings") == settings
            found = FileReceipt.from_dict(cast("Mapping[str, Any]", entry["receipt"])) if same else None
    return FileHistory(generation, found)


def batch_files(lake: Lake, batch: str) -> list[OldFile]:
    """The files of a batch in the newest version."""
    return [old for old in lake.old_files(CALLS_TABLE) if _belongs(old.path, batch)]


@dataclass(frozen=True, slots=True)
class RepeatingBatch:
    """A standing batch with ``files`` of which rows were left out because another batch held their ids."""

    batch: str
    files: tuple[str, ...]


def list_repeating(lake: Lake, batch: str) -> tuple[RepeatingBatch, ...]:
    """The standing batches with rows left out as repeats of this one's: without it these may be missing."""
    found: dict[str, dict[str, None]] = {}
    begun = False
    for entry in lake.history(CALLS_TABLE, -1):
        found.pop(str(entry.get("removed_batch")), None)
        if entry.get("act") != "import":
            continue
        if entry.get("batch") == batch:
            begun = True
        elif begun and _repeats(entry, batch):
            receipt = cast("Mapping[str, Any]", entry["receipt"])
            found.setdefault(str(entry["batch"]), {})[receipt["name"]] = None
    return tuple(RepeatingBatch(name, tuple(files)) for name, files in found.items())


def _repeats(entry: Mapping[str, object], batch: str) -> bool:
    if "repeats_of" in entry:
        return batch in cast("list[str]", entry["repeats_of"])
    rows = cast("Mapping[str, Any]", entry["receipt"])["rows"]  # of an earlier version: it may be this batch
    return bool(rows["duplicate"])


def batches_of(files: Iterable[OldFile]) -> set[str]:
    """The batches that the files belong to."""
    return {file.path.rsplit("/", 1)[-1].rsplit("-", 2)[0] for file in files}


def is_removed(lake: Lake, batch: str) -> bool:
    """Whether the batch was undone or replaced; one whose rows were all duplicates stands, without a file."""
    return any(entry.get("removed_batch") == batch for entry in lake.history(CALLS_TABLE, -1))


def batch_days(lake: Lake, batch: str) -> list[str]:
    """The days of calls that a batch loaded, ISO, sorted."""
    days: set[str] = set()
    for entry in lake.history(CALLS_TABLE, -1):
        if entry.get("batch") == batch and entry.get("act") == "import":
            receipt = cast("Mapping[str, Any]", entry["receipt"])
            days.update(receipt["days"])
    return sorted(days)


def find_receipts(lake: Lake, intent: str) -> list[FileReceipt]:
    """The receipt in the commit that carries the intent's id, if there is one; for finishing a broken-off import."""
    return [
        FileReceipt.from_dict(cast("Mapping[str, Any]", entry["receipt"]))
        for entry in lake.history(CALLS_TABLE, -1)
        if entry.get("intent") == intent and entry.get("act") == "import"
    ]


def undo_batch(lake: Lake, batch: str) -> int:
    """Take a batch's rows, good and rejected, out of the newest version; the version that says so.

    NianjianError ``batch_unknown``, ``batch_already_undone``.
    """
    with lake.lock():
        files = batch_files(lake, batch)
        if not files:
            known = any(entry.get("batch") == batch for entry in lake.history(CALLS_TABLE, -1))
            raise NianjianError("batch_already_undone" if known else "batch_unknown", batch=batch)
        return lake.commit(
            CALLS_TABLE,
            remove=files,
            metadata={"act": "undo", "removed_batch": batch, "days": batch_days(lake, batch)},
            now_ms=now_ms(),
        )


def now_ms() -> int:
    """Epoch milliseconds, as Delta wants them."""
    return int(clock.now().timestamp() * 1000)


def file_stem(batch: str, sha256: str) -> str:
    """The beginning of the names of a file's Parquet files; a number follows."""
    return f"{batch}-{sha256[:12]}"


def call_keys(lake: Lake) -> KeyFiles:
    """The hashes of the ids in the lake's calls."""
    return KeyFiles(lake, CALLS_TABLE, "call_id")


def _belongs(path: str, batch: str) -> bool:
    return path.rsplit("/", 1)[-1].startswith(f"{batch}-")


ACT: Final = "erase"
STAMP: Final = re.compile(r"B(\d{4})(\d{2})(\d{2})\d{6}")  # how a batch's id begins: the UTC moment of the import
MONTH: Final = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, slots=True)
class DueRows:
    """What lies in the lake of a class: ``rows`` of it are over their time, the ``oldest`` day or month left or not."""

    rows: int
    files: int
    oldest: str | None


@dataclass(frozen=True, slots=True)
class RetentionLimits:
    """Calls of months before ``month`` (YYYY-MM) and rejects of imports before ``day`` are over their time."""

    month: str
    day: date

    def over(self, path: str, part: str) -> bool:
        """Whether a file of the partition ``part`` is over its time as a whole."""
        if part == REJECTED:
            imported = _import_day(path)
            return imported is not None and imported < self.day
        return MONTH.fullmatch(part) is not None and part < self.month


def rows_due(lake: Lake, limits: RetentionLimits) -> tuple[DueRows, DueRows]:
    """Of the good rows in the newest version, and of the rejected ones, whose ``oldest`` is the day of their import."""
    calls: list[OldFile] = []
    rejects: list[OldFile] = []
    for old in lake.old_files(CALLS_TABLE):
        (rejects if old.partition["part"] == REJECTED else calls).append(old)
    return _count_due(calls, limits), _count_due(rejects, limits)


def files_left(lake: Lake, limits: RetentionLimits) -> list[str]:
    """Files over their time that only older versions name, relative to the table's folder."""
    standing = {old.path for old in lake.old_files(CALLS_TABLE)}
    return [path for path in _files_on_disk(lake) if path not in standing and limits.over(path, _part_of(path))]


def delete_expired(lake: Lake, limits: RetentionLimits, *, intent: str) -> None:
    """Make the version without them and delete the files; hold the lake's lock.

    ``intent`` stands in the commit, also where only older versions held any: recovery looks for it. The commit names
    no days: a rollup of these calls is built anew as a whole.
    """
    gone = [old for old in lake.old_files(CALLS_TABLE) if limits.over(old.path, old.partition["part"])]
    lake.commit(
        CALLS_TABLE,
        remove=gone,
        metadata={"act": ACT, "intent": intent, "month": limits.month, "day": limits.day.isoformat()},
        now_ms=now_ms(),
    )
    crash_point("after_commit")
    delete_expired_files(lake, limits)


def delete_expired_files(lake: Lake, limits: RetentionLimits) -> None:
    """Delete every file over its time, and what was derived from it; may be repeated."""
    standing = {old.path for old in lake.old_files(CALLS_TABLE)}
    keys = call_keys(lake)
    for path in _files_on_disk(lake):
        if path not in standing and limits.over(path, _part_of(path)):
            (lake.path(CALLS_TABLE) / path).unlink(missing_ok=True)
            keys.forget(path)


def is_deletion_committed(lake: Lake, intent: str) -> bool:
    """Whether the commit that carries the intent was made."""
    return any(entry.get("intent") == intent and entry.get("act") == ACT for entry in _history(lake))


def _history(lake: Lake) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", lake.history(CALLS_TABLE, -1))


def _count_due(files: list[OldFile], limits: RetentionLimits) -> DueRows:
    over = [old for old in files if limits.over(old.path, old.partition["part"])]
    ages = [_month_of(old) for old in files]
    return DueRows(sum(old.rows for old in over), len(over), min((age for age in ages if age), default=None))


def _month_of(old: OldFile) -> str | None:
    if old.partition["part"] != REJECTED:
        return old.partition["part"]
    imported = _import_day(old.path)
    return None if imported is None else imported.isoformat()


def _import_day(path: str) -> date | None:
    found = STAMP.match(Path(path).name)
    return None if found is None else date(*(int(part) for part in found.groups()))


def _part_of(path: str) -> str:
    return Path(path).parent.name.removeprefix("part=")


def _files_on_disk(lake: Lake) -> Iterator[str]:
    folder = lake.path(CALLS_TABLE)
    for path in sorted(folder.glob("part=*/*.parquet")):
        yield path.relative_to(folder).as_posix()
