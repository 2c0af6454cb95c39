"""Take a batch out of the lake again: intent, one commit that removes its files, then row and audit entry."""

from __future__ import annotations

from dataclasses import dataclass

from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.config import wiring
from nianjian.flows.batches import batch_for
from nianjian.flows.finish import ACTIVE, UNDO, finish_undo
from nianjian.flows.receipts import summed
from nianjian.intake import ledger
from nianjian.intake.crash import crash_point
from nianjian.intake.ledger import Repeating
from nianjian.kernel.errors import NianjianError
from nianjian.queue import service as queue
from nianjian.registers.batches import query


@dataclass(frozen=True, slots=True)
class Undone:
    """``rows``: how many the batch had loaded. ``affected``: what may lack rows now, to be imported again."""

    rows: int
    affected: tuple[Repeating, ...]


def undo_calls(*, batch: str, actor: Actor) -> Undone:
    """Undo an active batch. ``batch_unknown``, ``batch_not_active``."""
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
    return Undone(summed([file.receipt for file in known.files])["loaded"], ledger.repeating(lake, batch))
