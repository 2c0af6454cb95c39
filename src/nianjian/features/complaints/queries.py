"""Read complaint tickets: lists, one ticket, its history, and the service levels that hold for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final, cast

from django.db.models import Case, Count, F, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.load import load
from nianjian.engines.rules.rulebook import FIRST_DAY
from nianjian.features.complaints.clocks import (
    UNDER,
    Clock,
    ClockLimits,
    ClockReading,
    Hand,
    ServiceLevels,
    evaluate_clock,
    is_overdue,
    overdue_since,
    read_limits,
)
from nianjian.features.complaints.models import OPEN, REOPENED, UNFINISHED, Complaint, Proposal
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import ALLOWED, Facts, State, TicketAction, state_of
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission, team_of
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission, allows
from nianjian.platform.registers import overlays, queries
from nianjian.platform.registers.filters import RowFilter as Words
from nianjian.platform.registers.filters import build_condition
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.prefixes import LAST, Folded, fold_text
from nianjian.platform.registers.queries import PAGE, ReadScope, TeamScope, display_value, list_row_versions, list_rows
from nianjian.platform.registers.teams import Team
from nianjian.platform.registers.versions import last_version_by_key as standing_rows
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.rulebook.rulebooks import Rulebooks

DAY = timedelta(days=1)


def load_service_levels(enterprise: str) -> ServiceLevels:
    """One stretch from each day on which a rule or an approved overlay of the clocks begins or ends."""
    return _read_levels(accounts.enterprise(enterprise).province, enterprise)


def _read_levels(province: str, enterprise: str) -> ServiceLevels:
    """Of an enterprise, or of all of a province that have no overlay of their own where it is ""."""
    books = Rulebooks(province=province or None, enterprise=enterprise)
    spans = [(rule.valid_from, rule.valid_to) for rule in load().rules if rule.key.startswith(UNDER)]
    for overlay in books.overlays:
        if str(overlay["key"]).startswith(UNDER):
            first, last = (
                date.fromisoformat(str(text)) if (text := overlay.get(name)) else None
                for name in ("valid_from", "valid_to")
            )
            spans.append((first or FIRST_DAY, last))
    turns = (day for span in spans for day in _edges(*span))
    days = sorted({max(day, FIRST_DAY) for day in turns})
    terms = {day: read_limits(book) for day in days if f"{UNDER}response" in (book := books.on(day)).in_force}
    return ServiceLevels(tuple(terms), tuple(terms.values()))


def _edges(first: date, last: date | None) -> Iterator[date]:
    yield first
    if last is not None and last < date.max:
        yield last + DAY


KIND: Final = "complaints"
FOUR_DIGITS: Final = re.compile("[0-9]{4}")
SEALED: Final = ("content", "measures", "callback_result", "responded_by", "extra", "reason")  # no list opens these


def current_tickets(enterprise: str, *, drills: bool = False) -> QuerySet[Complaint]:
    """The tickets as they stand, by number; a drill's tickets only when asked for: they count nowhere."""
    rows = Complaint.objects.filter(enterprise_id=enterprise, valid_to=None, superseded_at=None).order_by("key")
    return rows if drills else rows.exclude(drill=True)


def team_scope(team: TeamScope) -> Q:
    """A team's own tickets: those that name it, and those that name no team but one of its lines."""
    return Q(team_id__in=team.names) | Q(team_id=None, line_id__in=team.lines().values("line_id"))


def load_current_tickets(enterprise: str, keys: Sequence[str]) -> dict[str, Complaint]:
    """The tickets of these numbers as they stand, those that there are."""
    return cast("dict[str, Complaint]", standing_rows(Complaint, enterprise, keys))


def find_key_by_reference(enterprise: str, source: object, reference: object) -> str | None:
    """The number of a ticket with this (来源, 上级单号); None: there is none, or one of both is not known."""
    if source is None or reference is None:
        return None
    rows = current_tickets(enterprise, drills=True).filter(source=source, reference=reference)
    return rows.values_list("key", flat=True).first()


def ticket_facts(row: Complaint) -> Facts:
    """What a row tells the state and the clocks."""
    return Facts(row.arrived_at, row.responded_at, row.called_back_at, row.closed_at, row.reopened_at, row.exclusion)


