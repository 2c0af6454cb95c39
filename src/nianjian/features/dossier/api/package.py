"""The API of what the firm makes: package, fill-in sheet, seals, signed papers, verification."""

from decimal import Decimal
from typing import Annotated, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Field, Path, Query, Router, Schema

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.features.dossier.api.materials import SEASON, Long, place
from nianjian.features.dossier.documents import FillInTold, GeneratedTold
from nianjian.features.dossier.operations import checklist, fill_in, signatures, verification
from nianjian.features.dossier.operations import package as package_operations
from nianjian.features.dossier.operations import seals as seal_operations
from nianjian.features.dossier.operations.seals import PrintRequest
from nianjian.features.dossier.package_documents import (
    SealsTold,
    SealTold,
    SealUseAsked,
    SealUseTold,
    SealWithdrawn,
    SignedTold,
)
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.jobs import job_to_document as job_told
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, FileName, Year, attached
from nianjian.platform.home.http import as_attachment
from nianjian.platform.jobs.query import JobValue

router = Router(tags=["dossier"])
PACKAGE = SEASON + "/package"
JOB = PACKAGE + "/{job}"


class CertificateTold(Schema):
    """The certificate of the settings; ``fault``: why it cannot sign, "": it can. ``stamped``: with a time stamp.

    ``named``: it names the firm.
    """

    fault: str
    subject: str
    fingerprint: str
    valid_to: str
    named: bool
    stamped: bool


class PackageTold(Schema):
    """``run``: of the year's newest portrait, "": none. The work that was done last and whose files are still there."""

    run: str
    generated: list[GeneratedTold]
    missing: list[str]
    certificate: CertificateTold
    files: Job | None
    package: Job | None
    signature: Job | None


class GenerationGiven(Schema):
    """``items``: names, or all. ``files``: workbook and PDF in a zip, the self-check report, too; else as versions.

    ``replace``: also above an upload that nobody has confirmed yet.
    """

    items: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=20)] = Field(["all"])
    files: bool = False
    replace: bool = False


class PackageGiven(Schema):
    """``pictures``: a draft with the approved pictures of seals, else marks for stamping by hand; ``on``: its day."""

    pictures: bool = False
    on: Day | None = None


@read(router, PACKAGE, act=Permission.READ, answer=PackageTold)
def package_get(request: Request, code: str, year: Year) -> dict[str, object]:
    """How the making of the package stands: generated items with what must agree, certificate, what was made."""
    status = package_operations.get_generation_status(code, year, request.actor)

    def job(one: JobValue | None) -> Job | None:
        return None if one is None else job_told(request, one)

    return {
        "run": status.run,
        "generated": [package_operations.to_document(one) for one in status.papers],
        "missing": [one.item for one in status.missing],
        "certificate": status.certificate,
        "files": job(status.files),
        "package": job(status.package),
        "signature": job(status.signature),
    }


@write(router, f"{SEASON}/generation", act=Permission.VIEW_UNMASKED, answer=Job, status=202)
def package_generate(request: Request, code: str, year: Year, given: GenerationGiven) -> Job:
    """Generate items from registers, calls and the newest portrait: work. The result tells the sums that must agree."""
    job = package_operations.enqueue_generation(**place(request, code, year), **given.dict())
    return enqueued_job_document(request, job)


@write(router, PACKAGE, act=Permission.VIEW_UNMASKED, answer=Job, status=202)
def package_build(request: Request, code: str, year: Year, given: PackageGiven) -> Job:
    """Bind what was confirmed into both editions with their manifest: work. Its id fetches the files."""
    job = package_operations.enqueue_build(**place(request, code, year), **given.dict())
    return enqueued_job_document(request, job)


@write(router, f"{JOB}/signature", act=Permission.APPROVE, answer=Job, status=202)
def package_sign(request: Request, code: str, year: Year, job: str) -> Job:
    """Sign the upload edition of a package that a job has built, with the certificate of the settings: work."""
    return enqueued_job_document(request, package_operations.enqueue_signing(**place(request, code, year), package=job))


