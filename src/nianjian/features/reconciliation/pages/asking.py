"""Ask for a reconciliation; look at the headings of an export or a bill before."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation.operations import preview, work
from nianjian.features.reconciliation.operations.preview import ListLook
from nianjian.features.reconciliation.pages.forms import Days, Months
from nianjian.features.reconciliation.pages.spelling import SHORT, Billed, Filing, Spelt
from nianjian.features.registers import presenters as registers
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE, takes_files
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.tables import Cell, Column, Table

PLAIN: Final[dict[str, type[forms.Form]]] = {"people": Months, "sources": Days}
SPELT: Final[dict[str, type[Spelt]]] = {"filing": Filing, "bill": Billed}
LOOKED: Final = 5 * 1024 * 1024  # bytes of a file that an answer can wait for; of a larger one the worker tells

Forms = dict[str, forms.Form]


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.REPORT)
@takes_files
def new(request: Request, code: str) -> HttpResponse:
    """Ask for a comparison with an export or a bill, a match of people, or a comparison of call sources."""
    made = _forms(request, code)
    what = request.POST.get("what", "")
    if request.method != "POST":
        return _page(request, code, made, 200)
    if what not in made or not made[what].is_valid():
        return _page(request, code, made, UNPROCESSABLE)
    form, found = made[what], None
    try:
        if isinstance(form, Spelt):
            found = _unread(request, code, form)
        if found is None:
            return redirect("data-job", code=code, job=_asked(request, code, what, form))
    except NianjianError as error:
        if error.code == "role_missing":
            raise
        form.add_error(None, " ".join(describe_error(error)))
        return _page(request, code, made, UNPROCESSABLE)
    return _looked(request, code, what, found, UNPROCESSABLE)


@require_POST
@page(Act.REPORT)
@takes_files
def preview_file(request: Request, code: str) -> HttpResponse:
    """Show the file's own headings with some of their values, and whether it could be compared so; nothing is kept."""
    what = request.POST.get("what", "")
    made = _forms(request, code)
    form = made.get(what)
    if not isinstance(form, Spelt):
        return _page(request, code, made, UNPROCESSABLE)
    form.full_clean()
    if "file" not in form.cleaned_data or "words" not in form.cleaned_data:
        fault = gettext("Choose a file first.") if "file" not in form.cleaned_data else ""
        return _page(request, code, made, UNPROCESSABLE, looked_at=what, fault=fault)
    try:
        found = _look(request, code, form)
    except NianjianError as error:
        return _page(request, code, made, UNPROCESSABLE, looked_at=what, fault=" ".join(describe_error(error)))
    return _looked(request, code, what, found, 200)


def _forms(request: Request, code: str, looked_at: str = "", found: ListLook | None = None) -> Forms:
    """Every form; the one that was sent is bound, the one looked at offers the file's headings."""
    what = request.POST.get("what", "")
    made: Forms = {}
    keep = may(request.actor, code, Act.LOAD)
    for name in (*PLAIN, *SPELT):
        given: list[Any] = [request.POST, request.FILES] if name == what else []
        given_id = {"auto_id": f"{name}_%s"}
        if name in SPELT:
            columns = found.columns if found is not None and name == looked_at else ()
            made[name] = SPELT[name](*given, enterprise=code, may_keep=keep, columns=columns, **given_id)
        else:
            made[name] = PLAIN[name](*given, **given_id)  # type: ignore[arg-type] # the id alone
    return made


def _page(request: Request, code: str, made: Forms, status: int, **more: object) -> HttpResponse:
    context = {"made": made, "back": reverse("reconcile", kwargs={"code": code}), **more}
    return render(request, "reconcile/new.html", context, status=status)


def _looked(request: Request, code: str, what: str, found: ListLook, status: int) -> HttpResponse:
    made = _forms(request, code, what, found)
    told: dict[str, object] = {"columns": _columns(found, made[what])}
    if found.fault is not None:
        told["fault"], told["faults"] = describe_error(found.fault)[0], _faults(found.fault)
    else:
        told["sound"] = gettext("All {read} rows can be read so.").format(read=found.read)
    return _page(request, code, made, status, looked_at=what, **told)


def _faults(fault: NianjianError) -> list[str]:
    text = gettext("Line {line}, {column}: {fault}")
    return [
        text.format(
            line=one["line"],
            column=one["column"],
            fault=describe_error(NianjianError(str(one["code"]), **_values(one)))[0],
        )
        for one in fault.findings[:10]
    ]


def _values(one: Any) -> dict[str, Any]:  # noqa: ANN401 -- a finding as an error carries it
    return {name: value for name, value in one.items() if name != "code"}


def _columns(found: ListLook, form: forms.Form) -> Table:
    sheet = preview.sheet_of(form.subject()) if isinstance(form, Spelt) else None
    heads = [Column(gettext("Heading of the file")), Column(gettext("read as")), Column(gettext("examples, masked"))]
    rows = [
        [
            Cell(one.heading),
            Cell(registers.label(sheet.by_field(one.field)) if sheet is not None and one.field else "–"),
            Cell(SHORT.join(one.examples) or "–"),
        ]
        for one in found.columns
    ]
    return Table(gettext("Columns of the file"), heads, rows, wrap=True)


def _content(form: Spelt) -> tuple[str, bytes]:
    """Name and content of the file; ``file_too_large`` before it is read into memory."""
    file = form.cleaned_data["file"]
    if (file.size or 0) > work.LIMIT:
        raise NianjianError("file_too_large", file=file.name or "", limit=work.LIMIT)
    file.seek(0)
    content: bytes = file.read()
    return file.name or "", content


def _look(request: Request, code: str, form: Spelt) -> ListLook:
    name, content = _content(form)
    return preview.look_at(
        enterprise=code,
        kind=form.subject(),
        name=name,
        content=content,
        mapping=form.mapping_file(),
        actor=request.actor,
    )


def _unread(request: Request, code: str, form: Spelt) -> ListLook | None:
    """What a file is whose headings are not recognised; None where nothing stands against comparing it."""
    if (form.cleaned_data["file"].size or 0) > LOOKED:
        return None
    found = _look(request, code, form)
    return found if found.fault is not None and found.fault.code in preview.HEADINGS else None


def _asked(request: Request, code: str, what: str, form: forms.Form) -> str:
    """Put the work; its job. Raises what `flows.reconcile.work` raises."""
    given = form.cleaned_data
    if isinstance(form, Spelt):
        name, content = _content(form)
        sent: dict[str, Any] = {"name": name, "content": content, "mapping": form.mapping_file()}
        if given.get("keep_as") and sent["mapping"]:
            preview.keep(
                enterprise=code,
                kind=form.subject(),
                name=given["keep_as"],
                mapping=sent["mapping"],
                actor=request.actor,
            )
        if what == "bill":
            asked = {one: given[one] for one in ("first", "last", "carrier", "together")}
            return work.ask_bill(enterprise=code, actor=request.actor, **sent, **asked)
        return work.ask_filing(enterprise=code, kind=given["kind"], as_of=given["as_of"], actor=request.actor, **sent)
    if what == "people":
        return work.ask_people(enterprise=code, first=given["first"], last=given["last"], actor=request.actor)
    return work.ask_sources(
        enterprise=code,
        first=given["first"],
        last=given["last"],
        only=(),
        beside=given["beside"],
        together=given["together"],
        actor=request.actor,
    )
