"""Long work: what waits, runs and is over; a stop."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.http import Http404
from ninja import Query, Router

from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import words
from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.problems import Finding, language
from nianjian.platform.jobs import flow, query
from nianjian.platform.jobs.query import JobValue

router = Router(tags=["jobs"])


@dataclass(frozen=True, slots=True)
class Job:
    """Work of the worker; ``done`` of ``total`` in the work's own unit (0: not known yet); ``error`` if it failed."""

    id: str
    kind: str
    enterprise: str
    state: str
    done: int
    total: int
    note: str
    stop_wanted: bool
    result: dict[str, Any]
    error: Finding | None
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@read(router, "/enterprises/{code}/jobs", act=Permission.READ, answer=Page[Job])
def jobs_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The enterprise's work, newest first."""
    return _list(request, code, cut)


@read(router, "/enterprises/{code}/jobs/{job}", act=Permission.READ_OWN, answer=Job)
def jobs_get(request: Request, code: str, job: str) -> Job:
    """One piece of work: how far it is and what came of it."""
    return job_to_document(request, _job(request, code, job))


@write(router, "/enterprises/{code}/jobs/{job}/stop", act=Permission.READ_OWN, answer=Job, status=202)
def jobs_stop(request: Request, code: str, job: str) -> Job:
    """Ask it to stop at its next step; another's list takes who may load."""
    return _stop(request, code, job)


@read(router, "/jobs", act=Permission.READ, answer=Page[Job])
def jobs_list_everywhere(request: Request, cut: Query[Cut]) -> dict[str, object]:
    """The work of the whole installation, newest first; that of enterprises stands with them."""
    return _list(request, EVERYWHERE, cut)


@read(router, "/jobs/{job}", act=Permission.READ, answer=Job)
def jobs_get_everywhere(request: Request, job: str) -> Job:
    """One piece of work of the whole installation."""
    return job_to_document(request, _job(request, EVERYWHERE, job))


@write(router, "/jobs/{job}/stop", act=Permission.READ, answer=Job, status=202)
def jobs_stop_everywhere(request: Request, job: str) -> Job:
    """Ask it to stop at its next step; the act that the work needs is asked for."""
    return _stop(request, EVERYWHERE, job)


def _list(request: Request, code: str, cut: Cut) -> dict[str, object]:
    rows = LazyRows(lambda first, count: query.jobs(code, first=first, newest=count))
    return paged(request, cut, rows, lambda one: job_to_document(request, one))


def _stop(request: Request, code: str, job: str) -> Job:
    flow.stop(job=_job(request, code, job).id, actor=request.actor)
    return enqueued_job_document(request, job)


def _job(request: Request, code: str, job: str) -> JobValue:
    """One of this enterprise's; what is another's does not exist here."""
    row = flow.job_for(job, request.actor)
    if row.enterprise != code:
        raise Http404
    return row


def enqueued_job_document(request: Request, job: str) -> Job:
    """A job that was just put."""
    return job_to_document(request, query.job(job))


def job_to_document(request: Request, one: JobValue) -> Job:
    """A job as it is answered; the payload tells of folders and stays inside."""
    error = None
    if one.error:
        code, values = str(one.error.get("code", "")), one.error.get("values")
        said = error_message(code, values if isinstance(values, dict) else {}, words(language(request)))
        error = Finding(code, said)
    result = {name: value for name, value in one.result.items() if name != "blob"}  # where it lies is nobody's business
    names = (field.name for field in fields(Job) if field.name not in {"error", "result"})
    return Job(**{name: getattr(one, name) for name in names}, error=error, result=result)
