"""Rounds: a package handed in, a notice, answers, evidence, and what differs between two packages.

Each write is one transaction with one audit entry; the first package of a season also files the season's licence
report, which has its entry.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Due, Season, add_workdays
from nianjian.engines.season.deadlines import LICENCE
from nianjian.features.archives.closed_seasons import list_sealed_blobs
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import PAPER
from nianjian.features.dossier.editions.verify import ItemChangeKind, difference, verify
from nianjian.features.dossier.kinds import KNOWN, get_item
from nianjian.features.dossier.materials import TEXT_LENGTH, get_version, required_text
from nianjian.features.dossier.models import Answer, Evidence, Notice, Request, Submission, Version, row_values
from nianjian.features.dossier.operations import package as packages
from nianjian.features.dossier.operations.checklist import require_writable
from nianjian.features.dossier.package_documents import (
    RoundAnswer,
    RoundFull,
    RoundItem,
    RoundNotice,
    RoundPaper,
    RoundRequest,
    RoundsDiffer,
    RoundTold,
    StoredZip,
)
from nianjian.features.dossier.states import (
    ALLOWED,
    Reply,
    RequestState,
    RoundAction,
    RoundState,
    evaluate_request,
    evaluate_round,
    is_late,
)
from nianjian.features.portrait import bases
from nianjian.features.rectification.storage import PaperContent
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.record import record
from nianjian.platform.home import env, folders
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers import filings
from nianjian.platform.registers.licences import list_reporting_seasons
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import Rulebooks
from nianjian.platform.vault import blobs

Json = dict[str, Any]
MEDIA: Final = "application/json"
DUE: Final = "rectification.returned"  # working days after a return
PACKED: Final = (Evidence.PACKAGE, Evidence.SIGNED)  # too large for a paper; the archive of the season gives them
EVIDENCE_SHOWN: Final = 200  # files of evidence that are shown
REQUESTS: Final = 100  # of one notice


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A zip in the vault; ``kind``: the package, or its signed edition."""

    kind: str
    zip: StoredZip


@dataclass(frozen=True, slots=True)
class Package:
    """What a manifest says: its own SHA-256, item -> SHA-256 of the source, pages of the paper edition, the file.

    ``run``: of the portrait that its cover names, "" for none;
    ``files``: those of the package that the vault holds already; ``folder``: what is handed in, if it lies in one.
    """

    sha256: str
    items: Mapping[str, str]
    pages: int
    built_here: bool
    manifest: PaperContent
    run: str = ""
    files: Sequence[PackageFile] = ()
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """When and where it was handed in, and under which number the authority keeps it; ``place`` "": nobody said."""

    on: date
    place: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RequestInput:
    """One request of a notice; ``item`` "": about the whole package."""

    item: str
    text: str


@dataclass(frozen=True, slots=True)
class RoundStatus:
    """A package as it stands: its notices with their requests and answers, and the package after it."""

    state: RoundState
    notices: Sequence[Notice]
    requests: Mapping[int, RequestState]  # by their keys
    following: Submission | None


def read_package_path(path: Path, *, enterprise: str, year: int) -> Package:
    """The package of a folder, whose files must hold, or of a manifest alone, whose files are here already.

    ``dossier_path_unknown``, ``dossier_package_differs``, ``dossier_package_resaved`` (neither as it was built nor
    that with a signature behind it), ``file_too_large``, ``dossier_package_alone`` (its files are nowhere),
    and those of `read_package`.
    """
    if not path.exists():
        raise NianjianError("dossier_path_unknown", path=str(path))
    listed = path / manifest.NAME if path.is_dir() else path
    try:
        if listed.stat().st_size > manifest.LIMIT:
            raise NianjianError("file_too_large", file=listed.name, limit=manifest.LIMIT)
        body = listed.read_bytes()
    except OSError as error:
        raise NianjianError("dossier_manifest_unreadable", file=listed.name) from error
    package = read_package(body, enterprise=enterprise, year=year)
    here = path.is_dir() or any(file.kind == Evidence.PACKAGE for file in package.files)
    if not here and json.loads(body)["files"]:
        raise NianjianError("dossier_package_alone", file=path.name)
    result = verify(path) if path.is_dir() else None
    if result is not None and not result.intact:
        first = result.differences[0]
        raise NianjianError("dossier_package_differs", file=first.file, page=first.page or "–", change=first.kind.value)
    if resaved := [one.file for one in (() if result is None else result.notes) if one.kind != "signed"]:
        raise NianjianError("dossier_package_resaved", file=resaved[0])
    return replace(package, folder=path) if path.is_dir() else package


