"""Rounds: packages that were handed in, what came back, answers, evidence, and what differs between two packages."""

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.slices import LazyRows
from nianjian.features.dossier.api.materials import SEASON, place
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.materials import TEXT_LENGTH
from nianjian.features.dossier.operations import rounds
from nianjian.features.dossier.operations.rounds import REQUESTS, Handover, RequestInput
from nianjian.features.dossier.package_documents import RoundFull, RoundPaper, RoundsDiffer, RoundTold
from nianjian.features.rectification.storage import LIMIT, paper_content
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, Named, Year, attached
from nianjian.platform.registers.attachments import TYPES

router = Router(tags=["dossier"])
ROUNDS = f"{SEASON}/rounds"
ROUND = f"{ROUNDS}/{{number}}"
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Row = Annotated[int, Path(ge=1, le=2**62)]
Text = Annotated[str, Field(max_length=TEXT_LENGTH)]


class RoundGiven(Schema):
    """When and where it was handed in.

    Without content it is the newest complete package that was built here, or that of the job ``package``; else the
    content is the manifest of one that was built elsewhere.
    """

    place: Annotated[str, Field(min_length=1, max_length=200)]
    on: Day | None = None
    reference: Annotated[str, Field(max_length=120)] = ""
    name: Named = "manifest.json"
    package: Annotated[str, Field(max_length=40)] = ""


class RequestGiven(Schema):
    """What is asked for; ``item`` "": of the whole package."""

    text: Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH)]
    item: Annotated[str, Field(max_length=40)] = ""


class NoticeGiven(Schema):
    """A notice: day of receipt, the last day that it names, its own number, what it asks for."""

    received: Day
    requests: Annotated[list[RequestGiven], Field(min_length=1, max_length=REQUESTS)]
    due: Day | None = None
    reference: Annotated[str, Field(max_length=120)] = ""


class AnswerGiven(Schema):
    """A new version of the request's item, or words alone."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    note: Text = ""


class PassedGiven(Schema):
    """When the authority said so; today if no day is named."""

    on: Day | None = None


class EvidenceGiven(Schema):
    """What the file is; its content is the body."""

    name: Named
    kind: Literal["receipt", "acceptance", "notice", "opinion", "annex"] = "receipt"


class Between(Schema):
    """The older and the newer package."""

    before: Annotated[int, Field(ge=1, le=2**31 - 1)]
    after: Annotated[int, Field(ge=1, le=2**31 - 1)]


@read(router, ROUNDS, act=Permission.READ, answer=Page[RoundTold])
def rounds_list(request: Request, code: str, year: Year, cut: Query[Cut]) -> dict[str, object]:
    """The packages that were handed in for a season, newest first."""
    of = place(request, code, year)
    reader = LazyRows(lambda first, count: rounds.list_packages(**of, first=first, count=count))
    return paged(request, cut, reader)


@write(router, ROUNDS, act=Permission.MANAGE_DATA, answer=RoundTold, status=201, held=manifest.LIMIT, optional=True)
def rounds_submit(request: Request, code: str, year: Year, file: Query[RoundGiven]) -> RoundTold:
    """Note that a package was handed in; the season's licence report is filed with it."""
    if request.content:
        package = rounds.read_package(request.content, enterprise=code, year=year)
    else:
        package = rounds.read_built_package(enterprise=code, year=year, job=file.package)
    handed = Handover(file.on or clock.today(), file.place, file.reference)
    return rounds.record_submission(**place(request, code, year), package=package, handed=handed)


@read(router, f"{SEASON}/differences", act=Permission.READ, answer=RoundsDiffer)
def rounds_compare(request: Request, code: str, year: Year, asked: Query[Between]) -> RoundsDiffer:
    """What differs between two packages, item by item and page by page, from their manifests."""
    return rounds.compare_packages(**place(request, code, year), **asked.dict())


@read(router, ROUND, act=Permission.READ, answer=RoundFull)
def rounds_get(request: Request, code: str, year: Year, number: Number) -> RoundFull:
    """One package with its notices, requests, answers and files."""
    return rounds.get_package(**place(request, code, year), number=number)


@write(router, f"{ROUND}/returns", act=Permission.MANAGE_DATA, answer=RoundTold, status=201)
def rounds_return(request: Request, code: str, year: Year, number: Number, given: NoticeGiven) -> RoundTold:
    """Note that a package came back, and what was asked for."""
    return rounds.record_notice(
        **place(request, code, year),
        number=number,
        paper=None,
        **given.dict() | {"requests": [RequestInput(one.item, one.text) for one in given.requests]},
    )


@write(router, f"{ROUND}/requests/{{asked}}/answers", act=Permission.MANAGE_DATA, answer=RoundTold, status=201)
def rounds_answer(  # noqa: PLR0917 -- the parts of the address
    request: Request, code: str, year: Year, number: Number, asked: Row, given: AnswerGiven
) -> RoundTold:
    """Answer a request; the newest answer counts."""
    return rounds.record_answer(**place(request, code, year), number=number, request=asked, **given.dict())


@write(router, f"{ROUND}/passed", act=Permission.MANAGE_DATA, answer=RoundTold)
def rounds_passed(request: Request, code: str, year: Year, number: Number, given: PassedGiven) -> RoundTold:
    """Note that the authority took the package as good."""
    day = given.on or clock.today()
    return rounds.record_passed(**place(request, code, year), number=number, on=day)


@write(router, f"{ROUND}/papers", act=Permission.MANAGE_DATA, answer=RoundPaper, status=201, held=LIMIT)
def rounds_paper_add(request: Request, code: str, year: Year, number: Number, file: Query[EvidenceGiven]) -> RoundPaper:
    """Keep a file about a package, encrypted; the content is the file, at most 20 MiB."""
    body = paper_content(file.name, request.content)
    row = rounds.add_evidence(**place(request, code, year), number=number, kind=file.kind, file=body)
    return rounds.evidence_to_document(row)


@take(
    router,
    f"{ROUND}/papers/{{evidence}}/file",
    act=Permission.VIEW_UNMASKED,
    media=sorted({rounds.MEDIA, *(media for _begin, media in TYPES.values())}),
)
def rounds_paper_fetch(request: Request, code: str, year: Year, number: Number, evidence: Row) -> HttpResponse:
    """A file of evidence as it came; the audit chain has the entry."""
    row, body = rounds.download_evidence(**place(request, code, year), number=number, evidence=evidence)
    return attached(body, row.media_type, row.name or str(row.pk))
