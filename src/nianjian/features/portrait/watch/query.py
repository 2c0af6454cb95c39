"""Read the watch list and the routine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nianjian.features.portrait.watch.model import Task, Watch
from nianjian.features.portrait.watch.watchlist import carried


@dataclass(frozen=True, slots=True)
class Watched:
    """A licence in the 重点监测库; ``until`` None: still."""

    id: int
    licence: str
    since: date
    until: date | None
    source: str
    case: str | None


@dataclass(frozen=True, slots=True)
class Routine:
    """A recurring task; ``due``: when it is to be done next."""

    id: int
    text: str
    owner: str
    every: int
    due: date
    done_on: date | None
    case: str | None


def watched(enterprise: str, year: int | None = None) -> list[Watched]:
    """The licences that stand or stood in the list; of a data year: those whose season is looked at more closely.

    A flag is carried to the season of the data year in which it was set, and to every later one until it is taken off.
    """
    rows = [
        Watched(row.pk, row.licence, row.since, row.until, row.source, row.case_id)
        for row in Watch.objects.filter(enterprise_id=enterprise).order_by("since", "pk")
    ]
    return rows if year is None else [one for one in rows if carried(one.since, one.until, year)]


def routine(enterprise: str) -> list[Routine]:
    """The tasks that still recur, the next one first."""
    found = Task.objects.filter(enterprise_id=enterprise, stopped_on=None).order_by("due", "pk")
    return [
        Routine(row.pk, row.text or "", row.owner or "", row.every, row.due, row.done_on, row.case_id) for row in found
    ]
