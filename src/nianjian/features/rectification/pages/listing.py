"""The cases of an enterprise, a new one, the watch list and the routine."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.portrait import METRICS
from nianjian.engines.paper.texts.rectification import STEPS
from nianjian.engines.paper.words import words
from nianjian.features.rectification.cases.service import Notice
from nianjian.features.rectification.operations import cases as flow
from nianjian.features.rectification.operations import watch
from nianjian.features.rectification.pages.case_context import Json, read_upload
from nianjian.features.rectification.pages.forms import Opened, Watched
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE, takes_files
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table


@dataclass(frozen=True, slots=True)
class _Cases:
    """The cases, newest first, read where they are cut."""

    code: str
    request: Request

    def __getitem__(self, part: slice) -> list[Json]:
        first, count = part.start, part.stop - part.start
        return flow.list_cases(enterprise=self.code, actor=self.request.actor, first=first, count=count)


@require_safe
@page(Act.READ)
def cases(request: Request, code: str) -> HttpResponse:
    """List the cases, the next due first read from the dates."""
    shown: Page[Json] = paged(request, _Cases(code, request))
    _ = words(current())
    rows = [
        [
            Cell(one["id"], href=reverse("rectify-one", kwargs={"code": code, "case": one["id"]})),
            Cell(one["notice"] or "–"),
            Cell(one["received"]),
            Cell(one["target"]),
            Cell(one["due"], badge="bad" if one["late"] else ""),
            Cell(_(STEPS[one["state"]]), badge="good" if one["state"] == "closed" else "plain"),
        ]
        for one in shown.rows
    ]
    heads = (
        gettext("Case"),
        gettext("Notice"),
        gettext("Received on"),
        gettext("Internal target"),
        gettext("Due"),
        gettext("State"),
    )
    table = Table(gettext("Cases"), [Column(head) for head in heads], rows, wrap=True)
    context = {"page": shown, "table": table, "may": may(request.actor, code, Act.LOAD)}
    return render(request, "rectification/list.html", context)


@require_http_methods(["GET", "POST"])
@page(Act.LOAD)
@takes_files
def create_case(request: Request, code: str) -> HttpResponse:
    """Open a case of a notice."""
    form, status = Opened(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            given = form.cleaned_data
            notice = Notice(given["received"], given["due"], given["number"], given["causes"].splitlines())
            try:
                told = flow.open_case(
                    enterprise=code, notice=notice, paper=read_upload(given["file"]), actor=request.actor
                )
            except NianjianError as error:
                form.add_error(None, " ".join(describe_error(error)))
            else:
                messages.success(request, gettext("The case is open."))
                return redirect("rectify-one", code=code, case=told["id"])
    back = reverse("rectify", kwargs={"code": code})
    return render(request, "rectification/open.html", {"form": form, "back": back}, status=status)


@require_http_methods(["GET", "POST"])
@page(Act.READ)
def watched(request: Request, code: str) -> HttpResponse:
    """The watch list with the form of a new flag, and the routine; a flag is set by whom may load."""
    form, status = Watched(request.POST or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            given = form.cleaned_data
            try:
                watch.act(
                    enterprise=code,
                    case=None,
                    licence=given["licence"],
                    source=given["source"],
                    since=given["since"],
                    until=None,
                    year=None,
                    actor=request.actor,
                )
            except NianjianError as error:
                if error.code == "role_missing":
                    raise
                form.add_error(None, " ".join(describe_error(error)))
            else:
                messages.success(request, gettext("The licence stands in the watch list."))
                return redirect("rectify-watch", code=code)
    found = watch.list_watched_licences(enterprise=code, year=None, actor=request.actor)
    rows = [[Cell(one[name] or "–") for name in ("licence", "since", "until", "source")] for one in found]
    heads = (gettext("Licence"), gettext("Since which day"), gettext("Until"), gettext("Who said so"))
    context = {
        "table": Table(gettext("Watch list"), [Column(head) for head in heads], rows, wrap=True),
        "tasks": watch.routine(enterprise=code, done=None, day=None, actor=request.actor),
        "closer": _closer(request, code),
        "form": form,
        "may": may(request.actor, code, Act.LOAD),
    }
    return render(request, "rectification/watch.html", context, status=status)


def _closer(request: Request, code: str) -> list[Json]:
    """The last year's portrait under the stricter limits; nothing where there is none or nobody is watched."""
    try:
        found = watch.closer(enterprise=code, year=clock.today().year, actor=request.actor)
    except NianjianError:
        return []
    _ = words(current())
    evasion = _("landline and mobile share")
    return [one | {"title": _(METRICS[one["metric"]]) if one["metric"] in METRICS else evasion} for one in found]


@require_POST
@page(Act.LOAD)
def routine(request: Request, code: str) -> HttpResponse:
    """Note that a task was done today."""
    task = request.POST.get("task", "")
    if task.isdecimal():
        watch.routine(enterprise=code, done=int(task), day=None, actor=request.actor)
        messages.success(request, gettext("Task done."))
    return redirect("rectify-watch", code=code)
