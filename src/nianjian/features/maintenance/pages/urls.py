"""Addresses for machines that watch, and of the retention."""

from __future__ import annotations

from django.urls import path

from nianjian.features.maintenance.pages import pages, retention

urlpatterns = [
    path("healthz", pages.healthz, name="healthz"),
    path("metrics", pages.metrics, name="metrics"),
    path("e/<str:code>/retention/", retention.retention, name="retention"),
    path("e/<str:code>/retention/count/", retention.count, name="retention-count"),
    path("e/<str:code>/retention/erase/", retention.erase, name="retention-erase"),
]
