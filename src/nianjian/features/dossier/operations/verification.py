"""Whether a package, a file of it, or a scan of the sealed paper is what a manifest says: work for the worker."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.compare import Difference
from nianjian.features.dossier.editions.verify import rescan, verify
from nianjian.features.dossier.ingest.receive import unpack
from nianjian.features.dossier.models import Evidence, Submission
from nianjian.features.dossier.operations import rounds
from nianjian.features.dossier.operations.checklist import HELD, LIMIT, enqueue_with_file
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.query import acts
from nianjian.platform.home import env, spill
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.progress import Progress
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.vault import blobs

Json = dict[str, Any]
TOLD: Final = 500  # differences that an answer names
BUILT: Final = 200  # builds that are looked through for the manifest's hash
ZIP: Final = b"PK\x03\x04"
Given = Sequence[tuple[str, bytes]]


def enqueue_verification(
    *, enterprise: str, year: int, files: Given, scan: bool, against: int | None, actor: Actor
) -> str:
    """Put the check of files (name, content); its job.

    ``files``: the package as a zip, or one of its files, or (``scan``) a scan of the sealed paper, each with the
    manifest beside it unless it lies in the zip or ``against`` names a package that was handed in. With a scan the
    package may come as a zip: its paper is the measure for the texts.
    NianjianError role_missing, file_empty, file_too_large, dossier_verify_what, dossier_round_unknown.
    """
    require(actor, enterprise, flow.NEEDS[flow.VERIFY_PACKAGE])
    tenant = accounts.enterprise(enterprise)
    for name, content in files:
        if not content:
            raise NianjianError("file_empty", file=plain_name(name))
    if sum(len(content) for _name, content in files) > LIMIT:
        raise NianjianError("file_too_large", file=plain_name(files[0][0]), limit=LIMIT)
    subject, listed, pack = _parts(files, scan=scan)
    if against is not None:
        rounds.get_submission(tenant.code, year, against)
    elif listed is None and pack is None:
        raise NianjianError("dossier_verify_what")
    payload = {"name": plain_name(subject[0]), "year": year, "scan": scan, "against": against}
    return enqueue_with_file(flow.VERIFY_PACKAGE, tenant.code, _packed(files), payload, actor)


def _parts(files: Given, *, scan: bool) -> tuple[tuple[str, bytes], tuple[str, bytes] | None, bytes | None]:
    """What is looked at, the manifest beside it, and the package as a zip, which of a scan is another file.

    NianjianError dossier_verify_what where that is not clear.
    """
    listed = [one for one in files if one[0].lower().endswith(".json")]
    packs = [one for one in files if one[1].startswith(ZIP)]
    others = [one for one in files if one not in listed and not (scan and one in packs)]
    if len(others) != 1 or len(listed) > 1 or len(packs) > 1 or (scan and listed and packs):
        raise NianjianError("dossier_verify_what")
    return others[0], listed[0] if listed else None, packs[0][1] if packs else None


def _packed(files: Given) -> bytes:
    """All in one, stored as they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
        for name, content in files:
            pack.writestr(plain_name(name), content)
    return out.getvalue()


def run_verification(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put: what differs, file, page and kind, and of a scan how sure that is."""
    require(actor, enterprise, flow.NEEDS[flow.VERIFY_PACKAGE])
    year, against = int(given["year"]), given.get("against")
    progress("", 0, 0)
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as place:  # closed to others, soon gone
        room = Path(place)
        came = io.BytesIO(blobs.get(str(given[HELD])))
        with zipfile.ZipFile(came) as held:
            files = [(one.filename, held.read(one)) for one in held.infolist()]  # two may have one name
        subject, listed, pack = _parts(files, scan=bool(given["scan"]))
        kept = None if against is None else _kept(rounds.get_submission(enterprise, year, int(against)), room)
        if kept is None and listed is not None:
            kept = _put(room / "listed", manifest.NAME, listed[1])
        name = "scan.pdf" if given["scan"] else plain_name(subject[0])  # a scan's own name may tell a person's
        path = _put(room / "subject", name, subject[1])
        if pack is not None:
            (room / "package").mkdir()
            packed = path if pack is subject[1] else _put(room / "pack", "package.zip", pack)
            folder = unpack(packed, room / "package", marker=manifest.NAME, name=packed.name)
            inside = (folder / manifest.NAME).is_file()  # its own must hash to what was handed in
            if given["scan"]:
                kept = folder / manifest.NAME if inside else kept
            else:
                path, kept = folder, None if inside else kept
        digest = "" if against is None else rounds.get_submission(enterprise, year, int(against)).manifest_sha256
        told = _scanned(path, kept, digest, progress) if given["scan"] else _verified(path, kept, digest, progress)
    return {"year": year, "scan": bool(given["scan"]), "against": against, **told, **_built(enterprise, told)}


def _put(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir()
    path = folder / name
    path.write_bytes(content)
    return path


def _kept(row: Submission, room: Path) -> Path | None:
    """The manifest of a package that was handed in."""
    found = row.evidence.filter(kind=Evidence.MANIFEST).first()
    return None if found is None else _put(room / "kept", manifest.NAME, blobs.get(found.blob))


def _verified(path: Path, listed: Path | None, digest: str, progress: Progress) -> Json:
    found = verify(path, listed=listed, digest=digest, watch=lambda done, total: progress("", done, total))
    notes = [{"file": one.file, "kind": one.kind} for one in found.notes[:TOLD]]
    told = _differences(found.differences)
    return {"intact": found.intact, **told, "notes": notes, "files": found.files, "pages": found.pages,
            "manifest_sha256": found.digest}  # fmt: skip


def _scanned(path: Path, listed: Path | None, digest: str, progress: Progress) -> Json:
    """A scan of the sealed paper, against the manifest that lies beside it or was handed in."""
    if listed is None or path.is_dir():
        raise NianjianError("dossier_verify_what")
    found = rescan(path, listed, digest=digest, watch=lambda done, total: progress("", done, total))
    told = _differences(found.differences)
    return {"intact": found.intact, **told, **found.told(), "scanned": found.scanned,
            "expected": found.expected, "by_place": list(found.by_place[:TOLD]),
            "manifest_sha256": found.digest}  # fmt: skip


def _differences(found: Iterable[Difference]) -> Json:
    rows = [{"file": one.file, "page": one.page, "kind": one.kind.value} for one in found]
    return {"count": len(rows), "differences": rows[:TOLD]}


def _built(enterprise: str, told: Json) -> Json:
    """When a package with this manifest was built here; None: the audit chain has no such entry among the newest."""
    digest = told["manifest_sha256"]
    if digest:
        for one in acts(enterprise=enterprise, verb="dossier.built", newest=BUILT):
            if one.data.get("manifest") == digest:
                return {"built_at": one.at}
    return {"built_at": None}


def list_packages(enterprise: str, year: int, actor: Actor) -> list[Submission]:
    """What was handed in for a season, newest first: what one may compare with. NianjianError role_missing."""
    require(actor, enterprise, Act.READ)
    return list(rounds.list_submissions(enterprise, year)[:TOLD])


def find_last_verification(enterprise: str, year: int, actor: Actor) -> JobValue | None:
    """The check that was asked for last."""
    require(actor, enterprise, Act.READ)
    return queue.newest(enterprise, flow.VERIFY_PACKAGE, {"year": year})
