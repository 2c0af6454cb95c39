"""The last portrait of each data year, kept as JSON in the home: pages show it and compute nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nianjian.config import env


def _folder(enterprise: str) -> Path:
    return env.read().home / "portraits" / enterprise


def keep(enterprise: str, year: int, portrait: Mapping[str, object]) -> None:
    """Put a portrait in place of the year's last one; a reader sees the old or the new, never a half."""
    folder = _folder(enterprise)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f".{year}.{os.getpid()}"
    fresh.write_text(json.dumps(portrait, ensure_ascii=False), encoding="utf-8")
    fresh.chmod(0o600)
    fresh.replace(folder / f"{year}.json")


def years(enterprise: str) -> list[int]:
    """Data years with a portrait, newest first."""
    return sorted((int(path.stem) for path in _folder(enterprise).glob("[0-9]*.json")), reverse=True)


def kept(enterprise: str, year: int) -> dict[str, Any] | None:
    """Return the year's last portrait; None: none was run yet."""
    path = _folder(enterprise) / f"{year}.json"
    if not path.is_file():
        return None
    portrait: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return portrait
