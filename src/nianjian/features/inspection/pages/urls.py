"""Addresses of the on-site check, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.inspection.pages import day, drill, leading, notice, pages

urlpatterns = [
    path("", pages.front, name="inspection"),
    path("look/", pages.enqueue_check, name="inspection-look"),
    path("answers/", pages.part, {"part": "answers"}, name="inspection-answers"),
    path("day/", day.front, name="inspection-day"),
    path("day/keep/", day.keep, name="inspection-day-keep"),
    path("day/remove/", day.remove, name="inspection-day-remove"),
    path("day/admit/", day.admit, name="inspection-day-admit"),
    path("day/look/", day.enqueue_checks, name="inspection-day-look"),
    path("day/copy/", day.copy, name="inspection-day-copy"),
    path("day/scan/", notice.add, name="inspection-day-scan"),
    path("day/scan/fetch/", notice.fetch, name="inspection-day-scan-fetch"),
    path("day/scan/remove/", notice.remove, name="inspection-day-scan-remove"),
    path("day/screens/", notice.note_screens, name="inspection-day-screens"),
    path("dialling/", pages.part, {"part": "dialling"}, name="inspection-dialling"),
    path("drill/", drill.front, name="inspection-drill"),
    path("drill/run/", drill.run, name="inspection-drill-run"),
    path("drill/report/", drill.paper, name="inspection-drill-paper"),
    path("drill/<str:drill>/screen/", leading.screen, name="inspection-drill-screen"),
    path("drill/<str:drill>/lines/", leading.lines, name="inspection-drill-lines"),
    path("drill/<str:drill>/inject/", leading.inject, name="inspection-drill-inject"),
    path("retention/", pages.part, {"part": "retention"}, name="inspection-retention"),
]
