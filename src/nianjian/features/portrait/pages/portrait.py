"""The portrait as a board: lights, metrics, who caused them, both bases; marketing, quality and rules folded."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.metrics.drill_down import components, find_figures
from nianjian.engines.metrics.frame import Basis
from nianjian.engines.metrics.marketing import MARKETING, SERVICE, STOPPED
from nianjian.engines.paper import figures, sections
from nianjian.engines.paper.explanations import team_standing
from nianjian.engines.paper.figures import count_text
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.sections import marketing_lines
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words
from nianjian.features.portrait import bases, causes, portraits
from nianjian.features.portrait.causes import Names
from nianjian.features.portrait.marketing import decide_marketing
from nianjian.features.portrait.operations import FORMS
from nianjian.features.portrait.pages.forms import RunForm
from nianjian.features.portrait.pages.metric import (
    cause_name,
    count_things,
    figure_context,
    name_team,
    outlier_sentence,
    own_row,
)
from nianjian.features.portrait.pages.open_portrait import (
    OpenPortrait,
    address_of,
    get_portrait_or_404,
    input_links,
    key_address,
    mark_safe_fragment,
    shared_context,
    translator,
)
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.registers.marketing import find_marketing_decision
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.forms import DayField, run_form


def build_basis_cards(code: str, year: int, _: Words) -> dict[str, Any] | None:
    """Both bases as cards for a page; None where they do not stand side by side (`bases.list_open_bases`)."""
    both_bases = bases.list_bases(code, year) if bases.list_open_bases(code, year, clock.today()) else None
    if both_bases is None:
        return None
    cards = []
    for one in both_bases.results:
        metrics = one.portrait["metrics"] if one.portrait else ()
        cards.append(
            {
                "name": code_name("basis", one.basis.value, _),
                "filed": one.basis is both_bases.in_force.basis,
                "run": one.run,
                "word": code_name("light", one.light, _) if one.light else "",
                "light": one.light,
                "metrics": [
                    {
                        "title": code_name("metric", metric["slug"], _),
                        "value": figures.amount_text(figures.proven(metric), metric["unit"], metric.get("limit")),
                        "light": metric["light"],
                        "word": code_name("light", metric["light"], _),
                    }
                    for metric in metrics
                ],
                "advice": sections.advice_lines(one.portrait, _, today=clock.today()) if one.portrait else (),
            }
        )
    rule = both_bases.in_force.rule
    return {
        "cards": cards,
        "year": year,
        "last_day": both_bases.last_day,
        "chosen": both_bases.in_force if both_bases.in_force.by else None,
        "by": actor_text(both_bases.in_force.by, _),
        "rule": rule,
        "asked": code_name("basis", str(rule.value), _),
        "level": code_name("level", rule.level.value, _),
    }


GRAVITY = ("red", "insufficient", "yellow", "yellow_explained")  # what a verdict speaks of first
FEW = 3  # causes of a metric
LINES = 3  # of what is missing; the rest is folded


@require_safe
@page(Permission.READ_OWN)
def newest(request: Request, code: str) -> HttpResponse:
    """Go to the newest data year; where there is none, to the overview, which says what to do first.

    A data year that the address names comes before: its portrait, or the form of its first run.
    """
    years, year = portraits.list_years(code), request.GET.get("year", "")
    if year in map(str, years):
        return redirect("portrait", code=code, year=year)
    if year in map(str, _list_uncomputed(years)) and has_permission(request.actor, code, Permission.REPORT):
        return redirect("portrait-run", code=code, year=year)
    return redirect("portrait", code=code, year=years[0]) if years else redirect("overview", code=code)


def _list_uncomputed(years: Collection[int]) -> list[int]:
    """The data years of which figures are asked for by now, and none were computed."""
    this = clock.today().year
    return [year for year in (this, this - 1) if year not in years]


@require_safe
@page(Permission.READ_OWN)
def portrait(request: Request, code: str, year: int) -> HttpResponse:
    """Both lights, the four metrics with their distance, who caused them; for an outsourcer the own figures."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    if request.team is not None:
        standing = sorted(team_standing(one.data, request.team), key=lambda metric: causes.ORDER.index(metric["slug"]))
        own = {"rows": [own_row(one, metric, _) for metric in standing], "team": name_team(one, request.team)}
        return render(request, "portrait/own.html", shared_context(request, one) | own)
    data, names = one.data, causes.list_names(one.data)
    missing, marketing = sections.missing_lines(data, _), sections.marketing_lines(data, _)
    metrics = causes.order_metrics(data)
    level = causes.get_level(data)
    years = portraits.list_years(code)
    context = shared_context(request, one) | {
        "years": years,
        "uncomputed": _list_uncomputed(years),
        **_verdict(one, names, level, _),
        "missing": [*missing[:LINES], *(marketing[:1] if (data.get("marketing") or {}).get("light") else ())],
        "notes": [*missing[LINES:], *(line for line in sections.warning_lines(data, _) if line not in marketing)],
        "marketing": marketing,
        "tiles": [
            figure_context(one, metric, _) | {"address": one.link("portrait-metric", slug=metric["slug"])}
            for metric in metrics
        ],
        "causes": [row for metric in metrics for row in _cause_rows(one, metric, names, level)],
        "bases": build_basis_cards(code, year, _) if one.run is None else None,
        "basis": portraits.describe_basis(data, _),
        "within_year": data["period"].get("basis") == Basis.WITHIN_YEAR,
        "inputs": [
            (code_name("metric", metric["slug"], _), input_links(one, metric, components(metric), _))
            for metric in metrics
        ],
        "quality": mark_safe_fragment(sections.quality_table(data, _)),
        "forms": list(FORMS),
        "run_form": RunForm(initial={"province": data["province"]}),
    }
    return render(request, "portrait/portrait.html", context)


