"""A portrait and one metric of it in full, with the way from each figure to its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.drill_down import EXCLUDED, IDLE, SPLITS, component_of_flag, components, find_figures
from nianjian.engines.paper import explanations, figures, pictures, sections
from nianjian.engines.paper.charts import Chart
from nianjian.engines.paper.explanations import team_results
from nianjian.engines.paper.sections import BEHIND, FLAG
from nianjian.engines.paper.texts.portrait import SPLITS as SPLIT_NAMES
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words, words
from nianjian.features.portrait import portraits
from nianjian.features.portrait.basis_cards import build_basis_cards
from nianjian.features.portrait.operations import FORMS
from nianjian.features.portrait.pages.explaining_papers import paper_context
from nianjian.features.portrait.pages.forms import RunForm
from nianjian.features.portrait.portraits import Run
from nianjian.platform.accounts import access
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.paging import Page, address, paged
from nianjian.platform.web.tables import Cell, Column, Table

SALT: Final = "nianjian.portrait.number"
NONE: Final = "-"  # in an address: the rows that have no key


@dataclass(frozen=True, slots=True)
class OpenPortrait:
    """``data`` is masked; ``run`` as asked in the address, ``known``: what is known of the run that is shown."""

    code: str
    year: int
    run: str | None
    known: Run | None
    data: Mapping[str, Any]

    def link(self, route: str, *, query: Mapping[str, str] | None = None, **more: object) -> str:
        """Return a page's address that is about the same run."""
        address = reverse(route, kwargs={"code": self.code, "year": self.year, **more})
        asked = {**({"run": self.run} if self.run else {}), **(query or {})}
        return f"{address}?{urlencode(asked)}" if asked else address

    def metric(self, slug: str) -> Mapping[str, Any]:
        """Return a metric, numbers masked; 404 for one that there is not."""
        return _find_metric(self.data, slug)

    def unmasked_metric(self, slug: str) -> Mapping[str, Any]:
        """Return the same as it was counted."""
        return _find_metric(portraits.find_portrait(self.code, self.year, self.run) or self.data, slug)


def find_figures_or_404(portrait: Mapping[str, Any], slug: str) -> Mapping[str, Any]:
    """A metric or the marketing calls: whatever has rows behind it; 404 for anything else."""
    found = find_figures(portrait, slug)
    if found is None:
        raise Http404
    return found


def _find_metric(portrait: Mapping[str, Any], slug: str) -> Mapping[str, Any]:
    for metric in portrait["metrics"]:
        if metric["slug"] == slug:
            return cast("Mapping[str, Any]", metric)
    raise Http404


def get_portrait_or_404(request: Request, code: str, year: int) -> OpenPortrait:
    """Find the portrait; 404 where there is none, also for a run that does not exist."""
    run = request.GET.get("run") or request.POST.get("run") or None
    try:
        data = portraits.find_masked_portrait(code, year, run)
        known = portraits.find_newest_run(code, year) if run is None else portraits.get_run(code, year, run)
    except NianjianError as error:
        raise Http404 from error
    if data is None:
        raise Http404
    return OpenPortrait(code, year, run, known, data)


def translator() -> Words:
    """Words in the reader's language."""
    return words(current())


def mark_safe_fragment(html: str) -> SafeString:
    """Mark markup from `paper.fragments`, which escapes every text, as ready for the template."""
    return SafeString(html)


def shared_context(request: Request, one: OpenPortrait) -> dict[str, Any]:
    """What every page of a portrait shows: the year, which run it is."""
    _ = translator()
    return {
        "year": one.year,
        "run": one.run,
        "known": one.known,
        "moment": moment(one.known) if one.known else "",
        "data": one.data,
        "home": one.link("portrait"),
        "window": figures.period_text(one.data["period"], _),
        "erased": portraits.marks_of_snapshot(one.data["snapshot"], portraits.list_deletion_marks(one.code)),
        "may_run": access.has_permission(request.actor, one.code, Permission.REPORT),
    }


def moment(run: Run) -> str:
    """When a run was, in Shanghai, to the minute."""
    return datetime.fromisoformat(run.moment).astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")


def token(code: str, number: str) -> str:
    """A displayed number in an address: nobody can tell the number from it."""
    return salted_hmac(SALT, f"{code}:{number}").hexdigest()[:16]


