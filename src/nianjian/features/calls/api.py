"""Call records and registers in the API: files in, previews, batches with rejected rows, sheets with faults."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from ninja import Query, Router, Schema

from nianjian.engines.intake.preview import FilePreview, example_file, list_sources
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.lake.schema import row_to_document
from nianjian.engines.paper.texts.calls import source_name
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import Words, words
from nianjian.features.calls import drafts, previews, register_sheets, rejects
from nianjian.features.calls.documents import Batch, sum_row_counts
from nianjian.features.calls.drafts import save_mapping
from nianjian.features.calls.operations import batch_at
from nianjian.features.calls.previews import TrialResult
from nianjian.features.calls.register_sheets import SheetHeading, build_marked_workbook, get_marked_workbook_path
from nianjian.features.calls.rejects import CSV, ZIP
from nianjian.features.registers import operations
from nianjian.features.registers.api import CONDITION, RowsWanted, get_scope_or_404, parse_row_filter
from nianjian.features.registers.operations import FORMS, ExportRequest, export_register
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import FileName, Named, Text, attached
from nianjian.platform.api.problems import Finding, language
from nianjian.platform.home.http import as_attachment, missing_as_404
from nianjian.platform.jobs import flow
from nianjian.platform.registers import batches, kinds, mappings, sheet_reader, workbooks
from nianjian.platform.registers.batches import BatchValue

router = Router(tags=["batches"])
imports_router = Router(tags=["imports"])
registers_router = Router(tags=["registers"])


class RejectedRow(Schema):
    """A row that was not loaded: its line in the file, the column and why; telephone numbers masked."""

    line: int
    column: str
    reason: str
    header: list[str]
    cells: list[str]


class RejectedRows(Schema):
    """The first rejected rows."""

    items: list[RejectedRow]


@read(router, "/enterprises/{code}/batches", act=Permission.READ, answer=Page[Batch])
def batches_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's batches, newest first."""
    return paged(
        request,
        cut,
        LazyRows(lambda first, count: batches.list_newest_batches(code, first=first, count=count)),
        _to_document,
    )


@read(router, "/enterprises/{code}/batches/{batch}", act=Permission.READ, answer=Batch)
def batches_get(request: Request, code: str, batch: str) -> Batch:
    """One batch with its files."""
    return _to_document(batch_at(code, batch, request.actor, Permission.READ))


@write(router, "/enterprises/{code}/batches/{batch}/undo", act=Permission.MANAGE_DATA, answer=Job, status=202)
def batches_undo(request: Request, code: str, batch: str) -> Job:
    """Take a batch out of the lake again: work for the worker."""
    batch_value = batch_at(code, batch, request.actor, Permission.MANAGE_DATA)
    job = flow.enqueue(kind=flow.UNDO_CALLS, enterprise=code, payload={"batch": batch_value.id}, actor=request.actor)
    return enqueued_job_document(request, job)


@read(router, "/enterprises/{code}/batches/{batch}/rejects", act=Permission.READ, answer=RejectedRows)
def rejects_list(request: Request, code: str, batch: str) -> dict[str, object]:
    """The first 50 rejected rows, masked."""
    batch_value = batch_at(code, batch, request.actor, Permission.READ)
    return {"items": rejects.list_first_rejects(batch=batch_value.id, actor=request.actor)}


@take(router, "/enterprises/{code}/batches/{batch}/rejects/reveal", act=Permission.VIEW_UNMASKED, answer=RejectedRows)
def rejects_reveal(request: Request, code: str, batch: str) -> dict[str, object]:
    """The first 50 rejected rows in full; the audit chain has the entry before."""
    batch_value = batch_at(code, batch, request.actor, Permission.VIEW_UNMASKED)
    return {"items": rejects.reveal_rejects(batch=batch_value.id, actor=request.actor)}


@write(
    router, "/enterprises/{code}/batches/{batch}/rejects/files", act=Permission.VIEW_UNMASKED, answer=Job, status=202
)
def rejects_file(request: Request, code: str, batch: str) -> Job:
    """Make a file of every rejected row, the reasons in the language of the request: work for the worker."""
    batch_value = batch_at(code, batch, request.actor, Permission.VIEW_UNMASKED)
    job = rejects.enqueue_rejects_file(batch=batch_value.id, language=language(request), actor=request.actor)
    return enqueued_job_document(request, job)


