"""Read the public addresses of display numbers."""

from __future__ import annotations

from django.db.models import QuerySet

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints.one_click.model import Door


def doors(enterprise: str) -> QuerySet[Door]:
    """The open addresses of an enterprise, by number."""
    return Door.objects.filter(enterprise_id=enterprise, closed_at=None).order_by("number")


def door(enterprise: str, name: int) -> Door:
    """One of them; ``complaint_door_unknown``, also for one that is closed."""
    found = doors(enterprise).filter(pk=name).first()
    if found is None:
        raise NianjianError("complaint_door_unknown")
    return found


def get_by_token(token: str) -> Door:
    """The number behind a public address; ``complaint_door_unknown`` says the same of what never was and what ended."""
    found = Door.objects.filter(token=token, closed_at=None).select_related("enterprise").first()
    if found is None:
        raise NianjianError("complaint_door_unknown")
    return found
