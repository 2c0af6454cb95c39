"""Pages of the rulebook: the rules of a day, one rule, and a request for another value with its effect."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import msgspec
from django import forms
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import PROVINCES
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.portrait import METRICS, code_name
from nianjian.engines.paper.words import mark, words
from nianjian.engines.rules.inputs import apply_input
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook, require_settable
from nianjian.features.rulebook.operations import (
    Effect,
    Figures,
    enqueue_effects,
    list_waiting_overlays,
    request_overlay,
)
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import EVERYWHERE, has_permission
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web import rule_values
from nianjian.platform.web.access import Request, anywhere, at
from nianjian.platform.web.days import asked_day
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current
from nianjian.platform.web.menu import ENTERPRISE, Entry, Place, Scope
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.rule_values import RuleValueField, rule_value_text
from nianjian.platform.web.second_person import build_second_person, read_approver
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import bar, kind, state
from nianjian.platform.web.work import describe_job_error as fault

# Names of the topics of the rulebook, in the order in which settings show them.

SUBJECTS: Final[Mapping[str, str]] = {
    "portrait": mark("Portrait and metrics"),
    "calls": mark("Calls, lines and displayed numbers"),
    "gate": mark("Pre-dial gate"),
    "frequency": mark("Dialling frequency of vendors"),
    "rectification": mark("Rectification and isolation"),
    "inspection": mark("On-site check"),
    "timeline": mark("Deadlines"),
    "season": mark("Plan of the season"),
    "calendar": mark("How deadlines are counted"),
    "materials": mark("Materials"),
    "scans": mark("Check of scans"),
    "fill_in": mark("Fields of the two yearly reports"),
    "reconcile": mark("Reconciliation"),
    "numbers": mark("Code numbers"),
    "personal_data": mark("Personal data and algorithms"),
    "retention": mark("Retention periods"),
    "law": mark("The law beside the guide"),
    "conflicts": mark("Where guide and law disagree"),
}


FIRST: Final = (
    "portrait.complaint_rate.limit", "portrait.closing_rate.limit", "portrait.seat_vacancy.limit",
    "portrait.number_consistency.evasion_limit",
)  # fmt: skip
"""The limits of the four metrics, which stand first."""


class LimitForm(forms.Form):
    """Value, days, reason; the installation's form names a province, an enterprise's form does not."""

    province = forms.ChoiceField(
        label=gettext_lazy("Province"), choices=[("", "–"), *((name, name) for name in PROVINCES)]
    )
    valid_from = DayField(label=gettext_lazy("From which day"))
    valid_to = DayField(label=gettext_lazy("To which day (empty: for good)"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("It is included in every result that uses the value."),
    )
    field_order = ("value", "valid_from", "valid_to", "province", "reason")

    def __init__(
        self, data: Mapping[str, str] | None, *, rule: Rule, book: Rulebook, place: str, reading: str = ""
    ) -> None:
        super().__init__(data, initial={"valid_from": clock.today()})
        self.value_field = RuleValueField(rule, book, label=gettext("New value"))
        self.fields["value"] = self.value_field
        self.initial["value"] = self.value_field.get_initial()
        if self.value_field.typed:
            self.value_field.widget.attrs |= {
                "hx-get": reading, "hx-trigger": "input changed delay:250ms", "hx-target": "#reading",
                "hx-swap": "outerHTML", "hx-sync": "this:replace",
            }  # fmt: skip
        self.order_fields(self.field_order)
        if place:
            del self.fields["province"]

    def overlay_values(self) -> dict[str, Any]:
        """The values as `request_overlay` takes them."""
        data = self.cleaned_data
        return {**data, "province": data.get("province") or None}


@require_safe
@anywhere(Permission.REQUEST)
def show_effect(request: Request, key: str, job: str, code: str = EVERYWHERE) -> HttpResponse:
    """Show how far it is: the fragment alone to the page that asks for it, else within a page of its own."""
    return _render_effect(request, code, key, job)


@require_POST
@anywhere(Permission.REQUEST)
def stop_effect(request: Request, key: str, job: str, code: str = EVERYWHERE) -> HttpResponse:
    """Ask it to stop."""
    row = _job(code, key, job, request.actor)
    if not row.over:
        flow.stop(job=row.id, actor=request.actor)
    if request.headers.get("HX-Request"):
        return _render_effect(request, code, key, job)
    return redirect(at("rules-effect", code, key=key, job=row.id))


def _render_effect(request: Request, place: str, key: str, job: str) -> HttpResponse:
    context = _context(place, key, _job(place, key, job, request.actor))
    if request.headers.get("HX-Request"):
        return render(request, "rulebook/effect.html", context)
    rule = _rule(_book(request, place), key)
    context |= {"back": at("rules-overlay", place, key=key), "rule": rule}
    return render(request, "rulebook/effect_page.html", context)


def _job(place: str, key: str, job: str, actor: Actor) -> JobValue:
    """The look at this rule here; what is another's does not exist."""
    row = flow.job_for(job, actor)
    if row.enterprise != place or row.kind != flow.OVERLAY_EFFECT or row.payload.get("key") != key:
        raise Http404
    return row


