"""Django's entry of this room."""

from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """All registers; their models stand in the sub-folders and are gathered by ``models``."""

    name = "nianjian.platform.registers"
