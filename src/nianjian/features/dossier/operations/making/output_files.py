"""What such work has made: a zip, sealed until it is fetched; it names people."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.archives.closed_seasons import list_sealed_blobs
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record
from nianjian.platform.home import env, spill
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.vault import blobs

Json = dict[str, Any]
BLOB: Final = "blob"  # under which a job's result names the zip
KEPT: Final = timedelta(days=7)
KINDS: Final = (flow.GENERATE_ITEMS, flow.BUILD_PACKAGE, flow.SIGN_PACKAGE)
ZIP: Final = "application/zip"


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that is given away, in pieces."""

    name: str
    content: Iterator[bytes]


def room() -> tempfile.TemporaryDirectory[str]:
    """A folder closed to others, soon gone."""
    return tempfile.TemporaryDirectory(dir=spill.folder(env.read().home))


def packed(folder: Path, name: str) -> Json:
    """Keep a folder as a zip of its files, stored as they are; what the job's result tells of it.

    Neither the zip nor the sealed file is ever in memory whole: a package may have hundreds of megabytes.
    """
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as pack:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            pack.write(file, file.relative_to(folder).as_posix())
    made = blobs.put_file(path)
    return {"name": name, "sha256": made.sha256, "size": made.size, BLOB: made.id}


def unpacked(job: JobValue, folder: Path) -> None:
    """The zip of a job as a folder again; it is ours, and sealed until now. dossier_files_unknown."""
    path = folder.with_suffix(".zip")
    with path.open("wb") as file:
        file.writelines(blobs.read(str(_held(job)[BLOB])))
    with zipfile.ZipFile(path) as pack:
        pack.extractall(folder)


def get_files_job(enterprise: str, year: int, job: str, *kinds: str) -> JobValue:
    """A job of these kinds, of this season, whose files are still there; dossier_files_unknown."""
    try:
        found = queue.job(job)
    except NianjianError as error:
        raise _gone() from error
    mine = found.enterprise == enterprise and found.kind in kinds and found.payload.get("year") == year
    if not mine:
        raise _gone()
    _held(found)
    return found


def download_zip(*, enterprise: str, year: int, job: str, actor: Actor) -> Taken:
    """The zip that a job has made; the entry stands in the chain before it is given.

    NianjianError role_missing, dossier_files_unknown.
    """
    require(actor, enterprise, Act.REVEAL)
    found = get_files_job(enterprise, year, job, *KINDS)
    told = _held(found)
    content = blobs.read(str(told[BLOB]))
    data = {"year": year, "kind": found.kind, "job": found.id, "sha256": told["sha256"]}
    with transaction.atomic():
        record(verb="dossier.taken", enterprise=enterprise, actor=actor, data=data)
    return Taken(str(told["name"]), content)


def sweep() -> int:
    """Delete what was made more than `KEPT` ago: it can be made again at any time. How many."""
    old = [one for kind in KINDS for one in queue.over_before(kind, clock.now() - KEPT, BLOB)]
    archived = list_sealed_blobs() if old else set()
    for one in old:
        if one.result[BLOB] not in archived:  # a closed season keeps its package
            blobs.remove(str(one.result[BLOB]))  # first: killed in between, the next sweep finds the row again
        queue_service.forget(job=one.id, name=BLOB)
    return len(old)


def _held(job: JobValue) -> Json:
    if BLOB not in job.result:
        raise _gone()
    return dict(job.result)


def _gone() -> NianjianError:
    return NianjianError("dossier_files_unknown", days=KEPT.days)