def _context(place: str, key: str, job: JobValue) -> dict[str, Any]:
    done = job.state == "done"
    return {
        "looked": job,
        "label": kind(job.kind),
        "state": state(job),
        "bar": bar(job),
        "address": at("rules-effect", place, key=key, job=job.id),
        "stop": at("rules-effect-stop", place, key=key, job=job.id),
        "effects": _present_effects(job) if done else [],
        "error": fault(job.error)[0] if job.state == "failed" else "",
    }


def _present_effects(job: JobValue) -> list[dict[str, Any]]:
    """For each enterprise the metrics whose light or limit the tried value changes, without and with it."""
    names = {enterprise.code: enterprise.name for enterprise in accounts.enterprises()}
    effects = msgspec.convert(job.result["items"], list[Effect])
    return [
        {
            "name": f"{names[effect.enterprise]} · {effect.year}",
            "rows": [
                {
                    "name": words(current())(METRICS[metric.slug]),
                    "before": _present_figures(metric.slug, metric.before),
                    "after": _present_figures(metric.slug, metric.after),
                }
                for metric in effect.metrics
                if replace(metric.before, value=None) != replace(metric.after, value=None)
            ],
        }
        for effect in effects
    ]


def _present_figures(slug: str, figures: Figures) -> dict[str, str]:
    sign = "‱" if slug == "complaint_rate" else "%"
    text = f"{Decimal(str(figures.limit)).normalize():f} {sign}" if figures.limit else "–"
    return {
        "code": figures.light,
        "word": code_name("light", figures.light, words(current())),
        "limit": gettext("limit {value}").format(value=text),
    }


def _book(request: Request, place: str) -> Rulebook:
    """Take the rulebook of the day that ``?on=`` names, today if none."""
    day = asked_day(request.GET.get("on", ""))
    province = request.enterprise.province if place else None
    return rulebook(day=day, province=province or None, enterprise=place or None)


@require_safe
@anywhere(Permission.READ)
def list_rules(request: Request, code: str = EVERYWHERE) -> HttpResponse:
    """Show the limits of the portrait and the topics; with a topic or a search its rules."""
    book = _book(request, code)
    filters = {name: request.GET.get(name, "").strip() for name in ("q", "topic", "level")}
    context: dict[str, Any] = {
        "book": book,
        "total": len(book.in_force),
        "limits": _list_limits(request, code, book),
        "wanted": filters,
        "topics": _list_topics(book),
        "levels": [(level, code_name("level", level, words(current()))) for level in rule_values.LEVELS],
    }
    ignored = {str(overlay["key"]) for overlay in book.ignored} & book.in_force.keys()
    context["without_effect"] = [_rule(book, key) for key in sorted(ignored)]
    if any(filters.values()):
        rules = [
            rule_values.present_rule(rule, book)
            for rule in book.rules()
            if filters["level"] in {"", str(rule.level)} and filters["topic"] in {"", rule.subject}
        ]
        search = filters["q"].casefold()
        rules = [rule for rule in rules if search in f"{rule.key} {rule.id} {rule.title} {rule.citation}".casefold()]
        part: Page[rule_values.RulePresentation] = paged(request, rules, total=len(rules))
        context |= {"page": part, "table": _build_table(code, part.rows)}
    return render(request, "rulebook/list.html", context)


def _build_table(place: str, rules: Sequence[rule_values.RulePresentation]) -> Table:
    rows = [
        [
            Cell(rule.title, href=at("rules-one", place, key=rule.key)),
            Cell(rule.present),
            Cell(rule.level, badge=rule.badge),
            Cell(rule.citation),
        ]
        for rule in rules
    ]
    heads = (gettext("Rule"), gettext("Value"), gettext("Level"), gettext("Source"))
    return Table(gettext("Rules"), [Column(head) for head in heads], rows, wrap=True, cards=True)


def _list_topics(book: Rulebook) -> list[tuple[str, str, int]]:
    """Code, name and number of rules of each topic."""
    counts = Counter(rule.subject for rule in book.rules())
    return [(subject, gettext(name), counts[subject]) for subject, name in SUBJECTS.items() if counts[subject]]


def _list_limits(request: Request, place: str, book: Rulebook, key: str = "") -> list[dict[str, Any]]:
    """The four limits of the portrait with both values; ``key``: the one that is being changed."""
    may = has_permission(request.actor, place, Permission.REQUEST)
    return [
        {
            "rule": rule_values.present_rule(book.in_force[limit], book),
            "page": at("rules-one", place, key=limit),
            "change": at("rules-overlay", place, key=limit) if may and limit != key else "",
            "open": limit == key,
        }
        for limit in FIRST
        if limit in book.in_force
    ]


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
        "topic": gettext(SUBJECTS[rule.subject]),
        "topic_page": f"{at('rules', code)}?{urlencode({'topic': rule.subject})}",
        "ask": at("rules-overlay", code, key=key)
        if rule.settable and has_permission(request.actor, code, Permission.REQUEST)
        else "",
    }
    return render(request, "rulebook/one.html", context)


