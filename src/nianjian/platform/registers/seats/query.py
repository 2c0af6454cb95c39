"""Read seats."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q

from nianjian.platform.registers.seats.model import Seat
from nianjian.platform.registers.versions.query import believed


def robots(enterprise: str, first: date, last: date) -> bool:
    """Whether a robot seat was filed or open on any day from ``first`` to ``last``, both included (M13).

    A seat without a day of filing or opening counts as if it had always been filed: the stricter reading. Each version
    counts for its own days only.
    """
    held = (Q(valid_from=None) | Q(valid_from__lte=last)) & (Q(valid_to=None) | Q(valid_to__gte=first))
    filed = _span("filed_on", "cancelled_on", first, last) & (
        Q(filing="filed") | Q(filing=None) | Q(filed_on__isnull=False)
    )
    opened = _span("opened_on", "closed_on", first, last) & Q(opened_on__isnull=False)
    return believed(Seat, enterprise).filter(held, kind="robot").filter(filed | opened).exists()


def robots_concern(enterprise: str, year: int, today: date) -> bool:
    """Whether robot seats were filed or open in the data year, or are today (M13)."""
    return robots(enterprise, date(year, 1, 1), date(year, 12, 31)) or robots(enterprise, today, today)


def _span(start: str, end: str, first: date, last: date) -> Q:
    """A span whose end is not included meets the days; a missing bound is open."""
    begun = Q(**{start: None}) | Q(**{f"{start}__lte": last})
    over = Q(**{end: None}) | Q(**{f"{end}__gt": first}) | Q(**{end: F(start)})
    return begun & over