def read_built_package(*, enterprise: str, year: int, job: str = "") -> Package:
    """The newest complete package that was built here, or that of a job.

    ``dossier_package_unbuilt``, ``dossier_files_unknown``, and those of `read_package`.
    """
    built = (
        packages.get_files_job(enterprise, year, job, flow.BUILD_PACKAGE)
        if job
        else packages.find_built_package(enterprise, year)
    )
    if built is None:
        raise NianjianError("dossier_package_unbuilt", year=year)
    body = manifest.read_packed_manifest(blobs.read(str(built.result[packages.BLOB])))
    return read_package(body, enterprise=enterprise, year=year)


def list_built_packages(enterprise: str, year: int) -> list[JobValue]:
    """The complete packages whose files are here and that were not handed in, newest first."""
    submitted = set(list_submissions(enterprise, year).values_list("manifest_sha256", flat=True))
    built = queue.list_done_jobs(enterprise, flow.BUILD_PACKAGE, {"year": year})
    return [
        job
        for job in built
        if packages.BLOB in job.result and not job.result.get("draft") and job.result.get("digest") not in submitted
    ]


def _list_files(enterprise: str, year: int, sha256: str) -> list[PackageFile]:
    """The files of the package with this manifest, as far as the vault holds them."""
    job = packages.find_built_package(enterprise, year, manifest_sha256=sha256)
    if job is None:
        return []
    signed = packages.find_signed_package(job)
    outputs = [(Evidence.PACKAGE, job), *([(Evidence.SIGNED, signed)] if signed else [])]
    return [PackageFile(kind, packages.get_stored_zip(one)) for kind, one in outputs]


def read_package(body: bytes, *, enterprise: str, year: int) -> Package:
    """What a manifest says.

    ``file_too_large``, ``dossier_manifest_unreadable``, ``dossier_manifest_altered`` (its own hash does not fit),
    ``dossier_manifest_other`` (of another enterprise or season), ``dossier_manifest_draft``.
    """
    if len(body) > manifest.LIMIT:
        raise NianjianError("file_too_large", file=manifest.NAME, limit=manifest.LIMIT)
    content = _read_manifest(body)
    tenant = accounts.enterprise(enterprise)
    if not manifest.hashes_hold(content):
        raise NianjianError("dossier_manifest_altered", file=manifest.NAME)
    if content.get("season") != year or content.get("enterprise") != tenant.name:
        raise NianjianError(
            "dossier_manifest_other", season=content.get("season"), enterprise=content.get("enterprise")
        )
    if content.get("draft"):
        raise NianjianError("dossier_manifest_draft")
    sha256 = str(content["sha256"])
    built = _find_build_day(tenant.code, sha256) is not None
    pages = next((len(one["pages"]) for one in content["files"] if one["edition"] == PAPER), 0)
    items = {str(one["item"]): str(one["source_sha256"]) for one in content["items"]}
    listed = PaperContent(manifest.NAME, MEDIA, body)
    run = str(content.get("snapshot") or "")
    return Package(sha256, items, pages, built, listed, run, _list_files(tenant.code, year, sha256))


def _find_build_day(enterprise: str, sha256: str) -> date | None:
    """The day on which the package with this manifest was first built here; None: it was built elsewhere."""
    builds = audit.filter_entries(enterprise=enterprise, verb="dossier.built").filter(data__contains=f'"{sha256}"')
    first = builds.last()
    return None if first is None else datetime.fromisoformat(first.at).astimezone(clock.ZONE).date()


