"""The check of every link: work for the worker, how far it is, a stop, and what it found."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow, query
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.web import work
from nianjian.platform.web.access import Request, everywhere
from nianjian.platform.web.work import progressing


@require_POST
@everywhere(Act.AUDIT)
def verify(request: Request) -> HttpResponse:
    """Ask the worker to check every link; while it does, a second click leads to the same work."""
    job = flow.enqueue_once(kind=flow.VERIFY_CHAIN, enterprise=EVERYWHERE, payload={}, actor=request.actor)
    return redirect("audit-verified", job=job)


@require_safe
@everywhere(Act.AUDIT)
def verified(request: Request, job: str) -> HttpResponse:
    """Show how far it is and what was found."""
    found = _job(request, job)
    context = {
        **_moving(found),
        "by": work.person(found.requested_by),
        "asked": work.moment(found.created_at),
        "ended": work.moment(found.finished_at),
        "report": found.result if found.state == "done" else None,
        "error": work.describe_job_error(found.error)[0] if found.state == "failed" else "",
        "may_stop": not found.over and not found.stop_wanted,
    }
    return render(request, "audit/verified.html", context)


@require_safe
@everywhere(Act.AUDIT)
def progress(request: Request, job: str) -> HttpResponse:
    """Give the part of the page that moves; once the work is over the page is loaded anew."""
    found = _job(request, job)
    answer = render(request, "data/progress.html", _moving(found))
    if found.over:
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
@everywhere(Act.AUDIT)
def stop(request: Request, job: str) -> HttpResponse:
    """Ask it to stop at its next step."""
    found = _job(request, job)
    flow.stop(job=found.id, actor=request.actor)
    messages.info(request, _("The work stops at its next step."))
    return redirect("audit-verified", job=found.id)


def latest() -> JobValue | None:
    """The last check that came to its end; None: there is none."""
    return query.newest(EVERYWHERE, flow.VERIFY_CHAIN, {}, "done")


def _moving(job: JobValue) -> dict[str, object]:
    return progressing(EVERYWHERE, job, reverse("audit-verify-progress", args=[job.id]))


def _job(request: Request, job: str) -> JobValue:
    """A check of the chain; other work of the installation has pages of its own."""
    found = flow.job_for(job, request.actor)
    if found.enterprise != EVERYWHERE or found.kind != flow.VERIFY_CHAIN:
        raise Http404
    return found
