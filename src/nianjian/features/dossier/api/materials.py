"""The API of the checklist: items, versions and their pages, and files that wait for their item."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import Words, words
from nianjian.features.dossier.documents import (
    ArrivalGone,
    ArrivalTold,
    Checklist,
    CommentTold,
    FileProposal,
    FindingExplanation,
    FindingOverruled,
    ItemFull,
    ItemRule,
    ItemStatements,
    ItemTold,
    PageTold,
    Reused,
    VersionFinding,
    VersionTold,
)
from nianjian.features.dossier.materials import TEXT_LENGTH, read_report
from nianjian.features.dossier.models import Arrival, Comment, Version, row_values
from nianjian.features.dossier.operations import arrivals, checklist, fill_in, overrulings, sealed_book
from nianjian.features.dossier.recognition import Range
from nianjian.features.dossier.states import ANSWER, EXPLANATION, finding_text, is_overruled
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, FileName, Year, attached
from nianjian.platform.api.problems import language
from nianjian.platform.api.routes import mount
from nianjian.platform.operations.operation import REGISTRY

router = Router(tags=["dossier"])
# First: an address with a word of its own would be taken for a year. What declares an operation is imported above.
mount(router, REGISTRY.of(overrulings.DOSSIER))
SEASON = "/enterprises/{code}/dossier/{year}"
ITEM = SEASON + "/items/{item}"
Long = Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH)]


class CommentGiven(Schema):
    """What is said."""

    text: Long


class OwnerGiven(Schema):
    """Who brings it, and until when; an empty name: nobody."""

    owner: Annotated[str, Field(max_length=160)] = ""
    due: Day | None = None


class ReasonGiven(Schema):
    """Why the algorithm filing does not apply; an empty text takes it back."""

    reason: Annotated[str, Field(max_length=TEXT_LENGTH)] = ""


def place(request: Request, code: str, year: int) -> dict[str, Any]:
    """The season that an operation is about, and who asks for it."""
    return {"enterprise": code, "year": year, "actor": request.actor}


@read(router, SEASON, act=Permission.READ, answer=Checklist)
def dossier_list(request: Request, code: str, year: Year, on: Day | None = None) -> Checklist:
    """The checklist as it stands for a package that is handed in on a day, today if none is named."""
    lines = checklist.list_items(code, year, request.actor, on)
    missing = checklist.count_missing(lines)
    return Checklist(year, not missing, missing, [checklist.line_to_document(one, ItemTold) for one in lines])


@read(router, f"{ITEM}/statements", act=Permission.MANAGE_DATA, answer=ItemStatements)
def dossier_statements(request: Request, code: str, year: Year, item: str) -> ItemStatements:
    """What people can state of an item where the data decide nothing, and what they have stated."""
    return ItemStatements(fill_in.list_blanks(**place(request, code, year), item=item))


@read(router, ITEM, act=Permission.READ, answer=ItemFull)
def dossier_get(request: Request, code: str, year: Year, item: str) -> ItemFull:
    """One item, with what is asked of it and where that comes from."""
    return _full(request, code, year, item)


@read(router, f"{ITEM}/comments", act=Permission.READ, answer=Page[CommentTold])
def dossier_comments(request: Request, code: str, year: Year, item: str, cut: Query[Cut]) -> dict[str, object]:
    """What was said about an item, newest first."""
    of = {**place(request, code, year), "item": item}
    reader = LazyRows(lambda first, count: checklist.get_item_detail(**of, first=first, most=count).comments)
    return paged(request, cut, reader, _comment)


@write(router, f"{ITEM}/comments", act=Permission.MANAGE_DATA, answer=CommentTold, status=201)
def dossier_comment(request: Request, code: str, year: Year, item: str, given: CommentGiven) -> CommentTold:
    """Say something about an item."""
    return _comment(checklist.comment(**place(request, code, year), item=item, **given.dict()))


@write(router, f"{ITEM}/owner", act=Permission.MANAGE_DATA, answer=ItemFull)
def dossier_assign(request: Request, code: str, year: Year, item: str, given: OwnerGiven) -> ItemFull:
    """Name who brings an item, and until when."""
    checklist.assign(**place(request, code, year), item=item, **given.dict())
    return _full(request, code, year, item)


@write(router, f"{ITEM}/applicability", act=Permission.MANAGE_DATA, answer=ItemFull)
def dossier_not_applicable(request: Request, code: str, year: Year, item: str, given: ReasonGiven) -> ItemFull:
    """Say why the algorithm filing does not apply; every other item must be there."""
    checklist.not_applicable(**place(request, code, year), item=item, **given.dict())
    return _full(request, code, year, item)


@write(router, f"{SEASON}/reuse", act=Permission.MANAGE_DATA, answer=Reused)
def dossier_reuse(request: Request, code: str, year: Year) -> Reused:
    """Take over from the year before what was confirmed there and is missing now; it waits to be confirmed again."""
    return Reused(checklist.reuse(**place(request, code, year)))


def _full(request: Request, code: str, year: int, item: str) -> ItemFull:
    detail = checklist.get_item_detail(**place(request, code, year), item=item, most=1)
    requirement = checklist.list_requirements(checklist.get_rulebook(code))[item]
    rules = [
        ItemRule(
            one.key, str(one.level), one.citation, one.text_zh or (one.value if isinstance(one.value, str) else "")
        )
        for one in (requirement.rule, requirement.beside)
        if one is not None
    ]
    return checklist.line_to_document(
        detail.line, ItemFull, board=requirement.board, form=requirement.form.value, seals=list(requirement.seals),
        rules=rules,
    )  # fmt: skip


def _comment(one: Comment) -> CommentTold:
    return CommentTold(one.pk, one.text or "", one.at, one.actor)


Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
VERSIONS = f"{ITEM}/versions"
VERSION = f"{VERSIONS}/{{version}}"


class SealedScanAsked(Schema):
    """``whole``: the scan of the book as it came, with cover and backs; else the version's own pages."""

    whole: bool = False


