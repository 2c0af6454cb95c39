"""Addresses of the audit pages."""

from __future__ import annotations

from django.urls import path

from nianjian.features.maintenance.audit_pages import checking, pages

urlpatterns = [
    path("audit/", pages.everything, name="audit"),
    path("audit/export.csv", pages.everything_out, name="audit-export"),
    path("audit/verify/", checking.verify, name="audit-verify"),
    path("audit/verify/<str:job>/", checking.verified, name="audit-verified"),
    path("audit/verify/<str:job>/progress/", checking.progress, name="audit-verify-progress"),
    path("audit/verify/<str:job>/stop/", checking.stop, name="audit-verify-stop"),
    path("e/<str:code>/audit/", pages.list_enterprise_entries, name="audit-here"),
    path("e/<str:code>/audit/export.csv", pages.here_out, name="audit-export-here"),
]
