"""Asterisk: Master.csv of cdr_csv (16 to 21 columns, no header), cdr_custom files, and exports of the SQL table."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from nianjian.engines.intake.columns import Columns, plain_name
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout, Sample
from nianjian.engines.intake.mapping import apply_mapping, read_times
from nianjian.engines.intake.sql import (
    NULL,
    OUTSIDE,
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

BASE: Final = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
NEWER: Final = ("peeraccount", "linkedid", "sequence")  # newcdrcolumns=yes

_DISPOSITIONS: Final = {"NO ANSWER", "FAILED", "BUSY", "ANSWERED", "CONGESTION", "CANCEL", "NOANSWER", "UNKNOWN"}
_UNIQUEID: Final = re.compile(r"(?:[\w.-]+-)?\d{9,}\.\d+")
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")
_CHANNEL: Final = re.compile(r"(PJSIP|SIP|IAX2|DAHDI|Local|Dongle|Khomp|mISDN|SCCP|Zap|OOH323)/.+", re.IGNORECASE)
_MAPPING: Final = re.compile(r"^\s*([^;=\[\]]+?)\s*=>\s*(.+?)\s*$")
_FIELD: Final = re.compile(r"\$\{\s*(?:CDR|CHANNEL|CALLERID)\(\s*([\w-]+)\s*(?:,[^)]*)?\)\s*\}", re.IGNORECASE)
_LOOKED_AT: Final = 200
_ENOUGH: Final = 5  # of the table's own names make a header


def recognise(sample: Sample) -> int:
    """97 for Master.csv by the shape of its rows, 92 for a header of the SQL table, 40 for a cdr_custom file."""
    if is_json(sample):
        return 0
    if _has_header(sample.header):
        return 92
    rows = _split_rows(sample)
    if _widths(rows):
        return 97
    custom = sum(1 for row in rows if _DISPOSITIONS & set(row) and any(_CHANNEL.fullmatch(cell) for cell in row))
    return 40 if rows and custom * 2 > len(rows) else 0


def _split_rows(sample: Sample) -> list[list[str]]:
    rows: list[list[str]] = []
    for line in sample.lines[:_LOOKED_AT]:
        try:
            rows.append(next(csv.reader([line]), []))
        except csv.Error:
            continue
    return rows


def _is_master(row: Sequence[str]) -> bool:
    """Disposition in place 15, start and end in places 10 and 12, nothing or a stamp in place 11."""
    return (
        len(BASE) <= len(row) <= len(BASE) + 5
        and row[14] in _DISPOSITIONS
        and bool(_STAMP.fullmatch(row[9]))
        and bool(_STAMP.fullmatch(row[11]) or not row[11])
        and bool(_STAMP.fullmatch(row[10]) or not row[10])
    )


def _widths(rows: Sequence[Sequence[str]]) -> Counter[int]:
    return Counter(len(row) for row in rows if _is_master(row))


def _has_header(header: Sequence[str]) -> bool:
    have = {plain_name(cell) for cell in header}
    names = {"disposition", "dst", "src", "dcontext", "lastapp", "channel", "dstchannel", "billsec"}
    return {"disposition", "dst"} <= have and len(have & names) >= _ENOUGH and bool(have & {"start", "calldate"})


def layout(sample: Sample, mapping: FileMapping) -> Layout:
    """The columns in file order; NianjianError ``cdr_custom_conf_unreadable``, ``asterisk_columns_unknown``."""
    if mapping.cdr_custom_conf is not None:
        return Layout(columns=distinct_names(custom_columns(sample, mapping)))
    if _has_header(sample.header):
        return Layout(columns=distinct_names(sample.header), header_lines=1, delimiter=sample.delimiter)
    rows = _split_rows(sample)
    widths = _widths(rows)
    if widths:
        width = widths.most_common(1)[0][0]
        return Layout(columns=master_columns(width, [row for row in rows if len(row) == width and _is_master(row)]))
    positions = {place: field for field, place in mapping.columns.items() if isinstance(place, int)}
    if not positions:
        raise NianjianError("asterisk_columns_unknown", file=sample.name, columns=str(len(sample.header)))
    return Layout(columns=tuple(f"column{place}" for place in range(1, len(sample.header) + 1)))


def master_columns(width: int, rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Names for 16 to 21 columns; 17 and 20 have one of uniqueid (loguniqueid) and userfield: epoch.number is an id."""
    further = width - len(BASE)
    newer = NEWER if further >= len(NEWER) else ()
    optional: tuple[str, ...] = ("uniqueid", "userfield")
    if further - len(newer) == 1:
        filled = [row[16] for row in rows if row[16]]
        ids = sum(1 for cell in filled if _UNIQUEID.fullmatch(cell))
        optional = ("uniqueid",) if filled and ids * 2 > len(filled) else ("userfield",)
    elif further == len(newer):
        optional = ()
    return (*BASE, *optional, *newer)