class DaysGiven(Schema):
    """The paper's own days; without a last day the one that was read holds.

    ``explanation``: of people whom the paper does not cover, where the check found any.
    """

    effective_on: Day | None = None
    valid_until: Day | None = None
    explanation: Annotated[str, Field(max_length=TEXT_LENGTH)] = ""


class WhyGiven(Schema):
    """Why it is not good enough."""

    reason: Long


@read(router, VERSIONS, act=Permission.READ, answer=Page[VersionTold])
def dossier_versions(request: Request, code: str, year: Year, item: str, cut: Query[Cut]) -> dict[str, object]:
    """The files of an item with what the check found, newest first."""
    _ = words(language(request))
    of = {**place(request, code, year), "item": item}
    reader = LazyRows(lambda first, count: checklist.get_item_detail(**of, first=first, most=count).versions)
    return paged(request, cut, reader, lambda one: _version(one, _))


@write(router, VERSIONS, act=Permission.MANAGE_DATA, answer=Job, status=202, upload=True)
def dossier_add(request: Request, code: str, year: Year, item: str, file: Query[FileName]) -> Job:
    """Check a file and keep it as the item's newest version, whatever the verdict: work; the content is the file."""
    content = request.incoming.content(checklist.LIMIT)
    of = {**place(request, code, year), "item": item}
    return enqueued_job_document(request, checklist.enqueue_check(**of, name=file.name, content=content))


@write(router, f"{VERSION}/confirmation", act=Permission.MANAGE_DATA, answer=VersionTold)
def dossier_confirm(  # noqa: PLR0917 -- the parts of the address
    request: Request, code: str, year: Year, item: str, version: Number, given: DaysGiven
) -> VersionTold:
    """Stand for the newest version: a person has looked at every page."""
    row = checklist.confirm(**place(request, code, year), item=item, number=version, **given.dict())
    return _version(row, words(language(request)))


@write(router, f"{VERSION}/return", act=Permission.MANAGE_DATA, answer=VersionTold)
def dossier_return(  # noqa: PLR0917 -- the parts of the address
    request: Request, code: str, year: Year, item: str, version: Number, given: WhyGiven
) -> VersionTold:
    """Send the newest version back: another one must come."""
    row = checklist.send_back(**place(request, code, year), item=item, number=version, **given.dict())
    return _version(row, words(language(request)))


