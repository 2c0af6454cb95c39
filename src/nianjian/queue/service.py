"""Open an intent, and close or drop it: each changes an open intent once and no other."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.queue.models import Intent


def open(*, kind: str, enterprise: str, txn: str, payload: Mapping[str, object]) -> str:  # noqa: A001 - service.open
    """Write the intent; its id. Commit it before the other store is touched."""
    made = Intent(
        id=uuid.uuid4().hex,
        kind=kind,
        enterprise=enterprise,
        txn=txn,
        payload=dict(payload),
        opened_at=clock.now(),
    )
    made.save(force_insert=True)
    return made.id


def close(*, intent: str) -> None:
    """Mark as done, inside the transaction that writes the act's rows; ``intent_not_open`` if it was decided before."""
    _leave(intent, Intent.DONE)


def drop(*, intent: str) -> None:
    """Mark as dropped: the other store never saw it; ``intent_not_open`` if it was decided before."""
    _leave(intent, Intent.DROPPED)


def _leave(intent: str, state: str) -> None:
    changed = Intent.objects.filter(pk=intent, state=Intent.OPEN).update(state=state, closed_at=clock.now())
    if not changed:
        raise NianjianError("intent_not_open", intent=intent)
