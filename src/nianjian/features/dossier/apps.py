"""Django's entry of this room."""

from django.apps import AppConfig


class DossierConfig(AppConfig):
    """The checklist with its versions and comments."""

    name = "nianjian.features.dossier"
