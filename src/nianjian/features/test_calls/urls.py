"""Addresses of test calls, below an enterprise, and their place in the menu."""

from typing import Final

from django.urls import path

from nianjian.engines.paper.words import mark
from nianjian.features.test_calls import pages
from nianjian.platform.web.menu import CONNECTIONS, Entry, Place

urlpatterns = [
    path("", pages.listing, name="callback"),
    path("ask/", pages.request_test_calls, name="callback-ask"),
    path("begin/", pages.begin_manual_call, name="callback-begin"),
    path("ways/", pages.route_listing, name="callback-ways"),
    path("<str:trial>/", pages.trial_detail, name="callback-one"),
    path("<str:trial>/witness/", pages.check_landing, name="callback-witness"),
    path("<str:trial>/evidence/", pages.evidence, name="callback-evidence"),
]


ENTRIES: Final = (
    Entry(Place.INSPECTION, mark("Test calls"), "callback"),
    Entry(Place.SETTINGS, mark("Routes and gateways"), "callback-ways", group=CONNECTIONS),
)
