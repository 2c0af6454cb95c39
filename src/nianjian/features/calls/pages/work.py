"""Long work: how far it is, a stop, and what came of it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.operation.doctor import RECORD_CLASSES
from nianjian.features.calls.pages import presenters
from nianjian.features.calls.pages.outcomes import outcome
from nianjian.features.portrait import portraits
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers import batches, drafts
from nianjian.platform.web import work
from nianjian.platform.web import work as web_work
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.work import progressing

IMPORTS: Final = (flow.IMPORT_CALLS, flow.IMPORT_REGISTER)


def _job(request: Request, code: str, job: str) -> JobValue:
    """One of this enterprise's jobs; what is another's does not exist here."""
    found = flow.job_for(job, request.actor)
    if found.enterprise != code:
        raise Http404
    return found


@require_safe
@page(Act.READ_OWN)
def job(request: Request, code: str, job: str) -> HttpResponse:
    """Show one piece of work."""
    found = _job(request, code, job)
    context = {
        **progressing(code, found),
        "by": web_work.person(found.requested_by),
        "asked": web_work.moment(found.created_at),
        "ended": web_work.moment(found.finished_at),
        "may_stop": not found.over and not found.stop_wanted and flow.may_stop(found, request.actor),
        "all_rows": request.team is None,
        "led": request.team is None and _leads_on(code, found),
        **_outcome(request, code, found),
    }
    return render(request, "data/job.html", context)


def _leads_on(code: str, job: JobValue) -> bool:
    """Whether the import was one of the first steps of the enterprise."""
    if job.state != "done" or job.kind not in IMPORTS:
        return False
    return sum(len(portraits.list_runs(code, year)) for year in portraits.list_years(code)) <= portraits.FEW


def _outcome(request: Request, code: str, job: JobValue) -> dict[str, object]:
    """What came of it, and where to go on."""
    result: dict[str, Any] = dict(job.result)
    told: dict[str, object] = {"batch": _standing(str(result.get("batch") or "")), "draft": _draft(request, code, job)}
    if job.state == "failed":
        told["error"], told["more"] = web_work.describe_job_error(job.error)
        told["remedy"] = describe_error(NianjianError(str(job.error.get("code", ""))))[1]
    files: list[Any] = result.get("files", [])
    if files:
        told |= {
            "files": presenters.file_table(files),
            "warnings": presenters.warnings(files),
            "reasons": presenters.reasons(files) if any(one["reasons"] for one in files) else None,
        }
    if job.kind == flow.IMPORT_REGISTER and job.state == "done":
        rows = result["rows"]
        text = _("{kind}: {read} rows read, {inserted} added, {updated} changed, {unchanged} unchanged.")
        told["text"] = text.format(kind=web_work.register(str(result["kind"])), **rows)
    if job.kind == flow.CHECK_REGISTER and job.state == "done":
        told["text"] = work.verdict(result["faulty"], result["read"])
    if job.kind == flow.RUN_PORTRAIT and job.state == "done":
        told["year"] = result["year"]
    if job.kind == flow.ERASE_OVER and job.state == "done":
        told |= {"text": _erased(result["rows"]), "retention": may(request.actor, code, Act.AUDIT)}
    if job.kind == flow.COUNT_OVER and job.over:
        told["retention"] = may(request.actor, code, Act.AUDIT)
    told |= outcome(code, job, result)
    others = job.kind == flow.TAKE_REGISTER and job.requested_by != str(request.actor)
    if others or not may(request.actor, code, flow.NEEDS[job.kind]):
        told.pop("take", None)
    failed: list[Any] = result.get("failed", [])
    affected: list[Any] = result.get("affected", [])
    told["affected"] = [(one["batch"], ", ".join(one["files"])) for one in affected]
    told["failed"] = [
        f"{one['name']}: {web_work.describe_job_error({'code': one['code'], 'values': one})[0]}" for one in failed
    ]
    return told


def _erased(rows: dict[str, int]) -> str:
    """How many rows of each class."""
    told = ", ".join(f"{_(RECORD_CLASSES.get(name, name))} {figures.count(rows[name])}" for name in rows)
    return _("Erased rows: {rows}.").format(rows=told) if told else _("Nothing was over its time.")


def _standing(batch: str) -> str:
    """Its id if there is such a batch: work that was stopped may have left none."""
    try:
        return batches.get_batch(batch).id if batch else ""
    except NianjianError:
        return ""


def _draft(request: Request, code: str, job: JobValue) -> str:
    """The draft that the work came from, while it is there and the reader's own."""
    wanted = str(job.payload.get("draft") or "")
    own = bool(wanted) and job.over and drafts.is_own_draft(wanted, code, str(request.actor))
    return wanted if own else ""


@require_safe
@page(Act.READ_OWN)
def progress(request: Request, code: str, job: str) -> HttpResponse:
    """Give the part of the page that moves; once the work is over the page is loaded anew."""
    found = _job(request, code, job)
    answer = render(request, "data/progress.html", progressing(code, found))
    if found.over:
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
@page(Act.READ_OWN)
def stop(request: Request, code: str, job: str) -> HttpResponse:
    """Ask it to stop; `jobs.stop` asks for the role."""
    found = _job(request, code, job)
    flow.stop(job=found.id, actor=request.actor)
    messages.info(request, _("The work stops at its next step."))
    return redirect("data-job", code=code, job=found.id)
