"""Addresses of reconciliation, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.reconciliation.pages import asking, detail, difference, listing

urlpatterns = [
    path("", listing.runs, name="reconcile"),
    path("new/", asking.new, name="reconcile-new"),
    path("new/look/", asking.preview_file, name="reconcile-look"),
    path("<str:reconciliation>/", detail.show_run, name="reconcile-one"),
    path("<str:reconciliation>/sheet/", detail.sheet, name="reconcile-sheet"),
    path("<str:reconciliation>/differences/<int:difference>/", difference.show_difference, name="reconcile-difference"),
    path("<str:reconciliation>/differences/<int:difference>/reveal/", difference.reveal, name="reconcile-reveal"),
    path("<str:reconciliation>/pairs/<int:pair>/", difference.decide, name="reconcile-decide"),
    path("<str:reconciliation>/pairs/<int:pair>/reveal/", difference.reveal_pair, name="reconcile-reveal-pair"),
]
