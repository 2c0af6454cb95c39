"""A file for the checklist as work for the worker; while it waits it lies sealed in the vault."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier.kinds.catalogue import item as known_item
from nianjian.features.dossier.operations import checklist
from nianjian.features.dossier.operations.checklist import LIMIT, Json
from nianjian.features.dossier.operations.job_files import HELD
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.home import env, spill
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.progress import Progress
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.vault import blobs

SHOWN: Final = 20  # jobs of an item that a page tells of


def enqueue_check(
    *, enterprise: str, year: int, item: str, name: str, content: bytes, actor: Actor, source: Json | None = None
) -> str:
    """Put the check of a file; its job. ``source``: of which pages of which file it was cut.

    NianjianError role_missing, enterprise_unknown, dossier_item_unknown, file_empty, file_too_large.
    """
    require(actor, enterprise, flow.NEEDS[flow.CHECK_PAPER])
    refuse_closed(enterprise, year)
    tenant = accounts.enterprise(enterprise)
    known_item(item)
    plain = plain_name(name)
    if not content:
        raise NianjianError("file_empty", file=plain)
    if len(content) > LIMIT:
        raise NianjianError("file_too_large", file=plain, limit=LIMIT)
    blob = blobs.put(content)
    given: Json = {HELD: blob.id, "name": plain, "year": year, "item": item}
    if source is not None:
        given["source"] = source
    try:
        return flow.enqueue(kind=flow.CHECK_PAPER, enterprise=tenant.code, payload=given, actor=actor)
    except BaseException:
        blobs.remove(blob.id)
        raise


def run_check(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put: the version that came of it and its verdict."""
    year, item = int(given["year"]), str(given["item"])
    progress("", 0, 0)
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as folder:  # closed to others, soon gone
        path = Path(folder) / plain_name(str(given["name"]))
        path.write_bytes(blobs.get(str(given[HELD])))
        made, checked = checklist.add(
            enterprise=enterprise, year=year, item=item, path=path, actor=actor,
            watch=lambda done, total: progress("", done, total), source=given.get("source"),
        )  # fmt: skip
    findings = len(checked.findings)
    return {"year": year, "item": item, "version": made.number, "verdict": made.verdict, "findings": findings}


def waiting(enterprise: str, year: int, item: str) -> list[JobValue]:
    """Checks of an item's files that wait or run, the next first."""
    return queue.under_way(enterprise, {"year": year, "item": item}, kind=flow.CHECK_PAPER, first=SHOWN)


def last(enterprise: str, year: int, item: str) -> JobValue | None:
    """The check of a file of the item that was asked for last."""
    return queue.newest(enterprise, flow.CHECK_PAPER, {"year": year, "item": item})
