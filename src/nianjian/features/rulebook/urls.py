"""Addresses of the rulebook."""

from __future__ import annotations

from django.urls import path

from nianjian.features.rulebook import pages

urlpatterns = [
    path("rules/", pages.installation_rules, name="rules"),
    path("rules/<str:key>/", pages.rule_detail, name="rules-one"),
    path("rules/<str:key>/overlay/", pages.propose_overlay, name="rules-overlay"),
    path("rules/<str:key>/overlay/<str:job>/", pages.installation_effect, name="rules-effect"),
    path("rules/<str:key>/overlay/<str:job>/stop/", pages.stop_installation_effect, name="rules-effect-stop"),
    path("e/<str:code>/rules/", pages.enterprise_rules, name="rules-here"),
    path("e/<str:code>/rules/<str:key>/", pages.enterprise_rule, name="rules-one-here"),
    path("e/<str:code>/rules/<str:key>/overlay/", pages.propose_enterprise_overlay, name="rules-overlay-here"),
    path("e/<str:code>/rules/<str:key>/overlay/<str:job>/", pages.enterprise_effect, name="rules-effect-here"),
    path(
        "e/<str:code>/rules/<str:key>/overlay/<str:job>/stop/",
        pages.stop_enterprise_effect,
        name="rules-effect-stop-here",
    ),
]
