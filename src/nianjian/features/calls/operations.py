"""Import call records and take batches out again: an intent, one commit in the lake, then rows and audit entry.

The last step is one transaction in the database. The act itself calls it after the commit; recovery calls it with the
receipt that stands in the commit.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from django.db import transaction
from django.http import Http404

from nianjian.engines.intake import ledger, load, mapping, read
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.ledger import CALLS_TABLE, FileReceipt, RepeatingBatch, RetentionLimits
from nianjian.engines.intake.load import open_workbench
from nianjian.engines.kernel.errors import NianjianError, crash_point
from nianjian.engines.lake.tables import Lake, forget, vacuum
from nianjian.engines.lake.workbench import Workbench
from nianjian.features.calls.documents import ImportReceipt, sum_row_counts
from nianjian.features.complaints.publishing import publish_facts
from nianjian.features.portrait import portraits
from nianjian.features.test_calls.operations import landings
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.home import wiring
from nianjian.platform.jobs import service as queue
from nianjian.platform.jobs.query import open_intents
from nianjian.platform.registers import batches
from nianjian.platform.registers.batches import BatchValue


def batch_for(batch: str, actor: Actor, act: Permission) -> BatchValue:
    """Find it; ``batch_unknown``, also for whom its enterprise does not concern, ``role_missing``."""
    batch_value = batches.get_batch(batch)
    if not has_permission(actor, batch_value.enterprise, Permission.READ):
        raise NianjianError("batch_unknown", batch=batch)
    require_permission(actor, batch_value.enterprise, act)
    return batch_value


def batch_at(enterprise: str, batch: str, actor: Actor, act: Permission) -> BatchValue:
    """One of the enterprise's; Http404 for what is another's. Else as `batch_for`."""
    batch_value = batch_for(batch, actor, act)
    if batch_value.enterprise != enterprise:
        raise Http404
    return batch_value


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
                batch=batch, enterprise=enterprise, name=file.name, sha256=file.sha256, generation=file.generation,
                receipt=file.as_dict(), actor=actor, replaces=replaces,
            )  # fmt: skip
        if replaces and batches.get_batch(replaces).state == ACTIVE:
            batches.end_batch(batch=replaces, state="replaced")
        queue.close(intent=intent)
        entries = [
            {"sha256": file.sha256, "source": file.source, "generation": file.generation, "rows": file.rows.as_dict()}
            for file in files
        ]
        data = {"batch": batch, "replaces": replaces, "files": entries}
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
    data = {name: payload[name] for name in ("month", "day", "calls", "rejects", "older_files")}
    with transaction.atomic():
        queue.close(intent=intent)
        record(verb=ERASE, enterprise=enterprise, actor=str(payload["actor"]), data=data)


def finish_tickets(*, intent: str, enterprise: str, payload: Mapping[str, object], lake: Lake) -> None:
    """Take tickets that are deleted in the database out of the lake as well, older versions included."""
    before, day = (date.fromisoformat(str(payload[name])) for name in ("before", "on"))
    publish_facts(lake, enterprise)
    vacuum(lake, FACTS)
    forget(lake, ROLLUP)
    portraits.note_deletion(enterprise, FACTS, version=lake.version(FACTS) or 0, day=day, before=before)
    queue.close(intent=intent)


def settle_intent(*, intent: str, kind: str, enterprise: str, payload: Mapping[str, object], lake: Lake) -> None:
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


def recover() -> int:
    """Look at every open intent; the number of those finished or dropped.

    An enterprise whose lake is being written is left alone: its intent belongs to a living process.
    """
    done = 0
    for enterprise in sorted({one.enterprise for one in open_intents()}):
        lake = wiring.lake(enterprise)
        if lake.busy():
            continue
        with lake.lock():
            # Read again under the lock: the list may have been of a process that has finished since.
            for one in open_intents():
                if one.enterprise == enterprise:
                    settle_intent(intent=one.id, kind=one.kind, enterprise=enterprise, payload=one.payload, lake=lake)
                    done += 1
    return done


@dataclass(frozen=True, slots=True)
class UndoResult:
    """``rows``: how many the batch had loaded. ``affected``: what may lack rows now, to be imported again."""

    rows: int
    affected: tuple[RepeatingBatch, ...]


def undo_calls(*, batch: str, actor: Actor) -> UndoResult:
    """Undo an active batch. ``batch_unknown``, ``batch_not_active``."""
    batch_value = batch_for(batch, actor, Permission.MANAGE_DATA)
    lake = wiring.lake(batch_value.enterprise)
    payload = {"batch": batch, "actor": str(actor)}
    with lake.lock():
        batch_value = batches.get_batch(batch)
        if batch_value.state != ACTIVE:
            raise NianjianError("batch_not_active", batch=batch, state=batch_value.state)
        intent = queue.open(kind=UNDO, enterprise=batch_value.enterprise, txn=batch, payload=payload)
        crash_point("after_intent")
        crash_point("before_commit")
        if ledger.batch_files(lake, batch):
            ledger.undo_batch(lake, batch)
        crash_point("after_commit")
        crash_point("before_close")
        finish_undo(intent=intent, enterprise=batch_value.enterprise, payload=payload)
    return UndoResult(sum_row_counts([file.receipt for file in batch_value.files]).loaded, _list_repeating(lake, batch))


def _list_repeating(lake: Lake, batch: str) -> tuple[RepeatingBatch, ...]:
    """`ledger.list_repeating` but for batches that were ended without a file, of which the lake's log says nothing."""
    repeating = ledger.list_repeating(lake, batch)
    ended = batches.list_ended([one.batch for one in repeating])
    return tuple(one for one in repeating if one.batch not in ended)


