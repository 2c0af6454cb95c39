"""Two papers on complaints: the procedure and the records.

投诉应急处置规程 (R9): what a rectification asks for, made a daily routine of the enterprise's own.

The steps are rules with their limits and sources; who does them is what people state; the channels come from the
registers, and the routine from the measures of closed cases. It goes to no authority and is no item of the checklist.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.numbers import mask
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.claims import BLANK, hours_text
from nianjian.engines.paper.texts.dossier import EXCLUSIONS, INTERNAL
from nianjian.engines.paper.words import Words, mark
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.complaints.clocks import Clock, read_limits
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.complaints.states import Facts
from nianjian.features.dossier.generated.document import (
    SHORT,
    Document,
    Head,
    Line,
    Row,
    Say,
    Section,
    Table,
    build,
    day_text,
    method_line,
    register_table,
    row_cells,
    rule_line,
)

ITEM: Final = "complaint_sop"
HABIT: Final = "rectification.habit"
RATE: Final = "portrait.complaint_rate.limit"
BEFORE: Final = "rectification.frequency.before"
SCOPE: Final = ("numbers_listed", "number_filing_known", "lines_listed", "teams_listed", "sop_issue")
PEOPLE: Final = ("sop_lead", "sop_duty", "sop_isolation", "sop_report", "sop_authority", "sop_assessor")
STATE: Final = ("tickets_in_time", "complaints_counted", "emergency_drills", "sop_review")

LEAD, DUTY, ISOLATION, REPORT = (
    mark("Lead"), mark("Officer on duty"), mark("Channel administrator"), mark("Rectification officer"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """What is done and by whom; ``limit``: how the value of the rule is printed, "" for a step without one."""

    act: str
    who: str
    rule: str = ""
    limit: str = ""


STEPS: Final = (
    Step(
        mark("Accept the complaint, open a ticket, and let a person answer; an automatic answer does not count."),
        DUTY,
        "complaints.response",
        mark("within {value} of arrival"),
    ),
    Step(
        mark(
            "Group the complaints by complained number, line and team and name the channel from which they come;"
            " write down the grounds."
        ),
        REPORT,
        "rectification.locate",
    ),
    Step(
        mark(
            "Isolate the channel: propose the lower cap and have a second person approve it; set it at the pre-dial"
            " gate or at the switch."
        ),
        ISOLATION,
        "rectification.frequency.after",
        mark("from {before} to {value} attempts a day"),
    ),
    Step(
        mark("Let the channel call only callees whose consent is on file, has not expired and was not withdrawn."),
        ISOLATION,
        "rectification.white_list",
    ),
    Step(
        mark("Call the complainant back, record result and call-back, and close the ticket."),
        DUTY,
        "complaints.close",
        mark("within {value} of arrival"),
    ),
    Step(
        mark(
            "Where a rectification notice was received: set the rectification report and hand it in; the day of receipt"
            " is not counted, and a date on the notice comes first."
        ),
        REPORT,
        "rectification.due",
        mark("within {value} working days"),
    ),
    Step(
        mark("Have a third party assess the measures and read its report: issuer, number, date and scope."),
        REPORT,
        "rectification.evidence",
    ),
    Step(
        mark("Follow the opinion of the authority; ask where none has come."),
        REPORT,
        "rectification.opinion",
        mark("usually within {value} working days"),
    ),
    Step(
        mark("Check the effect by figures before and after, counted alike; then two persons lift the isolation."),
        LEAD,
        "rectification.habit",
    ),
)
BEGINS: Final = (
    mark("Complaints accepted by 12321 or 12300 exceed {rate} of the answered outbound calls ({source});"),
    mark("complaints gather on one number, line or team;"),
    mark("a rectification notice or an inquiry of the authority is received."),
)
TO_KEEP: Final = (
    mark("the complaint with its time of arrival, the first answer by a person, the call-back and the close;"),
    mark("the location with its figures, and the order of isolation with who proposed and who approved it;"),
    mark("call records and answers of the pre-dial gate before and after the isolation;"),
    mark("the report, the technical assessment, the day of handing in and the receipt."),
)
FORM: Final = (
    mark("Number of the event and day"), mark("Source and number of the complaints"),
    mark("First answer: time and person"), mark("Channel (number, line, team)"),
    mark("Isolation: time, cap, proposer, approver"), mark("Call-back: time, result"), mark("Cause"),
    mark("Measures, responsible, due"), mark("Report handed in: day, receipt"),
    mark("Technical assessment: issuer, number, date"), mark("Effect: figures before and after"),
    mark("Isolation lifted: time, proposer, approver"),
)  # fmt: skip


def build_document(
    head: Head,
    book: Rulebook,
    channels: Sequence[Row],
    *,
    routine: Sequence[Mapping[str, str]],
    say: Say,
    notes: Sequence[Line],
    _: Words,
) -> Document:
    """``channels``: lines in use with carrier and team; ``routine``: measures that recur, with owner, days and due.

    ``notes``: who has stated what is marked as stated.
    """
    habit = book.rule(HABIT)
    purpose = _(
        "These rules make what a rectification asks for a daily routine. They apply to every number, line, team and"
        " seat of the enterprise."
    )
    source = _("Source: {text} ({citation}).").format(text=habit.text_zh, citation=habit.citation)
    scope = (rule_line(purpose), rule_line(source), *_said(SCOPE, say))
    blank = method_line(_("What is left blank is filled in before the rules are issued."))
    sections = (
        Section(_("Purpose and scope"), scope),
        Section(_("Persons in charge"), _said(PEOPLE, say)),
        Section(_("When the procedure begins"), (*_begins(book, _), say("sop_trigger"))),
        Section(_("Procedure"), (say("sop_limits"),), (_steps(book, _),)),
        Section(_("Records to be kept"), (*_listed(TO_KEEP, _), say("sop_records"))),
        Section(_("Daily routine and review"), _said(STATE, say), (_routine(routine, _),)),
        Section(_("Supplement"), (*notes, blank)),
    )
    form = tuple((_(label), "") for label in FORM)
    record = Table(_("Record of an event"), (_("Entry"), _("Content")), form, shares=(3, 6), annexed=True)
    tables = (_channels(channels, _), record)
    signs = (_("Drawn up by"), _("Approved by"))
    return build(ITEM, head, _, title=_(INTERNAL[ITEM]), sections=sections, tables=tables, signs=signs)


def _said(claims: Sequence[str], say: Say) -> tuple[Line, ...]:
    """The sentences of claims; one that has nothing to say is no empty line."""
    return tuple(filter(None, map(say, claims)))


def _begins(book: Rulebook, _: Words) -> tuple[Line, ...]:
    values = {"rate": f"{(book.decimal(RATE) * 100).normalize():f} %", "source": book.rule(RATE).citation}
    begin = rule_line(_("The procedure begins as soon as one of the following holds:"))
    return (begin, *_listed(BEGINS, _, **values))


def _listed(texts: Sequence[str], _: Words, **values: str) -> tuple[Line, ...]:
    """Rules with （1）, （2） before them."""
    return tuple(rule_line(f"（{place}）{_(text).format(**values)}") for place, text in enumerate(texts, start=1))


def _steps(book: Rulebook, _: Words) -> Table:
    header = (_("No."), _("What is done"), _("By whom"), _("Limit or cap"), _("By what rule"))
    rows = tuple(
        (str(place), _(step.act), _(step.who), _limit(step, book, _), book.rule(step.rule).citation)
        for place, step in enumerate(STEPS, start=1)
    )
    return Table(_("Procedure"), header, rows, shares=(2, 12, 5, 6, 8))


def _limit(step: Step, book: Rulebook, _: Words) -> str:
    """The value that is in force, the enterprise's own where it has set one."""
    if not step.limit:
        return _("none set")
    clock = {f"complaints.{one.value}": one for one in Clock}.get(step.rule)
    if clock is not None:
        minutes = int(read_limits(book)[clock].length.total_seconds()) // 60
        return _(step.limit).format(value=hours_text(minutes, _))
    return _(step.limit).format(value=book.integer(step.rule), before=book.integer(BEFORE))