def custom_columns(sample: Sample, mapping: FileMapping) -> tuple[str, ...]:
    """The ``${CDR(x)}`` of a cdr_custom.conf in their order; of several mappings the one named as the file is."""
    path = Path(mapping.base) / (mapping.cdr_custom_conf or "")
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise NianjianError("cdr_custom_conf_unreadable", file=str(path)) from error
    by_file: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        hit = _MAPPING.match(line.split(";", 1)[0] if line.lstrip().startswith(";") else line)
        names = tuple(name.lower() for name in _FIELD.findall(hit.group(2))) if hit else ()
        if hit and names:
            by_file[hit.group(1)] = names
    if not by_file:
        raise NianjianError("cdr_custom_conf_unreadable", file=str(path))
    matching = [names for file, names in by_file.items() if sample.name.endswith(Path(file).name)]
    fitting = [names for names in by_file.values() if len(names) == len(sample.header)]
    return (matching or fitting or list(by_file.values()))[0]


RESULTS: Final = {
    "ANSWERED": "answered", "BUSY": "busy", "NO ANSWER": "no_answer", "NOANSWER": "no_answer", "CANCEL": "cancelled",
    "CANCELLED": "cancelled", "FAILED": "failed", "CONGESTION": "failed",
}  # fmt: skip

