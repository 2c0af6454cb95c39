"""Tickets: a list, one with its history, in full, and a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Query, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.features.complaints.clocks import Clock, Hand
from nianjian.features.complaints.documents import Standing, Ticketed, to_document
from nianjian.features.complaints.operations import acts, match  # noqa: F401 -- match declares an operation, too
from nianjian.features.complaints.operations import listing as flow
from nianjian.features.complaints.operations.resource import TICKETS
from nianjian.features.complaints.query import BY_DUE, KIND, Ticket, TicketFilter, past_as_dict
from nianjian.features.complaints.sheet import COMPLAINTS, SOURCES
from nianjian.features.complaints.states import State
from nianjian.features.registers.api import Row, row_key, to_row
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, paged
from nianjian.platform.api.parameter_types import Text
from nianjian.platform.api.routes import mount
from nianjian.platform.operations.operation import REGISTRY
from nianjian.platform.registers import storage

router = Router(tags=["complaints"])
HERE = TICKETS.path
TICKET = HERE + "/tickets/{ticket}"
Long = Annotated[str, Field(max_length=2000)]
Source = Literal["12321", "12300", "enterprise", "one_click", "carrier"]


class TicketPast(Schema):
    """What happened: ``noted``: there is a note; ``fields``: what changed."""

    act: str
    at: str
    by: str
    noted: bool
    fields: list[str]


@dataclass(frozen=True)
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


@read(router, HERE, act=Act.READ_OWN, answer=Page[Ticketed])
def complaints_list(request: Request, code: str, cut: Query[Cut], looked: Query[TicketsWanted]) -> dict[str, object]:
    """Tickets, the overdue ones first, then those due soonest; an outsourcer's own ones alone."""
    wanted = TicketFilter(
        states=frozenset(State(one) for one in looked.state),
        clock=looked.clock,
        hands=frozenset(looked.hand),
        assignee=looked.assignee or None,
        drills=looked.drill,
        proposal=looked.match,
        overdue=looked.overdue,
    )
    found = flow.list_tickets(enterprise=code, actor=request.actor, wanted=wanted)
    return paged(request, cut, _Read(found.narrowed(looked.q, BY_DUE)), to_document)


class _Read:
    """A list that is read where it is cut."""

    def __init__(self, found: flow.Listing) -> None:
        self._found = found

    def __getitem__(self, part: slice, /) -> list[Ticket]:
        return self._found.tickets(part.start, part.stop)


@read(router, TICKET, act=Act.READ_OWN, answer=TicketShown)
def complaints_get(request: Request, code: str, ticket: str) -> TicketShown:
    """One ticket and its history, masked."""
    found, past = flow.ticket(enterprise=code, complaint=row_key(ticket), actor=request.actor)
    return TicketShown(
        **vars(to_document(found)), history=[TicketPast.model_validate(past_as_dict(event)) for event in past]
    )


@take(router, f"{TICKET}/reveal", act=Act.REVEAL, answer=Row)
def complaints_reveal(request: Request, code: str, ticket: str) -> dict[str, object]:
    """A ticket in full; the audit chain has the entry before."""
    found, _past = flow.ticket(enterprise=code, complaint=row_key(ticket), actor=request.actor)
    storage.record_reveal(kind=KIND, enterprise=code, version=found.row, actor=request.actor)
    return to_row(found.row, COMPLAINTS, full=True)


@write(router, HERE, act=Act.LOAD, answer=Ticketed, status=201)
def complaints_add(request: Request, code: str, new: NewTicket) -> Ticketed:
    """Open a ticket; its clocks run from its arrival."""
    spelt = {stored: word for word, stored in reversed(SOURCES.items())}
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
    return to_document(TICKETS.get(code, request.actor, key))


def _typed(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return f"{clock.aware(moment).astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"


mount(router, REGISTRY.of(TICKETS))
