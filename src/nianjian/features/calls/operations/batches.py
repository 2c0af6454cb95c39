"""A batch named by its id alone: whose it is, and whether this person may do that to it."""

from __future__ import annotations

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.access import may, require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import batches
from nianjian.platform.registers.batches import BatchValue


def batch_for(batch: str, actor: Actor, act: Act) -> BatchValue:
    """Find it; ``batch_unknown``, also for whom its enterprise does not concern, ``role_missing``."""
    known = batches.get_batch(batch)
    if not may(actor, known.enterprise, Act.READ):
        raise NianjianError("batch_unknown", batch=batch)
    require(actor, known.enterprise, act)
    return known
