"""Django's entry of this room."""

from django.apps import AppConfig


class QueueConfig(AppConfig):
    """Intents."""

    name = "nianjian.platform.jobs"
    label = "queue"  # its tables' names begin with it
