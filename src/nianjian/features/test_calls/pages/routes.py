"""The ways of test calls, and the addresses of gateways: set by an administrator, for calls go out to them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.inspection.words import WITNESSES
from nianjian.engines.paper.texts.season.reminders import CALLBACK, line
from nianjian.engines.paper.words import words
from nianjian.features.test_calls.operations import routes as flow
from nianjian.features.test_calls.pages.forms import Named, Way
from nianjian.features.test_calls.routes.service import RouteInput
from nianjian.platform.accounts.access import may, require
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.READ)
def listing(request: Request, code: str) -> HttpResponse:
    """Show them; set or remove one."""
    way, gateway, status = Way(auto_id="way_%s"), Named(auto_id="gateway_%s"), 200
    if request.method == "POST":
        require(request.actor, code, Act.ADMINISTER)
        form: Form
        if request.POST.get("what") == "gateway":
            form = gateway = Named(request.POST, auto_id="gateway_%s")
        else:
            form = way = Way(request.POST, auto_id="way_%s")
        if _done(request, code, form):
            messages.success(request, gettext("Noted."))
            return redirect("callback-ways", code=code)
        status = UNPROCESSABLE
    kept = flow.list_routes(enterprise=code, actor=request.actor)
    _ = words(current())
    flaws = [_flaw(one, kept["numbers"]) for one in kept["routes"] if one["daily_flaw"]]
    rows = [
        [
            Cell(one["name"]),
            Cell(one["via"]),
            Cell(one["line"] or "–"),
            Cell(one["carrier"] or "–"),
            Cell(one["caller"]),
            Cell(_(WITNESSES[one["witness"]])),
            _until(one["certificate_until"]),
            Cell(one["daily_at"] or "–", badge="bad" if one["daily_flaw"] else ""),
        ]
        for one in kept["routes"]
    ]
    heads = (gettext("Name"), gettext("Where calls go"), gettext("Trunk line of the register"), gettext("Carrier"),
             gettext("Calling number"), gettext("What proves the landing"), gettext("Own certificate until"),
             gettext("Each day at"))  # fmt: skip
    pair = [Column(gettext("Gateway in the ledger")), Column(gettext("Addresses"))]
    hosts = [[Cell(one["name"]), Cell(", ".join(one["hosts"]))] for one in kept["gateways"]]
    context = {
        "ways": Table(gettext("Ways"), [Column(head) for head in heads], rows, wrap=True, cards=True),
        "gateways": Table(gettext("Gateways"), pair, hosts, wrap=True),
        "names": [one["name"] for one in kept["routes"]],
        "way": way,
        "gateway": gateway,
        "flaws": flaws,
        "may": may(request.actor, code, Act.ADMINISTER),
    }
    return render(request, "callback/ways.html", context, status=status)


def _until(day: str | None) -> Cell:
    """The last day of our own certificate; one that is over is no good to any gateway."""
    return Cell(day or "–", badge="bad" if day and day < clock.today().isoformat() else "")


def _flaw(route: dict[str, Any], numbers: int) -> str:
    """Why a daily test does not run, as people are told of it."""
    about = {"reason": route["daily_flaw"], "route": route["name"], "count": numbers, "most": flow.MOST}
    return line(f"{CALLBACK}:", about, words(current()))


def _done(request: Request, code: str, form: Form) -> bool:
    """Whether what was asked for is done; else the form says why not."""
    try:
        if name := request.POST.get("remove", ""):
            flow.remove(enterprise=code, name=name[:60], actor=request.actor)
            return True
        if not form.is_valid():
            return False
        given = form.cleaned_data
        if isinstance(form, Named):
            flow.name_gateway(enterprise=code, name=given["name"], hosts=given["hosts"], actor=request.actor)
        else:
            password, forget = given.pop("password"), given.pop("no_certificate")
            given |= {"certificate": "", "key": ""} if forget else {"certificate": given["certificate"] or None}
            kept = password if password or given["username"] else None
            flow.save(enterprise=code, given=RouteInput(**given, password=kept), actor=request.actor)
    except NianjianError as error:
        form.full_clean()
        form.add_error(None, " ".join(describe_error(error)))
        return False
    return True
