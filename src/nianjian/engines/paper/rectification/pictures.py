"""Charts of a case: which channels draw the complaints, and what the isolated one dialled a day."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import manimgx_fonts_cjk
import vl_convert

from nianjian.engines.paper import charts as draw
from nianjian.engines.paper.pictures import Chart
from nianjian.engines.paper.texts.rectification import DIMENSIONS
from nianjian.engines.paper.words import Words

Json = Mapping[str, Any]

BARS: Final = 12  # keys of a Pareto picture
SCALE: Final = 2.0  # of the PNG that Word shows
VARIABLE: Final = re.compile(r"var\(--[a-z0-9-]+,\s*([^)]*)\)")
FONT: Final = "Noto Sans CJK SC"


def charts(case: Json, _: Words) -> list[Chart]:
    """One Pareto a dimension in which something stands out (else the lines), and the days of the channel."""
    found = []
    located, measured = case.get("located"), case.get("measured")
    if located:
        named = [one["dimension"] for one in located["named"]]
        wanted = [name for name in ("display", "line", "team") if name in named] or ["line"]
        for dimension in wanted:
            told = located["dimensions"][dimension]
            if told["groups"]:
                found.append(pareto(told, _))
    if measured and any(measured[part]["channel"]["by_day"] for part in ("before", "after")):
        found.append(days(measured, _))
    return found


def pareto(told: Json, _: Words) -> Chart:
    """The largest groups, those that stand out in a colour of their own."""
    caption = _("Complaints by {group}").format(group=_(DIMENSIONS[str(told["dimension"])]))
    named = set(told["named"])
    points = [
        (
            _("not known") if group["key"] is None else str(group["key"]),
            _("stands out") if group["key"] in named else _("others"),
            float(group["complaints"]),
        )
        for group in told["groups"][:BARS]
    ]
    drawn = draw.month_bars(points, axis=_("complaints"), description=caption)
    encoding = dict(drawn["encoding"])
    encoding["x"] = {**encoding["x"], "sort": None}
    encoding.pop("xOffset")  # one bar a key
    encoding["color"] = {**encoding["color"], "scale": {"domain": [_("others"), _("stands out")]}}
    return Chart(f"pareto-{told['dimension']}", caption, {**drawn, "encoding": encoding})


def days(measured: Json, _: Words) -> Chart:
    """Attempts a day before the isolation and since, with the cap."""
    caption = _("Attempts a day on {channel}").format(channel=measured["channel"])
    names = {"before": _("before the isolation"), "after": _("since the isolation")}
    points = [
        (str(day), title, float(count))
        for part, title in names.items()
        for day, count in measured[part]["channel"]["by_day"]
    ]
    drawn = draw.month_lines(points, axis=_("attempts"), description=caption, limit=float(measured["cap"]))
    for layer in drawn["layer"]:
        if "x" in layer["encoding"]:
            layer["encoding"]["x"] = {**layer["encoding"]["x"], "axis": {"labelAngle": -45, "labelOverlap": True}}
    return Chart("days", caption, drawn)


def plain(svg: str) -> str:
    """The picture with the colours of paper in place of a page's custom properties, and our font."""
    return VARIABLE.sub(r"\1", svg).replace('font-family="sans-serif"', f'font-family="{FONT}"')


def png(specification: draw.Specification) -> bytes:
    """The picture for Word; the same specification gives the same bytes."""
    return _drawn(plain_specification(specification))


def plain_specification(specification: draw.Specification) -> str:
    """The specification as text, with the colours of paper and our font."""
    text = VARIABLE.sub(r"\1", json.dumps(specification, ensure_ascii=False, sort_keys=True))
    return text.replace('"font": "sans-serif"', f'"font": "{FONT}"')


@lru_cache(maxsize=32)
def _drawn(specification: str) -> bytes:
    _fonts()
    drawn = vl_convert.vegalite_to_png(specification, vl_version=draw.VEGA_LITE, scale=SCALE)
    return bytes(drawn)


@lru_cache(maxsize=1)
def _fonts() -> None:
    vl_convert.register_font_directory(str(Path(manimgx_fonts_cjk.__file__).parent))
