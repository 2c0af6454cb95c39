"""Addresses of the package, below an enterprise."""

from __future__ import annotations

from django.urls import include, path

from nianjian.features.dossier.pages import acts, detail, listing, pictures, sorting, verify
from nianjian.features.dossier.pages import sorting as cutting

ITEM = "<int:year>/<str:item>/"

urlpatterns = [
    path("", listing.newest, name="dossier"),
    path("<int:year>/", listing.season, name="dossier-season"),
    path("<int:year>/reuse/", acts.reuse, name="dossier-reuse"),
    path("<int:year>/rounds/", include("nianjian.features.dossier.pages.rounds.urls")),
    path("<int:year>/fill-in/", include("nianjian.features.dossier.pages.fill_in")),
    path("<int:year>/sort/", sorting.index, name="dossier-sort"),
    path("<int:year>/sort/files/", sorting.upload, name="dossier-sort-upload"),
    path("<int:year>/sort/decide/", sorting.decide, name="dossier-sort-decide"),
    path("<int:year>/sort/<int:arrival>/", cutting.show_ranges, name="dossier-cut"),
    path("<int:year>/sort/<int:arrival>/cut/", cutting.cut, name="dossier-cut-papers"),
    path("<int:year>/sort/<int:arrival>/pages/", cutting.pictures, name="dossier-cut-pages"),
    path("<int:year>/verify/", verify.show_form, name="dossier-verify"),
    path("<int:year>/verify/files/", verify.upload, name="dossier-verify-upload"),
    path("<int:year>/package/", include("nianjian.features.dossier.pages.package")),
    path("<int:year>/seals/", include("nianjian.features.dossier.pages.seals.urls")),
    path(ITEM, detail.show_item, name="dossier-item"),
    path(f"{ITEM}files/", acts.upload, name="dossier-upload"),
    path(f"{ITEM}act/<str:act>/", acts.act, name="dossier-act"),
    path(f"{ITEM}files/<int:number>/", acts.fetch, name="dossier-fetch"),
    path(f"{ITEM}files/<int:number>/pages/", pictures.show_outlines, name="dossier-pages"),
    path(f"{ITEM}files/<int:number>/pages/show/", pictures.reveal_pages, name="dossier-pages-show"),
    path(f"{ITEM}files/<int:number>/pages/draw/", pictures.request_drawing, name="dossier-pages-draw"),
]
