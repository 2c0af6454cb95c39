"""Addresses of the package, below an enterprise."""

from __future__ import annotations

from django.urls import include, path

from nianjian.features.dossier.pages import arrivals, materials, package, presenters

ITEM = "<int:year>/<str:item>/"

urlpatterns = [
    path("", presenters.newest, name="dossier"),
    path("<int:year>/", presenters.season, name="dossier-season"),
    path("<int:year>/reuse/", materials.reuse, name="dossier-reuse"),
    path("<int:year>/rounds/", include("nianjian.features.dossier.pages.rounds")),
    path("<int:year>/fill-in/", include("nianjian.features.dossier.pages.fill_in")),
    path("<int:year>/sort/", arrivals.index, name="dossier-sort"),
    path("<int:year>/sort/files/", arrivals.upload, name="dossier-sort-upload"),
    path("<int:year>/sort/decide/", arrivals.decide, name="dossier-sort-decide"),
    path("<int:year>/sort/<int:arrival>/", arrivals.show_ranges, name="dossier-cut"),
    path("<int:year>/sort/<int:arrival>/cut/", arrivals.cut, name="dossier-cut-papers"),
    path("<int:year>/sort/<int:arrival>/pages/", arrivals.pictures, name="dossier-cut-pages"),
    path("<int:year>/verify/", package.show_form, name="dossier-verify"),
    path("<int:year>/verify/files/", package.upload, name="dossier-verify-upload"),
    path("<int:year>/package/", include("nianjian.features.dossier.pages.package")),
    path("<int:year>/seals/", include("nianjian.features.dossier.pages.seals")),
    path(ITEM, materials.show_item, name="dossier-item"),
    path(f"{ITEM}files/", materials.upload_file, name="dossier-upload"),
    path(f"{ITEM}act/<str:act>/", materials.act, name="dossier-act"),
    path(f"{ITEM}files/<int:number>/", materials.fetch, name="dossier-fetch"),
    path(f"{ITEM}files/<int:number>/pages/", arrivals.show_outlines, name="dossier-pages"),
    path(f"{ITEM}files/<int:number>/pages/show/", arrivals.reveal_pages, name="dossier-pages-show"),
    path(f"{ITEM}files/<int:number>/pages/draw/", arrivals.request_drawing, name="dossier-pages-draw"),
]
