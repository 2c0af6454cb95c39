"""Kamailio: acc by db_flatstore, acc in the syslog form, and the cdrs of its dialog accounting.

Tested with real records of Kamailio 6. A call is one call-id with an INVITE that came to its end; CANCEL, BYE and ACK
are events of it. The number in P-Asserted-Identity is what was shown, else the From user. Columns behind the
eighth are each site's own (db_extra): without a mapping they are taken as src_user, dst_user, src_ip, pai.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from nianjian.engines.intake.columns import Columns, join_masked_names, plain_name
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout, Sample
from nianjian.engines.intake.mapping import apply_mapping
from nianjian.engines.intake.sql import (
    NULL,
    any_time,
    choose_word,
    first_of,
    is_public_number,
    seconds_after,
    time_by_format,
    to_number,
)
from nianjian.engines.intake.tables import distinct_names, is_json
from nianjian.engines.kernel.errors import NianjianError

ACC: Final = ("method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time")
EXTRA: Final = ("src_user", "dst_user", "src_ip", "pai")
CDRS: Final = ("start_time", "end_time", "duration", "callid", "src_user", "dst_user")

METHODS: Final = ("INVITE", "BYE", "CANCEL", "ACK", "REGISTER", "MESSAGE", "OPTIONS", "PRACK", "UPDATE", "REFER",
                  "SUBSCRIBE", "NOTIFY", "INFO", "PUBLISH")  # fmt: skip

_LOOKED_AT: Final = 50
_CDR_FIXED: Final = 4  # start, end, duration and the call-id, which each site adds first
_SYSLOG: Final = re.compile(r"\bACC: [^:]*: (timestamp=.*)$")
_EPOCH: Final = re.compile(r"\d{9,10}(\.\d+)?")
_MICROS: Final = re.compile(r"\d{9,10}\.\d{3,6}")

# The syslog form's names for the columns of the table.
_NAMES: Final = {"timestamp": "time", "code": "sip_code", "reason": "sip_reason", "call_id": "callid"}

# Our field -> the name that a column of the site gets when a mapping places it.
_OWN: Final = {"caller": "src_user", "callee": "dst_user", "display": "pai"}

# Final answers to an INVITE. 408 is written by Kamailio's timer when nobody picked up (the far end saw CANCEL).
RESULTS: Final = {
    "200": "answered",
    **dict.fromkeys(("486", "600"), "busy"),
    **dict.fromkeys(("408", "480"), "no_answer"),
    "487": "cancelled",
    **dict.fromkeys(("403", "603", "607", "608"), "rejected"),
}
# A challenge is a question, the same INVITE comes again with its answer.
CHALLENGES: Final = ("401", "407")


def recognise(sample: Sample) -> int:
    """99 for acc rows of either form, 88 for cdrs."""
    if is_json(sample):
        return 0
    lines = sample.lines[:_LOOKED_AT]
    if any(_SYSLOG.search(line) for line in lines):
        return 99
    if _has_header(sample.header):
        return 95
    rows = [line.split("|") for line in lines]
    if any(_is_acc(row) for row in rows):
        return 99
    return 88 if sum(_is_cdr(row) for row in rows) * 2 > len(rows) else 0


def _has_header(header: Sequence[str]) -> bool:
    """An export of the tables acc, missed_calls or acc_cdrs with its column names."""
    have = {plain_name(cell) for cell in header}
    acc = {"method", "callid", "sipcode", "time"} <= have
    return acc or ({"starttime", "endtime", "duration", "callid"} <= have and bool({"srcuser", "dstuser"} & have))


def _is_acc(row: Sequence[str]) -> bool:
    return len(row) >= len(ACC) and row[0] in METHODS and bool(re.fullmatch(r"[1-6]\d\d", row[4]))


def _is_cdr(row: Sequence[str]) -> bool:
    if len(row) < _CDR_FIXED or not re.fullmatch(r"\d+(\.\d+)?", row[2]):
        return False
    return all(_EPOCH.fullmatch(cell) for cell in row[:2])


def layout(sample: Sample, mapping: FileMapping) -> Layout:
    """Columns by the form of the first rows; the site's own ones by the mapping's positions.

    ``source_unrecognised``: too few columns for records of Kamailio.
    """
    lines = sample.lines[:_LOOKED_AT]
    if _has_header(sample.header):
        return Layout(columns=_own_names(sample.header), header_lines=1, delimiter=sample.delimiter)
    if any(_SYSLOG.search(line) for line in lines):
        columns = (*ACC, *_syslog_extras(sample))
        return Layout(columns=columns, parse=_syslog(columns))
    rows = [line.split("|") for line in lines]
    acc = [row for row in rows if _is_acc(row)]
    if acc:
        width = max(len(row) for row in acc)
        micros = sum(len(row) > len(ACC) and bool(_MICROS.fullmatch(row[len(ACC)])) for row in acc) * 2 > len(acc)
        base = (*ACC, "time_us") if micros else ACC
        names = _add_extras(base, width, mapping)
    else:
        names = _add_extras(CDRS[:_CDR_FIXED], max((len(row) for row in rows), default=_CDR_FIXED), mapping)
        if "callid" not in names:
            head = join_masked_names(sample.header, " | ")[:200]
            raise NianjianError("source_unrecognised", file=sample.name, header=head)
    return Layout(columns=names, delimiter="|", parse=_bar_splitter(len(names)))


def _own_names(header: Sequence[str]) -> tuple[str, ...]:
    """The header's cells, those that we know spelled as we do."""
    by_plain = {plain_name(name): name for name in (*ACC, *CDRS, *EXTRA)}
    return distinct_names([by_plain.get(plain_name(cell), cell) for cell in header])


