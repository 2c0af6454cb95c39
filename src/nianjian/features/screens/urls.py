"""Addresses and menu entry of the live screens: below an enterprise, of kiosks, and where a switch posts records."""

from typing import Final

from django.urls import path

from nianjian.engines.paper.words import mark
from nianjian.features.screens import pages
from nianjian.platform.web.menu import Entry, Place

urlpatterns = [
    path("", pages.front, name="screens"),
    path("office/", pages.office, name="screens-office"),
    path("gateway/", pages.gateway, name="screens-gateway"),
    path("sources/", pages.list_sources, name="screens-sources"),
    path("sources/<str:screen_source>/", pages.change_source, name="screens-source"),
]

kiosk_patterns = [
    path("<str:secret>/", pages.open_kiosk, name="screens-kiosk-link"),
    path("<str:secret>/<str:part>/", pages.kiosk, name="screens-kiosk"),
]
post_patterns = [path("<str:code>/<str:name>/cdr", pages.receive_record, name="screens-posted")]


ENTRIES: Final = (Entry(Place.INSPECTION, mark("Live screens"), "screens"),)
