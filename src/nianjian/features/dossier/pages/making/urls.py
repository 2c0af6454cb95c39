"""Addresses of the making."""

from __future__ import annotations

from django.urls import path

from nianjian.features.dossier.pages.making import pages

urlpatterns = [
    path("", pages.listed, name="dossier-package"),
    path("generate/", pages.generate, name="dossier-package-generate"),
    path("build/", pages.build, name="dossier-package-build"),
    path("<str:job>/sign/", pages.sign, name="dossier-package-sign"),
    path("<str:job>/file/", pages.file, name="dossier-package-file"),
]
