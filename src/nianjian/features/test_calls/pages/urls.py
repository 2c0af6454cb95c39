"""Addresses of test calls, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.test_calls.pages import detail, pages, routes

urlpatterns = [
    path("", pages.listing, name="callback"),
    path("ask/", pages.request_test_calls, name="callback-ask"),
    path("begin/", pages.begin, name="callback-begin"),
    path("ways/", routes.listing, name="callback-ways"),
    path("<str:trial>/", detail.trial_detail, name="callback-one"),
    path("<str:trial>/witness/", detail.witness, name="callback-witness"),
    path("<str:trial>/evidence/", detail.evidence, name="callback-evidence"),
]
