"""Close a season, with its package, portrait and log, read it as it stood, and open it again as two people."""

import hashlib
import json
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Season
from nianjian.engines.season.deadlines import TrackState
from nianjian.features.archives import closed_seasons
from nianjian.features.archives.closed_seasons import ArchiveFile
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.models import Evidence, Submission
from nianjian.features.dossier.operations import checklist, rounds
from nianjian.features.dossier.operations.checklist import temporary_folder
from nianjian.features.dossier.states import MaterialState, RoundState
from nianjian.features.portrait import bases, portraits
from nianjian.features.rectification import operations as rectification
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.audit import query as audit
from nianjian.platform.claims import storage as claims
from nianjian.platform.claims.models import STANDING
from nianjian.platform.vault import blobs

Json = dict[str, Any]
JSON: Final = "application/json"
MANIFEST, PACKAGE, SIGNED, PORTRAIT, LOG = Evidence.MANIFEST, Evidence.PACKAGE, Evidence.SIGNED, "portrait", "log"
#: Part -> what one must be allowed to take it out: names and numbers stand in full in all but the log.
NEEDS: Final[Mapping[str, Permission]] = {
    MANIFEST: Permission.VIEW_UNMASKED,
    PACKAGE: Permission.VIEW_UNMASKED,
    SIGNED: Permission.VIEW_UNMASKED,
    PORTRAIT: Permission.VIEW_UNMASKED,
    LOG: Permission.AUDIT,
}
ROOMS: Final = ("season.", "dossier.", "portrait.", "claims.")
WHOLE: Final = ("rectify.", "drill.")  # cases and drills name no data year: those of its days and after
STANDS: Final = (claims.VERB, STANDING)  # what is stated for every year
BUILDS: Final = 2000  # among which the build of the package is sought


@dataclass(frozen=True, slots=True)
class ArchiveDownload:
    """A file that is given away, in pieces."""

    name: str
    media_type: str
    content: Iterator[bytes]


def find_submitted_package(enterprise: str, year: int) -> Json | None:
    """The package that was handed in last, with what the chain says of its build; None: none was handed in."""
    row = rounds.list_submissions(enterprise, year).first()
    if row is None:
        return None
    acts = audit.acts(enterprise=enterprise, verb="dossier.built", newest=BUILDS)
    act = next((one for one in acts if one.data.get("manifest") == row.manifest_sha256), None)
    built = {} if act is None else {"at": act.at, "by": act.actor, **act.data}
    return {
        "at": row.recorded_at.isoformat(),
        "by": row.recorded_by,
        **built,
        "manifest": row.manifest_sha256,
        "draft": False,
        "number": row.number,
        "handed_on": row.handed_on.isoformat(),
        "place": row.place,
        "reference": row.reference,
        "passed_on": None if row.passed_on is None else row.passed_on.isoformat(),
    }


def list_season_acts(enterprise: str, year: int) -> list[Json]:
    """Every act on this season as the chain has it, newest first; of cases and drills those since its year began."""
    acts = [
        audit.act(one)
        for room, since in (*dict.fromkeys(ROOMS, "").items(), *dict.fromkeys(WHOLE, f"{year}-01-01").items())
        for one in audit.filter_entries(enterprise=enterprise, verb=room, since=since).iterator()
    ]
    own = [
        one for one in acts
        if one.verb.startswith(WHOLE) or one.data.get("year") == year or (one.verb, one.data.get("year")) == STANDS
    ]  # fmt: skip
    return [
        {"seq": one.seq, "at": one.at, "by": one.actor, "verb": one.verb, "data": dict(one.data)}
        for one in sorted(own, key=lambda one: one.seq, reverse=True)
    ]


def collect_files(enterprise: str, year: int, acts: Sequence[Json], head: Json) -> list[ArchiveFile]:
    """The files of a season that is closed now. Portrait and log are sealed here, the others when it was handed in.

    ``season_package_gone``, ``season_package_differs``.
    """
    submission = rounds.list_submissions(enterprise, year).first()
    files = [] if submission is None else _collect_package(submission)
    if run := _find_filed_run(enterprise, year):
        line = portraits.read_stored_line(enterprise, year, run.id)
        files.append(_seal(PORTRAIT, f"portrait-{year}-{run.id}.json", line))
    content = {**head, "enterprise": enterprise, "year": year, "acts": list(acts)}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return [*files, _seal(LOG, f"log-{year}.json", text.encode())]


def discard_files(files: Sequence[ArchiveFile]) -> None:
    """Take back what `collect_files` has sealed: the season was not closed."""
    for one in files:
        if one.part in {PORTRAIT, LOG}:
            blobs.remove(one.blob)


def _collect_package(submission: Submission) -> list[ArchiveFile]:
    """Manifest and files of a package exactly as they were handed in."""
    rows = submission.evidence.filter(kind__in=(MANIFEST, PACKAGE, SIGNED)).order_by("pk")
    parts = {row.kind: row for row in rows}
    if PACKAGE in parts:
        _require_same_files(submission, parts[PACKAGE])
    elif not _is_manifest_alone(submission):
        raise NianjianError("season_package_gone", year=submission.year)
    return [
        ArchiveFile(part, row.name or f"{part}.json", row.media_type, row.sha256, row.size, row.blob)
        for part in (MANIFEST, PACKAGE, SIGNED)
        if (row := parts.get(part)) is not None
    ]


