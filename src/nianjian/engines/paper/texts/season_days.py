"""The days of a season once each, as tables and calendars show them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]


def build_day_key(one: Json) -> tuple[str, ...]:
    """What a day is known by: its report, its template, its rule or the notice that names it."""
    return str(one["track"]), str(one["template"]), str(one["rule"] or one["citation"])


def list_days(tracks: Sequence[Json]) -> list[tuple[Json, tuple[str, ...], str]]:
    """Every day of a season's reports once: the day, the licences it is for (empty: each that reports), its mark.

    Two notices of one name may name different days to different licences; both are kept. ``mark`` tells them apart: ""
    for the first, so that what stood there before keeps its identity, for any other its first licence, whatever its
    day.
    """
    found: dict[tuple[str, ...], tuple[Json, list[str]]] = {}
    holders: dict[str, list[str]] = {}
    for track in tracks:
        number = str(track["licence"] or "")
        holders.setdefault(str(track["track"]), []).append(number)
        for one in track["deadlines"]:
            found.setdefault((*build_day_key(one), str(one["date"])), (one, []))[1].append(number)
    seen, told = set[tuple[str, ...]](), list[tuple[Json, tuple[str, ...], str]]()
    for one, numbers in found.values():
        mark = numbers[0] if build_day_key(one) in seen else ""
        seen.add(build_day_key(one))
        told.append((one, () if numbers == holders[str(one["track"])] else tuple(numbers), mark))
    return told
