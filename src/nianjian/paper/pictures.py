"""Which charts a portrait has: the months of each metric, drawn by `charts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nianjian.paper import charts as draw
from nianjian.paper.texts.portrait import name
from nianjian.paper.words import Words

Json = Mapping[str, Any]


def _number(value: object) -> float | None:
    return None if value in (None, "") else float(str(value))


def _rates(metric: Json, _: Words) -> str:
    title, unit = name("metric", str(metric["slug"]), _), str(metric["unit"])
    points = [(str(row["month"]), title, _number(row.get("value"))) for row in metric["months"]]
    return draw.month_lines(points, axis=unit, limit=_number(metric.get("limit")))


def _calls(metric: Json, _: Words) -> str:
    series = ((_("delivered outbound calls"), "delivered"), (_("answered outbound calls"), "denominator"))
    points = [
        (str(row["month"]), title, _number(row.get(field))) for row in metric["months"] for title, field in series
    ]
    return draw.month_bars(points, axis=_("calls"))


def charts(portrait: Json, _: Words) -> list[tuple[str, str]]:
    """Caption and SVG of each chart: calls a month first, then each metric's rate with its limit."""
    found: list[tuple[str, str]] = []
    metrics = [metric for metric in portrait["metrics"] if metric.get("months")]
    found += [(_("Outbound calls"), _calls(metric, _)) for metric in metrics if metric["slug"] == "complaint_rate"]
    found += [(f"{name('metric', str(metric['slug']), _)} ({metric['unit']})", _rates(metric, _)) for metric in metrics]
    return found
