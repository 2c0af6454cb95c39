"""Write what a look into the call records has found; one transaction and one audit entry a look."""

from __future__ import annotations

import secrets

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.features.test_calls.landings import query
from nianjian.features.test_calls.landings.compare import Found
from nianjian.features.test_calls.landings.model import Landing
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record


def keep(*, enterprise: str, trial: str, expected: str, found: Found, actor: Actor, unasked: bool = False) -> Landing:
    """Keep it; where the newest look says the same that one stands, and nothing is written.

    ``unasked``: that another source covers the moment now, with the same records, is nothing new.
    """
    with transaction.atomic():
        lock_enterprise(enterprise)
        newest = query.newest([trial]).get(trial)
        row = Landing(
            id=f"W{secrets.token_hex(5)}",
            enterprise_id=enterprise,
            trial_id=trial,
            at=clock.now(),
            verdict=found.verdict,
            expected=expected[:400],
            seen=list(found.seen),
            records=[one.told_dict() for one in found.records],
            sources=dict(found.sources),
            made_by=str(actor),
        )
        if newest is not None and _same(newest, row, apart="sources" if unasked else ""):
            return newest
        row.save(force_insert=True)
        data = {"trial": trial, "landing": row.verdict, "look": row.pk}
        record(verb="callback.witness", enterprise=enterprise, actor=actor, data=data)
    return row


def _same(one: Landing, other: Landing, *, apart: str) -> bool:
    names = ("verdict", "expected", "seen", "records", "sources")
    return all(getattr(one, name) == getattr(other, name) for name in names if name != apart)
