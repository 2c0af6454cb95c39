"""Addresses of seals and signatures, below a season."""

from __future__ import annotations

from django.urls import path

from nianjian.features.dossier.pages.seals import pages

urlpatterns = [
    path("", pages.show_seals, name="dossier-seals"),
    path("files/<str:what>/", pages.upload, name="dossier-seals-upload"),
    path("act/<str:act>/", pages.act, name="dossier-seals-act"),
    path("papers/<int:signed>/", pages.paper, name="dossier-signed"),
    path("papers/<int:signed>/file/", pages.fetch, name="dossier-signed-fetch"),
]
