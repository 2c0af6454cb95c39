"""Where the pages of call records stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.web.menu import Entry, Place

ENTRIES: Final = (
    Entry(Place.DATA, mark("Call records"), "data"),
    Entry(Place.DATA, mark("Rows not accepted"), "data-rejected"),
    Entry(Place.DATA, mark("Imports"), "data-imports", pages=("data-batch",)),
    Entry(Place.DATA, mark("Data quality"), "data-quality"),
)
