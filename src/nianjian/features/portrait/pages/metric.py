"""One metric: how it stands, who caused it, month by month, what helps; formula, other readings and rules folded."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.metrics.drill_down import EXCLUDED, IDLE, components
from nianjian.engines.paper import charts, explanations, figures, pictures, sections
from nianjian.engines.paper.charts import Chart, Headroom
from nianjian.engines.paper.explanations import team_standing
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words, mark
from nianjian.features.portrait import causes
from nianjian.features.portrait.causes import Cause, Names, Ranking
from nianjian.features.portrait.declarations import SLUGS, declare_not_applicable, withdraw_declaration
from nianjian.features.portrait.pages.forms import show_form
from nianjian.features.portrait.pages.open_portrait import (
    OpenPortrait,
    address_of,
    flag_links,
    get_portrait_or_404,
    input_links,
    key_address,
    mark_safe_fragment,
    part_name,
    shared_context,
    translator,
)
from nianjian.features.portrait.remedies import Remedy, list_remedies
from nianjian.platform.accounts.access import has_permission, permissions
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import read_upload, takes_files
from nianjian.platform.registers.attachments import METRICS, ROW_LIMIT, list_attachments, store_attachment
from nianjian.platform.registers.declarations import list_declarations
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.forms import form, run_form
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, address, paged
from nianjian.platform.web.undo import say_done

#: Route of a remedy -> what it takes to open it, where reading is not enough.
ASKS: Final = {causes.ISOLATE: Permission.REQUEST, "portrait-attach": Permission.MANAGE_DATA}
SPELT: Final = mark("per 10,000 answered calls")
FEW: Final = 5  # causes on the page itself
#: Other readings of a metric -> components that their numerator and denominator count; "": of no one component.
TWINS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("seat_vacancy", "conservative"): (IDLE, "filed"),
    ("complaint_rate", "attempts"): ("complaints", "delivered"),
    ("number_consistency", "evasion"): ("", "delivered"),
    ("closing_rate", "on_time"): ("on_time", "tickets"),
}
SAID: Final = frozenset({"own_limit", "today", "over_limit", "below_limit"})  # flags that stand elsewhere on the page
#: Metric -> the component that is counted against its limit.
USED: Final = {"seat_vacancy": IDLE, "complaint_rate": "complaints", "closing_rate": "closed"}
#: Component -> its things with their unit.
THINGS: Final = {"complaints": mark("{n} complaints"), "open": mark("{n} open"), IDLE: mark("{n} seats")}
#: Split -> the register that names its keys.
REGISTERS: Final = {"line": "lines", "team": "teams"}
#: Metric -> the component that is its base.
BASES: Final = {
    "seat_vacancy": "filed", "complaint_rate": "answered", "number_consistency": "delivered", "closing_rate": "tickets",
}  # fmt: skip


@require_safe
@page(Permission.READ_OWN)
def metric(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """How a metric stands, why, and what helps; an outsourcer sees the own team's figures."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    if request.team is not None:
        return _own_metric(request, one, slug, request.team)
    metric_data = one.split_metric(slug)
    names = causes.list_names(one.data)
    level = causes.get_level(one.data)
    remedies = list_remedies(one.data, metric_data, names, level, _) if one.run is None else []
    acts = permissions(request.actor, code)
    drawings = pictures.portrait_charts({**one.data, "metrics": [metric_data]}, _, partial(rows_of_month, one))
    context = shared_context(request, one) | _rules(one, slug, _) | {
        "slug": slug,
        **figure_context(one, metric_data, _),
        **_cause_context(request, one, metric_data, _ranking(request, metric_data, level), names),
        "chart": next((chart_html(chart, _) for chart in drawings if chart.name == slug), ""),
        "remedies": [remedy_row(one, remedy, acts) for remedy in remedies],
        "formulas": explanations.list_formulas(metric_data, _),
        "inputs": input_links(one, metric_data, components(metric_data), _),
        "left_out": _left_out(one, metric_data, _),
        "twins": _twins(one, metric_data, _),
        **paper_context(request, code, year, metric_data),
    }  # fmt: skip
    return render(request, "portrait/metric.html", context)


