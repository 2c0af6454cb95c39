"""What the lake's log says about files and batches: imported, undone, replaced, deleted; the receipts of imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, astuple, dataclass, field
from datetime import date
from operator import add
from pathlib import Path
from typing import Any, Final, cast

from nianjian.engines.kernel.errors import NianjianError, crash_point
from nianjian.engines.lake.keys import KeyFiles
from nianjian.engines.lake.schema import REJECTED
from nianjian.engines.lake.tables import Lake, OldFile


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows read = loaded + duplicate + rejected."""

    read: int  # blank lines and headers apart
    loaded: int
    duplicate: int
    rejected: int

    def __add__(self, other: RowCounts) -> RowCounts:
        return RowCounts(*map(add, astuple(self), astuple(other)))

    def as_dict(self) -> dict[str, int]:
        """In the order in which they are printed."""
        return asdict(self)


NO_ROWS: Final = RowCounts(0, 0, 0, 0)


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
        values = {name: list(one) if isinstance(one, tuple) else one for name, one in asdict(self).items()}
        return values | {"reasons": dict(sorted(self.reasons.items()))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FileReceipt:
        """Back from `as_dict`."""
        values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in data.items()}
        return cls(**values | {"rows": RowCounts(**data["rows"])})


CALLS_TABLE: Final = "calls"


@dataclass(frozen=True, slots=True)
class FileHistory:
    """``generation``: how often the file was committed. ``receipt``: its last one, if it still stands as it was."""

    generation: int
    receipt: FileReceipt | None


def transaction_name(sha256: str) -> str:
    """Name of the application transaction under which a file is committed."""
    return f"file:{sha256}"


def _history(lake: Lake) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", lake.history(CALLS_TABLE, -1))


def _imports(lake: Lake, **filters: str) -> Iterator[dict[str, Any]]:
    """The commits of imports whose ``batch`` or ``intent`` is the one wanted."""
    for entry in _history(lake):
        if entry.get("act") == "import" and all(entry.get(name) == value for name, value in filters.items()):
            yield entry


def history_of(lake: Lake, sha256: str, settings: str) -> FileHistory:
    """The history of a file. A batch undone or replaced since may have held its rows: then it counts as unknown."""
    generation = lake.transaction(CALLS_TABLE, transaction_name(sha256))
    if generation is None:
        return FileHistory(0, None)
    receipt: FileReceipt | None = None
    for entry in _history(lake):
        if entry.get("removed_batch"):
            receipt = None
        if entry.get("file_sha256") == sha256:
            receipt = FileReceipt.from_dict(entry["receipt"]) if entry.get("settings") == settings else None
    return FileHistory(generation, receipt)


def batch_files(lake: Lake, batch: str) -> list[OldFile]:
    """The files of a batch in the newest version."""
    return [old for old in lake.old_files(CALLS_TABLE) if Path(old.path).name.startswith(f"{batch}-")]


@dataclass(frozen=True, slots=True)
class RepeatingBatch:
    """A standing batch with ``files`` of which rows were left out because another batch held their ids."""

    batch: str
    files: tuple[str, ...]


def list_repeating(lake: Lake, batch: str) -> tuple[RepeatingBatch, ...]:
    """The standing batches with rows left out as repeats of this one's: without it these may be missing."""
    by_batch: dict[str, dict[str, None]] = {}
    begun = False
    for entry in _history(lake):
        by_batch.pop(str(entry.get("removed_batch")), None)
        if entry.get("act") != "import":
            continue
        receipt = entry["receipt"]
        if entry.get("batch") == batch:
            begun = True
        # A commit of an earlier version does not say of which batch its rows are repeats: it may be this one.
        elif begun and (batch in entry["repeats_of"] if "repeats_of" in entry else receipt["rows"]["duplicate"]):
            by_batch.setdefault(str(entry["batch"]), {})[receipt["name"]] = None
    return tuple(RepeatingBatch(name, tuple(files)) for name, files in by_batch.items())


