"""The package of a season: both editions under one manifest, built, signed and fetched as work for the worker."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier import ITEMS
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.archives.closed_seasons import list_closed_years, list_sealed_blobs, refuse_closed
from nianjian.features.dossier import materials
from nianjian.features.dossier.documents import GeneratedTold
from nianjian.features.dossier.editions import build_process, manifest
from nianjian.features.dossier.editions.build import PAPER
from nianjian.features.dossier.editions.manifest import name_book
from nianjian.features.dossier.editions.package import Board, Item, Limits, Package, Seal, required_seals
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.generated import complaint_papers
from nianjian.features.dossier.generated.self_check import Sum
from nianjian.features.dossier.ingest.receive import receive
from nianjian.features.dossier.kinds import Form, get_item
from nianjian.features.dossier.materials import Line
from nianjian.features.dossier.models import Evidence, Version
from nianjian.features.dossier.operations import checklist, generate, sealed_book, signatures
from nianjian.features.dossier.operations import seals as seal_operations
from nianjian.features.dossier.operations.checklist import temporary_folder, wrap_folder_errors
from nianjian.features.dossier.operations.overrulings import list_explained, list_overruled, list_scan_overruled
from nianjian.features.dossier.operations.signatures import Certificate
from nianjian.features.dossier.package_documents import (
    BuildOutput,
    EditionFile,
    GenerationFiles,
    GenerationOutput,
    MissingItem,
    SigningOutput,
    StoredZip,
)
from nianjian.features.dossier.seals.mask import Kind as SealShape
from nianjian.features.dossier.states import BOUND, COMPLETE, MaterialState
from nianjian.features.portrait import bases, portraits
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.vault import blobs

Json = dict[str, Any]
OFD: Final = "application/ofd"
ENDINGS: Final = {media: kind for kind, media in checklist.MEDIA.items()}


@dataclass(frozen=True, slots=True)
class BuiltPackage:
    """What was written. ``missing``: item and state of what is required and not in it; any makes it a draft.

    ``unbound``: items whose newest file is confirmed but cannot be bound (an OFD), a part of ``missing``.
    ``blank``: items that it holds with blanks that nobody has filled in or explained.
    ``pictures``: how many pictures of seals it bears; any makes it a draft, too.
    """

    folder: Path
    digest: str
    draft: bool
    missing: tuple[MissingItem, ...]
    unbound: tuple[str, ...]
    files: tuple[EditionFile, ...]
    pages: int
    pictures: int = 0
    run: str = ""  # of the portrait that the manifest names
    book: str = ""  # the name that the codes of the book's pages bear
    sealed: bool = False  # the upload edition is the scan of the sealed book
    blank: tuple[str, ...] = ()


def build(
    *,
    enterprise: str,
    year: int,
    folder: Path,
    actor: Actor,
    on: date | None = None,
    pictures: bool = False,
    progress: Progress = silent,
) -> BuiltPackage:
    """Write the package of a data year into an empty or new folder, as for handing in on a day (None: today).

    Papers go out in full, so it takes the right to reveal. The digest of the manifest stands in the audit entry.
    ``pictures``: a draft that bears the pictures of seals which two people have agreed to for exactly these documents.
    NianjianError role_missing, enterprise_unknown, dossier_folder_full,
    dossier_folder_unusable, blob_missing, dossier_build_failed, seal_use_none, dossier_runs_differ (papers of several
    portraits), dossier_basis_differs, and those of taking a file in.
    """
    checklist.require_writable(actor, enterprise, year, Permission.VIEW_UNMASKED)
    day = on or clock.today()
    lines = checklist.list_all_items(enterprise, year, day)
    taken = [(line, line.newest) for line in lines if line.state in BOUND and line.newest is not None]
    bound = [(line, row) for line, row in taken if row.media_type != OFD]
    unbound = tuple(line.item for line, row in taken if row.media_type == OFD)
    missing = tuple(
        MissingItem(line.item, line.state.value) for line in lines if line.state not in COMPLETE or line.item in unbound
    )
    documents = {line.item: row.sha256 for line, row in bound}
    placed, uses = seal_operations.list_approved_prints(enterprise, year, documents) if pictures else ({}, [])
    folder = folder.resolve()
    _require_empty(folder)
    with temporary_folder() as room:
        items, whole = [], len(bound) + 1
        for one in _copies(bound, room, day, enterprise):
            items.append(replace(one, prints=placed.get(one.name, ())))
            progress(one.title, len(items), whole)
        package = _with_sealed_pages(_package(enterprise, year, day, items, draft=bool(missing)), bound, room)
        staging = _make_folder_beside(folder)
        try:
            digest = build_process.build(package, staging, room=room, watch=lambda: progress("", len(items), whole))
            _require_intact(staging, digest)
            listing = manifest.read_manifest(staging / manifest.NAME)
            data = {
                "year": year,
                "manifest": listing["sha256"],
                "draft": listing["draft"],
                "run": listing["snapshot"],
                "book": listing["book"],
                "files": len(listing["files"]),
                "items": {line.item: {"version": row.number, "sha256": row.sha256} for line, row in bound},
                "missing": [one.item for one in missing],
            }
            listed = (staging / manifest.NAME).read_bytes()
            with transaction.atomic(), sealed_book.store_manifest(enterprise, year, listed, actor):
                record(verb="dossier.built", enterprise=enterprise, actor=actor, data=data)
                seal_operations.record_prints(enterprise=enterprise, uses=uses, manifest=listing["sha256"], actor=actor)
                with wrap_folder_errors(folder):
                    staging.replace(folder)
        except BaseException:
            if staging.exists():
                shutil.rmtree(staging)
            raise
    files = tuple(_file(one) for one in listing["files"])
    pages = next(one.pages for one in files if one.edition == PAPER)
    return BuiltPackage(
        folder, digest, bool(missing or uses), missing, unbound, files, pages, len(uses), str(listing["snapshot"]),
        str(listing["book"]), sealed=bool(package.items) and all(item.sealed for item in package.items),
        blank=tuple(line.item for line, _row in bound if line.state is MaterialState.BLANK),
    )  # fmt: skip


def _package(enterprise: str, year: int, day: date, items: Sequence[Item], *, draft: bool) -> Package:
    runs = {item.run for item in items if item.run}
    newest = bases.find_filed_run(enterprise, year)
    run = next(iter(sorted(runs)), "") or ("" if newest is None else newest.id)
    package = Package(
        enterprise=accounts.enterprise(enterprise).name,
        licence=generate.list_licence_numbers(enterprise, day),
        season=year,
        items=tuple(items),
        limits=Limits.of(checklist.get_rulebook(enterprise, day)),
        snapshot=run,
        basis=portraits.describe_run_basis(enterprise, year, run, words(CHINESE)),
        draft=draft,
        source=seal_operations.citation(checklist.get_rulebook(enterprise, day)),
    )
    package.require_one_run()
    if runs:
        bases.require_filed_basis(enterprise, year, run)
    return package


def _copies(bound: Sequence[tuple[Line, Version]], room: Path, day: date, enterprise: str) -> Iterator[Item]:
    """Each item with its clean copy, made anew from what is kept."""
    book, _ = checklist.get_rulebook(enterprise, day), words(CHINESE)
    for line, row in bound:
        place = room / line.item
        place.mkdir(mode=0o700)
        title = _(ITEMS[line.item])
        source = place / f"{title}.{ENDINGS[row.media_type]}"
        source.write_bytes(materials.read_content(row))
        got = receive(source, place)
        source.unlink()
        if got.clean is None:  # its media type said otherwise
            raise NianjianError("dossier_copy_unreadable", item=title, file=got.name)
        kind = get_item(line.item)
        rule = book.value(kind.rule)
        board = Board(str(rule["board"])) if isinstance(rule, Mapping) else Board.SPECIAL  # a further paper
        seals = required_seals(book, copy=kind.form(book) is Form.COPY)
        own = line.item in GENERATED or kind.form(book) is Form.COPY  # where a red seal is the enterprise's own
        if own and _bears_seal(row):
            seals &= {Seal.RIDING}
        run = portrait_of_item(line)
        yield Item(line.item, title, board, got.clean, seals, row.sha256, overruled=list_overruled(row),
                   explained=list_explained(row), blanks=row.blanks, run=run)  # fmt: skip


def _with_sealed_pages(package: Package, bound: Sequence[tuple[Line, Version]], room: Path) -> Package:
    """The package with the pages that were scanned out of this very book after it was sealed."""
    book, items = name_book(package), []
    for item, (_line, row) in zip(package.items, bound, strict=True):
        scan, sealed = row.sealed_scans.filter(book=book).order_by("pk").last(), None
        overruled = item.overruled
        if scan is not None:
            sealed = room / f"{item.name}-sealed.pdf"
            sealed.write_bytes(blobs.get(scan.blob))
            overruled += list_scan_overruled(scan)
        items.append(replace(item, sealed=sealed, overruled=overruled))
    return replace(package, items=tuple(items))


def _bears_seal(row: Version) -> bool:
    """Whether the first page of a scan bears a whole seal already: no place for another is marked above it."""
    sheets: Sequence[Json] = materials.read_report(row).get("sheets", ())
    first = sheets[0] if sheets else {}
    return any(seal["kind"] in {SealShape.ROUND, SealShape.OVAL} for seal in first.get("seals", ()))


def _require_empty(folder: Path) -> None:
    """Refuse a folder that holds something, before the work."""
    with wrap_folder_errors(folder):
        full = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if full:
        raise NianjianError("dossier_folder_full", folder=str(folder))


def _make_folder_beside(folder: Path) -> Path:
    """A closed folder beside the one that is meant: what is there under its name is whole."""
    with wrap_folder_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))


def _require_intact(folder: Path, digest: str) -> None:
    if not verify(folder, digest=digest).intact:
        raise NianjianError("dossier_build_failed", reason="verify")


def _file(entry: Json) -> EditionFile:
    return EditionFile(entry["path"], entry["edition"], entry["bytes"], entry["sha256"], len(entry["pages"]))


BLOB: Final = "blob"  # under which a job's result names the zip
KEPT: Final = timedelta(days=7)
KINDS: Final = (flow.GENERATE_ITEMS, flow.BUILD_PACKAGE, flow.SIGN_PACKAGE)
ZIP: Final = "application/zip"


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is given away, in pieces."""

    name: str
    content: Iterator[bytes]


