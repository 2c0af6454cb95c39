"""A register's list as a file, masked as on its page, and its empty sheet."""

from __future__ import annotations

from typing import Final, Literal

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from ninja import Query, Router

from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.words import words
from nianjian.features.calls.operations.wizard.error_workbook import build_marked_workbook, get_marked_workbook_path
from nianjian.features.registers import operations
from nianjian.features.registers.api import CONDITION, RowsWanted, get_scope_or_404, parse_row_filter
from nianjian.features.registers.operations import FORMS, ExportRequest, export_register
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job
from nianjian.platform.api.jobs import enqueued_job_document as told
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.parameter_types import FileName, attached
from nianjian.platform.api.problems import language
from nianjian.platform.home.http import as_attachment
from nianjian.platform.registers import kinds, workbooks

router = Router(tags=["registers"])
EXPORTS: Final = "/enterprises/{code}/registers/{kind}/exports/{form}"
MEDIA: Final = tuple(media.partition(";")[0] for media in FORMS.values())
Form = Literal["xlsx", "csv"]


class FileWanted(RowsWanted):
    """Which rows; ``full``: personal values in full, for whom may reveal them."""

    full: bool = False


@take(router, EXPORTS, act=Act.READ_OWN, media=MEDIA)
def registers_export(request: Request, code: str, kind: str, form: Form, looked: Query[FileWanted]) -> HttpResponse:
    """The rows of a register that are looked for, as workbook or CSV; masked unless ``full`` is asked for.

    At most 1 000 rows; a longer list is made by the worker.
    """
    del code
    file = export_register(_asked(request, kind, form, looked), actor=request.actor)
    return attached(file.content, file.media, file.name)


@write(router, f"{EXPORTS}/files", act=Act.READ_OWN, answer=Job, status=202)
def registers_export_ask(
    request: Request, code: str, kind: str, form: Form, looked: Query[FileWanted]
) -> dict[str, object]:
    """Make such a file of up to 50 000 rows, in the language of the request: work for the worker."""
    del code
    return told(request, operations.enqueue_export(_asked(request, kind, form, looked), actor=request.actor))


@take(router, f"{EXPORTS}/files/{{job}}", act=Act.READ_OWN, media=MEDIA)
def registers_export_fetch(request: Request, code: str, kind: str, form: Form, job: str) -> StreamingHttpResponse:
    """The file that one's own job has made: for seven days, and for nobody else."""
    del form  # the job knows it
    file = operations.open_export(kind=kind, enterprise=code, job=job, actor=request.actor)
    return as_attachment(StreamingHttpResponse(file.content, content_type=file.media), file.name)


@read(router, "/enterprises/{code}/registers/{kind}/template", act=Act.LOAD, media=(FORMS["xlsx"],))
def registers_template(request: Request, code: str, kind: str) -> HttpResponse:
    """The empty sheet of a register, to be filled in and imported."""
    del request, code
    if kind not in kinds.kinds():
        raise Http404
    return attached(workbooks.template_content(kind), FORMS["xlsx"], f"{kind}.xlsx")


@take(
    router,
    "/enterprises/{code}/registers/{kind}/checks/file",
    act=Act.LOAD,
    media=(FORMS["xlsx"],),
    upload=True,
)
def registers_mark(request: Request, code: str, kind: str, file: Query[FileName]) -> HttpResponse:
    """The sheet that is sent with every faulty cell marked and its reason beside it; nothing of it is kept.

    At most 128 KiB, a workbook 1 MiB unpacked, and 2 000 faults; a larger one is marked by `check` of its import.
    """
    del file  # its name was read with the content
    if kind not in kinds.kinds():
        raise Http404
    _ = words(language(request))
    sheet = build_marked_workbook(
        kind=kind,
        enterprise=code,
        incoming=request.incoming,
        words=lambda fault, values: sentence(fault, values, _),
        actor=request.actor,
    )
    return attached(sheet, FORMS["xlsx"], f"{kind}-errors.xlsx")


@read(router, "/enterprises/{code}/registers/{kind}/checks/{job}/file", act=Act.LOAD, media=(FORMS["xlsx"],))
def registers_marked(request: Request, code: str, kind: str, job: str) -> FileResponse:
    """The marked sheet that `check` of one's own import has left: for seven days, and only where there are faults."""
    path = get_marked_workbook_path(kind=kind, enterprise=code, job=job, actor=request.actor)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{kind}-errors.xlsx", content_type=FORMS["xlsx"])


def _asked(request: Request, kind: str, form: str, looked: FileWanted) -> ExportRequest:
    return ExportRequest(
        kind=kind,
        sight=get_scope_or_404(request, kind, looked.as_at, looked.team),
        wanted=parse_row_filter(kind, looked),
        filters=_filters(looked),
        form=form,
        full=looked.full,
        language=language(request),
    )


def _filters(looked: RowsWanted) -> dict[str, str]:
    """What is asked for, as the chain names it (fields, no values) and as the file tells it."""
    given = {name: getattr(looked, name) for name in ("q", "missing", "team")}
    asked = {name: f"{name}: {text}" for name, text in given.items() if text}
    conditions = (read for text in looked.where if (read := CONDITION.fullmatch(text)))
    return asked | {f"{read[1]}{read[2]}": read[0] for read in conditions}