@take(router, f"{JOB}/file", act=Permission.VIEW_UNMASKED, media=[package_operations.ZIP])
def package_fetch(request: Request, code: str, year: Year, job: str) -> StreamingHttpResponse:
    """The zip that a generation, a building or a signing has made; the audit chain has the entry."""
    archive = package_operations.download_zip(**place(request, code, year), job=job)
    return as_attachment(StreamingHttpResponse(archive.content, content_type=package_operations.ZIP), archive.name)


class Verified(FileName):
    """``against``: number of a package that was handed in; without it the zip holds its manifest.

    ``scan``: the file is a scan of the sealed paper, which is compared by its pictures; it needs ``against``.
    """

    against: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    scan: bool = False


@write(router, f"{SEASON}/verification", act=Permission.READ, answer=Job, status=202, upload=True)
def dossier_verify(request: Request, code: str, year: Year, file: Query[Verified]) -> Job:
    """Compare a package (its folder as a zip), a file of it, or a scan, with a manifest: work.

    The job's result: `intact`, `count` and `differences` (file, page, kind), of a scan how sure (`certainty`)
    and `why`, `text` (pages read, how many agree, which differ or tell nothing) and `riding_seal` (each sheet's state).
    """
    content = request.incoming.content(checklist.LIMIT)
    job = verification.enqueue_verification(
        **place(request, code, year), files=[(file.name, content)], scan=file.scan, against=file.against
    )
    return enqueued_job_document(request, job)


SHEET = f"{SEASON}/fill-in/{{report}}"
Name = Literal["licence", "code_number"]


@read(router, SHEET, act=Permission.READ, answer=FillInTold)
def fill_in_get(request: Request, code: str, year: Year, report: Name) -> FillInTold:
    """The newest sheet, personal values masked."""
    sheet = fill_in.find_newest_sheet(**place(request, code, year), report=fill_in.get_report(report))
    if sheet is None:
        raise NianjianError("dossier_fill_in_unknown", year=year)
    return sheet


@write(router, SHEET, act=Permission.REPORT, answer=Job, status=202)
def fill_in_make(request: Request, code: str, year: Year, report: Name) -> Job:
    """Gather the fields anew: work for the worker."""
    job = fill_in.enqueue_sheet(**place(request, code, year), report=fill_in.get_report(report))
    return enqueued_job_document(request, job)


@take(router, f"{SHEET}/reveal", act=Permission.VIEW_UNMASKED, answer=FillInTold)
def fill_in_reveal(request: Request, code: str, year: Year, report: Name) -> FillInTold:
    """The newest sheet with personal values in full; the audit chain has the entry."""
    return fill_in.reveal_sheet(**place(request, code, year), report=fill_in.get_report(report))


@take(
    router,
    f"{SHEET}/exports/{{form}}",
    act=Permission.VIEW_UNMASKED,
    media=[media for media, _draw in fill_in.FORMS.values()],
)
def fill_in_export(request: Request, code: str, year: Year, report: Name, form: Literal["pdf", "xlsx"]) -> HttpResponse:
    """The newest sheet as PDF or workbook, personal values in full; the audit chain has the entry."""
    name, media, content = fill_in.download_sheet(
        **place(request, code, year), report=fill_in.get_report(report), form=form
    )
    return attached(content, media, name)


SEALS = "/enterprises/{code}/seals"
Kind = Annotated[str, Field(max_length=40)]
Length = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]


class SealFile(FileName):
    """The file's name, which seal it is and how wide on paper."""

    kind: Kind
    width_mm: Length


class SealKindGiven(Schema):
    """official_seal, finance_seal or legal_person_seal."""

    kind: Kind


class SealUseGiven(Schema):
    """``mark`` "" and a place of null are the usual ones; the centre in mm from the lower left of the upright page."""

    item: Annotated[str, Field(max_length=40)]
    kind: Kind
    reason: Long
    mark: Kind = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    x_mm: Length | None = None
    y_mm: Length | None = None


