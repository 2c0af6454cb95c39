"""Tickets as pages show them: a row of the list, where a ticket stands, its call, its facts, what it needs next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from nianjian.engines.kernel import clock
from nianjian.engines.metrics.lights import closing_rate
from nianjian.engines.metrics.metric import limit_of
from nianjian.engines.paper.texts.complaints import ACTS, CONFIDENCE, LINKS, PROPOSALS, STATES
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import words
from nianjian.features.complaints.clocks import ClockReading, Hand
from nianjian.features.complaints.matching import REASON
from nianjian.features.complaints.models import Complaint, Proposal
from nianjian.features.complaints.queries import (
    DONE,
    INCLUDED,
    Channels,
    Ticket,
    TicketEvent,
    current_tickets,
    list_workers,
    ticket_as_dict,
)
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import State, TicketAction
from nianjian.features.registers import presenters as registers
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.rulebook.rulebooks import Rulebooks
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell
from nianjian.platform.web.work import person

LIMIT: Final = "portrait.closing_rate.limit"


MINUTE: Final = timedelta(minutes=1)
UNKNOWN: Final = "–"
#: What a ticket needs next, by its state; what is done needs nothing.
NEXT: Final[Mapping[State, TicketAction]] = {
    State.NEW: TicketAction.RESPOND,
    State.RESPONDED: TicketAction.CLOSE,
    State.CALLED_BACK: TicketAction.CLOSE,
    State.REOPENED: TicketAction.CLOSE,
}


def span(length: timedelta) -> str:
    """A length in days, in hours and minutes, or in minutes."""
    minutes = length // MINUTE
    if days := minutes // 1440:
        return _("{days} days").format(days=days)
    if hours := minutes // 60:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes % 60)
    return _("{minutes} min").format(minutes=minutes)


def limit(reading: ClockReading, ticket: Ticket) -> str:
    """The time limit of a clock as people say it, in hours where these are whole."""
    if reading.due is None or ticket.row.arrived_at is None:
        return ""
    minutes = (reading.due - ticket.row.arrived_at) // MINUTE
    return _("{hours} hours").format(hours=minutes // 60) if minutes % 60 == 0 else span(minutes * MINUTE)


def time_left(ticket: Ticket, at: datetime) -> tuple[str, str]:
    """(what the clock that runs says, tone) of an open ticket; of another its state."""
    if ticket.state in {State.CLOSED, State.EXCLUDED}:
        moment = format_day(day_of(ticket.row.closed_at)) if ticket.state is State.CLOSED else ""
        return f"{_(STATES[ticket.state.value])} {moment}".strip(), "soft"
    running = ticket.close if ticket.row.responded_at else ticket.response
    due = min((one.due for one in (running, ticket.close) if one.due), default=None)
    if due is None:
        return _("arrival not known"), "soft"
    text = _("{time} overdue") if due < at else _("{time} left")
    tone = "overdue" if due < at else "warned" if running.hand is Hand.WARNED else ""
    return text.format(time=span(abs(due - at))), tone


def day_of(moment: datetime | None) -> date | None:
    """The day of a moment on the wall clock."""
    return moment.astimezone(clock.ZONE).date() if moment else None


def ticket_name(row: Complaint) -> str:
    """The number of a ticket."""
    return row.ticket_id or row.key


def source_name(row: Complaint) -> str:
    """From whom a ticket came."""
    return registers.value(row.source, COMPLAINTS.by_field("source"))


def channel_cell(ticket: Ticket, channels: Channels) -> Cell:
    """The line's code and its team's name, or the team's code and name; else how far the search for its call is."""
    row = ticket.row
    team = channels.team_of(row)
    called = channels.teams.get(team) or team or channels.lines.get(row.line_id or "", "")
    if row.line_id:
        return Cell(called, key=row.line_id)
    if team:
        return Cell(called, key=team if called != team else "")
    waits = ticket.proposal is not None and ticket.proposal.state == Proposal.PROPOSED
    text = _("call to be confirmed") if waits else _("no call matched")
    return Cell(text, tone="soft")


def owner_cell(row: Complaint) -> Cell:
    """Whose a ticket is."""
    return Cell(person(row.assignee)) if row.assignee else Cell(_("nobody yet"), tone="soft")


AGES: Final = (lambda: _("Today"), lambda: _("This week"), lambda: _("Earlier"))


def group_name(row: Any) -> str:  # noqa: ANN401 -- a ticket's row with its ``age``
    """The heading that a ticket stands under."""
    return AGES[row.age]()