#: The columns that `ticket_facts` reads, and the number.
FACTS: Final = ("key", "arrived_at", "responded_at", "called_back_at", "closed_at", "reopened_at", "exclusion")


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What a list is asked for; empty: everything. ``drills`` None: both kinds."""

    states: frozenset[State] = frozenset()
    clock: Clock | None = None
    hands: frozenset[Hand] = frozenset()  # of that clock, of either one where none is named
    assignee: str | None = None
    unassigned: bool = False  # to a person
    drills: bool | None = None
    proposal: str | None = None  # a state of `Proposal`
    overdue: bool = False  # still open past a limit; of drills only where these are asked for
    open: bool = False  # still worked on
    line: str = ""
    team: str = ""  # the same that a person of this team sees
    category: str = ""
    source: str = ""
    text: str = ""  # with which its number or the one above begins, the complained number, or the last four digits


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket with its state, its clocks, what may be done to it, and the call that it is probably about."""

    row: Complaint
    state: State
    response: ClockReading
    close: ClockReading
    overdue: bool
    acts: frozenset[TicketAction]
    proposal: Proposal | None


#: What is still open past a limit first. A ticket's clocks all run from its arrival: the earliest arrival is due first.
BY_DUE: Final = ("rank", "arrived_at", "key")


def filter_tickets(
    sight: ReadScope, filters: TicketFilter, promise: ServiceLevels, at: datetime
) -> QuerySet[Complaint]:
    """The rows that are looked for, as far as the reader may see them; in the order of `BY_DUE`."""
    rank = Case(When(_overdue(promise, at), then=0), default=1)
    columns = {"line_id": filters.line, "category": filters.category, "source": filters.source}
    condition = Q(**{name: value for name, value in columns.items() if value})
    if filters.team:
        condition &= queries.team_condition(KIND, sight.enterprise, sight.day, filters.team)
    rows = list_rows(KIND, sight).filter(_condition(filters, promise, at), condition).annotate(rank=rank)
    if filters.proposal is not None:
        proposals = Proposal.objects.filter(enterprise_id=sight.enterprise, state=filters.proposal)
        rows = rows.filter(key__in=proposals.values("key"))
    rows = rows.order_by("rank", F("arrived_at").asc(nulls_last=True), "key").defer(*SEALED)
    complaints = cast("QuerySet[Complaint]", rows)
    return _find_text(complaints, filters.text) if filters.text else complaints


def _find_text(rows: QuerySet[Complaint], text: str) -> QuerySet[Complaint]:
    """Tickets whose number or the one above begins so, of this complained number or these last four digits."""
    begun = fold_text(text)
    condition = Q(own__gte=begun, own__lt=begun + LAST) | Q(above__gte=begun, above__lt=begun + LAST)
    if text.isdecimal():
        condition |= Q(complained=text)
    if FOUR_DIGITS.fullmatch(text):
        condition |= Q(complainant_tail=text)
    return rows.alias(own=Folded("key"), above=Folded("reference")).filter(condition)


def overdue_tickets(enterprise: str, promise: ServiceLevels, at: datetime) -> QuerySet[Complaint]:
    """Every ticket that is still open past a limit, however long, the one that arrived first first; no drills."""
    return current_tickets(enterprise).filter(_overdue(promise, at)).order_by("arrived_at", "key").only(*FACTS)


def map_overdue(enterprises: Mapping[str, str], at: datetime) -> dict[str, tuple[int, datetime]]:
    """How many tickets of each of many enterprises are overdue, and since when the first one is; no drills.

    ``enterprises``: code -> province. One query finds who has open tickets, and one more asks for all of a province.
    """
    opened = Complaint.objects.filter(OPEN, enterprise_id__in=enterprises, valid_to=None, superseded_at=None)
    opened = opened.exclude(drill=True).order_by()
    own = {one.get("enterprise") for one in overlays.list_overlays()}
    alike: dict[tuple[str, str], list[str]] = {}  # province and, where it has overlays of its own, enterprise
    for code in opened.values_list("enterprise_id", flat=True).distinct():
        alike.setdefault((enterprises[code], code if code in own else ""), []).append(code)
    overdue: dict[str, tuple[int, datetime]] = {}
    for key, codes in alike.items():
        promise = _read_levels(*key)
        of = F("enterprise_id")
        place = Window(RowNumber(), partition_by=of, order_by=[F("arrived_at").asc(), F("key").asc()])
        late = opened.filter(_overdue(promise, at), enterprise_id__in=codes)
        rows = late.annotate(place=place, late=Window(Count("*"), partition_by=of)).filter(place=1).defer(*SEALED)
        overdue |= {row.enterprise_id: (row.late, find_ticket_overdue_since(row, promise, at) or at) for row in rows}
    return overdue


