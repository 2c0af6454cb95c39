"""Addresses of rounds, below a season of the package."""

from __future__ import annotations

from django.urls import path

from nianjian.features.dossier.pages.rounds import acts, pages

urlpatterns = [
    path("", pages.listing, name="rounds"),
    path("submit/", acts.submit, name="rounds-submit"),
    path("differences/", pages.differences, name="rounds-differences"),
    path("<int:number>/", pages.detail, name="rounds-one"),
    path("<int:number>/act/<str:act>/", acts.act, name="rounds-act"),
    path("<int:number>/papers/<int:evidence>/", acts.fetch, name="rounds-paper"),
]
