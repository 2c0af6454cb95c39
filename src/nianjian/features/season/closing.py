"""Close a season, with its package, portrait and log, read it as it stood, and open it again as two people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.season.deadlines import TrackState
from nianjian.features.archives import closed_seasons
from nianjian.features.archives.closed_seasons import ArchiveFile
from nianjian.features.dossier.operations.package import BLOB, ZIP
from nianjian.features.portrait import bases, portraits
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.audit import query as audit
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.vault import blobs

Json = dict[str, Any]
JSON: Final = "application/json"
PACKAGE, SIGNED, PORTRAIT, LOG = "package", "signed", "portrait", "log"
#: Part -> what one must be allowed to take it out: names and numbers stand in full in all but the log.
NEEDS: Final[Mapping[str, Permission]] = {
    PACKAGE: Permission.VIEW_UNMASKED,
    SIGNED: Permission.VIEW_UNMASKED,
    PORTRAIT: Permission.VIEW_UNMASKED,
    LOG: Permission.AUDIT,
}
ROOMS: Final = ("season.", "dossier.", "portrait.")
WHOLE: Final = ("rectify.", "drill.")  # cases and drills name no data year: those of its days and after
BUILDS: Final = 2000  # among which the newest package of the season is sought


@dataclass(frozen=True, slots=True)
class ArchiveDownload:
    """A file that is given away, in pieces."""

    name: str
    media_type: str
    content: Iterator[bytes]


def find_built_package(enterprise: str, year: int) -> Json | None:
    """What the chain says of the season's newest package, one that is no draft before any draft; None: none."""
    acts = audit.acts(enterprise=enterprise, verb="dossier.built", newest=BUILDS)
    found = [one for one in acts if one.data.get("year") == year]
    act = next((one for one in found if not one.data.get("draft")), found[0] if found else None)
    return None if act is None else {"at": act.at, "by": act.actor, **act.data}


def list_season_acts(enterprise: str, year: int) -> list[Json]:
    """Every act on this season as the chain has it, newest first; of cases and drills those since its year began."""
    acts = [
        audit.act(one)
        for room, since in (*dict.fromkeys(ROOMS, "").items(), *dict.fromkeys(WHOLE, f"{year}-01-01").items())
        for one in audit.filter_entries(enterprise=enterprise, verb=room, since=since).iterator()
    ]
    own = [one for one in acts if one.verb.startswith(WHOLE) or one.data.get("year") == year]
    return [
        {"seq": one.seq, "at": one.at, "by": one.actor, "verb": one.verb, "data": dict(one.data)}
        for one in sorted(own, key=lambda one: one.seq, reverse=True)
    ]


def collect_files(
    enterprise: str, year: int, package: Json | None, acts: Sequence[Json], head: Json
) -> list[ArchiveFile]:
    """The files of a season that is closed now. Portrait and log are sealed here, the package is where it was built.

    ``season_package_gone`` where a package was built whose files are kept no more.
    """
    found = _package(enterprise, year, package)
    run = bases.find_filed_run(enterprise, year)
    if run is not None:
        line = portraits.read_stored_line(enterprise, year, run.id)
        found.append(_seal(PORTRAIT, f"portrait-{year}-{run.id}.json", line))
    told = {**head, "enterprise": enterprise, "year": year, "acts": list(acts)}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    return [*found, _seal(LOG, f"log-{year}.json", text.encode())]


def discard_files(files: Sequence[ArchiveFile]) -> None:
    """Take back what `collect_files` has sealed: the season was not closed."""
    for one in files:
        if one.part in {PORTRAIT, LOG}:
            blobs.remove(one.blob)


def _package(enterprise: str, year: int, package: Json | None) -> list[ArchiveFile]:
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


def _of_job(part: str, job: JobValue) -> ArchiveFile:
    told = job.result
    return ArchiveFile(part, str(told["name"]), ZIP, str(told["sha256"]), int(str(told["size"])), str(told[BLOB]))


def _seal(part: str, name: str, content: bytes) -> ArchiveFile:
    made = blobs.put(content)
    return ArchiveFile(part, name, JSON, made.sha256, made.size, made.id)


