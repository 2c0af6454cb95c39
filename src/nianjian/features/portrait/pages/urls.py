"""Addresses of portraits, below an enterprise and a data year."""

from __future__ import annotations

from django.urls import path

from nianjian.features.portrait.pages import declarations, explaining_papers, marketing, metric, portrait, rows, runs

YEAR = "e/<str:code>/<int:year>/"
METRIC = f"{YEAR}metric/<str:slug>/"

urlpatterns = [
    path("e/<str:code>/portrait/", portrait.newest, name="portrait-newest"),
    path(YEAR, portrait.portrait, name="portrait"),
    path(f"{YEAR}by/<str:split>/", metric.by, name="by"),
    path(METRIC, metric.metric, name="portrait-metric"),
    path(f"{METRIC}causes/", metric.list_causes, name="portrait-causes"),
    path(f"{METRIC}rows/", rows.rows, name="portrait-rows"),
    path(f"{METRIC}rows/export/", rows.export, name="portrait-rows-export"),
    path(f"{METRIC}declare/", declarations.declare, name="portrait-declare"),
    path(f"{METRIC}papers/", explaining_papers.attach, name="portrait-attach"),
    path(f"{YEAR}reveal/", rows.reveal, name="portrait-reveal"),
    path(f"{YEAR}marketing/", marketing.marketing, name="portrait-marketing"),
    path(f"{YEAR}simulate/", runs.simulate, name="portrait-simulate"),
    path(f"{YEAR}runs/", runs.runs, name="portrait-runs"),
    path(f"{YEAR}compare/", runs.compare, name="portrait-compare"),
    path(f"{YEAR}run/", runs.run, name="portrait-run"),
    path(f"{YEAR}basis/", runs.choose_basis, name="portrait-basis"),
    path(f"{YEAR}take/<str:form>/", runs.take, name="portrait-take"),
]
