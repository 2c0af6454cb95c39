"""FreeSWITCH mod_json_cdr: one document a leg, in a file of its own, one a line, or in an array.

Read in source, never seen as real records. Values of ``variables`` are URL-encoded by default; callflow times are
microseconds as strings. Both legs of a call are logged by default: they are joined by call_uuid, and the B leg
carries the displayed number.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast
from urllib.parse import unquote

from nianjian.engines.intake.columns import Columns, join_masked_names
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout, Sample
from nianjian.engines.intake.formats.freeswitch_csv import HANGUP
from nianjian.engines.intake.mapping import apply_mapping, read_times
from nianjian.engines.intake.sql import NULL, choose_word, first_of, is_drill, is_public_number
from nianjian.engines.intake.tables import distinct_names, field_names, is_json, parse_json
from nianjian.engines.kernel.errors import NianjianError

# The variables that are kept; a whole document has hundreds, 8 KB a leg.
VARIABLES: Final = (
    "direction", "call_uuid", "bridge_uuid", "signal_bond", "originating_leg_uuid", "effective_caller_id_number",
    "origination_caller_id_number", "sip_from_user", "sip_to_user", "sip_gateway_name", "sip_gateway", "billsec",
    "duration", "hangup_cause", "bridge_hangup_cause", "last_bridge_hangup_cause", "originate_disposition",
    "sip_term_status", "endpoint_disposition", "accountcode", "cc_agent", "sip_invite_failure_status",
)  # fmt: skip
PROFILE: Final = ("caller_id_name", "caller_id_number", "ani", "destination_number", "context", "chan_name", "rdnis")
MARKS: Final = ("sip_h_X-Nianjian-Test", "sip_h_X-Drill")  # headers of test calls and drills, whatever their value
_SHEET: Final = (
    "uuid", "leg", "originator", "start", "ring", "answer", "end", *PROFILE, *VARIABLES, "core_uuid", "switchname",
)  # fmt: skip
PRIVACY: Final = ("sip_h_Privacy",)
LAST: Final = ("last_app", "last_arg")  # what the dial plan did last; of its argument only the kind, see `_kind`
COLUMNS: Final = (*_SHEET, *MARKS, *PRIVACY, *LAST)

# An argument holds numbers, and secrets of a bridge; a voicemail is told by how it begins.
_KIND: Final = re.compile(r"(?:loopback/app=|app\.lua )?[A-Za-z_][\w-]*")

# What leads from a B leg to its A leg, the surest first.
_PARENTS: Final = ('"call_uuid"', '"originating_leg_uuid"', '"originator"', '"bridge_uuid"', '"signal_bond"', '"uuid"')

_BRIDGED: Final = ('"bridge_uuid"', '"signal_bond"')  # of an A leg: it had a B leg

_OWN: Final = ('"call_uuid"', '"uuid"')

# What the A leg's number became on its way out: exported to the B leg, or set on it.
_SHOWN_A: Final = ('"effective_caller_id_number"', '"origination_caller_id_number"')
_SHOWN_B: Final = ('"origination_caller_id_number"', '"caller_id_number"', '"sip_from_user"')

_ORIGIN: Final = {
    "call_id": "uuid",
    "direction": "direction",
    "caller": "caller_id_number",
    "display": "caller_id_number",
    "callee": "destination_number",
}

# callflow's name of a time, the variables that stand in for it.
TIMES: Final = {
    "start": (("created_time", "profile_created_time"), ("start_uepoch", "start_epoch", "start_stamp")),
    "ring": (("progress_time", "progress_media_time"), ("progress_uepoch", "progress_epoch", "progress_stamp")),
    "answer": (("answered_time",), ("answer_uepoch", "answer_epoch", "answer_stamp")),
    "end": (("hangup_time",), ("end_uepoch", "end_epoch", "end_stamp")),
}


def recognise(sample: Sample) -> int:
    """98 where the names of the document's parts stand in it; 99 for a table of ours, which is a rejects file."""
    if not is_json(sample):
        return 99 if set(_SHEET) <= set(sample.header) else 0
    have = field_names(sample)
    return 98 if "variables" in have and have & {"callflow", "channeldata", "coreuuid"} else 0


def layout(sample: Sample, _mapping: FileMapping) -> Layout:
    """Always the same columns; a document a line where the first line is one, else a document a file.

    Rejected legs come back as a table that is headed by these columns. ``source_unrecognised``: any other table.
    """
    if not is_json(sample):
        if not set(_SHEET) <= set(sample.header):
            head = join_masked_names(sample.header, " | ")[:200]
            raise NianjianError("source_unrecognised", file=sample.name, header=head)
        return Layout(columns=distinct_names(sample.header), header_lines=1, delimiter=sample.delimiter)
    first = sample.lines[0].strip("\ufeff \t\r\n") if sample.lines else ""
    by_line = False
    if first.startswith("{"):
        try:
            by_line = bool({"variables", "callflow"} & parse_json(first).keys())
        except ValueError:
            by_line = False
    return Layout(columns=COLUMNS, parse=parse, document=not by_line)


