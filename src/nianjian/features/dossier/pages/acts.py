"""What is done about an item: files come in, a person stands for one or sends it back, it is given out."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.kinds.catalogue import KNOWN
from nianjian.features.dossier.operations import checklist, checklist_detail
from nianjian.features.dossier.operations import upload as flow
from nianjian.features.dossier.pages import presenters
from nianjian.features.dossier.pages.forms import FORMS, form
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment, reads_form_itself, takes_files
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.receiving import Receiving

SANDBOX = "sandbox; default-src 'none'"


def _known(year: int, item: str) -> None:
    if item not in KNOWN:
        raise Http404
    in_reach(year)


@reads_form_itself
@csrf_exempt  # the token is asked for inside, once the files have a place to go to
@require_POST
@page(Act.LOAD)
@takes_files
def upload(request: Request, code: str, year: int, item: str) -> HttpResponse:
    """Take files; the worker checks each, and the version appears when it is done."""
    _known(year, item)
    handler = Receiving(request)
    request.upload_handlers = [handler]
    try:
        return _received(request, code, year, item, handler)
    finally:
        handler.drop()


@csrf_protect
def _received(request: HttpRequest, code: str, year: int, item: str, handler: Receiving) -> HttpResponse:
    request.POST  # noqa: B018 -- reading it is what brings the files in
    faults, put = list(handler.faults), 0
    for one in handler.files:
        try:
            content = one.content(checklist.LIMIT)
            actor = request.actor  # type: ignore[attr-defined] # the mark has set it
            flow.enqueue_check(enterprise=code, year=year, item=item, name=one.name, content=content, actor=actor)
        except NianjianError as fault:
            faults.append(fault)
        else:
            put += 1
    for refused in faults:
        messages.error(request, data.fault(refused))
    if put:
        messages.success(request, gettext("Files that are being checked: {count}.").format(count=put))
    elif not faults:
        messages.error(request, gettext("Choose a file first."))
    return redirect("dossier-item", code=code, year=year, item=item)


@require_POST
@page(Act.LOAD)
def act(request: Request, code: str, year: int, item: str, act: str) -> HttpResponse:
    """Confirm, send back, assign, comment, or say why the item does not apply."""
    _known(year, item)
    if act not in FORMS:
        raise Http404
    given = form(act, request.POST)
    back = redirect("dossier-item", code=code, year=year, item=item)
    if not given.is_valid():
        faults = [f"{given.fields[name].label}: {texts[0]}" for name, texts in given.errors.items()]
        messages.error(request, " ".join(faults))
        return back
    messages.success(request, _done(request, act, {"enterprise": code, "year": year, "item": item}, given.cleaned_data))
    return back


def _done(request: Request, act: str, place: dict[str, object], given: dict[str, object]) -> str:
    """Do it; what to say of it."""
    who = {**place, "actor": request.actor}
    number = {"number": given.pop("version")} if "version" in given else {}
    match act:
        case "confirm":
            checklist.confirm(**who, **number, **given)  # type: ignore[arg-type] # the form's fields
            return gettext("The paper is confirmed.")
        case "return":
            checklist.send_back(**who, **number, **given)  # type: ignore[arg-type] # the form's fields
            return gettext("The paper is sent back.")
        case "assign":
            checklist.assign(**who, **given)  # type: ignore[arg-type] # the form's fields
            return gettext("Owner and day are noted.")
        case "comment":
            checklist.comment(**who, **given)  # type: ignore[arg-type] # the form's fields
            return gettext("The comment is kept.")
        case _:
            checklist.not_applicable(**who, **given)  # type: ignore[arg-type] # the form's fields
            return gettext("Noted: it does not apply.") if given["reason"] else gettext("Noted: it is due.")


@require_POST
@page(Act.LOAD)
def reuse(request: Request, code: str, year: int) -> HttpResponse:
    """Take over from the year before what was confirmed there and is missing now."""
    taken = checklist.reuse(enterprise=code, year=in_reach(year), actor=request.actor)
    if taken:
        names = gettext(", ").join(presenters.title(one) for one in taken)
        messages.success(request, gettext("Taken over, to be confirmed again: {items}").format(items=names))
    else:
        messages.info(request, gettext("There is nothing to take over: nothing was confirmed, or it is here already."))
    return redirect("dossier-season", code=code, year=year)


@require_POST
@page(Act.REVEAL)
def fetch(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """Give a file out as it came; the chain has an entry."""
    _known(year, item)
    row, content = checklist_detail.fetch(enterprise=code, year=year, item=item, number=number, actor=request.actor)
    answer = HttpResponse(content, content_type=row.media_type)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return as_attachment(answer, row.name or f"{item}-{number}")
