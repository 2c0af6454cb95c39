"""What the firm makes itself: generated items, the package in both editions, its signature."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import StreamingHttpResponse
from ninja import Field, Router, Schema

from nianjian.features.dossier.api.items import SEASON, ItemTold
from nianjian.features.dossier.generated.sums import Sum
from nianjian.features.dossier.operations.making import output_files, status, work
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.jobs import job_to_document as job_told
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.parameter_types import Day, Year
from nianjian.platform.home.http import as_attachment
from nianjian.platform.jobs.query import JobValue

router = Router(tags=["dossier"])
PACKAGE = SEASON + "/package"
JOB = PACKAGE + "/{job}"


class GeneratedTold(ItemTold):
    """An item that the firm's records make; ``run``: of the portrait behind its newest version, "": it was brought in.

    ``older``: the year has a later portrait; ``sums``: figures that must agree with the portrait, as compared then.
    """

    run: str
    older: bool
    sums: list[Sum]


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


@read(router, PACKAGE, act=Act.READ, answer=PackageTold)
def package_get(request: Request, code: str, year: Year) -> dict[str, object]:
    """How the making of the package stands: generated items with what must agree, certificate, what was made."""
    found = status.get_generation_status(code, year, request.actor)
    certificate: dict[str, Any] = asdict(found.certificate)
    certificate.pop("values")

    def job(one: JobValue | None) -> dict[str, object] | None:
        return None if one is None else job_told(request, one)

    return {
        "run": found.run,
        "generated": [status.to_document(one) for one in found.papers],
        "missing": [one.item for one in found.missing],
        "certificate": certificate,
        "files": job(found.files),
        "package": job(found.package),
        "signature": job(found.signature),
    }


@write(router, f"{SEASON}/generation", act=Act.REVEAL, answer=Job, status=202)
def package_generate(request: Request, code: str, year: Year, given: GenerationGiven) -> dict[str, object]:
    """Generate items from registers, calls and the newest portrait: work. The result tells the sums that must agree."""
    job = work.ask_items(
        enterprise=code, year=year, items=given.items, files=given.files, replace=given.replace, actor=request.actor
    )
    return enqueued_job_document(request, job)


@write(router, PACKAGE, act=Act.REVEAL, answer=Job, status=202)
def package_build(request: Request, code: str, year: Year, given: PackageGiven) -> dict[str, object]:
    """Bind what was confirmed into both editions with their manifest: work. Its id fetches the files."""
    job = work.ask_package(enterprise=code, year=year, pictures=given.pictures, on=given.on, actor=request.actor)
    return enqueued_job_document(request, job)


@write(router, f"{JOB}/signature", act=Act.APPROVE, answer=Job, status=202)
def package_sign(request: Request, code: str, year: Year, job: str) -> dict[str, object]:
    """Sign the upload edition of a package that a job has built, with the certificate of the settings: work."""
    return enqueued_job_document(
        request, work.ask_signature(enterprise=code, year=year, package=job, actor=request.actor)
    )


@take(router, f"{JOB}/file", act=Act.REVEAL, media=[output_files.ZIP])
def package_fetch(request: Request, code: str, year: Year, job: str) -> StreamingHttpResponse:
    """The zip that a generation, a building or a signing has made; the audit chain has the entry."""
    made = output_files.download_zip(enterprise=code, year=year, job=job, actor=request.actor)
    return as_attachment(StreamingHttpResponse(made.content, content_type=output_files.ZIP), made.name)