@require_safe
@page(Permission.READ)
def list_causes(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """All causes of a split, 50 at a time, searched by code or name; a fragment for the drawer."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    metric, names = one.split_metric(slug), causes.list_names(one.data)
    ranking = _ranking(request, metric, causes.get_level(one.data))
    if ranking is None:
        raise Http404
    text = request.GET.get("q", "").strip().lower()
    rows = [one_ for one_ in ranking.causes if text in cause_name(ranking.split, one_, names, _).lower()]
    cause_page: Page[Cause] = paged(request, rows, total=len(rows))
    context = shared_context(request, one) | {
        "slug": slug,
        "metric": code_name("metric", slug, _),
        "q": request.GET.get("q", "").strip(),
        "split": ranking.split,
        "page": cause_page,
        **_table_context(one, metric, ranking, cause_page.rows, names, _),
        "split_tabs": _split_tabs(request, metric, ranking.split, _),
    }
    return render(request, "portrait/causes_drawer.html" if request.htmx else "portrait/causes.html", context)


@require_safe
@page(Permission.READ)
def by(request: Request, code: str, year: int, split: str) -> HttpResponse:
    """Where one split of all metrics stood: the first metric that has it."""
    one = get_portrait_or_404(request, code, year)
    if split == sections.MONTH:
        return redirect(one.link("portrait"))
    for metric in sorted(one.data["metrics"], key=lambda metric: metric["slug"] != causes.TESTED):
        if split in causes.list_splits(metric):
            return redirect(one.link("portrait-metric", slug=metric["slug"], query={"split": split}))
    raise Http404


def _own_metric(request: Request, one: OpenPortrait, slug: str, team: str) -> HttpResponse:
    _ = translator()
    metric = next((row for row in team_standing(one.data, team) if row["slug"] == slug), None)
    if metric is None:
        raise Http404
    row = own_row(one, metric, _)
    context = shared_context(request, one) | _rules(one, slug, _) | row
    own = {"slug": slug, "team": name_team(one, team), "inputs": row["parts"]}
    return render(request, "portrait/own_metric.html", context | own)


def name_team(one: OpenPortrait, team: str) -> str:
    """A team's code with its name."""
    name = causes.list_names(one.data)["team"].get(team, "")
    return f"{team} {name}" if name else team


def own_row(one: OpenPortrait, metric: Mapping[str, Any], _: Words) -> dict[str, Any]:
    """What an outsourcer sees of a metric: ``metric`` as `team_standing` gives it."""
    return _place_context(metric, figures.find_headroom(metric), _) | {
        "title": code_name("metric", metric["slug"], _),
        "light": metric["light"],
        "word": code_name("light", metric["light"], _),
        "unit": metric["unit"],
        "spelt": _(SPELT) if metric["unit"] == "‱" else "",
        "used": "",
        "parts": input_links(
            one, metric, {name: metric["components"][name] for name in explanations.PARTS[metric["slug"]]}, _
        ),
        "address": one.link("portrait-metric", slug=metric["slug"]),
    }


def _place_context(metric: Mapping[str, Any], headroom: Headroom | None, _: Words) -> dict[str, Any]:
    """The value, and how far it is from its limit."""
    distance = figures.distance_texts(metric, _)
    label = _(" · ").join(distance) if distance else _("not proved")
    svg = mark_safe_fragment(charts.headroom_svg(headroom, label))
    return {"value": figures.short_value(metric, figures.proven(metric)), "headroom": svg, "distance": distance}


def figure_context(one: OpenPortrait, metric: Mapping[str, Any], _: Words) -> dict[str, Any]:
    """Value, limit and distance, and what else was found."""
    card, ways = figures.metric_card(figures.shorten_values(metric), _), flag_links(one, metric)
    headroom = figures.find_headroom(metric) if metric.get("value") not in {None, ""} else None
    return _place_context(metric, headroom, _) | {
        "title": card.title,
        "light": card.light,
        "word": card.light_word,
        "unit": metric["unit"] if figures.proven(metric) not in {None, ""} else "",
        "sentence": _sentence(metric, _),
        "bounds": card.bounds,
        "declared": figures.declaration_text(metric, _) if metric.get("declared") else "",
        "own": next((flag for flag in card.flags if flag.code in {"own_limit", "internal_limit"}), None),
        "used": _used_address(one, metric, headroom),
        "flags": [(flag, ways.get(flag.code, "")) for flag in card.flags if flag.code not in SAID],
        "attachments": card.attachments,
    }


def _used_address(one: OpenPortrait, metric: Mapping[str, Any], headroom: Headroom | None) -> str:
    """The rows of what is counted against the limit, where a component counts the very same; "" for none."""
    part = USED.get(metric["slug"], "")
    same = headroom is not None and headroom.used and components(metric).get(part) == headroom.used
    return address_of(one, metric["slug"], part) if same else ""


def _sentence(metric: Mapping[str, Any], _: Words) -> str:
    """The figure in words, with its limit; per ten thousand is spelled out."""
    limit = figures.plain_limit(metric, _)
    rate = figures.proven(metric)
    if metric["unit"] == "‱" and rate not in {None, ""}:
        said = _("{n} complaints in ten thousand answered calls").format(n=figures.short_value(metric, rate))
        return _("; ").join(filter(None, (said, limit)))
    return limit


def _split_tabs(request: Request, metric: Mapping[str, Any], split: str, _: Words) -> list[tuple[str, str, bool]]:
    return [
        (address(request, split=other, page="", q=""), code_name("split", other, _), other == split)
        for other in causes.list_splits(metric)
    ]


def _ranking(request: Request, metric: Mapping[str, Any], level: Fraction) -> Ranking | None:
    """The causes by the split that is asked for; None where the metric is not split."""
    there = causes.list_splits(metric)
    if not there:
        return None
    split = request.GET.get("split", "")
    return causes.rank_causes(metric, split if split in there else there[0], level)


def _cause_context(
    request: Request, one: OpenPortrait, metric: Mapping[str, Any], ranking: Ranking | None, names: Names
) -> dict[str, Any]:
    """The first causes of the split that is asked for, and who stands out among them."""
    _ = translator()
    if ranking is None or not ranking.total:
        return {"split_tabs": [], "causes": None}
    query = {"split": ranking.split}
    return {
        "split_tabs": _split_tabs(request, metric, ranking.split, _),
        **_table_context(one, metric, ranking, ranking.causes[:FEW], names, _),
        "all_causes": one.link("portrait-causes", slug=metric["slug"], query=query),
        "cause_count": len(ranking.causes),
        "outlier": outlier_sentence(ranking, names, _),
    }


def outlier_sentence(ranking: Ranking, names: Names, _: Words) -> str:
    """Who stands out, with how many of all, and how likely chance is; "" for nobody."""
    if not ranking.named:
        return ""
    first = ranking.named[0]
    text = _("{channel} is significantly high: {count} of {all}; chance is less likely than {percent} %")
    return text.format(
        channel=cause_name(ranking.split, first, names, _),
        count=figures.count_text(first.count),
        all=figures.count_text(ranking.total),
        percent=1 if first.sure else 5,
    )


def cause_name(split: str, cause: Cause, names: Names, _: Words) -> str:
    """Code and name of a cause; of a missing one that it is not known."""
    name = names.get(split, {}).get(cause.key or "", "")
    key = sections.key_text(cause.key, _)
    return f"{key} {name}" if name and name != key else key


def _table_context(
    one: OpenPortrait, metric: Mapping[str, Any], ranking: Ranking, rows: Sequence[Cause], names: Names, _: Words
) -> dict[str, Any]:
    slug = str(metric["slug"])
    return {
        "split_title": code_name("split", ranking.split, _),
        "parts": [part_name(part, _) for part in causes.AGAINST[slug]],
        "base_title": part_name(BASES[slug], _),
        "rate_title": f"{code_name('metric', slug, _)} ({metric['unit']})",
        "causes": [_cause_row(one, metric, ranking, cause, names, _) for cause in rows],
    }


def _cause_row(
    one: OpenPortrait, metric: Mapping[str, Any], ranking: Ranking, cause: Cause, names: Names, _: Words
) -> dict[str, Any]:
    slug, split, share = str(metric["slug"]), ranking.split, ranking.share(cause)
    name = names.get(split, {}).get(cause.key or "", "")
    narrowed = {split: key_address(one, slug, split, cause)} if cause.count or cause.base else {}

    def rows(part: str, count: int) -> str:
        return address_of(one, slug, part, **narrowed) if count else ""

    label = cause_name(split, cause, names, _)
    register, base = REGISTERS.get(split), BASES[slug]
    return {
        "code": cause.key if name else "",
        "name": name or sections.key_text(cause.key, _),
        "record": reverse("registers-row", kwargs={"code": one.code, "kind": register, "key": cause.key})
        if register and cause.key and name
        else "",
        "named": cause.named,
        "parts": [
            (f"{label} · {part_name(part, _)}", count_things(part, count, _), rows(part, count), part_name(part, _))
            for part, count in cause.parts.items()
        ],
        "width": f"{float(share) * 100:.1f}%",
        "share": f"{float(share) * 100:.0f} %",
        "base": (f"{label} · {part_name(base, _)}", figures.count_text(cause.base), rows(base, cause.base)),
        "value": figures.short_value(metric, cause.value),
    }


def count_things(part: str, count: int, _: Words) -> str:
    """A count of a component with its unit."""
    return _(THINGS.get(part, "{n}")).format(n=figures.count_text(count))


def remedy_row(one: OpenPortrait, remedy: Remedy, acts: Collection[Permission]) -> dict[str, str]:
    """A remedy with the address of its act, "" where the reader may not do it, and its last day in words."""
    place = reverse(remedy.route, kwargs={"code": one.code, **remedy.values})
    refused = remedy.route in ASKS and ASKS[remedy.route] not in acts
    return {
        "title": remedy.title,
        "effect": remedy.effect,
        "label": remedy.label,
        "address": "" if refused else f"{place}?{urlencode(remedy.query)}" if remedy.query else place,
        "last_day": format_day(remedy.last_day),
        "drawer": "1" if remedy.route in {"portrait-rows", "portrait-attach"} else "",
    }


def _rules(one: OpenPortrait, slug: str, _: Words) -> dict[str, Any]:
    return {
        "rules": explanations.rules_of_metric(one.data, slug, current(), _),
        "conflicts": explanations.conflicts_of_metric(one.data, slug, current()),
    }


def _left_out(one: OpenPortrait, metric: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """(sentence, address of the rows or "")."""
    excluded = metric["components"].get("excluded") or {}
    return [
        (text, address_of(one, metric["slug"], f"{EXCLUDED}{reason}") if reason in excluded else "")
        for reason, text, _number in explanations.exclusion_lines(one.data, metric, _)
    ]


def _twins(one: OpenPortrait, metric: Mapping[str, Any], _: Words) -> list[dict[str, Any]]:
    """Figures beside the headline: other readings, another day, the trailing twelve months."""
    titles = {
        "conservative": _("conservative: only open seats that are filed"),
        "attempts": _("of delivered calls instead of answered ones"),
        "answered": _("of answered calls instead of delivered ones"),
        "evasion": _("landline and mobile share"),
        "on_time": _("closed on time"),
    }
    rows = []
    for twin, row in metric["twins"].items():
        title = _("as of {day}").format(day=_day(row["as_of"])) if twin == "today" else titles.get(twin, twin)
        rows.append((title, row, TWINS.get((metric["slug"], twin), ("", ""))))
    if trailing := metric.get("trailing"):
        rows.append((_("twelve months from {day}").format(day=_day(trailing["from"])), trailing, ("", "")))
    return [
        {
            "title": title,
            "counts": list(_row_links(one, metric, row, parts, _)),
            "value": figures.amount_text(figures.proven(row), metric["unit"], metric.get("limit")),
            "light": (light := str(row.get("light") or "na")),
            "word": code_name("light", light, _),
        }
        for title, row, parts in rows
    ]


def _day(text: str) -> str:
    return format_day(date.fromisoformat(text))


def _row_links(
    one: OpenPortrait, metric: Mapping[str, Any], row: Mapping[str, Any], parts: tuple[str, str], _: Words
) -> Iterator[tuple[str, str, str]]:
    """(label, count, address of the rows) of numerator and denominator, where a component counts the very same."""
    counts = components(metric)
    for field, part in zip(("numerator", "denominator"), parts, strict=True):
        same = bool(row[field]) and counts.get(part) == row[field]
        label = part_name(part, _) if part else ""
        yield label, figures.count_text(row[field]), address_of(one, metric["slug"], part) if same else ""


def chart_html(chart: Chart, _: Words) -> SafeString:
    """A chart with its table."""
    return mark_safe_fragment(sections.html_chart(chart, _))


def rows_of_month(one: OpenPortrait, name: str, row: Mapping[str, Any]) -> str:
    """Where a month's point leads: to what speaks against its rate, if anything does, else to all that it counts."""
    if name == pictures.CALLS:
        return address_of(one, "number_consistency", "delivered", month=row["month"]) if row.get("delivered") else ""
    if not row.get("denominator"):
        return ""
    part = {
        "seat_vacancy": IDLE if row.get("filed", 0) > row.get("opened_and_filed", 0) else "filed",
        "complaint_rate": "complaints" if row["numerator"] else "answered",
        "number_consistency": "delivered",
        "closing_rate": "tickets",
    }[name]
    return address_of(one, name, part, month=row["month"])


Declare: Final = form(declare_not_applicable, omit=("metric", "year"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.REPORT)
def declare(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """Declare with a reason, or withdraw the declaration that acts."""
    if slug not in SLUGS:
        raise Http404
    declaration = next((row for row in list_declarations(code, year) if row.metric == slug), None)
    empty = forms.Form if declaration else Declare
    sent = empty(request.POST) if request.method == "POST" else empty()
    if sent.is_bound:
        target: dict[str, Any] = {"enterprise": code, "actor": request.actor, "metric": slug, "year": year}
        act = withdraw_declaration if declaration else declare_not_applicable
        if run_form(sent, lambda typed: act(**target, **typed)):
            if declaration:
                messages.success(request, gettext("The declaration is withdrawn; compute the portrait again."))
            else:
                text = gettext("The metric is declared not applicable; compute the portrait again.")
                say_done(request, text, request.path)
            return redirect("portrait-metric", code=code, year=year, slug=slug)
    title = gettext("{metric} {year}: not applicable").format(metric=code_name("metric", slug, translator()), year=year)
    text = gettext(
        "A declaration is shown with your name and the reason on the portrait and everything generated from it. It only"
        " takes effect while the data contains nothing that this metric counts."
    )
    send = gettext("Declare not applicable")
    if declaration:
        who = actor_text(declaration.who, translator())
        text = gettext("Declared not applicable by {who} on {day}: {reason}").format(
            who=who, day=declaration.on, reason=declaration.reason
        )
        send = gettext("Withdraw the declaration")
    back = reverse("portrait-metric", args=[code, year, slug])
    return show_form(request, sent, title, text, send, year, back)


class PaperForm(forms.Form):
    """What explains the light, as a file."""

    kind = forms.ChoiceField(label=_("Paper that explains the light"))
    file = forms.FileField(label=_("File"))

    def __init__(self, *args: Any, slug: str, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, code_name("attachment", kind, translator())) for kind in list_kinds(slug)
        ]


def list_kinds(slug: str) -> list[str]:
    """The kinds of paper that explain a metric's light."""
    return [kind for kind, place in METRICS.items() if place == slug]


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
@takes_files
def attach(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """Keep a paper that explains the metric's light in a data year; 404 for a metric that none explains."""
    if not list_kinds(slug):
        raise Http404
    form = PaperForm(request.POST, request.FILES, slug=slug) if request.method == "POST" else PaperForm(slug=slug)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        aim: dict[str, Any] = {"enterprise": code, "metric": slug, "year": year, "kind": form.cleaned_data["kind"]}
        store_attachment(**aim, name=file.name, content=read_upload(file, ROW_LIMIT), actor=request.actor)
        messages.success(request, gettext("The paper is on file; compute the portrait again."))
        return redirect("portrait-metric", code=code, year=year, slug=slug)
    title = gettext("Add a paper that explains the light")
    back = reverse("portrait-metric", args=[code, year, slug])
    metric = code_name("metric", slug, translator())
    return show_form(request, form, title, f"{metric} {year}", gettext("Store the document"), year, back)


def paper_context(request: Request, code: str, year: int, metric: Mapping[str, Any]) -> dict[str, Any]:
    """What is on file, and whether the reader may add a paper or declare the metric not applicable."""
    slug, words = metric["slug"], translator()
    papers = list_attachments(code, year=year).filter(metric=slug)
    may = has_permission(request.actor, code, Permission.MANAGE_DATA)
    return {
        "papers": [
            (code_name("attachment", paper.kind, words), paper.name, format_moment(paper.recorded_at))
            for paper in papers
        ],
        "paper_kinds": may and metric["attachments_required"] and list_kinds(slug),
        "may_declare": metric["light"] == "na" and has_permission(request.actor, code, Permission.REPORT),
    }