_MOBILE: Final = "[+]?(0086|86)?0?1[3-9][0-9]{9}"
# Up to three more digits in front: the ways out of a dial plan (9, 0, 8 for the gate, 7 for another).
_DIALLED_MOBILE: Final = "[+]?[0-9]{0,4}1[3-9][0-9]{9}"
_SHORT: Final = "9[56][0-9]{3,}"
INWARD_CONTEXT: Final = "(from-(did|pstn|trunk|dahdi|zaptel)|ivr|inbound|incoming|ext-did|did|app-daynight|timecond).*"
#: What tells a robot, a queue, a voicemail or a trunk apart later: read here for the direction alone, kept beside it.
KEPT: Final = ("dcontext", "channel", "dstchannel", "lastapp", "lastdata", "accountcode", "userfield")
_ORIGIN: Final = {
    "call_id": ("uniqueid", "start", "calldate"), "direction": ("dcontext", "dst"), "caller": ("src", "clid"),
    "display": ("outbound_cnum", "src"), "callee": ("dst",), "result": ("disposition",),
}  # fmt: skip
_INWARD_APP: Final = ("queue", "voicemail", "background", "playback", "waitexten", "directory", "read")


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over a row of any of the three forms."""
    columns = Columns(layout.columns)
    src, dst = _source(columns), columns.cell("dst")
    clock = _times(columns, mapping, zone)
    app = f"lower({columns.cell('lastapp')})"
    dialled = f"coalesce({app} = 'dial', false)"
    originated = f"(coalesce({app} = 'appdial2', false) or {_plain_exten(dst)})"
    agent = f"({_local(columns)} and not {is_public_number(dst)} or {_same(columns.cell('dcontext'), 'agents')})"
    direction = _direction(columns, agent=agent, dialled=dialled, src=src, dst=dst)
    disposition = f"upper({columns.cell('disposition')})"
    reached = f"({dialled} or {originated})" if columns.find("lastapp") else "true"
    # Inbound rows have been delivered by being there, whatever application took the call.
    delivered = f"({reached} or {direction} = 'in')"
    # Stamps are whole seconds: a call answered and ended within one second is answered, the switch says so.
    answered = f"({delivered} and {_same(disposition, 'ANSWERED')})"
    seat = _seat(columns, app)
    said = choose_word(disposition, RESULTS, otherwise=f"case when {disposition} is not null then 'unknown' end")
    built = replace(
        clock,
        call_id=_row_key(columns),
        call_key=_call_key(columns),
        direction=direction,
        leg=f"(case when {agent} then 'agent' when {reached} then 'customer'"
        f" when {direction} = 'out' then 'event' else 'customer' end)",
        caller=src,
        display=columns.cell("outbound_cnum"),
        callee=f"(case when not {_plain_exten(dst)} then {dst} end)",
        columns={**clock.columns, **columns.origin(**_ORIGIN)},
        # Of a row that did not reach the carrier the switch's own ANSWERED is no answer of the call.
        result=f"(case when {_same(disposition, 'ANSWERED')} and not {delivered} then 'no_answer' else {said} end)",
        # A row that dialled nothing never reached the carrier; an originated call reached it before its first row.
        delivered=delivered,
        answered=answered,
        agent_id=f"(case when {direction} = 'in' and {answered} then {seat} end)",
        test=is_drill(columns.cell("accountcode"), columns.cell("userfield")),
        # Originated calls have `s` for a callee; who was called stands only in AMI events.
        callee_optional=True,
        kept=tuple(column for name in KEPT if (column := columns.find(name))),
    )
    return apply_mapping(built, columns, mapping, zone)


def _times(columns: Columns, mapping: FileMapping, zone: str) -> Fields:
    """SQL exports of older tables have calldate, duration and billsec only, and zero dates for no answer."""
    clock = read_times(
        columns, mapping, zone, local_time, start=("start", "calldate"), answer=("answer",), end=("end",)
    )
    answer, end = clock.answer, clock.end
    if not columns.find("end"):
        end = seconds_after(clock.start, f"coalesce({to_number(columns.cell('duration'))}, 0)")
    if not columns.find("answer"):
        talk = f"coalesce({to_number(columns.cell('billsec'))}, 0)"
        said = f"upper({columns.cell('disposition')}) = 'ANSWERED'"
        answer = f"(case when {said} then greatest({clock.start}, {seconds_after(end, '-' + talk)}) end)"
    zero = "0000-00-00 00:00:00"
    checks = tuple(
        (code, column, f"({condition}) and \"{column}\" <> '{zero}'") for code, column, condition in clock.checks
    )
    return replace(clock, answer=answer, end=end, checks=checks)


def _source(columns: Columns) -> str:
    clid = columns.cell("clid")
    inside = NULL if clid == NULL else f"nullif(regexp_extract({clid}, '<([^>]*)>', 1), '')"
    return first_of((columns.cell("src"), inside))


def _row_key(columns: Columns) -> str:
    unique, sequence = columns.cell("uniqueid"), columns.cell("sequence")
    if NULL not in (unique, sequence):
        return f"({unique} || '/' || {sequence})"
    names = ("start", "calldate", "lastapp", "dstchannel")
    parts = [columns.cell(name) for name in names if columns.find(name)]
    if unique == NULL:
        # 16 columns: no id at all. The channel's name is unique between two starts of the switch.
        more = [columns.cell(name) for name in ("channel", "src", "dst") if columns.find(name)]
        return f"concat_ws('|', {', '.join(more + parts)})" if more else NULL
    return f"(case when {unique} is not null then concat_ws('|', {', '.join([unique, *parts])}) end)"


def _call_key(columns: Columns) -> str:
    key = first_of((columns.cell("linkedid"), columns.cell("uniqueid")))
    if key != NULL:
        return key
    names = ("channel", "src", "dst")
    parts = [columns.cell(name) for name in names if columns.find(name)]
    begin = columns.cell("start", "calldate")
    return f"concat_ws('|', {', '.join(parts)}, substr({begin}, 1, 10))" if columns.find("channel") else NULL


def _seat(columns: Columns, app: str) -> str:
    """The seat to which Queue or Dial connected the caller: 1001 of PJSIP/1001-0000002a, 1 of Local/1@agents-0001;1.

    A channel of the same trunk as the caller's is none: the call went out again.
    """
    ours, theirs = (_peer(columns.cell(name)) for name in ("dstchannel", "channel"))
    took = f"{app} in ('queue', 'dial')"
    return f"(case when {took} and {ours} is distinct from {theirs} then {ours} end)"


def _peer(channel: str) -> str:
    if channel == NULL:
        return NULL
    return f"nullif(regexp_extract({channel}, '^[^/]+/(.+?)(?:@[^/]*?)?(?:-[0-9a-f]+)?(?:;[12])?$', 1), '')"


def _local(columns: Columns) -> str:
    return f"coalesce({columns.cell('channel')} like 'Local/%', false)"


def _same(cell: str, text: str) -> str:
    return f"coalesce({cell} = '{text}', false)"


def _plain_exten(dst: str) -> str:
    """s, h, i, t and the like: an extension of the dial plan's own, no number."""
    return f"coalesce(regexp_full_match({dst}, '[a-zA-Z]|start|fax|hang|hangup|failed'), {dst} is null)"


