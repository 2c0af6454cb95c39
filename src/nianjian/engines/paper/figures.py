"""A portrait's JSON turned into what people see: one card a metric, with every figure already in words.

Terminal, page, workbook and web draw these cards, so a figure is worded in one place. Shown values have four
decimals; head-room is computed from the integer counts, and no verdict is ever taken from a shown figure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from nianjian.engines.paper.charts import Headroom, figure_text
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.portrait import BASES, code_name
from nianjian.engines.paper.words import Words, mark

PER_CENT: Final = Decimal(100)
DASH: Final = "–"
OPERATORS: Final = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}
NEGATED: Final = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled figure."""

    label: str
    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Light:
    """A light in a table: its code and its name."""

    code: str
    word: str

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing found beside the rate itself."""

    code: str
    title: str
    light: str
    light_word: str
    detail: str


@dataclass(frozen=True, slots=True)
class Card:
    """One metric as shown: light, value, limit, head-room, parts, flags, what to attach, where the rule comes from."""

    slug: str
    title: str
    light: str
    light_word: str
    value: str
    value_other: str
    limit: str
    limit_other: str
    headroom: str
    bounds: str
    parts: tuple[Line, ...]
    flags: tuple[Flag, ...]
    attachments: tuple[str, ...]
    source: str
    citation: str


def count_text(number: object) -> str:
    """Group digits by three: 1,250,000; anything that is no count is a dash."""
    return f"{number:,}" if isinstance(number, int) else DASH


def amount_text(value: object, unit: str, limit: object = None) -> str:
    """Show a value that already stands in its unit (``31.0000``) with two decimals; None is a dash.

    More decimals only where rounding would hide on which side of a ``limit`` it lies.
    """
    if value in (None, ""):
        return DASH
    return f"{figure_text(Decimal(str(value)), None if limit in (None, '') else Decimal(str(limit)))} {unit}"


def proven(row: Json) -> Any:  # noqa: ANN401 -- a rate as it stands in its unit, or None
    """The rate of a metric, or of a row with a light; None for a nought that no record proves."""
    value = row["value"]
    nought = value not in (None, "") and not Decimal(str(value))
    return None if nought and row.get("light") == "insufficient" else value


def other_unit(value: object, unit: str) -> str:
    """The same figure in per cent, where it is told per ten thousand; "" else."""
    if unit != "‱" or value in (None, ""):
        return ""
    return f"{(Decimal(str(value)) / PER_CENT).normalize():f} %"


def limit_text(metric: Json, unit: str) -> str:
    """Show operator and limit, ``> 30 %``; a metric without a limit of its own shows a dash."""
    if metric.get("limit") is None:
        return DASH
    number = Decimal(str(metric["limit"])).normalize()
    return f"{OPERATORS.get(str(metric.get('operator')), '')} {number:f} {unit}".strip()


def _flagged_when(metric: Json, unit: str, _: Words) -> str:
    """The metric's own limit; D3 has none, there the evasion share decides."""
    evasion = [flag for flag in metric.get("flags", ()) if flag["code"] == "evasion" and flag.get("limit")]
    if metric.get("limit") is None and evasion:
        return _("landline and mobile {limit}").format(limit=limit_text(evasion[0], unit))
    text = limit_text(metric, unit)
    return _("not {limit}").format(limit=text) if metric["slug"] == "closing_rate" and text != DASH else text


#: Metric -> what may still happen, what is too many or missing.
SPARE: Final[Mapping[str, tuple[str, str]]] = {
    "complaint_rate": (mark("{n} more complaints allowed (allowance {all})"), mark("{n} too many (allowance {all})")),
    "number_consistency": (
        mark("{n} more landline or mobile calls"), mark("{n} landline or mobile calls too many"),
    ),
    "seat_vacancy": (mark("{n} more vacant seats"), mark("{n} vacant seats too many")),
    "closing_rate": (mark("{n} closed tickets to spare"), mark("{n} closed tickets short")),
}  # fmt: skip


def headroom_text(metric: Json, _: Words) -> str:
    """Say how much may still happen before the light changes, from the integer counts and the rule's limit."""
    headroom = find_headroom(metric)
    if headroom is None:
        return DASH
    spare = headroom.used - headroom.limit if headroom.least else headroom.limit - headroom.used
    room, over = SPARE[metric["slug"]]
    return _(room if spare >= 0 else over).format(n=count_text(abs(spare)), all=count_text(headroom.limit))


