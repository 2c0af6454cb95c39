"""Addresses of the season, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.inbox import pages as inbox
from nianjian.features.season.pages import acts, pages

urlpatterns = [
    path("", pages.season, name="season"),
    path("reports/", acts.report, name="season-report"),
    path("tasks/", acts.task, name="season-task"),
    path("feeds/", acts.feed, name="season-feed"),
    path("end/", acts.end, name="season-end"),
    path("archive/<int:year>/", pages.archive, name="season-archive"),
    path("archive/<int:year>/<str:part>/", pages.kept_file, name="season-archive-file"),
    path("reminders/", inbox.list_reminders, name="season-reminders"),
]
