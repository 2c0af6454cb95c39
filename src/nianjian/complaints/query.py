"""Read complaint tickets."""

from __future__ import annotations

from django.db.models import QuerySet

from nianjian.complaints.model import Complaint


def tickets(enterprise: str, *, drills: bool = False) -> QuerySet[Complaint]:
    """The tickets as they stand, by number; a drill's tickets only when asked for: they count nowhere."""
    found = Complaint.objects.filter(enterprise_id=enterprise, valid_to=None, superseded_at=None).order_by("key")
    return found if drills else found.exclude(drill=True)
