"""Take a batch out of the lake again: intent, one commit that removes its files, then row and audit entry."""

from __future__ import annotations

from dataclasses import dataclass

from nianjian.engines.intake import ledger
from nianjian.engines.intake.ledger import RepeatingBatch
from nianjian.engines.kernel.crash import crash_point
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations.batches import batch_for
from nianjian.features.calls.operations.finish import ACTIVE, UNDO, finish_undo
from nianjian.features.calls.operations.receipts import summed
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import wiring
from nianjian.platform.jobs import service as queue
from nianjian.platform.registers import batches


@dataclass(frozen=True, slots=True)
class Undone:
    """``rows``: how many the batch had loaded. ``affected``: what may lack rows now, to be imported again."""

    rows: int
    affected: tuple[RepeatingBatch, ...]


def undo_calls(*, batch: str, actor: Actor) -> Undone:
    """Undo an active batch. ``batch_unknown``, ``batch_not_active``."""
    known = batch_for(batch, actor, Act.LOAD)
    lake = wiring.lake(known.enterprise)
    payload = {"batch": batch, "actor": str(actor)}
    with lake.lock():
        known = batches.get_batch(batch)
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
    return Undone(summed([file.receipt for file in known.files])["loaded"], ledger.list_repeating(lake, batch))
