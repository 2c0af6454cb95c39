"""Every address that the program answers, as its URL patterns have them."""

import inspect
from collections.abc import Callable, Iterator
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


def takes_get(view: Callable[..., Any]) -> bool:
    """Whether one of Django's marks of methods on a view lets GET in; a view without any does."""
    inside: Callable[..., Any] | None = view
    while inside is not None:
        names = inspect.getclosurevars(inside).nonlocals
        if methods := names.get("request_method_list"):
            return "GET" in methods
        inside = getattr(inside, "__wrapped__", None)
    return True
