"""The page on which many files are sorted."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.kinds.catalogue import KNOWN
from nianjian.features.dossier.operations import checklist, cutting, further, sorting
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.features.dossier.pages.sorting import shown as told
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http.bodies import takes_files
from nianjian.platform.home.http.readable import reads_form_itself
from nianjian.platform.registers import uploads
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.receiving import Receiving
from nianjian.platform.web.work import progressing

SHOWN: Final = 50  # files on one page
FIELD: Final = "item-"
AWAY: Final = "away"


@require_safe
@page(Act.LOAD)
def listed(request: Request, code: str, year: int) -> HttpResponse:
    """Files that wait for a person, with what each seems to be."""
    rows = sorting.waiting(enterprise=code, year=in_reach(year), actor=request.actor, most=SHOWN + 1)
    jobs, cut = sorting.reading(code, year), cutting.under_way(code, year)
    context = {
        "year": year,
        "files": [told.waiting(one, cutting=one.pk in cut) for one in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "most": SHOWN,
        "choices": told.choices(further.of(code)),
        "away": AWAY,
        "field": FIELD,
        "limit": min(uploads.limit(), checklist.LIMIT) // uploads.MIB,
        **({"working": True, **progressing(code, jobs[0])} if jobs else {"working": False}),
    }
    return render(request, "dossier/sort.html", context)


@reads_form_itself
@csrf_exempt  # the token is asked for inside, once the files have a place to go to
@require_POST
@page(Act.LOAD)
@takes_files
def upload(request: Request, code: str, year: int) -> HttpResponse:
    """Take files of any item; the worker looks at each."""
    in_reach(year)
    handler = Receiving(request)
    request.upload_handlers = [handler]
    try:
        return _received(request, code, year, handler)
    finally:
        handler.drop()


@csrf_protect
def _received(request: HttpRequest, code: str, year: int, handler: Receiving) -> HttpResponse:
    request.POST  # noqa: B018 -- reading it is what brings the files in
    faults, came = list(handler.faults), 0
    actor = request.actor  # type: ignore[attr-defined] # the mark has set it
    for one in handler.files:
        try:
            sorting.take(
                enterprise=code, year=year, name=one.name, content=one.content(checklist.LIMIT), actor=actor
            )  # fmt: skip
        except NianjianError as fault:
            faults.append(fault)
        else:
            came += 1
    for refused in faults:
        messages.error(request, data.fault(refused))
    if came:
        sorting.read(enterprise=code, year=year, actor=actor)
        messages.success(request, gettext("Files that are being read: {count}.").format(count=came))
    elif not faults:
        messages.error(request, gettext("Choose a file first."))
    return redirect("dossier-sort", code=code, year=year)


@require_POST
@page(Act.LOAD)
def decide(request: Request, code: str, year: int) -> HttpResponse:
    """Give each file for which something was chosen to its item, or delete it; the others wait on."""
    in_reach(year)
    given = away = 0
    for name, chosen in request.POST.items():
        key = name.removeprefix(FIELD)
        if not name.startswith(FIELD) or not (key.isascii() and key.isdigit()) or not isinstance(chosen, str):
            continue
        place = {"enterprise": code, "year": year, "arrival": int(key), "actor": request.actor}
        try:
            if chosen == AWAY:
                sorting.put_away(**place)  # type: ignore[arg-type] # as they stand above
                away += 1
            elif chosen in KNOWN:
                sorting.decide(**place, item=chosen)  # type: ignore[arg-type] # as they stand above
                given += 1
        except NianjianError as fault:
            messages.error(request, data.fault(fault))
    if given:
        messages.success(request, gettext("Files that are being checked: {count}.").format(count=given))
    if away:
        messages.success(request, gettext("Files that were deleted: {count}.").format(count=away))
    if not given and not away:
        messages.info(request, gettext("Choose an item for a file first."))
    return redirect("dossier-sort", code=code, year=year)
