"""Django's entry of this room."""

from django.apps import AppConfig


class ReconcileConfig(AppConfig):
    """Runs of reconciliation with their differences, and who was paid to which account."""

    name = "nianjian.features.reconciliation"
    label = "reconcile"  # its tables' names begin with it