def download_file(*, enterprise: str, year: int, part: str, actor: Actor) -> ArchiveDownload:
    """A file of a closed season, held against its digest before it is given; the entry stands in the chain before.

    ``role_missing``, ``season_archive_unknown``, ``season_file_unknown``, ``season_archive_damaged``.
    """
    require_permission(actor, enterprise, Permission.READ)
    require_permission(actor, enterprise, NEEDS.get(part, Permission.READ))
    row = closed_seasons.get_archived_file(enterprise, year, part)
    digest = hashlib.sha256()
    for piece in blobs.read(row.blob):
        digest.update(piece)
    known = {one["part"]: one["sha256"] for one in closed_seasons.read_archive(enterprise, year)["files"]}
    if not digest.hexdigest() == row.sha256 == known.get(part):
        raise NianjianError("season_archive_damaged", year=year)
    closed_seasons.record_download(enterprise=enterprise, year=year, part=part, sha256=row.sha256, actor=actor)
    return ArchiveDownload(row.name, row.media_type, blobs.read(row.blob))


KIND: Final = closed_seasons.KIND
OPEN_STATES: Final = frozenset({TrackState.ON_TIME.value, TrackState.LATE.value, TrackState.UNDATED.value})


def close_season(*, enterprise: str, year: int, actor: Actor) -> Json:
    """Close a season, with its files; the archive. Only two people open it again.

    ``role_missing``, ``season_archived``, ``season_reports_open``, ``season_package_gone``.
    """
    require_permission(actor, enterprise, Permission.REPORT)
    closed_seasons.refuse_closed(enterprise, year)
    season = summarize_season(enterprise=enterprise, year=year, today=clock.today(), actor=actor)
    if any(one["state"] in OPEN_STATES for one in season["tracks"]):
        raise NianjianError("season_reports_open", year=year)
    seq, digest = audit.head()
    head = {"seq": seq, "hash": digest}
    acts, package = list_season_acts(enterprise, year), find_built_package(enterprise, year)
    short = [{name: one[name] for name in ("seq", "at", "by", "verb")} for one in acts]
    told = {"season": season, "package": package, "portrait": _portrait(enterprise, year),
            "log": {**head, "acts": short}}  # fmt: skip
    made = collect_files(enterprise, year, package, acts, head)
    try:
        closed_seasons.store_archive(enterprise=enterprise, year=year, told=told, files=made, actor=actor)
    except BaseException:
        discard_files(made)
        raise
    return get_archive(enterprise=enterprise, year=year, actor=actor)


def get_archive(*, enterprise: str, year: int, actor: Actor) -> Json:
    """A closed season; ``role_missing``, ``season_archive_unknown``, ``season_archive_damaged``.

    Who may not read the chain sees how many acts its log has, not whose.
    """
    require_permission(actor, enterprise, Permission.READ)
    told = closed_seasons.read_archive(enterprise, year)
    told["log"]["count"] = len(told["log"]["acts"])
    if not has_permission(actor, enterprise, Permission.AUDIT):
        told["log"]["acts"] = []
    return told


def reopen_season(*, enterprise: str, year: int, reason: str, actor: Actor) -> Approval:
    """Ask for a second person to open a closed season again, as when the regulator returns the report; the request.

    ``role_missing``, ``season_archive_unknown``, ``season_reason_missing``, ``approval_pending``.
    """
    require_permission(actor, enterprise, Permission.REQUEST)
    return closed_seasons.request_reopening(enterprise=enterprise, year=year, reason=reason, actor=actor)


def find_pending_reopening(*, enterprise: str, year: int, actor: Actor) -> str | None:
    """The request to open a closed season again that waits for a second person; None: there is none.

    ``role_missing``, ``season_archive_unknown``.
    """
    require_permission(actor, enterprise, Permission.READ)
    return approvals.find_pending(KIND, str(closed_seasons.get_closed_archive(enterprise, year).pk))


def carry_out_reopening(approval: str, actor: Actor) -> Json:
    """Carry out what the second person agrees to; errors as `closed_seasons.reopen_archive`."""
    row = closed_seasons.reopen_archive(approval=approval, actor=actor)
    return {"enterprise": row.enterprise_id, "season": row.year}


def describe_requests(subjects: Collection[str]) -> dict[str, Json]:
    """What requests ask for, by subject, to be read before saying yes."""
    return {
        str(row.pk): {"season": row.year, "document": row.sha256, "reason": row.opening_reason}
        for row in closed_seasons.list_reopening_requests(subjects)
    }


def _portrait(enterprise: str, year: int) -> Json | None:
    """Which run counted, so that it can be computed again and compared to the digit."""
    run = bases.find_filed_run(enterprise, year)
    if run is None:
        return None
    kept = ("id", "sha256", "light", "moment", "as_of", "rulebook", "snapshot")
    return {name: getattr(run, name) for name in kept} | {"metrics": list(run.metrics)}
