"""VICIdial: exports of its log tables, told apart by their columns.

Documentation only (table definitions); no real record has been seen. ``vicidial_log`` is the outbound call,
``vicidial_closer_log`` the inbound one, ``vicidial_dial_log`` has the number that was shown (outbound_cid),
``call_log`` and ``vicidial_carrier_log`` are the channel and the trunk. All rows of a call share ``uniqueid``, which
joins them; the row keys carry the table's name in front, so that the tables can be imported side by side.
"""

from dataclasses import dataclass, replace
from typing import Final

from nianjian.engines.intake.columns import Columns
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout
from nianjian.engines.intake.mapping import apply_mapping, read_times
from nianjian.engines.intake.sql import (
    NULL,
    choose_word,
    first_of,
    is_among,
    is_public_number,
    seconds_after,
    to_number,
)
from nianjian.engines.intake.tables import Signature, signature_recogniser, table_layout

KNOWN: Final = (
    "uniqueid", "lead_id", "list_id", "campaign_id", "call_date", "start_epoch", "end_epoch", "length_in_sec",
    "status", "phone_code", "phone_number", "user", "comments", "processed", "user_group", "term_reason", "alt_dial",
    "closecallid", "queue_seconds", "xfercallid", "outbound_cid", "caller_code", "extension", "channel",
    "channel_group", "type", "number_dialed", "start_time", "end_time", "dialstatus", "hangup_cause", "dial_time",
    "answered_time", "server_ip", "context",
)  # fmt: skip

# Nobody picked up: no answer, busy, disconnected, what call-progress detection found, lost before routing.
UNANSWERED: Final = (
    "N", "NA", "B", "AB", "DC", "ADC", "ADCT", "PDROP", "CPDATB", "CPDB", "CPDNA", "CPDREJ", "CPDINV", "CPDUK",
    "CPDSI", "CPDSNC", "CPDSR", "CPDSUK", "CPDSV", "DNCL", "DNCC", "LRERR", "NEW", "QUEUE", "INCALL",
)  # fmt: skip

# On the do-not-call list, or no channel could be had: never dialled.
UNDIALLED: Final = ("DNCL", "DNCC", "LRERR")

RESULTS: Final = {
    **dict.fromkeys(("N", "NA", "CPDNA", "PDROP"), "no_answer"),
    **dict.fromkeys(("B", "AB", "CPDB", "CPDATB"), "busy"),
    **dict.fromkeys(("DC", "ADC", "ADCT", "CPDSI", "CPDSNC", "CPDSR", "CPDSUK", "CPDSV", "CPDINV", "CPDUK"), "failed"),
    **dict.fromkeys(("DNCL", "DNCC"), "blocked"),
    "LRERR": "failed",
    "CPDREJ": "rejected",
}

# DIALSTATUS of the trunk's Dial.
DIALSTATUS: Final = {
    "ANSWER": "answered", "BUSY": "busy", "NOANSWER": "no_answer", "CANCEL": "cancelled", "CONGESTION": "failed",
    "CHANUNAVAIL": "failed", "DONTCALL": "rejected", "TORTURE": "rejected",
}  # fmt: skip


_ORIGIN: Final = {
    "callee": ("phone_number", "number_dialed", "extension"),
    "caller": ("phone_number",),
    "display": ("outbound_cid",),
    "end": ("end_epoch", "end_time", "length_in_sec", "dial_time"),
}


