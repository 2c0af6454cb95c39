"""Addresses of the gate, below an enterprise, and their place in the menu."""

from typing import Final

from django.urls import path

from nianjian.engines.paper.words import mark
from nianjian.features.dial_policy import pages
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import CONNECTIONS, Entry, Place

urlpatterns = [
    path("", pages.policy_overview, name="gate"),
    path("change/", pages.change, name="gate-change"),
    path("decisions/", pages.decisions, name="gate-decisions"),
    path("decisions/journal.csv", pages.journal, name="gate-journal"),
]


ENTRIES: Final = (
    Entry(Place.RECTIFICATION, mark("Pre-dial gate log"), "gate"),
    Entry(Place.SETTINGS, mark("Gate policy"), "gate-change", Permission.REQUEST, group=CONNECTIONS),
)
