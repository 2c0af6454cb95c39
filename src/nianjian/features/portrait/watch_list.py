"""The watch list (重点监测库) and the routine that keeps a case from coming back."""

from dataclasses import dataclass
from datetime import date

from nianjian.features.portrait.models import Task, Watch
from nianjian.features.portrait.watch_limits import applies_to_year


@dataclass(frozen=True, slots=True)
class WatchedLicence:
    """A licence in the 重点监测库; ``until`` None: still."""

    id: int
    licence: str
    since: date
    until: date | None
    source: str
    case: str | None


@dataclass(frozen=True, slots=True)
class RoutineTask:
    """A recurring task; ``due``: when it is to be done next."""

    id: int
    text: str
    owner: str
    every: int
    due: date
    done_on: date | None
    case: str | None


def list_watched_licences(enterprise: str, year: int | None = None) -> list[WatchedLicence]:
    """The licences that stand or stood in the list; of a data year: those whose season is looked at more closely.

    A flag is carried to the season of the data year in which it was set, and to every later one until it is taken off.
    """
    rows = [
        WatchedLicence(row.pk, row.licence, row.since, row.until, row.source, row.case_id)
        for row in Watch.objects.filter(enterprise_id=enterprise).order_by("since", "pk")
    ]
    return rows if year is None else [one for one in rows if applies_to_year(one.since, one.until, year)]


def list_routine_tasks(enterprise: str) -> list[RoutineTask]:
    """The tasks that still recur, the next one first."""
    tasks = Task.objects.filter(enterprise_id=enterprise, stopped_on=None).order_by("due", "pk")
    return [
        RoutineTask(row.pk, row.text or "", row.owner or "", row.every, row.due, row.done_on, row.case_id)
        for row in tasks
    ]
