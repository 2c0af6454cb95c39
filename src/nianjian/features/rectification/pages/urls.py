"""Addresses of rectification, below an enterprise, and their place in the menu."""

from collections.abc import Mapping
from typing import Final

from django.urls import path

from nianjian.engines.paper.words import mark
from nianjian.features.rectification import states
from nianjian.features.rectification.pages import cases
from nianjian.features.rectification.queries import find_newest_open, list_cases
from nianjian.platform.web.menu import Entry, Place, Reader

urlpatterns = [
    path("", cases.cases, name="rectify"),
    path("open/", cases.create_case, name="rectify-open"),
    path("watch/", cases.watched, name="rectify-watch"),
    path("watch/routine/", cases.routine, name="rectify-routine"),
    path("locate/", cases.locations, name="rectify-locations"),
    path("isolated/", cases.isolated, name="rectify-isolated"),
    path("isolate/", cases.isolate, name="rectify-isolate-channel"),
    path("isolate/lift/", cases.lift, name="rectify-lift-channel"),
    path("<str:case>/", cases.case_detail, name="rectify-one"),
    path("<str:case>/tasks/", cases.task, name="rectify-work"),
    path("<str:case>/paper/", cases.paper, name="rectify-paper"),
    path("<str:case>/end/", cases.end, name="rectify-end"),
    path("<str:case>/report/<str:form>/", cases.report, name="rectify-report"),
    path("<str:case>/reports/<str:job>/", cases.fetch, name="rectify-report-file"),
    path("<str:case>/locate/", cases.located, name="rectify-locate"),
    path("<str:case>/locate/run/", cases.locate, name="rectify-locate-run"),
    path("<str:case>/complaints/", cases.tickets, name="rectify-tickets"),
    path("<str:case>/isolate/", cases.isolate, name="rectify-isolate"),
    path("<str:case>/lift/", cases.lift, name="rectify-lift"),
]


def _find_newest(enterprise: str) -> Mapping[str, str] | None:
    case = find_newest_open(enterprise)
    return {"case": case.pk} if case else None


ENTRIES: Final = (
    Entry(Place.RECTIFICATION, mark("Cases"), "rectify"),
    Entry(
        Place.RECTIFICATION, mark("Locate the cause"), "rectify-locate", needs=("case",), find=_find_newest,
        empty="rectify-locations",
    ),
    Entry(Place.RECTIFICATION, mark("Isolated channels"), "rectify-isolated"),
)  # fmt: skip


def count_open(reader: Reader) -> int:
    """How many cases are not closed."""
    return list_cases(reader.code).exclude(state=states.CLOSED).count()
