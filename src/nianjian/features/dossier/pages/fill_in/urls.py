"""Addresses of the fill-in sheet, below a season of the package."""

from __future__ import annotations

from django.urls import path

from nianjian.features.dossier.pages.fill_in import pages

urlpatterns = [
    path("", pages.first, name="fill-in-first"),
    path("<str:report>/", pages.shown, name="fill-in"),
    path("<str:report>/make/", pages.make, name="fill-in-make"),
    path("<str:report>/reveal/", pages.reveal, name="fill-in-reveal"),
    path("<str:report>/take/<str:form>/", pages.take, name="fill-in-take"),
]
