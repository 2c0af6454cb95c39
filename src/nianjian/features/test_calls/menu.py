"""Where the pages of test calls stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.web.menu import CONNECTIONS, Entry, Place

ENTRIES: Final = (
    Entry(Place.INSPECTION, mark("Test calls"), "callback"),
    Entry(Place.SETTINGS, mark("Routes and gateways"), "callback-ways", group=CONNECTIONS),
)
