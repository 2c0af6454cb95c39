"""Every address of the house: the API's, then the pages'."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("nianjian.doors.api.urls")),
    path("", include("nianjian.doors.site.web_urls")),
]

handler400 = "nianjian.platform.web.errors.bad"
handler403 = "nianjian.platform.web.errors.forbidden"
handler404 = "nianjian.platform.web.errors.missing"
handler500 = "nianjian.platform.web.errors.broken"