def _add_extras(base: Sequence[str], width: int, mapping: FileMapping) -> tuple[str, ...]:
    """The known columns, then the usual extras by their order; one that the mapping places keeps the field's name."""
    placed = {place: _OWN.get(field, field) for field, place in mapping.columns.items() if isinstance(place, int)}
    usual = (*base, *EXTRA)
    names = [
        usual[place - 1] if place <= len(usual) and place not in placed else placed.get(place, f"extra{place}")
        for place in range(1, width + 1)
    ]
    return distinct_names(names)


def _bar_splitter(width: int) -> Callable[[str], Sequence[str | None]]:
    """db_flatstore writes no quotes: a quote in a name is a letter, and only the bar parts cells."""

    def parse(line: str) -> Sequence[str | None]:
        cells: list[str] = line.split("|")
        if len(cells) != width:
            raise ValueError("columns_missing" if len(cells) < width else "columns_surplus")
        return [cell or None for cell in cells]

    return parse


def _parse_pairs(line: str) -> Mapping[str, str] | None:
    """name=value, parted by semicolons; a reason may hold blanks and equal signs, but no semicolon."""
    match = _SYSLOG.search(line)
    if match is None:
        return None
    pairs = (part.partition("=") for part in match.group(1).split(";") if part)
    return {_NAMES.get(name, name): value for name, _, value in pairs}


def _syslog_extras(sample: Sample) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for line in sample.lines:
        names.update(dict.fromkeys(_parse_pairs(line) or {}))
    return distinct_names([name for name in names if name not in ACC])