def _read_manifest(body: bytes) -> Json:
    """The manifest, every part that is used later checked for its shape."""
    with tempfile.TemporaryDirectory(dir=folders.folder(env.read().home)) as room:
        path = Path(room) / manifest.NAME
        path.write_bytes(body)
        content = manifest.read_manifest(path)
    try:
        for one in content["items"]:
            if one["item"] not in KNOWN:
                raise NianjianError("dossier_manifest_unreadable", file=manifest.NAME)
            _ = (str(one["source_sha256"]), str(one["copy_sha256"]), int(one["pages"]))
        for file in content["files"]:
            _ = str(file["edition"])
            for page in file["pages"]:
                _ = (str(page["item"]), int(page["source_page"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NianjianError("dossier_manifest_unreadable", file=manifest.NAME) from error
    return content


class Days:
    """By what the days of an enterprise's notices are counted; read once for many of them."""

    def __init__(self, enterprise: str) -> None:
        where = accounts.enterprise(enterprise).province or None
        self._books = Rulebooks(province=where, enterprise=enterprise)
        self._calendar = calendar()

    def due(self, notice: Notice) -> Due:
        """The last day: the one that the notice names, else counted with today's calendar."""
        if notice.printed_due is not None:
            return Due(notice.printed_due, provisional=False)
        days = self._books.on(notice.received).integer(DUE)
        return add_workdays(notice.received, days, self._calendar)


def list_submissions(enterprise: str, year: int) -> QuerySet[Submission]:
    """What was handed in for a season, newest first."""
    return Submission.objects.filter(enterprise_id=enterprise, year=year).order_by("-number")


def get_submission(enterprise: str, year: int, number: int) -> Submission:
    """One of them; ``dossier_round_unknown``."""
    submission = list_submissions(enterprise, year).filter(number=number).first()
    if submission is None:
        raise NianjianError("dossier_round_unknown", year=year, number=number)
    return submission


def evaluate_status(row: Submission) -> RoundStatus:
    """How a package stands, from what was recorded since."""
    requests = Request.objects.order_by("pk").prefetch_related(Prefetch("answers", Answer.objects.order_by("-pk")))
    notices = list(row.notices.order_by("received", "pk").prefetch_related(Prefetch("requests", requests)))
    later = list(list_submissions(row.enterprise_id, row.year).filter(number__gt=row.number).order_by("number"))
    every = [request for notice in notices for request in notice.requests.all()]
    versions = _versions(row, {one.item for one in every if one.item})
    states = {one.pk: _request_state(one, versions, later) for one in every}
    state = evaluate_round(states.values(), later=bool(later), passed=row.passed_on is not None)
    return RoundStatus(state, notices, states, later[0] if later else None)


def _versions(row: Submission, items: set[str]) -> Mapping[tuple[str, int], Version]:
    """(Item, number) -> the version."""
    query = Version.objects.filter(
        material__enterprise_id=row.enterprise_id, material__year=row.year, material__item__in=items
    )
    rows = query.select_related("material").defer("name", "report")
    return {(one.material.item, one.number): one for one in rows}


def _request_state(
    request: Request, versions: Mapping[tuple[str, int], Version], later: Sequence[Submission]
) -> RequestState:
    held: bool | None = False if later else None
    newest = next(iter(request.answers.all()), None)
    if newest is None:
        return evaluate_request(Reply.NONE, held=held)
    if newest.version is None:
        return evaluate_request(Reply.NOTE, held=held)
    file = versions[request.item, newest.version]
    if any(one.items.get(request.item) == file.sha256 for one in later):
        held = True
    sure = file.confirmed_at is not None and file.returned_at is None
    return evaluate_request(Reply.FILE if sure else Reply.UNSURE, held=held)


def list_packages(
    *, enterprise: str, year: int, actor: Actor, first: int = 0, count: int | None = None
) -> list[RoundTold]:
    """The packages that were handed in for a season, newest first."""
    require_permission(actor, enterprise, Permission.READ)
    submissions = list_submissions(enterprise, year)[first : None if count is None else first + count]
    days = Days(enterprise)
    return [_summary(row, evaluate_status(row), days) for row in submissions]


def _summary(row: Submission, status: RoundStatus, days: Days) -> RoundTold:
    dues = [(days.due(one), one) for one in status.notices]
    first = min(dues, key=lambda one: one[0].day, default=None)
    states = list(status.requests.values())
    return RoundTold(
        **row_values(row, "number", "handed_on", "place", "reference", "built_here", "pages", "passed_on"),
        state=status.state.value,
        manifest=row.manifest_sha256,
        files_kept=has_files(row),
        due=None if first is None else first[0].day,
        provisional=first is not None and first[0].provisional,
        printed=first is not None and first[1].printed_due is not None,
        late=first is not None and _is_late(row, status, first[0].day),
        requests=len(states),
        answered=sum(one in {RequestState.ANSWERED, RequestState.SENT} for one in states),
        left_out=states.count(RequestState.LEFT_OUT),
    )


def _is_late(row: Submission, status: RoundStatus, due: date) -> bool:
    """Whether the next package went out after the last day, or is overdue; none is due once this one has passed."""
    if row.passed_on is not None:
        return False
    sent = None if status.following is None else status.following.handed_on
    return is_late(due, sent_on=sent, today=clock.today())


def get_package(*, enterprise: str, year: int, number: int, actor: Actor) -> RoundFull:
    """A package with everything about it but the content of its files; ``dossier_round_unknown``."""
    require_permission(actor, enterprise, Permission.READ)
    row = get_submission(enterprise, year, number)
    status, days = evaluate_status(row), Days(enterprise)
    versions = _versions(row, set(row.items)).items()
    by_item = {item: number for (item, number), one in versions if row.items[item] == one.sha256}
    papers = row.evidence.exclude(kind__in=PACKED).order_by("pk")[:EVIDENCE_SHOWN]
    return RoundFull(
        **asdict(_summary(row, status, days)),
        **row_values(row, "recorded_at", "recorded_by"),
        acts=sorted(act.value for act in ALLOWED[status.state]),
        items=[RoundItem(item, by_item.get(item)) for item in row.items],
        notices=[_notice(row, notice, status, days.due(notice)) for notice in status.notices],
        papers=[evidence_to_document(paper) for paper in papers],
    )


def _notice(row: Submission, notice: Notice, status: RoundStatus, due: Due) -> RoundNotice:
    return RoundNotice(
        id=notice.pk,
        received=notice.received,
        reference=notice.reference,
        due=due.day,
        provisional=due.provisional,
        printed=notice.printed_due is not None,
        late=_is_late(row, status, due.day),
        requests=[
            RoundRequest(
                id=request.pk,
                item=request.item,
                text=request.text or "",
                state=status.requests[request.pk].value,
                answers=[RoundAnswer(one.version, one.note or "", one.at, one.actor) for one in request.answers.all()],
            )
            for request in notice.requests.all()
        ],
    )


def evidence_to_document(row: Evidence) -> RoundPaper:
    """A file of evidence, without its content."""
    columns = ("kind", "media_type", "sha256", "size", "recorded_at", "recorded_by")
    return RoundPaper(id=row.pk, name=row.name or "", **row_values(row, *columns))


def compare_packages(*, enterprise: str, year: int, before: int, after: int, actor: Actor) -> RoundsDiffer:
    """What differs between two packages that were handed in; ``dossier_round_unknown``, ``blob_missing``."""
    require_permission(actor, enterprise, Permission.READ)
    rows = [get_submission(enterprise, year, number) for number in (before, after)]
    old, new = (json.loads(blobs.get(row.evidence.get(kind=Evidence.MANIFEST).blob)) for row in rows)
    changes = difference(old, new)
    return RoundsDiffer(before, after, all(one.kind == ItemChangeKind.SAME for one in changes), changes)


def record_submission(*, enterprise: str, year: int, package: Package, handed: Handover, actor: Actor) -> RoundTold:
    """Note that a package was handed in, keep its manifest and its files, and file the season's licence report.

    The same package again adds its files where only its manifest was here, and else is refused.

    ``role_missing``, ``enterprise_unknown``, ``dossier_day_ahead``, ``season_day_early``, ``dossier_place_missing``,
    ``dossier_submitted_already``, ``dossier_day_before`` (the one before went out later), ``dossier_day_before_build``,
    ``dossier_round_over`` (the season's package has passed), ``dossier_basis_differs``.
    """
    require_writable(actor, enterprise, year)
    if not handed.place.strip():
        raise NianjianError("dossier_place_missing")
    return _summary_of(_store_submission(enterprise, year, package, handed, actor, report=True))


def file_built_package(*, enterprise: str, year: int, handed: Handover, actor: Actor) -> None:
    """The licence report was handed in: so was the newest complete package that had been built here by that day.

    Nothing where none was. The caller has asked for the permission, and notes the report.
    """
    built = packages.find_built_package(enterprise, year, until=handed.on)
    if built is not None:
        package = read_built_package(enterprise=enterprise, year=year, job=built.id)
        _store_submission(enterprise, year, package, handed, actor, report=False)


def withdraw_submission(row: Submission, actor: Actor) -> None:
    """Take back that the season's only package was handed in; its files go, but for those that others hold.

    ``season_filed_by_package`` once anything was recorded about it. The caller has asked for the permission.
    """
    with transaction.atomic():
        lock_enterprise(row.enterprise_id)
        files = row.evidence.filter(kind__in=(Evidence.MANIFEST, *PACKED))
        further = row.evidence.exclude(kind__in=(Evidence.MANIFEST, *PACKED)).exists() or row.notices.exists()
        later = list_submissions(row.enterprise_id, row.year).filter(number__gt=row.number).exists()
        if further or later or row.passed_on is not None:
            raise NianjianError("season_filed_by_package", number=row.number, day=row.handed_on.isoformat())
        own = {file.blob for file in files} - list_sealed_blobs() - queue.list_values_by_name(packages.BLOB)
        _note("withdrawn", row, actor, {"handed_on": row.handed_on.isoformat(), "manifest": row.manifest_sha256})
        files.delete()
        row.delete()
        for blob in own:
            transaction.on_commit(partial(blobs.remove, blob))


def find_first_submission(enterprise: str, year: int) -> Submission | None:
    """The package whose day is that of the season's licence report; None: none was handed in."""
    return list_submissions(enterprise, year).last()


def _store_submission(
    enterprise: str, year: int, package: Package, handed: Handover, actor: Actor, *, report: bool
) -> Submission:
    tenant = accounts.enterprise(enterprise)
    _require_hand_in_day(handed.on, year)
    place, reference = handed.place.strip()[:200], handed.reference.strip()[:120]
    with _package_files(package, year) as files, transaction.atomic():
        lock_enterprise(tenant.code)
        before = list_submissions(tenant.code, year)
        same = before.filter(manifest_sha256=package.sha256).first()
        if same is not None:
            return _add_files(same, files, actor)
        last = before.first()
        if last is not None:
            if last.passed_on is not None:
                raise NianjianError("dossier_round_over", number=last.number)
            _require_not_before(handed.on, last.handed_on)
        _require_built(tenant.code, package.sha256, handed.on)
        bases.require_filed_basis(tenant.code, year, package.run)
        row = Submission(
            enterprise_id=tenant.code, year=year, number=1 if last is None else last.number + 1, handed_on=handed.on,
            place=place, reference=reference, manifest_sha256=package.sha256, items=dict(package.items),
            pages=package.pages, built_here=package.built_here, recorded_at=clock.now(), recorded_by=str(actor),
        )  # fmt: skip
        row.save(force_insert=True)
        _link_files(row, files, actor)
        data: Json = {"handed_on": handed.on.isoformat(), "place": place, "manifest": package.sha256}
        data |= {"built_here": package.built_here, "files": {file.kind: file.zip.sha256 for file in files}}
        with _stored(row, Evidence.MANIFEST, package.manifest, actor):
            _note("submitted", row, actor, data)
            if last is None and report:
                _file_report(row, actor)
    return row


@contextmanager
def _package_files(package: Package, year: int) -> Iterator[Sequence[PackageFile]]:
    """The files of a package in the vault; those of a folder are put there, and taken back if what follows fails.

    Of a signed folder both are kept: the files as they were built, which the manifest names, and as they were signed.
    """
    if package.folder is None:
        yield package.files
        return
    stored = [file for file in package.files if file.kind == Evidence.PACKAGE]  # a signed edition is the one handed in
    with tempfile.TemporaryDirectory(dir=folders.folder(env.read().home)) as room:
        built = _copy_built_files(package, Path(room) / "built")
        editions = [] if stored else [(Evidence.PACKAGE, built or package.folder)]
        editions += [(Evidence.SIGNED, package.folder)] if built else []
        files: list[PackageFile] = []
        try:
            for kind, folder in editions:
                output = packages.store_zip(folder, f"{year}-{kind}.zip", path=Path(room) / f"{kind}.zip")
                files.append(PackageFile(kind, output))
            yield [*stored, *files]
        except BaseException:
            for file in files:
                blobs.remove(file.zip.blob)
            raise


def _copy_built_files(package: Package, target: Path) -> Path | None:
    """The files of a signed folder without what stands behind them, as they were built; None: nothing stands there."""
    folder = package.folder
    sizes = {str(one["path"]): int(one["bytes"]) for one in json.loads(package.manifest.body)["files"]}
    if folder is None or all((folder / path).stat().st_size == size for path, size in sizes.items()):
        return None
    for path, size in {**sizes, manifest.NAME: (folder / manifest.NAME).stat().st_size}.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("rb") as source, (target / path).open("wb") as copy:
            for piece in blobs.pieces(source):
                copy.write(piece[: size - copy.tell()])
    return target


def _add_files(row: Submission, files: Sequence[PackageFile], actor: Actor) -> Submission:
    """Keep the files of a package of which only the manifest was here; ``dossier_submitted_already``."""
    if not files or has_files(row):
        raise NianjianError("dossier_submitted_already", number=row.number)
    _link_files(row, files, actor)
    (package,) = [file for file in files if file.kind == Evidence.PACKAGE]
    _note("round_paper", row, actor, {"kind": package.kind, "sha256": package.zip.sha256, "size": package.zip.size})
    return row


def _link_files(row: Submission, files: Sequence[PackageFile], actor: Actor) -> None:
    Evidence.objects.bulk_create(
        Evidence(
            submission=row, kind=file.kind, name=file.zip.name, media_type=packages.ZIP, sha256=file.zip.sha256,
            size=file.zip.size, blob=file.zip.blob, recorded_at=clock.now(), recorded_by=str(actor),
        )
        for file in files
    )  # fmt: skip


def has_files(row: Submission) -> bool:
    """Whether the files of a package that was handed in are here."""
    return row.evidence.filter(kind=Evidence.PACKAGE).exists()


def _file_report(row: Submission, actor: Actor) -> None:
    """Note in the season that its licence report was handed in with this package; a receipt of that day stays."""
    noted = {one.licence: one for one in filings.list_filings(row.enterprise_id, row.year) if one.track == LICENCE}
    for season in list_reporting_seasons(row.enterprise_id, row.year):
        filing = noted.get(season.licence)
        receipt = row.reference or (
            filing.receipt if filing is not None and filing.submitted_on == row.handed_on else ""
        )
        filings.record_submission(
            enterprise=row.enterprise_id, season=season, track=LICENCE, day=row.handed_on, receipt=receipt, actor=actor
        )


def correct_handover_day(row: Submission, day: date, actor: Actor) -> None:
    """Another day on which the season's first package was handed in.

    ``dossier_round_refused`` once it came back or passed, ``dossier_day_before_build``. The caller has asked for the
    permission and notes the report.
    """
    _require_hand_in_day(day, row.year)
    with transaction.atomic():
        row = _open(row, RoundAction.ACCEPT)
        if row.notices.exists():
            state = evaluate_status(row).state.value
            raise NianjianError("dossier_round_refused", number=row.number, round_state=state)
        _require_built(row.enterprise_id, row.manifest_sha256, day)
        row.handed_on = day
        row.save(update_fields=["handed_on"])
        _note("round_corrected", row, actor, {"handed_on": day.isoformat()})


def _summary_of(row: Submission) -> RoundTold:
    return _summary(row, evaluate_status(row), Days(row.enterprise_id))


def record_notice(
    *,
    enterprise: str,
    year: int,
    number: int,
    received: date,
    due: date | None,
    reference: str,
    requests: Sequence[RequestInput],
    paper: PaperContent | None,
    actor: Actor,
) -> RoundTold:
    """Note that it came back, and what was asked for; ``due``: the last day that the notice names.

    ``role_missing``, ``dossier_round_unknown``, ``dossier_round_refused``, ``dossier_day_ahead``,
    ``dossier_day_before``, ``dossier_due_before_receipt``, ``dossier_requests_missing``, ``dossier_requests_many``,
    ``dossier_item_unknown``, ``dossier_reason_missing``.
    """
    submission = _submission(enterprise, year, number, actor)
    _not_ahead(received)
    _require_not_before(received, submission.handed_on)
    if due is not None and due < received:
        raise NianjianError("dossier_due_before_receipt", due=str(due), received=str(received))
    if not requests:
        raise NianjianError("dossier_requests_missing")
    if len(requests) > REQUESTS:
        raise NianjianError("dossier_requests_many", count=len(requests), most=REQUESTS)
    items = [get_item(plain).name if (plain := one.item.strip()) else "" for one in requests]
    texts = [required_text(one.text) for one in requests]
    with transaction.atomic():
        row = _open(submission, RoundAction.RETURN)
        notice = Notice.objects.create(
            submission=row, received=received, printed_due=due, reference=reference.strip()[:120],
            recorded_at=clock.now(), recorded_by=str(actor),
        )  # fmt: skip
        for item, text in zip(items, texts, strict=True):
            Request.objects.create(notice=notice, item=item, text=text)
        last = None if due is None else due.isoformat()
        data: Json = {"notice": notice.pk, "received": received.isoformat(), "due": last, "requests": items}
        if paper is None:
            _note("round_returned", row, actor, data)
        else:
            with _stored(row, "notice", paper, actor) as evidence:
                _note("round_returned", row, actor, data | {"sha256": evidence.sha256})
    return _summary_of(submission)


def record_answer(
    *, enterprise: str, year: int, number: int, request: int, version: int | None, note: str, actor: Actor
) -> RoundTold:
    """Answer a request by a new file of its item, or by words alone; a later answer replaces it.

    ``role_missing``, ``dossier_round_unknown``, ``dossier_round_refused``, ``dossier_request_unknown``,
    ``dossier_reason_missing`` (neither file nor words), ``dossier_answer_whole`` (a file is of an item, the request of
    none), ``dossier_version_unknown``, ``dossier_version_submitted`` (it had been handed in with the package).
    """
    submission = _submission(enterprise, year, number, actor)
    with transaction.atomic():
        row = _open(submission, RoundAction.ANSWER)
        request_row = Request.objects.filter(notice__submission=row, pk=request).first()
        if request_row is None:
            raise NianjianError("dossier_request_unknown", number=row.number, request=request)
        if version is None:
            required_text(note)
        elif not request_row.item:
            raise NianjianError("dossier_answer_whole")
        elif row.items.get(request_row.item) == get_version(enterprise, year, request_row.item, version).sha256:
            raise NianjianError("dossier_version_submitted", item=request_row.item, version=version, number=row.number)
        text = note.strip()[:TEXT_LENGTH]
        Answer.objects.create(request=request_row, version=version, note=text, at=clock.now(), actor=str(actor))
        _note("round_answered", row, actor, {"request": request_row.pk, "item": request_row.item, "version": version})
    return _summary_of(submission)


def record_passed(*, enterprise: str, year: int, number: int, on: date, actor: Actor) -> RoundTold:
    """Note that the authority took it as good.

    ``role_missing``, ``dossier_round_unknown``, ``dossier_round_refused``, ``dossier_day_ahead``,
    ``dossier_day_before``.
    """
    submission = _submission(enterprise, year, number, actor)
    _not_ahead(on)
    _require_not_before(on, submission.handed_on)
    with transaction.atomic():
        row = _open(submission, RoundAction.ACCEPT)
        row.passed_on = on
        row.save(update_fields=["passed_on"])
        _note("round_passed", row, actor, {"on": on.isoformat()})
    return _summary_of(row)


def add_evidence(*, enterprise: str, year: int, number: int, kind: str, file: PaperContent, actor: Actor) -> Evidence:
    """Keep a file about a package; the same content for the same purpose again changes nothing.

    ``role_missing``, ``dossier_evidence_kind``, ``dossier_round_unknown``.
    """
    require_writable(actor, enterprise, year)
    if kind not in Evidence.KINDS:
        raise NianjianError("dossier_evidence_kind", given=kind, known=", ".join(Evidence.KINDS))
    submission = get_submission(enterprise, year, number)
    with transaction.atomic():
        row = _open(submission, RoundAction.PAPER)
        sha256 = hashlib.sha256(file.body).hexdigest()
        existing = Evidence.objects.filter(submission=row, kind=kind, sha256=sha256).first()
        if existing is not None:
            return existing
        with _stored(row, kind, file, actor) as evidence:
            _note("round_paper", row, actor, {"kind": kind, "sha256": evidence.sha256, "size": evidence.size})
    return evidence


def download_evidence(
    *, enterprise: str, year: int, number: int, evidence: int, actor: Actor
) -> tuple[Evidence, bytes]:
    """A file of evidence as it came, with an entry in the chain.

    ``role_missing``, ``dossier_round_unknown``, ``dossier_evidence_unknown``, ``blob_missing``, ``sealed_damaged``.
    """
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    submission = get_submission(enterprise, year, number)
    row = submission.evidence.filter(pk=evidence).exclude(kind__in=PACKED).first()
    if row is None:
        raise NianjianError("dossier_evidence_unknown", number=number, evidence=evidence)
    content = blobs.get(row.blob)
    with transaction.atomic():
        _note("round_fetched", submission, actor, {"evidence": row.pk, "sha256": row.sha256})
    return row, content


@contextmanager
def _stored(submission: Submission, kind: str, file: PaperContent, actor: Actor) -> Iterator[Evidence]:
    """Seal a file in the vault and write its row; what fails inside takes the file back."""
    with blobs.put_undoable(file.body) as blob:
        yield Evidence.objects.create(
            submission=submission, kind=kind, name=file.name, media_type=file.media_type, sha256=blob.sha256,
            size=blob.size, blob=blob.id, recorded_at=clock.now(), recorded_by=str(actor),
        )  # fmt: skip


def _submission(enterprise: str, year: int, number: int, actor: Actor) -> Submission:
    require_writable(actor, enterprise, year)
    return get_submission(enterprise, year, number)


def _open(submission: Submission, act: RoundAction) -> Submission:
    """The package, held for writing, if its state allows the act; ``dossier_round_refused``."""
    lock_enterprise(submission.enterprise_id)
    row = Submission.objects.select_for_update().get(pk=submission.pk)
    state = evaluate_status(row).state
    if act not in ALLOWED[state]:
        raise NianjianError("dossier_round_refused", number=row.number, round_state=state.value)
    return row


def _require_hand_in_day(day: date, year: int) -> None:
    """A package of a data year is handed in after it; ``dossier_day_ahead``, ``season_day_early``."""
    _not_ahead(day)
    if day <= Season("", year).year_end:
        raise NianjianError("season_day_early", day=day.isoformat(), year=year)


def _not_ahead(day: date) -> None:
    if day > clock.today():
        raise NianjianError("dossier_day_ahead", day=str(day))


def _require_not_before(day: date, earlier: date) -> None:
    if day < earlier:
        raise NianjianError("dossier_day_before", day=str(day), earlier=str(earlier))


def _require_built(enterprise: str, sha256: str, day: date) -> None:
    """What was built here is handed in on the day of its build or later; ``dossier_day_before_build``.

    A build after today is of the real clock while another day is played, which says nothing.
    """
    built = _find_build_day(enterprise, sha256)
    if built is not None and day < built <= clock.today():
        raise NianjianError("dossier_day_before_build", day=str(day), built=str(built))


def _note(act: str, row: Submission, actor: Actor, data: Mapping[str, object]) -> None:
    values = {"year": row.year, "number": row.number, **data}
    record(verb=f"dossier.{act}", enterprise=row.enterprise_id, actor=actor, data=values)
