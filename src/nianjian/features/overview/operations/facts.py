"""Everything that an overview shows, gathered; and what the portfolio shows of each of many enterprises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.features.inbox.operations import obstacles
from nianjian.features.inbox.operations.obstacles import Point
from nianjian.features.overview.operations import attention, expiry, freshness, materials, since
from nianjian.features.overview.operations.day import Situation, Verdict, gravest, room, urgency, verdict
from nianjian.features.overview.operations.freshness import Fresh
from nianjian.features.overview.operations.late import late
from nianjian.features.overview.operations.reports import with_reports
from nianjian.features.portrait import line_usage, portraits
from nianjian.features.portrait.line_usage import LineUsage
from nianjian.features.portrait.portraits import Run
from nianjian.features.rectification import operations
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import batches
from nianjian.platform.rulebook.deadlines import Calendar, Deadline, calendars, joined

RUNS: Final = 5
RED: Final = "red"


@dataclass(frozen=True, slots=True)
class Overview:
    """``year`` and ``portrait`` (masked) None: none was computed. What a team may not see is empty."""

    year: int | None
    portrait: Mapping[str, Any] | None
    light: str
    calendar: Calendar
    blockers: Sequence[Point]
    tasks: Sequence[Point]
    sources: Sequence[Fresh]
    registers: Sequence[Fresh]
    runs: Sequence[Run]
    verdict: Verdict
    lines: LineUsage | None = None
    since: Mapping[str, int] = field(default_factory=dict)  # what changed since the newest run, with its acts


def overview(enterprise: Enterprise, actor: Actor, team: str | None) -> Overview:
    """Gather it for a person; of a ``team``, only that team's rows of the portrait."""
    today = clock.today()
    years = portraits.list_years(enterprise.code)
    year = years[0] if years else None
    portrait = None if year is None else portraits.find_masked_portrait(enterprise.code, year)
    calendar = calendars({enterprise.code: enterprise.province}, today)[enterprise.code]
    if team is not None:
        return _of_team(year, portrait, calendar, team)
    running = operations.list_waiting(enterprise.code)
    ending = expiry.ends([enterprise.code], today)[enterprise.code]
    lacking = materials.missing(enterprise.code, calendar, today)
    calendar = with_reports({enterprise.code: calendar}, today)[enterprise.code]
    calendar = expiry.with_expiries(beside(calendar, running, today), ending, today)
    over, missed = expiry.over(ending, today), late({enterprise.code: enterprise.province}, today)
    unfiled = missed.get(enterprise.code, [])
    blockers = attention.blockers(enterprise.code, portrait, running, over, lacking, late=unfiled)
    tasks = attention.tasks(enterprise.code, actor)
    sources = freshness.sources(enterprise.code, today)
    light = str(portrait["light"]) if portrait else ""
    runs = [] if year is None else portraits.list_runs(enterprise.code, year)[:RUNS]
    overdue = sum(int(one.values["count"]) for one in blockers if one.code == obstacles.OVERDUE)
    now = Situation(
        light, len(blockers), len(tasks), _left(calendar), _youngest(sources), late=len(unfiled), overdue=overdue
    )
    newest = None if year is None else portraits.find_newest_run(enterprise.code, year)
    return Overview(
        year=year,
        portrait=portrait,
        light=light,
        calendar=calendar,
        blockers=blockers,
        tasks=tasks,
        sources=sources,
        registers=freshness.registers(enterprise.code, today),
        runs=[portraits.get_run(enterprise.code, year, one) for one in runs] if year else [],
        verdict=verdict(now),
        lines=line_usage.find_line_usage(enterprise.code, today),
        since={} if newest is None else since.since(enterprise.code, newest),
    )


def _left(calendar: Calendar) -> int | None:
    return calendar.earliest.days if calendar.earliest else None


def _youngest(sources: Sequence[Fresh]) -> int | None:
    return min((one.age for one in sources if one.age is not None), default=None)


