"""The report as PDF, set like the other papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper.pictures import Chart
from nianjian.engines.paper.printing.typeset import typeset
from nianjian.engines.paper.rectification.pictures import plain

SOURCE: Final = "rectification.typ"


def pdf(told: Mapping[str, Any], charts: Sequence[Chart]) -> bytes:
    """The document; the same content gives the same bytes. ``drawing_failed``."""
    data = {**told, "charts": [{"file": f"{one.name}.svg", "caption": one.caption} for one in charts]}
    return typeset(SOURCE, data, {one.name: plain(one.svg) for one in charts}, "pdf")
