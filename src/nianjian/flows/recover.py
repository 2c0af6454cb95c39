"""Finish or drop what a killed process left open: the lake's log says which of the two."""

from __future__ import annotations

from nianjian.config import wiring
from nianjian.flows.finish import IMPORT, UNDO, finish_import, finish_undo
from nianjian.intake import ledger
from nianjian.lake.tables import Lake
from nianjian.queue import query, service
from nianjian.queue.query import Open


def recover() -> int:
    """Look at every open intent; the number of those finished or dropped.

    An enterprise whose lake is being written is left alone: its intent belongs to a living process.
    """
    done = 0
    for enterprise in sorted({one.enterprise for one in query.open_intents()}):
        lake = wiring.lake(enterprise)
        if lake.busy():
            continue
        with lake.lock():
            # Read again under the lock: the list may have been of a process that has finished since.
            for one in query.open_intents():
                if one.enterprise == enterprise:
                    _settle(one, lake)
                    done += 1
    return done


def _settle(one: Open, lake: Lake) -> None:
    batch = str(one.payload.get("batch", ""))
    if one.kind == IMPORT:
        name = str(one.payload.get("file", ""))
        files = [receipt for receipt in ledger.batch_receipts(lake, batch) if receipt.name == name]
        if files:
            finish_import(intent=one.id, enterprise=one.enterprise, payload=one.payload, files=files)
            return
    if one.kind == UNDO and not ledger.batch_files(lake, batch):
        finish_undo(intent=one.id, enterprise=one.enterprise, payload=one.payload)
        return
    service.drop(intent=one.id)