def parse(text: str) -> Sequence[str | None]:
    """One document as cells of ``COLUMNS``; ValueError ``json_invalid``."""
    document = parse_json(text)
    if not {"variables", "callflow", "channel_data"} & document.keys():
        raise ValueError("json_invalid")
    variables = {name: _decode(value) for name, value in _table(document.get("variables")).items()}
    flows = _flows(document)
    profile = _table(flows[0].get("caller_profile")) if flows else {}
    cells: dict[str, str | None] = {name: _text(variables.get(name)) for name in VARIABLES}
    headers = {name.lower(): value for name, value in variables.items() if name[:6].lower() == "sip_h_"}
    cells |= {name: _text(headers.get(name.lower())) for name in (*MARKS, *PRIVACY)}
    cells |= {"last_app": _text(variables.get("last_app")), "last_arg": _kind(_text(variables.get("last_arg")))}
    cells |= {name: _text(profile.get(name)) or _text(variables.get(name)) for name in PROFILE}
    cells |= {field: _time(flows, variables, *sources) for field, sources in TIMES.items()}
    originator = next(_partners(profile, "originator"), None)
    cells["direction"] = cells["direction"] or _text(_table(document.get("channel_data")).get("direction"))
    cells["originator"] = originator
    # A leg that somebody originated is a B leg, and so is one that the switch calls outbound.
    cells["leg"] = "b" if originator or cells["direction"] == "outbound" else "a"
    cells["uuid"] = _text(variables.get("uuid")) or _text(profile.get("uuid"))
    cells["core_uuid"] = _text(document.get("core-uuid"))
    cells["switchname"] = _text(document.get("switchname"))
    return [cells.get(name) for name in COLUMNS]


def _kind(argument: str | None) -> str | None:
    """How an argument begins: ``loopback/app=voicemail`` of ``loopback/app=voicemail:default 10.0.0.1 1000``."""
    match = _KIND.match(argument or "")
    return match[0] if match else None


def _table(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _flows(document: Mapping[str, object]) -> list[Mapping[str, Any]]:
    """The callflow entries, the latest first as the switch writes them; a single one may stand without a list."""
    callflow = document.get("callflow")
    entries = cast("list[object]", callflow) if isinstance(callflow, list) else [callflow]
    return [_table(entry) for entry in entries if isinstance(entry, dict)]


def _partners(profile: Mapping[str, Any], role: str) -> Iterator[str]:
    """Uuids of the legs that stand in a profile under ``originator`` or ``originatee``."""
    inner = _table(profile.get(role))
    listed = inner.get(f"{role}_caller_profiles", inner.get("caller_profile", inner))
    for one in cast("list[object]", listed) if isinstance(listed, list) else [listed]:
        uuid = _text(_table(one).get("uuid"))
        if uuid:
            yield uuid


def _time(
    flows: Sequence[Mapping[str, Any]], variables: Mapping[str, object], own: Sequence[str], other: Sequence[str]
) -> str | None:
    """The callflow's time, else the variable's; "0" and "" say that it never came."""
    texts = [_text(_table(flow.get("times")).get(name)) for name in own for flow in flows]
    texts += [_text(variables.get(name)) for name in other]
    return next((text for text in texts if text is not None and text.strip("0")), None)


def _decode(value: object) -> object:
    return unquote(value) if isinstance(value, str) and "%" in value else value


def _text(value: object) -> str | None:
    return None if value is None or value == "" or isinstance(value, dict | list) else str(value)


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over one leg."""
    columns = Columns(layout.columns)
    clock = read_times(columns, mapping, zone, start=("start",), ring=("ring",), answer=("answer",), end=("end",))
    away = is_public_number('"destination_number"')
    is_b = "(\"leg\" = 'b')"
    # A B leg to an extension rings a seat: of an inbound call, or the first half of a click-to-call. The A leg's
    # own direction is always inbound and says nothing.
    direction = (
        f"(case when {is_b} then case when {away} then 'out' else 'internal' end"
        f" when coalesce(\"context\" = 'public', false) then 'in' when {away} then 'out' else 'internal' end)"
    )
    stranger = f"(not {is_b} and {columns.cell('context')} = 'public'"
    stranger += f' and {columns.cell("accountcode")} is distinct from "caller_id_number")'
    display = f"(case when {is_b} then {first_of(_SHOWN_B)} else {first_of(_SHOWN_A)} end)"
    cause = first_of(('"bridge_hangup_cause"', '"last_bridge_hangup_cause"', '"hangup_cause"'))
    answered = f"coalesce({clock.answer} < {clock.end}, false)"
    fields = replace(
        clock,
        call_id='"uuid"',
        call_key=f"(case when {is_b} then {first_of(_PARENTS)} else {first_of(_OWN)} end)",
        direction=direction,
        leg=f"(case when {is_b} and not {away} then 'agent' else 'customer' end)",
        caller='"caller_id_number"',
        display=display,
        # What the A leg exported is surpassed by what its B leg really sent.
        display_confidence=f"(case when {is_b} or {first_of(_BRIDGED)} is null then 'good' else 'medium' end)",
        customer_leg=f"({is_b} and {away})",
        stranger=stranger,
        callee='"destination_number"',
        columns={**clock.columns, **_ORIGIN},
        result=f"(case when {answered} then 'answered' else {choose_word(cause, HANGUP)} end)",
        answered=answered,
        test=_is_test(columns),
        agent_id='"cc_agent"',
        gateway=first_of(('"sip_gateway_name"', '"sip_gateway"')),
        callee_named=True,
        kept=tuple(column for name in ("accountcode", "context") if (column := columns.find(name))),
    )
    return apply_mapping(fields, columns, mapping, zone)


def _is_test(columns: Columns) -> str:
    """A header of ours, or an account code that says so; a rejects file of before has no such columns."""
    marks = [cell for name in MARKS if (cell := columns.cell(name)) != NULL]
    conditions = [f"{cell} is not null" for cell in marks]
    return f"({' or '.join([*conditions, is_drill(columns.cell('accountcode'))])})"


FORMAT: Final = Format("freeswitch_json", "FreeSWITCH JSON", recognise, layout, fields, zone_in_file=True)
