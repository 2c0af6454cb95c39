"""Which rows of an enterprise were erased when: kept beside the portraits, so that a page need not read the lake's log.

Portraits are sealed: what was computed stays as it was, and says that the rows behind it are gone.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.frame import Frame
from nianjian.features.portrait.operations import erased

CODE: Final = "rows_erased"
CALLS: Final = "calls"


def add_erasure_warning(enterprise: str, portrait: dict[str, Any]) -> dict[str, Any]:
    """Add the warning ``rows_erased`` where rows behind a kept portrait are gone; otherwise the same object."""
    period = portrait["period"]
    as_of = date.fromisoformat(period["as_of"])
    today = None if period.get("today") is None else date.fromisoformat(period["today"])
    gone = find_erasure(enterprise, Frame(date.fromisoformat(period["from"]).year, as_of, today).span.first)
    if gone is None:
        return portrait
    return {**portrait, "warnings": [*portrait.get("warnings", []), {"code": CODE, **gone}]}


def refuse(enterprise: str, frame: Frame) -> None:
    """Raise ``rows_erased_year`` where a portrait of this frame would count calls that are gone."""
    gone = find_erasure(enterprise, frame.period.first)
    if gone is not None:
        raise NianjianError("rows_erased_year", year=frame.year, on=gone["on"], before=gone["before"])


def find_erasure(enterprise: str, first: date) -> dict[str, str] | None:
    """``on`` and ``before`` (first day that is still there) of the first erasure of calls of ``first`` or later."""
    for mark in erased.marks(enterprise):
        if mark.table == CALLS and mark.until is not None and date.fromisoformat(mark.until) >= first:
            return {"on": mark.day, "before": (date.fromisoformat(mark.until) + timedelta(days=1)).isoformat()}
    return None


def note(enterprise: str, table: str, *, version: int, day: date, before: date) -> None:
    """Write the mark of an erasure once; hold the lake's lock."""
    until = before - timedelta(days=1)
    mark = erased.Mark(table, version, day.isoformat(), until.isoformat())
    if mark not in erased.marks(enterprise):
        erased.note(enterprise, table, version, day, until)
