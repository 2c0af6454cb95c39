"""The named ways in which a row of the generic call file is broken, and the reasons that are true for each."""

from collections.abc import Callable
from dataclasses import dataclass

HEADER = [
    *("话单ID", "方向", "主叫号码", "外显号码", "被叫号码", "开始时间", "振铃时间", "接通时间", "结束时间"),
    *("结果", "坐席编号", "坐席类型", "线路编号", "团队", "用途", "备注"),
]

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """``line`` makes the physical line (no line end) from a good row; ``reasons``: any of these codes is true."""

    name: str
    broken: str
    reasons: frozenset[str]
    line: Callable[[Row], bytes]


def cells(row: Row) -> list[str]:
    return [row[name] for name in HEADER]


def join(values: list[str], mark: str = ",") -> bytes:
    """One CSV line; a cell with a comma, a quote or a line end is quoted."""
    quoted = ['"' + v.replace('"', '""') + '"' if set(v) & {mark, '"', "\n"} else v for v in values]
    return mark.join(quoted).encode()


def _cell(name: str, broken: str, column: str, value: str, *reasons: str) -> Kind:
    return Kind(name, broken, frozenset(reasons), lambda row: join(cells({**row, column: value})))


def _line(name: str, broken: str, line: Callable[[Row], bytes], *reasons: str) -> Kind:
    return Kind(name, broken, frozenset(reasons), line)


def _inside(column: str, wrong: bytes) -> Callable[[Row], bytes]:
    return lambda row: join(cells({**row, column: "@@"})).replace(b"@@", wrong)


START, END, ANSWER, RING, CALLEE = "开始时间", "结束时间", "接通时间", "振铃时间", "被叫号码"
SHAPE = ("columns_missing", "columns_surplus")

IDENTITY = (
    _cell("id_empty", "no 话单ID", "话单ID", "", "call_id_missing"),
    _cell("id_blank", "话单ID of blanks", "话单ID", "   ", "call_id_missing"),
)

TIMES = (
    _cell("start_empty", "no 开始时间", START, "", "start_missing"),
    _cell("start_blank", "开始时间 of blanks", START, "  ", "start_missing"),
    _cell("start_words", "开始时间 in words", START, "昨天上午", "start_unreadable"),
    _cell("start_month_13", "month 13", START, "2026-13-02 10:00:00", "start_unreadable"),
    _cell("start_30_february", "30 February", START, "2026-02-30 10:00:00", "start_unreadable"),
    _cell("start_hour_25", "hour 25", START, "2026-03-02 25:00:00", "start_unreadable"),
    _cell("start_minute_61", "minute 61", START, "2026-03-02 10:61:00", "start_unreadable"),
    _cell("start_no_date", "a time without a date", START, "10:00:00", "start_unreadable"),
    _cell(
        "start_zero_date",
        "the zero date",
        START,
        "0000-00-00 00:00:00",
        "start_unreadable",
        "start_missing",
        "before_2000",
    ),
    _cell("start_1970", "the epoch's first day", START, "1970-01-01 08:00:00", "before_2000"),
    _cell("start_2099", "a call of the future", START, "2099-01-01 08:00:00", "start_in_future"),
    _cell(
        "start_excel_serial",
        "a spreadsheet's day number",
        START,
        "46083.375",
        "start_unreadable",
        "before_2000",
        "excel_damaged",
    ),
    _cell("start_hashes", "a column too narrow", START, "########", "start_unreadable", "excel_damaged"),
    _cell("start_epoch_absurd", "an epoch of 20 digits", START, "99999999999999999999", "start_unreadable"),
    _cell("start_trailing_words", "words after the time", START, "2026-03-02 10:00:00 左右", "start_unreadable"),
    _cell("start_day_first", "day and month the other way round", START, "25/03/2026 10:00:00", "start_unreadable"),
    _cell("end_empty", "no 结束时间", END, "", "end_missing"),
    _cell("end_words", "结束时间 in words", END, "未知", "end_unreadable"),
    _cell("end_hour_24_61", "an impossible end", END, "2026-03-02 24:61:00", "end_unreadable"),
    _cell("answer_words", "接通时间 in words", ANSWER, "已接", "answer_unreadable"),
    _cell("ring_words", "振铃时间 in words", RING, "响铃", "ring_unreadable"),
    _cell("end_before_start", "the call ends before it starts", END, "2026-01-01 00:00:00", "end_before_start"),
    _cell("answer_before_start", "answered before it started", ANSWER, "2026-01-01 00:00:00", "answer_outside_call"),
    _cell("answer_after_end", "answered after its end", ANSWER, "2026-06-01 00:00:00", "answer_outside_call"),
    _cell("longer_than_a_day", "a call of three months", END, "2026-06-01 00:00:00", "longer_than_24h"),
)

WORDS = (
    _cell("direction_empty", "no 方向", "方向", "", "bad_direction", "direction_missing"),
    _cell("direction_unknown", "a 方向 that does not exist", "方向", "转接", "bad_direction"),
    _cell("direction_number", "a 方向 in a code of its own", "方向", "9", "bad_direction"),
    _cell("agent_kind_unknown", "a 坐席类型 that does not exist", "坐席类型", "外星人", "bad_agent_kind"),
)

