"""Pages of the import in four steps. Every step has an address of its own: a draft survives a reload."""

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.intake.mapping import FIELDS
from nianjian.engines.intake.preview import ROWS, FilePreview, example_file, list_sources, preview_files
from nianjian.engines.intake.rejects import RejectedLine
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import mark, words
from nianjian.features.calls import drafts, presenters, register_sheets
from nianjian.features.calls.previews import TrialResult, pack_trial_rejects, try_calls
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import as_attachment, missing_as_404, reads_form_itself, takes_files
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers import mappings, sheet_reader, uploads
from nianjian.platform.registers import workbooks as templates
from nianjian.platform.registers.drafts import DraftValue
from nianjian.platform.registers.sheet_reader import Finding
from nianjian.platform.web import work
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import list_zones, zone_text
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import WordsField, ZoneField
from nianjian.platform.web.language import current
from nianjian.platform.web.receiving import Receiving
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import verdict

# The form that says how call files are read, and the names of its fields.

LABELS: Final[Mapping[str, str]] = {
    "call_id": mark("call record ID"), "direction": mark("direction"), "caller": mark("calling number"),
    "display": mark("displayed number"), "callee": mark("called number"), "start": mark("start time"),
    "ring": mark("ringing time"), "answer": mark("answer time"), "end": mark("end time"), "result": mark("result"),
    "agent_id": mark("seat number"), "agent_kind": mark("seat kind"), "line_id": mark("line ID"),
    "team_id": mark("team"), "purpose": mark("purpose"),
}  # fmt: skip


def field_label(field: str) -> str:
    """A field in the language of the page."""
    return gettext(LABELS[field])


AUTO: Final = "auto"
STAGES: Final = ("start", "ring", "answer", "end")
FORMATS: Final = (
    "iso", "epoch_s", "epoch_ms", "epoch_us", "excel", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d%H%M%S",
)  # fmt: skip
POSITION: Final = "#"
EVERY_OTHER: Final = "*"
DIRECTIONS: Final = {  # our word in a mapping -> what people read
    "呼出": gettext_lazy("outbound"),
    "呼入": gettext_lazy("inbound"),
    "内部": gettext_lazy("internal"),
}
APART: Final = re.compile(r"[,，、;；\s]+")


class _Theirs:
    """Options that are words of the file: a browser that translates pages leaves them as they are."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- what the widget takes
        option: dict[str, Any] = super().create_option(*args, **kwargs)  # type: ignore[misc]
        option["attrs"]["translate"] = "no"
        return option


class Theirs(_Theirs, forms.Select):
    """One column of the file."""


class TheirsMultiple(_Theirs, forms.SelectMultiple):
    """Several columns of the file."""


def _field(name: str) -> str:
    """Our field under its own name or the form's heading; what is neither the mapping itself refuses."""
    return next((field for field, header in FIELDS.items() if header == name), name)