def _is_manifest_alone(submission: Submission) -> bool:
    """Whether an older program noted it, which kept no files: they expired, and nothing can bring them back."""
    acts = audit.acts(enterprise=submission.enterprise_id, verb="dossier.submitted", newest=BUILDS)
    place = (submission.year, submission.number)
    act = next((one for one in acts if (one.data.get("year"), one.data.get("number")) == place), None)
    return act is None or "files" not in act.data


def _list_left_out(files: Sequence[ArchiveFile], enterprise: str, year: int) -> list[str]:
    """Parts that belong to the season and are not here: the package or its files, the portrait that it names."""
    parts = {one.part for one in files}
    if MANIFEST not in parts:  # no package was recorded as handed in
        return [PACKAGE]
    has_run = bool(_get_package_run(enterprise, year))
    return [part for part, due in ((PACKAGE, True), (PORTRAIT, has_run)) if due and part not in parts]


def _require_same_files(submission: Submission, package: Evidence) -> None:
    """The zip holds the manifest that was handed in and exactly the files that it lists; ``season_package_differs``."""
    with temporary_folder() as room:
        path = room / "package.zip"
        with path.open("wb") as file:
            file.writelines(blobs.read(package.blob))
        with zipfile.ZipFile(path) as pack:
            listed = json.loads(pack.read(manifest.NAME))
            if listed.get("sha256") != submission.manifest_sha256 or not manifest.hashes_hold(listed):
                raise NianjianError("season_package_differs", year=submission.year, file=manifest.NAME)
            expected = {str(one["path"]): str(one["sha256"]) for one in listed["files"]}
            for name in sorted({*pack.namelist(), *expected} - {manifest.NAME}):
                if name not in pack.namelist() or _hash_member(pack, name) != expected.get(name):
                    raise NianjianError("season_package_differs", year=submission.year, file=name)