def _matches(cell: str, pattern: str) -> str:
    return f"coalesce(regexp_full_match({cell}, '{pattern}'), false)"


def _to_trunk(columns: Columns, src: str, dst: str) -> str:
    """A Dial whose target is a number of the public network; without lastdata, whose dst is one and no seat rang."""
    target = f"regexp_extract({columns.cell('lastdata')}, '^[^,&]*')"
    number_in_it = f"coalesce(regexp_matches({target}, '(^|[/@:])({OUTSIDE}|{_DIALLED_MOBILE})(@|/|:|$)'), false)"
    called_out = f"({is_public_number(dst)} and not {_seat_rang(columns)})"
    from_outside = f"({_matches(src, _MOBILE)} and not {_matches(dst, _DIALLED_MOBILE)})"
    return f"({number_in_it} or ({called_out} and not {from_outside}))"


def _seat_rang(columns: Columns) -> str:
    """Dial went to an extension, by its argument or by the channel that it made."""
    target = f"regexp_extract({columns.cell('lastdata')}, '^[^,&]*')"
    in_it = f"coalesce(regexp_matches({target}, '/[0-9]{{2,6}}(@|$)'), false)"
    rang = f"coalesce(regexp_matches({columns.cell('dstchannel')}, '/[0-9]{{2,6}}(-|@)'), false)"
    return f"({in_it} or {rang})"


def _direction(columns: Columns, *, agent: str, dialled: str, src: str, dst: str) -> str:
    """The first rule that fits; a site with its own habits names its contexts in a mapping (direction: dcontext).

    A CDR does not say which way a call went. What it says is where Dial went, what the dialled string looks like,
    and what party A's number looks like.
    """
    app = f"lower({columns.cell('lastapp')})"
    short, mobile = _matches(src, _SHORT), _matches(src, _MOBILE)
    nameless = f"not coalesce(regexp_matches({src}, '[0-9]'), false)"
    inward = f"coalesce({app} in ({', '.join(repr(name) for name in _INWARD_APP)}), false)"
    rules = [
        (agent, "internal"),
        (f"{dialled} and {_to_trunk(columns, src, dst)}", "out"),
        (f"coalesce({app} = 'appdial2', false)", "out"),
        # A call that the switch itself began (dst s) shows a number of ours as its caller; customers have none.
        (f"{_plain_exten(dst)} and {short}", "out"),
        (_matches(f"lower({columns.cell('dcontext')})", INWARD_CONTEXT), "in"),
        (f"{dialled} and {is_public_number(src)}", "in"),
        (f"{dialled} and not {is_public_number(dst)} and not {_plain_exten(dst)}", "internal"),
        # A caller without a number (anonymous) whom Dial connected to a seat.
        (f"{dialled} and {is_public_number(dst)} and {_seat_rang(columns)} and {nameless}", "in"),
        (_matches(dst, _DIALLED_MOBILE), "out"),
        (f"{_plain_exten(dst)} and {mobile}", "in"),
        (f"{_plain_exten(dst)} and {is_public_number(src)}", "out"),
        (f"{is_public_number(dst)} and ({mobile} or ({inward} and not {short}))", "in"),
        (is_public_number(dst), "out"),
        (is_public_number(src), "in"),
    ]
    whens = " ".join(f"when {condition} then '{word}'" for condition, word in rules)
    return f"(case {whens} else 'internal' end)"


FORMAT: Final = Format("asterisk", "Asterisk", recognise, layout, fields, evidence="real records")
