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


def portrait_charts(portrait: Json, _: Words) -> list[Chart]:
    """Calls a month first, then each metric's rate with its limit."""
    found: list[Chart] = []
    metrics = [metric for metric in portrait["metrics"] if metric.get("months")]
    for metric in metrics:
        if metric["slug"] == "complaint_rate":
            caption = _("Outbound calls")
            series = ((_("delivered outbound calls"), "delivered"), (_("answered outbound calls"), "denominator"))
            points = [
                (str(row["month"]), title, _number(row.get(name))) for row in metric["months"] for title, name in series
            ]
            found.append(Chart(CALLS, caption, draw.month_bars(points, axis=_("calls"), description=caption)))
    for metric in metrics:
        slug, unit = str(metric["slug"]), str(metric["unit"])
        title, limit = code_name("metric", slug, _), _number(metric.get("limit"))
        caption = f"{title} ({unit})"
        points = [(str(row["month"]), title, _number(row.get("value"))) for row in metric["months"]]
        found.append(Chart(slug, caption, draw.month_lines(points, axis=unit, description=caption, limit=limit)))
    return found
