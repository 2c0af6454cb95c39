"""Read complaint tickets."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from nianjian.complaints.model import Complaint
from nianjian.registers.rows.own import Own


def tickets(enterprise: str, *, drills: bool = False) -> QuerySet[Complaint]:
    """The tickets as they stand, by number; a drill's tickets only when asked for: they count nowhere."""
    found = Complaint.objects.filter(enterprise_id=enterprise, valid_to=None, superseded_at=None).order_by("key")
    return found if drills else found.exclude(drill=True)


def own(team: Own) -> Q:
    """A team's own tickets: those that name it, and those that name no team but one of its lines."""
    return Q(team_id__in=team.names) | Q(team_id=None, line_id__in=team.lines().values("line_id"))
