"""Addresses of the portrait's pages."""

from __future__ import annotations

from django.urls import path

from nianjian.features.portrait.pages import declarations, explaining_papers, marketing, portrait, rows, runs

YEAR = "e/<str:code>/<int:year>/"

urlpatterns = [
    path("e/<str:code>/portrait/", portrait.newest, name="portrait-newest"),
    path(YEAR, portrait.portrait, name="portrait"),
    path(f"{YEAR}by/<str:split>/", portrait.by, name="by"),
    path(f"{YEAR}metric/<str:slug>/", portrait.metric, name="portrait-metric"),
    path(f"{YEAR}metric/<str:slug>/rows/", rows.rows, name="portrait-rows"),
    path(f"{YEAR}metric/<str:slug>/declare/", declarations.declare, name="portrait-declare"),
    path(f"{YEAR}metric/<str:slug>/papers/", explaining_papers.attach, name="portrait-attach"),
    path(f"{YEAR}reveal/", rows.reveal, name="portrait-reveal"),
    path(f"{YEAR}marketing/", marketing.marketing, name="portrait-marketing"),
    path(f"{YEAR}simulate/", runs.simulate, name="portrait-simulate"),
    path(f"{YEAR}runs/", runs.runs, name="portrait-runs"),
    path(f"{YEAR}compare/", runs.compare, name="portrait-compare"),
    path(f"{YEAR}run/", runs.run, name="portrait-run"),
    path(f"{YEAR}basis/", runs.choose_basis, name="portrait-basis"),
    path(f"{YEAR}take/<str:form>/", runs.take, name="portrait-take"),
]
