"""All that is to be done at an enterprise, in one order: overdue first, then by the day it is due; whoever owns it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.season.plan import FILING
from nianjian.features.inbox.obstacles import DIFFERENCES, OVERDUE
from nianjian.features.overview import attention
from nianjian.features.overview.facts import Overview
from nianjian.features.overview.queue import NOBODY, TASK, written_owner
from nianjian.platform.accounts.query import Actor

SILENT: Final = "lines_silent"
WITHOUT_DAY: Final = frozenset(
    {attention.NOT_RUN, attention.INSUFFICIENT, attention.DAYS, attention.OUTDATED, attention.MARKETING}
)
NAMED: Final = 3  # lines that a row names
NONE: Final[Mapping[str, int]] = {NOBODY: 1}


@dataclass(frozen=True, slots=True)
class Item:
    """Something to do: a code with values; ``due`` None: no day; ``owners``: who (as in `Queue`), of how much of it."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    due: date | None = None
    owners: Mapping[str, int] = field(default_factory=lambda: NONE)
    count: int = 1

    def days_left(self, today: date) -> int | None:
        """How many days are left, negative where it is overdue; None where no day is set."""
        return None if self.due is None else (self.due - today).days


def list_items(overview: Overview, actor: Actor, today: date) -> list[Item]:
    """Everything: what inspectors wait for, then the most overdue; what has no day comes last, in its own order."""
    items = [*_list_queued(overview), *_list_points(overview, actor, today), *_list_others(overview)]
    return sorted(items, key=lambda item: (item.code != attention.ROOM, item.due or date.max))


def select_items(items: Sequence[Item], owner: str | None) -> list[Item]:
    """Those that an owner sees to; None: all."""
    return [item for item in items if owner is None or item.owners.get(owner)]


def _list_queued(overview: Overview) -> Iterator[Item]:
    """Tickets and differences."""
    if (count := sum(overview.queue.tickets.values())) and (since := overview.queue.overdue):
        yield Item(OVERDUE, {"since": since}, since.astimezone(clock.ZONE).date(), overview.queue.tickets, count)
    for point, owners in overview.queue.differences:
        yield Item(DIFFERENCES, point.values, None, owners, sum(owners.values()))


def _list_points(overview: Overview, actor: Actor, today: date) -> Iterator[Item]:
    """What stands in the way and what waits for the reader, save what is read from the queue or told as one row."""
    tracks = {task.plan.task for task in overview.queue.tasks}
    for point in (*overview.blockers, *overview.tasks):
        values = point.values
        match point.code:
            case attention.APPROVAL | attention.ROOM:
                yield Item(point.code, values, today, {actor.name: 1})
            case attention.FAILED:
                yield Item(point.code, values, None, {actor.name: 1})
            case attention.COMPLAINT:
                due: datetime = values["due"]
                yield Item(point.code, values, due.astimezone(clock.ZONE).date(), {values["assignee"]: 1})
            case attention.LATE if f"{FILING}{values['track']}" in tracks:
                continue  # its task says so, with its owner
            case attention.LATE | attention.CASE:
                yield Item(point.code, values, values["due"])
            case attention.EXPIRED:
                yield Item(point.code, values, values["until"])
            case attention.MATERIALS | attention.ATTACHMENT:
                yield Item(point.code, values, _find_report_day(overview, values.get("year", overview.year)))
            case code if code in WITHOUT_DAY:
                yield Item(code, values)


def _find_report_day(overview: Overview, year: int | None) -> date | None:
    """The last day of the report on data year ``year``; None: it is handed in or over, or no source names one."""
    days = (
        one.last for one in overview.calendar.deadlines if one.track and year is not None and one.day.year == year + 1
    )
    return next(days, None)


def _list_others(overview: Overview) -> Iterator[Item]:
    """Tasks of the season, rows that were not accepted, of all imports together, and silent lines."""
    for task in overview.queue.tasks:
        values = {"task": task.plan.task, "year": overview.queue.year, "written": written_owner(task)}
        yield Item(TASK, values, task.due.day, {overview.queue.task_owner(task): 1})
    batches = [point.values for point in overview.blockers if point.code == attention.REJECTS]
    if batches:
        rows = sum(int(batch["rows"]) for batch in batches)
        yield Item(attention.REJECTS, {"batches": [batch["batch"] for batch in batches], "rows": rows}, count=rows)
    silent = [use.line for use in (overview.lines.lines if overview.lines else ()) if use.silent]
    if silent:
        yield Item(SILENT, {"lines": silent[:NAMED]}, count=len(silent))
