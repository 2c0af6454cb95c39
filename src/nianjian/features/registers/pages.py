"""The registers' pages: overview, list, a row with history and neighbours, writes, reveal, export and papers."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import words
from nianjian.features.registers import operations, presenters
from nianjian.features.registers.forms import CHANGE, COLUMN, FIRST, LAST, EndForm, Filter, PaperForm, RowForm
from nianjian.features.registers.operations import FORMS, ExportRequest, export_register, list_states
from nianjian.platform.accounts import access
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment, missing_as_404, read_upload, takes_files
from nianjian.platform.registers import attachments, entries, filters, queries, storage
from nianjian.platform.registers.attachments import list_row_papers
from nianjian.platform.registers.columns import Column, Sheet, is_masked
from nianjian.platform.registers.filters import RowFilter
from nianjian.platform.registers.queries import ReadScope, RegisterState
from nianjian.platform.registers.versions import Version
from nianjian.platform.web import tables
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import asked_day, format_day, format_moment
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current, say_pair
from nianjian.platform.web.paging import address, paged
from nianjian.platform.web.tables import Cell, Row, Table, choose_columns, shorten_rows
from nianjian.platform.web.work import person


def read_scope(request: Request, kind: str = "") -> ReadScope:
    """Return the reader's sight; 404 for a kind that does not exist for this reader.

    Who sees all may look through a team's eyes (``team``); a day that cannot be read is today.
    """
    team = request.team
    if team is None and queries.has_team_scope(kind):
        team = request.GET.get("team", "").strip() or None
    scope = ReadScope(request.enterprise.code, asked_day(request.GET.get("as_at", "")), team)
    if kind and not scope.sees(kind):
        raise Http404
    return scope


def day_parameter(seen: ReadScope) -> date | None:
    """Return the day as an address tells it on: today needs no telling."""
    return None if seen.day == clock.today() else seen.day


def get_version_or_404(request: Request, kind: str, key: str) -> Version:
    """Return the version of a row that a write goes on from; 404 if there is none."""
    version = queries.find_latest_version(kind, read_scope(request, kind), key)
    if version is None:
        raise Http404
    return version


def may(request: Request, act: Permission) -> bool:
    """Whether the reader may do this here."""
    return access.has_permission(request.actor, request.enterprise.code, act)


def list_address(code: str, kind: str) -> str:
    """Return the address of a register's list."""
    return reverse("registers-list", kwargs={"code": code, "kind": kind})


Context = dict[str, Any]


def detail(request: Request, kind: str, key: str, *, full: bool = False) -> Context | None:
    """Return the page's context; None if the row does not exist for this reader. ``full``: nothing is masked."""
    seen, sheet = read_scope(request, kind), presenters.sheet_of(kind)
    written = queries.list_row_versions(kind, seen, key)
    if not written:
        return None
    holds = queries.find_row(kind, seen, key)
    version = holds or written[0]
    code = request.enterprise.code
    last = queries.find_latest_version(kind, seen, key)
    goes_on = last is not None and (last.valid_to is None or last.valid_to >= clock.today())
    loads = may(request, Permission.MANAGE_DATA)
    return {
        "kind": kind,
        "register": presenters.title(kind),
        "name": presenters.name(version, sheet, full=full),
        "called": getattr(version, "name", "") if kind in CALLED else "",
        "key": key,
        "day": seen.day,
        "told": day_parameter(seen),
        "version": version,
        "holds": holds is not None,
        "span": presenters.span(version.valid_from, version.valid_to),
        "pairs": _pairs(code, version, sheet, full=full),
        "empty": [  # of the columns that a row may leave empty
            presenters.label(one)
            for one in entries.form_columns(sheet)
            if getattr(version, one.field) is None and one.field not in sheet.needed
        ],
        "full": full,
        "masked": any(is_masked(one) and getattr(version, one.field) is not None for one in sheet.columns),
        "notes": [  # what the sheet warns about: it refuses nothing, but changes a light
            say_pair(presenters.label(sheet.by_field(field)), error_message(one.code, one.values(), words(current())))
            for field, one in entries.list_warnings(version, sheet)
        ],
        "groups": [_group(code, seen, one) for one in queries.list_linked_rows(kind, seen, holds)] if holds else [],
        "history": [_event(one) for one in queries.list_history(written, sheet)],
        "cut": len(written) == queries.PAGE,
        "papers": list_row_papers(code, kind, key) if request.team is None else None,
        "paper_form": PaperForm() if loads else None,
        "may_load": loads,
        "may_reveal": may(request, Permission.VIEW_UNMASKED),
        "standing": last if goes_on else None,
        "back": list_address(code, kind),
    }


