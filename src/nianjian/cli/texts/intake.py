"""Sentences for files of call records, their mapping, and the reasons for which a row is rejected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.paper.words import mark

FILES: Final[Mapping[str, str]] = {
    "file_missing": mark("there is no file {file}"),
    "file_unreadable": mark("{file} cannot be read"),
    "file_empty": mark("{file} is empty"),
    "nothing_to_import": mark("there is nothing to import in {paths}"),
    "output_unwritable": mark("{file} cannot be written"),
    "zip_broken": mark("{file} is no sound zip archive"),
    "zip_encrypted": mark("{file} is encrypted; unpack it first"),
    "workbook_broken": mark("{file} is no sound workbook: {detail}"),
    "source_unknown": mark("there is no source “{source}”; known are {known}"),
    "source_unrecognised": mark(
        "{file} looks like no known source (first line: {header}); name it with --source or give a --mapping file"
    ),
    "source_ambiguous": mark("{file} could be any of {sources}; name it with --source"),
    "asterisk_columns_unknown": mark(
        "{file}: {columns} columns fit no known Asterisk CSV; give a --mapping file with cdr_custom_conf"
    ),
    "cdr_custom_conf_unreadable": mark("{file} holds no mapping of Asterisk's custom CSV"),
    "rows_unaccounted": mark("{file}: the rows do not add up ({detail}); nothing was loaded. This is a bug."),
    "batch_already_undone": mark("batch {batch} was undone already"),
    "freeswitch_template_unknown": mark("{file}: the columns fit no known FreeSWITCH template; give a --mapping file"),
    "mapping_unreadable": mark("the mapping file {file} cannot be read: {detail}"),
    "mapping_invalid": mark("the mapping file {file} has a fault at “{key}” {value}"),
    "mapping_column_unknown": mark("the mapping names a column “{column}” that the file does not have"),
    "mapping_format_unknown": mark("the mapping names an unknown time format “{format}”"),
    "timezone_unknown": mark("there is no time zone “{timezone}”; write for example Asia/Shanghai or UTC"),
    "today_unreadable": mark("{variable} must be a date such as 2026-12-31, not “{value}”"),
}
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
    "start_in_future": mark("the call starts in the future"),
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
    "columns_missing": mark("the row has too few columns"),
    "columns_surplus": mark("the row has too many columns"),
    "stray_quote": mark("a stray quote breaks the row"),
    "nul_byte": mark("the row holds a NUL byte"),
    "invalid_encoding": mark("the row is not in the file's encoding"),
    "line_too_long": mark("the line is too long"),
    "line_unreadable": mark("the line cannot be read"),
    "json_invalid": mark("the line is no sound JSON"),
    "id_conflict": mark("another call with this id and other content is loaded already"),
}
TEXTS: Final[Mapping[str, str]] = {**FILES, **REASONS}
