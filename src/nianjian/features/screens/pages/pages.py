"""The screens for who is signed in, and the links of kiosks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.inspection.screens import SCREENS
from nianjian.engines.paper.words import words
from nianjian.features.screens.links.service import DAYS, NAME
from nianjian.features.screens.operations import links
from nianjian.features.screens.operations import live_figures as flow
from nianjian.features.screens.pages import presenters
from nianjian.features.screens.pages.screen import screen
from nianjian.platform.accounts.access import may, require
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import moment


class Link(forms.Form):
    """A kiosk's link."""

    name = forms.CharField(label=gettext_lazy("Where the screen stands"), max_length=NAME)
    days = forms.IntegerField(
        label=gettext_lazy("Days for which the link holds"), min_value=1, max_value=DAYS, initial=1
    )


@require_safe
@page(Act.READ)
def office(request: Request, code: str) -> HttpResponse:
    """Show the back office's screen."""
    other = reverse("screens-gateway", kwargs={"code": code})
    return screen(
        request, "office", lambda _: flow.office(enterprise=code, actor=request.actor), request.enterprise, other
    )


@require_safe
@page(Act.READ)
def gateway(request: Request, code: str) -> HttpResponse:
    """Show the gateway's screen."""
    other = reverse("screens-office", kwargs={"code": code})
    return screen(
        request,
        "gateway",
        lambda wanted: flow.gateway(enterprise=code, wanted=wanted, actor=request.actor),
        request.enterprise,
        other,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.READ)
def front(request: Request, code: str) -> HttpResponse:
    """Lead to the screens, say how their sources are, and make or end a kiosk's link."""
    form, made, status, _ = Link(), "", 200, words(current())
    if request.method == "POST":
        require(request.actor, code, Act.ADMINISTER)
        if ended := request.POST.get("end", ""):
            links.end(enterprise=code, link=ended[:NAME], actor=request.actor)
            messages.success(request, gettext("The link is ended."))
            return redirect("screens", code=code)
        form = Link(request.POST)
        made = _made(request, code, form)
        status = 200 if made else UNPROCESSABLE
    told = flow.office(enterprise=code, actor=request.actor)
    governs = may(request.actor, code, Act.ADMINISTER)
    kept = links.list_links(enterprise=code, actor=request.actor) if governs else []
    context = {
        "screens": [(reverse(f"screens-{part}", kwargs={"code": code}), _(text)) for part, text in SCREENS.items()],
        "sources": _sources(told),
        "lacking": "absent" in {told[name]["state"] for name in ("now", "calls", "gate")},
        "links": _links(kept),
        "ends": [(one["link"], one["name"]) for one in kept],
        "form": Link() if made else form,
        "made": made,
        "governs": governs,
    }  # fmt: skip
    return render(request, "screens/front.html", context, status=status)


def _made(request: Request, code: str, form: Link) -> str:
    """The new link's address; "" where the form says why there is none."""
    if not form.is_valid():
        return ""
    try:
        told = links.add(enterprise=code, actor=request.actor, **form.cleaned_data)
    except NianjianError as error:
        form.add_error(None, " ".join(describe_error(error)))
        return ""
    path = f"{told['path']}office/"
    return env.address(path, request.build_absolute_uri(path))


def _sources(told: dict[str, Any]) -> Table:
    tiles = {one.name: one for one in presenters.office(told)}
    names = (
        ("now", gettext("Calls of this moment (manager interface of the switch)")),
        ("calls", gettext("Call records of the switch")),
        ("reasons", gettext("Decision journal of the gate")),
        ("complaints", gettext("Complaint tickets")),
    )
    badges = {"fresh": "good", "stale": "bad", "absent": "plain"}
    rows = [
        [Cell(text), Cell(tiles[name].label, badge=badges[tiles[name].state]), Cell(tiles[name].note or "–")]
        for name, text in names
    ]
    heads = (gettext("source"), gettext("state"), gettext("note"))
    return Table(gettext("Live sources"), [Column(head) for head in heads], rows, wrap=True, cards=True)


def _links(kept: list[dict[str, Any]]) -> Table:
    rows = [
        [
            Cell(one["name"]),
            Cell(one["made_by"] or "–"),
            Cell(moment(datetime.fromisoformat(one["made_at"]))),
            Cell(moment(datetime.fromisoformat(one["expires_at"]))),
        ]
        for one in kept
    ]
    heads = (gettext("where"), gettext("who"), gettext("made"), gettext("ends"))
    return Table(gettext("Links of kiosks"), [Column(head) for head in heads], rows, wrap=True, cards=True)
