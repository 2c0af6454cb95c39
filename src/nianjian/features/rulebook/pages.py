"""Pages of the rulebook: the rules of a day, one rule, and a request for another value with its effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import PROVINCES
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import words
from nianjian.engines.rules.rulebook import Rulebook, require_settable
from nianjian.features.rulebook.operations import enqueue_effects, request_overlay
from nianjian.platform.accounts.access import EVERYWHERE, has_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web import rule_values
from nianjian.platform.web.access import Request, anywhere, at
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import bar, kind, state
from nianjian.platform.web.work import describe_job_error as fault


class Ask(forms.Form):
    """Value, days, reason; the installation's form names a province, an enterprise's form does not."""

    value = forms.CharField(label=gettext_lazy("New value"), max_length=2000)
    province = forms.ChoiceField(
        label=gettext_lazy("Province"), choices=[("", "–"), *((name, name) for name in PROVINCES)]
    )
    valid_from = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Included; empty: open-ended"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("It is included in every result that uses the value."),
    )

    def __init__(self, *args: Any, everywhere: bool, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        if not everywhere:
            del self.fields["province"]

    def asked(self) -> dict[str, Any]:
        """The values as `flows.overlay` takes them."""
        given = self.cleaned_data
        return {**given, "province": given.get("province") or None}


@require_safe
@anywhere(Permission.REQUEST)
def show_effect(request: Request, key: str, job: str, code: str = EVERYWHERE) -> HttpResponse:
    """Show how far it is: the fragment alone to the page that asks for it, else within a page of its own."""
    return _render_effect(request, code, key, job)


@require_POST
@anywhere(Permission.REQUEST)
def stop_effect(request: Request, key: str, job: str, code: str = EVERYWHERE) -> HttpResponse:
    """Ask it to stop."""
    found = _job(code, key, job, request.actor)
    if not found.over:
        flow.stop(job=found.id, actor=request.actor)
    if request.headers.get("HX-Request"):
        return _render_effect(request, code, key, job)
    return redirect(at("rules-effect", code, key=key, job=found.id))


def _render_effect(request: Request, place: str, key: str, job: str) -> HttpResponse:
    context = _context(place, key, _job(place, key, job, request.actor))
    if request.headers.get("HX-Request"):
        return render(request, "rulebook/effect.html", context)
    back = at("rules-overlay", place, key=key)
    return render(request, "rulebook/effect_page.html", context | {"back": back, "key": key})


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


def _book(request: Request, place: str) -> Rulebook:
    """Take the rulebook of the day that ``?on=`` names, today if none."""
    day = clock.asked_day(request.GET.get("on", ""))
    province = request.enterprise.province if place else None
    return rulebook(day=day, province=province or None, enterprise=place or None)


@require_safe
@anywhere(Permission.READ)
def list_rules(request: Request, code: str = EVERYWHERE) -> HttpResponse:
    """List the rules that hold for an enterprise, or everywhere."""
    book = _book(request, code)
    search = request.GET.get("q", "").strip().casefold()
    level = request.GET.get("level", "")
    found = [rule_values.present_rule(rule, book) for rule in book.rules() if level in {"", str(rule.level)}]
    found = [one for one in found if search in f"{one.key} {one.id} {one.title} {one.citation}".casefold()]
    part: Page[rule_values.RulePresentation] = paged(request, found, total=len(found))
    rows = [
        [
            Cell(one.id),
            Cell(one.title, href=at("rules-one", code, key=one.key)),
            Cell(one.value),
            Cell(one.kind),
            Cell(one.level, badge=one.badge),
            Cell(one.citation),
            Cell(one.days),
            Cell(one.changed),
        ]
        for one in part.rows
    ]
    heads = (gettext("Rule"), gettext("Title"), gettext("Value"), gettext("Kind"), gettext("Level"), gettext("Source"))
    columns = [Column(head) for head in (*heads, gettext("Days"), gettext("Changed because"))]
    context = {
        "page": part,
        "table": Table(gettext("Rules"), columns, rows, wrap=True, cards=True),
        "book": book,
        "search": request.GET.get("q", ""),
        "level": level,
        "levels": [(one, code_name("level", one, words(current()))) for one in rule_values.LEVELS],
    }
    return render(request, "rulebook/list.html", context)


def _rule(book: Rulebook, key: str) -> rule_values.RulePresentation:
    if key not in book.in_force:
        raise Http404
    return rule_values.present_rule(book.in_force[key], book)


@require_safe
@anywhere(Permission.READ)
def show_rule(request: Request, key: str, code: str = EVERYWHERE) -> HttpResponse:
    """Show one rule as it holds for an enterprise, or everywhere."""
    book = _book(request, code)
    rule = _rule(book, key)
    context = {
        "rule": rule,
        "book": book,
        "list": at("rules", code),
        "ask": at("rules-overlay", code, key=key)
        if rule.settable and has_permission(request.actor, code, Permission.REQUEST)
        else "",
    }
    return render(request, "rulebook/one.html", context)


@require_http_methods(["GET", "POST"])
@anywhere(Permission.REQUEST)
def propose_overlay(request: Request, key: str, code: str = EVERYWHERE) -> HttpResponse:
    """Ask for another value for an enterprise, or for a province."""
    book, place = _book(request, code), code
    rule = _rule(book, key)
    require_settable(book.in_force[key])
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
                messages.success(request, gettext("Requested. A second person decides."))
                return redirect(at("approvals", place))
            del asked["valid_to"]
            context |= _context(place, key, _job(place, key, enqueue_effects(**asked), request.actor))
        except NianjianError as error:
            text, remedy = describe_error(error)
            form.add_error(None, f"{text} {remedy}".strip())
            status = UNPROCESSABLE
    return render(request, "rulebook/ask.html", context, status=status)


rule_patterns: Final[list[tuple[str, Callable[..., HttpResponseBase], str]]] = [
    ("rules/", list_rules, "rules"),
    ("rules/<str:key>/", show_rule, "rules-one"),
    ("rules/<str:key>/overlay/", propose_overlay, "rules-overlay"),
    ("rules/<str:key>/overlay/<str:job>/", show_effect, "rules-effect"),
    ("rules/<str:key>/overlay/<str:job>/stop/", stop_effect, "rules-effect-stop"),
]
urlpatterns = [
    *(path(route, view, name=name) for route, view, name in rule_patterns),
    *(path(f"e/<str:code>/{route}", view, name=f"{name}-here") for route, view, name in rule_patterns),
]
