"""What a file would become, before it is imported: of calls and of registers; nothing of what is sent is kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from ninja import Query, Router, Schema

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.texts.sources import source_name
from nianjian.engines.paper.words import Words, words
from nianjian.features.calls.api.imports import AUTO, known_source
from nianjian.features.calls.operations.check_calls import FilePreview, Tried, example_of
from nianjian.features.calls.operations.wizard import check_register, previewed
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, take
from nianjian.platform.api.parameter_types import FileName, Named, Text
from nianjian.platform.api.problems import Finding, language
from nianjian.platform.home.http import as_attachment
from nianjian.platform.registers import kinds, mappings, sheet_reader

router = Router(tags=["imports"])
CSV, JSON, ZIP = "text/csv", "application/json", "application/zip"
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


class SheetHeading(Schema):
    """A heading of a register's sheet: what stands under it, its other spellings, whether it must be there."""

    heading: str
    note: str
    aliases: list[str]
    required: bool


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


@take(router, f"{CALLS}/previews", act=Act.LOAD, answer=CallsPreview, upload=True)
def calls_preview(request: Request, code: str, file: Query[CallsAsked]) -> dict[str, object]:
    """What an import of this file would make of it; the content is the file."""
    found = previewed.calls(enterprise=code, incoming=request.incoming, how=_how(code, file), actor=request.actor)
    speak = words(language(request))
    return {
        "files": [_look(one, speak) for one in found.looks],
        "trials": [_trial(one, speak) for one in found.trials],
    }


@take(router, f"{CALLS}/previews/rejects", act=Act.LOAD, media=(CSV, ZIP), upload=True)
def calls_preview_rejects(request: Request, code: str, file: Query[CallsAsked]) -> HttpResponse:
    """The rows of the beginning that would be rejected, in full and with the reason, as CSV; of several files a zip."""
    speak = words(language(request))
    found = previewed.rejected(
        enterprise=code,
        incoming=request.incoming,
        how=_how(code, file),
        words=lambda reason: sentence(reason, {}, speak),
        actor=request.actor,
    )
    if len(found) == 1:
        return as_attachment(HttpResponse(found[0][1], content_type=f"{CSV}; charset=utf-8"), "rejects.csv")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in found:
            pack.writestr(name, content)
    return as_attachment(HttpResponse(packed.getvalue(), content_type=ZIP), "rejects.zip")


@read(router, f"{CALLS}/sources/{{source}}/example", act=Act.LOAD, media=(CSV, JSON))
def sources_example(request: Request, code: str, source: str) -> HttpResponse:
    """A small file of a source, as its switch or vendor writes it."""
    del request, code
    try:
        path = example_of(source)
    except NianjianError as error:
        raise Http404 from error
    media = JSON if path.suffix == ".jsonl" else CSV
    return as_attachment(HttpResponse(path.read_bytes(), content_type=f"{media}; charset=utf-8"), path.name)


@read(router, f"{REGISTER}/headings", act=Act.LOAD, answer=SheetHeadings)
def registers_headings(request: Request, code: str, kind: str) -> dict[str, object]:
    """The headings of a register's sheet, and how else they may be spelt."""
    del request, code
    if kind not in kinds.kinds():
        raise Http404
    told = check_register.headings(kind)
    names = SheetHeading.model_fields
    return {"items": [dict(zip(names, (one[0], one[1], list(one[2]), one[3]), strict=True)) for one in told]}


@take(router, f"{REGISTER}/previews", act=Act.LOAD, answer=SheetPreview, upload=True)
def registers_preview(request: Request, code: str, kind: str, file: Query[FileName]) -> dict[str, object]:
    """What an import of this sheet would make of it; the content is the file, at most 128 KiB.

    A workbook may have 1 MiB unpacked. A larger one is checked by the worker: `check` of its import.
    """
    del file  # its name was read with the content
    if kind not in kinds.kinds():
        raise Http404
    found = previewed.register(kind=kind, enterprise=code, incoming=request.incoming, actor=request.actor)
    speak = words(language(request))
    plain = ("file", "sheet", "encoding", "absent", "extra", "read", "faulty", "header", "faults")
    return {name: getattr(found, name) for name in plain} | {
        "matched": [{"heading": theirs, "read_as": ours} for theirs, ours in found.matched],
        "rows": [list(row) for row in found.rows],
        "findings": [finding_told(one, speak) for one in found.findings],
        "warnings": [finding_told(one, speak) for one in found.warnings],
    }


def finding_told(one: sheet_reader.Finding, speak: Words) -> dict[str, object]:
    """A faulty cell with its reason in words."""
    detail = sentence(one.code, one.values(), speak)
    return {"line": one.line, "column": one.column, "code": one.code, "detail": detail, "value": one.value}


def _how(code: str, file: CallsAsked) -> previewed.How:
    known_source(file.source)
    data: Mapping[str, object] = mappings.get_mapping(code, file.mapping) if file.mapping else {}
    return previewed.How(file.source, file.timezone, data)


def _look(one: FilePreview, speak: Words) -> dict[str, object]:
    names = ("name", "encoding", "evidence", "zoned", "mapped", "header", "lines")
    told = {name: getattr(one, name) for name in names}
    told["title"] = source_name(one.source, speak)
    return told | {"source": one.source or None, "fields": dict(one.fields), "fault": _fault(one.fault, speak)}


def _trial(one: Tried, speak: Words) -> dict[str, object]:
    found = one.trial
    told: dict[str, object] = {"name": one.name, "fault": _fault(one.fault, speak), "receipt": None, "whole": False}
    if found is None:
        return told | {"rows": [], "rejected": []}
    rejected = [dict(zip(TriedReject.model_fields, row, strict=True)) for row in found.rejected]
    return told | {
        "whole": found.whole,
        "receipt": found.receipt.as_dict(),
        "rows": list(found.rows),
        "rejected": rejected,
    }


def _fault(error: NianjianError | None, speak: Words) -> dict[str, object] | None:
    return None if error is None else {"code": error.code, "detail": sentence(error.code, error.values, speak)}
