"""Error messages for call-record files and mappings, why a row is rejected, and what the sources are called."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import Words, mark

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
    "answer_outside_call": mark("the answer is outside the call"),
    "ring_outside_call": mark("the ringing is outside the call"),
    "longer_than_24h": mark("the call is longer than 24 hours"),
    "bad_direction": mark("the direction cannot be determined"),
    "bad_result": mark("the result is not a known value"),
    "bad_agent_kind": mark("the seat kind is neither human nor robot"),
    "bad_leg": mark("the leg cannot be determined"),
    "bad_mode": mark("the mode is not a known value"),
    "callee_missing": mark("the called number is missing"),
    "callee_not_a_number": mark("the called number is not a number"),
    "total_row": mark("the row is a total, not a call"),
    "formula_unsaved": mark("a cell contains a formula without its value; open the file in Excel and save it again"),
    "columns_missing": mark("the row has too few columns"),
    "columns_surplus": mark("the row has too many columns"),
    "stray_quote": mark("a stray quote breaks the row"),
    "nul_byte": mark("the row contains a NUL byte"),
    "invalid_encoding": mark("the row is not in the encoding of the file"),
    "line_too_long": mark("the line is too long"),
    "line_unreadable": mark("the line cannot be read"),
    "json_invalid": mark("the line is not valid JSON"),
    "fields_unknown": mark("the record has no known field"),
    "id_conflict": mark("another call with this id and different content is already loaded"),
}


SOURCES: Final[Mapping[str, str]] = {
    "aliyun_ccc": mark("Aliyun cloud call centre"),
    "asterisk": mark("Asterisk"),
    "freeswitch_csv": mark("FreeSWITCH, CSV"),
    "freeswitch_json": mark("FreeSWITCH, JSON"),
    "generic": mark("generic call records"),
    "huawei_cec": mark("Huawei cloud call centre"),
    "kamailio": mark("Kamailio"),
    "tencent_tccc": mark("Tencent cloud call centre"),
    "tinet": mark("Tinet"),
    "vicidial": mark("VICIdial"),
    "vos3000": mark("VOS3000"),
}


def source_name(code: str, _: Words) -> str:
    """Name a source; one without a name speaks for itself."""
    return _(SOURCES[code]) if code in SOURCES else code


FILES: Final[Mapping[str, str]] = {
    "file_missing": mark("there is no file {file}"),
    "file_unreadable": mark("{file} cannot be read"),
    "file_empty": mark("{file} is empty"),
    "nothing_to_import": mark("there is nothing to import in {paths}"),
    "output_unwritable": mark("{file} cannot be written"),
    "zip_broken": mark("{file} is damaged: it cannot be read as a zip archive"),
    "zip_encrypted": mark("{file} is encrypted; unpack it first"),
    "pack_broken": mark("{file} is damaged from the start: nothing could be unpacked"),
    "pack_nested": mark("{file} is nested too deeply; unpack it first (a zip inside a zip is read, no deeper)"),
    "pack_unsupported": mark("{file} is packed as {kind}, which is not supported; unpack it or pack it as zip or gz"),
    "book_unsupported": mark("{file} is a workbook of type {kind}; save it as xlsx or CSV"),
    "unpacked_too_large": mark(
        "{file} expands from {packed} to over {size}, more than {ratio} times: refused as a zip bomb; if you "
        "trust it, unpack it yourself and import the unpacked files"
    ),
    "part_too_large": mark(
        "{file}: {part} is {size} unpacked, the limit is {limit}; save it as CSV or split it into several workbooks"
    ),
    "disk_too_small": mark(
        "{file} needs {needed} or more on a disk with {free} left; free some space or split the file"
    ),
    "workbook_broken": mark("{file} is damaged: it cannot be read as a workbook ({detail})"),
    "workbook_sheets_many": mark(
        "{file} has {sheets} sheets, at most {limit} are read; save the one you need as a separate workbook"
    ),
    "workbook_columns_many": mark(
        "{file}, sheet “{sheet}”, row {row}: there is a cell in column {column}, at most {limit} columns are "
        "read; delete everything outside the table, or save the sheet as CSV"
    ),
    "sheet_rows_many": mark("{file} has more than {limit} rows; split it into several files"),
    "workbook_cells_many": mark(
        "{file}, sheet “{sheet}”: up to row {row} there are more than {limit} cells, including blank cells "
        "in between; delete everything outside the table, or split the sheet"
    ),
    "workbook_text_much": mark(
        "{file}, sheet “{sheet}”: up to row {row} there are more than {limit} characters of text; split the sheet"
    ),
    "workbook_cell_long": mark(
        "{file}, sheet “{sheet}”: cell {cell} contains more than {limit} characters, which no spreadsheet "
        "program writes; shorten it"
    ),
    "workbook_slow": mark(
        "{file}, sheet “{sheet}”: reading it takes longer than {limit} seconds (up to row {row}); save it as CSV or"
        " split it"
    ),
    "workbook_memory": mark(
        "{file} is a workbook in an older format that needs more than {limit} of memory or {seconds} "
        "seconds: it declares far more rows or columns than it fills; delete everything outside the table "
        "and save it as xlsx or CSV"
    ),
    "source_unknown": mark("there is no source “{source}”; known sources: {known}"),
    "source_unrecognised": mark(
        "{file} does not match any known source (first line: {header}); specify it with --source or provide "
        "a --mapping file"
    ),
    "source_ambiguous": mark("{file} could be any of {sources}; specify it with --source"),
    "asterisk_columns_unknown": mark(
        "{file}: {columns} columns do not match any known Asterisk CSV; provide a --mapping file with cdr_custom_conf"
    ),
    "cdr_custom_conf_unreadable": mark("{file} contains no mapping of Asterisk's custom CSV"),
    "rows_unaccounted": mark("{file}: the rows do not add up ({detail}); nothing was loaded. This is a bug."),
    "batch_already_undone": mark("batch {batch} has already been undone"),
    "rejects_file_gone": mark("batch {batch} has no such file; generated files are kept for {days} days"),
    "freeswitch_template_unknown": mark(
        "{file}: the columns do not match any known FreeSWITCH template; provide a --mapping file"
    ),
    "mapping_unreadable": mark("the mapping file {file} is not valid YAML: check line {line}, column {column}"),
    "mapping_not_utf8": mark("the mapping file {file} is not UTF-8 (line {line})"),
    "mapping_invalid": mark("the mapping file {file}: “{key}” is not allowed; use one of (closest first): {allowed}"),
    "mapping_column_unknown": mark(
        "the mapping names a column “{column}” that the file does not have; its columns are (closest first): {known}"
    ),
    "columns_needed": mark(
        "{file} has no column for {fields}; its columns are {columns}. Name it in a mapping file and pass "
        "--mapping; fill in this example: {example}"
    ),
    "mapping_format_unknown": mark("the mapping names an unknown time format “{format}”"),
    "timezone_unknown": mark("there is no time zone “{timezone}”; use for example Asia/Shanghai or UTC"),
    "today_unreadable": mark("{variable} must be a date such as 2026-12-31, not “{value}”"),
}
TEXTS: Final[Mapping[str, str]] = {**FILES, **REASONS}
