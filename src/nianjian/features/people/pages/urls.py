"""Addresses of the pages about people."""

from __future__ import annotations

from django.urls import path

from nianjian.features.people.pages import pages

urlpatterns = [
    path("people/", pages.all_people, name="people-list"),
    path("people/add/", pages.add_anywhere, name="people-add"),
    path("people/of/<str:name>/", pages.one_anywhere, name="people-one"),
    path("e/<str:code>/people/", pages.list_people, name="people-list-here"),
    path("e/<str:code>/people/add/", pages.add_here, name="people-add-here"),
    path("e/<str:code>/people/of/<str:name>/", pages.one_here, name="people-one-here"),
]