def find_overdue_since(rows: QuerySet[Complaint], promise: ServiceLevels, at: datetime) -> datetime | None:
    """Since when the first of overdue tickets, in their order, is overdue; None: there is none.

    The one measure of how long tickets are overdue: of the queue's head, of its first row and of today's page.
    """
    first = rows.first()
    return None if first is None else find_ticket_overdue_since(first, promise, at)


def find_ticket_overdue_since(row: Complaint, promise: ServiceLevels, at: datetime) -> datetime | None:
    """Since when a ticket is overdue; None: it is not."""
    return overdue_since(ticket_facts(row), promise, at)


def rows_to_tickets(
    enterprise: str, found_rows: Iterable[Complaint], promise: ServiceLevels, at: datetime
) -> list[Ticket]:
    """The rows as tickets at a moment."""
    listed = list(found_rows)
    rows = Proposal.objects.filter(enterprise_id=enterprise, key__in=[row.key for row in listed])
    proposals = {one.key: one for one in rows}
    tickets = []
    for row in listed:
        facts = ticket_facts(row)
        now, late = state_of(facts), is_overdue(facts, promise, at)
        response, close = (evaluate_clock(clock, facts, promise, at) for clock in (Clock.RESPONSE, Clock.CLOSE))
        tickets.append(Ticket(row, now, response, close, late, ALLOWED[now], proposals.get(row.key)))
    return tickets


FOUND: Final = ("state", "link", "confidence", "candidates", "call", "runner_up")  # of a proposal
HIDDEN: Final = frozenset({"content", "measures", "callback_result", "responded_by", "attachment"})


def ticket_as_dict(ticket: Ticket) -> dict[str, object]:
    """A ticket as every door may show it in a list: numbers masked, nothing that a complainant wrote."""
    row: dict[str, object] = {"id": ticket.row.ticket_id}
    row |= {
        one.field: display_value(getattr(ticket.row, one.field), one)
        for one in COMPLAINTS.columns
        if one.field not in HIDDEN and one.field != "ticket_id"
    }
    row |= {"drill": bool(ticket.row.drill), "state": ticket.state.value, "overdue": ticket.overdue}
    for name, read in (("response", ticket.response), ("close", ticket.close)):
        row |= {f"{name}_due": _wall(read.due), f"{name}_clock": read.hand.value, f"{name}_on_time": read.on_time}
    match = ticket.proposal and {name: getattr(ticket.proposal, name) for name in FOUND}
    return row | {"acts": sorted(ticket.acts), "match": match}


