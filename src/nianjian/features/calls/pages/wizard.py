"""The import in five steps. Every step is a page with an address of its own: a draft survives a reload."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations.check_calls import ROWS, look_at, sources
from nianjian.features.calls.operations.wizard import check_register, drafts
from nianjian.features.calls.pages import files_out, preview
from nianjian.features.calls.pages.mapping_form import AUTO, FORMATS, MappingForm, initial
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment, reads_form_itself, takes_files
from nianjian.platform.registers import mappings, uploads
from nianjian.platform.registers import workbooks as templates
from nianjian.platform.registers.drafts import DraftValue
from nianjian.platform.web import work
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import ZONES
from nianjian.platform.web.language import current
from nianjian.platform.web.receiving import Receiving

BOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _steps(draft: DraftValue | None, here: int) -> list[dict[str, object]]:
    names = (_("What"), _("Files"), _("How it is read"), _("Check"), _("Import"))
    routes = ("data-import", "data-import-files", "data-import-mapping", "data-import-check", "data-import-commit")
    reached = 1 if draft is None else 5 if draft.files else 2
    return [
        {"number": n, "name": name, "route": route, "here": n == here, "open": 1 < n <= reached and n != here}
        for n, (name, route) in enumerate(zip(names, routes, strict=True), 1)
    ]


def _page(request: Request, name: str, draft: DraftValue, step: int, **context: object) -> HttpResponse:
    calls = draft.kind == drafts.CALLS
    told = {
        "draft": draft,
        "calls": calls,
        "subject": _("Call records") if calls else work.register(draft.kind),
        "steps": _steps(draft, step),
        "replaces": drafts.text(draft, "replaces"),
        **context,
    }
    return render(request, f"data/{name}.html", told, status=422 if context.get("form_failed") else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.LOAD)
def kinds(request: Request, code: str) -> HttpResponse:
    """Step 1: what is to be imported; the sheets to be filled in."""
    if request.method == "POST":
        draft = drafts.begin(
            kind=request.POST.get("kind", ""),
            enterprise=code,
            actor=request.actor,
            replaces=request.POST.get("replaces", ""),
        )
        return redirect("data-import-files", code=code, draft=draft)
    context = {
        "registers": [(kind, work.register(kind), f"{title}.xlsx") for kind, title in check_register.titles()],
        "sources": [(name, work.source(name), evidence) for name, _title, evidence in sources()],
        "steps": _steps(None, 1),
    }
    return render(request, "data/kinds.html", context)


@require_safe
@page(Act.LOAD)
def template(request: Request, code: str, kind: str) -> HttpResponse:
    """Give the empty sheet of a register."""
    del request, code
    return _attached(templates.template_content(kind), f"{kind}.xlsx")


@require_safe
@page(Act.LOAD)
def example(request: Request, code: str, source: str) -> HttpResponse:
    """Give a small file of a source, as its switch or vendor writes it."""
    del request, code
    return files_out.example(source)


def _attached(content: bytes, name: str) -> HttpResponse:
    return as_attachment(HttpResponse(content, content_type=BOOK), name)


@reads_form_itself
@csrf_exempt  # the token is asked for inside, once the files have a place to go to
@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.LOAD)
@takes_files
def files(request: Request, code: str, draft: str) -> HttpResponse:
    """Step 2: files come in, and are told what they are."""
    found = drafts.open_draft(draft, code, request.actor)
    if request.method == "POST":
        handler = Receiving(request)
        request.upload_handlers = [handler]
        try:
            return _received(request, found, handler)
        finally:
            handler.drop()
    if found.kind == drafts.CALLS:
        looks = preview.looks(look_at(uploads.paths(found), _source(found), drafts.mapping_of(found)))
    else:
        looks = []
    return _page(request, "files", found, 2, looks=looks, limit=uploads.limit() // uploads.MIB)


@csrf_protect
def _received(request: HttpRequest, draft: DraftValue, handler: Receiving) -> HttpResponse:
    request.POST  # noqa: B018 -- reading it is what brings the files in
    faults = list(handler.faults)
    for one in handler.files:
        try:
            drafts.receive(draft=draft, incoming=one)
        except NianjianError as fault:
            faults.append(fault)
    for refused in faults:
        messages.error(request, work.fault(refused))
    if not handler.files and not faults:
        messages.error(request, _("Choose a file first."))
    return redirect("data-import-files", code=draft.enterprise, draft=draft.id)


@require_POST
@page(Act.LOAD)
def remove_file(request: Request, code: str, draft: str, number: int) -> HttpResponse:
    """Take a file out again."""
    drafts.remove_file(draft=drafts.open_draft(draft, code, request.actor), number=number)
    return redirect("data-import-files", code=code, draft=draft)


def _source(draft: DraftValue) -> str:
    return drafts.text(draft, "source") or AUTO


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.LOAD)
def mapping(request: Request, code: str, draft: str) -> HttpResponse:
    """Step 3: which column is which; for a register the headings that were recognised."""
    found = drafts.open_draft(draft, code, request.actor)
    if not found.files:
        return redirect("data-import-files", code=code, draft=draft)
    if found.kind != drafts.CALLS:
        return _headings(request, found)
    chosen = drafts.mapping_of(found)
    looks = look_at(uploads.paths(found), _source(found), chosen)
    named = [(name, f"{work.source(name)} ({name})") for name, _title, _evidence in sources()]
    first = initial(drafts.mapping_data(found), _source(found), drafts.text(found, "timezone"))
    form = MappingForm(looks, named, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid() and _kept(request, found, form):
        return redirect("data-import-check", code=code, draft=draft)
    return _page(
        request,
        "mapping",
        found,
        3,
        form=form,
        form_failed=request.method == "POST",
        looks=preview.looks(looks),
        open=any(look.mapped or look.fault for look in looks) or bool(drafts.mapping_data(found)),
        saved=mappings.list_mapping_names(code),
        zones=ZONES,
        formats=FORMATS,
    )


def _kept(request: Request, draft: DraftValue, form: MappingForm) -> bool:
    """Note what the form says; a fault in it stands at the form."""
    data = form.data_of_mapping()
    given = form.cleaned_data
    try:
        drafts.choose(draft=draft, source=given["source"] or AUTO, timezone=given["timezone"].strip(), data=data)
        if given["save_as"]:
            mappings.save_mapping(enterprise=draft.enterprise, name=given["save_as"], data=data, actor=request.actor)
    except NianjianError as fault:
        form.add_error(None, describe_error(fault)[0])
        return False
    return True


@require_POST
@page(Act.LOAD)
def load_mapping(request: Request, code: str, draft: str) -> HttpResponse:
    """Take a mapping that was kept under a name."""
    found = drafts.open_draft(draft, code, request.actor)
    data = mappings.get_mapping(code, request.POST.get("name", ""))
    drafts.choose(draft=found, source="generic", timezone=drafts.text(found, "timezone"), data=data)
    return redirect("data-import-mapping", code=code, draft=draft)


def _headings(request: Request, draft: DraftValue) -> HttpResponse:
    if check_register.is_large(uploads.paths(draft)[0]):
        return _page(request, "sheet", draft, 3, large=True, form_headings=_form(draft))
    try:
        checked = check_register.check_register(draft.kind, uploads.paths(draft)[0], draft.enterprise)
    except NianjianError as fault:
        return _page(request, "sheet", draft, 3, fault=work.fault(fault), form_headings=_form(draft))
    return _page(request, "sheet", draft, 3, checked=checked, form_headings=_form(draft))


def _form(draft: DraftValue) -> Any:  # noqa: ANN401 -- a table
    return preview.headings(check_register.headings(draft.kind))


@require_safe
@page(Act.LOAD)
def check(request: Request, code: str, draft: str) -> HttpResponse:
    """Step 4: what would become of the rows."""
    found = drafts.open_draft(draft, code, request.actor)
    if not found.files:
        return redirect("data-import-files", code=code, draft=draft)
    if found.kind == drafts.CALLS:
        return _page(request, "check_calls", found, 4, sample=ROWS, **preview.tried(found))
    return _page(request, "check_sheet", found, 4, **preview.sheet(found))


@require_POST
@page(Act.LOAD)
def check_whole(request: Request, code: str, draft: str) -> HttpResponse:
    """Let the worker check every row."""
    found = drafts.open_draft(draft, code, request.actor)
    return redirect("data-job", code=code, job=drafts.check_whole(draft=found, language=current(), actor=request.actor))


@require_safe
@page(Act.LOAD)
def errors(request: Request, code: str, draft: str) -> HttpResponse:
    """Give the sheet back with every faulty cell marked, of calls the rows that the check rejects.

    It holds what its owner has sent, no more.
    """
    found = drafts.open_draft(draft, code, request.actor)
    drafts.ready(found)
    if found.kind == drafts.CALLS:
        return files_out.rejected(found)
    sheet = uploads.paths(found)[0]
    if check_register.is_large(sheet):
        return files_out.download_error_workbook(found)
    with tempfile.TemporaryDirectory(prefix="nianjian-errors-") as name:
        path = Path(name) / "errors.xlsx"
        try:
            check_register.error_workbook(
                found.kind, sheet, path, preview.words_of_finding, enterprise=code, most=check_register.MARKED
            )
        except NianjianError as fault:
            if fault.code != "sheet_faults_many":
                raise
            return files_out.download_error_workbook(found)
        content = path.read_bytes()
    return _attached(content, f"{found.kind}-errors.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.LOAD)
def commit(request: Request, code: str, draft: str) -> HttpResponse:
    """Step 5: the import itself, by the worker, whole or not at all; a second click leads to the work of the first."""
    which = drafts.draft_for if request.method == "POST" else drafts.open_draft
    found = which(draft, code, request.actor)
    if not found.files:
        return redirect("data-import-files", code=code, draft=draft)
    if request.method == "POST":
        job = drafts.commit(draft=found, actor=request.actor)
        messages.success(request, _("The import has been handed to the worker. You may leave this page."))
        return redirect("data-job", code=code, job=job)
    how = [
        (_("Source"), _("recognised by itself") if _source(found) == AUTO else _source(found)),
        (_("Time zone of stamps that carry none"), drafts.text(found, "timezone") or "Asia/Shanghai"),
    ]
    return _page(request, "commit", found, 5, how=how if found.kind == drafts.CALLS else [])


@require_POST
@page(Act.LOAD)
def drop(request: Request, code: str, draft: str) -> HttpResponse:
    """Give it up; its files are deleted at once."""
    drafts.drop(draft=drafts.open_draft(draft, code, request.actor))
    messages.info(request, _("The import was given up; its files are deleted."))
    return redirect("data", code=code)
