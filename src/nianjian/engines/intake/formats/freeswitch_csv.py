"""FreeSWITCH mod_cdr_csv: files without a header whose columns are those of the template in use.

Read in source, never seen as real records. The A leg's row (legs="a") says what *arrived*, not what was sent:
the displayed number is missing and the caller stands in for it with low confidence. With both legs in the file
(legs="ab") the caller of the B leg is what was sent. The A leg's own direction is always inbound and is not asked;
context and callee tell the call's. A callee may be a name of the dial plan's (voicemail, a user), a feature code, or
what a scanner tried from outside. Stamps are local time without a zone.
"""

import csv
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from nianjian.engines.intake.columns import Columns, plain_name
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout, Sample
from nianjian.engines.intake.mapping import apply_mapping, read_times
from nianjian.engines.intake.sql import (
    choose_word,
    first_of,
    is_drill,
    is_public_number,
    local_time,
    seconds_after,
    to_number,
)
from nianjian.engines.intake.tables import distinct_names, is_json
from nianjian.engines.kernel.errors import NianjianError

_EXAMPLE: Final = (
    "caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp", "answer_stamp",
    "end_stamp", "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid", "accountcode", "read_codec",
    "write_codec",
)  # fmt: skip

# The stock templates of the module's configuration.
TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "example": _EXAMPLE,
    "sql": _EXAMPLE[:13],
    "snom": (*_EXAMPLE, "sip_user_agent", "call_clientcode", "sip_rtp_rxstat", "sip_rtp_txstat", "sofia_record_file"),
    "linksys": (*_EXAMPLE, "sip_user_agent", "sip_p_rtp_stat"),
    "asterisk": (
        "accountcode", "caller_id_number", "destination_number", "context", "caller_id", "channel_name",
        "bridge_channel", "last_app", "last_arg", "start_stamp", "answer_stamp", "end_stamp", "duration", "billsec",
        "hangup_cause", "amaflags", "uuid", "userfield",
    ),
    "opencdrrate": (
        "uuid", "signal_bond", "direction", "ani", "destination_number", "answer_stamp", "end_stamp", "billsec",
        "accountcode", "userfield", "network_addr", "original_caller", "sip_gateway_name",
    ),
}  # fmt: skip

# Our field -> the variable that a mapping's position stands for.
_VARIABLES: Final = {
    "call_id": "uuid", "caller": "caller_id_number", "display": "effective_caller_id_number",
    "callee": "destination_number", "start": "start_stamp", "answer": "answer_stamp", "end": "end_stamp",
    "result": "hangup_cause", "agent_id": "accountcode",
}  # fmt: skip

HANGUP: Final = {
    "USER_BUSY": "busy",
    **dict.fromkeys(("NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT", "PROGRESS_TIMEOUT"), "no_answer"),
    **dict.fromkeys(("ORIGINATOR_CANCEL", "LOSE_RACE", "PICKED_OFF"), "cancelled"),
    **dict.fromkeys(("CALL_REJECTED", "OUTGOING_CALL_BARRED", "INCOMING_CALL_BARRED", "DECLINE"), "rejected"),
    **dict.fromkeys(
        (
            "UNALLOCATED_NUMBER", "NO_ROUTE_DESTINATION", "NO_ROUTE_TRANSIT_NET", "INVALID_NUMBER_FORMAT",
            "NORMAL_TEMPORARY_FAILURE", "NORMAL_CIRCUIT_CONGESTION", "SWITCH_CONGESTION", "NETWORK_OUT_OF_ORDER",
            "RECOVERY_ON_TIMER_EXPIRE", "DESTINATION_OUT_OF_ORDER", "SUBSCRIBER_ABSENT", "USER_NOT_REGISTERED",
            "GATEWAY_DOWN", "INCOMPATIBLE_DESTINATION", "SERVICE_UNAVAILABLE", "INTERWORKING", "PROTOCOL_ERROR",
        ),
        "failed",
    ),
}  # fmt: skip

CALL: Final = "call_uuid"  # of a file with both legs: made by us
LEG: Final = "call_leg"  # beside it: a | b | NULL, where it cannot be told yet
PARTNERS: Final = ("bleg_uuid", "bridge_uuid", "signal_bond")  # what names the other leg
_REMEMBERED: Final = 200_000  # ids of legs