@take(router, f"{VERSION}/file", act=Permission.VIEW_UNMASKED, media=sorted(checklist.MEDIA.values()))
def dossier_fetch(request: Request, code: str, year: Year, item: str, version: Number) -> HttpResponse:
    """A file as it came, personal values in full; the audit chain has the entry."""
    row, content = checklist.download_version(**place(request, code, year), item=item, number=version)
    return attached(content, row.media_type, row.name or f"{item}-{version}")


@take(router, f"{VERSION}/sealed-scan", act=Permission.VIEW_UNMASKED, media=["application/pdf"])
def dossier_sealed_scan(  # noqa: PLR0917 -- the parts of the address
    request: Request, code: str, year: Year, item: str, version: Number, asked: Query[SealedScanAsked]
) -> HttpResponse:
    """A version's pages as they were scanned out of the sealed book; the audit chain has the entry."""
    of = {**place(request, code, year), "item": item, "number": version}
    name, content = sealed_book.download_sealed_scan(**of, whole=asked.whole)
    return attached(content, "application/pdf", name)


def _version(row: Version, _: Words) -> VersionTold:
    report = read_report(row)
    columns = (
        "media_type", "sha256", "size", "pages", "verdict", "effective_on", "valid_until", "reused_from", "recorded_at",
        "recorded_by", "confirmed_at", "confirmed_by", "returned_at", "returned_by", "returned_reason",
    )  # fmt: skip
    return VersionTold(
        version=row.number,
        name=row.name or "",
        findings=_findings(report.get("findings", ()), _),
        fields=report.get("fields", {}),
        sealed=sealed_book.sealed_to_document(row),
        **row_values(row, *columns),
    )


def _findings(findings: Iterable[Mapping[str, Any]], _: Words) -> list[VersionFinding]:
    """Findings as a report stores them, each with its sentence."""
    return [
        VersionFinding(
            code=one["code"],
            weight=one["weight"],
            page=one["page"],
            detail=finding_text(one["code"], {"page": one["page"], **one["values"]}, _),
            overruled=msgspec.convert(one[ANSWER], FindingOverruled) if is_overruled(one) else None,
            explanation=msgspec.convert(one.get(EXPLANATION), FindingExplanation | None),
        )
        for one in findings
    ]


PAGES = f"{VERSION}/pages"
JPEG = "image/jpeg"
PageNumber = Annotated[int, Path(ge=1, le=1000)]


@read(router, PAGES, act=Permission.READ, answer=Page[PageTold])
def dossier_pages(  # noqa: PLR0917 -- the parts of the address
    request: Request, code: str, year: Year, item: str, version: Number, cut: Query[Cut]
) -> dict[str, object]:
    """The pages of a version in their order, with what was found on each and its place."""
    _ = words(language(request))
    of = {**place(request, code, year), "item": item, "number": version}
    reader = LazyRows(lambda first, count: checklist.preview_pages(**of, first=first + 1, most=count).pages)

    def shape(one: checklist.Page) -> PageTold:
        seen = one.facts
        return PageTold(
            page=one.page, wide_mm=one.wide_mm, high_mm=one.high_mm, a4=seen.a4, dpi=seen.dpi, blank=seen.blank,
            skew_deg=seen.skew_deg, rotation=seen.rotation, colour=seen.colour, seals=seen.seals,
            findings=_findings(one.findings, _), marks=one.marks,
        )  # fmt: skip

    return paged(request, cut, reader, shape)


@take(router, f"{PAGES}/{{page}}/picture", act=Permission.VIEW_UNMASKED, media=[JPEG])
def dossier_page_picture(  # noqa: PLR0917 -- the parts of the address
    request: Request, code: str, year: Year, item: str, version: Number, page: PageNumber
) -> HttpResponse:
    """A page's picture, personal values in full; the audit chain has the entry."""
    content = checklist.reveal_picture(**place(request, code, year), item=item, number=version, page=page)
    return attached(content, JPEG, f"{item}-{version}-{page}.jpg")


@write(router, f"{VERSION}/drawing", act=Permission.MANAGE_DATA, answer=Job, status=202)
def dossier_draw(request: Request, code: str, year: Year, item: str, version: Number) -> Job:
    """Have pictures drawn of the pages of a version that has none: work."""
    job = checklist.enqueue_drawing(**place(request, code, year), item=item, number=version)
    return enqueued_job_document(request, job)


