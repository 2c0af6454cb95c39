"""Django's entry of this room."""

from django.apps import AppConfig


class InspectionConfig(AppConfig):
    """Test calls with their evidence, and the ways they take."""

    name = "nianjian.features.inspection"
