"""Every address of the house: the API's, then the pages'."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("nianjian.api.urls")),
    path("", include("nianjian.web.urls")),
]

handler400 = "nianjian.web.layout.errors.bad"
handler403 = "nianjian.web.layout.errors.forbidden"
handler404 = "nianjian.web.layout.errors.missing"
handler500 = "nianjian.web.layout.errors.broken"
