"""Addresses of the portfolio and the overview."""

from __future__ import annotations

from django.urls import path

from nianjian.features.overview.pages import lines, pages, several, start

urlpatterns = [
    path("", pages.portfolio, name="portfolio"),
    path("portfolio/several/", several.several, name="portfolio-several"),
    path("e/<str:code>/", pages.overview, name="overview"),
    path("e/<str:code>/lines/", lines.lines, name="overview-lines"),
    path("e/<str:code>/start/", start.start, name="overview-start"),
    path("e/<str:code>/start/lead/", start.lead, name="overview-lead"),
]
