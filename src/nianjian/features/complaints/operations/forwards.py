"""Import a forward list of 12321, 12300 or a carrier, at once or as work for the worker.

A list that waits for the worker lies sealed in the vault: it names who complained.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints.forwards import mapping as mappings
from nianjian.features.complaints.forwards import service
from nianjian.features.complaints.forwards.mapping import ForwardMapping
from nianjian.features.complaints.forwards.receipt import Receipt
from nianjian.features.complaints.sheet import latest
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit import query as audit
from nianjian.platform.home import env, spill
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.registers.workbooks import Words
from nianjian.platform.vault import blobs

LIMIT: Final = 20 * 1024 * 1024
KEPT: Final = timedelta(days=7)
FAULTS: Final = 50  # that are told one by one; the workbook has all

Json = dict[str, Any]


def import_forwards(
    *,
    enterprise: str,
    path: Path,
    actor: Actor,
    mapping_file: Path | None = None,
    mapping: ForwardMapping | None = None,
    arrived: datetime | None = None,
    progress: Progress = silent,
) -> Receipt:
    """Import by a mapping file, or by a mapping that a page has made; ``arrived`` None: the list came now.

    ``role_missing``, ``enterprise_unknown``, and what `came`, `mapping.read` and `service.load` raise.
    """
    require(actor, enterprise, Act.LOAD)
    accounts.enterprise(enterprise)
    moment = came(arrived)
    chosen = mapping if mapping_file is None else mappings.read(mapping_file)
    return service.load(
        enterprise=enterprise,
        path=path,
        mapping=chosen or ForwardMapping(),
        arrived=moment,
        actor=actor,
        told=lambda done, total: progress(path.name, done, total),
    )


def enqueue_import(
    *,
    enterprise: str,
    name: str,
    content: bytes,
    mapping: ForwardMapping,
    arrived: datetime | None,
    language: str,
    actor: Actor,
) -> str:
    """Put the import of a list; its job. ``language``: of the reasons in the workbook of a faulty list.

    ``role_missing``, ``file_empty``, ``file_too_large``, and what `came` raises.
    """
    require(actor, enterprise, flow.NEEDS[flow.IMPORT_FORWARDS])
    sendable(name, content)
    moment = came(arrived)
    blob = blobs.put(content)
    given = {
        "list": blob.id,
        "name": plain_name(name),
        "mapping": asdict(mapping),
        "arrived": moment.isoformat(),
        "language": language,
    }
    try:
        return flow.enqueue(kind=flow.IMPORT_FORWARDS, enterprise=enterprise, payload=given, actor=actor)
    except BaseException:
        blobs.remove(blob.id)
        raise


def came(arrived: datetime | None) -> datetime:
    """When a list arrived; None: now. ``complaint_moment_in_future``: its tickets' clocks would start some day."""
    if arrived is not None and arrived > latest():
        raise NianjianError("complaint_moment_in_future", at=arrived.astimezone(clock.ZONE).isoformat(sep=" "))
    return arrived or clock.now().replace(microsecond=0)


def sendable(name: str, content: bytes) -> None:
    """``file_empty``, ``file_too_large``."""
    if not content:
        raise NianjianError("file_empty", file=name)
    if len(content) > LIMIT:
        raise NianjianError("file_too_large", file=name, limit=LIMIT)


def run_import(
    *, enterprise: str, given: Mapping[str, Any], words: Words, actor: Actor, progress: Progress, again: datetime | None
) -> Json:
    """Do what `ask` has put: what became of the list, and of a faulty one the blob of its marked workbook.

    ``again``: when it was put, if a worker has begun it before. Had that one the list in already, its figures are
    told: now the same list changes nothing.
    """
    mapping = ForwardMapping(**given["mapping"])
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as folder:  # closed to others, soon gone
        path = Path(folder) / str(given["name"])
        path.write_bytes(blobs.get(str(given["list"])))
        receipt = import_forwards(
            enterprise=enterprise,
            path=path,
            actor=actor,
            mapping=mapping,
            arrived=datetime.fromisoformat(str(given["arrived"])),
            progress=progress,
        )
        told = receipt.as_dict()
        if again is not None:
            told["rows"] = _first_rows(enterprise, receipt, actor, again)
        del told["tickets"]  # a long list: the rows say how many
        told["errors"] = [{"code": one.code, "values": dict(one.values())} for one in receipt.errors[:FAULTS]]
        if receipt.errors:
            target = Path(folder) / "marked.xlsx"
            service.write_marked_workbook(path=path, mapping=mapping, target=target, words=words)
            told["blob"] = blobs.put(target.read_bytes()).id
    return told


def _first_rows(enterprise: str, receipt: Receipt, actor: Actor, since: datetime) -> Mapping[str, object]:
    """The rows of the first import of this list by this person since a moment, which may be the one just made."""
    began = since.astimezone(UTC).isoformat(timespec="microseconds")
    entries = audit.filter_entries(enterprise=enterprise, verb=service.VERB, actor=str(actor), since=began)
    for one in map(audit.act, entries.order_by("seq")):
        if one.data["sha256"] == receipt.sha256:
            return {name: one.data[name] for name in receipt.rows}
    return receipt.rows  # faulty: nothing was written


def get_marked_workbook(*, enterprise: str, job: str, actor: Actor) -> tuple[str, bytes]:
    """Name and content of the workbook that a faulty list has left, for whoever sent the list; ``job_unknown``."""
    require(actor, enterprise, flow.NEEDS[flow.IMPORT_FORWARDS])
    found = flow.job_for(job, actor)
    mine = found.enterprise == enterprise and found.kind == flow.IMPORT_FORWARDS and found.requested_by == str(actor)
    if not mine or "blob" not in found.result:
        raise NianjianError("job_unknown", job=job)
    return f"{Path(str(found.payload['name'])).stem}.xlsx", blobs.get(str(found.result["blob"]))


def drop(*, job: str, name: str, blob: str) -> None:
    """Delete what a job that is over has held under ``name``; the file first, so that a row names it to the end."""
    blobs.remove(blob)
    queue_service.forget(job=job, name=name)


def sweep() -> int:
    """Delete lists that were stopped or failed, and workbooks that nobody has fetched for `KEPT`; how many jobs."""
    done = 0
    for name in ("list", "blob"):
        for one in queue.over_before(flow.IMPORT_FORWARDS, clock.now() - KEPT, name):
            drop(job=one.id, name=name, blob=str(one.payload.get(name) or one.result.get(name)))
            done += 1
    return done
