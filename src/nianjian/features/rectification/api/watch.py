"""The watch list (重点监测库) with the stricter limits of whoever stands in it, and the tasks of the routine."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.features.rectification.api.cases import Long
from nianjian.features.rectification.operations import watch
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, RowNumber, Text

router = Router(tags=["rectification"])
WATCH = "/enterprises/{code}/watch"
ROUTINE = "/enterprises/{code}/routine"
Licence = Annotated[Text, Field(min_length=1, max_length=80)]
DataYear = Annotated[int, Field(ge=clock.FIRST_DAY.year, le=clock.LAST_DAY.year)]


class WatchedLicence(Schema):
    """A licence of the list: from ``since`` on; ``until``: the first day it no longer is, null: still."""

    licence: str
    since: date
    until: date | None
    source: str
    case: str | None


class WatchedOf(Schema):
    """Of the season of one data year alone."""

    year: DataYear | None = None


class NewWatch(Schema):
    """A licence for the list: since which day, and who said so; ``case``: the one it comes from."""

    licence: Licence
    since: Day
    source: Long
    case: Text | None = None


class WatchEnd(Schema):
    """The licence, and the first day on which it is no longer watched."""

    licence: Licence
    until: Day


class WatchYear(Schema):
    """The data year of the portrait; this year's if none."""

    year: DataYear | None = None


class CloserLimit(Schema):
    """A metric under the guide's limit and the stricter internal one, in its unit; ``met``: the limit is hit."""

    metric: str
    unit: str
    numerator: int
    denominator: int
    value: str | None
    limit: str
    limit_met: bool
    internal_limit: str
    internal_met: bool
    operator: str
    level: str


class CloserLimits(Schema):
    """The portrait's metrics; none where nobody is watched."""

    year: int
    items: list[CloserLimit]


class RoutineTask(Schema):
    """A recurring task: due on ``due``, then every so many days after it was done."""

    id: int
    text: str
    owner: str
    every: int
    due: date
    late: bool
    done_on: date | None
    case: str | None


class TaskDone(Schema):
    """The day on which it was done; today if none."""

    day: Day | None = None


@read(router, WATCH, act=Act.READ, answer=Page[WatchedLicence])
def watch_list(request: Request, code: str, cut: Query[Cut], of: Query[WatchedOf]) -> dict[str, object]:
    """The licences that stand or stood in the watch list, oldest first."""
    return paged(request, cut, watch.list_watched_licences(enterprise=code, year=of.year, actor=request.actor), dict)


@write(router, WATCH, act=Act.LOAD, answer=WatchedLicence, status=201)
def watch_add(request: Request, code: str, new: NewWatch) -> dict[str, Any]:
    """Put a licence on the watch list."""
    return _written(request, code, new.licence, case=new.case, source=new.source, since=new.since, until=None)


@write(router, f"{WATCH}/ends", act=Act.LOAD, answer=WatchedLicence)
def watch_end(request: Request, code: str, end: WatchEnd) -> dict[str, Any]:
    """Take a licence off the watch list; it stays in it as what was."""
    return _written(request, code, end.licence, case=None, source="", since=None, until=end.until)


@read(router, f"{WATCH}/limits", act=Act.READ, answer=CloserLimits)
def watch_limits(request: Request, code: str, of: Query[WatchYear]) -> dict[str, object]:
    """A year's kept portrait under the stricter limits of a watched licence, which are the house's own and no law."""
    year = of.year or clock.today().year
    return {"year": year, "items": watch.closer(enterprise=code, year=year, actor=request.actor)}


@read(router, ROUTINE, act=Act.READ, answer=Page[RoutineTask])
def routine_list(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The tasks that recur, the next one first."""
    return paged(request, cut, watch.routine(enterprise=code, done=None, day=None, actor=request.actor), dict)


@write(router, f"{ROUTINE}/{{task}}/done", act=Act.LOAD, answer=RoutineTask)
def routine_done(request: Request, code: str, task: RowNumber, given: TaskDone) -> dict[str, Any]:
    """Say that a task was done; it is due again so many days later."""
    tasks = watch.routine(enterprise=code, done=task, day=given.day, actor=request.actor)
    return next(one for one in tasks if one["id"] == task)


def _written(request: Request, code: str, licence: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401 -- what the flow takes
    """The newest flag of the licence as it stands now."""
    told = watch.act(enterprise=code, licence=licence, year=None, actor=request.actor, **given)
    return next(one for one in reversed(told["watched"]) if one["licence"] == licence.strip())