@take(router, "/enterprises/{code}/batches/{batch}/rejects/files/{job}", act=Permission.VIEW_UNMASKED, media=(CSV, ZIP))
def rejects_file_fetch(request: Request, code: str, batch: str, job: str) -> StreamingHttpResponse:
    """The file that a job has made, to be corrected and imported again: CSV, of many rows or several kinds a zip."""
    batch_value = batch_at(code, batch, request.actor, Permission.VIEW_UNMASKED)
    attachment = rejects.fetch_rejects_file(batch=batch_value.id, job=job, actor=request.actor)
    return as_attachment(StreamingHttpResponse(attachment.content, content_type=attachment.media), attachment.name)


def _to_document(one: BatchValue) -> Batch:
    receipts: list[Any] = [file.receipt for file in one.files]
    return Batch(
        batch=one.id,
        state=one.state,
        created=one.created,
        by=one.created_by,
        replaces=one.replaces or None,
        replaced_by=batches.find_successor(one.id) or None if one.state == "replaced" else None,
        files=receipts,
        rows=sum_row_counts(receipts),
    )


AUTO = "auto"


class Sheet(Schema):
    """A register's sheet; ``check``: look at every row and write nothing."""

    name: Named
    check: bool = False


class Calls(Sheet):
    """A file of calls: its source, its time zone where stamps carry none, a kept mapping, the batch it replaces."""

    source: Text = AUTO
    timezone: Text = ""
    mapping: Text = ""
    replaces: Text = ""


class Source(Schema):
    """What wrote a file of calls, and what it is known from."""

    name: str
    title: str
    evidence: str


class Sources(Schema):
    """Every source."""

    items: list[Source]


class Kept(Schema):
    """A mapping under a name; ``mapping``: the content of a mapping file."""

    name: Text
    mapping: dict[str, Any]


@write(
    imports_router, "/enterprises/{code}/calls/imports", act=Permission.MANAGE_DATA, answer=Job, status=202, upload=True
)
def calls_import(request: Request, code: str, file: Query[Calls]) -> Job:
    """Import one file of call records; the content is the file."""
    known_source(file.source)
    data = mappings.get_mapping(code, file.mapping) if file.mapping else {}
    draft = drafts.create_draft(kind=drafts.CALLS, enterprise=code, actor=request.actor, replaces=file.replaces)
    return _carried_out(request, code, draft, file, data)


@write(
    imports_router,
    "/enterprises/{code}/registers/{kind}/imports",
    act=Permission.MANAGE_DATA,
    answer=Job,
    status=202,
    upload=True,
)
def registers_import(request: Request, code: str, kind: str, file: Query[Sheet]) -> Job:
    """Import a register's sheet (xlsx or CSV), all rows or none; the content is the file.

    A ``check`` that finds faults leaves the sheet with each marked, for `checks/{job}/file`.
    """
    _require_kind(kind)
    draft = drafts.create_draft(kind=kind, enterprise=code, actor=request.actor)
    return _carried_out(request, code, draft, file, {})


@read(imports_router, "/enterprises/{code}/calls/sources", act=Permission.MANAGE_DATA, answer=Sources)
def sources_list(request: Request, code: str) -> Sources:
    """The sources of call records that can be read, as `source` of an import names them."""
    del code
    speak = words(language(request))
    return Sources(
        items=[
            Source(name=name, title=source_name(name, speak), evidence=evidence)
            for name, _title, evidence in list_sources()
        ]
    )


