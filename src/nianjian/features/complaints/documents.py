"""What interfaces say of tickets, and of the addresses of one-click complaints."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import quote

from nianjian.engines.kernel import clock
from nianjian.features.complaints.clocks import Hand
from nianjian.features.complaints.queries import Ticket, TicketEvent, ticket_as_dict
from nianjian.platform.registers import row_keys

Standing = Literal["new", "responded", "called_back", "closed", "reopened", "excluded"]
OWN: Final = frozenset(
    {"state", "drill", "acts", "match", "response_due", "response_clock", "response_on_time", "close_due",
     "close_clock", "close_on_time", "overdue"}
)  # fmt: skip


@dataclass(frozen=True)
class Ticketed:
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
    match: dict[str, Any] | None  # a JSON document that a match stored
    values: dict[str, Any]  # by column of the register


def to_document(ticket: Ticket) -> Ticketed:
    """A ticket as the API answers it."""
    flat: dict[str, Any] = ticket_as_dict(ticket)
    values = {name: value for name, value in flat.items() if name not in OWN and name != "id"}
    own = {name: flat[name] for name in OWN} | {
        "response_clock": ticket.response.hand,
        "close_clock": ticket.close.hand,
    }
    link = quote(row_keys.encode_key(ticket.row.key), safe="~")
    return Ticketed(key=ticket.row.key, address=link, version=ticket.row.pk, values=values, **own)


@dataclass(frozen=True, slots=True)
class TicketPast:
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


def event_to_document(event: TicketEvent) -> TicketPast:
    """What happened, without the values of what changed and what the note says."""
    return TicketPast(
        act=event.act,
        at=f"{event.at.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}",
        by=event.by,
        noted=event.note is not None,
        fields=[change.column.field for change in event.changes],
    )


@dataclass(frozen=True, slots=True)
class ComplaintDoor:
    """A displayed number with its public ``address``, under which anybody may complain."""

    id: int
    number: str
    address: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class ComplaintCarriers(ComplaintDoor):
    """The address with what carries it: a link, a form without script, a text message, a setting of the switch."""

    button: str
    form: str
    message: str
    dtmf: str


@dataclass(frozen=True, slots=True)
class ComplaintDoorClosed:
    """The address that leads nowhere from now on."""

    id: int
