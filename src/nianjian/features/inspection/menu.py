"""Where the pages of the on-site check stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.web.menu import Entry, Place

CHECKS: Final = (
    Entry(Place.INSPECTION, mark("Ten checks"), "inspection"),
    Entry(Place.INSPECTION, mark("Answer cards"), "inspection-answers"),
)
DAYS: Final = (Entry(Place.INSPECTION, mark("Inspection day"), "inspection-day"),)
DRILL: Final = (Entry(Place.INSPECTION, mark("Drill"), "inspection-drill"),)
