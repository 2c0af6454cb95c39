"""用户投诉处理记录 (M11): the tickets accepted in the data year, which of them count, and the counts of D2 and D4."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.numbers import mask
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.dossier import EXCLUSIONS
from nianjian.engines.paper.words import Words, mark
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import Facts
from nianjian.features.dossier.generated.document import (
    Document,
    Head,
    Row,
    Say,
    Section,
    Table,
    build,
    day_text,
    method_line,
    register_table,
    row_cells,
)

ITEM: Final = "complaint_records"
FIELDS: Final = (
    ("ticket_id", "source", "reference", "accepted_at", "arrived_at", "complainant", "complained", "called_at",
     "duration", "category", "call_id", "line_id", "team_id"),
    ("ticket_id", "content", "responded_at", "responded_by", "measures", "called_back_at", "callback_result",
     "closed_at", "upheld", "attachment"),
)  # fmt: skip
HEADINGS: Final = {"call_id": mark("Number of the call record"), "duration": mark("Talk time (s)")}
"""Columns that the paper names otherwise than the file: in Chinese alone, and with the unit."""
SHARES: Final = ((7, 4, 8, 7, 7, 7, 6, 7, 4, 5, 7, 4, 4), (7, 12, 7, 5, 12, 7, 8, 7, 4, 6, 6))


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket: its row, numbers of persons masked, and why the run leaves it out of D2 and of D4 ("": it counts)."""

    row: Row
    not_in_rate: str = ""
    not_in_closing: str = ""


def count_tickets(tickets: Sequence[Ticket], day: date, sources: Collection[str]) -> dict[str, int]:
    """``complaints`` (C of D2, of the regulators' ``sources``), ``tickets`` and ``closed`` of D4 at the day's end."""
    there = _counted(tickets, day)
    return {
        "complaints": sum(1 for one in tickets if one.row.get("source") in sources and not one.not_in_rate),
        "tickets": len(there),
        "closed": sum(1 for one in there if _closed(one.row, day)),
    }


def clock_counts(tickets: Sequence[Ticket], day: date) -> list[Facts]:
    """What the tickets that D4 counts tell their clocks."""
    return [
        Facts(
            arrived=_moment(one.row, "arrived_at"),
            responded=_moment(one.row, "responded_at"),
            called_back=_moment(one.row, "called_back_at"),
            closed=_moment(one.row, "closed_at"),
            reopened=_moment(one.row, "reopened_at"),
        )
        for one in _counted(tickets, day)
    ]


def count_closed_unanswered(tickets: Sequence[Ticket]) -> int:
    """Tickets whose closing lies before their first response, as no course of events has it."""
    pairs = [(_moment(one.row, "responded_at"), _moment(one.row, "closed_at")) for one in tickets]
    return sum(1 for responded, closed in pairs if responded and closed and closed < responded)


def _moment(row: Row, name: str) -> datetime | None:
    value = row.get(name)
    return value if isinstance(value, datetime) else None


def _counted(tickets: Sequence[Ticket], day: date) -> list[Ticket]:
    return [one for one in tickets if not one.not_in_closing and _by(one.row.get("accepted_at"), day)]


def _by(moment: object, day: date) -> bool:
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), clock.ZONE)
    return isinstance(moment, datetime) and moment < end


def _closed(row: Row, day: date) -> bool:
    """Closed by the end of the day, and not reopened after."""
    done, again = row.get("closed_at"), row.get("reopened_at")
    return _by(done, day) and not (isinstance(again, datetime) and isinstance(done, datetime) and again > done)


CLAIMS: Final = ("complaints_counted", "closed_after_response")
FREE_TEXTS: Final = ("content", "measures", "callback_result")
DIGITS: Final = re.compile(
    r"(?P<date>(?<!\d)20\d\d([-/.])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])(?!\d))|\+?\d(?:[\d \-]{5,}\d|\d{6,})"
)
"""A day, or what may be a person's telephone or identity number in a free text."""


def build_document(
    head: Head, tickets: Sequence[Ticket], sources: Collection[str], say: Say, read: date, _: Words
) -> Document:
    """Two tables of the same tickets, for the columns do not fit side by side: what came, and what was done.

    ``read``: the day on which the tickets stand as they are listed; the counts are those of the portrait's day.
    """
    found = count_tickets(tickets, head.as_of, sources)
    names = name_sources(sources)
    summary = (
        (_("Tickets listed"), len(tickets)),
        (_("Accepted by {sources}, counted in the complaint rate").format(sources=names), found["complaints"]),
        (_("Tickets counted in the closing rate"), found["tickets"]),
        (_("of these closed"), found["closed"]),
    )
    came, done = ([COMPLAINTS.by_field(name) for name in fields] for fields in FIELDS)
    rows = [{**ticket.row, "responded_by": actor_text(_responder(ticket.row), _)} for ticket in tickets]
    counted = tuple(
        (*row_cells(row, done), _(EXCLUSIONS[ticket.not_in_closing])) for row, ticket in zip(rows, tickets, strict=True)
    )
    tables = (
        *((Table(_("Summary"), (_("Figure"), _("Value")), summary),) if tickets else ()),
        replace(
            register_table(_("What came"), came, rows, SHARES[0]),
            header=tuple(_(HEADINGS[column.field]) if column.field in HEADINGS else column.header for column in came),
        ),
        Table(_("Action taken"), (*(column.header for column in done), _("Counted")), counted, shares=SHARES[1]),
    )
    lines = [
        *filter(None, map(say, CLAIMS)),
        method_line(_("Personal numbers are masked, also in texts; drills are excluded.")),
    ]
    if read != head.as_of:
        text = _("The tickets are listed as of {read}; the counted figures are as at {day}.")
        lines.append(method_line(text.format(read=day_text(read, _), day=day_text(head.as_of, _))))
    notes = Section(_("How it is counted"), tuple(lines))
    return build(ITEM, head, _, sections=(notes,), tables=tables, wide=True)


def _responder(row: Row) -> str | None:
    name = row.get("responded_by")
    return str(name) if name else None


def name_sources(sources: Collection[str]) -> str:
    """The channels of a rule as a sheet spells them."""
    choices = COMPLAINTS.by_field("source").choices
    return "、".join(next((text for text, code in choices.items() if code == source), source) for source in sources)


def list_numbers(ticket: object) -> list[str]:
    """What may be numbers in a ticket's free texts."""
    found = [match for name in FREE_TEXTS for match in DIGITS.finditer(getattr(ticket, name) or "")]
    return [match[0] for match in found if not match["date"]]


def hide_numbers(row: Row, own: Collection[str]) -> Row:
    """The row with the numbers in its free texts masked; ``own``: those that the enterprise itself displays."""

    def hide(match: re.Match[str]) -> str:
        return match[0] if match["date"] or match[0] in own else mask(match[0])

    return {**row, **{name: DIGITS.sub(hide, str(row[name])) for name in FREE_TEXTS if row.get(name)}}
