"""The pages of a version: what was found on each and where, and their pictures."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema

from nianjian.engines.paper.words import words
from nianjian.features.dossier.api.versions import VERSION, Number, VersionFinding, spoken
from nianjian.features.dossier.operations import pages as flow
from nianjian.features.dossier.operations.pages import Page as Looked
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.api.parameter_types import Year, attached
from nianjian.platform.api.problems import language

router = Router(tags=["dossier"])
PAGES = f"{VERSION}/pages"
JPEG = "image/jpeg"
PageNumber = Annotated[int, Path(ge=1, le=1000)]


class PageMark(Schema):
    """Where something lies, in mm from the upper left corner; ``shape``: ellipse, box, or a line from end to end.

    ``code``: that of the finding, or the kind of a seal that was seen; ``weight``: as of a finding, or seen.
    """

    shape: str
    left: float
    top: float
    right: float
    bottom: float
    weight: str
    code: str


class PageSeal(Schema):
    """A seal that was seen; the place is its middle."""

    x_mm: float
    y_mm: float
    diameter_mm: float
    kind: str


class PageTold(Schema):
    """A page as the check saw it; everything but the number is null where the check told no pages yet.

    ``rotation``: degrees clockwise by which it must be turned; null: unsure. ``colour``: colour or grey.
    """

    page: int
    wide_mm: float
    high_mm: float
    a4: bool | None = None
    dpi: int | None = None
    blank: bool | None = None
    skew_deg: float | None = None
    rotation: int | None = None
    colour: str | None = None
    seals: list[PageSeal] | None = None
    findings: list[VersionFinding]
    marks: list[PageMark]


@read(router, PAGES, act=Act.READ, answer=Page[PageTold])
def dossier_pages(  # noqa: PLR0917 -- the parts of the address
    request: Request, code: str, year: Year, item: str, version: Number, cut: Query[Cut]
) -> dict[str, object]:
    """The pages of a version in their order, with what was found on each and its place."""
    _ = words(language(request))

    def rows(first: int, count: int) -> list[Looked]:
        return flow.preview_pages(
            enterprise=code, year=year, item=item, number=version, actor=request.actor, first=first + 1, most=count
        ).pages

    def told(one: Looked) -> dict[str, object]:
        marks = [
            {name: getattr(mark, name) for name in ("shape", "left", "top", "right", "bottom", "weight", "code")}
            for mark in one.marks
        ]
        sides = {"wide_mm": one.wide_mm, "high_mm": one.high_mm}
        return {**one.facts, "page": one.page, **sides, "findings": spoken(one.findings, _), "marks": marks}

    return paged(request, cut, Reader(rows), told)


@take(router, f"{PAGES}/{{page}}/picture", act=Act.REVEAL, media=[JPEG])
def dossier_page_picture(  # noqa: PLR0917 -- the parts of the address
    request: Request, code: str, year: Year, item: str, version: Number, page: PageNumber
) -> HttpResponse:
    """A page's picture, personal values in full; the audit chain has the entry."""
    content = flow.picture(enterprise=code, year=year, item=item, number=version, page=page, actor=request.actor)
    return attached(content, JPEG, f"{item}-{version}-{page}.jpg")


@write(router, f"{VERSION}/drawing", act=Act.LOAD, answer=Job, status=202)
def dossier_draw(request: Request, code: str, year: Year, item: str, version: Number) -> dict[str, object]:
    """Have pictures drawn of the pages of a version that has none: work."""
    return enqueued_job_document(
        request, flow.enqueue_drawing(enterprise=code, year=year, item=item, number=version, actor=request.actor)
    )