def _pairs(code: str, version: Version, sheet: Sheet, *, full: bool) -> list[tuple[str, str]]:
    """What is filled in, and what must be known; "" where it is not."""
    teams = queries.list_team_titles(code, {getattr(version, TEAM, None) or ""})
    return [
        (presenters.label(column), _cell(sheet.kind, version, column, teams, full=full))
        for column in sheet.columns
        if getattr(version, column.field) is not None or column.field in sheet.needed
    ]


def _group(code: str, seen: ReadScope, group: queries.LinkGroup) -> Context:
    link, sheet, day = group.link, presenters.sheet_of(group.link.kind), day_parameter(seen)
    there = list_address(code, link.kind)
    query = f"{COLUMN}{link.field}={link.text}" if link.field else f"team={link.team}" if link.team else ""
    every = "&".join(part for part in (query, f"as_at={day}" if day else "") if part)
    return {
        "title": presenters.title(link.kind),
        "total": group.total,
        "rows": [
            (
                presenters.address(code, link.kind, one.key, day),
                f"{presenters.name(one, sheet)} {getattr(one, 'name', None) or ''}".strip(),
            )
            for one in group.rows
        ],
        "every": f"{there}?{every}" if query and group.total > len(group.rows) else "",
    }


def _event(one: queries.HistoryEntry) -> Context:
    version = one.version
    return {
        "event": presenters.event(one.event),
        "code": one.event.value,
        "at": version.recorded_at,
        "by": person(version.recorded_by) if version.recorded_by else _("not recorded"),
        "span": presenters.span(version.valid_from, version.valid_to),
        "reason": _(presenters.REASONS.get(version.reason or "", version.reason or "")) if version.reason else "",
        "believed": one.believed,
        "until": version.superseded_at,
        "imported": bool(version.file),
        "changes": [
            (
                presenters.label(change.column),
                *(presenters.value(old, change.column) for old in (change.before, change.after)),
            )
            for change in one.changes
        ],
    }


