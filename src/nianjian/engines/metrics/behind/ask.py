"""Which rows are asked for, and the figure of a portrait that they add up to."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.metrics.definitions import closing_rate, complaint_rate, number_consistency, seat_vacancy
from nianjian.engines.metrics.frame import Frame, Window

Json = Mapping[str, Any]

EXCLUDED: Final = "excluded."
IDLE: Final = "idle"  # filed and not opened: what the vacancy is about
MONTH: Final = "month"
# Splits that each metric's rows can be narrowed by.
SPLITS: Final[Mapping[str, tuple[str, ...]]] = {
    seat_vacancy.CARD.slug: ("kind",),
    complaint_rate.CARD.slug: complaint_rate.DIMENSIONS,
    number_consistency.CARD.slug: number_consistency.DIMENSIONS,
    closing_rate.CARD.slug: closing_rate.DIMENSIONS,
}
# Component -> the field that counts it in a row of a split or a month.
_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    seat_vacancy.CARD.slug: {name: name for name in seat_vacancy.COUNTS},
    complaint_rate.CARD.slug: {
        "complaints": "numerator",
        "delivered": "delivered",
        complaint_rate.UNTOLD: complaint_rate.UNTOLD,
    },
    number_consistency.CARD.slug: {name.value: name.value for name in NumberClass},
    closing_rate.CARD.slug: {"tickets": "denominator", "closed": "numerator", "on_time": "on_time"},
}
# Metric -> flag -> the component whose rows it speaks of; the evasion share speaks of two.
FLAGGED: Final[Mapping[str, Mapping[str, str]]] = {
    seat_vacancy.CARD.slug: {
        "over_limit": IDLE,
        "internal_limit": IDLE,
        "over_filed": "unfiled_open",
        "unfiled_open": "unfiled_open",
        "filing_unknown": "unknown_filing",
    },
    complaint_rate.CARD.slug: {
        "over_limit": "complaints",
        "internal_limit": "complaints",
        "no_answered_calls": "complaints",
        "undated": "undated",
        "answer_unknown": complaint_rate.UNTOLD,
    },
    number_consistency.CARD.slug: {"other_short": "other_short", "unknown_high": "unknown"},
    closing_rate.CARD.slug: {"below_limit": "open", "undated": "undated"},
}
SUMS: Final = frozenset({"allowance", "headroom"})  # reckoned, no rows of their own


@dataclass(frozen=True, slots=True)
class Ask:
    """``component`` of the metric ``slug`` (``excluded.duplicate`` for a reason), narrowed.

    ``keys``: split -> key, None for the rows that have none; ``month``: ``2026-03``, None for the whole year.
    """

    slug: str
    component: str
    keys: Mapping[str, str | None] = field(default_factory=dict)
    month: str | None = None


def components(metric: Json) -> dict[str, int]:
    """Every figure of a metric that has rows behind it, with its count; reasons as ``excluded.REASON``."""
    found: dict[str, int] = {}
    for name, value in metric["components"].items():
        if isinstance(value, Mapping):
            found |= {f"{EXCLUDED}{reason}": int(count) for reason, count in value.items()}
        elif name not in SUMS:
            found[name] = int(value)
    if metric["slug"] == seat_vacancy.CARD.slug:
        found[IDLE] = found["filed"] - found["opened_and_filed"]
    return found


def flagged(metric: Json, flag: str) -> str | None:
    """The component whose rows a flag speaks of; None where no single one has any."""
    part = FLAGGED[metric["slug"]].get(flag)
    return part if part is not None and components(metric).get(part) else None


def figure(metric: Json, ask: Ask) -> int | None:
    """What the portrait says the rows are; None where it counts no such part (two keys at once, a reason a month)."""
    if not ask.keys and ask.month is None:
        return components(metric).get(ask.component)
    if len(ask.keys) + (ask.month is not None) > 1:
        return None
    if ask.month is not None:
        rows = [row for row in metric["months"] if row["month"] == ask.month]
    else:
        (split, key), *_ = ask.keys.items()
        rows = [row for row in metric["splits"].get(split, ()) if row["key"] == key]
    return _part(metric, rows[0], ask.component) if rows else None


def _part(metric: Json, row: Json, component: str) -> int | None:
    slug = metric["slug"]
    if component == IDLE:
        return int(row["filed"]) - int(row["opened_and_filed"])
    if slug == closing_rate.CARD.slug and component == "open":
        return int(row["denominator"]) - int(row["numerator"])
    name = _FIELDS[slug].get(component)
    if name is None and metric["components"].get(component) == metric["denominator"] and component in _BASES:
        name = "denominator"
    return int(row[name]) if name is not None and name in row else None


_BASES: Final = frozenset({"answered", "delivered"})


def window(frame: Frame, month: str | None) -> Window:
    """The days of a month, or of the data year."""
    if month is None:
        return frame.period
    year, number = (int(part) for part in month.split("-"))
    first = date(year, number, 1)
    return Window(first, date.fromordinal(first.toordinal() + monthrange(year, number)[1]))
