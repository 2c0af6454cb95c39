"""The page of a season's seals and signatures, and what is done there."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier.sealing import NO_SEAL
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import words
from nianjian.features.dossier.impressions import read
from nianjian.features.dossier.operations.sealing import law, papers, pictures
from nianjian.features.dossier.operations.sealing.pictures import PrintRequest
from nianjian.features.dossier.pages import presenters as told
from nianjian.features.dossier.pages.acts import SANDBOX
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.features.dossier.pages.seals import presenters as tables
from nianjian.features.dossier.pages.seals.forms import ACTS, GIVEN, form
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment, reads_form_itself, takes_files
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.receiving import Receiving

NEWEST: Final = 50  # uses and papers that the page shows


@require_safe
@page(Act.READ)
def show_seals(request: Request, code: str, year: int) -> HttpResponse:
    """Pictures, uses and signed papers, and what the law says of them."""
    actor, season = request.actor, in_reach(year)
    found = pictures.pictures(code, actor)
    rule = law.rule(law.book(code))
    _ = words(current())
    context = {
        "year": season,
        "no_seal": _(NO_SEAL),
        "source": None if rule is None else told.source(rule, name("level", str(rule.level), _)),
        "pictures": tables.pictures(found) if found else None,
        "uses": tables.uses(code, uses) if (uses := pictures.part(code, season, actor, 0, NEWEST)) else None,
        "papers": tables.build_papers_table(code, season, kept)
        if (kept := papers.part(code, season, actor, 0, NEWEST))
        else None,
        "may_ask": may(actor, code, Act.REQUEST),
        "may_load": may(actor, code, Act.LOAD),
        "picture": form("picture"),
        "use": form("use"),
        "withdraw": form("withdraw"),
        "paper": form("paper"),
    }
    return render(request, "dossier/seals.html", context)


@reads_form_itself
@csrf_exempt  # the token is asked for inside, once the file has a place to go to
@require_POST
@page(Act.LOAD)
@takes_files
def upload(request: Request, code: str, year: int, what: str) -> HttpResponse:
    """Take a picture of a seal, or a signed paper."""
    in_reach(year)
    if what not in GIVEN:
        raise Http404
    handler = Receiving(request)
    request.upload_handlers = [handler]
    try:
        return _received(request, code, year, what, handler)
    finally:
        handler.drop()


@csrf_protect
def _received(request: HttpRequest, code: str, year: int, what: str, handler: Receiving) -> HttpResponse:
    values = request.POST  # reading it is what brings the file in
    back = redirect("dossier-seals", code=code, year=year)
    given = form(what, values)
    del given.fields["file"]  # it came beside
    for fault in handler.faults:
        messages.error(request, data.fault(fault))
    if handler.faults:
        return back
    if not handler.files or not given.is_valid():
        faults = [f"{given.fields[one].label}: {texts[0]}" for one, texts in given.errors.items()]
        messages.error(request, " ".join(faults) or gettext("Choose a file first."))
        return back
    actor: Actor = request.actor  # type: ignore[attr-defined] # the mark has set it
    one = handler.files[0]
    try:
        content = one.content(read.LIMIT if what == "picture" else papers.LIMIT)
        messages.success(request, _taken(what, code, year, one.name, content, given.cleaned_data, actor))
    except NianjianError as fault:
        messages.error(request, data.fault(fault))
    return back


def _taken(  # noqa: PLR0917 -- the parts of one form
    what: str, code: str, year: int, file: str, content: bytes, given: dict[str, Any], actor: Actor
) -> str:
    if what == "picture":
        pictures.add(enterprise=code, name=file, content=content, actor=actor, **given)
        return gettext("The picture is kept, sealed; nothing gives it out.")
    row = papers.add(enterprise=code, year=year, name=file, content=content, actor=actor, **given)
    state = tables.build_standing_cell(row.standing).text
    return gettext("The paper is kept as it came: {state}.").format(state=state)


@require_POST
@page(Act.REQUEST)
def act(request: Request, code: str, year: int, act: str) -> HttpResponse:
    """Ask for a use, or withdraw a picture."""
    in_reach(year)
    if act not in ACTS:
        raise Http404
    given = form(act, request.POST)
    back = redirect("dossier-seals", code=code, year=year)
    if not given.is_valid():
        faults = [f"{given.fields[one].label}: {texts[0]}" for one, texts in given.errors.items()]
        messages.error(request, " ".join(faults))
        return back
    values = given.cleaned_data
    if act == "withdraw":
        pictures.withdraw(enterprise=code, kind=values["kind"], actor=request.actor)
        messages.success(request, gettext("The picture is withdrawn and deleted."))
        return back
    asked = pictures.request_print(enterprise=code, wanted=PrintRequest(year=year, **values), actor=request.actor)
    text = gettext("Asked for as {approval}; a second person decides.")
    messages.success(request, text.format(approval=asked["approval"]))
    return back


@require_safe
@page(Act.READ)
def paper(request: Request, code: str, year: int, signed: int) -> HttpResponse:
    """One signed paper: whose signatures, and whether they hold."""
    row = _paper(request, code, year, signed)
    context = {
        "year": year,
        "row": row,
        "heading": row.name or row.sha256[:12],
        "standing": tables.build_standing_cell(row.standing),
        "pairs": [
            (gettext("Item"), told.title(row.item)),
            (gettext("Put in"), f"{data.moment(row.recorded_at)} · {data.person(row.recorded_by)}"),
            (gettext("Checksum"), row.sha256),
        ],
        "signatures": tables.signatures(row),
        "may_reveal": may(request.actor, code, Act.REVEAL),
    }
    return render(request, "dossier/signed.html", context)


@require_POST
@page(Act.REVEAL)
def fetch(request: Request, code: str, year: int, signed: int) -> HttpResponse:
    """Give a signed paper out byte for byte; the chain has an entry."""
    row = _paper(request, code, year, signed)
    _row, content = papers.fetch(enterprise=code, year=year, number=row.pk, actor=request.actor)
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Security-Policy"] = SANDBOX
    return as_attachment(answer, row.name or f"{row.sha256[:12]}.pdf")


def _paper(request: Request, code: str, year: int, number: int) -> Any:  # noqa: ANN401 -- a row
    try:
        return papers.get_paper(code, in_reach(year), number, request.actor)
    except NianjianError as error:
        if error.code != "signed_paper_unknown":
            raise
        raise Http404 from error