def store_zip(folder: Path, name: str, *, path: Path | None = None) -> StoredZip:
    """Keep a folder as a zip of its files, stored as they are, the manifest first; what the job's result tells of it.

    Neither the zip nor the sealed file is ever in memory whole: a package may have hundreds of megabytes.
    ``path``: of the zip, where it may not lie beside the folder.
    """
    path = path or folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as pack:
        files = (one for one in folder.rglob("*") if one.is_file())
        for file in sorted(files, key=lambda one: (one.name != manifest.NAME, one)):
            pack.write(file, file.relative_to(folder).as_posix())
    blob = blobs.put_file(path)
    return StoredZip(name, blob.sha256, blob.size, blob.id)


def open_zip(job: JobValue, folder: Path) -> None:
    """The zip of a job as a folder again; it is ours, and sealed until now. dossier_files_unknown."""
    path = folder.with_suffix(".zip")
    with path.open("wb") as file:
        file.writelines(blobs.read(get_stored_zip(job).blob))
    with zipfile.ZipFile(path) as pack:
        pack.extractall(folder)


def get_files_job(enterprise: str, year: int, job: str, *kinds: str) -> JobValue:
    """A job of these kinds, of this season, whose files are still there; dossier_files_unknown."""
    try:
        files_job = queue.job(job)
    except NianjianError as error:
        raise _gone() from error
    mine = files_job.enterprise == enterprise and files_job.kind in kinds and files_job.payload.get("year") == year
    if not mine:
        raise _gone()
    get_stored_zip(files_job)
    return files_job


