"""Addresses below an enterprise, where the public ones are kept."""

from __future__ import annotations

from django.urls import path

from nianjian.features.complaints.one_click_pages import manage

urlpatterns = [
    path("", manage.listing, name="one-click"),
    path("<int:door>/", manage.address_detail, name="one-click-one"),
    path("<int:door>/close/", manage.close, name="one-click-close"),
    path("<int:door>/code.<str:form>", manage.picture, name="one-click-code"),
]
