"""Where the pages of a portrait stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import Entry, Place

_METRICS: Final = {
    "complaint_rate": mark("Complaint rate"),
    "closing_rate": mark("Closing rate"),
    "seat_vacancy": mark("Seat vacancy rate"),
    "number_consistency": mark("Number consistency rate"),
}
_OF_METRIC: Final = ("portrait-metric", "portrait-rows", "portrait-declare", "portrait-attach")


def _entry(label: str, route: str, act: Permission, *pages: str, front: str = "", **values: str) -> Entry:
    return Entry(Place.PORTRAIT, label, route, act, pages=pages, needs=("year",), front=front, values=values)


ENTRIES: Final = (
    _entry(mark("Overview"), "portrait", Permission.READ_OWN, "by", front="portrait-newest"),
    *(
        _entry(label, "portrait-metric", Permission.READ, *_OF_METRIC, slug=slug)  # a team's own are on its page
        for slug, label in _METRICS.items()
    ),
    _entry(mark("What if"), "portrait-simulate", Permission.READ),
    _entry(mark("Runs"), "portrait-runs", Permission.READ, "portrait-compare"),
)
