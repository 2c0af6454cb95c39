"""What the lake's log says about files and batches: imported, undone, replaced; and how to undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from nianjian.engines.intake.receipt import FileReceipt
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.keys import KeyFiles
from nianjian.engines.lake.tables import Lake, OldFile

CALLS: Final = "calls"


@dataclass(frozen=True, slots=True)
class Past:
    """``generation``: how often the file was committed. ``receipt``: its last one, if it still stands as it was."""

    generation: int
    receipt: FileReceipt | None


def transaction_name(sha256: str) -> str:
    """Name of the application transaction under which a file is committed."""
    return f"file:{sha256}"


def past_of(lake: Lake, sha256: str, settings: str) -> Past:
    """The history of a file. A batch undone or replaced since may have held its rows: then it counts as unknown."""
    generation = lake.transaction(CALLS, transaction_name(sha256))
    if generation is None:
        return Past(0, None)
    found: FileReceipt | None = None
    for entry in lake.history(CALLS, -1):
        if entry.get("removed_batch"):
            found = None
        if entry.get("file_sha256") == sha256:
            same = entry.get("settings") == settings
            found = FileReceipt.from_dict(cast("Mapping[str, Any]", entry["receipt"])) if same else None
    return Past(generation, found)


def batch_files(lake: Lake, batch: str) -> list[OldFile]:
    """The files of a batch in the newest version."""
    return [old for old in lake.old_files(CALLS) if _belongs(old.path, batch)]


@dataclass(frozen=True, slots=True)
class Repeating:
    """A standing batch with ``files`` of which rows were left out because another batch held their ids."""

    batch: str
    files: tuple[str, ...]


def repeating(lake: Lake, batch: str) -> tuple[Repeating, ...]:
    """The standing batches with rows left out as repeats of this one's: without it these may be missing."""
    found: dict[str, dict[str, None]] = {}
    begun = False
    for entry in lake.history(CALLS, -1):
        found.pop(str(entry.get("removed_batch")), None)
        if entry.get("act") != "import":
            continue
        if entry.get("batch") == batch:
            begun = True
        elif begun and _repeats(entry, batch):
            receipt = cast("Mapping[str, Any]", entry["receipt"])
            found.setdefault(str(entry["batch"]), {})[receipt["name"]] = None
    return tuple(Repeating(name, tuple(files)) for name, files in found.items())


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
    return any(entry.get("removed_batch") == batch for entry in lake.history(CALLS, -1))


def batch_days(lake: Lake, batch: str) -> list[str]:
    """The days of calls that a batch loaded, ISO, sorted."""
    days: set[str] = set()
    for entry in lake.history(CALLS, -1):
        if entry.get("batch") == batch and entry.get("act") == "import":
            receipt = cast("Mapping[str, Any]", entry["receipt"])
            days.update(receipt["days"])
    return sorted(days)


def receipts(lake: Lake, intent: str) -> list[FileReceipt]:
    """The receipt in the commit that carries the intent's id, if there is one; for finishing a broken-off import."""
    return [
        FileReceipt.from_dict(cast("Mapping[str, Any]", entry["receipt"]))
        for entry in lake.history(CALLS, -1)
        if entry.get("intent") == intent and entry.get("act") == "import"
    ]


def undo_batch(lake: Lake, batch: str) -> int:
    """Take a batch's rows, good and rejected, out of the newest version; the version that says so.

    NianjianError ``batch_unknown``, ``batch_already_undone``.
    """
    with lake.lock():
        files = batch_files(lake, batch)
        if not files:
            known = any(entry.get("batch") == batch for entry in lake.history(CALLS, -1))
            raise NianjianError("batch_already_undone" if known else "batch_unknown", batch=batch)
        return lake.commit(
            CALLS,
            remove=files,
            metadata={"act": "undo", "removed_batch": batch, "days": batch_days(lake, batch)},
            now_ms=now_ms(),
        )


def now_ms() -> int:
    """Epoch milliseconds, as Delta wants them."""
    return int(clock.now().timestamp() * 1000)


def stem(batch: str, sha256: str) -> str:
    """The beginning of the names of a file's Parquet files; a number follows."""
    return f"{batch}-{sha256[:12]}"


def keys_of(lake: Lake) -> KeyFiles:
    """The hashes of the ids in the lake's calls."""
    return KeyFiles(lake, CALLS, "call_id")


def _belongs(path: str, batch: str) -> bool:
    return path.rsplit("/", 1)[-1].startswith(f"{batch}-")