@dataclass(frozen=True, slots=True)
class _Table:
    """What is different from table to table."""

    prefix: str
    key: tuple[str, ...]
    direction: str
    callee: str = NULL
    caller: str = NULL
    display: str = NULL
    result: str = NULL
    answered: str = "false"
    delivered: str = "true"
    callee_optional: bool = False
    joined: bool = True


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over a row of whichever table this is."""
    columns = Columns(layout.columns)
    clock = read_times(
        columns, mapping, zone, start=("start_epoch", "start_time", "call_date"), end=("end_epoch", "end_time")
    )
    length = f"greatest(coalesce({to_number(columns.filled('length_in_sec', 'dial_time'))}, 0), 0)"
    end = first_of((clock.end, seconds_after(clock.start, length)))
    kind = _find_table(columns)
    talk = to_number(columns.filled("answered_time", "length_in_sec"))
    fields = replace(
        clock,
        call_id=f"('{kind.prefix}' || {columns.filled(*kind.key)})",
        call_key=columns.cell("uniqueid") if kind.joined else NULL,
        direction=kind.direction,
        caller=kind.caller,
        display=kind.display,
        display_confidence="'medium'",
        callee=kind.callee,
        # The log has no answer time, only how long the call lasted from it on.
        answer=f"(case when {kind.answered} then greatest({clock.start}, {seconds_after(end, '-' + talk)}) end)",
        end=end,
        columns={**clock.columns, **columns.origin(call_id=kind.key, **_ORIGIN)},
        result=kind.result,
        delivered=kind.delivered,
        answered=kind.answered,
        # VDAD and VDCL are the dialler itself, not a person.
        agent_id=f"nullif(nullif({columns.cell('user')}, 'VDAD'), 'VDCL')",
        agent_kind=f"(case when {columns.cell('user')} not in ('VDAD', 'VDCL') then 'human' end)",
        callee_optional=kind.callee_optional,
    )
    return apply_mapping(fields, columns, mapping, zone)


def _find_table(columns: Columns) -> _Table:
    """Which table this is. An export of vicidial_log joined with the shown number has outbound_cid beside status."""
    if columns.find("outbound_cid") and not columns.find("status"):
        return _Table(
            prefix="dial:",
            key=("caller_code", "uniqueid"),
            direction="'out'",
            callee=columns.filled("phone_number", "number_dialed", "extension"),
            display=_inner_number(columns.cell("outbound_cid")),
        )
    if columns.find("dialstatus"):
        return _carrier(columns)
    if columns.find("number_dialed"):
        return _channel(columns)
    if columns.find("closecallid") or columns.find("queue_seconds"):
        return _inbound(columns)
    return _outbound(columns)


def _carrier(columns: Columns) -> _Table:
    seconds = to_number(columns.cell("answered_time"))
    return _Table(
        prefix="carrier:",
        key=("uniqueid",),
        direction="'out'",
        callee=columns.filled("phone_number", "number_dialed"),
        result=choose_word(columns.cell("dialstatus"), DIALSTATUS),
        answered=f"({is_among(columns.cell('dialstatus'), ('ANSWER',))} and coalesce({seconds} > 0, false))",
        callee_optional=True,  # the trunk's log names the channel and the lead, not the number
    )


def _channel(columns: Columns) -> _Table:
    """caller_code begins with the way the call was made: V automatic, M manual, Y inbound."""
    letter = f"substr({columns.cell('caller_code')}, 1, 1)"
    other = f"case when {is_public_number(columns.cell('number_dialed'))} then 'out' else 'internal' end"
    return _Table(
        prefix="call:",
        key=("uniqueid",),
        direction=choose_word(letter, {"V": "out", "M": "out", "Y": "in"}, otherwise=other),
        callee=columns.cell("number_dialed"),
        callee_optional=True,
    )


def _talk_time(columns: Columns) -> str:
    return f"coalesce({to_number(columns.cell('length_in_sec'))} > 0, false)"


def _inbound(columns: Columns) -> _Table:
    talked = _talk_time(columns)
    return _Table(
        prefix="closer:",
        key=("closecallid", "uniqueid"),
        direction="'in'",
        caller=columns.cell("phone_number"),
        result=f"(case when {talked} then 'answered' else 'no_answer' end)",
        answered=f"({talked} and {columns.cell('user')} is distinct from 'VDCL')",
        callee_optional=True,  # the inbound log has the group, not the number that was called
        # An outbound call handed to a closer keeps its uniqueid: the closer's row must not speak for it.
        joined=False,
    )


def _outbound(columns: Columns) -> _Table:
    """A machine that picked up (A, AA, AM) and a customer dropped for want of a seat (DROP, ABANDON) were answered.

    They were connected on the line, which is what counts for the customer's leg.
    """
    status = f"upper({columns.cell('status')})"
    answered = f"({_talk_time(columns)} and not {is_among(status, UNANSWERED)})"
    return _Table(
        prefix="",
        key=("uniqueid",),
        direction="'out'",
        callee=columns.cell("phone_number"),
        display=_inner_number(columns.cell("outbound_cid")),
        result=f"(case when {answered} then 'answered' else {choose_word(status, RESULTS)} end)",
        answered=answered,
        delivered=f"not {is_among(status, UNDIALLED)}",
    )


def _inner_number(cell: str) -> str:
    """The number of a caller id that is written as `"NAME" <95013>`."""
    if cell == NULL:
        return NULL
    return f"coalesce(nullif(regexp_extract({cell}, '<([^>]*)>', 1), ''), {cell})"


FORMAT: Final = Format(
    "vicidial", "VICIdial",
    signature_recogniser(
        Signature(
            needed="uniqueid|closecallid lead_id call_date phone_number status",
            typical="list_id campaign_id start_epoch end_epoch length_in_sec phone_code term_reason",
        ),
        Signature(needed="uniqueid number_dialed caller_code start_epoch|start_time"),
        Signature(needed="uniqueid dialstatus dial_time|answered_time call_date"),
        Signature(needed="outbound_cid call_date lead_id|caller_code"),
    ),
    table_layout(KNOWN, seen_only=True), fields,
)  # fmt: skip
