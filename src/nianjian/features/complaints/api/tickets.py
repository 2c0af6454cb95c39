"""Tickets: a list, one with its history, in full, and a new one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.features.complaints.clocks import Clock, Hand
from nianjian.features.complaints.operations import acts
from nianjian.features.complaints.operations import listing as flow
from nianjian.features.complaints.query import BY_DUE, KIND, Ticket, Wanted, as_dict, past_as_dict
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import State
from nianjian.features.registers.api.lists import Row, row_key, row_told
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.given import Text
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.registers.rows import address, service
from nianjian.platform.registers.sheets.words import SOURCE

router = Router(tags=["complaints"])
HERE = "/enterprises/{code}/complaints"
TICKET = HERE + "/tickets/{ticket}"
Long = Annotated[str, Field(max_length=2000)]
Standing = Literal["new", "responded", "called_back", "closed", "reopened", "excluded"]
Source = Literal["12321", "12300", "enterprise", "one_click", "carrier"]


class Ticketed(Schema):
    """A ticket: ``values`` by field, numbers masked, without what a complainant wrote; moments in Beijing time.

    ``overdue``: still open past a limit.
    ``version``: what an act names to go on from; ``address``: how the ticket is called in an address.
    """

    key: str
    address: str
    version: int
    state: Standing
    drill: bool
    response_due: str | None
    response_clock: Hand
    response_on_time: bool | None
    close_due: str | None
    close_clock: Hand
    close_on_time: bool | None
    overdue: bool
    acts: list[str]
    match: dict[str, Any] | None
    values: dict[str, Any]


class TicketPast(Schema):
    """What happened: ``noted``: there is a note; ``fields``: what changed."""

    act: str
    at: str
    by: str
    noted: bool
    fields: list[str]


class TicketShown(Ticketed):
    """A ticket with its history, newest first."""

    history: list[TicketPast]


class TicketsWanted(Schema):
    """Which tickets: states, a clock and how it stands, who works on them, drills, the match, a text.

    ``overdue``: those alone that are still open past a limit, of drills only with ``drill``.
    """

    state: list[Standing] = Field([], max_length=10)
    clock: Clock | None = None
    hand: list[Hand] = Field([], max_length=10)
    assignee: Text = ""
    drill: bool | None = None
    match: Literal["asserted", "proposed", "confirmed", "dismissed", "none"] | None = None
    q: Text = ""
    overdue: bool = False


class NewTicket(Schema):
    """A ticket; without ``arrived`` it has arrived now, without ``id`` its number is made."""

    source: Source
    id: Text = ""
    reference: Text = ""
    accepted: datetime | None = None
    arrived: datetime | None = None
    called: datetime | None = None
    complainant: Text = ""
    complained: Text = ""
    category: Text = ""
    content: Long = ""
    assignee: Text = ""
    line: Text = ""
    team: Text = ""
    drill: bool = False


OWN = frozenset(
    {"state", "drill", "acts", "match", "response_due", "response_clock", "response_on_time", "close_due",
     "close_clock", "close_on_time", "overdue"}
)  # fmt: skip


def told(one: Ticket) -> dict[str, object]:
    """A ticket as it is answered."""
    flat = as_dict(one)
    values = {name: value for name, value in flat.items() if name not in OWN and name != "id"}
    head = {"key": one.row.key, "address": quote(address.written(one.row.key), safe="~"), "version": one.row.pk}
    return head | {name: flat[name] for name in OWN} | {"values": values}


def one(request: Request, code: str, ticket: str) -> dict[str, object]:
    """The ticket as it stands; ``complaint_unknown``."""
    return told(flow.ticket(enterprise=code, complaint=row_key(ticket), actor=request.actor)[0])


@read(router, HERE, act=Act.READ_OWN, answer=Page[Ticketed])
def complaints_list(request: Request, code: str, cut: Query[Cut], looked: Query[TicketsWanted]) -> dict[str, object]:
    """Tickets, the overdue ones first, then those due soonest; an outsourcer's own ones alone."""
    wanted = Wanted(
        states=frozenset(State(one) for one in looked.state),
        clock=looked.clock,
        hands=frozenset(looked.hand),
        assignee=looked.assignee or None,
        drills=looked.drill,
        proposal=looked.match,
        overdue=looked.overdue,
    )
    found = flow.listed(enterprise=code, actor=request.actor, wanted=wanted)
    return paged(request, cut, _Read(found.narrowed(looked.q, BY_DUE)), told)


class _Read:
    """A list that is read where it is cut."""

    def __init__(self, found: flow.Listing) -> None:
        self._found = found

    def __getitem__(self, part: slice, /) -> list[Ticket]:
        return self._found.tickets(part.start, part.stop)


@read(router, TICKET, act=Act.READ_OWN, answer=TicketShown)
def complaints_get(request: Request, code: str, ticket: str) -> dict[str, object]:
    """One ticket and its history, masked."""
    found, past = flow.ticket(enterprise=code, complaint=row_key(ticket), actor=request.actor)
    return told(found) | {"history": [past_as_dict(event) for event in past]}


@take(router, f"{TICKET}/reveal", act=Act.REVEAL, answer=Row)
def complaints_reveal(request: Request, code: str, ticket: str) -> dict[str, object]:
    """A ticket in full; the audit chain has the entry before."""
    found, _past = flow.ticket(enterprise=code, complaint=row_key(ticket), actor=request.actor)
    service.reveal(kind=KIND, enterprise=code, version=found.row, actor=request.actor)
    return row_told(found.row, COMPLAINTS, full=True)


@write(router, HERE, act=Act.LOAD, answer=Ticketed, status=201)
def complaints_add(request: Request, code: str, new: NewTicket) -> dict[str, object]:
    """Open a ticket; its clocks run from its arrival."""
    spelt = {stored: word for word, stored in reversed(SOURCE.items())}
    texts = {
        "ticket_id": new.id,
        "source": spelt[new.source],
        "reference": new.reference,
        "complainant": new.complainant,
        "complained": new.complained,
        "category": new.category,
        "content": new.content,
        "assignee": new.assignee,
        "line_id": new.line,
        "team_id": new.team,
        "accepted_at": _typed(new.accepted),
        "arrived_at": _typed(new.arrived),
        "called_at": _typed(new.called),
        "drill": "是" if new.drill else "",
    }
    key = acts.add(enterprise=code, texts=texts, actor=request.actor)
    return one(request, code, address.written(key))


def _typed(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return f"{clock.aware(moment).astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"
