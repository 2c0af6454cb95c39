"""Open, close or drop an intent: each changes an open one once and no other. Put a job, ask it to stop."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping

from django.db import transaction

from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.queue.models import Intent, Job


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


def put(*, kind: str, enterprise: str, payload: Mapping[str, object], requested_by: str) -> str:
    """Put a job at the queue's end; its id. The act that it runs writes the audit entry, the waiting writes none."""
    made = Job(
        id=f"J{secrets.token_hex(5)}",
        kind=kind,
        enterprise=enterprise,
        payload=dict(payload),
        requested_by=requested_by,
        created_at=clock.now(),
    )
    made.save(force_insert=True)
    return made.id


def stop(*, job: str) -> None:
    """Ask a job to stop: one that waits is stopped at once, one that runs at its next step; ``job_over``."""
    now = clock.now()
    with transaction.atomic():
        if Job.objects.filter(pk=job, state=Job.WAITING).update(state=Job.STOPPED, stop_wanted=True, finished_at=now):
            return
        if not Job.objects.filter(pk=job, state=Job.RUNNING).update(stop_wanted=True):
            raise NianjianError("job_over", job=job)