@read(imports_router, "/enterprises/{code}/calls/mappings", act=Permission.MANAGE_DATA, answer=Page[Kept])
def mappings_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The mappings that the enterprise keeps, by name; `mapping` of an import names one."""
    return paged(
        request,
        cut,
        mappings.list_mapping_names(code),
        lambda name: Kept(name=name, mapping=dict(mappings.get_mapping(code, name))),
    )


@write(imports_router, "/enterprises/{code}/calls/mappings", act=Permission.MANAGE_DATA, answer=Kept)
def mappings_keep(request: Request, code: str, kept: Kept) -> Kept:
    """Keep a mapping, as a mapping file has it, in place of an earlier one of the name."""
    save_mapping(enterprise=code, name=kept.name, data=kept.mapping, actor=request.actor)
    return kept


def known_source(source: str) -> None:
    """``source_unknown`` for what no file can be of."""
    sources = [name for name, _title, _evidence in list_sources()]
    if source not in {AUTO, *sources}:
        raise NianjianError("source_unknown", source=source, known=", ".join(sources))


def _carried_out(request: Request, code: str, id_: str, file: Sheet, data: Mapping[str, object]) -> Job:
    """Put the file into the draft and hand it to the worker; a draft that is refused is dropped."""
    try:
        draft = drafts.draft_for(id_, code, request.actor)
        if isinstance(file, Calls):
            drafts.set_choices(draft=draft, source=file.source, timezone=file.timezone, data=data)
        drafts.add_file(draft=draft, incoming=request.incoming)
        ready = drafts.draft_for(id_, code, request.actor)
        if file.check:
            job = drafts.enqueue_check(draft=ready, actor=request.actor, language=language(request))
        else:
            job = drafts.enqueue_import(draft=ready, actor=request.actor)
        return enqueued_job_document(request, job)
    except BaseException:
        drafts.finish_draft(drafts.draft_for(id_, code, request.actor).id)
        raise


EXPORTS: Final = "/enterprises/{code}/registers/{kind}/exports/{form}"
MEDIA: Final = tuple(media.partition(";")[0] for media in FORMS.values())
Form = Literal["xlsx", "csv"]


class FileWanted(RowsWanted):
    """Which rows; ``full``: personal values in full, for whom may reveal them."""

    full: bool = False


@take(registers_router, EXPORTS, act=Permission.READ_OWN, media=MEDIA)
def registers_export(request: Request, code: str, kind: str, form: Form, looked: Query[FileWanted]) -> HttpResponse:
    """The rows of a register that are looked for, as workbook or CSV; masked unless ``full`` is asked for.

    At most 1 000 rows; a longer list is made by the worker.
    """
    del code
    file = export_register(_build_export(request, kind, form, looked), actor=request.actor)
    return attached(file.content, file.media, file.name)


@write(registers_router, f"{EXPORTS}/files", act=Permission.READ_OWN, answer=Job, status=202)
def registers_export_ask(request: Request, code: str, kind: str, form: Form, looked: Query[FileWanted]) -> Job:
    """Make such a file of up to 50 000 rows, in the language of the request: work for the worker."""
    del code
    job = operations.enqueue_export(_build_export(request, kind, form, looked), actor=request.actor)
    return enqueued_job_document(request, job)


@take(registers_router, f"{EXPORTS}/files/{{job}}", act=Permission.READ_OWN, media=MEDIA)
def registers_export_fetch(request: Request, code: str, kind: str, form: Form, job: str) -> StreamingHttpResponse:
    """The file that one's own job has made: for seven days, and for nobody else."""
    del form  # the job knows it
    file = operations.open_export(kind=kind, enterprise=code, job=job, actor=request.actor)
    return as_attachment(StreamingHttpResponse(file.content, content_type=file.media), file.name)


@read(
    registers_router,
    "/enterprises/{code}/registers/{kind}/template",
    act=Permission.MANAGE_DATA,
    media=(FORMS["xlsx"],),
)
def registers_template(request: Request, code: str, kind: str) -> HttpResponse:
    """The empty sheet of a register, to be filled in and imported."""
    del request, code
    _require_kind(kind)
    return attached(workbooks.template_content(kind), FORMS["xlsx"], f"{kind}.xlsx")


@take(
    registers_router,
    "/enterprises/{code}/registers/{kind}/checks/file",
    act=Permission.MANAGE_DATA,
    media=(FORMS["xlsx"],),
    upload=True,
)
def registers_mark(request: Request, code: str, kind: str, file: Query[FileName]) -> HttpResponse:
    """The sheet that is sent with every faulty cell marked and its reason beside it; nothing of it is kept.

    At most 128 KiB, a workbook 1 MiB unpacked, and 2 000 faults; a larger one is marked by `check` of its import.
    """
    del file  # its name was read with the content
    _require_kind(kind)
    _ = words(language(request))
    sheet = build_marked_workbook(
        kind=kind,
        enterprise=code,
        incoming=request.incoming,
        words=lambda fault, values: error_message(fault, values, _),
        actor=request.actor,
    )
    return attached(sheet, FORMS["xlsx"], f"{kind}-errors.xlsx")


