"""Addresses of reconciliation, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.reconciliation.pages import new_run, runs

urlpatterns = [
    path("", runs.runs, name="reconcile"),
    path("new/", new_run.new_run, name="reconcile-new"),
    path("new/look/", new_run.preview, name="reconcile-look"),
    path("<str:reconciliation>/", runs.show_run, name="reconcile-one"),
    path("<str:reconciliation>/sheet/", runs.sheet, name="reconcile-sheet"),
    path("<str:reconciliation>/differences/<int:difference>/", runs.show_difference, name="reconcile-difference"),
    path("<str:reconciliation>/differences/<int:difference>/reveal/", runs.reveal, name="reconcile-reveal"),
    path("<str:reconciliation>/pairs/<int:pair>/", runs.decide, name="reconcile-decide"),
    path("<str:reconciliation>/pairs/<int:pair>/reveal/", runs.reveal_pair, name="reconcile-reveal-pair"),
]
