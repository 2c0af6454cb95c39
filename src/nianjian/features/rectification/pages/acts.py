"""What is done in a case: measures, papers, the report, figures, handing in, closing."""

from __future__ import annotations

from pathlib import PurePath

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.rectification.operations import cases, work
from nianjian.features.rectification.operations import report as flow
from nianjian.features.rectification.pages.case_context import get_case_or_404, read_upload
from nianjian.features.rectification.pages.forms import Measure, Paper
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment, takes_files
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current


@require_POST
@page(Act.LOAD)
def task(request: Request, code: str, case: str) -> HttpResponse:
    """Name a measure, or say that one was carried out today."""
    told = get_case_or_404(request, code, case)
    done = request.POST.get("done", "")
    if done.isdecimal():
        cases.measure_done(case=told["id"], measure=int(done), day=clock.today(), actor=request.actor)
        messages.success(request, gettext("Measure carried out."))
    else:
        form = Measure(request.POST)
        if form.is_valid():
            cases.add_measure(case=told["id"], actor=request.actor, **form.cleaned_data)
            messages.success(request, gettext("Measure named."))
        else:
            messages.error(request, gettext("A measure needs a text, an owner and a day."))
    return redirect("rectify-one", code=code, case=told["id"])


@require_POST
@page(Act.LOAD)
@takes_files
def paper(request: Request, code: str, case: str) -> HttpResponse:
    """Keep a paper."""
    told = get_case_or_404(request, code, case)
    form = Paper(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        body = read_upload(given.pop("file"))
        if body is not None:
            cases.add_paper(case=told["id"], kind=given.pop("kind"), paper=body, actor=request.actor, **given)
            messages.success(request, gettext("Paper kept."))
    else:
        messages.error(request, gettext("Choose a file, and what it is."))
    return redirect("rectify-one", code=code, case=told["id"])


@require_POST
@page(Act.REPORT)
def end(request: Request, code: str, case: str) -> HttpResponse:
    """Let the worker count the figures, check everything, note the handing in, or close."""
    told = get_case_or_404(request, code, case)
    who = {"case": told["id"], "actor": request.actor}
    match request.POST.get("act", ""):
        case "measure":
            job = work.ask_figures(first=None, last=None, **who)
        case "check":
            job = work.ask_check(**who)
        case "close":
            job = work.ask_closing(check=request.POST.get("check", ""), **who)
        case "submit":
            job = work.ask_submission(day=clock.today(), **who)
        case _:
            return redirect("rectify-one", code=code, case=told["id"])
    return redirect("data-job", code=code, job=job)


@require_POST
@page(Act.REPORT)
def report(request: Request, code: str, case: str, form: str) -> HttpResponse:
    """Let the worker set the report."""
    told = get_case_or_404(request, code, case)
    job = work.ask_report(case=told["id"], form=form, language=current(), actor=request.actor)
    return redirect("data-job", code=code, job=job)


@require_safe
@page(Act.REPORT)
def fetch(request: Request, code: str, case: str, job: str) -> HttpResponse:
    """Give a report away that was set; 404 where there is none any more."""
    told = get_case_or_404(request, code, case)
    try:
        made = flow.fetched(case=told["id"], job=job, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error
    answer = HttpResponse(made.content, content_type=made.media)
    name = f"{told['id']}{'-draft' if made.draft else ''}{PurePath(made.name).suffix}"
    return as_attachment(answer, name)
