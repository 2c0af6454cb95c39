"""Addresses of the gate, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.dial_policy import pages

urlpatterns = [
    path("", pages.policy_overview, name="gate"),
    path("change/", pages.change, name="gate-change"),
    path("decisions/", pages.decisions, name="gate-decisions"),
    path("decisions/journal.csv", pages.journal, name="gate-journal"),
]