NUMBERS = (
    _cell("callee_empty", "no 被叫号码", CALLEE, "", "callee_missing"),
    _cell("callee_blank", "被叫号码 of blanks", CALLEE, "   ", "callee_missing"),
    _cell("callee_name", "a name for a number", CALLEE, "张先生", "callee_not_a_number"),
    _cell("callee_anonymous", "nobody called", CALLEE, "anonymous", "callee_not_a_number", "callee_missing"),
    _cell("callee_null", "the word NULL", CALLEE, "NULL", "callee_not_a_number", "callee_missing"),
    _cell("callee_float", "1.38E+10", CALLEE, "1.38E+10", "excel_damaged"),
    _cell("callee_float_small_e", "1.38001e+10", CALLEE, "1.38001e+10", "excel_damaged"),
    _cell("callee_point_zero", "13800138000.0", CALLEE, "13800138000.0", "excel_damaged"),
    _cell("display_float", "9.5E+04 displayed", "外显号码", "9.5E+04", "excel_damaged"),
    _cell("caller_float", "1.38E+10 as 主叫号码", "主叫号码", "1.38E+10", "excel_damaged"),
    _cell(
        "callee_error",
        "a spreadsheet's error",
        CALLEE,
        "#N/A",
        "callee_not_a_number",
        "excel_damaged",
        "callee_missing",
    ),
    _cell("callee_formula", "a formula", CALLEE, "=A1", "callee_not_a_number", "excel_damaged"),
    _cell("callee_25_digits", "25 digits", CALLEE, "1380013800013800138000138", "callee_not_a_number"),
    _cell("callee_two_numbers", "two numbers in a cell", CALLEE, "13800138000/13900139000", "callee_not_a_number"),
    _cell("callee_letter_o", "the letter O for a zero", CALLEE, "1380013800O", "callee_not_a_number"),
    _cell("callee_hexadecimal", "0x17354, which a generous cast reads", CALLEE, "0x17354", "callee_not_a_number"),
    _cell(
        "callee_underscore", "1_3812345678, which a generous cast reads", CALLEE, "1_3812345678", "callee_not_a_number"
    ),
    _cell(
        "callee_decimal",
        "95140.4, which a generous cast reads",
        CALLEE,
        "95140.4",
        "callee_not_a_number",
        "excel_damaged",
    ),
)

LINES = (
    _line("two_cells_missing", "cut off at the end", lambda row: join(cells(row)[:-2]), "columns_missing"),
    _line("one_cell_missing", "the last cell is gone", lambda row: join(cells(row)[:-1]), "columns_missing"),
    _line("one_cell_too_many", "one surplus cell", lambda row: join([*cells(row), "多"]), "columns_surplus"),
    _line(
        "three_cells_too_many",
        "three surplus cells",
        lambda row: join([*cells(row), "多", "", "余"]),
        "columns_surplus",
    ),
    _line("comma_unquoted", "a comma that nobody quoted", _inside("备注", "甲,乙".encode()), "columns_surplus"),
    _line("total_alone", "a sum line of one cell", lambda _row: "合计".encode(), "total_row"),
    _line(
        "total_padded",
        "a sum line padded with commas",
        lambda _row: "合计".encode() + b"," * (len(HEADER) - 1),
        "total_row",
    ),
    _line(
        "only_commas", "a line of empty cells", lambda _row: b"," * (len(HEADER) - 1), "call_id_missing", "row_empty"
    ),
    _line("semicolons", "semicolons for commas", lambda row: join(cells(row), ";"), "columns_missing"),
    _line("tabs", "tabs for commas", lambda row: join(cells(row), "\t"), "columns_missing"),
    _line(
        "json_line",
        "a JSON object among CSV lines",
        lambda row: b'{"id":"' + row["话单ID"].encode() + b'"}',
        "columns_missing",
        "stray_quote",
    ),
    _line(
        "header_again",
        "the header once more",
        lambda _row: join(HEADER),
        "start_unreadable",
        "bad_direction",
        "header_repeated",
    ),
    _line(
        "shifted",
        "the id is gone and all cells moved to the left",
        lambda row: join([*cells(row)[1:], ""]),
        "start_unreadable",
        "end_unreadable",
        "bad_direction",
        "callee_not_a_number",
    ),
    _line("invalid_byte", "a byte that is no UTF-8", _inside("备注", b"a\xffb"), "invalid_encoding"),
    _line("half_character", "a character cut in half", _inside("备注", "营".encode()[:2]), "invalid_encoding"),
    _line("gb_bytes", "one line in another encoding", _inside("备注", "投诉".encode("gb18030")), "invalid_encoding"),
    _line("nul_byte", "a NUL byte", _inside("备注", b"a\x00b"), "nul_byte"),
    _line("nul_in_number", "a NUL byte in the number", _inside(CALLEE, b"138\x0000138000"), "nul_byte"),
    _line(
        "id_conflict",
        "an id of an earlier row with other content",
        lambda row: join(cells({**row, "话单ID": "D000001"})),
        "id_conflict",
    ),
)

KINDS: tuple[Kind, ...] = (*IDENTITY, *TIMES, *WORDS, *NUMBERS, *LINES)
