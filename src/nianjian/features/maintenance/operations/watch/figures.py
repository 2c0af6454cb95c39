"""Figures of the installation for machines that watch it: counts, ages and lights, no personal data."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import Error, connection

from nianjian.engines.kernel import clock
from nianjian.engines.lake.schema import REJECTED
from nianjian.features.maintenance.operations import backup
from nianjian.features.portrait.operations import portraits
from nianjian.platform.accounts import query as accounts
from nianjian.platform.audit import query as audit
from nianjian.platform.home import wiring
from nianjian.platform.jobs import query as queue
from nianjian.platform.registers.batches import query as batches

SILENT: Final = 60  # seconds after which a worker that has work to do counts as gone
CALLS: Final = "calls"


@dataclass(frozen=True, slots=True)
class Health:
    """``checks``: database, lake and worker, each ``ok``, ``fail``, or for the worker ``none`` and ``silent``."""

    checks: Mapping[str, str]

    @property
    def well(self) -> bool:
        """Whether pages can be served; work that waits does not end that."""
        return "fail" not in self.checks.values()


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest portrait of an enterprise and data year; ``age`` in seconds, None: not known."""

    enterprise: str
    year: int
    light: str
    age: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """``rows`` and ``imports`` by (enterprise, kind or state); ages in seconds, None: never."""

    jobs: Mapping[str, int]
    intents: int
    imports: Mapping[tuple[str, str], int]
    rows: Mapping[tuple[str, str], int]
    portraits: tuple[Kept, ...]
    audit_head: int
    backup_age: float | None
    worker_age: float | None


def health() -> Health:
    """Ask the database one question and look whether the lake's folder can be written."""
    checks = {"database": "ok", "lake": "ok" if _writable(wiring.lakes()) else "fail"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["worker"] = worker()
    except Error:
        checks["database"] = "fail"
    return Health(checks)


def gather() -> Figures:
    """Count everything: the database counts itself, the lake tells the rows of its files, no row is read."""
    enterprises = [one.code for one in accounts.enterprises()]
    rows: Counter[tuple[str, str]] = Counter()
    for code in enterprises:
        for file in wiring.lake(code).old_files(CALLS):
            rows[code, "rejected" if file.partition["part"] == REJECTED else "loaded"] += file.rows
    newest = next(audit.acts(newest=1), None)
    last_backup = next(audit.acts(verb=backup.VERB, newest=1), None)
    beat = queue.last_beat()
    return Figures(
        jobs=queue.by_state(),
        intents=queue.open_count(),
        imports=batches.by_state(),
        rows=rows,
        portraits=tuple(_kept(code, year) for code in enterprises for year in portraits.years(code)),
        audit_head=0 if newest is None else newest.seq,
        backup_age=None if last_backup is None else _age(datetime.fromisoformat(last_backup.at)),
        worker_age=None if beat is None else _age(beat),
    )


def _kept(code: str, year: int) -> Kept:
    run = portraits.newest(code, year)
    if run is None:  # kept by an older program, which wrote no moment
        return Kept(code, year, str((portraits.kept(code, year) or {}).get("light", "")), None)
    return Kept(code, year, run.light, _age(datetime.fromisoformat(run.moment)))


def worker() -> str:
    """``silent``: jobs wait and no worker was heard of lately; ``none``: nothing waits, none ever was; else ``ok``."""
    beat = queue.last_beat()
    if queue.waiting() and (beat is None or _age(beat) > SILENT):
        return "silent"
    return "none" if beat is None else "ok"


def _age(moment: datetime) -> float:
    return max(0.0, (clock.now() - moment).total_seconds())


def _writable(folder: Path) -> bool:
    """The folder, or where it is not made yet the one above it."""
    return os.access(folder if folder.exists() else folder.parent, os.W_OK | os.X_OK)
