"""Addresses of portraits, below an enterprise and a data year, and their place in the menu."""

from typing import Final

from django.urls import path

from nianjian.engines.paper.words import mark
from nianjian.features.portrait.pages import metric, portrait, rows, runs
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import Entry, Place

YEAR = "e/<str:code>/<int:year>/"
METRIC = f"{YEAR}metric/<str:slug>/"

urlpatterns = [
    path("e/<str:code>/portrait/", portrait.newest, name="portrait-newest"),
    path(YEAR, portrait.portrait, name="portrait"),
    path(f"{YEAR}by/<str:split>/", metric.by, name="by"),
    path(METRIC, metric.metric, name="portrait-metric"),
    path(f"{METRIC}causes/", metric.list_causes, name="portrait-causes"),
    path(f"{METRIC}rows/", rows.rows, name="portrait-rows"),
    path(f"{METRIC}rows/export/", rows.export, name="portrait-rows-export"),
    path(f"{METRIC}declare/", metric.declare, name="portrait-declare"),
    path(f"{METRIC}papers/", metric.attach, name="portrait-attach"),
    path(f"{YEAR}reveal/", rows.reveal, name="portrait-reveal"),
    path(f"{YEAR}marketing/", portrait.marketing, name="portrait-marketing"),
    path(f"{YEAR}simulate/", runs.simulate, name="portrait-simulate"),
    path(f"{YEAR}runs/", runs.runs, name="portrait-runs"),
    path(f"{YEAR}compare/", runs.compare, name="portrait-compare"),
    path(f"{YEAR}run/", runs.run, name="portrait-run"),
    path(f"{YEAR}basis/", runs.choose_basis, name="portrait-basis"),
    path(f"{YEAR}take/<str:form>/", runs.take, name="portrait-take"),
]


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
