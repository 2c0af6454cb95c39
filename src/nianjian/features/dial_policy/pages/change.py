"""What the gate allows is changed here, one thing at a time, with a reason; some of it waits for a second person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dial_policy.operations import policy
from nianjian.features.dial_policy.pages.forms import Cap, Choice, FailOpen, Mode, Reasoned
from nianjian.features.dial_policy.pages.presenters import purpose
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error

FORMS: Final[Mapping[str, type[Reasoned]]] = {"mode": Mode, "fail-open": FailOpen, "cap": Cap, "choice": Choice}


@require_http_methods(["GET", "POST"])
@page(Act.REQUEST)
def change(request: Request, code: str) -> HttpResponse:
    """Show the forms; put the one that was sent in force, or ask for a second person."""
    told = policy.summarize_policy(enterprise=code, actor=request.actor)
    act, status = request.POST.get("act", ""), 200
    forms = {name: _form(name, told, request if name == act else None) for name in FORMS}
    if request.method == "POST":
        status = UNPROCESSABLE
        if act in forms and forms[act].is_valid():
            try:
                done = _done(code, act, forms[act].cleaned_data, request.actor)
            except NianjianError as error:
                forms[act].add_error(None, " ".join(describe_error(error)))
            else:
                _say(request, done)
                return redirect("gate", code=code)
    parts = [(name, _title(name), forms[name]) for name in FORMS]
    return render(request, "gate/change.html", {"parts": parts}, status=status)


def _title(name: str) -> str:
    return {
        "mode": gettext("Mode"),
        "fail-open": gettext("Calls while the gate cannot know"),
        "cap": gettext("A cap"),
        "choice": gettext("Limits of vendors"),
    }[name]


def _form(name: str, told: Mapping[str, Any], sent: Request | None) -> Reasoned:
    first = {"mode": {"mode": "enforce" if told["enforce"] else "observe"}}.get(name)
    form = FORMS[name](None if sent is None else sent.POST, auto_id=f"{name}_%s", initial=first)
    if name == "fail-open":
        form.choose("purpose", [(one["name"], purpose(one["name"])) for one in told["purposes"]])
    if name == "choice":
        form.choose("rule", [(rule, rule) for rule in told["choices"]])
    return form


def _done(code: str, act: str, given: Mapping[str, Any], actor: Actor) -> policy.Done:
    common: dict[str, Any] = {"enterprise": code, "reason": given["reason"], "actor": actor}
    match act:
        case "mode":
            return policy.enforce(on=given["mode"] == "enforce", **common)
        case "fail-open":
            return policy.fail_open(purpose=given["purpose"], on=given["on"] == "on", **common)
        case "choice":
            return policy.choose(rule=given["rule"], on=given["on"] == "on", **common)
        case _:
            what = {name: given[name] for name in ("key", "name", "cap", "white_list")}
            return policy.set_cap(**what, **common)


def _say(request: Request, done: policy.Done) -> None:
    if done.state == "pending":
        messages.success(request, gettext("Asked for; a second person decides under Approvals."))
    elif done.told:
        messages.success(request, gettext("In force; the gate has been told."))
    else:
        messages.warning(request, gettext("Set; the gate has not been told yet. It is tried again with the next feed."))
