"""Addresses of test calls, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.test_calls.pages import one, pages, ways

urlpatterns = [
    path("", pages.listing, name="callback"),
    path("ask/", pages.ask, name="callback-ask"),
    path("begin/", pages.begin, name="callback-begin"),
    path("ways/", ways.listing, name="callback-ways"),
    path("<str:trial>/", one.shown, name="callback-one"),
    path("<str:trial>/witness/", one.witness, name="callback-witness"),
    path("<str:trial>/evidence/", one.evidence, name="callback-evidence"),
]