def _routine(routine: Sequence[Mapping[str, str]], _: Words) -> Table:
    """The measures of closed cases; a row to fill in where there is none yet."""
    header = (_("Measure that recurs"), _("Responsible"), _("Recurring"), _("Next due"))
    rows = tuple((one["text"], actor_text(one["owner"], _), one["every"], one["due"]) for one in routine)
    return Table(_("Daily routine"), header, rows or ((BLANK, SHORT, SHORT, SHORT),), shares=(9, 4, 3, 4))


def _channels(channels: Sequence[Row], _: Words) -> Table:
    header = (_("Line"), _("Name"), _("Carrier"), _("Landing gateway"), _("Team"))
    rows = tuple(
        tuple(str(row.get(name) or SHORT) for name in ("line_id", "name", "carrier", "gateway", "team"))
        for row in channels
    )
    empty = ((SHORT,) * len(header),)
    return Table(_("Channels in use"), header, rows or empty, shares=(4, 6, 5, 5, 4), annexed=True)


# 用户投诉处理记录 (M11): the tickets accepted in the data year, which of them count, and the counts of D2 and D4.

RECORDS: Final = "complaint_records"
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


def name_channels(row: Row, teams: Mapping[str, str], lines: Mapping[str, str]) -> Row:
    """A ticket's row with the name beside the code of its line and of its team, as the registers call them."""
    channels = {
        field: f"{row[field]} {names[str(row[field])]}"
        for field, names in (("line_id", lines), ("team_id", teams))
        if names.get(str(row.get(field)))
    }
    return {**row, **channels}


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
    names = ("arrived", "responded", "called_back", "closed", "reopened")
    rows = [one.row for one in _counted(tickets, day)]
    moments: list[dict[str, Any]] = [{name: _moment(row, f"{name}_at") for name in names} for row in rows]
    return [Facts(**one) for one in moments]


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


