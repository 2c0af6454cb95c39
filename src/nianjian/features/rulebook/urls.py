"""Addresses of the rulebook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http.response import HttpResponseBase
from django.urls import path

from nianjian.features.rulebook import pages

rule_patterns: Final[list[tuple[str, Callable[..., HttpResponseBase], str]]] = [
    ("rules/", pages.list_rules, "rules"),
    ("rules/<str:key>/", pages.show_rule, "rules-one"),
    ("rules/<str:key>/overlay/", pages.propose_overlay, "rules-overlay"),
    ("rules/<str:key>/overlay/<str:job>/", pages.show_effect, "rules-effect"),
    ("rules/<str:key>/overlay/<str:job>/stop/", pages.stop_effect, "rules-effect-stop"),
]
urlpatterns = [
    *(path(route, view, name=name) for route, view, name in rule_patterns),
    *(path(f"e/<str:code>/{route}", view, name=f"{name}-here") for route, view, name in rule_patterns),
]