def cells(ticket: Ticket, channels: Channels, at: datetime, *, href: str, view: str) -> list[Cell]:
    """A row of the list, in the order of `pages.list_columns`."""
    row, masked = ticket.row, ticket_as_dict(ticket)
    name, (left, tone) = ticket_name(row), time_left(ticket, at)
    return [
        Cell(name, href=href),
        Cell(left, href=view, tone=tone or "plain", says=f"{left}, {_('view')} {name}"),
        Cell(row.category or UNKNOWN),
        channel_cell(ticket, channels),
        Cell(masked["complained"] or UNKNOWN),
        Cell(masked["complainant"] or UNKNOWN),
        Cell(format_moment(row.accepted_at) or UNKNOWN, day=True),
        Cell(source_name(row)),
        Cell(" · ".join([*([_("Drill")] if row.drill else []), _(STATES[ticket.state.value])]), tone="soft"),
        owner_cell(row),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stand:
    """A point of a ticket's way: ``form`` is done, late or "" for what lies ahead."""

    label: str
    form: str
    text: str
    more: str = ""


def list_stands(ticket: Ticket, at: datetime) -> list[Stand]:
    """Arrival, response, call-back and close, with both clocks."""
    row = ticket.row
    renewed = bool(row.reopened_at and row.called_back_at and row.called_back_at < row.reopened_at)
    called = row.called_back_at if not renewed else None
    return [
        Stand(_("Arrival"), "done" if row.arrived_at else "", format_moment(row.arrived_at) or _("arrival not known")),
        _clock_stand(_("Response"), ticket, ticket.response, row.responded_at, at),
        Stand(_("Call-back"), "done" if called else "", format_moment(called) or _("not done")),
        _clock_stand(_("Closing"), ticket, ticket.close, row.closed_at if ticket.state is State.CLOSED else None, at),
    ]


def _clock_stand(label: str, ticket: Ticket, reading: ClockReading, done: datetime | None, at: datetime) -> Stand:
    terms = limit(reading, ticket)
    more = _("limit {time}").format(time=terms) if terms else ""
    if done:
        length = span(done - ticket.row.arrived_at) if ticket.row.arrived_at else ""
        moment = format_moment(done)
        text = _("{moment}, took {time}").format(moment=moment, time=length) if length else moment
        return Stand(label, "done" if reading.on_time is not False else "late", text, more)
    if reading.due is None or ticket.state is State.EXCLUDED:
        return Stand(label, "", _("not done"))
    text = _("was due {moment}") if reading.due < at else _("due {moment}")
    return Stand(label, "late" if reading.due < at else "", text.format(moment=format_moment(reading.due)), more)


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing with a page of its own: code, name, address."""

    label: str
    code: str
    name: str
    href: str


def channel_entities(enterprise: str, row: Complaint, channels: Channels) -> list[Entity]:
    """The line and the team of a ticket."""
    team = channels.team_of(row)
    return [
        Entity(label, code, names.get(code, ""), registers.address(enterprise, kind, code) if code in names else "")
        for label, kind, code, names in (
            (_("Line"), "lines", row.line_id or "", channels.lines), (_("Team"), "teams", team, channels.teams),
        )
        if code
    ]  # fmt: skip


def call_title(row: Complaint) -> str:
    """What the call is headed: as long as no record of it is known, it is what the complainant says of it."""
    return _("The call") if row.call_id else _("The call as the complainant tells it")


def call_facts(ticket: Ticket) -> list[tuple[str, str]]:
    """What is known of the call: when, how long, which numbers."""
    row, masked = ticket.row, ticket_as_dict(ticket)
    when = [format_moment(row.called_at)]
    if row.duration is not None:
        when.append(_("{count} seconds").format(count=row.duration))
    facts = [
        (_("Time"), " · ".join(filter(None, when))),
        (_("Displayed number"), str(masked["complained"] or "")),
        (_("Call record"), row.call_id or ""),
    ]
    return [(label, text) for label, text in facts if text]


def match_facts(proposal: Proposal | None) -> dict[str, Any] | None:
    """What the search for the call found; ``waits``: a person has to decide."""
    if proposal is None:
        return None
    return {
        "state": _(PROPOSALS[proposal.state]),
        "waits": proposal.state == Proposal.PROPOSED,
        "confidence": _(CONFIDENCE[proposal.confidence]),
        "badge": {"high": "good", "medium": "warn", "low": "bad"}.get(proposal.confidence, "plain"),
        "link": _(LINKS[proposal.link]),
        "candidates": proposal.candidates,
        "calls": [
            (name, [call.get(field) or UNKNOWN for field in ("call_id", "started", "line_id", "team_id")])
            for name, call in ((_("Proposed"), proposal.call), (_("Runner-up"), proposal.runner_up))
            if call
        ],
        "runner_up": proposal.runner_up is not None,
        "by": person(proposal.decided_by),
    }


def describe_event(event: TicketEvent) -> dict[str, Any]:
    """One thing that happened to a ticket."""
    return {
        "act": _(ACTS[event.act]),
        "at": format_moment(event.at),
        "by": person(event.by),
        "note": "" if event.note == REASON else event.note,
        "fields": [registers.label(change.column) for change in event.changes],
    }


#: Fields that stand in another place of the page: its head, its time line, its call.
ELSEWHERE: Final = frozenset(
    {"ticket_id", "arrived_at", "called_at", "duration", "complained", "call_id", "line_id", "team_id", "responded_at",
     "called_back_at", "closed_at", "drill", "assignee"}
)  # fmt: skip


def ticket_facts(row: Complaint, *, full: bool) -> tuple[list[tuple[str, str]], list[str]]:
    """(label, text) of what is known and stands nowhere else; the labels of what is not known."""
    facts, empty = [], []
    for column in COMPLAINTS.columns:
        text = registers.value(getattr(row, column.field), column, full=full)
        if column.field in {"accepted_at", "auto_replied_at", "reopened_at"}:
            text = format_moment(getattr(row, column.field))
        if not text:
            empty.append(registers.label(column))
        elif column.field not in ELSEWHERE:
            facts.append((registers.label(column), text))
    return facts, empty


def list_people(enterprise: str, actor: Actor, *also: str | None) -> list[tuple[str, str]]:
    """(account, name) of those who may work on tickets, the reader first; ``also``: whom the tickets have already."""
    workers = list_workers(enterprise)
    names = dict.fromkeys([*([actor.name] if actor.name in workers else []), *workers, *filter(None, also)])
    return [
        (name, _("me ({name})").format(name=person(name)) if name == actor.name else person(name)) for name in names
    ]


def describe_result(act: str, ticket: Ticket, left: int, *, whole: bool) -> str:
    """What is true after an act, and what it changed; "" where the ticket does not stand so.

    ``whole``: the reader may see all tickets, so how their rate stands now is told, too.
    """
    row, name = ticket.row, ticket_name(ticket.row)
    if act == TicketAction.CLOSE and ticket.state is State.CLOSED:
        return _describe_close(row, left, whole=whole)
    text = ""
    match act:
        case "add":
            text = _("{ticket} is open; its clocks run from its arrival.").format(ticket=name)
        case "respond" if row.responded_at:
            stand = list_stands(ticket, row.responded_at)[1]
            text = _("The response of {ticket} is recorded: {stand}.").format(ticket=name, stand=stand.text)
        case "callback" if row.called_back_at:
            text = _("The call-back of {ticket} is recorded.").format(ticket=name)
        case "unclose" if ticket.state is not State.CLOSED:
            text = _("The closing of {ticket} is taken back: it stands as before.").format(ticket=name)
        case "reopen" if ticket.state is State.REOPENED:
            text = _("{ticket} is open again; its clocks kept their start.").format(ticket=name)
        case "assign":
            owner = person(row.assignee) or _("nobody yet")
            text = _("Owner of {ticket}: {person}.").format(ticket=name, person=owner)
        case "exclude" if ticket.state is State.EXCLUDED:
            text = _("{ticket} is excluded: it counts in no metric.").format(ticket=name)
        case "readmit" if ticket.state is not State.EXCLUDED:
            text = _("{ticket} counts again.").format(ticket=name)
    return text


def _describe_close(row: Complaint, left: int, *, whole: bool) -> str:
    texts = [_("{ticket} is closed.").format(ticket=ticket_name(row))]
    if row.accepted_at and not row.drill:
        year = row.accepted_at.astimezone(clock.ZONE).year
        effect = _describe_effect(row.enterprise_id, row.accepted_at) if whole else _("It counts in data year {year}.")
        texts.append(effect.format(year=year))
    return " ".join([*texts, _("{count} tickets left open.").format(count=left)])


def _describe_effect(enterprise: str, accepted: datetime) -> str:
    """What the closing did to the rate and to the guide's light of the data year in which its ticket was accepted."""
    year = accepted.astimezone(clock.ZONE).year
    first, end = (datetime(one, 1, 1, tzinfo=clock.ZONE) for one in (year, year + 1))
    rows = current_tickets(enterprise).filter(INCLUDED, accepted_at__gte=first, accepted_at__lt=end)
    tickets, closed = rows.count(), rows.filter(DONE).count()
    book = Rulebooks(province=accounts.enterprise(enterprise).province or None, enterprise=enterprise).on(clock.today())
    limit, word = limit_of(book.with_guide_limits(), LIMIT), words(current())
    lights = (closing_rate(closed=one, tickets=tickets, limit=limit).light for one in (max(closed - 1, 0), closed))
    was, now = (code_name("light", str(one), word) for one in lights)
    before, after = (f"{count * 100 / tickets:.2f} %" for count in (closed - 1, closed))
    texts = [
        _("Closing rate of data year {year}: {before} → {after} ({closed} of {tickets})."),
        _("Guide's limit: from {was} to {now}.") if was != now else _("Guide's limit: {now} as before."),
        _("The portrait counts it at its next run."),
    ]
    return " ".join(texts).format(
        year=year, before=before, after=after, closed=closed, tickets=tickets, was=was, now=now
    )


def ticket_address(enterprise: str, key: str) -> str:
    """The page of a ticket."""
    return reverse("complaints-one", kwargs={"code": enterprise, "ticket": key})


def list_lines(tickets: Iterable[Ticket]) -> Sequence[str]:
    """The lines that tickets name."""
    return sorted({ticket.row.line_id for ticket in tickets if ticket.row.line_id})