def download_zip(*, enterprise: str, year: int, job: str, actor: Actor) -> Download:
    """The zip that a job has made; the chain has the entry before. role_missing, dossier_files_unknown."""
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    files_job = get_files_job(enterprise, year, job, *KINDS)
    output = get_stored_zip(files_job)
    content = blobs.read(output.blob)
    data = {"year": year, "kind": files_job.kind, "job": files_job.id, "sha256": output.sha256}
    record(verb="dossier.taken", enterprise=enterprise, actor=actor, data=data)
    return Download(output.name, content)


def delete_expired_outputs() -> int:
    """Delete what was made more than `KEPT` ago: it can be made again at any time. How many.

    The newest complete package of a season stays, with its signed edition, until another is built: it is on its way
    through printing, sealing and handing in.
    """
    old = [one for kind in KINDS for one in queue.over_before(kind, clock.now() - KEPT, BLOB)]
    old = [job for job in old if not _is_under_way(job)]
    submitted = Evidence.objects.filter(kind__in=(Evidence.PACKAGE, Evidence.SIGNED))
    stored = list_sealed_blobs() | set(submitted.values_list("blob", flat=True)) if old else set()
    for one in old:
        if one.result[BLOB] not in stored:  # a closed season and a package that was handed in keep theirs
            blobs.remove(str(one.result[BLOB]))  # first: killed in between, the next sweep finds the row again
        queue_service.forget(job=one.id, name=BLOB)
    return len(old)