@read(router, SEALS, act=Permission.READ, answer=SealsTold)
def seals_list(request: Request, code: str) -> SealsTold:
    """The pictures of seals that may be used."""
    images = seal_operations.list_images(code, request.actor)
    law = seal_operations.citation(checklist.get_rulebook(code))
    return SealsTold(law, [seal_operations.to_picture_document(one) for one in images])


@write(router, SEALS, act=Permission.REQUEST, answer=SealTold, status=201, held=seal_operations.LIMIT)
def seals_add(request: Request, code: str, file: Query[SealFile]) -> SealTold:
    """Keep the picture of a seal, its ground made clear; the content is the file (PNG or JPEG)."""
    image = seal_operations.store_image(enterprise=code, actor=request.actor, content=request.content, **file.dict())
    return seal_operations.to_picture_document(image)


@write(router, f"{SEALS}/withdrawal", act=Permission.REQUEST, answer=SealWithdrawn)
def seals_withdraw(request: Request, code: str, given: SealKindGiven) -> SealWithdrawn:
    """Take a picture out of use and delete it; no use of it counts any more."""
    row = seal_operations.withdraw_image(enterprise=code, kind=given.kind, actor=request.actor)
    return SealWithdrawn(row.kind, row.sha256)


@read(router, f"{SEASON}/seal-uses", act=Permission.READ, answer=Page[SealUseTold])
def seals_uses(request: Request, code: str, year: Year, cut: Query[Cut]) -> dict[str, object]:
    """What was asked for in a season, newest first."""
    reader = LazyRows(lambda first, count: seal_operations.list_uses(code, year, request.actor, first, count))
    return paged(request, cut, reader, seal_operations.to_impression_document)


@write(router, f"{SEASON}/seal-uses", act=Permission.REQUEST, answer=SealUseAsked, status=201)
def seals_use(request: Request, code: str, year: Year, given: SealUseGiven) -> SealUseAsked:
    """Ask to print a seal's picture on one page of an item's newest version; a second person decides."""
    params = PrintRequest(year=year, **given.dict())
    return seal_operations.request_print(enterprise=code, params=params, actor=request.actor)


PAPERS = SEASON + "/signed-papers"
PAPER = PAPERS + "/{signed}"
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class SignedFile(FileName):
    """The file's name, and the item it belongs to."""

    item: Annotated[str, Field(max_length=40)]


@read(router, PAPERS, act=Permission.READ, answer=Page[SignedTold])
def signed_list(request: Request, code: str, year: Year, cut: Query[Cut]) -> dict[str, object]:
    """Signed papers of a season, newest first."""
    reader = LazyRows(lambda first, count: signatures.list_papers(code, year, request.actor, first, count))
    return paged(request, cut, reader, signatures.to_document)


@write(router, PAPERS, act=Permission.MANAGE_DATA, answer=SignedTold, status=201, held=signatures.LIMIT)
def signed_add(request: Request, code: str, year: Year, file: Query[SignedFile]) -> SignedTold:
    """Keep a signed PDF unaltered; the content is the file."""
    row = signatures.store_paper(**place(request, code, year), content=request.content, **file.dict())
    return signatures.to_document(row)


@read(router, PAPER, act=Permission.READ, answer=SignedTold)
def signed_get(request: Request, code: str, year: Year, signed: Number) -> SignedTold:
    """One of them."""
    return signatures.to_document(signatures.get_paper(code, year, signed, request.actor))


@take(router, f"{PAPER}/file", act=Permission.VIEW_UNMASKED, media=["application/pdf"])
def signed_fetch(request: Request, code: str, year: Year, signed: Number) -> HttpResponse:
    """The file byte for byte as it came; the audit chain has the entry."""
    row, content = signatures.download_paper(**place(request, code, year), number=signed)
    return attached(content, "application/pdf", row.name or f"{row.sha256[:12]}.pdf")
