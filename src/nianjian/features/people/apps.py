"""Django's entry of this room: what the sign-in library signals goes to the audit chain."""

from django.apps import AppConfig


class AccountConfig(AppConfig):
    """Sign-in and people."""

    name = "nianjian.features.people"
    label = "own_account"  # the sign-in library has taken "account"

    def ready(self) -> None:
        """Listen."""
        from nianjian.features.people import receivers  # noqa: PLC0415 -- after the models

        receivers.listen()
