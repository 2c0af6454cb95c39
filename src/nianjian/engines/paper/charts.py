"""Charts: one definition for the web, the interactive page and paper.

Vega-Lite draws them; colours are CSS custom properties with a fallback, so that a page's dark mode reaches
into the picture. The same figures give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final

import vl_convert

from nianjian.engines.paper import picture_cache

LIBRARY: Final = version("vl-convert-python")
VEGA_LITE: Final = "6.1"
SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"  # a name, never loaded
WIDTH: Final = 620
HEIGHT: Final = 170
LINE_COLOURS: Final = ("var(--series-1, #1f5fbf)", "var(--series-2, #b3541e)", "var(--series-3, #2e7d4f)")
INK: Final = "var(--ink-soft, #555555)"
GRID: Final = "var(--grid, #dddddd)"
LIMIT: Final = "var(--limit, #b00020)"

VARIABLE: Final = re.compile(r"var\(--[a-z0-9-]+,\s*([^)]*)\)")
FONT: Final = "Noto Sans CJK SC"

Point = tuple[str, str, float | None]  # month, series, value

_CONFIG: Final[Mapping[str, Any]] = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "aria": False,  # the library tells an axis in English only; the description and the tables tell it all
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
        "labelFontSize": 11,
    },
    "legend": {"labelColor": INK, "titleColor": INK, "orient": "top", "title": None, "labelFontSize": 12},
    "range": {"category": list(LINE_COLOURS)},
}


Specification = dict[str, Any]  # Vega-Lite: the server's picture, the page's and the paper's are drawn of the same


def render_svg(specification: Specification) -> str:
    """Draw it; the same specification is drawn once by each version of the library."""
    return _render_cached(json.dumps([LIBRARY, specification], ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=256)
def _render_cached(definition: str) -> str:
    return picture_cache.load_or_draw(definition, _render)


def _render(definition: str) -> str:
    return str(vl_convert.vegalite_to_svg(json.loads(definition)[1], vl_version=VEGA_LITE))


def plain_svg(svg: str) -> str:
    """The picture with the colours of paper in place of a page's custom properties, and our font."""
    return VARIABLE.sub(r"\1", svg).replace('font-family="sans-serif"', f'font-family="{FONT}"')


def _chart(description: str, inside: Mapping[str, Any]) -> Specification:
    size = {"width": WIDTH, "height": HEIGHT}
    return {"$schema": SCHEMA, "description": description, **size, **inside, "config": dict(_CONFIG)}


def _rows(points: Sequence[Point]) -> list[dict[str, object]]:
    return [{"month": month, "series": series, "value": value} for month, series, value in points]


def _encoding(axis: str) -> dict[str, Any]:
    return {
        "x": {"field": "month", "type": "ordinal", "title": None, "axis": {"labelAngle": -45}},
        "y": {"field": "value", "type": "quantitative", "title": axis, "axis": {"tickCount": 4}},
        "color": {"field": "series", "type": "nominal", "sort": None, "title": None},
    }


def month_bars(points: Sequence[Point], *, axis: str, description: str) -> Specification:
    """Grouped bars a month, for counts; points are (YYYY-MM, series, value)."""
    encoding = _encoding(axis) | {"xOffset": {"field": "series", "sort": None}}
    return _chart(description, {"data": {"values": _rows(points)}, "mark": {"type": "bar"}, "encoding": encoding})


def month_lines(
    points: Sequence[Point], *, axis: str, description: str, limit: float | None = None, days: bool = False
) -> Specification:
    """Lines over the months (``days``: over many days), for rates, with the limit as a dashed rule where there is one.

    Points are as those of `month_bars`.
    """
    encoding = _encoding(axis)
    if days:
        encoding["x"]["axis"]["labelOverlap"] = True
    mark = {"type": "line", "point": True, "strokeWidth": 2}
    layers: list[dict[str, Any]] = [{"data": {"values": _rows(points)}, "mark": mark, "encoding": encoding}]
    if limit is not None:
        rule = {"type": "rule", "strokeDash": [5, 4], "color": LIMIT, "strokeWidth": 1.5}
        at = {"y": {"field": "limit", "type": "quantitative"}}
        layers.append({"data": {"values": [{"limit": limit}]}, "mark": rule, "encoding": at})
    return _chart(description, {"layer": layers})