# Field of a row of a split -> the component whose rows it counts, where they are not called the same.
PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "complaint_rate": {"numerator": "complaints", "denominator": "answered"},
    "number_consistency": {"denominator": "delivered"},
    "closing_rate": {"numerator": "closed", "denominator": "tickets"},
}


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One row of a split: ``key`` as it was counted, not masked; ``row`` None where a metric says nothing of it."""

    split: str
    key: str | None
    row: Mapping[str, Any] | None


def address_of(one: OpenPortrait, slug: str, part: str, **keys: str) -> str:
    """Return the address of the rows that a component counts, narrowed to the keys."""
    return one.link("portrait-rows", slug=slug, query={"class": part, **keys})


def part_name(component: str, _: Words) -> str:
    """What a component is called; a reason that excludes by its own name."""
    if component == IDLE:
        return _("filed, not opened")
    if component.startswith(EXCLUDED):
        return f"{code_name('component', 'excluded', _)}: {code_name('exclusion', component.removeprefix(EXCLUDED), _)}"
    return code_name("component", component, _)


def input_links(
    one: OpenPortrait, told: Mapping[str, Any], counts: Mapping[str, int], _: Words
) -> list[tuple[str, str, str]]:
    """(name, count, address of the rows) of each input; reckoned figures have no rows."""
    found = [
        (part_name(part, _), figures.count_text(number), address_of(one, told["slug"], part) if number else "")
        for part, number in counts.items()
        if not part.startswith(EXCLUDED)
    ]
    reckoned = [part for part in ("allowance", "headroom") if part in told["components"]]
    return found + [
        (code_name("component", part, _), figures.count_text(told["components"][part]), "") for part in reckoned
    ]


def card_links(one: OpenPortrait, told: Mapping[str, Any]) -> dict[str, str]:
    """Code of a card's line or flag -> address of the rows that it counts."""
    parts = {
        part.removeprefix(EXCLUDED): address_of(one, told["slug"], part)
        for part, number in components(told).items()
        if number
    }
    return parts | {f"{FLAG}{code}": address for code, address in flag_links(one, told).items()}


def flag_links(one: OpenPortrait, told: Mapping[str, Any]) -> dict[str, str]:
    """Code of a flag -> address of the rows that it speaks of."""
    found = {flag["code"]: component_of_flag(told, flag["code"]) for flag in told["flags"]}
    return {code: address_of(one, told["slug"], part) for code, part in found.items() if part}


def unmasked_keys(one: OpenPortrait, told: Mapping[str, Any], split: str) -> list[str | None]:
    """Key of each row of a split, as it was counted: a masked number names no single one."""
    metric = one.unmasked_metric(told["slug"]) if split == "display" else told
    return [row["key"] for row in sections.split_rows(metric, split)]


def cells(one: OpenPortrait, told: Mapping[str, Any], place: SplitRow, _: Words) -> list[Cell]:
    """What one metric says in a row: its counts with the way to their rows, its rate, its light."""
    slug, row = str(told["slug"]), place.row
    fields = sections.COLUMNS[slug]
    if row is None:
        return [Cell(figures.DASH, figure=True)] * (len(fields) + 2)
    narrowed = place.split == sections.MONTH or place.split in SPLITS[slug]
    found = []
    for text, field in fields:
        number = row.get(field)
        if number and narrowed:
            part = PARTS.get(slug, {}).get(field, field)
            href = address_of(one, slug, part, **{place.split: _encode_key(one, place)})
            label = f"{sections.key_text(row['key'], _)} · {_(text)}"
            said = f"{_(BEHIND) % {'label': label}}: {figures.count_text(number)}"
            found.append(Cell(figures.count_text(number), href=href, says=said, figure=True))
        else:
            found.append(Cell(figures.count_text(number), figure=True))
    light = str(row["light"])
    return [*found, Cell(row.get("value") or figures.DASH, figure=True), Cell(code_name("light", light, _), code=light)]


def _encode_key(one: OpenPortrait, place: SplitRow) -> str:
    """The key as an address holds it: nobody can tell a displayed number from it."""
    if place.key is None:
        return NONE
    return token(one.code, place.key) if place.split == "display" else place.key


# Other readings of a metric -> components that their numerator and denominator count; "": of no one component.
TWINS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("seat_vacancy", "conservative"): (IDLE, "filed"),
    ("complaint_rate", "attempts"): ("complaints", "delivered"),
    ("number_consistency", "evasion"): ("", "delivered"),
    ("closing_rate", "on_time"): ("on_time", "tickets"),
}


