"""Addresses of the on-site check, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.web.inspection import drill, pages

urlpatterns = [
    path("", pages.front, name="inspection"),
    path("look/", pages.look, name="inspection-look"),
    path("answers/", pages.part, {"part": "answers"}, name="inspection-answers"),
    path("dialling/", pages.part, {"part": "dialling"}, name="inspection-dialling"),
    path("drill/", drill.front, name="inspection-drill"),
    path("drill/run/", drill.run, name="inspection-drill-run"),
    path("drill/report/", drill.paper, name="inspection-drill-paper"),
    path("retention/", pages.part, {"part": "retention"}, name="inspection-retention"),
]
