"""What one writes: a new row, another version of one, an end of one or several."""

from __future__ import annotations

import re
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.registers.pages import presenters
from nianjian.features.registers.pages.forms import CHANGE, EndForm, RowForm
from nianjian.features.registers.pages.request_scope import get_version_or_404, sight, told_day
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.registers import entries, queries, storage
from nianjian.platform.registers import queries as query
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.registers.versions import Version
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error

CONFLICT: Final = 409
PRIMARY: Final = re.compile(r"[0-9]{1,18}")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.LOAD)
def new(request: Request, code: str, kind: str) -> HttpResponse:
    """Write a new row."""
    sheet = presenters.sheet_of(kind)
    form = RowForm(request.POST if request.method == "POST" else None, sheet=sheet, first=_first(request, sheet))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            key = storage.create_row(
                kind=kind, enterprise=code, texts=form.texts(), since=given["holds_from"],
                reason=given["reason_given"], actor=request.actor,
            )  # fmt: skip
        except NianjianError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The row is written."))
            first = request.GET.get("from") == "start"
            return redirect("overview", code=code) if first else redirect(presenters.address(code, kind, key))
    context = {"kind": kind, "register": presenters.title(kind), "form": form, "back": _list(code, kind)}
    return render(request, "registers/new.html", context, status=UNPROCESSABLE if form.errors else 200)


def _first(request: Request, sheet: Sheet) -> dict[str, str]:
    """Values that a link fills in: a row that begins again, a line of this team."""
    known = (column.field for column in entries.form_columns(sheet) if not column.personal)
    return {name: request.GET[name][:200] for name in known if request.GET.get(name)}


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.LOAD)
def edit(request: Request, code: str, kind: str, key: str) -> HttpResponse:
    """Write another version of a row."""
    sheet, last = presenters.sheet_of(kind), get_version_or_404(request, kind, key)
    if request.method != "POST":
        return _edit(request, kind, key, last, _begun(request, kind, last), looked=_looked(request, kind, key, last))
    form = RowForm(request.POST, sheet=sheet, version=last)
    if not form.is_valid():
        return _edit(request, kind, key, last, form, status=UNPROCESSABLE)
    given = form.cleaned_data
    try:
        storage.change_row(
            kind=kind, enterprise=code, version=given["seen"] or 0, texts=form.texts(),
            start=given["holds_from"] if given["how"] == CHANGE else None, over=given["over"],
            reason=given["reason_given"], actor=request.actor,
        )  # fmt: skip
    except NianjianError as error:
        if error.code == "register_row_stale":
            return _stale(request, kind, key, last, form, error)
        form.refuse(error)
        return _edit(request, kind, key, last, form, status=UNPROCESSABLE)
    messages.success(request, _("The new version is written; the old one stays in the history."))
    return redirect(presenters.address(code, kind, key))


def _begun(request: Request, kind: str, last: Version) -> RowForm:
    """The form, the change beginning on the day that was looked at."""
    form = RowForm(sheet=presenters.sheet_of(kind), version=last)
    if day := told_day(sight(request, kind)):
        form.initial["holds_from"] = day
    return form


def _looked(request: Request, kind: str, key: str, last: Version) -> str:
    """Say that the form does not show what was looked at, where the row was another on that day."""
    seen = sight(request, kind)
    then = query.find_row(kind, seen, key)
    if told_day(seen) is None or then == last:
        return ""
    return _(
        "You looked at {day}; the form shows the newest version, which holds {span}. A change from that day on goes "
        "over it only if you say so."
    ).format(day=seen.day, span=presenters.span(last.valid_from, last.valid_to))


def _edit(  # noqa: PLR0917 -- one part of `edit`
    request: Request,
    kind: str,
    key: str,
    last: Version,
    form: RowForm,
    status: int = 200,
    **more: Any,  # noqa: ANN401 -- a template's
) -> HttpResponse:
    sheet, code = presenters.sheet_of(kind), request.enterprise.code
    locked = [(presenters.label(sheet.by_field(name)), _locked(last, sheet, name)) for name in form.locked]
    context = {
        "kind": kind,
        "register": presenters.title(kind),
        "name": presenters.name(last, sheet),
        "locked": locked,
        "span": presenters.span(last.valid_from, last.valid_to),
        "form": form,
        "back": presenters.address(code, kind, key),
        **more,
    }
    return render(request, "registers/edit.html", context, status=status)


def _locked(version: Version, sheet: Sheet, name: str) -> str:
    return presenters.value(getattr(version, name), sheet.by_field(name))


def _stale(  # noqa: PLR0917 -- one part of `edit`
    request: Request, kind: str, key: str, last: Version, form: RowForm, error: NianjianError
) -> HttpResponse:
    """Show what the writer saw, what stands now and what was typed; sending again goes over what stands now."""
    sheet = presenters.sheet_of(kind)
    seen = next(
        (
            one
            for one in query.list_row_versions(kind, sight(request, kind), key)
            if one.pk == form.cleaned_data["seen"]
        ),
        last,
    )
    typed = form.texts()
    theirs = {change.column.field for change in queries.differences(seen, last, sheet)}
    lines = [
        (
            presenters.label(column),
            presenters.value(getattr(seen, column.field), column),
            presenters.value(getattr(last, column.field), column),
            typed.get(column.field, ""),
        )
        for column in entries.form_columns(sheet)
        if column.field in theirs or column.field in typed
    ]
    again = request.POST.copy()
    again["seen"] = str(last.pk)
    fresh = RowForm(again, sheet=sheet, version=last)
    at = f"{last.recorded_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
    written = _("Written by {who} at {at}. Compare; what you send now goes over it.").format(
        who=last.recorded_by, at=at
    )
    more = {"lines": lines, "conflict": describe_error(error)[0], "written": written}
    return _edit(request, kind, key, last, fresh, status=CONFLICT, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.LOAD)
def end(request: Request, code: str, kind: str) -> HttpResponse:
    """Let one or several rows hold no longer from a day on."""
    given = request.POST if request.method == "POST" else request.GET
    wanted = list(dict.fromkeys(int(one) for one in given.getlist("row") if PRIMARY.fullmatch(one)))
    if len(wanted) > query.PAGE:
        raise NianjianError("register_too_many", most=query.PAGE)
    found = query.list_versions_by_id(kind, sight(request, kind), wanted)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            count = storage.end_rows(
                kind=kind, enterprise=code, versions=wanted, start=form.cleaned_data["start"],
                reason=form.cleaned_data["reason"], actor=request.actor,
            )  # fmt: skip
        except NianjianError as error:
            form.add_error(None, describe_error(error)[0])
        else:
            messages.success(request, _("{count} rows end.").format(count=count))
            return redirect(_list(code, kind))
    sheet = presenters.sheet_of(kind)
    context = {
        "kind": kind,
        "register": presenters.title(kind),
        "form": form,
        "rows": [(one.pk, presenters.name(one, sheet), presenters.span(one.valid_from, one.valid_to)) for one in found],
        "gone": _gone(len(wanted) - len(found)),
        "back": _list(code, kind),
    }
    return render(request, "registers/end.html", context, status=UNPROCESSABLE if form.errors else 200)


def _gone(count: int) -> str:
    if not count:
        return ""
    return _("{count} of the chosen rows were changed in the meantime; go back and choose again.").format(count=count)


def _list(code: str, kind: str) -> str:
    return reverse("registers-list", kwargs={"code": code, "kind": kind})
