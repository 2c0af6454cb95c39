"""What the closing of one ticket did to the closing rate of its data year, as the tickets stand now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.metrics.lights import Light, closing_rate
from nianjian.engines.metrics.metric import limit_of
from nianjian.features.complaints.queries import DONE, INCLUDED, current_tickets
from nianjian.platform.accounts import query as accounts
from nianjian.platform.rulebook.rulebooks import Rulebooks

LIMIT: Final = "portrait.closing_rate.limit"


@dataclass(frozen=True, slots=True)
class ClosingEffect:
    """Accepted tickets of a data year, those closed, and the guide's light without and with the last closing."""

    year: int
    tickets: int
    closed: int
    before: Light
    after: Light


def find_closing_effect(enterprise: str, accepted: datetime) -> ClosingEffect:
    """Count the data year in which a ticket, now closed, was accepted."""
    year = accepted.astimezone(clock.ZONE).year
    first, end = (datetime(one, 1, 1, tzinfo=clock.ZONE) for one in (year, year + 1))
    rows = current_tickets(enterprise).filter(INCLUDED, accepted_at__gte=first, accepted_at__lt=end)
    tickets, closed = rows.count(), rows.filter(DONE).count()
    book = Rulebooks(province=accounts.enterprise(enterprise).province or None, enterprise=enterprise).on(clock.today())
    limit = limit_of(book.with_guide_limits(), LIMIT)
    before, after = (
        closing_rate(closed=count, tickets=tickets, limit=limit).light for count in (max(closed - 1, 0), closed)
    )
    return ClosingEffect(year, tickets, closed, before, after)