class MappingForm(forms.Form):
    """``headers`` are those of the files; an empty choice means: as it is recognised."""

    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    timezone = ZoneField()
    label = forms.CharField(
        label=gettext_lazy("Name of the system that wrote the file"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Stored with every row; empty: the source's own name."),
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction of calls that do not state it"),
        required=False,
        choices=[("", "—"), *((ours, label) for ours, label in DIRECTIONS.items())],
    )
    words = WordsField(
        rows=4,
        help_text=gettext_lazy("One per line – field: their word = our word. For example result: OK = answered"),
        field_of=_field,
    )
    display_from = forms.MultipleChoiceField(
        label=gettext_lazy("Displayed number: the first of these columns that is filled"),
        required=False,
        widget=TheirsMultiple,
    )
    trunk_prefixes = forms.CharField(
        label=gettext_lazy("Digits that the switch puts before numbers"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("For example 9, 17951; they are removed."),
    )
    save_as = forms.CharField(label=gettext_lazy("Save this mapping under a name"), required=False, max_length=80)

    def __init__(
        self, looks: Sequence[FilePreview], sources: Iterable[tuple[str, str]],
        *args: Any, **kwargs: Any,  # noqa: ANN401 -- what a form takes
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        headers = list(dict.fromkeys(name for look in looks for name in look.header))
        by_field = {field: name for look in reversed(looks) for field, name in look.fields}
        recognised = (AUTO, gettext("detected automatically"))
        self.fields["source"].choices = [recognised, *sources]  # type: ignore[attr-defined]
        self.fields["display_from"].choices = [(name, name) for name in headers]  # type: ignore[attr-defined]
        width = max((len(look.header) for look in looks), default=0)
        places = [(f"{POSITION}{n}", gettext("column {number}").format(number=n)) for n in range(1, width + 1)]
        for field in FIELDS:
            label = field_label(field)
            empty = gettext("recognised: {column}").format(column=by_field[field]) if field in by_field else "—"
            choices = [("", empty), (gettext("by heading"), [(name, name) for name in headers])]
            choices += [(gettext("by position"), places)] if places else []
            self.fields[f"column_{field}"] = (
                forms.MultipleChoiceField(
                    label=label,
                    required=False,
                    choices=choices[1:],
                    help_text=format_html('<span translate="no">{}</span>', empty),
                    widget=TheirsMultiple,
                )
                if field == "call_id"
                else forms.ChoiceField(label=label, required=False, choices=choices, widget=Theirs)
            )
        for field in STAGES:
            self.fields[f"format_{field}"] = forms.CharField(
                label=gettext("How {field} is written").format(field=field_label(field)),
                required=False,
                max_length=60,
                widget=forms.TextInput(attrs={"list": "formats"}),
            )

    def columns(self) -> list[forms.BoundField]:
        """The fields that name columns."""
        return [self[f"column_{field}"] for field in FIELDS]

    def formats(self) -> list[forms.BoundField]:
        """The fields that name time formats."""
        return [self[f"format_{field}"] for field in STAGES]

    def data_of_mapping(self) -> dict[str, object]:
        """What a mapping file would hold; only what was chosen."""
        form_data = self.cleaned_data
        columns = {field: _column(form_data[f"column_{field}"]) for field in FIELDS if form_data[f"column_{field}"]}
        values: dict[str, dict[str, str]] = form_data["words"]
        if form_data["direction"]:
            values = {**values, "direction": {**values.get("direction", {}), EVERY_OTHER: form_data["direction"]}}
        document: dict[str, object] = {
            "source": form_data["label"],
            "columns": columns,
            "formats": {field: form_data[f"format_{field}"] for field in STAGES if form_data[f"format_{field}"]},
            "values": values,
            "trunk_prefixes": [one for one in APART.split(form_data["trunk_prefixes"]) if one],
            "display_from": list(form_data["display_from"]),
        }
        return {name: value for name, value in document.items() if value}


def initial(data: Mapping[str, Any], source: str, timezone: str) -> dict[str, object]:
    """The form's first values for a mapping as a file has it."""
    values = {field: dict(pairs) for field, pairs in (data.get("values") or {}).items()}
    direction = values.get("direction", {}).pop(EVERY_OTHER, "")
    lines = [f"{field}: {theirs} = {ours}" for field, pairs in values.items() for theirs, ours in pairs.items()]
    defaults: dict[str, object] = {
        "source": source or AUTO,
        "timezone": timezone,
        "label": data.get("source", ""),
        "direction": direction,
        "words": "\n".join(lines),
        "display_from": data.get("display_from", []),
        "trunk_prefixes": ", ".join(data.get("trunk_prefixes", [])),
    }
    for field, column in (data.get("columns") or {}).items():
        defaults[f"column_{field}"] = [_choice(one) for one in column] if isinstance(column, list) else _choice(column)
        if field == "call_id" and not isinstance(column, list):
            defaults[f"column_{field}"] = [_choice(column)]
    for field, form in (data.get("formats") or {}).items():
        defaults[f"format_{field}"] = form
    return defaults


def _column(chosen: str | list[str]) -> object:
    if isinstance(chosen, list):
        columns = [_column(one) for one in chosen]
        return columns[0] if len(columns) == 1 else columns
    return int(chosen[1:]) if re.fullmatch(rf"{POSITION}\d+", chosen) else chosen


def _choice(column: object) -> str:
    return f"{POSITION}{column}" if isinstance(column, int) else str(column)


def download_error_workbook(draft: DraftValue) -> HttpResponse:
    """Return the error workbook that the worker's check of a large sheet has left; 404 before, and of a sound one."""
    path = register_sheets.error_workbook_path(uploads.paths(draft)[0])
    if not draft.check_job or queue.state(draft.check_job) != "done" or not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=f"{draft.kind}-errors.xlsx")
    return cast("HttpResponse", answer)


def download_rejected(draft: DraftValue) -> HttpResponse:
    """Return the rejected rows of the sample as CSV, of several files as a zip; 404 where none is rejected."""
    zone = drafts.get_choice(draft, "timezone") or None
    file = pack_trial_rejects(uploads.paths(draft), _source(draft), drafts.load_mapping(draft), zone, work.reason)
    if file is None:
        raise Http404
    return as_attachment(HttpResponse(file.content, content_type=file.content_type), file.name)


LAKE_WORDS = {
    "out": mark("outbound"), "in": mark("inbound"), "internal": mark("internal"), "answered": mark("answered"),
    "no_answer": mark("not answered"), "busy": mark("busy"), "failed": mark("failed"), "cancelled": mark("cancelled"),
    "rejected": mark("refused by the callee"), "blocked": mark("blocked"), "unknown": mark("unknown"),
    "human": mark("human"), "robot": mark("robot"), "good": mark("good"), "medium": mark("medium"), "low": mark("low"),
    "none": mark("none"),
}  # fmt: skip
HEADS = {
    "line": mark("line number"),
    "display_confidence": mark("confidence"),
    "answered": mark("answered"),
    "display": "display",
    "callee": "callee",
}
TIMES = {"start_ts": "start", "answer_ts": "answer", "end_ts": "end"}


def present_looks(looks: Sequence[FilePreview]) -> list[dict[str, object]]:
    """Each file's look with its fault in words."""
    return [
        {
            "look": look,
            "source": work.source(look.source),
            "fault": work.fault(look.fault) if look.fault else "",
            "text": "\n".join(look.lines),
        }
        for look in looks
    ]


def present_trials(draft: DraftValue) -> dict[str, object]:
    """The trials of a draft's files, and the work that checks them in whole."""
    zone = drafts.get_choice(draft, "timezone") or None
    trials = try_calls(uploads.paths(draft), _source(draft), drafts.load_mapping(draft), zone)
    job, check = _check_of(draft)
    return {
        **check,
        "trials": [_tried(one) for one in trials],
        "more": len(draft.files) > len(trials),
        "rejects": any(one.trial is not None and one.trial.rejected for one in trials),
        "check_sums": job.result.get("rows") if job else None,
        "broken": bool(trials) and all(one.fault is not None for one in trials),
    }


def _check_of(draft: DraftValue) -> tuple[JobValue | None, dict[str, object]]:
    """The worker's check of the whole where it is done, and what a page says of it."""
    job = queue.job(draft.check_job) if draft.check_job else None
    context: dict[str, object] = {"check_job": job, "check_state": work.state(job) if job else None}
    return job if job and job.state == "done" else None, context


def _tried(one: TrialResult) -> dict[str, object]:
    if one.trial is None:
        return {"name": one.name, "fault": work.fault(one.fault) if one.fault else ""}
    receipt = one.trial.receipt.as_dict()
    return {
        "name": one.name,
        "whole": one.trial.whole,
        "rows": receipt["rows"],
        "file": presenters.file_table([receipt]),
        "warnings": presenters.warnings([receipt]),
        "reasons": presenters.reasons([receipt]) if receipt["reasons"] else None,
        "lake": _lake_rows(one.trial.rows),
        "rejected": _rejected(one.trial.rejected),
    }


def _lake_rows(rows: Sequence[Mapping[str, Any]]) -> Table | None:
    if not rows:
        return None
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    body = [[Cell(_lake_cell(row[name])) for name in names] for row in rows]
    fields = ((name, TIMES.get(name, name)) for name in names)
    heads = [
        field_label(one) if one in FIELDS and name != "answered" else _(HEADS.get(name, name)) for name, one in fields
    ]
    return Table(_("How the rows will look in the data, numbers masked"), [*map(Column, heads)], body)


def _lake_cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _(LAKE_WORDS[value]) if isinstance(value, str) and value in LAKE_WORDS else value


def _rejected(rows: Sequence[RejectedLine]) -> Table | None:
    if not rows:
        return None
    body = [
        [
            Cell(row.line, figure=True),
            Cell(row.column),
            Cell(work.reason(row.reason)),
            Cell(" | ".join(row.cells)[:200]),
        ]
        for row in rows
    ]
    heads = [Column(_("line number"), figure=True), Column(_("column")), Column(_("reason")), Column(_("row, masked"))]
    return Table(_("The first rows that would be rejected"), heads, body, wrap=True)


def present_sheet(draft: DraftValue) -> dict[str, object]:
    """A register's sheet, checked in whole; a large one by the worker."""
    path = uploads.paths(draft)[0]
    job, check = _check_of(draft)
    if register_sheets.is_large(path):
        return _by_the_worker(job, check)
    try:
        sheet = register_sheets.check_register(draft.kind, path, draft.enterprise)
    except NianjianError as fault:
        return {"fault": work.fault(fault)}
    # The check of the worker leaves the error workbook where a page would mark for too long.
    marking = {"many": job is None, **check} if sheet.faults > register_sheets.MARKED else {}
    rows = [[Cell(cell) for cell in row] for row in sheet.rows]
    return {
        "text": verdict(sheet.faulty, sheet.read),
        "checked": sheet,
        "rows": Table(
            _("The first valid rows, personal data masked"), [Column(one, theirs=True) for one in sheet.header], rows
        )
        if rows
        else None,
        "findings": _findings(sheet.findings, _("Errors")),
        "warnings": _findings(sheet.warnings, _("Worth checking")),
        "unseen": sheet.faults - len(sheet.findings),
        **marking,
    }


def _by_the_worker(job: JobValue | None, check: dict[str, object]) -> dict[str, object]:
    if job is None:
        return {"large": True, **check}
    result: dict[str, Any] = dict(job.result)
    names = ("file", "sheet", "line", "column", "code", "value", "hint", "values")
    findings = [Finding(*(one[name] for name in names)) for one in result["findings"]]
    return {
        "large": True,
        **check,
        "checked": result,
        "text": verdict(result["faulty"], result["read"]),
        "findings": _findings(findings, _("Errors")),
        "unseen": result["faults"] - len(findings),
    }


def _findings(findings: Sequence[Finding], caption: str) -> Table | None:
    if not findings:
        return None
    rows = [
        [Cell(one.line, figure=True), Cell(one.column), Cell(words_of_finding(one.code, one.values())), Cell(one.value)]
        for one in findings
    ]
    heads = [
        Column(_("line number"), figure=True),
        Column(_("column")),
        Column(_("what is wrong")),
        Column(_("current content")),
    ]
    return Table(caption, heads, rows, wrap=True)


def words_of_finding(code: str, values: Mapping[str, object]) -> str:
    """Sentence of a faulty cell."""
    return error_message(code, values, words(current()))


BOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _steps(draft: DraftValue | None, here: int) -> list[dict[str, object]]:
    """The four steps as a way of which one is open; ``here``: the page, of which the first two are one step."""
    names = (_("Choose"), _("Recognise"), _("Check"), _("Import"))
    routes = ("data-import-files", "data-import-mapping", "data-import-check", "data-import-commit")
    place, reached = max(here - 1, 1), draft is not None and bool(draft.files)
    return [
        {
            "name": name,
            "route": route,
            "state": "now" if n == place else "done" if n < place else "later",
            "open": reached and n != place,
        }
        for n, (name, route) in enumerate(zip(names, routes, strict=True), 1)
    ]


def _page(request: Request, name: str, draft: DraftValue, step: int, **context: object) -> HttpResponse:
    calls = draft.kind == drafts.CALLS
    page_data = {
        "draft": draft,
        "calls": calls,
        "subject": _("Call records") if calls else work.register(draft.kind),
        "steps": _steps(draft, step),
        "replaces": drafts.get_choice(draft, "replaces"),
        **context,
    }
    return render(request, f"data/{name}.html", page_data, status=422 if context.get("form_failed") else 200)


@reads_form_itself
@csrf_exempt  # the token is asked for inside, once the files have a place to go to
@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
@takes_files
def kinds(request: Request, code: str) -> HttpResponse:
    """Step 1: what is to be imported, with its files where they are at hand; the sheets to be filled in."""
    if request.method == "POST":
        handler = Receiving(request)
        request.upload_handlers = [handler]
        try:
            return _begin(request, code, request.actor, handler)
        finally:
            handler.drop()
    context = {
        "registers": [(kind, work.register(kind), f"{title}.xlsx") for kind, title in register_sheets.list_titles()],
        "sources": [(name, work.source(name), evidence) for name, _title, evidence in list_sources()],
        "steps": _steps(None, 1),
        "subject": "",
    }
    return render(request, "data/kinds.html", context)


@require_safe
@page(Permission.MANAGE_DATA)
def template(request: Request, code: str, kind: str) -> HttpResponse:
    """Give the empty sheet of a register."""
    del request, code
    return as_attachment(HttpResponse(templates.template_content(kind), content_type=BOOK), f"{kind}.xlsx")


@require_safe
@page(Permission.MANAGE_DATA)
def example(request: Request, code: str, source: str) -> HttpResponse:
    """Give a small file of a source, as its switch or vendor writes it; 404 for a source that there is not."""
    del request, code
    with missing_as_404():
        path = example_file(source)
    media = "application/json" if path.suffix == ".jsonl" else "text/csv"
    return as_attachment(HttpResponse(path.read_bytes(), content_type=f"{media}; charset=utf-8"), path.name)


@reads_form_itself
@csrf_exempt  # the token is asked for inside, once the files have a place to go to
@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
@takes_files
def files(request: Request, code: str, draft: str) -> HttpResponse:
    """Step 2: files come in, and are told what they are."""
    draft_value = drafts.open_draft(draft, code, request.actor)
    if request.method == "POST":
        handler = Receiving(request)
        request.upload_handlers = [handler]
        try:
            return _received(request, draft_value, handler)
        finally:
            handler.drop()
    looks, limit = [], min(uploads.limit(), sheet_reader.BYTES)
    if draft_value.kind == drafts.CALLS:
        limit = uploads.limit()
        looks = present_looks(
            preview_files(uploads.paths(draft_value), _source(draft_value), drafts.load_mapping(draft_value))
        )
    return _page(
        request, "files", draft_value, 2, looks=looks, limit=limit // uploads.MIB, rows=f"{sheet_reader.ROWS:,}"
    )


@csrf_protect
def _begin(request: HttpRequest, code: str, actor: Actor, handler: Receiving) -> HttpResponse:
    """Begin an import; files that came with it go straight to their check, as far as the program knows them."""
    form_data = request.POST
    id_ = drafts.create_draft(
        kind=form_data.get("kind", ""), enterprise=code, actor=actor, replaces=form_data.get("replaces", "")
    )
    draft = drafts.open_draft(id_, code, actor)
    if not handler.files and not handler.faults:
        return redirect("data-import-files", code=code, draft=id_)
    faults = _add_files(request, draft, handler)
    draft_value = drafts.open_draft(id_, code, actor)
    step = "files" if faults or not draft_value.files else "check" if _is_recognised(draft_value) else "mapping"
    return redirect(f"data-import-{step}", code=code, draft=id_)


def _is_recognised(draft: DraftValue) -> bool:
    """Whether every file is of a source that the program knows by itself; a register's sheet is checked as it is."""
    if draft.kind != drafts.CALLS:
        return True
    looks = preview_files(uploads.paths(draft), AUTO, drafts.load_mapping(draft))
    return all(look.source and not look.mapped and not look.fault for look in looks)


@csrf_protect
def _received(request: HttpRequest, draft: DraftValue, handler: Receiving) -> HttpResponse:
    request.POST  # noqa: B018 -- reading it is what brings the files in
    if not _add_files(request, draft, handler) and not handler.files:
        messages.error(request, _("Choose a file first."))
    return redirect("data-import-files", code=draft.enterprise, draft=draft.id)


def _add_files(request: HttpRequest, draft: DraftValue, handler: Receiving) -> int:
    """Put what came in into the draft, and say what was refused; how many were."""
    faults = list(handler.faults)
    for one in handler.files:
        try:
            drafts.add_file(draft=draft, incoming=one)
        except NianjianError as fault:
            faults.append(fault)
    for refused in faults:
        messages.error(request, work.fault(refused))
    return len(faults)


@require_POST
@page(Permission.MANAGE_DATA)
def remove_file(request: Request, code: str, draft: str, number: int) -> HttpResponse:
    """Take a file out again."""
    drafts.remove_file(draft=drafts.open_draft(draft, code, request.actor), number=number)
    return redirect("data-import-files", code=code, draft=draft)


def _source(draft: DraftValue) -> str:
    return drafts.get_choice(draft, "source") or AUTO


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def mapping(request: Request, code: str, draft: str) -> HttpResponse:
    """Step 3: which column is which; for a register the headings that were recognised."""
    draft_value = drafts.open_draft(draft, code, request.actor)
    if not draft_value.files:
        return redirect("data-import-files", code=code, draft=draft)
    if draft_value.kind != drafts.CALLS:
        return _headings(request, draft_value)
    chosen = drafts.load_mapping(draft_value)
    looks = preview_files(uploads.paths(draft_value), _source(draft_value), chosen)
    choices = [(name, f"{work.source(name)} ({name})") for name, _title, _evidence in list_sources()]
    first = initial(
        drafts.get_mapping_data(draft_value), _source(draft_value), drafts.get_choice(draft_value, "timezone")
    )
    form = MappingForm(looks, choices, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid() and _save_form(request, draft_value, form):
        return redirect("data-import-check", code=code, draft=draft)
    return _page(
        request,
        "mapping",
        draft_value,
        3,
        form=form,
        form_failed=request.method == "POST",
        looks=present_looks(looks),
        open=any(look.mapped or look.fault for look in looks) or bool(drafts.get_mapping_data(draft_value)),
        saved=mappings.list_mapping_names(code),
        zones=list_zones(),
        formats=FORMATS,
    )


def _save_form(request: Request, draft: DraftValue, form: MappingForm) -> bool:
    """Note what the form says; a fault in it stands at the form."""
    data = form.data_of_mapping()
    form_data = form.cleaned_data
    try:
        drafts.set_choices(
            draft=draft, source=form_data["source"] or AUTO, timezone=form_data["timezone"].strip(), data=data
        )
        if form_data["save_as"]:
            mappings.save_mapping(
                enterprise=draft.enterprise, name=form_data["save_as"], data=data, actor=request.actor
            )
    except NianjianError as fault:
        form.add_error(None, describe_error(fault)[0])
        return False
    return True


@require_POST
@page(Permission.MANAGE_DATA)
def load_mapping(request: Request, code: str, draft: str) -> HttpResponse:
    """Take a mapping that was kept under a name."""
    draft_value = drafts.open_draft(draft, code, request.actor)
    data = mappings.get_mapping(code, request.POST.get("name", ""))
    drafts.set_choices(
        draft=draft_value, source="generic", timezone=drafts.get_choice(draft_value, "timezone"), data=data
    )
    return redirect("data-import-mapping", code=code, draft=draft)


def _headings(request: Request, draft: DraftValue) -> HttpResponse:
    path = uploads.paths(draft)[0]
    context: dict[str, object] = {"large": register_sheets.is_large(path)}
    if not context["large"]:
        try:
            context["checked"] = register_sheets.check_register(draft.kind, path, draft.enterprise)
        except NianjianError as fault:
            context["fault"] = work.fault(fault)
    rows = [
        [Cell(one.heading), Cell(_("yes") if one.required else ""), Cell(one.note), Cell("、".join(one.aliases))]
        for one in register_sheets.list_headings(draft.kind)
    ]
    heads = [Column(_("heading")), Column(_("needed")), Column(_("current content")), Column(_("also written as"))]
    headings = Table(_("Headings of the sheet"), heads, rows, wrap=True)
    return _page(request, "sheet", draft, 3, form_headings=headings, **context)


@require_safe
@page(Permission.MANAGE_DATA)
def check(request: Request, code: str, draft: str) -> HttpResponse:
    """Step 4: what would become of the rows."""
    draft_value = drafts.open_draft(draft, code, request.actor)
    if not draft_value.files:
        return redirect("data-import-files", code=code, draft=draft)
    if draft_value.kind == drafts.CALLS:
        how = [
            (
                _("Source"),
                _("detected automatically") if _source(draft_value) == AUTO else work.source(_source(draft_value)),
            ),
            (
                _("Time zone of timestamps without one"),
                zone_text(drafts.get_choice(draft_value, "timezone") or "Asia/Shanghai"),
            ),
        ]
        return _page(request, "check_calls", draft_value, 4, sample=ROWS, how=how, **present_trials(draft_value))
    return _page(request, "check_sheet", draft_value, 4, **present_sheet(draft_value))


@require_POST
@page(Permission.MANAGE_DATA)
def check_whole(request: Request, code: str, draft: str) -> HttpResponse:
    """Let the worker check every row."""
    draft_value = drafts.open_draft(draft, code, request.actor)
    return redirect(
        "data-job", code=code, job=drafts.enqueue_check(draft=draft_value, language=current(), actor=request.actor)
    )


@require_safe
@page(Permission.MANAGE_DATA)
def errors(request: Request, code: str, draft: str) -> HttpResponse:
    """Give the sheet back with every faulty cell marked, of calls the rows that the check rejects.

    It holds what its owner has sent, no more.
    """
    draft_value = drafts.open_draft(draft, code, request.actor)
    drafts.require_files(draft_value)
    if draft_value.kind == drafts.CALLS:
        return download_rejected(draft_value)
    sheet = uploads.paths(draft_value)[0]
    if register_sheets.is_large(sheet):
        return download_error_workbook(draft_value)
    with tempfile.TemporaryDirectory(prefix="nianjian-errors-") as name:
        path = Path(name) / "errors.xlsx"
        try:
            register_sheets.write_error_workbook(
                draft_value.kind, sheet, path, words_of_finding, enterprise=code, most=register_sheets.MARKED
            )
        except NianjianError as fault:
            if fault.code != "sheet_faults_many":
                raise
            return download_error_workbook(draft_value)
        content = path.read_bytes()
    return as_attachment(HttpResponse(content, content_type=BOOK), f"{draft_value.kind}-errors.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def commit(request: Request, code: str, draft: str) -> HttpResponse:
    """Import, by the worker, whole or not at all; a second click leads to the work of the first. A GET is the check."""
    draft_value = drafts.draft_for(draft, code, request.actor)
    if request.method != "POST":
        return redirect("data-import-check", code=code, draft=draft)
    if not draft_value.files:
        return redirect("data-import-files", code=code, draft=draft)
    job = drafts.enqueue_import(draft=draft_value, actor=request.actor)
    return redirect("data-job", code=code, job=job)


@require_POST
@page(Permission.MANAGE_DATA)
def drop(request: Request, code: str, draft: str) -> HttpResponse:
    """Give it up; its files are deleted at once."""
    drafts.finish_draft(drafts.open_draft(draft, code, request.actor).id)
    messages.info(request, _("The import was discarded; its files are deleted."))
    return redirect("data", code=code)
