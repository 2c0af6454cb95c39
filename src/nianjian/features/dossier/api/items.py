"""The checklist of a data year and its items: who brings each, what is said of it, what is taken over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Field, Query, Router, Schema

from nianjian.features.dossier.materials.model import Comment
from nianjian.features.dossier.materials.service import MOST
from nianjian.features.dossier.operations import checklist, checklist_detail
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.api.parameter_types import Day, Year

router = Router(tags=["dossier"])
SEASON = "/enterprises/{code}/dossier/{year}"
ITEM = SEASON + "/items/{item}"
Long = Annotated[str, Field(min_length=1, max_length=MOST)]


class ItemTold(Schema):
    """An item as it stands; ``state``: missing, returned, not_ready, to_confirm, expired, ready or not_applicable.

    ``required`` False: the guide does not ask for it this year. ``version``: the newest of ``versions``.
    """

    item: str
    state: str
    required: bool
    owner: str
    due: date | None
    not_applicable: str
    versions: int
    version: int | None
    verdict: str | None
    effective_on: date | None
    valid_until: date | None
    reused_from: int | None


class Checklist(Schema):
    """All items in the order of the guide's list; ``missing``: how many stand in the way of handing in."""

    year: int
    complete: bool
    missing: int
    items: list[ItemTold]


class ItemRule(Schema):
    """Where an item comes from; ``level``: law and notice bind, a guide does not."""

    key: str
    level: str
    citation: str
    text: str


class ItemFull(ItemTold):
    """An item with what is asked of it: ``form`` and ``seals``, and the rules, the law's narrower one among them."""

    board: str
    form: str
    seals: list[str]
    rules: list[ItemRule]


class CommentTold(Schema):
    """What somebody said."""

    id: int
    text: str
    at: datetime
    by: str


class CommentGiven(Schema):
    """What is said."""

    text: Long


class OwnerGiven(Schema):
    """Who brings it, and until when; an empty name: nobody."""

    owner: Annotated[str, Field(max_length=160)] = ""
    due: Day | None = None


class ReasonGiven(Schema):
    """Why the algorithm filing does not apply; an empty text takes it back."""

    reason: Annotated[str, Field(max_length=MOST)] = ""


class Reused(Schema):
    """The items that were taken over."""

    items: list[str]


@read(router, SEASON, act=Act.READ, answer=Checklist)
def dossier_list(request: Request, code: str, year: Year, on: Day | None = None) -> dict[str, object]:
    """The checklist as it stands for a package that is handed in on a day, today if none is named."""
    lines = checklist.lines(code, year, request.actor, on)
    missing = checklist.missing(lines)
    items = [checklist.line_to_document(one) for one in lines]
    return {"year": year, "complete": not missing, "missing": missing, "items": items}


@read(router, ITEM, act=Act.READ, answer=ItemFull)
def dossier_get(request: Request, code: str, year: Year, item: str) -> dict[str, object]:
    """One item, with what is asked of it and where that comes from."""
    return _full(request, code, year, item)


@read(router, f"{ITEM}/comments", act=Act.READ, answer=Page[CommentTold])
def dossier_comments(request: Request, code: str, year: Year, item: str, cut: Query[Cut]) -> dict[str, object]:
    """What was said about an item, newest first."""

    def rows(first: int, count: int) -> list[Comment]:
        found = checklist_detail.get_item_detail(
            enterprise=code, year=year, item=item, actor=request.actor, first=first, most=count
        )
        return found.comments

    return paged(request, cut, Reader(rows), _comment)


@write(router, f"{ITEM}/comments", act=Act.LOAD, answer=CommentTold, status=201)
def dossier_comment(request: Request, code: str, year: Year, item: str, given: CommentGiven) -> dict[str, object]:
    """Say something about an item."""
    return _comment(checklist.comment(enterprise=code, year=year, item=item, text=given.text, actor=request.actor))


@write(router, f"{ITEM}/owner", act=Act.LOAD, answer=ItemFull)
def dossier_assign(request: Request, code: str, year: Year, item: str, given: OwnerGiven) -> dict[str, object]:
    """Name who brings an item, and until when."""
    checklist.assign(enterprise=code, year=year, item=item, owner=given.owner, due=given.due, actor=request.actor)
    return _full(request, code, year, item)


@write(router, f"{ITEM}/applicability", act=Act.LOAD, answer=ItemFull)
def dossier_not_applicable(request: Request, code: str, year: Year, item: str, given: ReasonGiven) -> dict[str, object]:
    """Say why the algorithm filing does not apply; every other item must be there."""
    checklist.not_applicable(enterprise=code, year=year, item=item, reason=given.reason, actor=request.actor)
    return _full(request, code, year, item)


@write(router, f"{SEASON}/reuse", act=Act.LOAD, answer=Reused)
def dossier_reuse(request: Request, code: str, year: Year) -> dict[str, object]:
    """Take over from the year before what was confirmed there and is missing now; it waits to be confirmed again."""
    return {"items": checklist.reuse(enterprise=code, year=year, actor=request.actor)}


def _full(request: Request, code: str, year: int, item: str) -> dict[str, object]:
    found = checklist_detail.get_item_detail(enterprise=code, year=year, item=item, actor=request.actor, most=1)
    asked = checklist_detail.list_requirements(checklist_detail.book(code))[item]
    rules = [
        {
            "key": one.key,
            "level": str(one.level),
            "citation": one.citation,
            "text": one.text_zh or (one.value if isinstance(one.value, str) else ""),
        }
        for one in (asked.rule, asked.beside)
        if one is not None
    ]
    told = {"board": asked.board, "form": asked.form.value, "seals": list(asked.seals), "rules": rules}
    return {**checklist.line_to_document(found.line), **told}


def _comment(one: Comment) -> dict[str, object]:
    return {"id": one.pk, "text": one.text, "at": one.at, "by": one.actor}
