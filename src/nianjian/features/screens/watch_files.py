"""What the live watch keeps in the home: its counts with their places, and the newest signs of life of each source.

A file is replaced whole, so a reader sees the old or the new one; counts and the place up to which they were counted
stand in one file, so a watch that died at any moment goes on where it was. Numbers stand in it plainly: it is private.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

BEATS: Final = "beats.json"
GATE: Final = "gate.json"
LOCK: Final = ".lock"
PRIVATE: Final = 0o700


def folder(home: Path) -> Path:
    """Where it lies."""
    return home / "live"


def name(enterprise: str, source: str) -> str:
    """The file of a switch's counts."""
    return f"calls-{enterprise}-{source}.json"


def read(path: Path) -> dict[str, Any] | None:
    """What stands in a file; None where there is none, or nothing that can be read."""
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def write(path: Path, told: Mapping[str, Any]) -> None:
    """Replace a file; a power cut may lose the last second, which is then read again."""
    path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        # in one text: `json.dump` goes without the encoder in C, and this is written at every look
        file.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")))
    fresh.replace(path)
