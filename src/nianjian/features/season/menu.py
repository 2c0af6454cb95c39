"""Where the pages of a season stand in the menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.features.archives.closed_seasons import list_closed_years
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import ENTERPRISE, Entry, Place


def _find_newest(enterprise: str) -> Mapping[str, int] | None:
    closed = list_closed_years(enterprise)
    return {"year": closed[0]} if closed else None


ENTRIES: Final = (
    Entry(Place.DOSSIER, mark("Deadlines and tasks"), "season"),
    Entry(
        Place.DOSSIER, mark("Past years"), "season-archive", needs=("year",), follows=False, find=_find_newest,
        empty="season-archives",
    ),
    Entry(Place.SETTINGS, mark("Reminder log"), "season-reminders", Permission.REPORT, group=ENTERPRISE),
    Entry(Place.SETTINGS, mark("Calendar feed"), "season-feed", group=ENTERPRISE),
)  # fmt: skip
