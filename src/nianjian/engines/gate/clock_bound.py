"""How far from the gate's own clock a question's moment may lie: beyond it another day's cap could be spent."""

from __future__ import annotations

from typing import Final

from nianjian.engines.gate.asked import Request
from nianjian.engines.gate.decide import Refusal
from nianjian.engines.gate.snapshot.read import Snapshot

CLOCK: Final = "clock"  # the reason
RULE: Final = "gate.at.tolerance"


def beyond(at: int, now: int, tolerance: int | None) -> bool:
    """Whether a moment lies too far from now, before or after it; all in milliseconds. None: there is no bound."""
    return tolerance is not None and abs(at - now) > tolerance


def refusal(request: Request, snapshot: Snapshot, now: int) -> Refusal | None:
    """The refusal of a question whose ``at`` lies beyond its enterprise's bound; None: it may be decided.

    For the running gate alone: who only looks (dry run, replay) may ask about any moment. ``now``: epoch milliseconds.
    """
    tenant = snapshot.tenants.get(request.enterprise)
    if tenant is None or not beyond(request.at, now, tenant.policy.tolerance):
        return None
    return Refusal(CLOCK, RULE)
