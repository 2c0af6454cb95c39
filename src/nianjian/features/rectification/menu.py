"""Where the pages of rectification stand in the menu, and how many cases are open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.features.rectification import states
from nianjian.features.rectification.queries import list_cases
from nianjian.platform.web.menu import Entry, Place, Reader


def _find_newest(enterprise: str) -> Mapping[str, str] | None:
    case = list_cases(enterprise).exclude(state=states.CLOSED).only("pk").first()
    return {"case": case.pk} if case else None


ENTRIES: Final = (
    Entry(Place.RECTIFICATION, mark("Cases"), "rectify"),
    Entry(Place.RECTIFICATION, mark("Locate the cause"), "rectify-locate", needs=("case",), find=_find_newest),
)


def count_open(reader: Reader) -> int:
    """How many cases are not closed."""
    return list_cases(reader.code).exclude(state=states.CLOSED).count()
