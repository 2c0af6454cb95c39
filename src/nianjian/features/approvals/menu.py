"""Where approvals stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.web.menu import ENTERPRISE, Entry, Place, Scope

ENTRIES: Final = (Entry(Place.SETTINGS, mark("Approvals"), "approvals", scope=Scope.BOTH, group=ENTERPRISE),)