ARRIVALS = f"{SEASON}/arrivals"
ARRIVAL = f"{ARRIVALS}/{{arrival}}"
Key = Annotated[int, Path(ge=1, le=2**63 - 1)]


class ItemChosen(Schema):
    """Which item a person says it is."""

    item: str


class PaperCut(Schema):
    """Pages ``first`` to ``last``, from 1 and both in it, are a paper of the item."""

    item: str
    first: int
    last: int


class PapersCut(Schema):
    """No page in two papers, no item twice; ``leave``: pages that stand in none may be deleted with the file."""

    papers: list[PaperCut]
    leave: bool = False


@read(router, ARRIVALS, act=Permission.MANAGE_DATA, answer=Page[ArrivalTold])
def dossier_arrivals(request: Request, code: str, year: Year, cut: Query[Cut]) -> dict[str, object]:
    """Files that wait for a person, the oldest first, with what each seems to be."""
    _ = words(language(request))
    of = place(request, code, year)
    reader = LazyRows(lambda first, count: arrivals.list_waiting_files(**of, first=first, most=count))

    def shape(row: Arrival) -> ArrivalTold:
        proposal, fault = arrivals.read_proposal(row), arrivals.read_fault(row)
        seen = proposal or FileProposal(None, sure=False, guesses=[])
        return ArrivalTold(
            id=row.pk,
            name=row.name or "",
            **row_values(row, "size", "sha256", "arrived_at", "arrived_by"),
            read=bool(proposal or fault),
            item=seen.item,
            sure=seen.sure,
            guesses=seen.guesses,
            pages=seen.pages or 0,
            papers=seen.papers,
            fault=error_message(fault.code, fault.values, _) if fault else None,
        )

    return paged(request, cut, reader, shape)


@write(router, ARRIVALS, act=Permission.MANAGE_DATA, answer=Job, status=202, upload=True)
def dossier_arrive(request: Request, code: str, year: Year, file: Query[FileName]) -> Job:
    """Bring a file in without saying which item it is; reading it is work. The content is the file."""
    content = request.incoming.content(checklist.LIMIT)
    arrivals.store_file(**place(request, code, year), name=file.name, content=content)
    return enqueued_job_document(request, arrivals.enqueue_reading(**place(request, code, year)))


@write(router, f"{ARRIVAL}/item", act=Permission.MANAGE_DATA, answer=Job, status=202)
def dossier_sort(request: Request, code: str, year: Year, arrival: Key, given: ItemChosen) -> Job:
    """Say which item a file is: it goes to its check, which is work, and still waits to be confirmed there."""
    job = arrivals.decide_item(**place(request, code, year), arrival=arrival, item=given.item)
    return enqueued_job_document(request, job)


@write(router, f"{ARRIVAL}/papers", act=Permission.MANAGE_DATA, answer=Job, status=202)
def dossier_cut(request: Request, code: str, year: Year, arrival: Key, given: PapersCut) -> Job:
    """Say which pages of a file are which item: each range is cut out as it is and goes to its check, as a whole file.

    Cutting is work; ``papers`` of its result names the check of each. Where it is refused the file waits on.
    """
    papers = [Range(one.item, one.first, one.last) for one in given.papers]
    job = arrivals.enqueue_cutting(**place(request, code, year), arrival=arrival, papers=papers, leave=given.leave)
    return enqueued_job_document(request, job)


@take(router, f"{ARRIVAL}/pages/{{page}}/picture", act=Permission.VIEW_UNMASKED, media=[JPEG])
def dossier_arrival_picture(request: Request, code: str, year: Year, arrival: Key, page: PageNumber) -> HttpResponse:
    """The picture of a page, personal values in full; the audit chain has the entry. There once the file is read."""
    content = arrivals.reveal_picture(**place(request, code, year), arrival=arrival, page=page)
    return attached(content, JPEG, f"{arrival}-{page}.jpg")


@write(router, ARRIVAL, act=Permission.MANAGE_DATA, answer=ArrivalGone, method="DELETE")
def dossier_put_away(request: Request, code: str, year: Year, arrival: Key) -> ArrivalGone:
    """Delete a file that belongs to no item."""
    arrivals.delete_file(**place(request, code, year), arrival=arrival)
    return ArrivalGone(arrival)
