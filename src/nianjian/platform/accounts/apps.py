"""Django's entry of this room."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Enterprises and users."""

    name = "nianjian.platform.accounts"
