"""Django's entry of this room."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """Webhooks and their deliveries."""

    name = "nianjian.platform.notifications"
    label = "notify"  # its tables' names begin with it
