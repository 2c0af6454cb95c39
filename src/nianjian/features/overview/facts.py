"""Everything that an overview shows, gathered; and what the portfolio shows of each of many enterprises."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.workdays import day_of
from nianjian.engines.paper.explanations import team_standing
from nianjian.features.complaints.queries import load_service_levels, map_overdue
from nianjian.features.dossier import materials
from nianjian.features.dossier.materials import ALGORITHM
from nianjian.features.inbox import obstacles
from nianjian.features.inbox.obstacles import Point
from nianjian.features.overview import attention, queue
from nianjian.features.overview.attention import LateReport, list_late_reports, with_reports
from nianjian.features.overview.queue import Queue
from nianjian.features.overview.verdict import Situation, Verdict, decide, gravest, smallest_headroom, urgency
from nianjian.features.portrait import bases, line_usage, portraits
from nianjian.features.portrait.changes import count_changes
from nianjian.features.portrait.line_usage import LineUsage
from nianjian.features.portrait.portraits import Run
from nianjian.features.rectification import operations
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.registers import batches, kinds, versions
from nianjian.platform.registers.seats import robot_rules_apply
from nianjian.platform.rulebook.deadlines import RENEWALS, Calendar, Deadline, Expiry, calendars, data_year, joined

SIGHT: Final = timedelta(days=366)  # what runs out later than the next season is no concern yet
NAMED: Final = 3  # keys of what runs out together
CANCELLED: Final = "cancelled"  # the filing of a number that was given back: nobody renews it

Ends = Mapping[tuple[str, date], tuple[tuple[str, ...], int]]
"""(register, last valid day) -> keys of the first `NAMED` rows that end then, and how many there are."""


def list_last_days(enterprises: Collection[str], today: date) -> dict[str, Ends]:
    """Last valid days of each enterprise's numbers and licences, up to a year ahead; one query for all."""
    by_code: dict[str, dict[tuple[str, date], tuple[tuple[str, ...], int]]] = {code: {} for code in enterprises}
    renewals = list(RENEWALS)
    models = [(kinds.register(kind).model, CANCELLED if kind == "numbers" else "") for kind in renewals]
    for one in versions.list_endings(models, enterprises, today, today + SIGHT, NAMED):
        ends, kind = by_code[one.enterprise], renewals[one.place]
        keys, _count = ends.get((kind, one.until), ((), 0))
        ends[kind, one.until] = (*keys, one.key), one.count
    return dict(by_code)


def with_expiries(calendar: Calendar, ending: Ends, today: date) -> Calendar:
    """The calendar with what runs out: the day to ask for renewal by, and after it the last valid day itself."""
    deadlines = []
    for (kind, until), (keys, count) in ending.items():
        if until >= today and kind in calendar.renewals:
            rule = calendar.renewals[kind]
            ask_by = until - timedelta(days=int(str(rule.value)))
            day = ask_by if ask_by >= today else until
            deadlines.append(Deadline(rule, day, (day - today).days, Expiry(kind, keys, count, until, ask_by)))
    return joined(calendar, deadlines)


def list_expired(ending: Ends, today: date) -> list[Expiry]:
    """What the registers still hold although its last valid day is over, the oldest first."""
    expiries = [
        Expiry(kind, keys, count, until, until) for (kind, until), (keys, count) in ending.items() if until < today
    ]
    return sorted(expiries, key=lambda one: (one.until, one.kind))


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a source of calls or a register last brought anything; ``age`` in days."""

    name: str
    last: date | None
    age: int | None


def _freshness(name: str, last: date | None, today: date) -> Freshness:
    return Freshness(name, last, None if last is None else max((today - last).days, 0))


def list_source_freshness(enterprise: str, today: date) -> list[Freshness]:
    """Day of the last call of each source, as the newest imported files tell it; the oldest first."""
    sources = [_freshness(name, day, today) for name, day in batches.last_call_days(enterprise).items()]
    return sorted(sources, key=lambda one: (-(one.age or 0), one.name))


def list_register_freshness(enterprise: str, today: date) -> list[Freshness]:
    """Day of the last entry of each register, in the registers' order."""
    names = list(kinds.kinds())
    moments = versions.last_recorded_at([kinds.register(kind).model for kind in names], enterprise)
    return [
        _freshness(kind, None if moment is None else day_of(moment), today)
        for kind, moment in zip(names, moments, strict=True)
    ]