def find_built_package(
    enterprise: str, year: int, *, manifest_sha256: str = "", until: date | None = None
) -> JobValue | None:
    """The newest complete package of a season whose files are still there, or that of a manifest; None: there is none.

    A draft is no package that can be handed in. ``until``: built on that day or before.
    """
    for job in queue.list_done_jobs(enterprise, flow.BUILD_PACKAGE, {"year": year}):
        complete = BLOB in job.result and not job.result.get("draft")
        in_time = until is None or (
            job.finished_at is not None and job.finished_at.astimezone(clock.ZONE).date() <= until
        )
        if complete and in_time and manifest_sha256 in {"", job.result.get("digest")}:
            return job
    return None


def find_signed_package(job: JobValue) -> JobValue | None:
    """The newest signed edition of what a job built, whose files are still there."""
    payload = {"year": job.payload["year"], "package": job.id}
    signed = queue.list_done_jobs(job.enterprise, flow.SIGN_PACKAGE, payload)
    return next((one for one in signed if BLOB in one.result), None)


def _is_under_way(job: JobValue) -> bool:
    """Whether it is the newest complete package of a season that is not closed, or the signed edition of it."""
    year = int(str(job.payload.get("year", 0)))
    if job.kind not in {flow.BUILD_PACKAGE, flow.SIGN_PACKAGE} or year in list_closed_years(job.enterprise):
        return False
    newest = find_built_package(job.enterprise, year)
    return newest is not None and newest.id in {job.id, job.payload.get("package")}


def get_stored_zip(job: JobValue) -> StoredZip:
    """The zip that a job has made, from its result; ``dossier_files_unknown`` once it is deleted."""
    if BLOB not in job.result:
        raise _gone()
    return msgspec.convert(job.result, type=StoredZip)


def read_build_output(job: JobValue) -> BuildOutput:
    """What a job has built, from its result."""
    return msgspec.convert(job.result, type=BuildOutput)


def _gone() -> NianjianError:
    return NianjianError("dossier_files_unknown", days=KEPT.days)


_ = words(CHINESE)  # papers for the authority are Chinese, and so are the names of their files


def enqueue_generation(
    *, enterprise: str, year: int, items: Sequence[str], files: bool, actor: Actor, replace: bool = False
) -> str:
    """Put the generation of items; its job, or the one that waits or runs.

    ``files``: as Word file, PDF and workbook in a zip, with what is no item of the checklist; else as versions of it.
    ``replace``: also above an upload that nobody has confirmed. role_missing, dossier_item_not_generated.
    """
    require_permission(actor, enterprise, flow.NEEDS[flow.GENERATE_ITEMS])
    generate.check(items, files=files)
    payload = {"year": year, "items": list(items), "files": files, "replace": replace}
    return _put(flow.GENERATE_ITEMS, enterprise, payload, actor)


def enqueue_build(*, enterprise: str, year: int, pictures: bool, actor: Actor, on: date | None = None) -> str:
    """Put the building of the package; its job, or the one that waits or runs. ``on``, ``pictures``: as of `build`.

    NianjianError role_missing.
    """
    payload = {"year": year, "pictures": pictures, "on": "" if on is None else on.isoformat()}
    return _put(flow.BUILD_PACKAGE, enterprise, payload, actor)


