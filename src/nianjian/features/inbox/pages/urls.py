"""Addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from nianjian.features.inbox.pages import pages

urlpatterns = [
    path("", pages.inbox, name="inbox"),
    path("choices/", pages.choices, name="inbox-choices"),
]
