"""The rulebook's pages: of an enterprise, and of the whole installation."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import words
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.rulebook.operations import ask_effects, request_overlay
from nianjian.features.rulebook.pages import effect
from nianjian.features.rulebook.pages.forms import Ask
from nianjian.platform.accounts.access import EVERYWHERE, may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web import rule_values
from nianjian.platform.web.access import Request, at, everywhere, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table


@require_safe
@page(Act.READ)
def enterprise_rules(request: Request, code: str) -> HttpResponse:
    """List the rules that hold for an enterprise."""
    return _list(request, code)


@require_safe
@everywhere(Act.READ)
def everything(request: Request) -> HttpResponse:
    """List the rules that hold everywhere."""
    return _list(request, EVERYWHERE)


@require_safe
@page(Act.READ)
def one_here(request: Request, code: str, key: str) -> HttpResponse:
    """Show one rule as it holds for an enterprise."""
    return _one(request, code, key)


@require_safe
@everywhere(Act.READ)
def rule_detail(request: Request, key: str) -> HttpResponse:
    """Show one rule as it holds everywhere."""
    return _one(request, EVERYWHERE, key)


@require_http_methods(["GET", "POST"])
@page(Act.REQUEST)
def ask_here(request: Request, code: str, key: str) -> HttpResponse:
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
        "levels": [(code, name("level", code, words(current()))) for code in rule_values.LEVELS],
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
            context |= effect.context(place, key, ask_effects(**asked), request.actor)
        except NianjianError as error:
            text, remedy = describe_error(error)
            form.add_error(None, f"{text} {remedy}".strip())
            status = UNPROCESSABLE
    return render(request, "rulebook/ask.html", context, status=status)
