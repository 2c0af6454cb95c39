"""Reports that were not handed in in time, of one enterprise or of a thousand; a late season stands in the way.

A thousand enterprises cost four queries and one rulebook a province.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from nianjian.engines.kernel.workdays import Due
from nianjian.engines.rules.rulebook import Overlay, Rulebook
from nianjian.engines.season.deadlines import (
    TRACKS,
    Deadline,
    Printed,
    TrackState,
    deciding,
    of_season,
    printed_to,
    track_state,
)
from nianjian.features.overview.operations.reports import licences
from nianjian.platform.accounts import query as accounts
from nianjian.platform.registers import filings, overlays
from nianjian.platform.registers.filings import Filing
from nianjian.platform.rulebook.deadlines import UNDER
from nianjian.platform.rulebook.holidays import calendar


@dataclass(frozen=True, slots=True)
class Late:
    """A report of a data year whose last day ``due`` is over; only a late report is left."""

    track: str
    year: int
    due: date


def late(enterprises: Mapping[str, str], today: date) -> dict[str, list[Late]]:
    """By code; ``enterprises``: code -> province. What is not in it has handed in everything, or nothing is due yet.

    Of a season that was over before the enterprise was known here nothing can be said.
    """
    year = today.year - 1
    filed, since = filings.list_filings_by_enterprise(list(enterprises), year), accounts.known_since(list(enterprises))
    reporting = licences(
        [code for code in filed if any(one.submitted_on or one.licence for one in filed[code])], year, today
    )
    acting = [one for one in overlays.list_overlays() if str(one["key"]).startswith(UNDER)]
    days, ends = calendar(), dict[tuple[str, str, str], tuple[Deadline, ...]]()
    found = {}
    for code, province in enterprises.items():
        own = [one for one in acting if one.get("enterprise") in {None, code}]
        named = code if any(one.get("enterprise") == code for one in own) else ""
        key = (province, named, json.dumps(own, default=str, sort_keys=True))
        if key not in ends:
            ends[key] = of_season(_book(today, *key), today.year, days)
        told = _of_one(ends[key], filed.get(code, []), reporting.get(code, {""}), today)
        if kept := [one for one in told if one.due >= since[code]]:
            found[code] = kept
    return found


@lru_cache(maxsize=256)
def _book(today: date, province: str, enterprise: str, acting: str) -> Rulebook:
    """Without overlays of its own an enterprise shares the rulebook of its province."""
    given: list[Overlay] = json.loads(acting)
    return Rulebook.on(today, province or None, enterprise or None, given, tolerant=True)


def _of_one(ends: tuple[Deadline, ...], rows: list[Filing], numbers: set[str], today: date) -> list[Late]:
    told, found = printed_to(filings.list_notices(rows), numbers), []
    for track in TRACKS:
        handed = {one.licence: one.submitted_on for one in rows if one.track == track and one.submitted_on}
        late_ = [
            due.last.day
            for number in numbers
            if (due := _due(ends, track, number, told)) is not None
            and track_state(due, handed.get(number), today) is TrackState.LATE
        ]
        if late_:
            found.append(Late(track, today.year - 1, min(late_)))
    return found


def _due(ends: tuple[Deadline, ...], track: str, number: str, told: list[Printed]) -> Deadline | None:
    """The day that decides for a licence: one that a notice to it names wins."""
    due = deciding(ends, track)
    own = [one.day for one in told if one.track == track and one.licence in {None, number}]
    return replace(due, day=min(own), last=Due(min(own), provisional=False)) if due is not None and own else due
