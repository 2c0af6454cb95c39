"""Pages of the rulebook: the rules of a day, one rule, and a request for another value with its effect."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import words
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.rulebook.forms import Ask
from nianjian.features.rulebook.operations import enqueue_effects, request_overlay
from nianjian.platform.accounts.access import EVERYWHERE, may
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web import rule_values
from nianjian.platform.web.access import Request, at, everywhere, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import bar, kind, state
from nianjian.platform.web.work import describe_job_error as fault


@require_safe
@page(Act.REQUEST)
def enterprise_effect(request: Request, code: str, key: str, job: str) -> HttpResponse:
    """Show how far it is at an enterprise."""
    return _shown(request, code, key, job)


@require_safe
@everywhere(Act.REQUEST)
def installation_effect(request: Request, key: str, job: str) -> HttpResponse:
    """Show how far it is in the installation."""
    return _shown(request, "", key, job)


@require_POST
@page(Act.REQUEST)
def stop_enterprise_effect(request: Request, code: str, key: str, job: str) -> HttpResponse:
    """Ask it to stop, at an enterprise."""
    return _stopped(request, code, key, job)


@require_POST
@everywhere(Act.REQUEST)
def stop_installation_effect(request: Request, key: str, job: str) -> HttpResponse:
    """Ask it to stop, in the installation."""
    return _stopped(request, "", key, job)


def _build_context(place: str, key: str, job: str, actor: Actor) -> dict[str, Any]:
    """Return what the fragment shows of a job."""
    return _context(place, key, _job(place, key, job, actor))


def _shown(request: Request, place: str, key: str, job: str) -> HttpResponse:
    """Give the fragment alone to the page that asks for it, else within a page of its own."""
    told = _build_context(place, key, job, request.actor)
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


@require_safe
@page(Act.READ)
def enterprise_rules(request: Request, code: str) -> HttpResponse:
    """List the rules that hold for an enterprise."""
    return _list(request, code)


@require_safe
@everywhere(Act.READ)
def installation_rules(request: Request) -> HttpResponse:
    """List the rules that hold everywhere."""
    return _list(request, EVERYWHERE)


@require_safe
@page(Act.READ)
def enterprise_rule(request: Request, code: str, key: str) -> HttpResponse:
    """Show one rule as it holds for an enterprise."""
    return _one(request, code, key)


@require_safe
@everywhere(Act.READ)
def rule_detail(request: Request, key: str) -> HttpResponse:
    """Show one rule as it holds everywhere."""
    return _one(request, EVERYWHERE, key)


@require_http_methods(["GET", "POST"])
@page(Act.REQUEST)
def propose_enterprise_overlay(request: Request, code: str, key: str) -> HttpResponse:
    """Ask for another value for an enterprise."""
    return _ask(request, code, key)


@require_http_methods(["GET", "POST"])
@everywhere(Act.REQUEST)
def propose_overlay(request: Request, key: str) -> HttpResponse:
    """Ask for another value for a province."""
    return _ask(request, EVERYWHERE, key)


def _book(request: Request, place: str) -> Rulebook:
    """Take the rulebook of the day that ``?on=`` names, today if none."""
    day = clock.asked_day(request.GET.get("on", ""))
    province = request.enterprise.province if place else None
    return rulebook(day=day, province=province or None, enterprise=place or None)


def _list(request: Request, place: str) -> HttpResponse:
    book = _book(request, place)
    search = request.GET.get("q", "").strip().casefold()
    level = request.GET.get("level", "")
    found = [rule_values.present_rule(rule, book) for rule in book.rules() if level in {"", str(rule.level)}]
    found = [one for one in found if search in f"{one.key} {one.id} {one.title} {one.citation}".casefold()]
    part: Page[rule_values.RulePresentation] = paged(request, found, total=len(found))
    rows = [
        [
            Cell(one.id),
            Cell(one.title, href=at("rules-one", place, key=one.key)),
            Cell(one.value),
            Cell(one.level, badge=one.badge),
            Cell(one.citation),
            Cell(one.days),
            Cell(one.changed),
        ]
        for one in part.rows
    ]
    heads = (gettext("Rule"), gettext("Title"), gettext("Value"), gettext("Level"), gettext("Source"), gettext("Days"))
    columns = [Column(head) for head in (*heads, gettext("Changed because"))]
    context = {
        "page": part,
        "table": Table(gettext("Rules"), columns, rows, wrap=True, cards=True),
        "book": book,
        "search": request.GET.get("q", ""),
        "level": level,
        "levels": [(code, code_name("level", code, words(current()))) for code in rule_values.LEVELS],
    }
    return render(request, "rulebook/list.html", context)


def _rule(book: Rulebook, key: str) -> rule_values.RulePresentation:
    if key not in book.in_force:
        raise Http404
    return rule_values.present_rule(book.in_force[key], book)


def _one(request: Request, place: str, key: str) -> HttpResponse:
    book = _book(request, place)
    rule = _rule(book, key)
    context = {
        "rule": rule,
        "book": book,
        "list": at("rules", place),
        "ask": at("rules-overlay", place, key=key) if rule.settable and may(request.actor, place, Act.REQUEST) else "",
    }
    return render(request, "rulebook/one.html", context)


def _ask(request: Request, place: str, key: str) -> HttpResponse:
    book = _book(request, place)
    rule = _rule(book, key)
    if not rule.settable:
        raise NianjianError("overlay_rule_unknown", key=key, date=book.day.isoformat())
    form = Ask(request.POST or None, everywhere=not place, initial={"valid_from": clock.today()})
    context: dict[str, object] = {"form": form, "rule": rule, "back": at("rules-one", place, key=key)}
    status = 200
    if request.method == "POST":
        if not form.is_valid():
            return render(request, "rulebook/ask.html", context, status=UNPROCESSABLE)
        asked = {**form.asked(), "key": key, "enterprise": place or None, "actor": request.actor}
        try:
            if request.POST.get("step") == "send":
                request_overlay(**asked)
                messages.success(request, gettext("Asked for. A second person decides."))
                return redirect(at("approvals", place))
            del asked["valid_to"]
            context |= _build_context(place, key, enqueue_effects(**asked), request.actor)
        except NianjianError as error:
            text, remedy = describe_error(error)
            form.add_error(None, f"{text} {remedy}".strip())
            status = UNPROCESSABLE
    return render(request, "rulebook/ask.html", context, status=status)
