"""How registers, columns and values are named and shown to people; English names of columns and choices."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from nianjian.engines.paper.days import full_day
from nianjian.engines.paper.figures import count_text
from nianjian.engines.paper.texts.registers import NAMES
from nianjian.engines.paper.words import ENGLISH, mark, words
from nianjian.platform.registers import entries, kinds
from nianjian.platform.registers.columns import Column, Kind, Sheet
from nianjian.platform.registers.queries import Event, display_value
from nianjian.platform.registers.versions import Version
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.language import current
from nianjian.platform.web.work import person

ACCOUNTS: Final = frozenset({"assignee", "responded_by"})  # may hold the login of an account
LABELS: Final[Mapping[str, str]] = {  # where it is not the field's own name
    "access_place": "Place of access",
    "account_tail": "Account (last digits)",
    "address": "Registered address",
    "amount": "Amount (yuan)",
    "arrived_at": "Forwarded to us at",
    "assignee": "Assigned to",
    "auto_replied_at": "Automatic answer at",
    "base_amount": "Contribution base (yuan)",
    "call_id": "Call record",
    "callback_result": "Result of the call-back",
    "called_at": "Time of the call",
    "cancelled_on": "Filing cancelled on",
    "category": "Kind of complaint",
    "changed_on": "Day of the change",
    "commitment": "Letter of commitment",
    "complainant": "Complainant's number",
    "complained": "Number complained of",
    "contact": "Contact person",
    "content": "What was said",
    "coverage": "Area covered",
    "credit_code": "Unified social credit code",
    "display": "Default displayed number",
    "duration": "Duration of the call",
    "employer_paid": "Paid by the employer (yuan)",
    "employment": "Form of employment",
    "exclusion": "Reason for leaving it out",
    "fee": "Number fee paid",
    "gateway": "Landing gateway",
    "identity": "Identity number",
    "inbound": "Inbound permitted",
    "issuer": "Issued by",
    "kind": "Type",
    "line_id": "Line",
    "measures": "Measures taken",
    "obtained_by": "Obtained by way of",
    "outbound": "Outbound permitted",
    "payer_account": "Payer's account",
    "payer_number": "Payer's insurance number",
    "person": "Name of the person",
    "person_paid": "Paid by the person (yuan)",
    "representative": "Legal representative",
    "responded_at": "First response at",
    "responded_by": "First response by",
    "root": "Number (root)",
    "scope": "Area of use",
    "seat_id": "Seat",
    "skill": "Skill group",
    "staff_id": "Staff number",
    "team_id": "Team",
    "ticket_id": "Ticket",
    "total_length": "Approved length (digits)",
    "valid_since": "Valid from",
    "valid_until": "Valid until (that day included)",
}
CHOICES: Final[Mapping[str, str]] = {  # where it is not the stored word
    "enterprise": "the enterprise itself",
    "injury": "work injury",
    "local": "one province",
    "national": "nationwide",
    "not_a_call": "not about a call",
    "not_own_number": "not our number",
    "one_click": "one-click button",
    "unfiled": "not filed",
}


#: What an empty cell says where the metrics read it as a fact: (register, field) -> (in the row, over the rows).
EMPTY: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("seats", "opened_on"): (mark("not opened"), mark("not opened (no opening date)")),
}
REASONS: Final = {"match": mark("matched with a call")}  # that the program writes itself
DOT: Final = " · "
EVENTS: Final[Mapping[Event, str]] = {
    Event.FIRST: mark("recorded"),
    Event.CHANGED: mark("values changed"),
    Event.CORRECTED: mark("corrected"),
    Event.CLOSED: mark("row ended"),
}


def title(kind: str) -> str:
    """Name of a register as a heading."""
    name = _(NAMES[kind])
    return name[:1].upper() + name[1:]


def label(column: Column) -> str:
    """Name of a column: the sheet's own header, in English its translation."""
    if current() == ENGLISH:
        return LABELS.get(column.field) or column.field.replace("_", " ").capitalize()
    return column.header


def choice(column: Column, stored: str) -> str:
    """Name of a stored choice."""
    if current() == ENGLISH:
        return CHOICES.get(stored) or stored.replace("_", " ")
    return entries.format_value(stored, column) or stored


def value(stored: object, column: Column, *, full: bool = False) -> str:
    """A value as people write it, masked unless ``full``; "" where it is not known."""
    if stored is None:
        return ""
    if isinstance(stored, bool):
        return _("yes") if stored else _("no")
    if isinstance(stored, date):
        return format_moment(stored) if isinstance(stored, datetime) else format_day(stored)
    if column.kind is Kind.CHOICE:
        return choice(column, str(stored))
    if column.kind is Kind.DURATION:
        return _("{n} s").format(n=count_text(stored))
    text = str(display_value(stored, column, full=full))
    return person(text) if column.field in ACCOUNTS else text


def name(version: Version, sheet: Sheet, *, full: bool = False) -> str:
    """What a row is called: the columns of its key, masked where they are personal."""
    fields = entries.key_fields(version, sheet)
    texts = []
    for field in fields:
        stored = getattr(version, field)
        if isinstance(stored, date) and not isinstance(stored, datetime):  # the same today and tomorrow
            texts.append(full_day(stored, words(current())))
        else:
            texts.append(value(stored, sheet.by_field(field), full=full))
    return DOT.join(filter(None, texts)) or version.key[:12]


def empty_cell(kind: str, field: str) -> str:
    """What an empty cell of a row says; "" where nothing is known of it."""
    return _(EMPTY[kind, field][0]) if (kind, field) in EMPTY else ""


def gap_label(sheet: Sheet, field: str) -> str:
    """What stands before the number of rows in which a field is empty."""
    if (sheet.kind, field) in EMPTY:
        return _(EMPTY[sheet.kind, field][1])
    return _("{column} unknown").format(column=label(sheet.by_field(field)))


def key_label(sheet: Sheet) -> str:
    """Heading over the rows' names."""
    fields = dict.fromkeys(field for fields in sheet.keys for field in fields)
    return " / ".join(label(sheet.by_field(field)) for field in fields)


def span(first: date | None, last: date | None) -> str:
    """From when to when something holds."""
    if first is None and last is None:
        return _("always")
    if last is None:
        return _("from {day}").format(day=format_day(first))
    if first is None:
        return _("until {day}").format(day=format_day(last))
    return f"{format_day(first)} – {format_day(last)}"


def event(one: Event) -> str:
    """Name of an event of a history."""
    return _(EVENTS[one])


def address(code: str, kind: str, key: str, day: date | None = None) -> str:
    """Address of a row's page, as at a day unless that is today."""
    url = reverse("registers-row", kwargs={"code": code, "kind": kind, "key": key})
    return f"{url}?as_at={day}" if day else url


def sheet_of(kind: str) -> Sheet:
    """The sheet of a kind."""
    return kinds.register(kind).sheet