def _of_team(year: int | None, portrait: Mapping[str, Any] | None, calendar: Calendar, team: str) -> Overview:
    """The team's own row of each metric in place of the enterprise's figures."""
    own = [
        {"slug": metric["slug"], "unit": metric["unit"], "light": row["light"], "value": row.get("value")}
        for metric in (portrait["metrics"] if portrait else ())
        for row in (metric.get("splits") or {}).get("team", ())
        if row["key"] == team
    ]
    light = gravest(str(one["light"]) for one in own)
    shown = {"light": light, "metrics": own, "period": portrait["period"]} if portrait and own else None
    now = Situation(light, days_left=_left(calendar))
    return Overview(year if shown else None, shown, light, calendar, (), (), (), (), (), verdict(now))


@dataclass(frozen=True, slots=True)
class Standing:
    """An enterprise in the portfolio; ``light`` "" where no portrait is kept; ``age``: days since its last call.

    ``red``: how many things are red; ``room``: the smallest head-room as a share of its limit, None where not known.
    """

    enterprise: Enterprise
    year: int | None
    light: str
    run: Run | None
    calendar: Calendar
    age: int | None
    verdict: Verdict
    red: int = 0
    room: Fraction | None = None


def portfolio(enterprises: Sequence[Enterprise]) -> list[Standing]:
    """Where each enterprise stands: most red first, then the nearest date, then the least head-room.

    Red are metrics, reports that are late, what has expired, and cases of rectification that still wait.

    Nothing of a team is in it: whole enterprises only. A thousand enterprises without portraits: fewer than 20 queries
    and 0.4 s on one core; each portrait adds the reading of one line of its file.
    """
    today = clock.today()
    places = {one.code: one.province for one in enterprises}
    known, missed = with_reports(calendars(places, today), today), late(places, today)
    last = batches.last_call_day_by_enterprise([one.code for one in enterprises])
    ending = expiry.ends([one.code for one in enterprises], today)
    running = operations.map_waiting(places)
    found = []
    for one in enterprises:
        years = portraits.list_years(one.code)
        run = portraits.find_newest_run(one.code, years[0]) if years else None
        portrait = portraits.find_portrait(one.code, years[0]) if years and run is None else None  # of an older program
        light = run.light if run else str(portrait["light"]) if portrait else ""
        day = last.get(one.code)
        age = None if day is None else max((today - day).days, 0)
        waits = running.get(one.code, [])
        calendar = expiry.with_expiries(beside(known[one.code], waits, today), ending[one.code], today)
        over, unfiled = len(expiry.over(ending[one.code], today)), len(missed.get(one.code, ()))
        metrics = run.metrics if run else ()
        red = sum(each["light"] == RED for each in metrics) if metrics else int(light == RED)
        spare = room(metrics, calendar.limits)
        now = Situation(light, len(waits), 0, _left(calendar), age, red + over + unfiled + len(waits), unfiled, spare)
        standing = Standing(one, years[0] if years else None, light, run, calendar, age, verdict(now), now.red, spare)
        found.append((urgency(now), one.name, standing))
    return [standing for _order, _name, standing in sorted(found, key=lambda one: one[:2])]


def sought(actor: Actor, text: str) -> list[Standing | Enterprise]:
    """The enterprises that concern the asker and hold the text in code or name, the most urgent first.

    Last those of which the asker sees a team alone: nothing of the whole enterprise is told of them.
    """
    whole = {one.code for one in list_accessible_enterprises(actor, Act.READ)}
    fitting = [one for one in list_accessible_enterprises(actor) if text.lower() in f"{one.code} {one.name}".lower()]
    return [
        *portfolio([one for one in fitting if one.code in whole]),
        *(one for one in fitting if one.code not in whole),
    ]


def lit(found: Sequence[Standing | Enterprise], light: str) -> list[Standing | Enterprise]:
    """Those whose portrait shows the light; all where none is named."""
    return [one for one in found if not light or (isinstance(one, Standing) and one.light == light)]


def of_province(found: Sequence[Standing | Enterprise], province: str) -> list[Standing | Enterprise]:
    """Those of a province; all where none is named."""
    return [one for one in found if not province or (isinstance(one, Standing) and one.enterprise.province == province)]


CASE: Final = "rectification.due"


def beside(calendar: Calendar, running: Iterable[operations.Running], today: date) -> Calendar:
    """The same with the days by which cases of rectification must be reported; one that is over has negative days."""
    found = [
        Deadline(
            operations.rulebook_on(case.enterprise_id, case.received).in_force[CASE],
            days.due.day,
            (days.due.day - today).days,
        )
        for case, days in running
    ]
    return joined(calendar, found)