CONFLICT: Final = 409
PRIMARY: Final = re.compile(r"[0-9]{1,18}")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def new(request: Request, code: str, kind: str) -> HttpResponse:
    """Write a new row."""
    sheet = presenters.sheet_of(kind)
    # Values that a link fills in: a row that begins again, a line of this team.
    names = (column.field for column in entries.form_columns(sheet) if not column.personal)
    first = {name: request.GET[name][:200] for name in names if request.GET.get(name)}
    form = RowForm(request.POST if request.method == "POST" else None, sheet=sheet, first=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            key = storage.create_row(
                kind=kind, enterprise=code, texts=form.texts(), since=data["holds_from"],
                reason=data["reason_given"], actor=request.actor,
            )  # fmt: skip
        except NianjianError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The row is saved."))
            begins = request.GET.get("from") == "start"
            return redirect("overview", code=code) if begins else redirect(presenters.address(code, kind, key))
    context = {"kind": kind, "register": presenters.title(kind), "form": form, "back": list_address(code, kind)}
    return render(request, "registers/new.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def edit(request: Request, code: str, kind: str, key: str) -> HttpResponse:
    """Write another version of a row."""
    sheet, last = presenters.sheet_of(kind), get_version_or_404(request, kind, key)
    if request.method != "POST":
        form = RowForm(sheet=sheet, version=last)
        if day := day_parameter(read_scope(request, kind)):
            form.initial["holds_from"] = day  # the change begins on the day that was looked at
        return _edit(request, kind, key, last, form, looked=_describe_other_day(request, kind, key, last))
    form = RowForm(request.POST, sheet=sheet, version=last)
    if not form.is_valid():
        return _edit(request, kind, key, last, form, status=UNPROCESSABLE)
    data = form.cleaned_data
    try:
        storage.change_row(
            kind=kind, enterprise=code, version=data["seen"] or 0, texts=form.texts(),
            start=data["holds_from"] if data["how"] == CHANGE else None, over=data["over"],
            reason=data["reason_given"], actor=request.actor,
        )  # fmt: skip
    except NianjianError as error:
        if error.code == "register_row_stale":
            return _render_conflict(request, kind, key, last, form, error)
        form.refuse(error)
        return _edit(request, kind, key, last, form, status=UNPROCESSABLE)
    messages.success(request, _("The new version is saved; the old one stays in the history."))
    return redirect(presenters.address(code, kind, key))


def _describe_other_day(request: Request, kind: str, key: str, last: Version) -> str:
    """Say that the form does not show what was looked at, where the row was another on that day."""
    seen = read_scope(request, kind)
    then = queries.find_row(kind, seen, key)
    if day_parameter(seen) is None or then == last:
        return ""
    return _(
        "You viewed {day}; the form shows the newest version, which is valid {span}. To overwrite it from "
        "that day on, select so explicitly."
    ).format(day=format_day(seen.day), span=presenters.span(last.valid_from, last.valid_to))


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
    locked = map(sheet.by_field, form.locked)
    context = {
        "kind": kind,
        "register": presenters.title(kind),
        "name": presenters.name(last, sheet),
        "locked": [(presenters.label(one), presenters.value(getattr(last, one.field), one)) for one in locked],
        "span": presenters.span(last.valid_from, last.valid_to),
        "form": form,
        "back": presenters.address(code, kind, key),
        **more,
    }
    return render(request, "registers/edit.html", context, status=status)


def _render_conflict(  # noqa: PLR0917 -- one part of `edit`
    request: Request, kind: str, key: str, last: Version, form: RowForm, error: NianjianError
) -> HttpResponse:
    """Show what the writer saw, what stands now and what was typed; sending again goes over what stands now."""
    sheet = presenters.sheet_of(kind)
    versions = queries.list_row_versions(kind, read_scope(request, kind), key)
    seen = next((one for one in versions if one.pk == form.cleaned_data["seen"]), last)
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
    text = _("Saved by {who} at {at}. Compare; submitting again overwrites it.")
    more = {
        "lines": lines,
        "conflict": describe_error(error)[0],
        "written": text.format(who=person(last.recorded_by), at=format_moment(last.recorded_at)),
    }
    return _edit(request, kind, key, last, fresh, status=CONFLICT, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def end(request: Request, code: str, kind: str) -> HttpResponse:
    """Let one or several rows hold no longer from a day on."""
    params = request.POST if request.method == "POST" else request.GET
    ids = list(dict.fromkeys(int(one) for one in params.getlist("row") if PRIMARY.fullmatch(one)))
    if len(ids) > queries.PAGE:
        raise NianjianError("register_too_many", most=queries.PAGE)
    versions = queries.list_versions_by_id(kind, read_scope(request, kind), ids)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            count = storage.end_rows(
                kind=kind, enterprise=code, versions=ids, start=form.cleaned_data["start"],
                reason=form.cleaned_data["reason"], actor=request.actor,
            )  # fmt: skip
        except NianjianError as error:
            form.add_error(None, describe_error(error)[0])
        else:
            messages.success(request, _("{count} rows end.").format(count=count))
            return redirect(list_address(code, kind))
    sheet, gone = presenters.sheet_of(kind), len(ids) - len(versions)
    missing = _("{count} of the chosen rows have been changed in the meantime; go back and choose again.")
    context = {
        "kind": kind,
        "register": presenters.title(kind),
        "form": form,
        "rows": [
            (one.pk, presenters.name(one, sheet), presenters.span(one.valid_from, one.valid_to)) for one in versions
        ],
        "gone": missing.format(count=gone) if gone else "",
        "back": list_address(code, kind),
    }
    return render(request, "registers/end.html", context, status=UNPROCESSABLE if form.errors else 200)


CALLED: Final = frozenset({"lines", "teams"})  # registers whose rows have a name beside their code
TEAM: Final = "team"  # the column that holds a team's id
ROWS: Final = 25  # on a page, so that it is two screens at most
FORMATS: Final = (("xlsx", "Excel (xlsx)"), ("csv", "CSV"))


@require_safe
@page(Permission.READ_OWN)
def overview(request: Request, code: str) -> HttpResponse:
    """Every register with its rows, its last change, what is not known and what runs out."""
    seen = read_scope(request)
    cards = [_card(code, one, seen) for one in list_states(request.enterprise, seen)]
    return render(request, "registers/overview.html", {"cards": cards, "day": seen.day, "told": day_parameter(seen)})


def _card(code: str, one: RegisterState, seen: ReadScope) -> Context:
    sheet = presenters.sheet_of(one.kind)
    there = list_address(code, one.kind)
    day = f"&as_at={seen.day}" if day_parameter(seen) else ""
    gaps = [
        (f"{there}?missing={field}{day}", presenters.gap_label(sheet, field), _figure(count))
        for field, count in one.missing.items()
    ]
    expired = f"{there}?{LAST}{one.runs_out}={date.fromordinal(seen.day.toordinal() - 1)}{day}"
    expiring = f"{there}?{FIRST}{one.runs_out}={seen.day}&{LAST}{one.runs_out}={one.until}{day}"
    return {
        "href": f"{there}?as_at={seen.day}" if day else there,
        "title": presenters.title(one.kind),
        "rows": f"{figures.count_text(queries.COUNTED)}+" if one.rows is None else figures.count_text(one.rows),
        "many": figures.count_text(queries.COUNTED) if one.rows is None else "",
        "last": one.last,
        "never": one.last is None and seen.team is None,
        "gaps": gaps,
        "expired": (expired, _figure(one.expired)) if one.runs_out and one.expired != 0 else None,
        "expiring": (expiring, _figure(one.expiring)) if one.runs_out and one.expiring != 0 else None,
        "until": one.until,
    }


def _figure(count: int | None) -> str:
    """A count as what leads to its rows; where nothing was counted, the offer to look."""
    return _("view") if count is None else figures.count_text(count)


@require_safe
@page(Permission.READ_OWN)
def rows(request: Request, code: str, kind: str) -> HttpResponse:
    """The rows that hold on a day, a page of them at a time."""
    seen, sheet = read_scope(request, kind), presenters.sheet_of(kind)
    form = Filter(request.GET, sheet=sheet, teams=request.team is None and queries.has_team_scope(kind))
    query = form.wanted()
    versions: Any = []
    total: Any = 0
    try:
        versions, total = queries.filter_rows(kind, seen, query), partial(queries.count_rows, kind, seen, query)
    except NianjianError as error:
        form.add_error(None, describe_error(error)[0])
    cut = paged(request, versions, total=total, size=ROWS)
    context = {
        "kind": kind,
        "register": presenters.title(kind),
        "form": form,
        "page": cut,
        "count": _count(cut.total),
        "wanted": query,
        "day": seen.day,
        "told": day_parameter(seen),
        "query": request.GET.urlencode(),
        "by_value": _(", ").join(presenters.label(column) for column in filters.exact_columns(sheet)),
        "sealed": _(", ").join(presenters.label(column) for column in sheet.columns if column.personal),
        "may_load": may(request, Permission.MANAGE_DATA),
        "may_reveal": may(request, Permission.VIEW_UNMASKED),
        "wizard": reverse("data-import", kwargs={"code": code}),
        "formats": FORMATS,
        **_table(request, seen, sheet, cut.rows, query),
    }
    return render(request, "registers/rows.html", context)


def _count(total: int | None) -> str:
    if total is None:
        return _("more than {most} rows").format(most=figures.count_text(queries.COUNTED))
    return _("one row") if total == 1 else _("{count} rows").format(count=figures.count_text(total))


def _cell(kind: str, row: Version, column: Column, teams: Mapping[str, str], *, full: bool = False) -> str:
    """The value in words; a team's id with its name."""
    value = getattr(row, column.field)
    text = presenters.value(value, column, full=full) or presenters.empty_cell(kind, column.field)
    return f"{text} {teams[value]}" if column.field == TEAM and value in teams else text


def _table(request: Request, seen: ReadScope, sheet: Sheet, versions: Sequence[Version], query: RowFilter) -> Context:
    columns = _used(sheet, versions, query)
    of_teams = any(column.field == TEAM for column in columns)
    teams = queries.list_team_titles(seen.enterprise, {getattr(row, TEAM) for row in versions}) if of_teams else {}
    sorts = {column.field for column in filters.sortable_columns(sheet)}
    href, state = _sort(request, "", query)
    heads = [tables.Column(presenters.key_label(sheet), href=href, sorted=state, brief="start")]
    for column in columns:
        href, state = _sort(request, column.field, query) if column.field in sorts else ("", "")
        heads.append(tables.Column(presenters.label(column), href=href, sorted=state, name=column.field))
    choice = choose_columns(request, f"registers-{sheet.kind}", heads)
    rows = []
    for one in versions:
        name = presenters.name(one, sheet)
        href = presenters.address(seen.enterprise, sheet.kind, one.key, day_parameter(seen))
        cells = [
            Cell(name, href=href),
            *(Cell(Truncator(_cell(sheet.kind, one, column, teams)).chars(WIDEST)) for column in columns),
        ]
        ends = one.valid_to is None or one.valid_to >= clock.today()
        rows.append(Row(cells, name=name, href=href, value=str(one.pk) if ends else ""))
    ticks = "bulk" if may(request, Permission.MANAGE_DATA) else ""
    table = Table(
        presenters.title(sheet.kind), shorten_rows(heads, choice.hidden), rows, form="several" if ticks else "",
        hidden=choice.hidden, ticks=ticks,
    )  # fmt: skip
    return {"table": table, "choice": choice}


WIDEST: Final = 60  # signs of a cell in the list


def _used(sheet: Sheet, versions: Sequence[Version], query: RowFilter) -> list[Column]:
    """Columns that hold anything on this page, or that were asked for; the key stands before them."""
    key = sheet.keys[0][0] if len(sheet.keys) == 1 == len(sheet.keys[0]) else ""
    fields = {query.sort, query.missing, *query.columns, *query.first, *query.last}

    def used(column: Column) -> bool:
        return column.field in fields or any(getattr(version, column.field) is not None for version in versions)

    return [column for column in entries.form_columns(sheet) if column.field != key and used(column)]


def _sort(request: Request, field: str, query: RowFilter) -> tuple[str, str]:
    """Address that sorts by a column ("": the key), and how it is sorted now."""
    here = query.sort == field
    turned = f"-{field}" if here and not query.descending else field
    state = ("descending" if query.descending else "ascending") if here else ""
    return address(request, sort=turned, page=""), state


@require_safe
@page(Permission.READ_OWN)
def row(request: Request, code: str, kind: str, key: str) -> HttpResponse:
    """One row as at a day: its values, its neighbours, its papers, its history."""
    del code
    context = detail(request, kind, key)
    if context is None:
        raise Http404
    return render(request, "registers/row.html", context)


@require_POST
@page(Permission.VIEW_UNMASKED)
def reveal(request: Request, code: str, kind: str, key: str) -> HttpResponse:
    """Show one row in full, in this answer alone."""
    context = detail(request, kind, key, full=True)
    if context is None:
        raise Http404
    storage.record_reveal(kind=kind, enterprise=code, version=context["version"], actor=request.actor)
    return render(request, "registers/row.html", context)


@require_POST
@page(Permission.READ_OWN)
def export(request: Request, code: str, kind: str) -> HttpResponse:
    """Give the list of the address as a workbook or CSV, masked unless ``full``; of many rows the worker makes it."""
    form, full = request.POST.get("format", "xlsx"), request.POST.get("full") == "yes"
    if form not in FORMS:
        raise Http404
    seen, sheet = read_scope(request, kind), presenters.sheet_of(kind)
    filter_form = Filter(request.GET, sheet=sheet, teams=request.team is None and queries.has_team_scope(kind))
    spec = ExportRequest(
        kind=kind, sight=seen, wanted=filter_form.wanted(), form=form, full=full, language=current(),
        filters={field.name: say_pair(field.label, field.value()) for field in filter_form if field.value()},
    )  # fmt: skip
    try:
        file = export_register(spec, actor=request.actor)
    except NianjianError as error:
        if error.code != "register_export_long":
            raise
        return redirect("data-job", code=code, job=operations.enqueue_export(spec, actor=request.actor))
    return _file(file.content, file.media, file.name)


@require_POST
@page(Permission.READ_OWN)
def export_file(request: Request, code: str, kind: str, job: str) -> HttpResponseBase:
    """Give the list away that the worker has made for this person; 404 where there is none."""
    with missing_as_404("register_file_gone"):
        file = operations.open_export(kind=kind, enterprise=code, job=job, actor=request.actor)
    return as_attachment(StreamingHttpResponse(file.content, content_type=file.media), file.name)


@require_POST
@page(Permission.MANAGE_DATA)
@takes_files
def attach(request: Request, code: str, kind: str, key: str) -> HttpResponse:
    """Keep a file beside a row."""
    row = get_version_or_404(request, kind, key)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = read_upload(file, attachments.ROW_LIMIT)
            attachments.attach_to_row(register=kind, row=row, name=file.name, content=content, actor=request.actor)
        except NianjianError as error:
            messages.error(request, describe_error(error)[0])
        else:
            messages.success(request, _("The file is stored, encrypted."))
    else:
        messages.error(request, _("Choose a file first."))
    return redirect(f"{presenters.address(code, kind, key)}#papers")


@require_POST
@page(Permission.VIEW_UNMASKED)
def fetch(request: Request, code: str, kind: str, key: str, paper: int) -> HttpResponse:
    """Give a file out."""
    del code
    attachment, content = attachments.download_row_paper(
        register=kind, row=_any(request, kind, key), attachment=paper, actor=request.actor
    )
    return _file(content, attachment.media_type, attachment.name or "")


@require_POST
@page(Permission.MANAGE_DATA)
def detach(request: Request, code: str, kind: str, key: str, paper: int) -> HttpResponse:
    """Show a file no longer beside its row."""
    attachments.detach_from_row(register=kind, row=_any(request, kind, key), attachment=paper, actor=request.actor)
    messages.success(request, _("The file is removed."))
    return redirect(f"{presenters.address(code, kind, key)}#papers")


def _any(request: Request, kind: str, key: str) -> Version:
    """Return any version of a row: its papers outlive its end."""
    versions = queries.list_row_versions(kind, read_scope(request, kind), key, most=1)
    if not versions:
        raise Http404
    return versions[0]


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    return as_attachment(HttpResponse(content, content_type=media_type), name)
