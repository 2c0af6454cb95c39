"""Take a batch out of the lake again: intent, one commit that removes its files, then row and audit entry."""

from __future__ import annotations

from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.config import wiring
from nianjian.flows.batches import batch_for
from nianjian.flows.finish import ACTIVE, UNDO, finish_undo
from nianjian.flows.receipts import summed
from nianjian.intake import ledger
from nianjian.intake.crash import crash_point
from nianjian.kernel.errors import NianjianError
from nianjian.queue import service as queue
from nianjian.registers.batches import query


def undo_calls(*, batch: str, actor: Actor) -> int:
    """Undo an active batch; the number of rows that its files had loaded. ``batch_unknown``, ``batch_not_active``."""
    known = batch_for(batch, actor, Act.LOAD)
    lake = wiring.lake(known.enterprise)
    payload = {"batch": batch, "actor": str(actor)}
    with lake.lock():
        known = query.batch(batch)
        if known.state != ACTIVE:
            raise NianjianError("batch_not_active", batch=batch, state=known.state)
        intent = queue.open(kind=UNDO, enterprise=known.enterprise, txn=batch, payload=payload)
        crash_point("after_intent")
        crash_point("before_commit")
        if ledger.batch_files(lake, batch):
            ledger.undo_batch(lake, batch)
        crash_point("after_commit")
        crash_point("before_close")
        finish_undo(intent=intent, enterprise=known.enterprise, payload=payload)
    return summed([file.receipt for file in known.files])["loaded"]
