"""Asterisk: Master.csv of cdr_csv (16 to 21 columns, no header), cdr_custom files, and exports of the SQL table.

Tested with real records of Asterisk 22. Rows are not calls: a call is one `linkedid`; its Dial row gives the
times and the outcome, the others (hang-up handler, refusal by the gate) are events of it. `src` is the number of
party A, not the number that was sent: the displayed number is of low confidence unless FreePBX's outbound_cnum
stands beside it. Stamps are local time without a zone.

An inbound call is answered when any of its rows is, whatever answered it (queue, menu, voicemail, seat): Queue writes a
row a seat that it tried, NO ANSWER for those that did not pick up although the caller hears music. A seat answered it
where the row names one (dstchannel): that is its `agent_id`.
"""

from __future__ import annotations

from typing import Final

from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout
from nianjian.engines.intake.moments import local
from nianjian.engines.intake.vendor.asterisk_layout import layout, recognise
from nianjian.engines.intake.vendor.columns import Columns
from nianjian.engines.intake.vendor.overrides import overridden
from nianjian.engines.intake.vendor.sql import NULL, OUTSIDE, choose, drilled, first_of, number, outside, seconds_after
from nianjian.engines.intake.vendor.times import Times, times

RESULTS: Final = {
    "ANSWERED": "answered",
    "BUSY": "busy",
    "NO ANSWER": "no_answer",
    "NOANSWER": "no_answer",
    "CANCEL": "cancelled",
    "CANCELLED": "cancelled",
    "FAILED": "failed",
    "CONGESTION": "failed",
}

_MOBILE: Final = "[+]?(0086|86)?0?1[3-9][0-9]{9}"
# Up to three more digits in front: the ways out of a dial plan (9, 0, 8 for the gate, 7 for another).
_DIALLED_MOBILE: Final = "[+]?[0-9]{0,4}1[3-9][0-9]{9}"
_SHORT: Final = "9[56][0-9]{3,}"
INWARD_CONTEXT: Final = "(from-(did|pstn|trunk|dahdi|zaptel)|ivr|inbound|incoming|ext-did|did|app-daynight|timecond).*"
#: What tells a robot, a queue, a voicemail or a trunk apart later: read here for the direction alone, kept beside it.
KEPT: Final = ("dcontext", "channel", "dstchannel", "lastapp", "lastdata", "accountcode", "userfield")
_INWARD_APP: Final = ("queue", "voicemail", "background", "playback", "waitexten", "directory", "read")


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over a row of any of the three forms."""
    columns = Columns(layout.columns)
    src, dst = _source(columns), columns.cell("dst")
    clock = _times(columns, mapping, zone)
    app = f"lower({columns.cell('lastapp')})"
    dialled = f"coalesce({app} = 'dial', false)"
    originated = f"(coalesce({app} = 'appdial2', false) or {_plain_exten(dst)})"
    agent = f"({_local(columns)} and not {outside(dst)} or {_same(columns.cell('dcontext'), 'agents')})"
    direction = _direction(columns, agent=agent, dialled=dialled, src=src, dst=dst)
    disposition = f"upper({columns.cell('disposition')})"
    reached = f"({dialled} or {originated})" if columns.find("lastapp") else "true"
    # Inbound rows have been delivered by being there, whatever application took the call.
    delivered = f"({reached} or {direction} = 'in')"
    # Stamps are whole seconds: a call answered and ended within one second is answered, the switch says so.
    answered = f"({delivered} and {_same(disposition, 'ANSWERED')})"
    seat = _seat(columns, app)
    said = choose(disposition, RESULTS, otherwise=f"case when {disposition} is not null then 'unknown' end")
    built = Fields(
        call_id=_row_key(columns),
        call_key=_call_key(columns),
        direction=direction,
        leg=f"(case when {agent} then 'agent' when {reached} then 'customer'"
        f" when {direction} = 'out' then 'event' else 'customer' end)",
        caller=src,
        display=columns.cell("outbound_cnum"),
        callee=f"(case when not {_plain_exten(dst)} then {dst} end)",
        start=clock.start,
        answer=clock.answer,
        end=clock.end,
        texts=clock.texts,
        columns=clock.columns
        | columns.origin(
            call_id=("uniqueid", "start", "calldate"),
            direction=("dcontext", "dst"),
            caller=("src", "clid"),
            display=("outbound_cnum", "src"),
            callee=("dst",),
            result=("disposition",),
        ),
        checks=clock.checks,
        # Of a row that did not reach the carrier the switch's own ANSWERED is no answer of the call.
        result=f"(case when {_same(disposition, 'ANSWERED')} and not {delivered} then 'no_answer' else {said} end)",
        # A row that dialled nothing never reached the carrier; an originated call reached it before its first row.
        delivered=delivered,
        answered=answered,
        agent_id=f"(case when {direction} = 'in' and {answered} then {seat} end)",
        test=drilled(columns.cell("accountcode"), columns.cell("userfield")),
        # Originated calls have `s` for a callee; who was called stands only in AMI events.
        callee_optional=True,
        kept=tuple(found for name in KEPT if (found := columns.find(name))),
    )
    return overridden(built, columns, mapping, zone)


def _times(columns: Columns, mapping: FileMapping, zone: str) -> Times:
    """SQL exports of older tables have calldate, duration and billsec only, and zero dates for no answer."""
    clock = times(columns, mapping, zone, local, start=("start", "calldate"), answer=("answer",), end=("end",))
    answer, end = clock.answer, clock.end
    if not columns.find("end"):
        end = seconds_after(clock.start, f"coalesce({number(columns.cell('duration'))}, 0)")
    if not columns.find("answer"):
        talk = f"coalesce({number(columns.cell('billsec'))}, 0)"
        said = f"upper({columns.cell('disposition')}) = 'ANSWERED'"
        answer = f"(case when {said} then greatest({clock.start}, {seconds_after(end, '-' + talk)}) end)"
    zero = "0000-00-00 00:00:00"
    checks = tuple(
        (code, column, f"({condition}) and \"{column}\" <> '{zero}'") for code, column, condition in clock.checks
    )
    return Times(clock.start, clock.ring, answer, end, clock.texts, clock.columns, checks)


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
    known = first_of((columns.cell("linkedid"), columns.cell("uniqueid")))
    if known != NULL:
        return known
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
    called_out = f"({outside(dst)} and not {_seat_rang(columns)})"
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
        (f"{dialled} and {outside(src)}", "in"),
        (f"{dialled} and not {outside(dst)} and not {_plain_exten(dst)}", "internal"),
        # A caller without a number (anonymous) whom Dial connected to a seat.
        (f"{dialled} and {outside(dst)} and {_seat_rang(columns)} and {nameless}", "in"),
        (_matches(dst, _DIALLED_MOBILE), "out"),
        (f"{_plain_exten(dst)} and {mobile}", "in"),
        (f"{_plain_exten(dst)} and {outside(src)}", "out"),
        (f"{outside(dst)} and ({mobile} or ({inward} and not {short}))", "in"),
        (outside(dst), "out"),
        (outside(src), "in"),
    ]
    whens = " ".join(f"when {condition} then '{word}'" for condition, word in rules)
    return f"(case {whens} else 'internal' end)"


FORMAT: Final = Format(
    name="asterisk",
    title="Asterisk",
    recognise=recognise,
    layout=layout,
    fields=fields,
    evidence="real records",
)
