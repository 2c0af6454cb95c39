"""Addresses of the portrait's pages."""

from __future__ import annotations

from django.urls import path

from nianjian.features.portrait.pages import portrait, rows, runs
from nianjian.features.portrait.pages import portrait as whole
from nianjian.features.portrait.pages import runs as simulate

YEAR = "e/<str:code>/<int:year>/"

urlpatterns = [
    path("e/<str:code>/portrait/", whole.newest, name="portrait-newest"),
    path(YEAR, whole.portrait, name="portrait"),
    path(f"{YEAR}by/<str:split>/", whole.by, name="by"),
    path(f"{YEAR}chart/<str:name>.json", whole.chart, name="portrait-chart"),
    path(f"{YEAR}metric/<str:slug>/", portrait.metric, name="portrait-metric"),
    path(f"{YEAR}metric/<str:slug>/rows/", rows.rows, name="portrait-rows"),
    path(f"{YEAR}reveal/", rows.reveal, name="portrait-reveal"),
    path(f"{YEAR}simulate/", simulate.simulate, name="portrait-simulate"),
    path(f"{YEAR}runs/", runs.runs, name="portrait-runs"),
    path(f"{YEAR}compare/", runs.compare, name="portrait-compare"),
    path(f"{YEAR}run/", runs.run, name="portrait-run"),
    path(f"{YEAR}take/<str:form>/", runs.take, name="portrait-take"),
]
