"""The pages of a version."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from nianjian.features.dossier.kinds.catalogue import KNOWN
from nianjian.features.dossier.operations import pages as flow
from nianjian.features.dossier.operations.pages import ENDINGS, STEP, Pages
from nianjian.features.dossier.pages import shown as told
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.features.dossier.pages.pictures.shown import sheet
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.work import progressing

FARTHEST = 1000  # pages of a file


def beginning(given: str) -> int:
    """The page to begin with; what makes no sense is the first."""
    sensible = given.isascii() and given.isdigit() and len(given) <= len(str(FARTHEST)) and int(given)
    return min(int(given), FARTHEST) if sensible else 1


@require_safe
@page(Act.READ)
def listed(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """Outlines of the pages with what was found on each."""
    found = flow.looked(
        enterprise=code, year=_known(year, item), item=item, number=number, actor=request.actor,
        first=beginning(request.GET.get("from", "")),
    )  # fmt: skip
    return _page(request, code, year, item, found, revealed=False)


@require_POST
@page(Act.REVEAL)
def shown(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """The same with the pictures; it stands in the audit chain before."""
    found = flow.shown(
        enterprise=code, year=_known(year, item), item=item, number=number, actor=request.actor,
        first=beginning(request.POST.get("from", "")),
    )  # fmt: skip
    return _page(request, code, year, item, found, revealed=True)


@require_POST
@page(Act.LOAD)
def drawn(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """Have the pages drawn by the worker."""
    flow.ask(enterprise=code, year=_known(year, item), item=item, number=number, actor=request.actor)
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