@read(
    registers_router,
    "/enterprises/{code}/registers/{kind}/checks/{job}/file",
    act=Permission.MANAGE_DATA,
    media=(FORMS["xlsx"],),
)
def registers_marked(request: Request, code: str, kind: str, job: str) -> FileResponse:
    """The marked sheet that `check` of one's own import has left: for seven days, and only where there are faults."""
    path = get_marked_workbook_path(kind=kind, enterprise=code, job=job, actor=request.actor)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{kind}-errors.xlsx", content_type=FORMS["xlsx"])


def _require_kind(kind: str) -> None:
    if kind not in kinds.kinds():
        raise Http404


def _build_export(request: Request, kind: str, form: str, query: FileWanted) -> ExportRequest:
    # What is asked for, as the chain names it (fields, no values) and as the file tells it.
    filters = {name: f"{name}: {text}" for name in ("q", "missing", "team") if (text := getattr(query, name))}
    conditions = (read for text in query.where if (read := CONDITION.fullmatch(text)))
    return ExportRequest(
        kind=kind,
        sight=get_scope_or_404(request, kind, query.as_at, query.team),
        row_filter=parse_row_filter(kind, query),
        filters=filters | {f"{read[1]}{read[2]}": read[0] for read in conditions},
        form=form,
        full=query.full,
        language=language(request),
    )


JSON = "application/json"
CALLS = "/enterprises/{code}/calls"
REGISTER = "/enterprises/{code}/registers/{kind}"


class CallsAsked(Schema):
    """A file of calls: its source, its time zone where stamps carry none, a kept mapping."""

    name: Named
    source: Text = AUTO
    timezone: Text = ""
    mapping: Text = ""


class CallsLook(Schema):
    """One file: what wrote it (null: not recognised, ``fault`` says why), its headings and first lines, masked.

    ``fields``: our field and the heading it is read from, as recognised. ``zoned``: its times say their zone.
    ``mapped``: it is read by a mapping of its columns.
    """

    name: str
    encoding: str
    source: str | None
    title: str
    evidence: str
    header: list[str]
    lines: list[str]
    fields: dict[str, str]
    zoned: bool
    mapped: bool
    fault: Finding | None


class TriedReject(Schema):
    """A row that would be rejected: its line, the column and why; masked."""

    line: int
    column: str
    reason: str
    cells: list[str]


class CallsTrial(Schema):
    """The beginning of a file as it would be imported: the receipt, the first rows and those rejected, masked.

    ``whole``: the file has no more rows than were tried. Where it cannot be read ``fault`` says why, the rest is empty.
    """

    name: str
    whole: bool
    receipt: dict[str, Any] | None
    rows: list[dict[str, Any]]
    rejected: list[TriedReject]
    fault: Finding | None


class CallsPreview(Schema):
    """The first 20 files of what was sent, which may be an archive, and the trials of the first three."""

    files: list[CallsLook]
    trials: list[CallsTrial]


class SheetHeadings(Schema):
    """Every heading, in the order of the sheet."""

    items: list[SheetHeading]


class MatchedHeading(Schema):
    """A heading of the file, and the register's that it is read as."""

    heading: str
    read_as: str


class SheetFinding(Schema):
    """A cell that is faulty or worth a look, as it was sent."""

    line: int
    column: str
    code: str
    detail: str
    value: str


class SheetPreview(Schema):
    """What a sheet would become: its headings, the first sound rows, masked, the first 50 faults and warnings.

    ``absent``: headings of the register that it lacks; ``extra``: its own that are not read. ``faults``: of all rows.
    """

    file: str
    sheet: str
    encoding: str
    matched: list[MatchedHeading]
    absent: list[str]
    extra: list[str]
    read: int
    faulty: int
    header: list[str]
    rows: list[list[str]]
    findings: list[SheetFinding]
    faults: int
    warnings: list[SheetFinding]


@take(imports_router, f"{CALLS}/previews", act=Permission.MANAGE_DATA, answer=CallsPreview, upload=True)
def calls_preview(request: Request, code: str, file: Query[CallsAsked]) -> CallsPreview:
    """What an import of this file would make of it; the content is the file."""
    looks, trials = previews.preview_calls(
        enterprise=code, incoming=request.incoming, how=_how(code, file), actor=request.actor
    )
    speak = words(language(request))
    return CallsPreview(files=[_look(one, speak) for one in looks], trials=[_trial(one, speak) for one in trials])


