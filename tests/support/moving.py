"""A clock for a started program that a test moves while it runs, from one day's morning to another's."""

import os
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from tests.support.site import ROOT

from nianjian.engines.kernel import clock

FOLDER = ROOT / "tests" / "support" / "moved_clock"
MORNING = time(10)  # within working hours, whenever the test itself runs


@dataclass(frozen=True)
class MovedClock:
    """The moment that a program plays whose environment has ``variables``; time goes on from there."""

    file: Path

    @property
    def variables(self) -> dict[str, str]:
        path = os.pathsep.join(map(str, (FOLDER, ROOT / "src", ROOT)))
        return {"PYTHONPATH": path, "TEST_CLOCK_SECONDS": str(self.file)}

    def play(self, day: date) -> None:
        """Move to the day's morning at once, in every process that runs."""
        ahead = datetime.combine(day, MORNING, clock.ZONE) - clock.now()
        new = self.file.with_suffix(".new")
        new.write_text(str(round(ahead.total_seconds())), encoding="ascii")
        new.replace(self.file)
