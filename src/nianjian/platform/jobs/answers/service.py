"""Take a key, keep the answer beside it, hand it out again. The row is the lock: one of two at once gets it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.jobs.models import Answer

KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Stored:
    """What was answered: a status and JSON."""

    status: int
    body: str


def begin(*, who: str, key: str, digest: str) -> Stored | None:
    """Take the key for this request; None: it is new, go on. Else the answer that was given.

    ``digest``: of method, address and content. ``idempotency_key_reused`` for another request under the key,
    ``idempotency_running`` while the first one has no answer, also where it broke off: whether it was done is not
    known then.
    """
    now = clock.now()
    made = Answer(id=_id(who, key), digest=digest, created_at=now)
    _over(now).filter(pk=made.id).delete()
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        found = Answer.objects.filter(pk=made.id).first()
        if found is not None and found.digest != digest:
            raise NianjianError("idempotency_key_reused") from None
        if found is None or found.status is None:  # gone: refused in this very moment
            raise NianjianError("idempotency_running") from None
        return Stored(found.status, found.body)
    return None


def finish(*, who: str, key: str, status: int, body: str) -> None:
    """Keep the answer."""
    Answer.objects.filter(pk=_id(who, key)).update(status=status, body=body)


def drop(*, who: str, key: str) -> None:
    """Give the key back: nothing was done."""
    Answer.objects.filter(pk=_id(who, key)).delete()


def purge() -> int:
    """Delete what is kept no longer; how many."""
    gone, _each = _over(clock.now()).delete()
    return gone


def _over(now: datetime) -> QuerySet[Answer]:
    return Answer.objects.filter(created_at__lt=now - KEPT)


def _id(who: str, key: str) -> str:
    """A person's keys are that person's own."""
    return hashlib.sha256(f"{who}\n{key}".encode()).hexdigest()