#: Metric -> what the limit allows or asks for, what there is, how much is beyond or missing, how much is to spare.
DISTANCES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "complaint_rate": (
        mark("{n} complaints allowed"), mark("{n} accepted"), mark("{n} complaints too many"),
        mark("{n} more complaints allowed"),
    ),
    "number_consistency": (
        mark("{n} landline or mobile calls allowed"), mark("{n} made"), mark("{n} calls too many"),
        mark("{n} more calls allowed"),
    ),
    "seat_vacancy": (
        mark("{n} vacant seats allowed"), mark("{n} vacant"), mark("{n} vacant seats beyond the limit"),
        mark("{n} more vacant seats allowed"),
    ),
    "closing_rate": (
        mark("{n} closed tickets required"), mark("{n} closed"), mark("{n} closed tickets missing"),
        mark("{n} closed tickets to spare"),
    ),
}  # fmt: skip
EXACT: Final = mark("exactly at the limit")


def distance_texts(metric: Json, _: Words) -> tuple[str, str, str] | None:
    """What the limit allows or asks for, what there is, and the distance in things; None where no rate is proved."""
    headroom = None if metric.get("value") in (None, "") else find_headroom(metric)
    if headroom is None:
        return None
    limit, used, over, room = DISTANCES[metric["slug"]]
    spare = headroom.used - headroom.limit if headroom.least else headroom.limit - headroom.used
    distance = _(EXACT) if not spare else _(room if spare > 0 else over).format(n=count_text(abs(spare)))
    return _(limit).format(n=count_text(headroom.limit)), _(used).format(n=count_text(headroom.used)), distance


def short_value(metric: Json, value: object) -> str:
    """A value of the metric with two decimals, more where rounding would hide on which side of the limit it is."""
    if value in (None, ""):
        return DASH
    limit = metric.get("limit")
    return figure_text(Decimal(str(value)), None if limit in (None, "") else Decimal(str(limit)))


def shorten_values(metric: Json) -> Json:
    """The metric with every rate that a card tells of cut to two decimals, as `short_value`."""

    def short(row: Json, *names: str) -> dict[str, Any]:
        limit = metric if row.get("limit") is None else row
        return {**row, **{name: short_value(limit, row[name]) for name in names if row.get(name) is not None}}

    twins = {name: short(twin, "value") for name, twin in (metric.get("twins") or {}).items()}
    return {
        **short(metric, "value"),
        "flags": [short(flag, "value") for flag in metric.get("flags", ())],
        "twins": twins,
        "bounds": short({**(metric.get("bounds") or {}), "limit": metric.get("limit")}, "low", "high"),
    }


def plain_limit(metric: Json, _: Words) -> str:
    """The limit as people write it, per ten thousand also in per cent; D3's is that of landline and mobile calls."""
    unit, figure = str(metric["unit"]), metric
    if metric.get("limit") is None:
        figure = next((flag for flag in metric.get("flags", ()) if flag["code"] == "evasion"), {})
        if figure.get("limit") is None:
            return ""
        text = _("limit of landline and mobile: {value}")
    else:
        text = _("Limit {value}")
    value = f"{Decimal(str(figure['limit'])).normalize():f} {unit}"
    if beside := other_unit(figure["limit"], unit):
        value = _("{value} ({other})").format(value=value, other=beside)
    return text.format(value=value)


