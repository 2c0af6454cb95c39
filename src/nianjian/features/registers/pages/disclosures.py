"""What leaves in full or as a file: a reveal, a list, a paper. Each is asked for by a form and noted in the chain."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.registers import operations
from nianjian.features.registers.operations import FORMS, ExportRequest, take_register
from nianjian.features.registers.pages import presenters
from nianjian.features.registers.pages.detail import detail
from nianjian.features.registers.pages.forms import Filter, PaperForm
from nianjian.features.registers.pages.request_scope import get_version_or_404, sight
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment, takes_files
from nianjian.platform.registers import attachments, queries, storage
from nianjian.platform.registers import queries as query
from nianjian.platform.registers.versions import Version
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current


@require_POST
@page(Act.REVEAL)
def reveal(request: Request, code: str, kind: str, key: str) -> HttpResponse:
    """Show one row in full, in this answer alone."""
    found = detail(request, kind, key, full=True)
    if found is None:
        raise Http404
    storage.record_reveal(kind=kind, enterprise=code, version=found["version"], actor=request.actor)
    return render(request, "registers/row.html", found)


@require_POST
@page(Act.READ_OWN)
def export(request: Request, code: str, kind: str) -> HttpResponse:
    """Give the list that the address asks for, as a workbook or as CSV, masked unless ``full`` is asked for.

    Of many rows the worker makes it.
    """
    form, full = request.POST.get("format", "xlsx"), request.POST.get("full") == "yes"
    if form not in FORMS:
        raise Http404
    seen, sheet = sight(request, kind), presenters.sheet_of(kind)
    looked = Filter(request.GET, sheet=sheet, teams=request.team is None and queries.has_team_scope(kind))
    asked = ExportRequest(
        kind=kind, sight=seen, wanted=looked.wanted(), form=form, full=full, language=current(),
        filters={field.name: f"{field.label}: {field.value()}" for field in looked if field.value()},
    )  # fmt: skip
    try:
        file = take_register(asked, actor=request.actor)
    except NianjianError as error:
        if error.code != "register_export_long":
            raise
        return redirect("data-job", code=code, job=operations.enqueue_export(asked, actor=request.actor))
    return _file(file.content, file.media, file.name)


@require_POST
@page(Act.READ_OWN)
def export_file(request: Request, code: str, kind: str, job: str) -> HttpResponseBase:
    """Give the list away that the worker has made for this person; 404 where there is none."""
    try:
        file = operations.fetched(kind=kind, enterprise=code, job=job, actor=request.actor)
    except NianjianError as error:
        if error.code != "register_file_gone":
            raise
        raise Http404 from error
    return as_attachment(StreamingHttpResponse(file.content, content_type=file.media), file.name)


@require_POST
@page(Act.LOAD)
@takes_files
def attach(request: Request, code: str, kind: str, key: str) -> HttpResponse:
    """Keep a file beside a row."""
    row = get_version_or_404(request, kind, key)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            _small(file.name, file.size)
            attachments.attach_to_row(register=kind, row=row, name=file.name, content=file.read(), actor=request.actor)
        except NianjianError as error:
            messages.error(request, describe_error(error)[0])
        else:
            messages.success(request, _("The file is kept, encrypted."))
    else:
        messages.error(request, _("Choose a file first."))
    return redirect(f"{presenters.address(code, kind, key)}#papers")


def _small(name: str, size: int) -> None:
    """Refuse before the file is read into memory."""
    if size > attachments.ROW_LIMIT:
        raise NianjianError("file_too_large", file=name, limit=attachments.ROW_LIMIT)


@require_POST
@page(Act.REVEAL)
def fetch(request: Request, code: str, kind: str, key: str, paper: int) -> HttpResponse:
    """Give a file out."""
    del code
    found, content = attachments.download_row_paper(
        register=kind, row=_any(request, kind, key), attachment=paper, actor=request.actor
    )
    return _file(content, found.media_type, found.name)


@require_POST
@page(Act.LOAD)
def detach(request: Request, code: str, kind: str, key: str, paper: int) -> HttpResponse:
    """Show a file no longer beside its row."""
    attachments.detach_from_row(register=kind, row=_any(request, kind, key), attachment=paper, actor=request.actor)
    messages.success(request, _("The file is taken off."))
    return redirect(f"{presenters.address(code, kind, key)}#papers")


def _any(request: Request, kind: str, key: str) -> Version:
    """Return any version of a row: its papers outlive its end."""
    found = query.list_row_versions(kind, sight(request, kind), key, most=1)
    if not found:
        raise Http404
    return found[0]


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    return as_attachment(answer, name)
