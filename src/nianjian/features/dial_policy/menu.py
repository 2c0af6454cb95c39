"""Where the pages of the gate stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import CONNECTIONS, Entry, Place

ENTRIES: Final = (
    Entry(Place.RECTIFICATION, mark("Pre-dial gate log"), "gate"),
    Entry(Place.SETTINGS, mark("Gate policy"), "gate-change", Permission.REQUEST, group=CONNECTIONS),
)
