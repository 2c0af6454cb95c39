"""Where the pages of the package stand in the menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper.words import mark
from nianjian.features.dossier.operations.checklist import due_season
from nianjian.platform.web.menu import Entry, Place


def _find_due(enterprise: str) -> Mapping[str, int]:
    return {"year": due_season(enterprise, clock.today())}


def _entry(label: str, route: str, *pages: str, front: str = "") -> Entry:
    return Entry(Place.DOSSIER, label, route, pages=pages, needs=("year",), find=_find_due, front=front)


ENTRIES: Final = (
    _entry(mark("Package"), "dossier-season", "dossier", front="dossier"),
    _entry(mark("Sheets to fill in"), "fill-in-first", "fill-in"),
    _entry(mark("Submission and corrections"), "rounds"),
)
