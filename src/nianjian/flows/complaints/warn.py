"""Warn of tickets whose clocks run out, in every enterprise."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from nianjian.accounts.query import Actor
from nianjian.complaints.warned import query, service
from nianjian.flows.complaints.promise import promise
from nianjian.kernel import clock

CLOCK: Final = Actor("clock", "system")


def warn(at: datetime | None = None) -> int:
    """Give the warnings that are due now; how many. Called again it gives none twice."""
    moment = at or clock.now()
    return sum(
        service.warn(enterprise=code, promise=promise(code), at=moment, actor=CLOCK) for code in query.waiting(moment)
    )
