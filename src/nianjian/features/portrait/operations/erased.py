"""Marks of rows that were erased when their time was over: a kept result says so of the rows it was counted from.

Whoever erases rows of the lake writes a new version of the table and notes it here; figures that were counted before
stay as they are, their rows cannot be shown any more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from nianjian.platform.home import env


@dataclass(frozen=True, slots=True)
class Mark:
    """Rows of ``table`` up to ``until`` (None: not said) were erased on ``day``; ``version``: first without them."""

    table: str
    version: int
    day: str
    until: str | None = None


def _path(enterprise: str) -> Path:
    return env.read().home / "portraits" / enterprise / "erased.json"


def marks(enterprise: str) -> list[Mark]:
    """Every mark of an enterprise, oldest first."""
    path = _path(enterprise)
    return [Mark(**one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.is_file() else []


def note(enterprise: str, table: str, version: int, day: date, until: date | None = None) -> None:
    """Write that rows were erased; hold the lake's lock."""
    made = [*marks(enterprise), Mark(table, version, day.isoformat(), None if until is None else until.isoformat())]
    path = _path(enterprise)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps([asdict(one) for one in made]), encoding="utf-8")
    fresh.replace(path)


def of(snapshot: Mapping[str, Any], known: Sequence[Mark]) -> list[Mark]:
    """The marks that concern a result: it was counted from a version that still had the rows."""
    return [one for one in known if isinstance(snapshot.get(one.table), int) and snapshot[one.table] < one.version]
