"""Who asks, the enterprises that concern the asker, and where each of them stands today."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Any, Literal

from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.slices import LazyRows
from nianjian.features.overview import facts
from nianjian.features.overview.facts import Freshness
from nianjian.features.people.operations import Role
from nianjian.features.portrait import bases, line_usage, portraits
from nianjian.features.season import operations
from nianjian.platform.accounts import query, service
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Day, Text
from nianjian.platform.rulebook.deadlines import Deadline as Due

router = Router(tags=["enterprises"])


@dataclass(frozen=True, slots=True)
class Me:
    """Who the token is; ``scopes`` null: whatever the roles allow."""

    name: str
    scopes: list[str] | None
    roles: list[Role]


@dataclass(frozen=True, slots=True)
class EnterpriseStanding(Enterprise):
    """A tenant with its newest portrait; ``light`` null where there is none, or for whom sees a team's rows only."""

    year: int | None
    light: str | None


@dataclass(frozen=True, slots=True)
class Expiring:
    """Rows of a register that run out together: renewal is asked for by ``ask_by``, ``until`` is the last valid day.

    ``keys`` of the first three of them, ``count`` of all.
    """

    kind: str
    keys: list[str]
    count: int
    until: date
    ask_by: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day that the law, the authority or a register has set; ``expiry``: what runs out, null else.

    ``last_day``: the last one in time, later than ``day`` where the law moves it off a holiday; ``days`` away.
    """

    rule: str
    key: str
    day: date
    last_day: date
    days: int
    level: str
    citation: str
    expiry: Expiring | None


@dataclass(frozen=True, slots=True)
class Matter:
    """Something in the way, or waiting for this person: a code and its values."""

    code: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Overview:
    """Whether today is a good day, and why; for whom sees a team's rows, of that team alone.

    ``start``: when to begin to keep the earliest deadline. ``since``: what changed since the last run, and how often.
    """

    mood: str
    reason: str
    year: int | None
    light: str | None
    deadlines: list[Deadline]
    blockers: list[Matter]
    tasks: list[Matter]
    sources: list[Freshness]
    registers: list[Freshness]
    start: date | None
    since: dict[str, int]


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """An enterprise of many; of an outsourcer's its name alone, the rest null. ``age``: days since its last call.

    ``red``: how many things are red; ``room``: the least head-room as a share of its limit.
    """

    code: str
    name: str
    province: str
    mood: str | None
    reason: str | None
    year: int | None
    light: str | None
    deadline: Deadline | None
    age: int | None
    red: int | None
    room: float | None


@dataclass(frozen=True, slots=True)
class SeveralDone:
    """At how many enterprises; of ``remind`` how many messages."""

    count: int


class NewEnterprise(Schema):
    """A tenant to be made; ``province`` may be empty."""

    code: Text
    name: Text
    province: Text = ""


@read(router, "/me", act=None, answer=Me)
def me(request: Request) -> Me:
    """Who the token is, and what that person may do where."""
    actor = request.actor
    roles = [Role(one.role, one.enterprise, one.team) for one in query.roles_of(actor.name)]
    return Me(actor.name, None if actor.scopes is None else sorted(actor.scopes), roles)


@read(router, "/enterprises", act=None, answer=Page[Enterprise])
def enterprises_list(request: Request, cut: Query[Cut]) -> dict[str, object]:
    """The enterprises that concern the asker, by code."""
    rows = LazyRows(lambda first, count: list_accessible_enterprises(request.actor, limit=first + count)[first:])
    return paged(request, cut, rows)


@write(router, "/enterprises", act=Permission.ADMINISTER, answer=Enterprise, status=201)
def enterprises_add(request: Request, new: NewEnterprise) -> Enterprise:
    """Add an enterprise."""
    return service.add_enterprise(**new.dict(), actor=request.actor)


@read(router, "/enterprises/{code}", act=Permission.READ_OWN, answer=EnterpriseStanding)
def enterprises_get(request: Request, code: str) -> EnterpriseStanding:
    """One enterprise and the light of its newest portrait."""
    years = portraits.list_years(code) if request.team is None else []
    run = bases.find_standing_run(code, years[0]) if years else None
    portrait = portraits.find_masked_portrait(code, years[0], run.id if run else None) if years else None
    light = None if portrait is None else portrait["light"]
    return EnterpriseStanding(**asdict(request.enterprise), year=years[0] if years else None, light=light)


class LineCarried(Schema):
    """A line in use; ``last`` outbound call, null: never; ``before``: days before the newest call of all lines."""

    line: str
    last: date | None
    before: int | None
    silent: bool


class LinesCarried(Page[LineCarried]):
    """``counted`` on that day, null: never yet; the ``newest`` call of all lines."""

    counted: date | None
    newest: date | None


class PortfolioWanted(Schema):
    """Which: a text in code or name, a light, a province."""

    q: Text = ""
    light: Literal["green", "yellow", "yellow_explained", "red", "insufficient"] | None = None
    province: Text = ""


@read(router, "/portfolio", act=None, answer=Page[PortfolioRow])
def portfolio(request: Request, cut: Query[Cut], wanted: Query[PortfolioWanted]) -> dict[str, object]:
    """Where each enterprise that concerns the asker stands, the most urgent first."""
    every = facts.search_portfolio(request.actor, wanted.q)
    entries = facts.filter_portfolio(every, wanted.light or "", wanted.province)
    return paged(request, cut, entries, _portfolio_row)


class SeveralAsked(Schema):
    """``act``: assign an owner (``text``) of a task, snooze it until a day with a reason (no day: wake it), remind."""

    enterprises: Annotated[list[Text], Field(min_length=1, max_length=operations.MOST)]
    act: Literal["assign", "snooze", "remind"]
    task: Annotated[Text, Field(max_length=32)] = ""
    text: Annotated[Text, Field(max_length=200)] = ""
    day: Day | None = None


@write(router, "/portfolio/several", act=None, answer=SeveralDone)
def portfolio_several(request: Request, asked: SeveralAsked) -> SeveralDone:
    """Do it at all of these enterprises or at none; the season that runs at each is meant."""
    if asked.act == "remind":
        return SeveralDone(operations.send_reminders(enterprises=asked.enterprises, actor=request.actor))
    return SeveralDone(operations.change_tasks(actor=request.actor, **asked.dict()))


@read(router, "/enterprises/{code}/lines", act=Permission.READ, answer=LinesCarried)
def enterprises_lines(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """Every line in use with the day of its last outbound call, those silent the longest first."""
    usage = line_usage.find_line_usage(code, clock.today())
    stamps = {"counted": usage.counted if usage else None, "newest": usage.newest if usage else None}
    return paged(request, cut, usage.lines if usage else ()) | stamps


@read(router, "/enterprises/{code}/overview", act=Permission.READ_OWN, answer=Overview)
def enterprises_overview(request: Request, code: str) -> Overview:
    """Where the enterprise stands today: verdict, light, deadlines, what is in the way, how fresh the data is."""
    del code
    overview = facts.build_overview(request.enterprise, request.actor, request.team)
    return Overview(
        mood=overview.verdict.mood.value,
        reason=overview.verdict.reason.value,
        year=overview.year,
        light=overview.light or None,
        deadlines=[_due_document(one) for one in overview.calendar.deadlines],
        blockers=[Matter(one.code, dict(one.values)) for one in overview.blockers],
        tasks=[Matter(one.code, dict(one.values)) for one in overview.tasks],
        sources=list(overview.sources),
        registers=list(overview.registers),
        start=overview.calendar.start,
        since=dict(overview.since),
    )


def _due_document(one: Due) -> Deadline:
    rule, expiry = one.rule, one.expiry
    return Deadline(
        rule=rule.id,
        key=rule.key,
        day=one.day,
        last_day=one.last,
        days=one.days,
        level=str(rule.level),
        citation=rule.citation,
        expiry=None
        if expiry is None
        else Expiring(expiry.kind, list(expiry.keys), expiry.count, expiry.until, expiry.ask_by),
    )


def _portfolio_row(one: facts.PortfolioEntry | Enterprise) -> PortfolioRow:
    if isinstance(one, Enterprise):
        nothing = {"mood": None, "reason": None, "year": None, "light": None}
        return PortfolioRow(one.code, one.name, one.province, **nothing, deadline=None, age=None, red=None, room=None)
    earliest = one.calendar.earliest
    return PortfolioRow(
        **asdict(one.enterprise),
        mood=one.verdict.mood.value,
        reason=one.verdict.reason.value,
        year=one.year,
        light=one.light or None,
        deadline=None if earliest is None else _due_document(earliest),
        age=one.age,
        red=one.red,
        room=None if one.room is None else float(one.room),
    )
