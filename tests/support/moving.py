"""A clock for a started program that a test moves while it runs, from day to day."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.support.site import ROOT

from nianjian.engines.kernel import clock

FOLDER = ROOT / "tests" / "support" / "moved_clock"


@dataclass(frozen=True)
class MovedClock:
    """The day that a program plays whose environment has ``variables``; the time of day is the real one."""

    file: Path

    @property
    def variables(self) -> dict[str, str]:
        path = os.pathsep.join(map(str, (FOLDER, ROOT / "src", ROOT)))
        return {"PYTHONPATH": path, "TEST_CLOCK_DAYS": str(self.file)}

    def play(self, day: date) -> None:
        """Move there at once, in every process that runs."""
        new = self.file.with_suffix(".new")
        new.write_text(str((day - clock.now().astimezone(clock.ZONE).date()).days), encoding="ascii")
        new.replace(self.file)