def count_missing_materials(enterprise: str, calendar: Calendar, today: date) -> tuple[int, int]:
    """Data year that is due next, and how many of its items are not ready.

    None counts before the plan for the first deadline starts and anybody has begun.
    """
    year = data_year(calendar, today)
    early = calendar.start is None or today < calendar.start
    unready, begun = materials.list_unready_items(enterprise, year, on=today, further=calendar.further)
    if early and not begun:
        return year, 0
    if ALGORITHM in unready and not robot_rules_apply(enterprise, year, today):
        unready.remove(ALGORITHM)
    return year, len(unready)


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
    sources: Sequence[Freshness]
    registers: Sequence[Freshness]
    runs: Sequence[Run]
    verdict: Verdict
    lines: LineUsage | None = None
    since: Mapping[str, int] = field(default_factory=dict)  # what changed since the run that stands, with its acts
    queue: Queue = field(default_factory=Queue)
    running: Sequence[operations.Running] = ()  # cases of rectification that wait
    pending: Sequence[approvals.Approval] = ()  # requests that nobody has decided


def build_overview(enterprise: Enterprise, actor: Actor, team: str | None) -> Overview:
    """Gather it for a person; of a ``team``, only that team's rows of the portrait."""
    today = clock.today()
    years = portraits.list_years(enterprise.code)
    year = years[0] if years else None
    standing = None if year is None else bases.find_standing_run(enterprise.code, year)
    run = standing.id if standing else None
    portrait = None if year is None else portraits.find_masked_portrait(enterprise.code, year, run)
    calendar = calendars({enterprise.code: enterprise.province}, today)[enterprise.code]
    if team is not None:
        own = _team_overview(year, portrait, calendar, team)
        return replace(own, queue=queue.read_team_queue(enterprise.code, team))
    running = operations.list_waiting(enterprise.code)
    ending = list_last_days([enterprise.code], today)[enterprise.code]
    lacking = count_missing_materials(enterprise.code, calendar, today)
    calendar = with_reports({enterprise.code: calendar}, today)[enterprise.code]
    calendar = with_expiries(with_cases(calendar, running, today), ending, today)
    over, missed = list_expired(ending, today), list_late_reports({enterprise.code: enterprise.province}, today)
    unfiled = missed.get(enterprise.code, [])
    levels = load_service_levels(enterprise.code)
    tickets = queue.count_overdue(enterprise.code, levels)
    waited = obstacles.list_obstacles(enterprise.code, levels, tickets.total())
    blockers = attention.list_blockers(enterprise.code, portrait, running, over, lacking, late=unfiled, waited=waited)
    waiting = queue.read_queue(enterprise.code, actor, tickets, waited)
    pending = approvals.list_pending(enterprise.code)
    tasks = attention.list_tasks(enterprise.code, actor, levels, waiting, pending)
    sources = list_source_freshness(enterprise.code, today)
    light = str(portrait["light"]) if portrait else ""
    runs = [] if year is None else portraits.list_runs(enterprise.code, year)[:RUNS]
    overdue = sum(int(one.values["count"]) for one in blockers if one.code == obstacles.OVERDUE)
    age = min((one.age for one in sources if one.age is not None), default=None)
    now = Situation(light, len(blockers), len(tasks), _days_left(calendar), age, late=len(unfiled), overdue=overdue)
    return Overview(
        year=year,
        portrait=portrait,
        light=light,
        calendar=calendar,
        blockers=blockers,
        tasks=tasks,
        sources=sources,
        registers=list_register_freshness(enterprise.code, today),
        runs=[portraits.get_run(enterprise.code, year, one) for one in runs] if year else [],
        verdict=decide(now),
        lines=line_usage.find_line_usage(enterprise.code, today),
        since={} if standing is None else count_changes(enterprise.code, standing),
        queue=waiting,
        running=running,
        pending=pending,
    )


def _days_left(calendar: Calendar) -> int | None:
    return calendar.earliest.days if calendar.earliest else None


def _team_overview(year: int | None, portrait: Mapping[str, Any] | None, calendar: Calendar, team: str) -> Overview:
    """The team's own row of each metric in place of the enterprise's figures."""
    own = [one for one in team_standing(portrait, team) if one["light"] != "na"] if portrait else []
    light = gravest(str(one["light"]) for one in own)
    own_portrait = {"light": light, "metrics": own, "period": portrait["period"]} if portrait and own else None
    now = Situation(light, days_left=_days_left(calendar))
    return Overview(year if own_portrait else None, own_portrait, light, calendar, (), (), (), (), (), decide(now))


