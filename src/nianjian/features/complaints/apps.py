"""Django's entry of this room."""

from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    """Complaint tickets; they are imported by the registers' machinery, which learns of them here."""

    name = "nianjian.features.complaints"

    def ready(self) -> None:
        """Add the kind ``complaints``."""
        from nianjian.features.complaints import queries as query  # noqa: PLC0415 -- models load before this, not before the app
        from nianjian.features.complaints.models import Complaint  # noqa: PLC0415 -- the same
        from nianjian.features.complaints.sheet import COMPLAINTS  # noqa: PLC0415 -- the same
        from nianjian.platform.registers import kinds, queries  # noqa: PLC0415 -- the same

        kinds.add(COMPLAINTS, Complaint)
        queries.add_team_condition(COMPLAINTS.kind, query.team_scope)
