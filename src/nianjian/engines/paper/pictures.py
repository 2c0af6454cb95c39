"""Which charts a portrait has: the months of each metric, drawn by `charts`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from nianjian.engines.paper import figures, sections
from nianjian.engines.paper.charts import BARS, Chart, Limit, Point, Series, figure_text, list_months
from nianjian.engines.paper.people import mask_portrait
from nianjian.engines.paper.texts.portrait import SPLITS, code_name
from nianjian.engines.paper.words import CHINESE, Words, mark, words

Json = Mapping[str, Any]
#: (chart, row of a month) -> address of the rows that it counts, "" for none.
Link = Callable[[str, Json], str]

CALLS: Final = "calls"
DETAILS: Final[Mapping[str, str]] = {
    "seat_vacancy": mark("{n} vacant of {all} filed seats"),
    "complaint_rate": mark("{n} complaints, {all} answered calls"),
    "number_consistency": mark("{n} of {all} delivered calls"),
    "closing_rate": mark("{n} of {all} tickets closed"),
}


def portrait_charts(portrait: Json, _: Words, link: Link | None = None) -> list[Chart]:
    """Calls a month first, then each metric's rate with its limit; a month leads to its rows where ``link`` is given.

    The months are those of the data year; one behind the as-of day is still to come.
    """
    first = str(portrait["period"]["from"])[:4]
    months = [f"{first}-{number:02}" for number in range(1, 13)]
    result: list[Chart] = []
    for metric in portrait["metrics"]:
        rows = {str(row["month"]): row for row in metric.get("months") or ()}
        if not rows:
            continue
        ahead = _count_ahead(months, rows, portrait["period"])
        due = [rows.get(month, {}) for month in months[: len(months) - ahead]]
        year = _Year((*due, *[{}] * ahead), ahead)  # a month to come has no figure: its 0 is none
        if metric["slug"] == "complaint_rate":
            result.insert(0, _calls_chart(year, link, _))
        result.append(_metric_chart(metric, year, link, _))
    return result


@dataclass(frozen=True, slots=True)
class _Year:
    """A metric's row of each month, empty where it has none; so many of the last are still to come."""

    rows: tuple[Json, ...]
    ahead: int


def _count_ahead(months: Sequence[str], rows: Json, period: Json) -> int:
    """Months at the end of the year that are to come; what is counted at its end has no row of the running month."""
    end = min(str(day) for day in (period["as_of"], period["today"]) if day)[:7]
    coming = (
        month >= end if month not in rows else month > end and not rows[month]["denominator"]
        for month in reversed(months)
    )  # fmt: skip
    return sum(1 for _month in takewhile(bool, coming))


def _metric_chart(metric: Json, year: _Year, link: Link | None, _: Words) -> Chart:
    slug, unit = str(metric["slug"]), str(metric["unit"])
    edge = None if metric.get("limit") in (None, "") else Decimal(str(metric["limit"]))
    limit = None
    if edge is not None:
        limit = Limit(edge, _("Limit {value}").format(value=f"{edge.normalize():f} {unit}"))
    name = code_name("metric", slug, _)
    points = tuple(_point(slug, unit, row, edge, _) for row in year.rows)
    return Chart(
        slug, f"{name} ({unit})", _("month"), list_months(_), (Series(name, points),),
        limit=limit, ahead=year.ahead, links=_links(slug, year, link),
    )  # fmt: skip


def _point(slug: str, unit: str, row: Json, limit: Decimal | None, _: Words) -> Point:
    if row.get("value") in (None, ""):
        return Point(None)
    value = Decimal(str(row["value"]))
    counts = {"n": figures.count_text(row["numerator"]), "all": figures.count_text(row["denominator"])}
    return Point(value, f"{figure_text(value, limit)} {unit}", _(DETAILS[slug]).format(**counts))


def _calls_chart(year: _Year, link: Link | None, _: Words) -> Chart:
    names = ((_("delivered"), "delivered"), (_("answered"), "denominator"))
    series = tuple(Series(name, tuple(_count(row.get(field)) for row in year.rows)) for name, field in names)
    return Chart(
        CALLS, _("Outbound calls"), _("month"), list_months(_), series,
        kind=BARS, ahead=year.ahead, links=_links(CALLS, year, link),
    )  # fmt: skip


def _count(number: object) -> Point:
    return Point(number, figures.count_text(number)) if isinstance(number, int) else Point(None)


def _links(name: str, year: _Year, link: Link | None) -> tuple[str, ...]:
    return tuple(link(name, row) if row else "" for row in year.rows) if link else ()


# The portrait as one self-contained HTML page: no script, nothing loaded from elsewhere, the same bytes each time.

ASSETS: Final = Path(__file__).parent / "assets"
STYLES: Final = ("tokens", "parts", "pages", "print")  # in the cascade's order; a saved page has no frame
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def portrait_page(portrait: Json, language: str) -> bytes:
    """Draw the page, UTF-8. Mobile numbers are masked: a page travels."""
    _ = words(language)
    data = mask_portrait(portrait)
    title = f"{data['enterprise']} · {_('Compliance portrait')} {data['period']['from'][:4]}"
    tag = "zh-Hans" if language == CHINESE else "en"
    return (
        f'<!doctype html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{page_style()}</style>\n</head>\n"
        f"<body>\n<main>\n{_body(data, title, _)}\n</main>\n</body>\n</html>\n"
    ).encode()


def page_style() -> str:
    """The style sheets of a page that is kept as a file, one after the other."""
    return "".join((ASSETS / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)


def _body(data: Json, title: str, _: Words) -> str:
    window = figures.period_text(data, _)
    cards = "".join(sections.html_card(card, _) for card in figures.metric_cards(data, _))
    parts = [
        f'<div class="head"><div><h1>{escape(title)}</h1><p class="soft">{escape(window)}</p></div>',
        f"{sections.headline_html(data, _)}</div>",
        f'<section class="cards">{cards}</section>',
    ]
    lines = sections.advice_lines(data, _)
    if lines:
        parts.append(_heading(_("What would change it")))
        parts.append('<ul class="advice">' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>")
    charts = "".join(sections.html_chart(one, _) for one in portrait_charts(data, _))
    parts += [_heading(_("Month by month")), f'<div class="charts">{charts}</div>']
    there = sections.list_splits(data)
    for split in SPLITS:
        if split in there:
            parts += [_heading(code_name("split", split, _)), sections.split_table(data, split, _)]
    parts += [_heading(_("Data quality")), sections.quality_table(data, _)]
    source = f"{_('Rulebook')} {figures.rulebook_text(data['rulebook'])}"
    parts.append(f'<p class="soft small mono">{escape(source)}</p>')
    return "\n".join(parts)


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"
