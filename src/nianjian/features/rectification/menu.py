"""Where the pages of rectification stand in the menu, and how many cases are open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.features.rectification import states
from nianjian.features.rectification.queries import find_newest_open, list_cases
from nianjian.platform.web.menu import Entry, Place, Reader


def _find_newest(enterprise: str) -> Mapping[str, str] | None:
    case = find_newest_open(enterprise)
    return {"case": case.pk} if case else None


ENTRIES: Final = (
    Entry(Place.RECTIFICATION, mark("Cases"), "rectify"),
    Entry(
        Place.RECTIFICATION, mark("Locate the cause"), "rectify-locate", needs=("case",), find=_find_newest,
        empty="rectify-locations",
    ),
    Entry(Place.RECTIFICATION, mark("Isolated channels"), "rectify-isolated"),
)  # fmt: skip


def count_open(reader: Reader) -> int:
    """How many cases are not closed."""
    return list_cases(reader.code).exclude(state=states.CLOSED).count()
