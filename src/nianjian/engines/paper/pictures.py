"""Which charts a portrait has: the months of each metric, defined by `charts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nianjian.engines.paper import charts as draw
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words

Json = Mapping[str, Any]

CALLS: Final = "calls"


@dataclass(frozen=True, slots=True)
class Chart:
    """``name`` stands in its address: ``calls`` or a metric's slug."""

    name: str
    caption: str
    specification: draw.Specification

    @property
    def svg(self) -> str:
        """The picture."""
        return self.draw()

    def draw(self) -> str:
        """Make the picture, unless it was made before."""
        return draw.render_svg(self.specification)


def _number(value: object) -> float | None:
    return None if value in (None, "") else float(str(value))


def _rate_chart(metric: Json, caption: str, _: Words) -> draw.Specification:
    title, unit = code_name("metric", str(metric["slug"]), _), str(metric["unit"])
    points = [(str(row["month"]), title, _number(row.get("value"))) for row in metric["months"]]
    return draw.month_lines(points, axis=unit, description=caption, limit=_number(metric.get("limit")))


def _calls_chart(metric: Json, caption: str, _: Words) -> draw.Specification:
    series = ((_("delivered outbound calls"), "delivered"), (_("answered outbound calls"), "denominator"))
    points = [
        (str(row["month"]), title, _number(row.get(field))) for row in metric["months"] for title, field in series
    ]
    return draw.month_bars(points, axis=_("calls"), description=caption)


def portrait_charts(portrait: Json, _: Words) -> list[Chart]:
    """Calls a month first, then each metric's rate with its limit."""
    found: list[Chart] = []
    metrics = [metric for metric in portrait["metrics"] if metric.get("months")]
    for metric in metrics:
        if metric["slug"] == "complaint_rate":
            caption = _("Outbound calls")
            found.append(Chart(CALLS, caption, _calls_chart(metric, caption, _)))
    for metric in metrics:
        caption = f"{code_name('metric', str(metric['slug']), _)} ({metric['unit']})"
        found.append(Chart(str(metric["slug"]), caption, _rate_chart(metric, caption, _)))
    return found