@require_safe
@anywhere(Permission.REQUEST)
def show_reading(request: Request, key: str, code: str = EVERYWHERE) -> HttpResponse:
    """Say as what the value that is being typed is understood."""
    book = _book(request, code)
    _rule(book, key)
    form = LimitForm(request.GET, rule=book.in_force[key], book=book, place=code)
    form.is_valid()
    return render(request, "rulebook/reading.html", _read_value(form, book))


def _read_value(form: LimitForm, book: Rulebook) -> dict[str, Any]:
    """What the typed value means, or why it means nothing; {} while nothing is typed."""
    if not form.value_field.typed or not form.data.get("value", "").strip():
        return {}
    if "value" not in form.cleaned_data:
        return {"misread": form.errors["value"]}
    read = form.cleaned_data["value"]
    tried = apply_input(form.value_field.rule, read)
    return {
        "reading": read,
        "reading_text": rule_value_text(tried, book, bare=True),
        "then": rule_value_text(tried, book),
        "rule": rule_values.present_rule(form.value_field.rule, book),
    }


@require_http_methods(["GET", "POST"])
@anywhere(Permission.REQUEST)
def propose_overlay(request: Request, key: str, code: str = EVERYWHERE) -> HttpResponse:
    """Ask for another value for an enterprise, or for a province; what was typed is read back before it is sent."""
    book = _book(request, code)
    rule = _rule(book, key)
    require_settable(book.in_force[key])
    reading = at("rules-reading", code, key=key)
    form = LimitForm(request.POST or None, rule=book.in_force[key], book=book, place=code, reading=reading)
    context: dict[str, Any] = {
        "form": form,
        "rule": rule,
        "limits": _list_limits(request, code, book, key) if key in FIRST else [],
        "back": at("rules", code),
        "second": build_second_person(request, code),
        "waiting": _list_waiting(request, code, key),
    }
    status = 200
    if request.method == "POST":
        valid = form.is_valid()
        context |= _read_value(form, book)
        try:
            if valid and request.POST.get("step") == "try":
                values = {name: value for name, value in form.overlay_values().items() if name != "valid_to"}
                job = enqueue_effects(**values, key=key, enterprise=code or None, actor=request.actor)
                context |= _context(code, key, _job(code, key, job, request.actor))
            elif valid and (not form.value_field.typed or request.POST.get("reading") == form.cleaned_data["value"]):
                values = {**form.overlay_values(), "key": key, "enterprise": code or None, "actor": request.actor}
                request_overlay(**values, approver=read_approver(request, code))
                return redirect(at("rules-overlay", code, key=key))
            else:
                context["unconfirmed"] = valid
                status = UNPROCESSABLE
        except NianjianError as error:
            form.add_error(None, " ".join(describe_error(error)).strip())
            status = UNPROCESSABLE
    if request.headers.get("HX-Request"):
        faults = [str(text) for texts in form.errors.values() for text in texts]
        return render(request, "rulebook/effect.html", {"error": " ".join(faults), **context})
    return render(request, "rulebook/ask.html", context, status=status)


def _list_waiting(request: Request, place: str, key: str) -> list[dict[str, Any]]:
    """The requests about this rule that nobody has decided yet."""
    _ = words(current())
    return [
        {
            "page": at("approvals-decide", place, approval=waiting.id),
            "by": actor_text(waiting.requested_by, _),
            "mine": waiting.requested_by == str(request.actor),
            "approver": actor_text(f"{USER}:{waiting.approver}", _) if waiting.approver else "",
        }
        for waiting in list_waiting_overlays(place, key)
    ]


rule_patterns: Final[list[tuple[str, Callable[..., HttpResponseBase], str]]] = [
    ("rules/", list_rules, "rules"),
    ("rules/<str:key>/", show_rule, "rules-one"),
    ("rules/<str:key>/reading/", show_reading, "rules-reading"),
    ("rules/<str:key>/overlay/", propose_overlay, "rules-overlay"),
    ("rules/<str:key>/overlay/<str:job>/", show_effect, "rules-effect"),
    ("rules/<str:key>/overlay/<str:job>/stop/", stop_effect, "rules-effect-stop"),
]
urlpatterns = [
    *(path(route, view, name=name) for route, view, name in rule_patterns),
    *(path(f"e/<str:code>/{route}", view, name=f"{name}-here") for route, view, name in rule_patterns),
]


ENTRIES: Final = (Entry(Place.SETTINGS, mark("Limits and rules"), "rules", scope=Scope.BOTH, group=ENTERPRISE),)
