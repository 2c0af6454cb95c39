"""The files that a closed season keeps: its package, the portrait that counted, the log of its acts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.archives import query, service
from nianjian.features.archives.service import File
from nianjian.features.dossier.operations.package import BLOB, ZIP
from nianjian.features.portrait import portraits
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit import query as audit
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.vault import blobs

Json = dict[str, Any]
JSON: Final = "application/json"
PACKAGE: Final = "package"
SIGNED: Final = "signed"
PORTRAIT: Final = "portrait"
LOG: Final = "log"
#: Part -> what one must be allowed to take it out: names and numbers stand in full in all but the log.
NEEDS: Final[Mapping[str, Act]] = {PACKAGE: Act.REVEAL, SIGNED: Act.REVEAL, PORTRAIT: Act.REVEAL, LOG: Act.AUDIT}
ROOMS: Final = ("season.", "dossier.", "portrait.")
WHOLE: Final = ("rectify.", "drill.")  # cases and drills name no data year: those of its days and after
BUILDS: Final = 2000  # among which the newest package of the season is sought


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that is given away, in pieces."""

    name: str
    media_type: str
    content: Iterator[bytes]


def built(enterprise: str, year: int) -> Json | None:
    """What the chain says of the season's newest package, one that is no draft before any draft; None: none."""
    acts = audit.acts(enterprise=enterprise, verb="dossier.built", newest=BUILDS)
    found = [one for one in acts if one.data.get("year") == year]
    act = next((one for one in found if not one.data.get("draft")), found[0] if found else None)
    return None if act is None else {"at": act.at, "by": act.actor, **act.data}


def log(enterprise: str, year: int) -> list[Json]:
    """Every act on this season as the chain has it, newest first; of cases and drills those since its year began."""
    found = [
        audit.act(one) for room in ROOMS for one in audit.filter_entries(enterprise=enterprise, verb=room).iterator()
    ]
    own = [one for one in found if one.data.get("year") == year]
    for room in WHOLE:
        since = audit.filter_entries(enterprise=enterprise, verb=room, since=f"{year}-01-01")
        own += [audit.act(one) for one in since.iterator()]
    told = [{"seq": one.seq, "at": one.at, "by": one.actor, "verb": one.verb, "data": dict(one.data)} for one in own]
    return sorted(told, key=lambda one: -int(str(one["seq"])))


def gathered(enterprise: str, year: int, package: Json | None, acts: Sequence[Json], head: Json) -> list[File]:
    """The files of a season that is closed now. Portrait and log are sealed here, the package is where it was built.

    ``season_package_gone`` where a package was built whose files are kept no more.
    """
    found = _package(enterprise, year, package)
    run = portraits.find_newest_run(enterprise, year)
    if run is not None:
        line = portraits.read_stored_line(enterprise, year, run.id)
        found.append(_sealed(PORTRAIT, f"portrait-{year}-{run.id}.json", line))
    told = {**head, "enterprise": enterprise, "year": year, "acts": list(acts)}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    return [*found, _sealed(LOG, f"log-{year}.json", text.encode())]


def drop(files: Sequence[File]) -> None:
    """Take back what `gathered` has sealed: the season was not closed."""
    for one in files:
        if one.part in {PORTRAIT, LOG}:
            blobs.remove(one.blob)


def _package(enterprise: str, year: int, package: Json | None) -> list[File]:
    if package is None:
        return []
    job = _job(enterprise, year, flow.BUILD_PACKAGE, digest=package["manifest"])
    if job is None:
        raise NianjianError("season_package_gone", year=year)
    signed = _job(enterprise, year, flow.SIGN_PACKAGE, package=job.id)
    return [_of_job(PACKAGE, job), *([_of_job(SIGNED, signed)] if signed else [])]


def _job(enterprise: str, year: int, kind: str, *, digest: str = "", package: str = "") -> JobValue | None:
    """The newest job whose files are still there: of this manifest, or that has signed what this job built."""
    for one in queue.list_done_jobs(enterprise, kind, {"year": year, **({"package": package} if package else {})}):
        if BLOB in one.result and digest in {"", one.result.get("digest")}:
            return one
    return None


def _of_job(part: str, job: JobValue) -> File:
    told = job.result
    return File(part, str(told["name"]), ZIP, str(told["sha256"]), int(str(told["size"])), str(told[BLOB]))


def _sealed(part: str, name: str, content: bytes) -> File:
    made = blobs.put(content)
    return File(part, name, JSON, made.sha256, made.size, made.id)


def download_file(*, enterprise: str, year: int, part: str, actor: Actor) -> Taken:
    """A file of a closed season, held against its digest before it is given; the entry stands in the chain before.

    ``role_missing``, ``season_archive_unknown``, ``season_file_unknown``, ``season_archive_damaged``.
    """
    require(actor, enterprise, Act.READ)
    require(actor, enterprise, NEEDS.get(part, Act.READ))
    row = query.get_archived_file(enterprise, year, part)
    digest = hashlib.sha256()
    for piece in blobs.read(row.blob):
        digest.update(piece)
    known = {one["part"]: one["sha256"] for one in query.archive(enterprise, year)["files"]}
    if not digest.hexdigest() == row.sha256 == known.get(part):
        raise NianjianError("season_archive_damaged", year=year)
    service.record_download(enterprise=enterprise, year=year, part=part, sha256=row.sha256, actor=actor)
    return Taken(row.name, row.media_type, blobs.read(row.blob))
