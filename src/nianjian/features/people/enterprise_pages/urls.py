"""Addresses of the enterprises' pages."""

from __future__ import annotations

from django.urls import path

from nianjian.features.people.enterprise_pages import pages

urlpatterns = [path("enterprises/", pages.enterprises, name="enterprises")]
