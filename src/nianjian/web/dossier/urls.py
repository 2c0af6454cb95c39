"""Addresses of the package, below an enterprise."""

from __future__ import annotations

from django.urls import path

from nianjian.web.dossier import acts, listing, one

ITEM = "<int:year>/<str:item>/"

urlpatterns = [
    path("", listing.newest, name="dossier"),
    path("<int:year>/", listing.season, name="dossier-season"),
    path("<int:year>/reuse/", acts.reuse, name="dossier-reuse"),
    path(ITEM, one.shown, name="dossier-item"),
    path(f"{ITEM}files/", acts.upload, name="dossier-upload"),
    path(f"{ITEM}act/<str:act>/", acts.act, name="dossier-act"),
    path(f"{ITEM}files/<int:number>/", acts.fetch, name="dossier-fetch"),
]
