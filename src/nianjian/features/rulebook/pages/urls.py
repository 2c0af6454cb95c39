"""Addresses of the rulebook."""

from __future__ import annotations

from django.urls import path

from nianjian.features.rulebook.pages import effect, pages

urlpatterns = [
    path("rules/", pages.everything, name="rules"),
    path("rules/<str:key>/", pages.rule_detail, name="rules-one"),
    path("rules/<str:key>/overlay/", pages.propose_overlay, name="rules-overlay"),
    path("rules/<str:key>/overlay/<str:job>/", effect.everything, name="rules-effect"),
    path("rules/<str:key>/overlay/<str:job>/stop/", effect.stop, name="rules-effect-stop"),
    path("e/<str:code>/rules/", pages.enterprise_rules, name="rules-here"),
    path("e/<str:code>/rules/<str:key>/", pages.one_here, name="rules-one-here"),
    path("e/<str:code>/rules/<str:key>/overlay/", pages.ask_here, name="rules-overlay-here"),
    path("e/<str:code>/rules/<str:key>/overlay/<str:job>/", effect.enterprise_effect, name="rules-effect-here"),
    path("e/<str:code>/rules/<str:key>/overlay/<str:job>/stop/", effect.stop_here, name="rules-effect-stop-here"),
]
