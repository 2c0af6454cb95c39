"""The portrait as a board: lights, metrics, who caused them, both bases; marketing, quality and rules folded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.metrics.drill_down import components
from nianjian.engines.metrics.frame import Basis
from nianjian.engines.paper import sections
from nianjian.engines.paper.explanations import team_standing
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words
from nianjian.features.portrait import causes, portraits
from nianjian.features.portrait.basis_cards import build_basis_cards
from nianjian.features.portrait.causes import Cause, Names
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
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.access import Request, page

GRAVITY = ("red", "insufficient", "yellow", "yellow_explained")  # what a verdict speaks of first
FEW = 3  # causes of a metric
LINES = 3  # of what is missing; the rest is folded


@require_safe
@page(Permission.READ_OWN)
def newest(request: Request, code: str) -> HttpResponse:
    """Go to the newest data year; where there is none, to the overview, which says what to do first.

    A data year that the address names comes before: its portrait, or the form of its first run.
    """
    found, wanted = portraits.list_years(code), request.GET.get("year", "")
    if wanted in map(str, found):
        return redirect("portrait", code=code, year=wanted)
    if wanted in map(str, _list_uncomputed(found)) and has_permission(request.actor, code, Permission.REPORT):
        return redirect("portrait-run", code=code, year=wanted)
    return redirect("portrait", code=code, year=found[0]) if found else redirect("overview", code=code)


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
        standing = sorted(team_standing(one.data, request.team), key=lambda told: causes.ORDER.index(told["slug"]))
        own = {"rows": [own_row(one, told, _) for told in standing], "team": name_team(one, request.team)}
        return render(request, "portrait/own.html", shared_context(request, one) | own)
    data, names = one.data, causes.list_names(one.data)
    missing, marketing = sections.missing_lines(data, _), sections.marketing_lines(data, _)
    metrics = causes.order_metrics(data)
    as_of, level = str(data["period"]["as_of"]), causes.get_level(data)
    years = portraits.list_years(code)
    context = shared_context(request, one) | {
        "years": years,
        "uncomputed": _list_uncomputed(years),
        **_verdict(one, names, level, _),
        "missing": [*missing[:LINES], *(marketing[:1] if (data.get("marketing") or {}).get("light") else ())],
        "notes": [*missing[LINES:], *(line for line in sections.warning_lines(data, _) if line not in marketing)],
        "marketing": marketing,
        "tiles": [
            figure_context(one, told, _) | {"address": one.link("portrait-metric", slug=told["slug"])}
            for told in metrics
        ],
        "causes": [row for told in metrics for row in _cause_rows(one, told, names, level)],
        "bases": build_basis_cards(code, year, _) if one.run is None else None,
        "basis": portraits.describe_basis(year, as_of, _, whole=portraits.covers_year(data)),
        "within_year": data["period"].get("basis") == Basis.WITHIN_YEAR,
        "inputs": [
            (code_name("metric", told["slug"], _), input_links(one, told, components(told), _)) for told in metrics
        ],
        "quality": mark_safe_fragment(sections.quality_table(data, _)),
        "forms": list(FORMS),
        "run_form": RunForm(initial={"province": data["province"]}),
    }
    return render(request, "portrait/portrait.html", context)


def _verdict(one: OpenPortrait, names: Names, level: Fraction, _: Words) -> dict[str, Any]:
    """Both lights, what is off in a sentence, who stands out, and the metric whose page says more."""
    data = one.data
    metrics = [told for told in causes.order_metrics(data) if told["light"] in GRAVITY]
    metrics.sort(key=lambda told: GRAVITY.index(told["light"]))
    worst = next((told for told in metrics if told["light"] != "yellow_explained"), None)
    off = [code_name("metric", told["slug"], _) for told in metrics if worst and told["light"] == worst["light"]]
    texts = {
        "red": _("{metrics}: beyond what an explanation can mend"),
        "yellow": _("{metrics}: outside the limit"),
        "insufficient": _("{metrics}: not proved"),
    }
    sentence = texts[worst["light"]].format(metrics=_(", ").join(off)) if worst else _calm_sentence(data, _)
    own = str(data.get("own_light") or "")
    return {
        "light": data["light"],
        "word": code_name("light", str(data["light"]), _),
        "own_light": own,
        "own_word": code_name("light", own, _) if own else "",
        "sentence": sentence,
        "why": _find_outlier(one, names, level, _),
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


def _find_outlier(one: OpenPortrait, names: Names, level: Fraction, _: Words) -> str:
    """The channel that stands out among the complaints; "" for none."""
    told = one.metric(causes.TESTED)
    found = causes.find_named_channel(told, level)
    return outlier_sentence(found[0], names, _) if found else ""


def _cause_rows(one: OpenPortrait, told: Mapping[str, Any], names: Names, level: Fraction) -> list[dict[str, Any]]:
    """The channels with most that speaks against a metric that is off."""
    if told["light"] not in GRAVITY:
        return []
    slug = str(told["slug"])
    told = one.split_metric(slug)
    _, splits = translator(), causes.list_splits(told)
    if not splits:
        return []
    ranking = causes.rank_causes(told, splits[0], level)
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
                "named": cause.named,
                "count": count_things(part, cause.count, _),
                "rows": _rows_of(one, slug, ranking.split, cause, part) if len(cause.parts) == 1 else "",
                "width": f"{share:.1f}%",
                "share": f"{share:.0f} %",
            }
        )
        first = ""
    return rows


def _rows_of(one: OpenPortrait, slug: str, split: str, cause: Cause, part: str) -> str:
    return address_of(one, slug, part, **{split: key_address(one, slug, split, cause)})
