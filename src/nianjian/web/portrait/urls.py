"""Addresses of the portrait's pages."""

from __future__ import annotations

from django.urls import path

from nianjian.web.portrait import pages

urlpatterns = [
    path("e/<str:code>/<int:year>/", pages.portrait, name="portrait"),
    path("e/<str:code>/<int:year>/by/<str:split>/", pages.by, name="by"),
]
