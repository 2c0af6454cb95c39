"""Django's entry of this room."""

from __future__ import annotations

from django.apps import AppConfig


class SeasonConfig(AppConfig):
    """What people said of tasks, and the calendar feeds."""

    name = "nianjian.features.season"
