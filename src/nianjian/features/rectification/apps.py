"""Django's entry of this room."""

from django.apps import AppConfig


class RectificationConfig(AppConfig):
    """Cases, isolation orders and the watch list."""

    name = "nianjian.features.rectification"