def _hash_member(pack: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with pack.open(name) as file:
        for piece in blobs.pieces(file):
            digest.update(piece)
    return digest.hexdigest()


def _find_filed_run(enterprise: str, year: int) -> portraits.Run | None:
    """The portrait that the package which was handed in rests on; the newest where it names none.

    None where it is not here: the package was built in another installation.
    """
    if run := _get_package_run(enterprise, year):
        return portraits.get_run(enterprise, year, run) if run in portraits.list_runs(enterprise, year) else None
    return bases.find_filed_run(enterprise, year)


def _get_package_run(enterprise: str, year: int) -> str:
    """The run that the package which was handed in names; "": none, or no package."""
    submission = rounds.list_submissions(enterprise, year).first()
    if submission is None:
        return ""
    listed = json.loads(blobs.get(submission.evidence.get(kind=MANIFEST).blob))
    return str(listed.get("snapshot") or "")


def _seal(part: str, name: str, content: bytes) -> ArchiveFile:
    blob = blobs.put(content)
    return ArchiveFile(part, name, JSON, blob.sha256, blob.size, blob.id)


def download_file(
    *, enterprise: str, year: int, part: str, actor: Actor, closing: int | None = None
) -> ArchiveDownload:
    """A file of a closed season, held against its digest before it is given; the entry stands in the chain before.

    ``closing``: of an earlier closing, by its number.

    ``role_missing``, ``season_archive_unknown``, ``season_file_unknown``, ``season_archive_damaged``.
    """
    require_permission(actor, enterprise, Permission.READ)
    require_permission(actor, enterprise, NEEDS.get(part, Permission.READ))
    row = closed_seasons.get_archived_file(enterprise, year, part, closing)
    digest = hashlib.sha256()
    for piece in blobs.read(row.blob):
        digest.update(piece)
    digests = {one["part"]: one["sha256"] for one in closed_seasons.read_archive(enterprise, year, closing)["files"]}
    if not digest.hexdigest() == row.sha256 == digests.get(part):
        raise NianjianError("season_archive_damaged", year=year)
    closed_seasons.record_download(enterprise=enterprise, year=year, part=part, sha256=row.sha256, actor=actor)
    return ArchiveDownload(row.name, row.media_type, blobs.read(row.blob))


KIND: Final = closed_seasons.KIND
OPEN_ROUNDS: Final = frozenset({RoundState.RETURNED, RoundState.ANSWERED})
UNSURE: Final = frozenset({MaterialState.TO_CONFIRM, MaterialState.RETURNED, MaterialState.BLANK})
OPEN_STATES: Final = frozenset({TrackState.ON_TIME.value, TrackState.LATE.value, TrackState.UNDATED.value})


def is_undecided(enterprise: str, year: int) -> bool:
    """Whether the last package was submitted and neither returned nor passed: the authority may still return it.

    The authority usually states that a package has passed, but need not (guide, R6): a season may be closed without.
    """
    last = rounds.list_submissions(enterprise, year).first()
    return last is not None and rounds.evaluate_status(last).state is RoundState.SUBMITTED


def close_season(
    *, enterprise: str, year: int, actor: Actor, undecided: bool = False, without_package: bool = False
) -> Json:
    """Close a season, with its files; the archive. Only two people open it again.

    ``undecided``: also while the authority has not said that the last package passed; ``without_package``: also where
    no package is recorded as submitted, which the archive and the audit entry then say.

    ``role_missing``, ``season_archived``, ``season_reports_open``, ``season_round_open``, ``season_undecided``,
    ``season_findings_open``, ``season_package_missing``, ``season_package_gone``, ``season_package_differs``.
    """
    require_permission(actor, enterprise, Permission.REPORT)
    closed_seasons.refuse_closed(enterprise, year)
    season = summarize_season(enterprise=enterprise, year=year, today=clock.today(), actor=actor)
    if any(one.state in OPEN_STATES for one in season.tracks):
        raise NianjianError("season_reports_open", year=year)
    _require_answered(enterprise, year, actor)
    if is_undecided(enterprise, year) and not undecided:
        raise NianjianError("season_undecided", year=year)
    if (package := find_submitted_package(enterprise, year)) is None and not without_package:
        raise NianjianError("season_package_missing", year=year)
    seq, digest = audit.head()
    head = {"seq": seq, "hash": digest}
    acts = list_season_acts(enterprise, year)
    short = [{name: one[name] for name in ("seq", "at", "by", "verb")} for one in acts]
    document: Json = {
        "season": to_builtins(season), "package": package, "portrait": _portrait(enterprise, year),
        "log": {**head, "acts": short}, "without_package": package is None,
    }  # fmt: skip
    files = collect_files(enterprise, year, acts, head)
    document["left_out"] = _list_left_out(files, enterprise, year)
    try:
        closed_seasons.store_archive(enterprise=enterprise, year=year, document=document, files=files, actor=actor)
    except BaseException:
        discard_files(files)
        raise
    return get_archive(enterprise=enterprise, year=year, actor=actor)


def _require_answered(enterprise: str, year: int, actor: Actor) -> None:
    """Nothing that the authority or a check asked for is left open; ``season_round_open``, ``season_findings_open``.

    Open are findings that stop the newest version of an item, whether or not a package was handed in, and of what the
    package holds also a version that waits for a person or was sent back.
    """
    last = rounds.list_submissions(enterprise, year).first()
    if last is not None and rounds.evaluate_status(last).state in OPEN_ROUNDS:
        raise NianjianError("season_round_open", year=year, number=last.number)
    end = date(Season("", year).filed_in, 12, 31)  # a later case is another season's
    cases = [case.pk for case, _days in rectification.list_waiting(enterprise) if case.received <= end]
    packed = {} if last is None else last.items
    items = [
        line.item
        for line in checklist.list_items(enterprise, year, actor)
        if line.state is MaterialState.NOT_READY or (line.item in packed and line.state in UNSURE)
    ]
    if cases or items:
        raise NianjianError("season_findings_open", year=year, names=", ".join(map(str, [*cases, *items])))


def get_archive(*, enterprise: str, year: int, actor: Actor, closing: int | None = None) -> Json:
    """A closed season; ``role_missing``, ``season_archive_unknown``, ``season_archive_damaged``.

    ``closing``: an earlier one by its number; None: the one that holds now. ``closings``: all of them.

    Who may not read the chain sees how many acts its log has, not whose. It is JSON as it was stored, which an older
    program may have written with other keys.
    """
    require_permission(actor, enterprise, Permission.READ)
    document = closed_seasons.read_archive(enterprise, year, closing)
    document["closings"] = closed_seasons.list_closings(enterprise, year)
    document.setdefault("left_out", [])
    document.setdefault("without_package", False)
    document["log"]["count"] = len(document["log"]["acts"])
    if not has_permission(actor, enterprise, Permission.AUDIT):
        document["log"]["acts"] = []
    return document


def reopen_season(*, enterprise: str, year: int, reason: str, actor: Actor) -> Approval:
    """Ask for a second person to open a closed season again, as when the regulator returns the report; the request.

    ``role_missing``, ``season_archive_unknown``, ``season_reason_missing``, ``approval_pending``.
    """
    require_permission(actor, enterprise, Permission.REQUEST)
    return closed_seasons.request_reopening(enterprise=enterprise, year=year, reason=reason, actor=actor)


def find_pending_reopening(*, enterprise: str, year: int, actor: Actor) -> str | None:
    """The request to reopen a closed season that waits, or None. ``role_missing``, ``season_archive_unknown``."""
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
    run = _find_filed_run(enterprise, year)
    if run is None:
        return None
    fields = ("id", "sha256", "light", "moment", "as_of", "rulebook", "snapshot")
    return {name: getattr(run, name) for name in fields} | {"metrics": list(run.metrics)}
