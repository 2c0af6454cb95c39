"""Where the gate's files lie below the home; all of it is private (mode 0700), as numbers stand in it plainly."""

from __future__ import annotations

from pathlib import Path


def snapshot(home: Path) -> Path:
    """The root of the snapshot's generations."""
    return home / "gate" / "snapshot"


def decisions(home: Path) -> Path:
    """The folder of the decision journal."""
    return home / "gate" / "decisions"