Progress = Callable[[str, int, int, int], None]
"""(name, rows done, bytes done, bytes in all)."""

WILD: Final = frozenset("*?[")


def import_calls(
    *,
    enterprise: str,
    patterns: Sequence[str],
    source: str,
    mapping_file: Path | None,
    timezone: str | None,
    replace: str | None,
    actor: Actor,
    progress: Progress,
    batch: str | None = None,
) -> ImportReceipt:
    """Import every file under ``patterns`` as one batch; each file is in whole or not at all.

    ``batch``: the id of the new batch, chosen before, so that an import that broke off goes on in its own batch.

    A file that cannot be imported does not hold up the others: it stands in ``failed``. When none could be
    imported the first error is raised, the others are its findings. ``replace`` goes with the first file.
    Raises NianjianError: ``enterprise_unknown``, ``batch_unknown``, ``batch_not_active``,
    ``role_missing``, what `read.list_items` raises.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    tenant = accounts.enterprise(enterprise)
    if replace and batch and batches.find_successor(replace) == batch:
        replace = None  # this very import has taken the old rows out already, before it broke off
    elif replace:
        require_replaceable(replace, tenant.code)
    chosen = mapping.read_mapping(mapping_file) if mapping_file else FileMapping()
    files: list[FileReceipt] = []
    failed: list[tuple[str, NianjianError]] = []
    with ExitStack() as stack:
        batch = batch or batches.new_batch_id()
        run = _Run(wiring.lake(tenant.code), batch, source, chosen, timezone, actor, progress, stack)
        for item in read.list_items(_expanded(patterns)):
            replaces = replace if replace and not files else ""
            try:
                files.append(run.take(item, replaces))
            except NianjianError as error:
                failed.append((item.name, error))
    if not files:
        (_name, first), *others = failed
        findings = [*first.findings, *({"code": error.code, **error.values} for _other, error in others)]
        raise NianjianError(first.code, findings=tuple(findings), **first.values)
    landings.after_import(tenant.code, {day for file in files for day in file.days})
    batch_id = _batch(run.batch, files, tenant.code)
    affected = _list_repeating(run.lake, replace) if replace else ()
    return ImportReceipt(batch_id, tuple(files), tuple(failed), tuple(one for one in affected if one.batch != batch_id))


@dataclass(slots=True)
class _Run:
    """What all files of one import share; ``stack`` closes the engine that the first one opens."""

    lake: Lake
    batch: str
    source: str
    mapping: FileMapping
    timezone: str | None
    actor: Actor
    progress: Progress
    stack: ExitStack
    bench: Workbench | None = None

    def take(self, item: read.Item, replaces: str) -> FileReceipt:
        """Intent, commit, close. The lake's lock is held all along: recovery tells a living import by it."""
        payload = {"batch": self.batch, "file": item.name, "replaces": replaces, "actor": str(self.actor)}
        enterprise = self.lake.enterprise
        with self.lake.lock():
            intent = queue.open(kind=IMPORT, enterprise=enterprise, txn=self.batch, payload=payload)
            crash_point("after_intent")
            self.bench = self.bench or self.stack.enter_context(open_workbench(self.lake))
            try:
                receipt = load.import_file(
                    lake=self.lake, item=item, batch=self.batch, source=self.source, mapping=self.mapping,
                    timezone=self.timezone, replace=replaces or None, intent=intent, bench=self.bench,
                    progress=partial(self.progress, item.name),
                )  # fmt: skip
            except BaseException:  # an interrupt may come when the commit is made already
                settle_intent(intent=intent, kind=IMPORT, enterprise=enterprise, payload=payload, lake=self.lake)
                raise
            crash_point("before_close")
            if receipt.known:
                queue.drop(intent=intent)
            else:
                finish_import(intent=intent, enterprise=enterprise, payload=payload, files=[receipt])
        return receipt


def _expanded(patterns: Sequence[str]) -> list[str]:
    """Patterns that the shell did not expand, in sorted order; a path that exists is taken as it is."""
    paths: list[str] = []
    for pattern in patterns:
        path = Path(pattern)
        wild = not path.exists() and WILD & set(pattern)
        hits = sorted(str(hit) for hit in Path(path.anchor).glob(str(path.relative_to(path.anchor)))) if wild else []
        paths += hits or [pattern]
    return paths


def require_replaceable(batch: str, enterprise: str) -> None:
    """``batch_unknown`` for what is no batch of the enterprise, ``batch_not_active``."""
    batch_value = batches.get_batch(batch)
    if batch_value.enterprise != enterprise:
        raise NianjianError("batch_unknown", batch=batch)
    if batch_value.state != ACTIVE:
        raise NianjianError("batch_not_active", batch=batch, state=batch_value.state)


def _batch(fresh: str, files: Sequence[FileReceipt], enterprise: str) -> str:
    """The new batch; where every file was known already, the batch that holds the first of them."""
    if not all(file.known for file in files):
        return fresh
    there = batches.list_batches(enterprise)
    if any(batch_value.id == fresh for batch_value in there):  # an import that broke off and went on
        return fresh
    for batch_value in there:
        if batch_value.state == ACTIVE and any(file.sha256 == files[0].sha256 for file in batch_value.files):
            return batch_value.id
    return fresh
