"""Addresses of the webhooks."""

from __future__ import annotations

from django.urls import path

from nianjian.features.webhooks.pages import pages

urlpatterns = [
    path("", pages.listing, name="webhooks"),
    path("<str:webhook>/", pages.one, name="webhooks-one"),
]
