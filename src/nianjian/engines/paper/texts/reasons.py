"""Why a row of call records was rejected: the sentence of each reason code, for every door and for paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

REASONS: Final[Mapping[str, str]] = {
    "call_id_missing": mark("the call id is missing"),
    "excel_damaged": mark("Excel has damaged the number (1.38E+10); export it again as text"),
    "start_missing": mark("the start time is missing"),
    "start_unreadable": mark("the start time cannot be read"),
    "ring_unreadable": mark("the ringing time cannot be read"),
    "answer_unreadable": mark("the answer time cannot be read"),
    "end_missing": mark("the end time is missing"),
    "end_unreadable": mark("the end time cannot be read"),
    "before_2000": mark("the call starts before the year 2000"),
    "start_in_future": mark("the call starts more than a day in the future"),
    "end_before_start": mark("the call ends before it starts"),
    "answer_outside_call": mark("the answer lies outside the call"),
    "ring_outside_call": mark("the ringing lies outside the call"),
    "longer_than_24h": mark("the call is longer than 24 hours"),
    "bad_direction": mark("the direction cannot be told"),
    "bad_result": mark("the result is none of the known words"),
    "bad_agent_kind": mark("the seat kind is neither human nor robot"),
    "bad_leg": mark("the leg cannot be told"),
    "bad_mode": mark("the mode is none of the known words"),
    "callee_missing": mark("the called number is missing"),
    "callee_not_a_number": mark("the called number is no number"),
    "total_row": mark("the row adds up the others; it is no call"),
    "formula_unsaved": mark("a cell holds a formula without its value; open the file in Excel and save it again"),
    "columns_missing": mark("the row has too few columns"),
    "columns_surplus": mark("the row has too many columns"),
    "stray_quote": mark("a stray quote breaks the row"),
    "nul_byte": mark("the row holds a NUL byte"),
    "invalid_encoding": mark("the row is not in the file's encoding"),
    "line_too_long": mark("the line is too long"),
    "line_unreadable": mark("the line cannot be read"),
    "json_invalid": mark("the line is not valid JSON"),
    "fields_unknown": mark("the record has none of the known fields"),
    "id_conflict": mark("another call with this id and other content is loaded already"),
}
