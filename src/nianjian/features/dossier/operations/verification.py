"""Whether a package, a file of it, or a scan of the sealed paper is what a manifest says: work for the worker."""

import io
import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.verify import Rescan, Result, rescan, verify
from nianjian.features.dossier.ingest.receive import unpack
from nianjian.features.dossier.models import Evidence, Submission
from nianjian.features.dossier.operations import rounds
from nianjian.features.dossier.operations.checklist import LIMIT, enqueue_with_file, temporary_folder
from nianjian.features.dossier.package_documents import FilesVerification, ScanVerification
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
) -> FilesVerification | ScanVerification:  # fmt: skip
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
        watch = partial(progress, "")
        result: Result | Rescan
        if not scan:
            result = verify(path, listed=manifest_path, digest=digest, watch=watch)
        elif manifest_path is None or path.is_dir():
            raise NianjianError("dossier_verify_what")
        else:
            result = rescan(path, manifest_path, digest=digest, watch=watch)
    digest = result.manifest_sha256
    builds = acts(enterprise=enterprise, verb="dossier.built", newest=BUILT) if digest else ()
    built_at = next((one.at for one in builds if one.data.get("manifest") == digest), None)
    common: dict[str, Any] = {
        "year": year, "scan": scan, "against": against, "intact": result.intact, "count": len(result.differences),
        "differences": result.differences[:TOLD], "manifest_sha256": digest, "built_at": built_at,
    }  # fmt: skip
    if isinstance(result, Result):
        return FilesVerification(**common, notes=result.notes[:TOLD], files=result.files, pages=result.pages)
    return ScanVerification(
        **common, certainty=result.certainty, why=result.why, text=result.text, riding_seal=result.riding_seal,
        scanned=result.scanned, expected=result.expected, by_place=result.by_place[:TOLD],
    )  # fmt: skip


def _put(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir()
    path = folder / name
    path.write_bytes(content)
    return path


def list_packages(enterprise: str, year: int, actor: Actor) -> list[Submission]:
    """What was handed in for a season, newest first: what one may compare with. NianjianError role_missing."""
    require_permission(actor, enterprise, Permission.READ)
    return list(rounds.list_submissions(enterprise, year)[:TOLD])


def find_last_verification(enterprise: str, year: int, actor: Actor) -> JobValue | None:
    """The check that was asked for last."""
    require_permission(actor, enterprise, Permission.READ)
    return queue.newest(enterprise, flow.VERIFY_PACKAGE, {"year": year})


def read_output(job: JobValue) -> FilesVerification | ScanVerification:
    """What a check found, from the result of its job."""
    if job.result["scan"]:
        return msgspec.convert(job.result, type=ScanVerification)
    return msgspec.convert(job.result, type=FilesVerification)
