"""The files of all versions of a lake: what must be copied to read them elsewhere, and what goes with old ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nianjian.engines.lake.tables import Lake, ever_named

LOG: Final = "_delta_log"
POINTER: Final = "_last_checkpoint"  # the one file of a table that is ever written over


@dataclass(frozen=True, slots=True)
class LakeContents:
    """A lake at one moment. ``files`` are relative to the enterprise's folder; ``pointers`` are those that change."""

    versions: dict[str, int]
    files: tuple[str, ...]
    pointers: dict[str, bytes]


def read_lake_contents(lake: Lake) -> LakeContents:
    """Tables, their versions, and every file that a version names and that is still there; hold the lake's lock."""
    versions = lake.snapshot()
    files: list[str] = []
    pointers: dict[str, bytes] = {}
    for table in versions:
        folder = lake.path(table)
        for path in sorted((folder / LOG).iterdir()):
            name = f"{table}/{LOG}/{path.name}"
            if path.name == POINTER:
                pointers[name] = path.read_bytes()
            elif path.suffix in {".json", ".parquet"}:
                files.append(name)
        files += [f"{table}/{name}" for name in sorted(ever_named(folder)) if (folder / name).exists()]
    return LakeContents(versions, tuple(files), pointers)


def enterprises(folder: Path) -> list[str]:
    """Codes of the enterprises whose lakes lie in a folder."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def vacuum(lake: Lake, table: str) -> int:
    """Keep the newest version's files alone; the number of files deleted. Hold the lake's lock."""
    folder = lake.path(table)
    if not folder.is_dir():
        return 0
    standing = {old.path for old in lake.old_files(table)}
    gone = [folder / name for name in sorted(ever_named(folder) - standing) if (folder / name).exists()]
    for path in gone:
        path.unlink()
    return len(gone)


def forget(lake: Lake, table: str, *, now_ms: int) -> None:
    """Empty a rollup and delete all its files; whoever needs it next builds it anew. Hold the lake's lock."""
    if old := lake.old_files(table):
        lake.commit(table, remove=old, metadata={"act": "forget"}, now_ms=now_ms)
    vacuum(lake, table)
