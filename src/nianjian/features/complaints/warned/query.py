"""Tickets whose clocks run out, and which of them were warned of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from nianjian.features.complaints import query
from nianjian.features.complaints.clocks import Clock, Hand, Promise, Reading, evaluate_clock
from nianjian.features.complaints.model import Complaint
from nianjian.features.complaints.warned.model import Warned

#: So long after a clock has run out it is still told of: a worker that stood still tells late, an old list never.
GRACE: Final = timedelta(days=1)
YOUNG: Final = timedelta(days=62)  # far longer than any clock runs


@dataclass(frozen=True, slots=True)
class Pressing:
    """A ticket and its clock that runs out or has just done so."""

    row: Complaint
    reading: Reading


def list_due_soon(enterprise: str, promise: Promise, at: datetime) -> list[Pressing]:
    """Clocks that are to be warned of at a moment and whose work is not done, the earliest due first; drills too."""
    longest = max((limit.length for terms in promise.terms for limit in terms.values()), default=timedelta())
    rows = query.tickets(enterprise, drills=True).filter(
        exclusion=None, arrived_at__lte=at, arrived_at__gte=at - longest - GRACE
    )
    found = [one for row in rows.defer("extra", "content", "measures") for one in _of(row, promise, at)]
    return sorted(found, key=lambda one: (one.reading.due or at, one.row.key))


def waiting(at: datetime) -> list[str]:
    """Enterprises that have a young ticket at all: only for these a look at the clocks can find anything."""
    rows = Complaint.objects.filter(valid_to=None, superseded_at=None, exclusion=None, arrived_at__gte=at - YOUNG)
    return sorted(set(rows.order_by().values_list("enterprise_id", flat=True).distinct()))


def list_sent_warnings(enterprise: str) -> set[tuple[str, str]]:
    """(ticket, clock) of each warning that was given."""
    return set(Warned.objects.filter(enterprise_id=enterprise).values_list("key", "clock"))


def _of(row: Complaint, promise: Promise, at: datetime) -> Iterator[Pressing]:
    facts = query.facts(row).at(at)
    for clock, done in ((Clock.RESPONSE, facts.responded), (Clock.CLOSE, facts.finished)):
        read = evaluate_clock(clock, facts, promise, at)
        if done is None and read.due is not None and read.due >= at - GRACE and read.hand in {Hand.WARNED, Hand.LATE}:
            yield Pressing(row, read)
