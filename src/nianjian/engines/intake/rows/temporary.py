"""The working folder of an import: what a crash left in it, and the engine that spills into it."""

from __future__ import annotations

import shutil
from pathlib import Path

from nianjian.engines.intake.ledger import CALLS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.lake.workbench import Workbench


def workbench(lake: Lake) -> Workbench:
    """An engine for the files of one import: opening and closing one costs 30 ms of CPU, as much as 10,000 rows."""
    temp = _folder(lake)
    temp.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Workbench(temp)


def clean(lake: Lake) -> Path:
    """An empty working folder; what a crash left behind goes first. The lake's lock must be held."""
    temp = _folder(lake)
    if marker(lake).exists():
        lake.sweep(CALLS)
        marker(lake).unlink()
    temp.mkdir(parents=True, exist_ok=True, mode=0o700)
    empty(temp)
    return temp


def marker(lake: Lake) -> Path:
    """Stands while files are being written that no commit names yet."""
    return lake.folder / ".tmp" / "calls.writing"


def empty(folder: Path) -> None:
    """Delete what a folder holds. It stays itself: an engine that goes on may spill into it."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _folder(lake: Lake) -> Path:
    return lake.folder / ".tmp" / "intake"
