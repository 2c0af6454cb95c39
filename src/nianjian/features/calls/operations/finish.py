"""The second half of an act over lake and database: rows, intent and audit entry in one transaction.

The act itself calls it after the commit; recovery calls it with the receipt that stands in the commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from nianjian.engines.intake import ledger
from nianjian.engines.intake.ledger import CALLS_TABLE, FileReceipt, RetentionLimits
from nianjian.engines.lake.tables import Lake, forget, vacuum
from nianjian.features.complaints.operations.publish import publish
from nianjian.features.portrait import portraits
from nianjian.platform.audit.record import record
from nianjian.platform.jobs import service as queue
from nianjian.platform.registers import batches

IMPORT = "calls.import"
UNDO = "calls.undo"
ERASE = "retention.erase"
TICKETS = "retention.tickets"

ACTIVE = "active"

FACTS = "complaint_fact"
ROLLUP = "tickets"  # rows made of tickets and their calls


def finish_import(*, intent: str, enterprise: str, payload: Mapping[str, object], files: Sequence[FileReceipt]) -> None:
    """Write the files into their batch, end the batch they replace, close the intent; repeating it changes nothing."""
    batch, replaces, actor = (str(payload[name]) for name in ("batch", "replaces", "actor"))
    with transaction.atomic():
        for file in files:
            batches.add_batch_file(
                batch=batch,
                enterprise=enterprise,
                name=file.name,
                sha256=file.sha256,
                generation=file.generation,
                receipt=file.as_dict(),
                actor=actor,
                replaces=replaces,
            )
        if replaces and batches.get_batch(replaces).state == ACTIVE:
            batches.end_batch(batch=replaces, state="replaced")
        queue.close(intent=intent)
        told = [
            {"sha256": file.sha256, "source": file.source, "generation": file.generation, "rows": file.rows.as_dict()}
            for file in files
        ]
        data = {"batch": batch, "replaces": replaces, "files": told}
        record(verb=IMPORT, enterprise=enterprise, actor=actor, data=data)


def finish_undo(*, intent: str, enterprise: str, payload: Mapping[str, object]) -> None:
    """Mark the batch as undone and close the intent."""
    batch, actor = (str(payload[name]) for name in ("batch", "actor"))
    with transaction.atomic():
        batches.end_batch(batch=batch, state="undone")
        queue.close(intent=intent)
        record(verb=UNDO, enterprise=enterprise, actor=actor, data={"batch": batch})


def finish_erase(*, intent: str, enterprise: str, payload: Mapping[str, object], lake: Lake) -> None:
    """Delete the files of an erasure whose commit was made, mark what was computed of them, close the intent."""
    limits = RetentionLimits(str(payload["month"]), date.fromisoformat(str(payload["day"])))
    ledger.delete_expired_files(lake, limits)
    first, day = date.fromisoformat(f"{payload['month']}-01"), date.fromisoformat(str(payload["on"]))
    if payload["calls"] or payload["older_files"]:
        portraits.note_deletion(enterprise, CALLS_TABLE, version=lake.version(CALLS_TABLE) or 0, day=day, before=first)
    told = {name: payload[name] for name in ("month", "day", "calls", "rejects", "older_files")}
    with transaction.atomic():
        queue.close(intent=intent)
        record(verb=ERASE, enterprise=enterprise, actor=str(payload["actor"]), data=told)


def finish_tickets(*, intent: str, enterprise: str, payload: Mapping[str, object], lake: Lake) -> None:
    """Take tickets that are deleted in the database out of the lake as well, older versions included."""
    before, day = (date.fromisoformat(str(payload[name])) for name in ("before", "on"))
    publish(lake, enterprise)
    vacuum(lake, FACTS)
    forget(lake, ROLLUP, now_ms=ledger.now_ms())
    portraits.note_deletion(enterprise, FACTS, version=lake.version(FACTS) or 0, day=day, before=before)
    queue.close(intent=intent)


def settle(*, intent: str, kind: str, enterprise: str, payload: Mapping[str, object], lake: Lake) -> None:
    """Finish or drop an act that broke off: the lake's log says which of the two. Hold the lake's lock."""
    if kind == IMPORT and (files := ledger.find_receipts(lake, intent)):
        finish_import(intent=intent, enterprise=enterprise, payload=payload, files=files)
        return
    if kind == UNDO and not ledger.batch_files(lake, str(payload["batch"])):
        finish_undo(intent=intent, enterprise=enterprise, payload=payload)
        return
    if kind == ERASE and ledger.is_deletion_committed(lake, intent):
        finish_erase(intent=intent, enterprise=enterprise, payload=payload, lake=lake)
        return
    if kind == TICKETS:  # its intent was opened with the deletion, in one transaction
        finish_tickets(intent=intent, enterprise=enterprise, payload=payload, lake=lake)
        return
    queue.drop(intent=intent)
