"""Django's entry of this room."""

from django.apps import AppConfig
from django.core.signals import request_finished, request_started

from nianjian.engines.paper import people


class AccountsConfig(AppConfig):
    """Enterprises and users."""

    name = "nianjian.platform.accounts"

    def ready(self) -> None:
        """Let pages and papers name people: read once a request, and where the work of a job says so."""
        from nianjian.platform.accounts.people import list_display_names  # noqa: PLC0415 -- after the models

        people.set_directory(list_display_names)
        request_started.connect(people.begin_batch)
        request_finished.connect(people.end_batch)
