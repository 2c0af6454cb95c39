"""A portrait's JSON turned into what people see: one card a metric, with every figure already in words.

Terminal, page, workbook and web draw these cards, so a figure is worded and rounded in one place. Values are
computed from the integer counts; four decimals are shown, and no verdict is ever taken from a shown figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from nianjian.paper.texts.portrait import name
from nianjian.paper.words import Words

PLACES: Final = Decimal("0.0001")
PER_CENT: Final = Decimal(100)
PER_TEN_THOUSAND: Final = Decimal(10000)
DASH: Final = "–"
OPERATORS: Final = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled figure."""

    label: str
    text: str
    code: str = ""


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
    limit: str
    headroom: str
    bounds: str
    parts: tuple[Line, ...]
    flags: tuple[Flag, ...]
    attachments: tuple[str, ...]
    source: str
    citation: str


def count(number: object) -> str:
    """Group digits by three: 1,250,000; anything that is no count is a dash."""
    return f"{number:,}" if isinstance(number, int) else DASH


def share(slug: str, part: object, whole: object) -> str:
    """Show ``part / whole`` with four decimals, in ‱ for the complaint rate and in % for all else."""
    if not isinstance(part, int) or not isinstance(whole, int) or whole == 0:
        return DASH
    return rate(slug, Decimal(part) / Decimal(whole))


def rate(slug: str, value: object) -> str:
    """Show a share that stands as a decimal (0.31) in the metric's unit; None is a dash."""
    if value is None or value == "":
        return DASH
    number = Decimal(str(value))
    if slug == "complaint_rate":
        return f"{(number * PER_TEN_THOUSAND).quantize(PLACES):f} ‱"
    return f"{(number * PER_CENT).quantize(PLACES):f} %"


def limit(slug: str, metric: Json) -> str:
    """Show operator and limit, ``> 30 %``; a metric without a limit of its own shows a dash."""
    if metric.get("limit") is None:
        return DASH
    number = Decimal(str(metric["limit"]))
    factor, unit = (PER_TEN_THOUSAND, "‱") if slug == "complaint_rate" else (PER_CENT, "%")
    shown = (number * factor).normalize()
    return f"{OPERATORS.get(str(metric.get('operator')), '')} {shown:f} {unit}".strip()


def headroom(metric: Json, _: Words) -> str:
    """Say how much may still happen before the light changes, from the integer counts and the rule's limit."""
    slug, parts = metric["slug"], metric["components"]
    if slug == "complaint_rate":
        text = _("{headroom} complaints to go (allowance {allowance})")
        return text.format(headroom=count(parts.get("headroom")), allowance=count(parts.get("allowance")))
    if metric.get("limit") is None or not metric.get("denominator"):
        return DASH
    top, bottom = Decimal(str(metric["limit"])).as_integer_ratio()
    if slug == "seat_vacancy":
        spare = top * metric["denominator"] // bottom - metric["numerator"]
        return _("{seats} more vacant seats to the limit").format(seats=count(spare))
    spare = metric["numerator"] - -(-top * metric["denominator"] // bottom)
    return _("{tickets} closed tickets above the limit").format(tickets=count(spare))


def _parts(metric: Json, _: Words) -> tuple[Line, ...]:
    lines: list[Line] = []
    for code, value in metric["components"].items():
        if isinstance(value, Mapping):
            lines += [
                Line(f"{name('component', code, _)}: {name('exclusion', why, _)}", count(number), why)
                for why, number in value.items()
            ]
        else:
            lines.append(Line(name("component", code, _), count(value), code))
    return tuple(lines)


def _flag(slug: str, flag: Json, _: Words) -> Flag:
    detail = _("count {count}").format(count=count(flag.get("count")))
    if flag.get("value") is not None:
        detail += f" · {rate(slug, flag['value'])}"
    if flag.get("limit") is not None:
        detail += f" ({_('limit')} {limit(slug, flag)})"
    light = str(flag["light"])
    return Flag(flag["code"], name("flag", flag["code"], _), light, name("light", light, _), detail)


def _bounds(metric: Json) -> str:
    bounds = metric.get("bounds") or {}
    low, high = bounds.get("low"), bounds.get("high")
    if low is None or high is None or low == high:
        return ""
    return f"{rate(metric['slug'], low)} … {rate(metric['slug'], high)}"


def card(metric: Json, _: Words) -> Card:
    """Word one metric of the portrait's JSON."""
    slug, source = str(metric["slug"]), metric["source"]
    value = share(slug, metric["numerator"], metric["denominator"]) if metric.get("value") is not None else DASH
    return Card(
        slug=slug,
        title=name("metric", slug, _),
        light=str(metric["light"]),
        light_word=name("light", str(metric["light"]), _),
        value=value,
        limit=limit(slug, metric),
        headroom=headroom(metric, _),
        bounds=_bounds(metric),
        parts=_parts(metric, _),
        flags=tuple(_flag(slug, flag, _) for flag in metric.get("flags", ())),
        attachments=tuple(name("attachment", kind, _) for kind in metric.get("attachments_required", ())),
        source=f"{source['rule']} · {name('level', str(source['level']), _)}",
        citation=str(source.get("citation") or ""),
    )


def cards(portrait: Json, _: Words) -> tuple[Card, ...]:
    """Word every metric, in the portrait's order."""
    metrics: Sequence[Json] = portrait["metrics"]
    return tuple(card(metric, _) for metric in metrics)
