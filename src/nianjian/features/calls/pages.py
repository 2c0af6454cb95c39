"""Data: what came in and when, what was rejected and why, work under way, and the way in for the next file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.intake.rejects import RejectedLine
from nianjian.engines.kernel.slices import LazyRows
from nianjian.features.calls import presenters, rejects
from nianjian.features.calls.documents import sum_row_counts
from nianjian.features.calls.operations import batch_at
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.query import acts
from nianjian.platform.home.http import as_attachment, missing_as_404
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.registers import batches, drafts
from nianjian.platform.registers.batches import BatchValue
from nianjian.platform.web import work
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table

RECENT: Final = 10
IMPORTED: Final = "registers.import"


@require_safe
@page(Permission.READ)
def data(request: Request, code: str) -> HttpResponse:
    """The sources of call records with their newest call, what is under way, and the imports that were begun."""
    under_way, files, begun = queue.under_way(code), batches.list_active_files(code), _drafts(request, code)
    context = {
        "sources": presenters.source_table([file.receipt for _batch, file in files]) if files else None,
        "facts": _describe_files([file.receipt for _batch, file in files]),
        "under_way": work.job_table(under_way, code) if under_way else None,
        "drafts": begun,
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
    }
    return render(request, "data/data.html", context)


def _describe_files(receipts: Sequence[Any]) -> str:
    sums = sum_row_counts(receipts)
    loaded, rejected = f"{sums.loaded:,}", f"{sums.rejected:,}"
    return _("{loaded} call records accepted, {rejected} rows not accepted").format(loaded=loaded, rejected=rejected)


@require_safe
@page(Permission.READ)
def imports(request: Request, code: str) -> HttpResponse:
    """Every batch of call records, the imports into registers, and the jobs that are over."""
    listed: Page[BatchValue] = paged(
        request,
        LazyRows(lambda first, count: batches.list_newest_batches(code, first=first, count=count)),
        total=batches.count_batches(code),
    )
    recent = [job for job in queue.jobs(code, newest=RECENT) if job.over]
    registers = list(acts(enterprise=code, verb=IMPORTED, newest=RECENT))
    context = {
        "page": listed,
        "batches": presenters.batch_table(listed.rows, code),
        "recent": work.job_table(recent, code) if recent else None,
        "registers": _registers(registers) if registers else None,
    }
    return render(request, "data/imports.html", context)


@require_safe
@page(Permission.READ)
def rejected_rows(request: Request, code: str) -> HttpResponse:
    """The rows of every active batch that were not accepted, by reason and batch, the most frequent first."""
    files = batches.list_active_files(code)
    table = presenters.rejected_table(files, code)
    return render(
        request, "data/rejected.html", {"table": table, "facts": _describe_files([f.receipt for _b, f in files])}
    )


@require_safe
@page(Permission.READ)
def quality(request: Request, code: str) -> HttpResponse:
    """What was assumed of the files, and the days on which no file has a call."""
    files = batches.list_active_files(code)
    context = {
        "warnings": presenters.warning_table(files, code),
        "gaps": presenters.list_missing_days([file.receipt for _batch, file in files]),
    }
    return render(request, "data/quality.html", context)


def _registers(entries: list[Any]) -> Table:
    rows = [
        [
            *map(Cell, (work.register(str(act.data["kind"])), act.data.get("file", ""))),
            *(Cell(f"{act.data.get(name, 0):,}", figure=True) for name in ("inserted", "updated", "unchanged")),
            *map(Cell, (work.person(act.actor), format_moment(datetime.fromisoformat(act.at)))),
        ]
        for act in entries
    ]
    figures = [Column(name, figure=True) for name in (_("rows added"), _("rows changed"), _("unchanged"))]
    heads = [Column(_("register")), Column(_("file")), *figures, Column(_("who")), Column(_("imported"))]
    return Table(_("Imports into registers"), heads, rows, cards=True)


def _drafts(request: Request, code: str) -> list[dict[str, object]]:
    own_drafts = (
        drafts.list_drafts(code, str(request.actor))
        if has_permission(request.actor, code, Permission.MANAGE_DATA)
        else []
    )
    return [
        {
            "id": one.id,
            "kind": _("Call records") if one.kind == "calls" else work.register(one.kind),
            "files": ", ".join(file.name for file in one.files[:3]),
            "changed": format_moment(one.changed_at),
            "job": one.job,
        }
        for one in own_drafts
    ]


@require_safe
@page(Permission.READ)
def batch(request: Request, code: str, batch: str) -> HttpResponse:
    """A batch: its files, why rows were rejected, the first of them masked."""
    return _render_batch(
        request, code, batch_at(code, batch, request.actor, Permission.READ), rejects.list_first_rejects, revealed=False
    )


@require_POST
@page(Permission.VIEW_UNMASKED)
def reveal(request: Request, code: str, batch: str) -> HttpResponse:
    """Show the same page with the rejected rows in full; it stands in the audit chain before."""
    return _render_batch(
        request,
        code,
        batch_at(code, batch, request.actor, Permission.VIEW_UNMASKED),
        rejects.reveal_rejects,
        revealed=True,
    )


def _render_batch(request: Request, code: str, batch_value: BatchValue, rows: Any, *, revealed: bool) -> HttpResponse:  # noqa: ANN401 -- one of two flows
    receipts: list[Any] = [file.receipt for file in batch_value.files]
    sums = sum_row_counts(receipts)
    active = batch_value.state == "active"
    first = rows(batch=batch_value.id, actor=request.actor) if active and sums.rejected else []
    context = {
        "batch": batch_value,
        "state": presenters.batch_state(batch_value),
        "by": work.person(batch_value.created_by),
        "at": format_moment(batch_value.created),
        "replaced_by": batches.find_successor(batch_value.id) if batch_value.state == "replaced" else "",
        "sums": sums,
        "files": presenters.file_table(receipts),
        "warnings": presenters.warnings(receipts),
        "reasons": presenters.reasons(receipts) if sums.rejected else None,
        "rejected": _rejected(first) if first else None,
        "shown": len(first),
        "revealed": revealed,
        "active": active,
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
    }
    return render(request, "data/batch.html", context)


def _rejected(rows: list[RejectedLine]) -> Table:
    header = max((row.header for row in rows), key=len)
    width = max(len(header), *(len(row.cells) for row in rows))
    names = [*header, *[""] * (width - len(header))]
    body = [
        [
            Cell(row.line, figure=True),
            Cell(work.reason(row.reason)),
            Cell(row.column),
            *(Cell(cell) for cell in (*row.cells, *[""] * (width - len(row.cells)))),
        ]
        for row in rows
    ]
    theirs = [Column(name, theirs=True) for name in names]
    heads = [Column(_("line number"), figure=True), Column(_("reason")), Column(_("column")), *theirs]
    return Table(_("Rejected rows"), heads, body)


@require_POST
@page(Permission.VIEW_UNMASKED)
def rejected_file(request: Request, code: str, batch: str) -> HttpResponseBase:
    """Every rejected row in full as a file to be corrected; of many rows the worker makes it."""
    batch_value = batch_at(code, batch, request.actor, Permission.VIEW_UNMASKED)
    file = rejects.build_rejects_file(batch=batch_value.id, words=work.reason, actor=request.actor)
    if file is not None:
        return _send_file(file)
    job = rejects.enqueue_rejects_file(batch=batch_value.id, language=current(), actor=request.actor)
    return redirect("data-job", code=code, job=job)


@require_POST
@page(Permission.VIEW_UNMASKED)
def fetch_rejected(request: Request, code: str, batch: str, job: str) -> HttpResponseBase:
    """Give the file away that the worker has made; it stands in the audit chain before. 404 where there is none."""
    batch_value = batch_at(code, batch, request.actor, Permission.VIEW_UNMASKED)
    with missing_as_404("rejects_file_gone"):
        return _send_file(rejects.fetch_rejects_file(batch=batch_value.id, job=job, actor=request.actor))


def _send_file(file: rejects.RejectsFile) -> HttpResponseBase:
    return as_attachment(StreamingHttpResponse(file.content, content_type=file.media), file.name)


@require_POST
@page(Permission.MANAGE_DATA)
def undo(request: Request, code: str, batch: str) -> HttpResponse:
    """Take a batch out again: work for the worker."""
    batch_value = batch_at(code, batch, request.actor, Permission.MANAGE_DATA)
    job = flow.enqueue(kind=flow.UNDO_CALLS, enterprise=code, payload={"batch": batch_value.id}, actor=request.actor)
    messages.success(request, _("Batch {batch} will be removed.").format(batch=batch_value.id))
    return redirect("data-job", code=code, job=job)
