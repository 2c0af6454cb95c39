"""A small picture of a rate against its limit: shares of a bar's length, drawn by the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

WHOLE: Final = Decimal(100)
EVASION: Final = "number_consistency"  # its own rate has no limit: the share of evading calls decides
CLOSING: Final = "closing_rate"


@dataclass(frozen=True, slots=True)
class Bar:
    """Per cent of the bar's length: ``value``, and ``limit`` or None; ``light`` colours it."""

    value: float
    limit: float | None
    light: str


def bar(metric: Mapping[str, Any]) -> Bar | None:
    """Scale a metric of the portrait's JSON: the limit stands in the middle, of a share that must be high at its place.

    None for one without a value or limit.
    """
    light = str(metric["light"])
    value, limit = metric.get("value"), metric.get("limit")
    if metric["slug"] == EVASION:
        found = [one for one in metric.get("flags", ()) if one["code"] == "evasion" and one.get("limit")]
        value, limit = (found[0]["value"], found[0]["limit"]) if found else (None, None)
    if value in {None, ""} or limit in {None, ""}:
        return None
    number, edge = Decimal(str(value)), Decimal(str(limit))
    top = WHOLE if metric["slug"] in {CLOSING, EVASION} else max(edge * 2, number)
    if not top:
        return None
    return Bar(_share(number, top), _share(edge, top), light)


def _share(part: Decimal, top: Decimal) -> float:
    return float(round(max(min(part / top * 100, WHOLE), Decimal(0)), 2))  # a negative rate has no length
