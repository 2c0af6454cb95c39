"""Where the rules stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.web.menu import ENTERPRISE, Entry, Place, Scope

ENTRIES: Final = (Entry(Place.SETTINGS, mark("Limits and rules"), "rules", scope=Scope.BOTH, group=ENTERPRISE),)
