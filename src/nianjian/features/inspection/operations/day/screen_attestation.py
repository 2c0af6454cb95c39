"""Whether the screens stand in the room (S9), as a person has seen it; each behind its access check."""

from __future__ import annotations

from datetime import date, timedelta

from nianjian.engines.kernel import clock
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.features.inspection.seen import service
from nianjian.features.inspection.seen.model import ScreensSeen
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act


def note(*, enterprise: str, seen_on: date | None, stand: bool, actor: Actor) -> Json:
    """Sign by the actor's account what was seen on a day (None: today).

    ``role_missing``, ``enterprise_unknown``, ``screens_seen_wrong``.
    """
    require(actor, enterprise, Act.LOAD)
    accounts.enterprise(enterprise)
    row = service.note(enterprise=enterprise, seen_on=seen_on or clock.today(), stand=stand, actor=actor)
    return {"seen_on": row.seen_on.isoformat(), "stand": row.stand, "signed": row.noted_by}


def to_document(row: ScreensSeen | None, days: int) -> Json | None:
    """A note as JSON: when and by whom it was signed, and through which day it counts."""
    if row is None:
        return None
    return {
        "seen_on": row.seen_on.isoformat(),
        "stand": row.stand,
        "signed": row.noted_by,
        "noted_at": row.noted_at.astimezone(clock.ZONE).isoformat(timespec="minutes"),
        "until": (row.seen_on + timedelta(days=days - 1)).isoformat(),
    }
