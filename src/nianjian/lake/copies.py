"""What must be copied of a lake so that every version of it can be read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nianjian.lake.tables import Lake, ever_named

LOG: Final = "_delta_log"
POINTER: Final = "_last_checkpoint"  # the one file of a table that is ever written over


@dataclass(frozen=True, slots=True)
class Held:
    """A lake at one moment. ``files`` are relative to the enterprise's folder; ``pointers`` are those that change."""

    versions: dict[str, int]
    files: tuple[str, ...]
    pointers: dict[str, bytes]


def held(lake: Lake) -> Held:
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
    return Held(versions, tuple(files), pointers)


def enterprises(folder: Path) -> list[str]:
    """Codes of the enterprises whose lakes lie in a folder."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
