"""What another value would do: the part of the form's page that follows the worker, and a stop."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.web import rule_values
from nianjian.platform.web.access import Request, at, everywhere, page
from nianjian.platform.web.work import bar, kind, state
from nianjian.platform.web.work import describe_job_error as fault


@require_safe
@page(Act.REQUEST)
def enterprise_effect(request: Request, code: str, key: str, job: str) -> HttpResponse:
    """Show how far it is at an enterprise."""
    return _shown(request, code, key, job)


@require_safe
@everywhere(Act.REQUEST)
def everything(request: Request, key: str, job: str) -> HttpResponse:
    """Show how far it is in the installation."""
    return _shown(request, "", key, job)


@require_POST
@page(Act.REQUEST)
def stop_here(request: Request, code: str, key: str, job: str) -> HttpResponse:
    """Ask it to stop, at an enterprise."""
    return _stopped(request, code, key, job)


@require_POST
@everywhere(Act.REQUEST)
def stop(request: Request, key: str, job: str) -> HttpResponse:
    """Ask it to stop, in the installation."""
    return _stopped(request, "", key, job)


def context(place: str, key: str, job: str, actor: Actor) -> dict[str, Any]:
    """Return what the fragment shows of a job."""
    return _context(place, key, _job(place, key, job, actor))


def _shown(request: Request, place: str, key: str, job: str) -> HttpResponse:
    """Give the fragment alone to the page that asks for it, else within a page of its own."""
    told = context(place, key, job, request.actor)
    if request.headers.get("HX-Request"):
        return render(request, "rulebook/effect.html", told)
    back = at("rules-overlay", place, key=key)
    return render(request, "rulebook/effect_page.html", told | {"back": back, "key": key})


def _stopped(request: Request, place: str, key: str, job: str) -> HttpResponse:
    found = _job(place, key, job, request.actor)
    if not found.over:
        flow.stop(job=found.id, actor=request.actor)
    if request.headers.get("HX-Request"):
        return _shown(request, place, key, job)
    return redirect(at("rules-effect", place, key=key, job=found.id))


def _job(place: str, key: str, job: str, actor: Actor) -> JobValue:
    """The look at this rule here; what is another's does not exist."""
    found = flow.job_for(job, actor)
    if found.enterprise != place or found.kind != flow.OVERLAY_EFFECT or found.payload.get("key") != key:
        raise Http404
    return found


def _context(place: str, key: str, job: JobValue) -> dict[str, Any]:
    done = job.state == "done"
    return {
        "looked": job,
        "label": kind(job.kind),
        "state": state(job),
        "bar": bar(job),
        "address": at("rules-effect", place, key=key, job=job.id),
        "stop": at("rules-effect-stop", place, key=key, job=job.id),
        "effects": rule_values.effect_table(cast("list[dict[str, Any]]", job.result["items"])) if done else None,
        "error": fault(job.error)[0] if job.state == "failed" else "",
    }
