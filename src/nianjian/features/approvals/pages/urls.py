"""Addresses of the approvals."""

from __future__ import annotations

from django.urls import path

from nianjian.features.approvals.pages import pages

urlpatterns = [
    path("approvals/", pages.everything, name="approvals"),
    path("approvals/<str:approval>/", pages.decide, name="approvals-decide"),
    path("e/<str:code>/approvals/", pages.here, name="approvals-here"),
    path("e/<str:code>/approvals/<str:approval>/", pages.decide_here, name="approvals-decide-here"),
]
