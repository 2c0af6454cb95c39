"""What is done in a case: measures, papers, the report, figures, handing in, closing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from nianjian.accounts.roles import Act
from nianjian.flows.rectify import cases, closing, evidence, lakes
from nianjian.flows.rectify import report as flow
from nianjian.kernel import clock
from nianjian.web.layout.access import Request, page
from nianjian.web.layout.language import current
from nianjian.web.rectification.asked import found, sent
from nianjian.web.rectification.forms import Measure, Paper


@require_POST
@page(Act.LOAD)
def work(request: Request, code: str, case: str) -> HttpResponse:
    """Name a measure, or say that one was carried out today."""
    told = found(request, code, case)
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
def paper(request: Request, code: str, case: str) -> HttpResponse:
    """Keep a paper."""
    told = found(request, code, case)
    form = Paper(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        body = sent(given.pop("file"))
        if body is not None:
            cases.add_paper(case=told["id"], kind=given.pop("kind"), paper=body, actor=request.actor, **given)
            messages.success(request, gettext("Paper kept."))
    else:
        messages.error(request, gettext("Choose a file, and what it is."))
    return redirect("rectify-one", code=code, case=told["id"])


@require_POST
@page(Act.REPORT)
def end(request: Request, code: str, case: str) -> HttpResponse:
    """Count the figures, note the handing in, or close."""
    told = found(request, code, case)
    match request.POST.get("act", ""):
        case "measure":
            lakes.free(code)
            evidence.measure(case=told["id"], first=None, last=None, actor=request.actor)
            messages.success(request, gettext("The figures before and since are counted."))
        case "submit":
            cases.submit(case=told["id"], day=clock.today(), actor=request.actor)
            messages.success(request, gettext("Handed in."))
        case "close":
            lakes.free(code)
            closing.close(case=told["id"], check=request.POST.get("check", ""), actor=request.actor)
            messages.success(request, gettext("Case closed."))
    return redirect("rectify-one", code=code, case=told["id"])


@require_POST
@page(Act.REPORT)
def report(request: Request, code: str, case: str, form: str) -> HttpResponse:
    """Set the report and give it away."""
    told = found(request, code, case)
    lakes.free(code)
    made = flow.report(case=told["id"], form=form, language=current(), actor=request.actor)
    answer = HttpResponse(made.content, content_type=made.media)
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{told["id"]}{"-draft" if made.draft else ""}.{form}"'
    )
    return answer