SHOWN: Final = ("effective_caller_id_number", "origination_caller_id_number", "outbound_caller_id_number")
_ORIGIN: Final = {
    "call_id": ("uuid", "xml_cdr_uuid"),
    "direction": ("context", "destination_number"),
    "caller": ("caller_id_number", "ani"),
    "display": (*SHOWN, "caller_id_number"),
    "callee": ("destination_number", "caller_destination"),
}

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_INSERT: Final = re.compile(r"^\s*INSERT\s+INTO\s+\S+\s+VALUES\s*\((.*)\)\s*;?\s*$", re.IGNORECASE)
_LOOKED_AT: Final = 50
_ENOUGH: Final = 4  # variables that make a header


def recognise(sample: Sample) -> int:
    """98 where rows fit a stock template, 90 for a header of its variables."""
    if is_json(sample):
        return 0
    if _has_header(sample.header):
        return 90
    return 98 if _template(sample) else 0


def _has_header(header: Sequence[str]) -> bool:
    have = {plain_name(cell) for cell in header}
    names = ("start_stamp", "end_stamp", "destination_number", "caller_id_number", "hangup_cause", "uuid", "billsec")
    # FusionPBX's table has epochs beside the stamps and calls the key xml_cdr_uuid.
    return sum(plain_name(name) in have for name in names) >= _ENOUGH and bool(
        have & {"startstamp", "startepoch", "answerstamp", "endstamp"}
    )


def _template(sample: Sample) -> str | None:
    """The template that most of the first rows fit."""
    votes = dict.fromkeys(TEMPLATES, 0)
    for line in sample.lines[:_LOOKED_AT]:
        inner = _INSERT.match(line)
        cells = _cells(inner.group(1) if inner else line)
        for name, columns in TEMPLATES.items():
            votes[name] += (name == "sql") == bool(inner) and _fits(cells, columns)
    best = max(votes, key=lambda name: votes[name])
    return best if votes[best] else None


def _cells(line: str, delimiter: str = ",") -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]
    except csv.Error:
        return []


def _fits(cells: Sequence[str], columns: Sequence[str]) -> bool:
    if len(cells) != len(columns) or not _UUID.fullmatch(cells[columns.index("uuid")]):
        return False
    return bool(_STAMP.match(cells[columns.index("end_stamp")]))


def layout(sample: Sample, mapping: FileMapping) -> Layout:
    """Columns of the template, of the header, or as the mapping's positions name them.

    NianjianError ``freeswitch_template_unknown`` where nothing tells the columns.
    """
    if _has_header(sample.header):
        headed = Layout(columns=distinct_names(sample.header), header_lines=1, delimiter=sample.delimiter)
        return _both_legs(headed) if _has_both_legs(sample, headed) else headed
    template = _template(sample)
    if template == "sql":
        return Layout(columns=TEMPLATES["sql"], parse=_insert_columns(len(TEMPLATES["sql"])))
    if template is not None and not mapping.columns:
        base = Layout(columns=TEMPLATES[template])
        return _both_legs(base) if _has_both_legs(sample, base) else base
    positions = {place: field for field, place in mapping.columns.items() if isinstance(place, int)}
    if not positions:
        raise NianjianError("freeswitch_template_unknown", file=sample.name)
    names = [_VARIABLES.get(positions.get(place, ""), f"column{place}") for place in range(1, len(sample.header) + 1)]
    return Layout(columns=distinct_names(names), delimiter=sample.delimiter)


def _insert_columns(width: int) -> Callable[[str], Sequence[str | None]]:
    def parse(line: str) -> Sequence[str | None]:
        match = _INSERT.match(line)
        if match is None:
            raise ValueError("line_unreadable")
        cells = _cells(match.group(1))
        if len(cells) != width:
            raise ValueError("columns_missing" if len(cells) < width else "columns_surplus")
        return [cell or None for cell in cells]

    return parse


def _legs(columns: Sequence[str]) -> tuple[int, int] | None:
    """The places of a leg's own id and of its partner's; None where the file has not both."""
    lookup = Columns(columns)
    own, other = lookup.find("uuid", "xml_cdr_uuid"), lookup.find(*PARTNERS)
    return None if own is None or other is None else (columns.index(own), columns.index(other))