def _verdict(one: OpenPortrait, names: Names, level: Fraction, _: Words) -> dict[str, Any]:
    """Both lights, what is off in a sentence, who stands out, and the metric whose page says more."""
    data = one.data
    metrics = [metric for metric in causes.order_metrics(data) if metric["light"] in GRAVITY]
    metrics.sort(key=lambda metric: GRAVITY.index(metric["light"]))
    worst = next((metric for metric in metrics if metric["light"] != "yellow_explained"), None)
    off = [code_name("metric", metric["slug"], _) for metric in metrics if worst and metric["light"] == worst["light"]]
    texts = {
        "red": _("{metrics}: beyond what an explanation can mend"),
        "yellow": _("{metrics}: outside the limit"),
        "insufficient": _("{metrics}: not proved"),
    }
    sentence = texts[worst["light"]].format(metrics=_(", ").join(off)) if worst else _calm_sentence(data, _)
    own = str(data.get("own_light") or "")
    channel = causes.find_named_channel(one.metric(causes.TESTED), level)
    return {
        "light": data["light"],
        "word": code_name("light", str(data["light"]), _),
        "own_light": own,
        "own_word": code_name("light", own, _) if own else "",
        "sentence": sentence,
        "why": outlier_sentence(channel[0], names, _) if channel else "",
        "act": one.link("portrait-metric", slug=worst["slug"]) if worst else "",
        "act_name": code_name("metric", worst["slug"], _) if worst else "",
    }


def _calm_sentence(data: Mapping[str, Any], _: Words) -> str:
    """What is said where no metric is off."""
    if data["light"] == sections.UNDECIDED:
        return sections.lead_text(data, _)
    if data["light"] == "yellow_explained":
        return _("All metrics are within their limits or explained")
    return _("All metrics are within their limits")


def _cause_rows(one: OpenPortrait, metric: Mapping[str, Any], names: Names, level: Fraction) -> list[dict[str, Any]]:
    """The channels with most that speaks against a metric that is off."""
    if metric["light"] not in GRAVITY:
        return []
    slug = str(metric["slug"])
    metric = one.split_metric(slug)
    _, splits = translator(), causes.list_splits(metric)
    if not splits:
        return []
    ranking = causes.rank_causes(metric, splits[0], level)
    first = code_name("metric", slug, _)
    rows = []
    for cause in [cause for cause in ranking.causes[:FEW] if cause.count]:
        part = next(part for part, count in cause.parts.items() if count)
        share = float(ranking.share(cause)) * 100
        rows.append(
            {
                "metric": first,
                "address": one.link("portrait-metric", slug=slug),
                "name": cause_name(ranking.split, cause, names, _),
                "named": cause.stands_out,
                "count": count_things(part, cause.count, _),
                "rows": address_of(one, slug, part, **{ranking.split: key_address(one, slug, ranking.split, cause)})
                if len(cause.parts) == 1
                else "",
                "width": f"{share:.1f}%",
                "share": f"{share:.0f} %",
            }
        )
        first = ""
    return rows


class MarketingForm(forms.Form):
    """The decision, its day and the reason."""

    kind = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (STOPPED, _("Marketing calls have ended")),
            (SERVICE, _("They are call-backs and consultations to which people consented")),
        ],
    )
    decided_on = DayField(label=_("Last day of such calls, or day of the decision"))
    text = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.READ)
def marketing(request: Request, code: str, year: int) -> HttpResponse:
    """What names marketing, the newest decision, and the form for another one."""
    if request.method == "POST":
        require_permission(request.actor, code, Permission.REPORT)
    form = MarketingForm(request.POST or None, initial={"decided_on": clock.today()})
    if request.method == "POST":
        kwargs: dict[str, Any] = {"enterprise": code, "actor": request.actor, "year": year}
        if run_form(form, lambda typed: decide_marketing(**kwargs, **typed)):
            messages.success(request, gettext("The decision is recorded; compute the portrait again."))
            return redirect("portrait-marketing", code=code, year=year)
    portrait, decision = portraits.find_masked_portrait(code, year), find_marketing_decision(code, year)
    context = {
        "form": form,
        "year": year,
        "portrait": portrait,
        "flag": (flag := (portrait or {}).get("marketing") or {}),
        "unnamed": " / ".join(count_text(flag.get(name)) for name in ("unnamed", "delivered")),
        "rows": _rows_addresses(code, year, portrait or {}),
        "numbers": [
            (key, reverse("registers-row", kwargs={"code": code, "kind": "numbers", "key": key}))
            for key in flag.get("numbers", ())
        ],
        "lines": marketing_lines(portrait or {}, translator()),
        "decision": decision,
        "who": "" if decision is None else actor_text(decision.recorded_by, translator()),
        "may": has_permission(request.actor, code, Permission.REPORT),
    }
    return render(request, "portrait/marketing.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _rows_addresses(code: str, year: int, portrait: Mapping[str, Any]) -> dict[str, str]:
    """Part of the flag -> the page with its calls; a count of nothing, or of an older program, has none."""
    place = reverse("portrait-rows", kwargs={"code": code, "year": year, "slug": MARKETING})
    parts = (find_figures(portrait, MARKETING) or {}).get("components", {}) if portrait else {}
    return {part: f"{place}?{urlencode({'class': part})}" for part, count in parts.items() if count}