@take(imports_router, f"{CALLS}/previews/rejects", act=Permission.MANAGE_DATA, media=(CSV, ZIP), upload=True)
def calls_preview_rejects(request: Request, code: str, file: Query[CallsAsked]) -> HttpResponse:
    """The rows of the beginning that would be rejected, in full and with the reason, as CSV; of several files a zip."""
    speak = words(language(request))
    attachment = previews.preview_rejects(
        enterprise=code,
        incoming=request.incoming,
        how=_how(code, file),
        words=lambda reason: error_message(reason, {}, speak),
        actor=request.actor,
    )
    return as_attachment(HttpResponse(attachment.content, content_type=attachment.content_type), attachment.name)


@read(imports_router, f"{CALLS}/sources/{{source}}/example", act=Permission.MANAGE_DATA, media=(CSV, JSON))
def sources_example(request: Request, code: str, source: str) -> HttpResponse:
    """A small file of a source, as its switch or vendor writes it."""
    del request, code
    with missing_as_404():
        path = example_file(source)
    media = JSON if path.suffix == ".jsonl" else CSV
    return as_attachment(HttpResponse(path.read_bytes(), content_type=f"{media}; charset=utf-8"), path.name)


@read(imports_router, f"{REGISTER}/headings", act=Permission.MANAGE_DATA, answer=SheetHeadings)
def registers_headings(request: Request, code: str, kind: str) -> SheetHeadings:
    """The headings of a register's sheet, and how else they may be spelt."""
    del request, code
    _require_kind(kind)
    return SheetHeadings(items=register_sheets.list_headings(kind))


@take(imports_router, f"{REGISTER}/previews", act=Permission.MANAGE_DATA, answer=SheetPreview, upload=True)
def registers_preview(request: Request, code: str, kind: str, file: Query[FileName]) -> SheetPreview:
    """What an import of this sheet would make of it; the content is the file, at most 128 KiB.

    A workbook may have 1 MiB unpacked. A larger one is checked by the worker: `check` of its import.
    """
    del file  # its name was read with the content
    _require_kind(kind)
    preview = previews.preview_register(kind=kind, enterprise=code, incoming=request.incoming, actor=request.actor)
    speak = words(language(request))
    return SheetPreview(
        file=preview.file,
        sheet=preview.sheet,
        encoding=preview.encoding,
        matched=[MatchedHeading(heading=theirs, read_as=ours) for theirs, ours in preview.matched],
        absent=list(preview.absent),
        extra=list(preview.extra),
        read=preview.read,
        faulty=preview.faulty,
        header=list(preview.header),
        rows=[list(row) for row in preview.rows],
        findings=[_describe_finding(one, speak) for one in preview.findings],
        faults=preview.faults,
        warnings=[_describe_finding(one, speak) for one in preview.warnings],
    )


def _describe_finding(one: sheet_reader.Finding, speak: Words) -> SheetFinding:
    detail = error_message(one.code, one.values(), speak)
    return SheetFinding(line=one.line, column=one.column, code=one.code, detail=detail, value=one.value)


def _how(code: str, file: CallsAsked) -> previews.ReadingChoices:
    known_source(file.source)
    data: Mapping[str, object] = mappings.get_mapping(code, file.mapping) if file.mapping else {}
    return previews.ReadingChoices(file.source, file.timezone, data)


def _look(one: FilePreview, speak: Words) -> CallsLook:
    return CallsLook(
        name=one.name,
        encoding=one.encoding,
        source=one.source or None,
        title=source_name(one.source, speak),
        evidence=one.evidence,
        header=list(one.header),
        lines=list(one.lines),
        fields=dict(one.fields),
        zoned=one.zoned,
        mapped=one.mapped,
        fault=_fault(one.fault, speak),
    )


def _trial(one: TrialResult, speak: Words) -> CallsTrial:
    trial = one.trial
    return CallsTrial(
        name=one.name,
        whole=trial is not None and trial.whole,
        receipt=trial.receipt.as_dict() if trial else None,
        rows=[row_to_document(row) for row in trial.rows] if trial else [],
        rejected=[TriedReject.from_orm(row) for row in trial.rejected] if trial else [],
        fault=_fault(one.fault, speak),
    )


def _fault(error: NianjianError | None, speak: Words) -> Finding | None:
    return Finding(code=error.code, detail=error_message(error.code, error.values, speak)) if error else None
