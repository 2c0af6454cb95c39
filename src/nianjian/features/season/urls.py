"""Addresses of the season, below an enterprise, and their place in the menu."""

from collections.abc import Mapping
from typing import Final

from django.urls import path

from nianjian.engines.paper.words import mark
from nianjian.features.archives.closed_seasons import list_closed_years
from nianjian.features.inbox import pages as inbox
from nianjian.features.season import pages
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import ENTERPRISE, Entry, Place

urlpatterns = [
    path("", pages.season, name="season"),
    path("reports/", pages.report, name="season-report"),
    path("tasks/", pages.task, name="season-task"),
    path("entry-test/", pages.entry_test, name="season-entry-test"),
    path("entry-test/<int:picture>/", pages.entry_picture, name="season-entry-picture"),
    path("feeds/", pages.feed, name="season-feed"),
    path("end/", pages.end, name="season-end"),
    path("archive/", pages.archives, name="season-archives"),
    path("archive/<int:year>/", pages.archive, name="season-archive"),
    path("archive/<int:year>/<str:part>/", pages.archive_file, name="season-archive-file"),
    path("reminders/", inbox.list_reminders, name="season-reminders"),
]
calendar_patterns = [path("<str:secret>.ics", pages.calendar, name="season-calendar")]


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
