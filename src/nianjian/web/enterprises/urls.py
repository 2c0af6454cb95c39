"""Addresses of the enterprises' pages."""

from __future__ import annotations

from django.urls import path

from nianjian.web.enterprises import pages

urlpatterns = [path("enterprises/", pages.enterprises, name="enterprises")]