def _wall(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One thing that happened to a ticket. ``act``: add, import, edit, match or one of `TicketAction`."""

    act: str
    at: datetime
    by: str
    note: str | None
    changes: tuple[queries.Change, ...] = field(default=())


_ACT_BY_FIELD: Final[Mapping[str, TicketAction]] = {  # the first field that changed tells the act
    "exclusion": TicketAction.EXCLUDE,
    "reopened_at": TicketAction.REOPEN,
    "closed_at": TicketAction.CLOSE,
    "called_back_at": TicketAction.CALL_BACK,
    "responded_at": TicketAction.RESPOND,
    "auto_replied_at": TicketAction.ACKNOWLEDGE,
    "assignee": TicketAction.ASSIGN,
}


CLOSING: Final = frozenset(
    {"closed_at", "measures", "upheld", "called_back_at", "callback_result", "responded_at", "responded_by"}
)


def find_replaced(row: Complaint, actor: Actor, fields: Collection[str]) -> Complaint | None:
    """The version that the actor's own act replaced; None where the row stands by anything else than these fields."""
    if row.replaces is None or row.recorded_by != str(actor) or row.file:
        return None
    before = Complaint.objects.filter(pk=row.replaces).first()
    if before is None:  # erased with its time
        return None
    changed = {one.column.field for one in queries.differences(before, row, COMPLAINTS)}
    return before if changed and changed <= set(fields) else None


def find_before_closing(row: Complaint, actor: Actor) -> Complaint | None:
    """The version that the actor's own closing replaced, where nothing else was recorded since."""
    before = find_replaced(row, actor, CLOSING)
    return None if before is None or state_of(ticket_facts(before)) is State.CLOSED else before


def list_history(sight: ReadScope, key: str, most: int = PAGE) -> list[TicketEvent]:
    """What happened to a ticket, newest first; for a team as long as it was its own."""
    entries = queries.list_history(list_row_versions(KIND, sight, key, most), COMPLAINTS)
    return [_past(one) for one in entries]


def _past(one: queries.HistoryEntry) -> TicketEvent:
    version, changed = one.version, {change.column.field: change.after for change in one.changes}
    act = next((_ACT_BY_FIELD[name].value for name in _ACT_BY_FIELD if name in changed), "edit")
    if "exclusion" in changed and changed["exclusion"] is None:
        act = TicketAction.READMIT.value
    if act == TicketAction.CLOSE and ticket_facts(cast("Complaint", version)).finished is None:
        act = TicketAction.UNCLOSE.value
    if version.file:
        act = "import"
    elif one.event is queries.Event.FIRST:
        act = "add"
    elif version.reason == "match":
        act = "match"
    return TicketEvent(act, version.recorded_at, version.recorded_by, version.reason, one.changes)


def _condition(filters: TicketFilter, promise: ServiceLevels, at: datetime) -> Q:
    condition = Q()
    if filters.open:
        condition &= OPEN
    if filters.states:
        condition &= _any(_STATES[one] for one in filters.states)
    if filters.hands:
        clocks = list(Clock) if filters.clock is None else [filters.clock]
        condition &= _any(_hand(clock, hand, promise, at) for clock in clocks for hand in filters.hands)
    if filters.assignee is not None:
        condition &= Q(assignee=filters.assignee)
    if filters.unassigned:
        condition &= _UNASSIGNED
    drills = False if filters.overdue and filters.drills is None else filters.drills
    if drills is not None:
        condition &= Q(drill=True) if drills else ~Q(drill__isnull=False, drill=True)  # whose negation holds for NULL
    if filters.overdue:
        condition &= _overdue(promise, at)
    return condition


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=()))


INCLUDED: Final = Q(exclusion=None)
_UNASSIGNED: Final = Q(assignee=None) | Q(assignee="")
DONE: Final = Q(closed_at__isnull=False) & (Q(reopened_at=None) | Q(reopened_at__lte=F("closed_at")))
_CALLED_AGAIN: Final = Q(called_back_at__isnull=False) & Q(called_back_at__gte=F("reopened_at"))
_NOT_AGAIN: Final = Q(called_back_at=None) | Q(called_back_at__lt=F("reopened_at"))
_FRESH: Final = INCLUDED & Q(closed_at=None, reopened_at=None)
# The same as `states.state_of`; a test holds both equal.
_STATES: Final[Mapping[State, Q]] = {
    State.EXCLUDED: Q(exclusion__isnull=False),
    State.CLOSED: INCLUDED & DONE,
    State.REOPENED: INCLUDED & REOPENED & _NOT_AGAIN,
    State.CALLED_BACK: (INCLUDED & REOPENED & _CALLED_AGAIN) | (_FRESH & Q(called_back_at__isnull=False)),
    State.RESPONDED: _FRESH & Q(called_back_at=None, responded_at__isnull=False),
    State.NEW: _FRESH & Q(called_back_at=None, responded_at=None),
}


def _hand(clock: Clock, hand: Hand, promise: ServiceLevels, at: datetime) -> Q:
    """The same as `clocks.evaluate_clock` at the present moment; a test holds both equal."""
    if hand is Hand.STOPPED:
        return Q(exclusion__isnull=False)
    if hand is Hand.UNSET:
        return INCLUDED & Q(arrived_at=None)
    return INCLUDED & _any(span & _in_span(clock, hand, terms, at) for span, terms in _spans(promise))