@dataclass(frozen=True, slots=True)
class PortfolioEntry:
    """An enterprise in the portfolio; ``light`` "" where no portrait is kept; ``age``: days since its last call.

    ``red``: how many things are red; ``room``: the smallest head-room as a share of its limit, None where not known.
    ``late`` reports, ``expired`` rows and ``cases`` of rectification that wait: what is to be done, with its days.
    ``tickets``: how many complaints are overdue and since when the first one is; None: none.
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
    late: Sequence[LateReport] = ()
    expired: Sequence[Expiry] = ()
    cases: Sequence[operations.Running] = ()
    tickets: tuple[int, datetime] | None = None


def build_portfolio(enterprises: Sequence[Enterprise]) -> list[PortfolioEntry]:
    """Where each enterprise stands: most red first, then the nearest date, then the least head-room.

    Red are metrics, reports that are late, what has expired, and cases of rectification that still wait.

    Nothing of a team is in it: whole enterprises only. A thousand enterprises without portraits: fewer than 20 queries
    and 0.4 s on one core; each portrait adds the reading of one line of its file.
    """
    today = clock.today()
    places = {one.code: one.province for one in enterprises}
    by_code, missed = with_reports(calendars(places, today), today), list_late_reports(places, today)
    last = batches.last_call_day_by_enterprise([one.code for one in enterprises])
    ending = list_last_days([one.code for one in enterprises], today)
    running, tickets = operations.map_waiting(places), map_overdue(places, clock.now())
    entries = []
    for one in enterprises:
        years = portraits.list_years(one.code)
        run = bases.find_standing_run(one.code, years[0]) if years else None
        portrait = portraits.find_portrait(one.code, years[0]) if years and run is None else None  # of an older program
        light = run.light if run else str(portrait["light"]) if portrait else ""
        day = last.get(one.code)
        age = None if day is None else max((today - day).days, 0)
        waits = running.get(one.code, [])
        calendar = with_expiries(with_cases(by_code[one.code], waits, today), ending[one.code], today)
        over, unfiled = list_expired(ending[one.code], today), missed.get(one.code, [])
        metrics = run.metrics if run else ()
        red = sum(each["light"] == RED for each in metrics) if metrics else int(light == RED)
        spare = smallest_headroom(metrics, calendar.limits)
        red += len(over) + len(unfiled) + len(waits)
        late = tickets.get(one.code)
        overdue = late[0] if late else 0
        now = Situation(light, len(waits), 0, _days_left(calendar), age, red, len(unfiled), spare, overdue)
        year = years[0] if years else None
        judged = decide(now)
        entry = PortfolioEntry(one, year, light, run, calendar, age, judged, red, spare, unfiled, over, waits, late)
        entries.append((urgency(now), one.name, entry))
    return [entry for _order, _name, entry in sorted(entries, key=lambda one: one[:2])]


def holds_text(one: Enterprise, text: str) -> bool:
    """Whether code or name hold the text."""
    return text.lower() in f"{one.code} {one.name}".lower()


def search_portfolio(actor: Actor, text: str) -> list[PortfolioEntry | Enterprise]:
    """The enterprises that concern the asker and hold the text in code or name, the most urgent first.

    Last those of which the asker sees a team alone: nothing of the whole enterprise is told of them.
    """
    whole = {one.code for one in list_accessible_enterprises(actor, Permission.READ)}
    fitting = [one for one in list_accessible_enterprises(actor) if holds_text(one, text)]
    return [
        *build_portfolio([one for one in fitting if one.code in whole]),
        *(one for one in fitting if one.code not in whole),
    ]


UNPROVEN: Final = "insufficient"


def filter_portfolio(
    entries: Sequence[PortfolioEntry | Enterprise], light: str, province: str, *, uncomputed: str = ""
) -> list[PortfolioEntry | Enterprise]:
    """Those whose portrait shows the light, of a province; "" asks for all.

    ``uncomputed``: the light under which those without a portrait are found.
    """

    def fits(one: PortfolioEntry | Enterprise) -> bool:
        entry = one if isinstance(one, PortfolioEntry) else None
        return (not light or (entry is not None and (entry.light or uncomputed) == light)) and (
            not province or (entry is not None and entry.enterprise.province == province)
        )

    return [one for one in entries if fits(one)]


CASE: Final = "rectification.due"


def with_cases(calendar: Calendar, running: Iterable[operations.Running], today: date) -> Calendar:
    """The same with the days by which cases of rectification must be reported; one that is over has negative days."""
    deadlines = []
    for case, days in running:
        rule = operations.rulebook_on(case.enterprise_id, case.received).in_force[CASE]
        deadlines.append(Deadline(rule, days.due.day, (days.due.day - today).days))
    return joined(calendar, deadlines)