def build_records(
    head: Head, tickets: Sequence[Ticket], sources: Collection[str], say: Say, read: date, _: Words
) -> Document:
    """Two tables of the same tickets, for the columns do not fit side by side: what came, and what was done.

    ``read``: the day on which the tickets stand as they are listed; the counts are those of the portrait's day.
    """
    counts = count_tickets(tickets, head.as_of, sources)
    names = name_sources(sources)
    summary = (
        (_("Tickets listed"), len(tickets)),
        (_("Accepted by {sources}, counted in the complaint rate").format(sources=names), counts["complaints"]),
        (_("Tickets counted in the closing rate"), counts["tickets"]),
        (_("of these closed"), counts["closed"]),
    )
    came, done = ([COMPLAINTS.by_field(name) for name in fields] for fields in FIELDS)
    rows = [
        {**ticket.row, "responded_by": actor_text(str(ticket.row.get("responded_by") or ""), _)} for ticket in tickets
    ]
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
    return build(RECORDS, head, _, sections=(notes,), tables=tables, wide=True)


def name_sources(sources: Collection[str]) -> str:
    """The channels of a rule as a sheet spells them."""
    choices = COMPLAINTS.by_field("source").choices
    return "、".join(next((text for text, code in choices.items() if code == source), source) for source in sources)


def list_numbers(ticket: object) -> list[str]:
    """What may be numbers in a ticket's free texts."""
    matches = [match for name in FREE_TEXTS for match in DIGITS.finditer(getattr(ticket, name) or "")]
    return [match[0] for match in matches if not match["date"]]


def hide_numbers(row: Row, own: Collection[str]) -> Row:
    """The row with the numbers in its free texts masked; ``own``: those that the enterprise itself displays."""

    def hide(match: re.Match[str]) -> str:
        return match[0] if match["date"] or match[0] in own else mask(match[0])

    return {**row, **{name: DIGITS.sub(hide, str(row[name])) for name in FREE_TEXTS if row.get(name)}}