def _syslog(columns: Sequence[str]) -> Callable[[str], Sequence[str | None]]:
    def parse(line: str) -> Sequence[str | None]:
        pairs = _parse_pairs(line)
        if pairs is None:
            raise ValueError("line_unreadable")
        return [pairs.get(name) or None for name in columns]

    return parse


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over an acc row or a cdrs row."""
    columns = Columns(layout.columns)
    built = _acc(columns, mapping, zone) if columns.find("method") else _cdrs(columns, mapping, zone)
    return apply_mapping(built, columns, mapping, zone)


def _read_time(mapping: FileMapping, zone: str, field: str, column: str) -> str:
    """Flat files and syslog have epochs, the database local stamps; another time_format is told by a mapping."""
    form = mapping.formats.get(field)
    return time_by_format(column, form, zone) if form else any_time(column, zone)


def _both(columns: Columns) -> Fields:
    """What acc and cdrs rows share. Before a carrier, a public callee is outbound, a name or an extension is not."""
    pai, callee = columns.cell("pai"), columns.cell("dst_user")
    inside = NULL if pai == NULL else f"nullif(regexp_extract({pai}, '(?:sips?|tel):([^@;>]+)', 1), '')"
    caller, withheld = columns.cell("src_user"), columns.withholds()
    outward, inward = is_public_number(callee), is_public_number(first_of((inside, caller)))
    display = first_of((inside, caller if withheld == "false" else f"(case when not {withheld} then {caller} end)"))
    return Fields(
        call_key='"callid"',
        direction=f"(case when {outward} then 'out' when {inward} then 'in' else 'internal' end)",
        caller=caller,
        display=display,
        callee=callee,
    )


def _acc(columns: Columns, mapping: FileMapping, zone: str) -> Fields:
    start, both = _read_time(mapping, zone, "start", '"time"'), _both(columns)
    final = (
        f'("method" = \'INVITE\' and coalesce("sip_code" not in ({", ".join(map(repr, CHALLENGES))}), false)'
        " and \"sip_code\" >= '200')"
    )
    answered = f"({final} and \"sip_code\" between '200' and '299')"
    outcome = choose_word('"sip_code"', RESULTS, otherwise=_FAILED)
    # The same five parts as the tail's row id: one row written in both forms is one row.
    key = 'concat_ws(\'|\', "callid", "method", coalesce("from_tag", \'\'), "sip_code", "time")'
    return replace(
        both,
        call_id=f'(case when "callid" is not null then {key} end)',
        direction=f"(case when {final} then {both.direction} else 'out' end)",
        leg=f"(case when {final} then 'customer' else 'event' end)",
        start=start,
        # acc writes when the final answer came; of an answered call that is the answer, its end is the BYE's row.
        answer=f"(case when {answered} then {start} end)",
        texts={"start": "time"},
        columns={"call_id": "callid", "start": "time", **columns.origin(**_ORIGIN)},
        result=f"(case when {final} then {outcome} end)",
        answered=answered,
        delivered=final,
        callee_optional=True,  # a BYE from the far end has the proxy's user in it
        end_optional=True,
    )


_ORIGIN: Final = {"caller": ("src_user",), "display": ("pai", "src_user"), "callee": ("dst_user",)}
_FAILED: Final = "case when \"sip_code\" between '200' and '299' then 'answered' else 'failed' end"


def _cdrs(columns: Columns, mapping: FileMapping, zone: str) -> Fields:
    start = _read_time(mapping, zone, "start", '"start_time"')
    # end_time is cut to the second, duration is not.
    duration = to_number('"duration"')
    length = f"greatest(coalesce({duration}, 0), 0)"
    written = _read_time(mapping, zone, "end", '"end_time"')
    end = f"greatest({written}, {seconds_after(start, length)})"
    talked = f"({length} > 0)"
    texts = {"start": "start_time", "end": "end_time"}
    return replace(
        _both(columns),
        call_id="('cdr:' || \"callid\")",
        start=start,
        answer=f"(case when {talked} then {start} end)",
        end=end,
        texts=texts,
        columns={"call_id": "callid", **texts, **columns.origin(**_ORIGIN)},
        # A failed call is written too, with duration 0; why it failed stands in acc only.
        result=f"(case when {talked} then 'answered' end)",
        answered=talked,
    )


FORMAT: Final = Format("kamailio", "Kamailio", recognise, layout, fields, evidence="real records")
