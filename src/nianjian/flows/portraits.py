"""The last portrait of each data year, kept as JSON in the home: pages show it and compute nothing."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nianjian.config import env


def _folder(enterprise: str) -> Path:
    return env.read().home / "portraits" / enterprise


@contextmanager
def staged(enterprise: str, year: int, portrait: Mapping[str, object]) -> Iterator[Callable[[], None]]:
    """Write a portrait beside the year's last one and yield what puts it in its place.

    A reader sees the old or the new, never a half. When ``put`` is not called the old one stays.
    """
    folder = _folder(enterprise)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f".{year}.{uuid.uuid4().hex}"
    try:
        fresh.touch(mode=0o600, exist_ok=False)
        with fresh.open("w", encoding="utf-8") as out:
            out.write(json.dumps(portrait, ensure_ascii=False))
            out.flush()
            os.fsync(out.fileno())
        yield lambda: _put(fresh, folder / f"{year}.json")
    finally:
        fresh.unlink(missing_ok=True)


def _put(fresh: Path, place: Path) -> None:
    fresh.replace(place)


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
