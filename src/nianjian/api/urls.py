"""Every address of the API; what is none of them is answered as a problem document, not as a page."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from nianjian.api.application import API
from nianjian.api.door import problems

LIBRARY = {"api-root"}  # its start page

urlpatterns = [
    *(
        URLPattern(one.pattern, problems.methods(one.callback), one.default_args, one.name)
        for one in API.urls[0]
        if isinstance(one, URLPattern) and one.name not in LIBRARY
    ),
    path("", problems.nowhere),
    re_path(r"^.*$", problems.nowhere),
]