@require_safe
@page(Permission.READ_OWN)
def metric(request: Request, code: str, year: int, slug: str) -> HttpResponse:
    """Everything about one metric; an outsourcer sees the own team's figures."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    told = one.metric(slug)
    if request.team is not None:
        return _own_metric(request, one, slug, request.team)
    card, ways = figures.metric_card(told, _), flag_links(one, told)
    charts = pictures.portrait_charts(one.data, _, partial(_rows_of_month, one))
    context = shared_context(request, one) | _rules(one, slug, _) | {
        "slug": slug,
        "card": card,
        "headroom": mark_safe_fragment(sections.html_headroom(told, _)),
        "flags": [(flag, ways.get(flag.code, "")) for flag in card.flags],
        "formulas": explanations.list_formulas(told, _),
        "inputs": input_links(one, told, components(told), _),
        "left_out": _left_out(one, told, _),
        "twins": _twins(one, told, _),
        "chart": next((_chart_html(chart, _) for chart in charts if chart.name == slug), ""),
        **_split(request, one, told, _),
        **paper_context(request, code, year, told, _),
    }  # fmt: skip
    return render(request, "portrait/metric.html", context)


def _own_metric(request: Request, one: OpenPortrait, slug: str, team: str) -> HttpResponse:
    _ = translator()
    row = _own_row(one, _find_metric({"metrics": team_results(one.data, team)}, slug), _)
    context = shared_context(request, one) | _rules(one, slug, _) | row
    return render(request, "portrait/own_metric.html", context | {"slug": slug, "team": team, "inputs": row["parts"]})


def _own_row(one: OpenPortrait, metric: Mapping[str, Any], _: Words) -> dict[str, Any]:
    """What an outsourcer sees of a metric."""
    return {
        "title": code_name("metric", metric["slug"], _),
        "light": metric["light"],
        "word": code_name("light", metric["light"], _),
        "value": figures.amount_text(metric["value"], metric["unit"]),
        "parts": input_links(one, metric, metric["components"], _),
        "address": one.link("portrait-metric", slug=metric["slug"]),
    }


def _rules(one: OpenPortrait, slug: str, _: Words) -> dict[str, Any]:
    return {
        "rules": explanations.rules_of_metric(one.data, slug, current(), _),
        "conflicts": explanations.conflicts_of_metric(one.data, slug, current()),
    }


def _left_out(one: OpenPortrait, told: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """(sentence, address of the rows or "")."""
    excluded = told["components"].get("excluded") or {}
    return [
        (text, address_of(one, told["slug"], f"{EXCLUDED}{reason}") if reason in excluded else "")
        for reason, text, _number in explanations.exclusion_lines(one.data, told, _)
    ]


def _twins(one: OpenPortrait, told: Mapping[str, Any], _: Words) -> list[dict[str, Any]]:
    """Figures beside the headline: other readings, another day, the trailing twelve months."""
    titles = {
        "conservative": _("conservative: only open seats that are filed"),
        "attempts": _("of delivered calls instead of answered ones"),
        "answered": _("of answered calls instead of delivered ones"),
        "evasion": _("landline and mobile share"),
        "on_time": _("closed on time"),
    }
    rows = []
    for twin, row in told["twins"].items():
        title = _("as of {day}").format(day=row["as_of"]) if twin == "today" else titles.get(twin, twin)
        rows.append((title, row, TWINS.get((told["slug"], twin), ("", ""))))
    if trailing := told.get("trailing"):
        rows.append((_("twelve months from {day}").format(day=trailing["from"]), trailing, ("", "")))
    return [
        {
            "title": title,
            "counts": _row_links(one, told, row, parts, _),
            "value": figures.amount_text(row["value"], told["unit"]),
            "light": (light := str(row.get("light") or "na")),
            "word": code_name("light", light, _),
        }
        for title, row, parts in rows
    ]


def _row_links(
    one: OpenPortrait, told: Mapping[str, Any], row: Mapping[str, Any], parts: tuple[str, str], _: Words
) -> list[tuple[str, str, str]]:
    """(label, count, address of the rows) of numerator and denominator, where a component counts the very same."""
    known, found = components(told), []
    for field, part in zip(("numerator", "denominator"), parts, strict=True):
        same = bool(row[field]) and known.get(part) == row[field]
        label = part_name(part, _) if part else ""
        found.append((label, figures.count_text(row[field]), address_of(one, told["slug"], part) if same else ""))
    return found


def _chart_html(chart: Chart, _: Words) -> SafeString:
    return mark_safe_fragment(sections.html_chart(chart, _))


def _rows_of_month(one: OpenPortrait, name: str, row: Mapping[str, Any]) -> str:
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


def _split(request: Request, one: OpenPortrait, told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    """The split that ``?split=`` chooses, 50 rows, each figure with the way to its rows."""
    there = [split for split in SPLIT_NAMES if sections.split_rows(told, split)]
    if not there:
        return {"split_tabs": [], "table": None, "page": None}
    split = request.GET.get("split", there[0])
    split = split if split in there else there[0]
    rows = sections.split_rows(told, split)
    shown: Page[Any] = paged(request, rows, total=len(rows))
    title = code_name("split", split, _)
    columns = [Column(title), *_columns(told, _)]
    keys = dict(zip(map(id, rows), unmasked_keys(one, told, split), strict=True))
    body = [
        [Cell(sections.key_text(row["key"], _)), *cells(one, told, SplitRow(split, keys[id(row)], row), _)]
        for row in shown.rows
    ]
    return {
        "split_tabs": [
            (address(request, split=one_, page=""), code_name("split", one_, _), one_ == split) for one_ in there
        ],
        "split_title": title,
        "table": Table(title, columns, body),
        "page": shown,
    }


@require_safe
@page(Permission.READ_OWN)
def newest(request: Request, code: str) -> HttpResponse:
    """Go to the newest data year; where there is none, to the overview, which says what to do first."""
    del request
    found = portraits.list_years(code)
    return redirect("portrait", code=code, year=found[0]) if found else redirect("overview", code=code)


@require_safe
@page(Permission.READ_OWN)
def portrait(request: Request, code: str, year: int) -> HttpResponse:
    """The lights, the month charts, the advice, data quality, and the ways down; for an outsourcer the own figures."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    if request.team is not None:
        rows = [_own_row(one, metric, _) for metric in team_results(one.data, request.team)]
        own = {"rows": rows, "team": request.team}
        return render(request, "portrait/own.html", shared_context(request, one) | own)
    data = one.data
    cards = [
        (
            mark_safe_fragment(sections.html_card(card, _, card_links(one, told))),
            one.link("portrait-metric", slug=card.slug),
        )
        for card, told in zip(figures.metric_cards(data, _), data["metrics"], strict=True)
    ]
    cards_of_bases = build_basis_cards(code, year, _) if one.run is None else None  # with the advice of each
    context = shared_context(request, one) | {
        "years": portraits.list_years(code),
        "headline": mark_safe_fragment(sections.headline_html(data, _)),
        "cards": cards,
        "charts": [_chart_html(chart, _) for chart in pictures.portrait_charts(data, _, partial(_rows_of_month, one))],
        "advice": () if cards_of_bases else sections.advice_lines(data, _, today=clock.today()),
        "bases": cards_of_bases,
        "quality": mark_safe_fragment(sections.quality_table(data, _)),
        "splits": split_links(one, _),
        "forms": list(FORMS),
        "run_form": RunForm(initial={"province": data["province"]}),
    }
    return render(request, "portrait/portrait.html", context)


