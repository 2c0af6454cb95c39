"""Pages of the gate: what it allows and why, how its process is, its journal, and changes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.gate.decision_journal import Decision
from nianjian.engines.gate.decision_search import DecisionFilter
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import words
from nianjian.features.dial_policy import decisions as check
from nianjian.features.dial_policy import operations, presenters
from nianjian.features.dial_policy.forms import Cap, Choice, FailOpen, Filter, Mode, Reasoned
from nianjian.features.dial_policy.presenters import purpose
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web import rule_values as rules_shown
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.forms import run_form
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import SIZE, Page, address, number, paged

FORMS: Final[Mapping[str, type[Reasoned]]] = {"mode": Mode, "fail-open": FailOpen, "cap": Cap, "choice": Choice}


@require_http_methods(["GET", "POST"])
@page(Act.REQUEST)
def change(request: Request, code: str) -> HttpResponse:
    """Show the forms; put the one that was sent in force, or ask for a second person."""
    told = operations.summarize_policy(enterprise=code, actor=request.actor)
    act, status = request.POST.get("act", ""), 200
    forms = {name: _form(name, told, request if name == act else None) for name in FORMS}
    if request.method == "POST":
        status = UNPROCESSABLE
        if act in forms and run_form(forms[act], lambda given: _say(request, _done(code, act, given, request.actor))):
            return redirect("gate", code=code)
    titles = {
        "mode": gettext("Mode"),
        "fail-open": gettext("Calls while the gate cannot know"),
        "cap": gettext("A cap"),
        "choice": gettext("Limits of vendors"),
    }
    parts = [(name, titles[name], forms[name]) for name in FORMS]
    return render(request, "gate/change.html", {"parts": parts}, status=status)


def _form(name: str, told: Mapping[str, Any], sent: Request | None) -> Reasoned:
    first = {"mode": {"mode": "enforce" if told["enforce"] else "observe"}}.get(name)
    form = FORMS[name](None if sent is None else sent.POST, auto_id=f"{name}_%s", initial=first)
    if name == "fail-open":
        form.choose("purpose", [(one["name"], purpose(one["name"])) for one in told["purposes"]])
    if name == "choice":
        form.choose("rule", [(rule, rule) for rule in told["choices"]])
    return form


def _done(code: str, act: str, given: Mapping[str, Any], actor: Actor) -> operations.GateChange:
    common: dict[str, Any] = {"enterprise": code, "reason": given["reason"], "actor": actor}
    match act:
        case "mode":
            return operations.set_mode(enforce=given["mode"] == "enforce", **common)
        case "fail-open":
            return operations.set_fail_open(purpose=given["purpose"], on=given["on"] == "on", **common)
        case "choice":
            return operations.choose_limits(rule=given["rule"], on=given["on"] == "on", **common)
        case _:
            what = {name: given[name] for name in ("key", "name", "cap", "white_list")}
            return operations.set_cap(**what, **common)


def _say(request: Request, done: operations.GateChange) -> None:
    if done.state == "pending":
        messages.success(request, gettext("Asked for; a second person decides under Approvals."))
    elif done.told:
        messages.success(request, gettext("In force; the gate has been told."))
    else:
        messages.warning(request, gettext("Set; the gate has not been told yet. It is tried again with the next feed."))


LAST: Final = 10
FARTHEST_BACK: Final = 20  # pages of decisions; who needs more takes the day's journal
DIGITS: Final = 15  # of epoch milliseconds
BEHIND: Final = ("gate.", "rectification.frequency.", "rectification.white_list")


@require_safe
@page(Act.READ)
def policy_overview(request: Request, code: str) -> HttpResponse:
    """Show what the gate allows and why, how it is, and its last decisions."""
    told = operations.summarize_policy(enterprise=code, actor=request.actor)
    book = rulebook(day=clock.today(), province=request.enterprise.province or None, enterprise=code)
    known = book.in_force
    last = check.list_recent_decisions(wanted=DecisionFilter(enterprise=code), limit=LAST, actor=request.actor)
    chosen = {one["rule"] for one in told["caps"]}
    behind = [rule for rule in book.rules() if rule.key.startswith(BEHIND) or rule.key in chosen]
    caps: Page[Any] = paged(request, told["caps"], name="caps")
    read = partial(operations.list_history, enterprise=code, actor=request.actor)
    history = LazyRows(lambda first, count: read(first=first, most=count))
    settings: Page[Any] = paged(request, history, name="settings")
    context = {
        "told": told,
        "problems": [error_message(one["code"], one["values"], words(current())) for one in told["problems"]],
        "state": presenters.state(check.get_state(enterprise=code, actor=request.actor)),
        "purposes": presenters.purposes(code, told["purposes"], known),
        "caps": presenters.caps(code, caps.rows, told["channels"], known),
        "caps_page": caps,
        "open": [presenters.purpose(one["name"]) for one in told["purposes"] if one["fail_open"]],
        "settings": presenters.settings(settings.rows),
        "settings_page": settings,
        "rules": presenters.rules(code, [rules_shown.present_rule(rule, book) for rule in behind]),
        "decisions": presenters.decisions(code, [check.decision_as_dict(one) for one in last.decisions], known),
        "cut": last.reached is not None,
        "lines": check.LINES,
        "may": may(request.actor, code, Act.REQUEST),
    }
    return render(request, "gate/here.html", context)


@require_safe
@page(Act.READ)
def decisions(request: Request, code: str) -> HttpResponse:
    """List decisions of a day, newest first: no more of them are looked for than the page needs."""
    day = _day(request)
    form = Filter(request.GET or None, initial={"day": day})
    wanted = (form if form.is_bound else Filter({})).wanted(code, day, _moment(request, "until"))
    limit = min(number(request), FARTHEST_BACK) * SIZE + 1
    found = check.list_recent_decisions(wanted=wanted, limit=limit, actor=request.actor)
    cut: Page[Decision] = paged(request, found.decisions, farthest=FARTHEST_BACK)
    book = rulebook(day=clock.today(), province=request.enterprise.province or None, enterprise=code)
    context = {
        "form": form,
        "page": cut,
        "table": presenters.decisions(code, [check.decision_as_dict(one) for one in cut.rows], book.in_force),
        "more": len(found.decisions) == FARTHEST_BACK * SIZE + 1 and not cut.on,
        "further": "" if found.reached is None else address(request, until=str(found.reached + 1), page=""),
        "lines": check.LINES,
        "day": day.isoformat(),
        "parts": enumerate(check.list_parts(enterprise=code, day=day, actor=request.actor), 2),
    }
    return render(request, "gate/decisions.html", context)


@require_safe
@page(Act.READ)
def journal(request: Request, code: str) -> StreamingHttpResponse:
    """Give a day's decisions as CSV, of a long day a part of them: from ``?since=`` on."""
    day, since = _day(request), _moment(request, "since")
    part = check.read_journal(enterprise=code, day=day, actor=request.actor, since=since)
    answer = StreamingHttpResponse(part.lines, content_type="text/csv; charset=utf-8")
    return as_attachment(answer, f"gate-{code}-{day}{'' if since is None else f'-{since}'}.csv")


def _moment(request: Request, name: str) -> int | None:
    """The moment (epoch milliseconds) that the address gives under a name; None: an end of the day."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def _day(request: Request) -> date:
    """The day that ``?day=`` names; today for none."""
    return clock.asked_day(request.GET.get("day", ""))
