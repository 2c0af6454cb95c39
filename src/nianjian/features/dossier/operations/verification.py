"""Whether a package, a file of it, or a scan of the sealed paper is what a manifest says: work for the worker."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.manifest import Difference
from nianjian.features.dossier.editions.verify import rescan, verify
from nianjian.features.dossier.ingest.receive import unpack
from nianjian.features.dossier.models import Evidence, Submission
from nianjian.features.dossier.operations import rounds
from nianjian.features.dossier.operations.checklist import LIMIT, enqueue_with_file, temporary_folder
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.query import acts
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
    require_permission(actor, enterprise, flow.NEEDS[flow.VERIFY_PACKAGE])
    tenant = accounts.enterprise(enterprise)
    for name, content in files:
        if not content:
            raise NianjianError("file_empty", file=plain_name(name))
    if sum(len(content) for _name, content in files) > LIMIT:
        raise NianjianError("file_too_large", file=plain_name(files[0][0]), limit=LIMIT)
    subject, listed, package = _parts(files, scan=scan)
    if against is not None:
        rounds.get_submission(tenant.code, year, against)
    elif listed is None and package is None:
        raise NianjianError("dossier_verify_what")
    payload = {"name": plain_name(subject[0]), "year": year, "scan": scan, "against": against}
    packed = io.BytesIO()  # all in one, stored as they are
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as pack:
        for name, content in files:
            pack.writestr(plain_name(name), content)
    return enqueue_with_file(flow.VERIFY_PACKAGE, tenant.code, packed.getvalue(), payload, actor)


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


def run_verification(
    *, enterprise: str, paper: str, name: str, year: int, scan: bool, against: int | None, actor: Actor,
    progress: Progress,
) -> Json:  # fmt: skip
    """The work of `enqueue_verification`: what differs, file, page and kind, and of a scan how sure that is."""
    del name
    require_permission(actor, enterprise, flow.NEEDS[flow.VERIFY_PACKAGE])
    progress("", 0, 0)
    submitted = None if against is None else rounds.get_submission(enterprise, year, against)
    with temporary_folder() as room:
        with zipfile.ZipFile(io.BytesIO(blobs.get(paper))) as pack:
            files = [(one.filename, pack.read(one)) for one in pack.infolist()]  # two may have one name
        subject, listed, package = _parts(files, scan=scan)
        evidence = None if submitted is None else submitted.evidence.filter(kind=Evidence.MANIFEST).first()
        manifest_path = None if evidence is None else _put(room / "kept", manifest.NAME, blobs.get(evidence.blob))
        if manifest_path is None and listed is not None:
            manifest_path = _put(room / "listed", manifest.NAME, listed[1])
        # A scan's own name may tell a person's.
        path = _put(room / "subject", "scan.pdf" if scan else plain_name(subject[0]), subject[1])
        if package is not None:
            (room / "package").mkdir()
            packed = path if package is subject[1] else _put(room / "pack", "package.zip", package)
            folder = unpack(packed, room / "package", marker=manifest.NAME, name=packed.name)
            inside = (folder / manifest.NAME).is_file()  # its own must hash to what was handed in
            if scan:
                manifest_path = folder / manifest.NAME if inside else manifest_path
            else:
                path, manifest_path = folder, None if inside else manifest_path
        digest = "" if submitted is None else submitted.manifest_sha256
        compare = _compare_scan if scan else _compare_files
        result = compare(path, manifest_path, digest, progress)
    digest = str(result["manifest_sha256"])
    builds = acts(enterprise=enterprise, verb="dossier.built", newest=BUILT) if digest else ()
    built_at = next((one.at for one in builds if one.data.get("manifest") == digest), None)
    return {"year": year, "scan": scan, "against": against, **result, "built_at": built_at}


def _put(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir()
    path = folder / name
    path.write_bytes(content)
    return path


def _compare_files(path: Path, listed: Path | None, digest: str, progress: Progress) -> Json:
    result = verify(path, listed=listed, digest=digest, watch=partial(progress, ""))
    data = result.told()
    return {"intact": result.intact, **_differences(result.differences), **data, "notes": data["notes"][:TOLD]}


def _compare_scan(path: Path, listed: Path | None, digest: str, progress: Progress) -> Json:
    """A scan of the sealed paper, against the manifest that lies beside it or was handed in."""
    if listed is None or path.is_dir():
        raise NianjianError("dossier_verify_what")
    result = rescan(path, listed, digest=digest, watch=partial(progress, ""))
    data = result.told()
    return {"intact": result.intact, **_differences(result.differences), **data, "by_place": data["by_place"][:TOLD]}


def _differences(differences: Sequence[Difference]) -> Json:
    return {"count": len(differences), "differences": list(map(asdict, differences[:TOLD]))}


def list_packages(enterprise: str, year: int, actor: Actor) -> list[Submission]:
    """What was handed in for a season, newest first: what one may compare with. NianjianError role_missing."""
    require_permission(actor, enterprise, Permission.READ)
    return list(rounds.list_submissions(enterprise, year)[:TOLD])


def find_last_verification(enterprise: str, year: int, actor: Actor) -> JobValue | None:
    """The check that was asked for last."""
    require_permission(actor, enterprise, Permission.READ)
    return queue.newest(enterprise, flow.VERIFY_PACKAGE, {"year": year})
