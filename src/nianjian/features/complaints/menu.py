"""Where the pages of tickets stand in the menu, and how many tickets are overdue."""

from __future__ import annotations

from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper.words import mark
from nianjian.features.complaints.queries import TicketFilter, filter_tickets, load_service_levels
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.web.menu import ME, Entry, Place, Reader

_LIST: Final = "complaints"


def _view(label: str, pages: tuple[str, ...] = (), **query: str) -> Entry:
    return Entry(Place.COMPLAINTS, label, _LIST, Permission.READ_OWN, pages=pages, query=query)


ENTRIES: Final = (
    _view(mark("Not closed"), ("one-click",)),
    _view(mark("Mine"), assignee=ME),
    _view(mark("Unassigned"), unassigned="on"),
    _view(mark("Awaiting response"), state="new"),
    _view(mark("Closed tickets"), state="closed"),
    _view(mark("Drills"), state="all", drill="yes"),
)


def count_overdue(reader: Reader) -> int:
    """How many tickets are open past their limit, drills aside; of the reader's team alone where it sees no others."""
    scope = ReadScope(reader.code, clock.today(), reader.team)
    levels = load_service_levels(reader.code)
    return filter_tickets(scope, TicketFilter(overdue=True), levels, clock.now()).count()
