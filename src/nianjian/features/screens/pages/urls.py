"""Addresses of the live screens, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.features.screens.pages import pages

urlpatterns = [
    path("", pages.front, name="screens"),
    path("office/", pages.office, name="screens-office"),
    path("gateway/", pages.gateway, name="screens-gateway"),
]