def _has_both_legs(sample: Sample, layout: Layout) -> bool:
    """legs="ab": the id of some row is another one's partner; no question where a column tells the legs."""
    places = _legs(layout.columns)
    if places is None or Columns(layout.columns).find(LEG, "leg"):
        return False
    own, other = places
    lines = sample.lines[layout.header_lines :]
    rows = [cells for line in lines if len(cells := _cells(line, layout.delimiter)) == len(layout.columns)]
    return bool({row[own] for row in rows} & {row[other] for row in rows} - {""})


def _both_legs(layout: Layout) -> Layout:
    """With the columns CALL, the key of the call, and LEG. A B leg names its A leg, or nobody: one row cannot tell.

    Legs of a call are written within moments of each other, so that a bounded memory of ids is enough. The leg that
    another one named before is the B leg; one that names a leg that has been read is the A leg.
    """
    calls: OrderedDict[str, str] = OrderedDict()
    read: OrderedDict[str, None] = OrderedDict()
    width = len(layout.columns)
    own, other = _legs(layout.columns) or (0, 0)

    def parse(line: str) -> Sequence[str | None]:
        cells = _cells(line, layout.delimiter)
        if len(cells) != width:
            raise ValueError("columns_missing" if len(cells) < width else "columns_surplus")
        leg, partner = cells[own], cells[other]
        key = calls.get(leg) or calls.get(partner) or partner or leg
        which = "b" if leg in calls and leg not in read else "a" if partner and partner in read else None
        for name in filter(None, (leg, partner)):
            calls[name] = key
        read[leg] = None
        for memory in (calls, read):
            while len(memory) > _REMEMBERED:
                memory.popitem(last=False)
        return [*(cell or None for cell in cells), key or None, which]

    return replace(layout, columns=(*layout.columns, CALL, LEG), parse=parse)


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over a leg's row."""
    columns = Columns(layout.columns)
    clock = read_times(
        columns, mapping, zone, local_time, start=("start_stamp",), answer=("answer_stamp",), end=("end_stamp",)
    )
    callee = columns.filled("destination_number", "caller_destination")
    caller = columns.filled("caller_id_number", "ani", "source_number")
    texts, start = clock.texts, clock.start
    if "start" not in texts and clock.columns.get("end"):
        # opencdrrate has no start: the answer, else the end less the talk, is the nearest known instant.
        talk = f"coalesce({to_number(columns.cell('billsec'))}, 0)"
        start = first_of((clock.answer, seconds_after(clock.end, "-" + talk)))
        texts = {"start": clock.columns["end"]}
    # Whoever has an account of his own as caller is a registered user, wherever his dial plan begins.
    stranger = f"{columns.cell('accountcode')} is distinct from {caller}"
    public = f"coalesce({columns.cell('context')} = 'public' and {stranger}, false)"
    direction = f"(case when {public} then 'in' when {is_public_number(callee)} then 'out' else 'internal' end)"
    leg = columns.filled(LEG, "leg")
    customers = f"(coalesce({leg} = 'b', false) and {direction} = 'out')"
    cause = columns.cell("hangup_cause")
    answered = f"coalesce({clock.answer} < {clock.end}, false)"
    fields = replace(
        clock,
        call_id=columns.filled("uuid", "xml_cdr_uuid"),
        call_key=columns.filled(CALL, "bleg_uuid", "uuid", "xml_cdr_uuid"),
        direction=direction,
        caller=caller,
        leg=_leg(leg, direction, callee),
        display=first_of((columns.filled(*SHOWN), f"(case when {customers} then {caller} end)")),
        customer_leg=customers,
        stranger=public,
        callee=callee,
        start=start,
        texts=texts,
        columns={**clock.columns, **columns.origin(**_ORIGIN)},
        result=f"(case when {answered} then 'answered' else {choose_word(cause, HANGUP)} end)",
        answered=answered,
        test=is_drill(columns.cell("accountcode")),
        gateway=columns.cell("sip_gateway_name"),
        callee_named=True,
        kept=tuple(column for name in ("accountcode", "context") if (column := columns.find(name))),
    )
    return apply_mapping(fields, columns, mapping, zone)


def _leg(leg: str, direction: str, callee: str) -> str:
    """The leg towards the customer: the B leg of an outbound call, the A leg of an inbound one."""
    rang = f"{leg} = 'b' and {direction} = 'in' and not {is_public_number(callee)}"
    seat = f"({leg} = 'a' and {direction} = 'out' or {rang})"
    return f"(case when {seat} then 'agent' else 'customer' end)"


FORMAT: Final = Format("freeswitch_csv", "FreeSWITCH CSV", recognise, layout, fields)
