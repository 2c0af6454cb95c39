"""Every address that the program answers, as its URL patterns have them."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver


def addresses(patterns: list[Any], above: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(route, pattern) of every view under the patterns."""
    for one in patterns:
        route = above + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, route)
        else:
            yield route, one