def enqueue_signing(*, enterprise: str, year: int, package: str, actor: Actor) -> str:
    """Put the signing of the package that a job has built, with the certificate of the settings; its job.

    NianjianError role_missing, dossier_files_unknown, signing_draft, and those of the certificate.
    """
    require_permission(actor, enterprise, flow.NEEDS[flow.SIGN_PACKAGE])
    code = accounts.enterprise(enterprise).code
    build_job = get_files_job(code, year, package, flow.BUILD_PACKAGE)
    if build_job.result["draft"]:
        raise NianjianError("signing_draft")
    with_it = signatures.get_certificate(code, actor)
    if with_it.fault:
        raise NianjianError(with_it.fault, **with_it.values)
    return _put(flow.SIGN_PACKAGE, code, {"year": year, "package": build_job.id}, actor)


def _put(kind: str, enterprise: str, payload: Json, actor: Actor) -> str:
    refuse_closed(enterprise, payload["year"])
    return flow.enqueue_once(kind=kind, enterprise=accounts.enterprise(enterprise).code, payload=payload, actor=actor)


def run_generation(
    *, enterprise: str, year: int, items: Sequence[str], files: bool, replace: bool, actor: Actor, progress: Progress
) -> GenerationOutput:
    """The work of `enqueue_generation`: each item with its verdict and the sums that must agree."""
    with temporary_folder() as room:
        folder = room / "items" if files else None
        results = generate.generate(
            enterprise=enterprise, year=year, items=items, folder=folder, actor=actor, replace=replace,
            progress=progress,
        )  # fmt: skip
        entries = [generate.generated_to_document(one, [path.name for path in one.files]) for one in results]
        run = results[0].run if results else ""
        if folder is None:
            return GenerationOutput(year, entries, run)
        output = store_zip(folder, f"{year}-{_('Generated documents')}.zip")
    return GenerationFiles(year, entries, run, output.name, output.sha256, output.size, output.blob)


def run_build(*, enterprise: str, year: int, pictures: bool, on: str, actor: Actor, progress: Progress) -> BuildOutput:
    """The work of `enqueue_build`: both editions with their manifest, as a zip."""
    with temporary_folder() as room:
        folder = room / "package"
        package = build(
            enterprise=enterprise, year=year, folder=folder, actor=actor, pictures=pictures,
            on=date.fromisoformat(on) if on else None, progress=progress,
        )  # fmt: skip
        output = store_zip(folder, _name(year, draft=package.draft))
    return BuildOutput(
        year=year, digest=package.digest, draft=package.draft, missing=package.missing, unbound=package.unbound,
        pages=package.pages, pictures=package.pictures, run=package.run, book=package.book, sealed=package.sealed,
        blank=package.blank, contents=package.files, name=output.name, sha256=output.sha256, size=output.size,
        blob=output.blob,
    )  # fmt: skip


def run_signing(*, enterprise: str, year: int, package: str, actor: Actor, progress: Progress) -> SigningOutput:
    """The work of `enqueue_signing`: the package with its upload edition signed, as a zip."""
    built = get_files_job(enterprise, year, package, flow.BUILD_PACKAGE)
    with temporary_folder() as room:
        folder = room / "package"
        open_zip(built, folder)
        done = signatures.sign_package(
            enterprise=enterprise, folder=folder, actor=actor, ask=lambda _file: "", progress=progress
        )
        output = store_zip(folder, _name(year, draft=False))
    return SigningOutput(
        year=year, package=built.id, left=done.left, digest=done.digest, subject=done.subject,
        fingerprint=done.fingerprint, valid_to=done.valid_to, named=done.named, signed=done.files, name=output.name,
        sha256=output.sha256, size=output.size, blob=output.blob,
    )  # fmt: skip


def _name(year: int, *, draft: bool) -> str:
    return f"{year}-{_('Package')}{'-' + _('draft') if draft else ''}.zip"


GENERATED = frozenset(generate.ITEMS) - generate.INTERNAL  # items of the checklist that the firm's records make


@dataclass(frozen=True, slots=True)
class Paper:
    """A generated item. ``run``: of the portrait that its newest version is from, "": that was brought in.

    ``older``: the year has a later portrait; ``sums``: figure, metric, paper and portrait, as they were compared.
    """

    line: Line
    run: str
    older: bool
    sums: Sequence[Sum]


