"""Calls a day by source, as one picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.paper import charts as draw
from nianjian.engines.paper.pictures import Chart
from nianjian.engines.paper.words import Words

MOST: Final = 120  # days of a picture: more cannot be told apart


def sources(told: Mapping[str, Any], _: Words) -> Chart | None:
    """The last `MOST` days; None where there is nothing to draw."""
    days = told["by_day"][-MOST:]
    if not days:
        return None
    caption = _("Calls a day by source")
    points = [
        (str(one["day"]), str(source), float(count)) for one in days for source, count in sorted(one["calls"].items())
    ]
    drawn = draw.month_lines(points, axis=_("calls"), description=caption)
    for layer in drawn["layer"]:
        layer["encoding"]["x"] = {**layer["encoding"]["x"], "axis": {"labelAngle": -45, "labelOverlap": True}}
    return Chart("sources", caption, drawn)