def find_headroom(metric: Json) -> Headroom | None:
    """What is counted against what the limit allows or asks for; None where there is no limit, or nothing is proved.

    D3: so many calls may show landline or mobile numbers; at the limit itself it is already red.
    """
    if metric.get("light") in {"insufficient", "na"}:
        return None
    slug, parts = metric["slug"], metric["components"]
    if slug == "complaint_rate" and "allowance" in parts:
        return Headroom(parts["allowance"] - parts["headroom"], parts["allowance"])
    if slug == "number_consistency":
        evasion: Json = next((flag for flag in metric.get("flags", ()) if flag["code"] == "evasion"), {})
        limit = evasion.get("limit")
        return None if limit is None else Headroom(evasion["count"], max(_reached(metric, limit) - 1, 0))
    if (limit := metric.get("limit")) is None or not metric.get("denominator"):
        return None
    if slug == "closing_rate":
        return Headroom(metric["numerator"], _reached(metric, limit), least=True)
    worse = max(metric["numerator"], parts["filed"] - parts["opened_and_filed"])  # it decides the light
    top, bottom = _share(limit)
    return Headroom(worse, top * metric["denominator"] // bottom)


def _reached(metric: Json, limit: object) -> int:
    """The least count that reaches a limit in per cent."""
    top, bottom = _share(limit)
    return -(-top * int(metric["denominator"]) // bottom)


def _share(limit: object) -> tuple[int, int]:
    """A limit in per cent as numerator and denominator."""
    return (Decimal(str(limit)) / PER_CENT).as_integer_ratio()


def _parts(metric: Json, _: Words) -> tuple[Line, ...]:
    lines: list[Line] = []
    for code, value in metric["components"].items():
        name = code_name("component", code, _)
        if isinstance(value, Mapping):
            for why, number in value.items():
                label = _("{name}: {value}").format(name=name, value=code_name("exclusion", why, _))
                lines.append(Line(label, count_text(number), why))
        elif code != "headroom":  # told in words beside the value
            lines.append(Line(name, count_text(value), code))
    return tuple(lines)


def _flag(flag: Json, unit: str, _: Words) -> Flag:
    light = str(flag["light"])
    detail = _("count {count}").format(count=count_text(flag.get("count")))
    if flag["code"] == "nothing_registered":
        detail = _("Import the complaints, or declare at the closing rate that none came in the year.")
    if flag.get("value") is not None:
        detail += f" · {amount_text(flag['value'], unit, flag.get('limit'))}"
    if flag.get("limit") is not None:
        # Beside a green light within which limit it is, else beyond which.
        figure = flag if light != "green" else {**flag, "operator": NEGATED.get(str(flag.get("operator")))}
        detail += f" ({_('limit')} {limit_text(figure, unit)})"
    calm = flag["code"] == "evasion" and light == "green"
    title = _("landline and mobile share") if calm else code_name("flag", flag["code"], _)
    return Flag(flag["code"], title, light, code_name("light", light, _), detail)


def _flags(metric: Json, unit: str, _: Words) -> tuple[Flag, ...]:
    """What makes the light red stands before what only stands beside it.

    A green flag is a figure beside (the evasion share); only the low-volume mark is said although green.
    """
    said = [
        flag
        for flag in metric.get("flags", ())
        if flag["light"] not in {"green", "na"} or flag["code"] in {"low_volume", "evasion"}
    ]
    ordered = sorted(said, key=lambda flag: flag["light"] != "red")
    return (*(_flag(flag, unit, _) for flag in ordered), *_beside(metric, unit, _))


def _beside(metric: Json, unit: str, _: Words) -> Iterator[Flag]:
    """Who declared that the metric does not apply; the light by the enterprise's own values; that of a second day."""
    if metric.get("declared"):
        yield Flag("declared", _("not applicable"), "na", code_name("light", "na", _), declaration_text(metric, _))
    if own := metric.get("own"):
        light = str(own["light"])
        word = code_name("light", light, _)
        limit = f"{_('limit')} {limit_text(own, unit)}" if own.get("limit") is not None else ""
        detail = _("{light} ({which})").format(light=word, which=limit or own_values_text([metric], _))
        yield Flag("own_limit", _("by the enterprise's own values"), light, word, detail)
    if twin := (metric.get("twins") or {}).get("today"):
        light = str(twin["light"])
        word = code_name("light", light, _)
        detail = f"{amount_text(proven(twin), unit, metric.get('limit'))} · {word}"
        yield Flag("today", _("as of {day}").format(day=twin["as_of"]), light, word, detail)


def declaration_text(metric: Json, _: Words) -> str:
    """Who declared a metric not applicable, on which day and why."""
    declared = metric["declared"]
    return _("declared not applicable by {who} on {day}: {reason}").format(
        who=actor_text(declared["who"], _), day=declared["on"], reason=declared["reason"]
    )


#: Last word of a rule's key -> what an enterprise has set itself.
OWN_VALUES: Final[Mapping[str, str]] = {
    "limit": mark("limit"), "light": mark("light of a flag"), "sources": mark("sources of complaints"),
    "denominator": mark("denominator"), "attachments": mark("explaining attachments"),
    "exclusions": mark("reasons of exclusion"),
}  # fmt: skip


def own_values_text(metrics: Iterable[Json], _: Words) -> str:
    """Which limits and definitions the enterprise has set itself, named once each."""
    every = list(metrics)
    keys = (str(key) for metric in every for key in (metric.get("own") or {}).get("rules", ()))
    names = [_(OWN_VALUES[re.split("[._]", key)[-1]]) for key in keys]
    if any(metric.get("internal") for metric in every):
        names.append(_("stricter limits of a watched licence"))
    return _(", ").join(dict.fromkeys(names))


def _bounds(metric: Json) -> str:
    bounds = metric.get("bounds") or {}
    low, high = bounds.get("low"), bounds.get("high")
    if low is not None and high is None:  # nothing is known of the base: any rate from here on
        return f"≥ {low} {metric['unit']}"
    if low is None or low == high:
        return ""
    return f"{low} … {high} {metric['unit']}"


def _attachments(metric: Json, _: Words) -> tuple[str, ...]:
    """What explains the light and is on file, else what has to be attached; one of several is enough (D1)."""
    on_file = [code_name("attachment", kind, _) for kind in metric.get("attachments") or ()]
    papers = [code_name("attachment", kind, _) for kind in metric.get("attachments_required") or ()]
    if papers and on_file:
        return (_("on file: {papers}").format(papers=" / ".join(on_file)),)
    return (_("to attach: {papers}").format(papers=" / ".join(papers)),) if papers else ()


def metric_card(metric: Json, _: Words) -> Card:
    """Word one metric of the portrait's JSON."""
    slug, source, unit = str(metric["slug"]), metric["source"], str(metric["unit"])
    return Card(
        slug=slug,
        title=code_name("metric", slug, _),
        light=str(metric["light"]),
        light_word=code_name("light", str(metric["light"]), _),
        value=amount_text(proven(metric), unit, metric.get("limit")),
        value_other=other_unit(proven(metric), unit),
        limit=_flagged_when(metric, unit, _),
        limit_other=other_unit(metric.get("limit"), unit),
        headroom=headroom_text(metric, _),
        bounds=_bounds(metric),
        parts=_parts(metric, _),
        flags=_flags(metric, unit, _),
        attachments=_attachments(metric, _),
        source=f"{source['rule']} · {code_name('level', str(source['level']), _)}",
        citation=str(source.get("citation") or ""),
    )


AHEAD: Final = "as_of_ahead"  # the warning of a portrait as at a day of filing to come


def known_basis(portrait: Json, basis: str) -> str:
    """The basis that the as-of day makes, where its day had come: else ``within_year`` while days of the year lacked.

    ``ahead`` for a day of filing to come. Nobody knows on 16 October what stands on 31 December; a portrait of an older
    program does not tell how far its days went.
    """
    until = portrait.get("quality", {}).get("days_without_records", {}).get("until")
    last = date.fromisoformat(portrait["period"]["to"]) - timedelta(days=1)  # the period's end is excluded
    if until is not None and date.fromisoformat(until) < last:
        return "within_year"
    return "ahead" if any(one["code"] == AHEAD for one in portrait.get("warnings", ())) else basis


def period_text(portrait: Json, _: Words) -> str:
    """The days of a portrait, both included, and the day as of which it stands."""
    period = portrait["period"]
    last = date.fromisoformat(str(period["to"])) - timedelta(days=1)  # the period's own end is excluded
    text = f"{period['from']} – {last} · {_('as of')} {period['as_of']}"
    basis = period.get("basis")  # an older program named none
    return f"{text} · {code_name('basis', known_basis(portrait, basis), _)}" if basis else text


def basis_text(basis: str, day: date, year: int, _: Words) -> str:
    """The basis of a portrait in words, as papers carry it."""
    when = _("{year}-{month}-{day}").format(year=day.year, month=day.month, day=day.day)
    return _(BASES[basis]).format(day=when, year=year)


def metric_cards(portrait: Json, _: Words) -> tuple[Card, ...]:
    """Word every metric, in the portrait's order."""
    return tuple(metric_card(metric, _) for metric in portrait["metrics"])


def rulebook_text(book: Json) -> str:
    """Id, version and hash."""
    return f"{book['id']} {book['version']} · {book['sha256']}"