def _overdue(promise: ServiceLevels, at: datetime) -> Q:
    """The same as `clocks.is_overdue` at the present moment; a test holds both equal."""
    late = _any(
        span
        & (
            Q(arrived_at__lt=at - terms[Clock.CLOSE].length)
            | Q(responded_at=None, arrived_at__lt=at - terms[Clock.RESPONSE].length)
        )
        for span, terms in _spans(promise)
    )
    return OPEN & late


def _spans(promise: ServiceLevels) -> Iterable[tuple[Q, ClockLimits]]:
    starts = [datetime.combine(day, time(), clock.ZONE) for day in promise.starts]
    for place, terms in enumerate(promise.terms):
        span = Q(arrived_at__isnull=False)
        if place:
            span &= Q(arrived_at__gte=starts[place])
        if place + 1 < len(starts):
            span &= Q(arrived_at__lt=starts[place + 1])
        yield span, terms


def _in_span(clock: Clock, hand: Hand, terms: ClockLimits, at: datetime) -> Q:
    limit = terms[clock]
    if clock is Clock.RESPONSE:
        name, undone, done = "responded_at", Q(responded_at=None), Q(responded_at__isnull=False)
    else:
        name, undone, done = "closed_at", UNFINISHED, DONE
    due: Any = F("arrived_at") + limit.length
    over, near = at - limit.length, at - limit.warning
    match hand:
        case Hand.MET:
            return done & Q(**{f"{name}__lte": due})
        case Hand.LATE:
            return (done & Q(**{f"{name}__gt": due})) | (undone & Q(arrived_at__lt=over))
        case Hand.WARNED:
            return undone & Q(arrived_at__gte=over, arrived_at__lte=near)
        case _:
            return undone & Q(arrived_at__gt=max(near, over - timedelta(microseconds=1)))


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many tickets there are to work on, drills aside; ``since``: when the earliest of the overdue ones became so.

    ``closed`` is None where there are more than `COUNTED`.
    """

    open: int
    overdue: int
    mine: int
    unassigned: int
    unanswered: int
    since: datetime | None
    closed: int | None
    drills: int


COUNTED: Final = 10_000


def count_rows(rows: QuerySet[Complaint]) -> int | None:
    """How many tickets there are; None: more than `COUNTED`."""
    count = rows.order_by().values("pk")[: COUNTED + 1].count()
    return None if count > COUNTED else count


def count_queue(sight: ReadScope, me: str, promise: ServiceLevels, at: datetime) -> QueueCounts:
    """Count what the views of the list hold; ``me``: whose own tickets are counted."""

    def rows(**filters: Any) -> QuerySet[Complaint]:  # noqa: ANN401 -- the fields of a filter
        return filter_tickets(sight, TicketFilter(**filters), promise, at).order_by()

    late = _overdue(promise, at)
    closed = count_rows(rows(states=frozenset({State.CLOSED}), drills=False))
    return QueueCounts(
        **rows(open=True, drills=False).aggregate(
            open=Count("pk"),
            overdue=Count("pk", filter=late),
            mine=Count("pk", filter=Q(assignee=me)),
            unassigned=Count("pk", filter=_UNASSIGNED),
            unanswered=Count("pk", filter=_STATES[State.NEW]),
        ),
        since=find_overdue_since(rows(overdue=True, drills=False).order_by("arrived_at", "key"), promise, at),
        closed=closed,
        drills=rows(open=True, drills=True).count(),
    )


def list_categories(sight: ReadScope) -> list[str]:
    """The kinds of complaint among the tickets that are worked on."""
    rows = cast("QuerySet[Complaint]", list_rows(KIND, sight)).filter(OPEN).exclude(category=None).order_by()
    return sorted(filter(None, rows.values_list("category", flat=True).distinct()[:PAGE]))


def list_workers(enterprise: str) -> list[str]:
    """The open accounts that may work on tickets, by name."""
    readers = accounts.list_readers(enterprise)
    return [name for name, roles in readers.items() if allows(roles, Permission.MANAGE_DATA)]


@dataclass(frozen=True, slots=True)
class Channels:
    """What lines and teams are called: code -> name, and line -> its team."""

    lines: Mapping[str, str]
    teams: Mapping[str, str]
    team_by_line: Mapping[str, str]

    def team_of(self, row: Complaint) -> str:
        """The code of a ticket's team: its own, else its line's; "" where neither is known."""
        return row.team_id or self.team_by_line.get(row.line_id or "", "")


def load_channels(enterprise: str, lines: Collection[str] | None = None, *, team: str | None = None) -> Channels:
    """Name the lines (None: all of them) and all teams as they stand today.

    ``team``: the one whose rows alone the reader sees; of the others neither names nor lines are told, save the line of
    a ticket of its own.
    """
    versions = versions_on(Line, enterprise, clock.today())
    rows = list((versions if lines is None else versions.filter(key__in=lines)).values_list("key", "name", "team"))
    teams = versions_on(Team, enterprise, clock.today()).values_list("key", "name")
    called = {key: name or "" for key, name in teams if team in {None, key}}
    codes = {name: key for key, name in called.items() if name}
    teams_by_line = {key: own if own in called else codes.get(own, own) for key, _name, own in rows if own}
    pairs = [(key, name) for key, name, _own in rows if lines is not None or team in {None, teams_by_line.get(key)}]
    if team is not None:
        teams_by_line = {key: own for key, own in teams_by_line.items() if own == team}
    return Channels({key: name or "" for key, name in pairs}, called, teams_by_line)


@dataclass(frozen=True, slots=True)
class TicketList:
    """Rows that are looked for, to be cut by the door; `tickets` reads a cut as at ``at``."""

    sight: ReadScope
    rows: QuerySet[Complaint]
    promise: ServiceLevels
    at: datetime

    def narrowed(self, text: str, by: Sequence[str]) -> TicketList:
        """Those in whose plain columns a text stands ("": all), in the order of these fields; unknown values last."""
        rows = self.rows.filter(build_condition(COMPLAINTS, Words(text=text))) if text else self.rows
        order = [F(one[1:]).desc(nulls_last=True) if one[0] == "-" else F(one).asc(nulls_last=True) for one in by]
        return replace(self, rows=rows.order_by(*order))

    def with_age(self) -> TicketList:
        """The same with ``age``, to be ordered by: arrived today (0), this week (1), before (2)."""
        day = datetime.combine(clock.today(), time(), clock.ZONE)
        monday = day - timedelta(days=day.weekday())
        age = Case(When(arrived_at__gte=day, then=0), When(arrived_at__gte=monday, then=1), default=2)
        return replace(self, rows=self.rows.annotate(age=age))

    def tickets(self, first: int = 0, last: int | None = None) -> list[Ticket]:
        """The tickets from ``first`` to ``last`` (not included; None: to the end)."""
        return rows_to_tickets(self.sight.enterprise, self.rows[first:last], self.promise, self.at)

    def of(self, complaints: Sequence[str]) -> list[Ticket]:
        """Those of the tickets named that are in the list."""
        return rows_to_tickets(self.sight.enterprise, self.rows.filter(key__in=list(complaints)), self.promise, self.at)


def list_tickets(
    *,
    enterprise: str,
    actor: Actor,
    filters: TicketFilter = TicketFilter(),
    at: datetime | None = None,
) -> TicketList:
    """List tickets by state, clock and proposal, the earliest due first; ``role_missing``, ``enterprise_unknown``."""
    sight = read_scope(enterprise, actor)
    moment, holds = at or clock.now(), load_service_levels(enterprise)
    return TicketList(sight, filter_tickets(sight, filters, holds, moment), holds, moment)


def get_ticket(*, enterprise: str, complaint: str, actor: Actor) -> tuple[Ticket, list[TicketEvent]]:
    """One ticket and its history; ``complaint_unknown``, also for what the reader may not see."""
    every = list_tickets(enterprise=enterprise, actor=actor)
    tickets = every.of([complaint])
    if not tickets:
        raise NianjianError("complaint_unknown", complaint=complaint)
    return tickets[0], list_history(every.sight, complaint)


def read_scope(enterprise: str, actor: Actor) -> ReadScope:
    """What the actor sees today; ``role_missing``, ``enterprise_unknown``."""
    require_permission(actor, enterprise, Permission.READ_OWN)
    team = team_of(actor, enterprise)
    accounts.enterprise(enterprise)
    return ReadScope(enterprise, clock.today(), team)
