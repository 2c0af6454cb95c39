"""Addresses of the season, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.inbox import pages as inbox
from nianjian.features.season import pages

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
