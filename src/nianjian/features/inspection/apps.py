"""Django's entry of this room."""

from __future__ import annotations

from django.apps import AppConfig


class InspectionConfig(AppConfig):
    """Test calls with their evidence, and the ways they take."""

    name = "nianjian.features.inspection"
