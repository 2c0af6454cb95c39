"""Django's entry of this room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit chain."""

    name = "nianjian.platform.audit"
