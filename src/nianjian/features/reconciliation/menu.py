"""Where the pages of reconciliation stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.web.menu import Entry, Place

ENTRIES: Final = (Entry(Place.DOSSIER, mark("Reconciliation"), "reconcile"),)
