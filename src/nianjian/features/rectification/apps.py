"""Django's entry of this room."""

from __future__ import annotations

from django.apps import AppConfig


class RectificationConfig(AppConfig):
    """Cases, isolation orders and the watch list."""

    name = "nianjian.features.rectification"
