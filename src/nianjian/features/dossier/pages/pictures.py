"""Pages of a version: what was found on each, marked at its place, with the picture for whom may see the file."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.paper import dossier
from nianjian.engines.paper.texts.dossier.words import SEALS
from nianjian.engines.paper.words import words
from nianjian.features.dossier.kinds.catalogue import KNOWN
from nianjian.features.dossier.operations import pages as flow
from nianjian.features.dossier.operations.pages import ENDINGS, STEP, Page, Pages
from nianjian.features.dossier.pages import presenters as told
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.features.dossier.pages.presenters import WEIGHED, WEIGHTS
from nianjian.features.dossier.pictures.marks import SEEN, Mark
from nianjian.features.dossier.pictures.shrink import Pictured
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.work import progressing

CLASSES: Final = {**WEIGHTS, SEEN: "good"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mark with its place as texts of numbers, so that no language writes a comma into the drawing."""

    shape: str
    badge: str
    left: str
    top: str
    right: str
    bottom: str
    x: str
    y: str
    across: str
    down: str
    radius: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """``wide`` and ``high`` in mm; ``picture``: a data address, or ""; ``findings``: (badge, sentence)."""

    page: int
    wide: str
    high: str
    picture: str
    marks: list[Drawn]
    facts: list[str]
    findings: list[tuple[str, str]]


def bare(one: Pictured) -> Sheet:
    """A page of a file that nobody has checked yet."""
    return Sheet(one.page, _mm(one.wide_mm), _mm(one.high_mm), _data(one.jpeg), [], [], [])


def _data(jpeg: bytes) -> str:
    """A picture as an address that holds it."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


def sheet(one: Page) -> Sheet:
    """A page with its marks, facts and findings, the gravest first."""
    _ = words(current())
    graver = sorted(one.findings, key=lambda told: WEIGHED[told["weight"]])
    sentences = [
        (WEIGHTS[told["weight"]], dossier.finding(told["code"], {"page": one.page, **told["values"]}, _))
        for told in graver
    ]
    picture = "" if one.jpeg is None else _data(one.jpeg)
    wide, high = _mm(one.wide_mm), _mm(one.high_mm)
    return Sheet(one.page, wide, high, picture, [_mark(told) for told in one.marks], _facts(one), sentences)


def _mark(one: Mark) -> Drawn:
    (x, y), (across, down) = one.middle, one.size
    return Drawn(
        shape=one.shape, badge=CLASSES[one.weight],
        left=_mm(one.left), top=_mm(one.top), right=_mm(one.right), bottom=_mm(one.bottom),
        x=_mm(x), y=_mm(y), across=_mm(across), down=_mm(down), radius=_mm(across / 2),
    )  # fmt: skip


def _mm(length: float) -> str:
    return f"{length:.1f}"


def _facts(one: Page) -> list[str]:
    """What was measured, in few words."""
    _, told = words(current()), one.facts
    if not told:
        return []
    said = [f"{round(one.wide_mm)} × {round(one.high_mm)} mm", _("colour") if told["colour"] == "colour" else _("grey")]
    if told["dpi"] is not None:
        said.append(f"{told['dpi']} dpi")
    if told["skew_deg"] is not None:
        said.append(gettext("leans {degrees}°").format(degrees=f"{told['skew_deg']:.1f}"))
    return said + [
        gettext("{kind}, {size} mm").format(kind=_(SEALS[seal["kind"]]), size=f"{seal['diameter_mm']:.0f}")
        for seal in told["seals"]
    ]


FARTHEST = 1000  # pages of a file


def beginning(given: str) -> int:
    """The page to begin with; what makes no sense is the first."""
    sensible = given.isascii() and given.isdigit() and len(given) <= len(str(FARTHEST)) and int(given)
    return min(int(given), FARTHEST) if sensible else 1


@require_safe
@page(Act.READ)
def show_outlines(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """Outlines of the pages with what was found on each."""
    found = flow.preview_pages(
        enterprise=code, year=_known(year, item), item=item, number=number, actor=request.actor,
        first=beginning(request.GET.get("from", "")),
    )  # fmt: skip
    return _page(request, code, year, item, found, revealed=False)


@require_POST
@page(Act.REVEAL)
def reveal_pages(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """The same with the pictures; it stands in the audit chain before."""
    found = flow.reveal_pages(
        enterprise=code, year=_known(year, item), item=item, number=number, actor=request.actor,
        first=beginning(request.POST.get("from", "")),
    )  # fmt: skip
    return _page(request, code, year, item, found, revealed=True)


@require_POST
@page(Act.LOAD)
def request_drawing(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """Have the pages drawn by the worker."""
    flow.enqueue_drawing(enterprise=code, year=_known(year, item), item=item, number=number, actor=request.actor)
    return redirect("dossier-pages", code=code, year=year, item=item, number=number)


def _known(year: int, item: str) -> int:
    if item not in KNOWN:
        raise Http404
    return in_reach(year)


def _page(request: Request, code: str, year: int, item: str, found: Pages, *, revealed: bool) -> HttpResponse:
    row = found.version
    first = found.pages[0].page if found.pages else 1
    last = found.pages[-1].page if found.pages else 0
    job = None if found.drawn else flow.drawing(code, year, item, row.number)
    place = [code, year, item, row.number]
    context = {
        "year": year,
        "item": item,
        "heading": told.title(item),
        "version": row,
        "sheets": [sheet(one) for one in found.pages],
        "first": first,
        "last": last,
        "back": max(1, first - STEP) if first > 1 else 0,
        "on": last + 1 if last < row.pages else 0,
        "revealed": revealed,
        "drawn": found.drawn,
        "drawable": row.media_type in ENDINGS,
        "may_load": may(request.actor, code, Act.LOAD),
        "may_reveal": may(request.actor, code, Act.REVEAL),
        "here": reverse("dossier-pages", args=place),
        "show": reverse("dossier-pages-show", args=place),
        **({"working": True, **progressing(code, job)} if job else {"working": False}),
    }
    return render(request, "dossier/pages.html", context)
