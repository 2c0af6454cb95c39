"""Every address of the pages."""

from __future__ import annotations

from django.urls import include, path

from nianjian.web.layout.language import choose

urlpatterns = [
    path("", include("nianjian.web.portrait.urls")),
    path("account/", include("nianjian.web.account.urls")),
    path("language", choose, name="language"),
]

handler404 = "nianjian.web.layout.missing.missing"
