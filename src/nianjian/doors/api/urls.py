"""Every address of the API; what is none of them is answered as a problem document, not as a page."""

from __future__ import annotations

from collections import defaultdict

from django.urls import URLPattern, path, re_path

from nianjian.doors.api.application import API
from nianjian.platform.api import problems
from nianjian.platform.api.operations import UPLOADS
from nianjian.platform.home.http import MARK

LIBRARY = {"api-root"}  # its start page


def _operations() -> list[URLPattern]:
    """The library's addresses, one for each operation; a view knows by which methods files come to its address."""
    found = [one for one in API.urls[0] if isinstance(one, URLPattern) and one.name not in LIBRARY]
    uploads: defaultdict[str, set[str]] = defaultdict(set)
    for one in found:
        if one.name in UPLOADS:
            uploads[str(one.pattern)].add(UPLOADS[one.name])
    patterns = []
    for one in found:
        view = problems.methods(one.callback)
        setattr(view, MARK, frozenset(uploads[str(one.pattern)]))
        patterns.append(URLPattern(one.pattern, view, one.default_args, one.name))
    return patterns


urlpatterns = [*_operations(), path("", problems.nowhere), re_path(r"^.*$", problems.nowhere)]
