"""One item: what is asked for, its files with what the check found, and what is done about them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier import FORMS, MARKS
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import words
from nianjian.features.dossier.kinds import KNOWN
from nianjian.features.dossier.materials import ALGORITHM
from nianjian.features.dossier.operations import checklist
from nianjian.features.dossier.operations.checklist import ItemDetail, ItemRequirement
from nianjian.features.dossier.operations.package import GENERATED
from nianjian.features.dossier.pages import presenters
from nianjian.features.dossier.pages.package import generation_form
from nianjian.features.dossier.pages.presenters import ACT_FORMS, form, require_year
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment, reads_form_itself, takes_files
from nianjian.platform.registers import uploads
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.receiving import Receiving
from nianjian.platform.web.work import progressing

SANDBOX = "sandbox; default-src 'none'"


def _known(year: int, item: str) -> None:
    if item not in KNOWN:
        raise Http404
    require_year(year)


@reads_form_itself
@csrf_exempt  # the token is asked for inside, once the files have a place to go to
@require_POST
@page(Act.LOAD)
@takes_files
def upload_file(request: Request, code: str, year: int, item: str) -> HttpResponse:
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
            checklist.enqueue_check(enterprise=code, year=year, item=item, name=one.name, content=content, actor=actor)
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
    if act not in ACT_FORMS:
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
    taken = checklist.reuse(enterprise=code, year=require_year(year), actor=request.actor)
    if taken:
        names = gettext(", ").join(presenters.item_title(one) for one in taken)
        messages.success(request, gettext("Taken over, to be confirmed again: {items}").format(items=names))
    else:
        messages.info(request, gettext("There is nothing to take over: nothing was confirmed, or it is here already."))
    return redirect("dossier-season", code=code, year=year)


@require_POST
@page(Act.REVEAL)
def download(request: Request, code: str, year: int, item: str, number: int) -> HttpResponse:
    """Give a file out as it came; the chain has an entry."""
    _known(year, item)
    row, content = checklist.download_version(enterprise=code, year=year, item=item, number=number, actor=request.actor)
    answer = HttpResponse(content, content_type=row.media_type)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return as_attachment(answer, row.name or f"{item}-{number}")


NEWEST = 20  # versions and comments that the page shows


@require_safe
@page(Act.READ)
def show_item(request: Request, code: str, year: int, item: str) -> HttpResponse:
    """Show an item."""
    if item not in KNOWN:
        raise Http404
    found = checklist.get_item_detail(
        enterprise=code, year=require_year(year), item=item, actor=request.actor, most=NEWEST
    )
    asked = checklist.list_requirements(checklist.get_rulebook(code))[item]
    line, newest = found.line, found.line.newest
    _ = words(current())
    context = {
        "year": year,
        "item": item,
        "heading": presenters.item_title(item),
        "number": asked.rule.id,
        "standing": presenters.state_badge(line.state.value),
        "next": presenters.next_step(line),
        "pairs": _pairs(asked, found),
        "sources": [
            presenters.rule_source(rule, code_name("level", str(rule.level), _))
            for rule in (asked.rule, asked.beside)
            if rule
        ],
        "required": line.required,
        "versions": [presenters.version_view(row, newest.number if newest else 0) for row in found.versions],
        "comments": [(data.moment(one.at), data.person(one.actor), one.text) for one in found.comments],
        "limit": min(uploads.limit(), checklist.LIMIT) // uploads.MIB,
        "may_load": may(request.actor, code, Act.LOAD),
        "generate": generation_form(item=item) if item in GENERATED else None,
        "may_reveal": may(request.actor, code, Act.REVEAL),
        **_forms(found, item),
        **_work(code, year, item),
    }
    return render(request, "dossier/item.html", context)


def _pairs(asked: ItemRequirement, found: ItemDetail) -> list[tuple[str, str]]:
    _ = words(current())
    line = found.line
    pairs = [
        (gettext("Required form"), _(FORMS[asked.form.value])),
        (gettext("Seals"), _(", ").join(_(MARKS.get(one, one)) for one in asked.seals)),
        (gettext("Owner"), line.owner or "–"),
        (gettext("To be brought by"), str(line.due or "–")),
    ]
    if line.not_applicable:
        pairs.append((gettext("Does not apply, because"), line.not_applicable))
    return pairs


def _forms(found: ItemDetail, item: str) -> dict[str, object]:
    line = found.line
    last = line.newest
    return {
        "confirm": form("confirm", version=last.number, effective_on=last.effective_on, valid_until=last.valid_until)
        if last
        else None,
        "send_back": form("return", version=last.number) if last else None,
        "assign": form("assign", owner=line.owner, due=line.due),
        "say": form("comment"),
        "free": form("not-applicable", reason=line.not_applicable) if item == ALGORITHM else None,
    }


def _work(code: str, year: int, item: str) -> dict[str, object]:
    """The check that runs with its progress, how many wait behind it, and why the last one failed."""
    waiting = checklist.list_checks(code, year, item)
    if waiting:
        return {"working": True, "behind": len(waiting) - 1, **progressing(code, waiting[0])}
    last = checklist.find_last_check(code, year, item)
    if last is None or last.state != "failed":
        return {"working": False}
    return {"working": False, "failed": data.describe_job_error(last.error)[0], "failed_job": last.id}
