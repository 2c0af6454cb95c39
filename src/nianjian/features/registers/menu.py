"""Where the registers stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import Entry, Place

ENTRIES: Final = (Entry(Place.DATA, mark("Registers"), "registers", Permission.READ_OWN),)
