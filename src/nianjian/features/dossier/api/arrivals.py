"""Many files at once: each waits with what it seems to be until a person says which item it is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema

from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.words import words
from nianjian.features.dossier.api.items import SEASON
from nianjian.features.dossier.api.pages import JPEG, PageNumber
from nianjian.features.dossier.arrivals import query
from nianjian.features.dossier.arrivals.model import Arrival
from nianjian.features.dossier.arrivals.ranges import Range
from nianjian.features.dossier.operations import checklist, cutting, sorting
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.api.parameter_types import FileName, Year, attached
from nianjian.platform.api.problems import language

router = Router(tags=["dossier"])
ARRIVALS = f"{SEASON}/arrivals"
ARRIVAL = f"{ARRIVALS}/{{arrival}}"
Key = Annotated[int, Path(ge=1, le=2**63 - 1)]


class ArrivalGuess(Schema):
    """What speaks for an item: ``points`` of 100 are an order, no probability; ``title`` as it stands on the page."""

    item: str
    points: int
    title: str
    words: list[str]
    fields: list[str]


class ArrivalPart(Schema):
    """Pages ``first`` to ``last`` that seem to be a paper of their own; ``item`` null: a person says of which item."""

    item: str | None
    first: int
    last: int


class ArrivalTold(Schema):
    """A file that waits; ``item``: what it seems to be, null where nothing speaks clearly; ``sure``: it leads well.

    ``pages``: 0 where they are not counted. ``papers``: filled where several papers seem to lie in the file.
    ``read`` False: nobody has looked at it yet; ``fault``: why it could not be read.
    """

    id: int
    name: str
    size: int
    sha256: str
    arrived_at: datetime
    arrived_by: str
    read: bool
    item: str | None
    sure: bool
    guesses: list[ArrivalGuess]
    pages: int
    papers: list[ArrivalPart]
    fault: str | None


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


class ArrivalGone(Schema):
    """The file that was deleted."""

    id: int


@read(router, ARRIVALS, act=Act.LOAD, answer=Page[ArrivalTold])
def dossier_arrivals(request: Request, code: str, year: Year, cut: Query[Cut]) -> dict[str, object]:
    """Files that wait for a person, the oldest first, with what each seems to be."""
    _ = words(language(request))

    def rows(first: int, count: int) -> list[Arrival]:
        return sorting.waiting(enterprise=code, year=year, actor=request.actor, first=first, most=count)

    def told(row: Arrival) -> dict[str, object]:
        seems, fault = query.proposal(row), query.fault(row)
        plain = {name: getattr(row, name) for name in ("size", "sha256", "arrived_at", "arrived_by")}
        return {
            "id": row.pk, "name": row.name or "", **plain, "read": bool(seems or fault),
            **(seems or {"item": None, "sure": False, "guesses": []}),
            "pages": (seems or {}).get("pages", 0), "papers": (seems or {}).get("papers", []),
            "fault": sentence(fault["code"], fault["values"], _) if fault else None,
        }  # fmt: skip

    return paged(request, cut, Reader(rows), told)


@write(router, ARRIVALS, act=Act.LOAD, answer=Job, status=202, upload=True)
def dossier_arrive(request: Request, code: str, year: Year, file: Query[FileName]) -> dict[str, object]:
    """Bring a file in without saying which item it is; reading it is work. The content is the file."""
    content = request.incoming.content(checklist.LIMIT)
    sorting.take(enterprise=code, year=year, name=file.name, content=content, actor=request.actor)
    return enqueued_job_document(request, sorting.read(enterprise=code, year=year, actor=request.actor))


@write(router, f"{ARRIVAL}/item", act=Act.LOAD, answer=Job, status=202)
def dossier_sort(request: Request, code: str, year: Year, arrival: Key, given: ItemChosen) -> dict[str, object]:
    """Say which item a file is: it goes to its check, which is work, and still waits to be confirmed there."""
    return enqueued_job_document(
        request,
        sorting.decide(enterprise=code, year=year, arrival=arrival, item=given.item, actor=request.actor),
    )


@write(router, f"{ARRIVAL}/papers", act=Act.LOAD, answer=Job, status=202)
def dossier_cut(request: Request, code: str, year: Year, arrival: Key, given: PapersCut) -> dict[str, object]:
    """Say which pages of a file are which item: each range is cut out as it is and goes to its check, as a whole file.

    Cutting is work; ``papers`` of its result names the check of each. Where it is refused the file waits on.
    """
    papers = [Range(one.item, one.first, one.last) for one in given.papers]
    job = cutting.enqueue_cutting(
        enterprise=code, year=year, arrival=arrival, papers=papers, leave=given.leave, actor=request.actor
    )
    return enqueued_job_document(request, job)


@take(router, f"{ARRIVAL}/pages/{{page}}/picture", act=Act.REVEAL, media=[JPEG])
def dossier_arrival_picture(request: Request, code: str, year: Year, arrival: Key, page: PageNumber) -> HttpResponse:
    """The picture of a page, personal values in full; the audit chain has the entry. There once the file is read."""
    content = cutting.picture(enterprise=code, year=year, arrival=arrival, page=page, actor=request.actor)
    return attached(content, JPEG, f"{arrival}-{page}.jpg")


@write(router, ARRIVAL, act=Act.LOAD, answer=ArrivalGone, method="DELETE")
def dossier_put_away(request: Request, code: str, year: Year, arrival: Key) -> dict[str, object]:
    """Delete a file that belongs to no item."""
    sorting.put_away(enterprise=code, year=year, arrival=arrival, actor=request.actor)
    return {"id": arrival}
