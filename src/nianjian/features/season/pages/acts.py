"""What is done on the season's page."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from nianjian.features.dossier.pages.presenters import item_title
from nianjian.features.season.operations import acts as flow
from nianjian.features.season.operations import archive
from nianjian.features.season.operations import feed as feeds
from nianjian.features.season.operations.roll_over import roll_over
from nianjian.features.season.pages.forms import OfYear, Reported, Worked
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, page


@require_POST
@page(Act.REPORT)
def report(request: Request, code: str) -> HttpResponse:
    """Note that a report was handed in, or what a notice names."""
    form = Reported(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        of = {"enterprise": code, "year": given["year"], "track": given["track"], "licence": given["licence"] or None}
        if given["act"] == "file":
            flow.submitted(**of, day=given["day"], receipt=given["text"], actor=request.actor)
        else:
            flow.printed(**of, day=given["day"], notice=given["text"], actor=request.actor)
        messages.success(request, gettext("Noted."))
    return _back(request, code, form)


@require_POST
@page(Act.LOAD)
def task(request: Request, code: str) -> HttpResponse:
    """Name who does a task, let it rest, or say that it was done."""
    form = Worked(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        of = {"enterprise": code, "year": given["year"], "task": given["task"], "actor": request.actor}
        match given["act"]:
            case "assign":
                flow.assign(**of, owner=given["text"])
            case "snooze":
                flow.snooze(**of, until=given["day"], reason=given["text"])
            case _:
                flow.mark_task_done(**of, day=given["day"], note=given["text"])
        messages.success(request, gettext("Noted."))
    return _back(request, code, form)


@require_POST
@page(Act.READ)
def feed(request: Request, code: str) -> HttpResponse:
    """Make a calendar feed of one's own, or end one."""
    if revoked := request.POST.get("revoke", ""):
        feeds.revoke(enterprise=code, feed=revoked, actor=request.actor)
        messages.success(request, gettext("The feed is closed."))
    else:
        made = feeds.add(enterprise=code, actor=request.actor)
        address = request.build_absolute_uri(made["path"])
        text = gettext("Subscribe to this address; it is shown now only: {address}")
        messages.success(request, text.format(address=address))
    return redirect("season", code=code)


@require_POST
@page(Act.LOAD)
def end(request: Request, code: str) -> HttpResponse:
    """Begin a season from the last one, close one, or ask for a second person to open it again."""
    form = OfYear(request.POST)
    if form.is_valid():
        year = form.cleaned_data["year"]
        if form.cleaned_data["act"] == "close":
            archive.close(enterprise=code, year=year, actor=request.actor)
            return redirect("season-archive", code=code, year=year)
        if form.cleaned_data["act"] == "reopen":
            reason = form.cleaned_data["text"]
            asked = archive.reopen(enterprise=code, year=year, reason=reason, actor=request.actor)
            text = gettext("Asked: {approval}. The season stays closed until a second person has approved it.")
            messages.success(request, text.format(approval=asked.id))
            return redirect("season-archive", code=code, year=year)
        told = roll_over(enterprise=code, year=year, actor=request.actor)
        text = gettext(
            "Taken over: {taken}. Tasks with their owner of last year: {owners}. To be brought anew: {left}."
        )
        said = text.format(
            taken=_names(told["taken"]), owners=len(told["owners"]), left=_names(one["item"] for one in told["left"])
        )
        messages.success(request, said)
    return _back(request, code, form)


def _names(items: Iterable[str]) -> str:
    """What the papers are called."""
    return "、".join(item_title(one) for one in items) or "–"


def _back(request: Request, code: str, form: Form) -> HttpResponse:
    """To the season that was meant; what was wrong is said there."""
    if form.errors:
        faults = "；".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in form.errors.items())
        messages.error(request, faults)
        return redirect("season", code=code)
    return redirect(f"{reverse('season', kwargs={'code': code})}?year={form.cleaned_data['year']}")
