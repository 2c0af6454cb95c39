"""Addresses of the audit pages."""

from __future__ import annotations

from django.urls import path

from nianjian.web.audit import pages

urlpatterns = [
    path("audit/", pages.everything, name="audit"),
    path("audit/export.csv", pages.everything_out, name="audit-export"),
    path("audit/verify/", pages.verified, name="audit-verify"),
    path("e/<str:code>/audit/", pages.here, name="audit-here"),
    path("e/<str:code>/audit/export.csv", pages.here_out, name="audit-export-here"),
]
