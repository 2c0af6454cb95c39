"""Write batches. The flow that calls these writes the audit entry, in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers.batches.model import Batch, BatchFile


def new_id() -> str:
    """``B`` + UTC yyyymmddHHMMSS + four hex digits: sorts by time, two imports of one second differ."""
    return f"B{clock.now().astimezone(UTC):%Y%m%d%H%M%S}{secrets.token_hex(2)}"


def add_file(
    *,
    batch: str,
    enterprise: str,
    name: str,
    sha256: str,
    generation: int,
    receipt: Mapping[str, object],
    actor: object,
    replaces: str = "",
) -> None:
    """Write a loaded file, and its batch with the first one.

    Adding the same file and generation to a batch again changes nothing, so that recovery may repeat it.
    """
    with transaction.atomic():
        row, _made = Batch.objects.select_for_update().get_or_create(
            pk=batch,
            defaults={
                "enterprise_id": enterprise,
                "created_at": clock.now(),
                "created_by": str(actor),
                "replaces": replaces,
            },
        )
        if row.enterprise_id != enterprise:
            raise NianjianError("batch_unknown", batch=batch)
        if row.files.filter(sha256=sha256, generation=generation, name=name).exists():
            return
        BatchFile(
            batch=row,
            position=row.files.count(),
            name=name,
            sha256=sha256,
            generation=generation,
            receipt=dict(receipt),
        ).save(force_insert=True)


def end(*, batch: str, state: str) -> None:
    """Mark an active batch as ``undone`` or ``replaced``. ``batch_unknown``, ``batch_not_active``."""
    if state not in {Batch.UNDONE, Batch.REPLACED}:
        raise NianjianError("batch_state_unknown", state=state)
    changed = Batch.objects.filter(pk=batch, state=Batch.ACTIVE).update(state=state, ended_at=clock.now())
    if not changed:
        known = Batch.objects.filter(pk=batch).values_list("state", flat=True).first()
        if known is None:
            raise NianjianError("batch_unknown", batch=batch)
        raise NianjianError("batch_not_active", batch=batch, state=known)
