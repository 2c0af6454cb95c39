"""Django's entry of this room."""

from __future__ import annotations

from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    """Complaint tickets."""

    name = "nianjian.complaints"
