"""Generate papers, build the package, fetch it, sign it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.paper.texts.dossier.sealing import NO_SEAL
from nianjian.engines.paper.words import words
from nianjian.features.dossier.operations.generate import ALL
from nianjian.features.dossier.operations.making import kept, shown, work
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.features.dossier.pages.making import shown as tables
from nianjian.features.dossier.pages.making.forms import PICTURES, built, generated
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http.answers import named
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.work import progressing


@require_safe
@page(Act.READ)
def listed(request: Request, code: str, year: int) -> HttpResponse:
    """How it stands, with what can be done next."""
    found = shown.standing(code, in_reach(year), request.actor)
    state, pairs, why = tables.certificate(found.certificate)
    context = {
        "year": year,
        "run": found.run,
        "papers": tables.papers(code, year, found.papers),
        "sums": tables.sums(found.papers),
        "missing": len(found.missing),
        "generate": generated(item=ALL),
        "build": built(),
        "files": found.files,
        "package": tables.package(found.package) if found.package else None,
        "signature": tables.signature(found.signature) if found.signature else None,
        "certificate": {"state": state, "pairs": pairs, "why": why},
        "no_seal": words(current())(NO_SEAL),
        "failed": [(data.kind(one.kind), data.told(one.error)[0]) for one in found.failed],
        "may_sign": may(request.actor, code, Act.APPROVE),
        "may_make": may(request.actor, code, Act.REVEAL),
        "days": kept.KEPT.days,
        "working": False,
    }
    if found.working:
        context |= {"working": True, "behind": len(found.working) - 1, **progressing(code, found.working[0])}
    return render(request, "dossier/making.html", context)


@require_POST
@page(Act.REVEAL)
def generate(request: Request, code: str, year: int) -> HttpResponse:
    """Let the worker generate one item or all, as versions of the checklist or as files."""
    back = redirect("dossier-package", code=code, year=in_reach(year))
    given = generated(request.POST)
    if not given.is_valid():
        messages.error(request, gettext("Choose what is to be generated."))
        return back
    asked = given.cleaned_data
    work.ask_items(
        enterprise=code, year=year, items=[asked["item"]], files=asked["as_files"], replace=asked["replace"],
        actor=request.actor,
    )  # fmt: skip
    messages.success(request, gettext("The papers are being generated."))
    return back


@require_POST
@page(Act.REVEAL)
def build(request: Request, code: str, year: int) -> HttpResponse:
    """Let the worker build both editions."""
    back = redirect("dossier-package", code=code, year=in_reach(year))
    given = built(request.POST)
    if not given.is_valid():
        faults = [f"{given.fields[one].label}: {texts[0]}" for one, texts in given.errors.items()]
        messages.error(request, " ".join(faults))
        return back
    asked = given.cleaned_data
    work.ask_package(
        enterprise=code, year=year, pictures=asked["seals"] == PICTURES, on=asked["on"], actor=request.actor
    )
    messages.success(request, gettext("The package is being built."))
    return back


@require_POST
@page(Act.APPROVE)
def sign(request: Request, code: str, year: int, job: str) -> HttpResponse:
    """Let the worker sign the upload edition of what a job has built."""
    work.ask_signature(enterprise=code, year=in_reach(year), package=job, actor=request.actor)
    messages.success(request, gettext("The files for the platform are being signed."))
    return redirect("dossier-package", code=code, year=year)


@require_POST
@page(Act.REVEAL)
def file(request: Request, code: str, year: int, job: str) -> HttpResponseBase:
    """Give out what a job has made; the chain has an entry."""
    made = kept.taken(enterprise=code, year=in_reach(year), job=job, actor=request.actor)
    return named(StreamingHttpResponse(made.content, content_type=kept.ZIP), made.name)