@require_safe
@page(Permission.READ)
def by(request: Request, code: str, year: int, split: str) -> HttpResponse:
    """One split: a row a line, team, display number, kind or month, 50 at a time."""
    _ = translator()
    one = get_portrait_or_404(request, code, year)
    if split not in sections.list_splits(one.data):
        raise Http404
    title = code_name("split", split, _)
    metrics = [told for told in one.data["metrics"] if sections.split_rows(told, split)]
    table, shown = _grid(request, one, metrics, split, _)
    context = shared_context(request, one) | {
        "split": split,
        "title": title,
        "table": table,
        "page": shown,
        "splits": split_links(one, _),
    }
    return render(request, "portrait/by.html", context)


def _grid(
    request: Request, one: OpenPortrait, metrics: Sequence[Mapping[str, Any]], split: str, _: Words
) -> tuple[Table, Page[Any]]:
    """All metrics beside each other, a row a key; the order is that of the metric that has most rows."""
    columns, known = [Column(code_name("split", split, _))], []
    for told in metrics:
        columns += _columns(told, _)
        known.append(dict(zip(unmasked_keys(one, told, split), sections.split_rows(told, split), strict=True)))
    labels: dict[str | None, Any] = {}
    for rows in sorted(known, key=len, reverse=True):
        for key, row in rows.items():
            labels.setdefault(key, row["key"])
    order = sorted(labels, key=str) if split == sections.MONTH else list(labels)
    shown: Page[Any] = paged(request, order, total=len(order))
    body = [
        [
            Cell(sections.key_text(labels[key], _)),
            *(
                cell
                for told, rows in zip(metrics, known, strict=True)
                for cell in cells(one, told, SplitRow(split, key, rows.get(key)), _)
            ),
        ]
        for key in shown.rows
    ]
    form = "wide widest" if len(columns) > sections.MANY else "wide"
    return Table(code_name("split", split, _), columns, body, form=form), shown


def _columns(told: Mapping[str, Any], _: Words) -> list[Column]:
    """The columns of what `cells` gives of a metric."""
    counts = [Column(_(text), figure=True) for text, _field in sections.COLUMNS[told["slug"]]]
    rate = f"{code_name('metric', told['slug'], _)} ({told['unit']})"
    return [*counts, Column(rate, figure=True), Column(_("light"))]


def split_links(one: OpenPortrait, _: Words) -> list[tuple[str, str, str]]:
    """(split, name, address) of each split there is."""
    there = sections.list_splits(one.data)
    return [
        (split, code_name("split", split, _), one.link("by", split=split)) for split in SPLIT_NAMES if split in there
    ]
