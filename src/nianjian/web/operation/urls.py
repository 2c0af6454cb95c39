"""Addresses for machines that watch."""

from __future__ import annotations

from django.urls import path

from nianjian.web.operation import pages

urlpatterns = [
    path("healthz", pages.healthz, name="healthz"),
    path("metrics", pages.metrics, name="metrics"),
]
