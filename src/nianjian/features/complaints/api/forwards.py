"""Forward lists of 12321, 12300 and carriers: looked at, imported with a mapping of their columns, given back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.words import words
from nianjian.features.complaints.api.tickets import HERE, Source
from nianjian.features.complaints.forwards.mapping import ForwardMapping, parse_mapping
from nianjian.features.complaints.operations import forwards, preview
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.parameter_types import Named, Text
from nianjian.platform.api.problems import Finding, language
from nianjian.platform.home.http import as_attachment

router = Router(tags=["complaints"])
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORWARDS = f"{HERE}/forwards"


class ForwardSpelt(Schema):
    """A list; ``source``: from whom, null where a column says it.

    ``column``: our field with the list's heading, as ``reference=举报编号``; others go by their usual names.
    ``moments``: how the times of such columns are written, as ``%Y%m%d%H%M%S``, where they are not understood.
    """

    name: Named
    source: Source | None = None
    column: list[Text] = Field([], max_length=20)
    moments: Annotated[Text, Field(max_length=60)] = ""


class ForwardAsked(ForwardSpelt):
    """``arrived``: when the list came, now where it is absent."""

    arrived: datetime | None = None


class ForwardColumn(Schema):
    """A heading of the list; ``field`` of ours it is read as, null for none; some of its values, masked."""

    heading: str
    field: str | None
    examples: list[str]


class ForwardFinding(Schema):
    """A faulty cell."""

    line: int
    column: str
    code: str
    detail: str


class ForwardPreview(Schema):
    """The list's own headings and what an import with this mapping would say: its rows and the first 50 faults.

    ``fault``: why it cannot be read as it is mapped, where a heading is missing.
    """

    file: str
    sheet: str
    encoding: str
    columns: list[ForwardColumn]
    fault: Finding | None
    read: int
    faulty: int
    findings: list[ForwardFinding]
    faults: int


@take(router, f"{FORWARDS}/previews", act=Act.LOAD, answer=ForwardPreview, upload=True)
def complaints_forward_preview(request: Request, code: str, file: Query[ForwardSpelt]) -> dict[str, object]:
    """The columns of a list and what an import would say; the content is the file; nothing of it is kept."""
    found = preview.look_at(
        enterprise=code,
        name=file.name,
        content=request.incoming.content(forwards.LIMIT),
        mapping=_mapping(file),
        actor=request.actor,
    )
    speak = words(language(request))
    fault = found.fault
    told = None if fault is None else {"code": fault.code, "detail": sentence(fault.code, fault.values, speak)}
    plain = ("file", "sheet", "encoding", "read", "faulty", "faults")
    return {name: getattr(found, name) for name in plain} | {
        "columns": [
            {"heading": one.heading, "field": one.field or None, "examples": list(one.examples)}
            for one in found.columns
        ],
        "fault": told,
        "findings": [
            {
                "line": one.line,
                "column": one.column,
                "code": one.code,
                "detail": sentence(one.code, one.values(), speak),
            }
            for one in found.findings
        ],
    }


@write(router, FORWARDS, act=Act.LOAD, answer=Job, status=202, held=forwards.LIMIT)
def complaints_forward(request: Request, code: str, file: Query[ForwardAsked]) -> dict[str, object]:
    """Import a forward list: work whose result tells the rows and the faults; the content is the file, at most 20 MiB.

    With one faulty cell nothing is taken.
    """
    job = forwards.enqueue_import(
        enterprise=code,
        name=file.name,
        content=request.content,
        mapping=_mapping(file),
        arrived=None if file.arrived is None else clock.aware(file.arrived),
        language=language(request),
        actor=request.actor,
    )
    return enqueued_job_document(request, job)


@read(router, f"{FORWARDS}/{{job}}/file", act=Act.LOAD, media=[WORKBOOK])
def complaints_forward_file(request: Request, code: str, job: str) -> HttpResponse:
    """A faulty list as a workbook with each faulty cell marked, for whom it came from; it is kept for seven days."""
    name, body = forwards.get_marked_workbook(enterprise=code, job=job, actor=request.actor)
    answer = HttpResponse(body, content_type=WORKBOOK)
    return as_attachment(answer, name)


def _mapping(file: ForwardSpelt) -> ForwardMapping:
    """``filter_unreadable`` for a column that names no heading, ``mapping_invalid``."""
    columns = {}
    for text in file.column:
        field, sign, heading = text.partition("=")
        if not sign or not heading.strip():
            raise NianjianError("filter_unreadable", column="column", value=text)
        columns[field] = heading
    return parse_mapping(file.source, columns, file.moments, file.name)
