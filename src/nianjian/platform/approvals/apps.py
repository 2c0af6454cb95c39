"""Django's entry of this room."""

from __future__ import annotations

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Two-person steps."""

    name = "nianjian.platform.approvals"