def batches_of(files: Iterable[OldFile]) -> set[str]:
    """The batches that the files belong to."""
    return {Path(file.path).name.rsplit("-", 2)[0] for file in files}


def is_removed(lake: Lake, batch: str) -> bool:
    """Whether the batch was undone or replaced; one whose rows were all duplicates stands, without a file."""
    return any(entry.get("removed_batch") == batch for entry in _history(lake))


def batch_days(lake: Lake, batch: str) -> list[str]:
    """The days of calls that a batch loaded, ISO, sorted."""
    return sorted({day for entry in _imports(lake, batch=batch) for day in entry["receipt"]["days"]})


def find_receipts(lake: Lake, intent: str) -> list[FileReceipt]:
    """The receipt in the commit that carries the intent's id, if there is one; for finishing a broken-off import."""
    return [FileReceipt.from_dict(entry["receipt"]) for entry in _imports(lake, intent=intent)]


def undo_batch(lake: Lake, batch: str) -> int:
    """Take a batch's rows, good and rejected, out of the newest version; the version that says so.

    NianjianError ``batch_unknown``, ``batch_already_undone``.
    """
    with lake.lock():
        files = batch_files(lake, batch)
        if not files:
            in_history = any(entry.get("batch") == batch for entry in _history(lake))
            raise NianjianError("batch_already_undone" if in_history else "batch_unknown", batch=batch)
        return lake.commit(
            CALLS_TABLE,
            remove=files,
            metadata={"act": "undo", "removed_batch": batch, "days": batch_days(lake, batch)},
        )


def file_stem(batch: str, sha256: str) -> str:
    """The beginning of the names of a file's Parquet files; a number follows."""
    return f"{batch}-{sha256[:12]}"


def call_keys(lake: Lake) -> KeyFiles:
    """The hashes of the ids in the lake's calls."""
    return KeyFiles(lake, CALLS_TABLE, "call_id")


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
    old = lake.old_files(CALLS_TABLE)
    calls, rejects = ([one for one in old if one.is_rejected is which] for which in (False, True))
    return _count_due(calls, limits), _count_due(rejects, limits)


def files_left(lake: Lake, limits: RetentionLimits) -> list[str]:
    """Files over their time that only older versions name, relative to the table's folder."""
    current = {old.path for old in lake.old_files(CALLS_TABLE)}
    folder = lake.path(CALLS_TABLE)
    on_disk = (path.relative_to(folder).as_posix() for path in sorted(folder.glob("part=*/*.parquet")))
    return [
        path for path in on_disk
        if path not in current and limits.over(path, Path(path).parent.name.removeprefix("part="))
    ]  # fmt: skip


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
    )
    crash_point("after_commit")
    delete_expired_files(lake, limits)


def delete_expired_files(lake: Lake, limits: RetentionLimits) -> None:
    """Delete every file over its time, and what was derived from it; may be repeated."""
    keys = call_keys(lake)
    for path in files_left(lake, limits):
        (lake.path(CALLS_TABLE) / path).unlink(missing_ok=True)
        keys.forget(path)


def is_deletion_committed(lake: Lake, intent: str) -> bool:
    """Whether the commit that carries the intent was made."""
    return any(entry.get("intent") == intent and entry.get("act") == ACT for entry in _history(lake))


def _count_due(files: list[OldFile], limits: RetentionLimits) -> DueRows:
    over = [old for old in files if limits.over(old.path, old.partition["part"])]
    ages = (str(_import_day(old.path) or "") if old.is_rejected else old.partition["part"] for old in files)
    return DueRows(sum(old.rows for old in over), len(over), min(filter(None, ages), default=None))


def _import_day(path: str) -> date | None:
    match = STAMP.match(Path(path).name)
    return None if match is None else date(*(int(part) for part in match.groups()))
