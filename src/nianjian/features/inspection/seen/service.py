"""Note that somebody looked; one transaction and one audit entry."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection.seen.model import ScreensSeen
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record

OLDEST: Final = timedelta(days=366)  # an older look is a slip of the pen


def note(*, enterprise: str, seen_on: date, stand: bool, actor: Actor) -> ScreensSeen:
    """Add a note, signed by the actor's account; ``screens_seen_wrong`` for a day to come or one long over."""
    if not clock.today() - OLDEST <= seen_on <= clock.today():
        raise NianjianError("screens_seen_wrong", day=seen_on.isoformat())
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = ScreensSeen(
            enterprise_id=enterprise, seen_on=seen_on, stand=stand, noted_by=str(actor), noted_at=clock.now()
        )
        row.save(force_insert=True)
        data = {"day": seen_on.isoformat(), "stand": stand}
        record(verb="inspection.screens_seen", enterprise=enterprise, actor=actor, data=data)
    return row