@dataclass(frozen=True, slots=True)
class PackageStatus:
    """``run``: of the year's newest portrait, "": there is none, and nothing can be generated.

    ``working``: what waits or runs, the next first; ``files``, ``package``, ``signature``: what was made last and can
    be fetched still, or None; ``failed``: newest work of each kind, where it failed.
    """

    run: str
    lines: Sequence[Line]
    papers: Sequence[Paper]
    missing: Sequence[Line]
    certificate: Certificate
    working: Sequence[JobValue]
    files: JobValue | None
    package: JobValue | None
    signature: JobValue | None
    failed: Sequence[JobValue]


def get_generation_status(enterprise: str, year: int, actor: Actor) -> PackageStatus:
    """How it stands. NianjianError role_missing, enterprise_unknown."""
    require_permission(actor, enterprise, Permission.READ)
    of_year: Json = {"year": year}
    # Read first: what ends meanwhile is shown twice rather than not at all.
    working = [one for kind in KINDS for one in queue.under_way(enterprise, of_year, kind=kind)]
    lines = checklist.list_items(enterprise, year, actor)
    newest = bases.find_filed_run(enterprise, year)
    run = "" if newest is None else newest.id
    last = [queue.newest(enterprise, kind, of_year) for kind in KINDS]
    # Files of items of the checklist; those of the emergency procedure alone are not among them.
    done_jobs = queue.list_done_jobs(enterprise, flow.GENERATE_ITEMS, {**of_year, "files": True})
    of_items = (job for job in done_jobs if BLOB in job.result and job.payload["items"] != [complaint_papers.ITEM])
    package = _find_job(enterprise, flow.BUILD_PACKAGE, of_year)
    signed = None if package is None else _find_job(enterprise, flow.SIGN_PACKAGE, {**of_year, "package": package.id})
    return PackageStatus(
        run=run,
        lines=lines,
        papers=[_paper(one, run) for one in lines if one.item in GENERATED],
        missing=[one for one in lines if one.state not in COMPLETE],
        certificate=signatures.get_certificate(enterprise, actor),
        working=working,
        files=next(of_items, None),
        package=package,
        signature=signed,
        failed=[one for one in last if one is not None and one.state == "failed"],
    )


def _find_job(enterprise: str, kind: str, payload: Json) -> JobValue | None:
    job = queue.newest(enterprise, kind, payload, "done")
    return job if job is not None and BLOB in job.result else None


@dataclass(frozen=True, slots=True)
class ProcedureStatus:
    """The emergency procedure. ``run``: as of `PackageStatus`; ``working`` in their order; ``files``: made last."""

    run: str
    working: Sequence[JobValue]
    files: JobValue | None


def get_procedure_status(enterprise: str, year: int, actor: Actor) -> ProcedureStatus:
    """How the emergency procedure stands. NianjianError role_missing, enterprise_unknown."""
    require_permission(actor, enterprise, Permission.READ)
    newest = bases.find_filed_run(enterprise, year)
    payload = {"year": year, "items": [complaint_papers.ITEM], "files": True}
    return ProcedureStatus(
        run="" if newest is None else newest.id,
        working=queue.under_way(enterprise, payload, kind=flow.GENERATE_ITEMS),
        files=_find_job(enterprise, flow.GENERATE_ITEMS, payload),
    )


def portrait_of_item(line: Line) -> str:
    """The portrait that an item's newest version is made from; "": it was brought in, or there is none."""
    return (
        "" if line.newest is None else str(materials.read_report(line.newest).get("fields", {}).get(materials.RUN, ""))
    )


def _paper(line: Line, newest: str) -> Paper:
    run = portrait_of_item(line)
    sums = materials.read_report(line.newest).get(generate.SUMS, ()) if line.newest is not None else ()
    return Paper(line, run, bool(run) and run != newest, msgspec.convert(sums, type=list[Sum]))


def to_document(one: Paper) -> GeneratedTold:
    """With what it was generated from."""
    return checklist.line_to_document(one.line, GeneratedTold, run=one.run, older=one.older, sums=list(one.sums))
