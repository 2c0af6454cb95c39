"""Batches of call records: what came in, what was rejected, and taking one out again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, StreamingHttpResponse
from ninja import Query, Router, Schema

from nianjian.features.calls.operations import rejects
from nianjian.features.calls.operations.batches import batch_for
from nianjian.features.calls.operations.receipts import summed
from nianjian.features.calls.operations.rejects import CSV, ZIP, RejectedLine
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.jobs import Job, enqueued_job_document
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.api.problems import language
from nianjian.platform.home.http import as_attachment
from nianjian.platform.jobs import flow
from nianjian.platform.registers import batches
from nianjian.platform.registers.batches import BatchValue

router = Router(tags=["batches"])


class RowCounts(Schema):
    """Rows read = loaded + duplicate + rejected."""

    read: int
    loaded: int
    duplicate: int
    rejected: int


class Batch(Schema):
    """One import; ``files``: what the import told of each; ``state`` is active, undone or replaced."""

    batch: str
    state: str
    created: datetime
    by: str
    replaces: str | None
    replaced_by: str | None
    files: list[dict[str, Any]]
    rows: RowCounts


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


@read(router, "/enterprises/{code}/batches", act=Act.READ, answer=Page[Batch])
def batches_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's batches, newest first."""
    return paged(
        request, cut, Reader(lambda first, count: batches.list_newest_batches(code, first=first, count=count)), _told
    )


@read(router, "/enterprises/{code}/batches/{batch}", act=Act.READ, answer=Batch)
def batches_get(request: Request, code: str, batch: str) -> dict[str, object]:
    """One batch with its files."""
    return _told(_batch(request, code, batch, Act.READ))


@write(router, "/enterprises/{code}/batches/{batch}/undo", act=Act.LOAD, answer=Job, status=202)
def batches_undo(request: Request, code: str, batch: str) -> dict[str, object]:
    """Take a batch out of the lake again: work for the worker."""
    found = _batch(request, code, batch, Act.LOAD)
    payload = {"batch": found.id}
    return enqueued_job_document(
        request, flow.enqueue(kind=flow.UNDO_CALLS, enterprise=code, payload=payload, actor=request.actor)
    )


@read(router, "/enterprises/{code}/batches/{batch}/rejects", act=Act.READ, answer=RejectedRows)
def rejects_list(request: Request, code: str, batch: str) -> dict[str, object]:
    """The first 50 rejected rows, masked."""
    found = _batch(request, code, batch, Act.READ)
    return {"items": [_rejected(one) for one in rejects.first(batch=found.id, actor=request.actor)]}


@take(router, "/enterprises/{code}/batches/{batch}/rejects/reveal", act=Act.REVEAL, answer=RejectedRows)
def rejects_reveal(request: Request, code: str, batch: str) -> dict[str, object]:
    """The first 50 rejected rows in full; the audit chain has the entry before."""
    found = _batch(request, code, batch, Act.REVEAL)
    return {"items": [_rejected(one) for one in rejects.reveal(batch=found.id, actor=request.actor)]}


@write(router, "/enterprises/{code}/batches/{batch}/rejects/files", act=Act.REVEAL, answer=Job, status=202)
def rejects_file(request: Request, code: str, batch: str) -> dict[str, object]:
    """Make a file of every rejected row, the reasons in the language of the request: work for the worker."""
    found = _batch(request, code, batch, Act.REVEAL)
    return enqueued_job_document(
        request, rejects.enqueue_rejects_file(batch=found.id, language=language(request), actor=request.actor)
    )


@take(router, "/enterprises/{code}/batches/{batch}/rejects/files/{job}", act=Act.REVEAL, media=(CSV, ZIP))
def rejects_file_fetch(request: Request, code: str, batch: str, job: str) -> StreamingHttpResponse:
    """The file that a job has made, to be corrected and imported again: CSV, of many rows or several kinds a zip."""
    found = _batch(request, code, batch, Act.REVEAL)
    made = rejects.fetched(batch=found.id, job=job, actor=request.actor)
    return as_attachment(StreamingHttpResponse(made.content, content_type=made.media), made.name)


def _batch(request: Request, code: str, batch: str, act: Act) -> BatchValue:
    """One of this enterprise's; what is another's does not exist here."""
    found = batch_for(batch, request.actor, act)
    if found.enterprise != code:
        raise Http404
    return found


def _told(one: BatchValue) -> dict[str, object]:
    receipts: list[Any] = [file.receipt for file in one.files]
    return {
        "batch": one.id,
        "state": one.state,
        "created": one.created,
        "by": one.created_by,
        "replaces": one.replaces or None,
        "replaced_by": batches.find_successor(one.id) or None if one.state == "replaced" else None,
        "files": receipts,
        "rows": summed(receipts),
    }


def _rejected(one: RejectedLine) -> dict[str, object]:
    return {
        "line": one.line, "column": one.column, "reason": one.reason, "header": list(one.header),
        "cells": list(one.cells),
    }  # fmt: skip
