"""Warn of clocks that run out: each ticket and clock once, the row and its audit entry in one transaction.

The audit chain is the outbox of webhooks, so a warning that stands in it is delivered, whatever is killed in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from nianjian.features.complaints.clocks import Clock, Promise, Reading
from nianjian.features.complaints.model import Complaint
from nianjian.features.complaints.warned import query
from nianjian.features.complaints.warned.model import Warned
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record


@dataclass(frozen=True, slots=True)
class SlaWarning:
    """A warning that is given now: ``number`` is its own, and no other's."""

    number: int
    row: Complaint
    reading: Reading


def _nobody(_given: Sequence[SlaWarning]) -> None:
    """Tell nobody beside the audit chain."""


def warn(
    *,
    enterprise: str,
    promise: Promise,
    at: datetime,
    actor: Actor,
    tell: Callable[[Sequence[SlaWarning]], None] = _nobody,
) -> int:
    """Give every warning that is due at a moment and was not given; how many. ``tell`` is in the same transaction."""
    if not _fresh(enterprise, promise, at):  # most looks find nothing: they lock nothing
        return 0
    with transaction.atomic():
        lock_enterprise(enterprise)
        fresh = _fresh(enterprise, promise, at)
        given = []
        for one in fresh:
            row, read = one.row, one.reading
            made = Warned(enterprise_id=enterprise, key=row.key, clock=read.clock.value, warned_at=at)
            made.save(force_insert=True)
            given.append(SlaWarning(made.pk, row, read))
            told: dict[str, object] = {"complaint": row.key, "clock": read.clock.value, "hand": read.hand.value}
            told |= {"due": read.due.isoformat() if read.due else None, "assignee": row.assignee, "team": row.team_id}
            data = told | ({"drill": True} if row.drill else {})
            record(verb="complaints.warning", enterprise=enterprise, actor=actor, data=data)
        tell(given)
    return len(fresh)


def delete_left(*, enterprise: str) -> int:
    """Delete what is kept of tickets of which no version is left, inside the caller's transaction; how many."""
    there = Complaint.objects.filter(enterprise_id=enterprise).values("key")
    count, _each = Warned.objects.filter(enterprise_id=enterprise).exclude(key__in=there).delete()
    return count


def _fresh(enterprise: str, promise: Promise, at: datetime) -> list[query.Pressing]:
    given = query.list_sent_warnings(enterprise)
    found = query.list_due_soon(enterprise, promise, at)
    return [one for one in found if (one.row.key, one.reading.clock.value) not in given]


def clear_close_warning(*, enterprise: str, key: str) -> None:
    """Let the clock of closing warn anew: the ticket was reopened."""
    Warned.objects.filter(enterprise_id=enterprise, key=key, clock=Clock.CLOSE.value).delete()
