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
    reasons: frozenset[str]
    line: Callable[[Row], bytes]


def cells(row: Row) -> list[str]:
    return [row[name] for name in HEADER]


def join(values: list[str], mark: str = ",") -> bytes:
    """One CSV line; a cell with a comma, a quote or a line end is quoted."""
    quoted = ['"' + v.replace('"', '""') + '"' if set(v) & {mark, '"', "\n"} else v for v in values]
    return mark.join(quoted).encode()


def _cell(name: str, column: str, value: str, *reasons: str) -> Kind:
    return _line(name, lambda row: join(cells({**row, column: value})), *reasons)


def _line(name: str, line: Callable[[Row], bytes], *reasons: str) -> Kind:
    return Kind(name, frozenset(reasons), line)


def _inside(name: str, column: str, wrong: bytes, *reasons: str) -> Kind:
    """Bytes that stand in the cell as they are, without quotes around them."""
    return _line(name, lambda row: join(cells({**row, column: "@@"})).replace(b"@@", wrong), *reasons)


START, END, ANSWER, RING, CALLEE = "开始时间", "结束时间", "接通时间", "振铃时间", "被叫号码"
NUMBER = "callee_not_a_number"
NONE = ("callee_missing", NUMBER)

IDENTITY = (
    _cell("id_empty", "话单ID", "", "call_id_missing"),
    _cell("id_blank", "话单ID", "   ", "call_id_missing"),
)

TIMES = (
    _cell("start_empty", START, "", "start_missing"),
    _cell("start_blank", START, "  ", "start_missing"),
    *(
        _cell(f"start {text}", START, text, "start_unreadable")
        for text in (
            "昨天上午", "2026-13-02 10:00:00", "2026-02-30 10:00:00", "2026-03-02 25:00:00", "2026-03-02 10:61:00",
            "10:00:00", "99999999999999999999", "2026-03-02 10:00:00 左右", "25/03/2026 10:00:00",
        )
    ),
    _cell("start_zero_date", START, "0000-00-00 00:00:00", "start_unreadable", "start_missing", "before_2000"),
    _cell("start_1970", START, "1970-01-01 08:00:00", "before_2000"),
    _cell("start_2099", START, "2099-01-01 08:00:00", "start_in_future"),
    _cell("start_excel_serial", START, "46083.375", "start_unreadable", "before_2000", "excel_damaged"),
    _cell("start_hashes", START, "########", "start_unreadable", "excel_damaged"),
    _cell("end_empty", END, "", "end_missing"),
    _cell("end_words", END, "未知", "end_unreadable"),
    _cell("end_hour_24_61", END, "2026-03-02 24:61:00", "end_unreadable"),
    _cell("answer_words", ANSWER, "已接", "answer_unreadable"),
    _cell("ring_words", RING, "响铃", "ring_unreadable"),
    _cell("end_before_start", END, "2026-01-01 00:00:00", "end_before_start"),
    _cell("answer_before_start", ANSWER, "2026-01-01 00:00:00", "answer_outside_call"),
    _cell("answer_after_end", ANSWER, "2026-06-01 00:00:00", "answer_outside_call"),
    _cell("longer_than_a_day", END, "2026-06-01 00:00:00", "longer_than_24h"),
)  # fmt: skip

WORDS = (
    _cell("direction_empty", "方向", "", "bad_direction", "direction_missing"),
    _cell("direction_unknown", "方向", "转接", "bad_direction"),
    _cell("direction_number", "方向", "9", "bad_direction"),
    _cell("agent_kind_unknown", "坐席类型", "外星人", "bad_agent_kind"),
)

NUMBERS = (
    _cell("callee_empty", CALLEE, "", "callee_missing"),
    _cell("callee_blank", CALLEE, "   ", "callee_missing"),
    _cell("callee_anonymous", CALLEE, "anonymous", *NONE),
    _cell("callee_null", CALLEE, "NULL", *NONE),
    _cell("callee_error", CALLEE, "#N/A", *NONE, "excel_damaged"),
    _cell("callee_formula", CALLEE, "=A1", NUMBER, "excel_damaged"),
    _cell("callee_decimal", CALLEE, "95140.4", NUMBER, "excel_damaged"),  # which a generous cast reads
    *(_cell(f"callee {text}", CALLEE, text, "excel_damaged") for text in ("1.38E+10", "1.38001e+10", "13800138000.0")),
    *(  # two of them a generous cast reads
        _cell(f"callee {text}", CALLEE, text, NUMBER)
        for text in (
            "张先生", "1380013800013800138000138", "13800138000/13900139000", "1380013800O", "0x17354", "1_3812345678",
        )
    ),
    _cell("display_float", "外显号码", "9.5E+04", "excel_damaged"),
    _cell("caller_float", "主叫号码", "1.38E+10", "excel_damaged"),
)  # fmt: skip

LINES = (
    _line("two_cells_missing", lambda row: join(cells(row)[:-2]), "columns_missing"),
    _line("one_cell_missing", lambda row: join(cells(row)[:-1]), "columns_missing"),
    _line("one_cell_too_many", lambda row: join([*cells(row), "多"]), "columns_surplus"),
    _line("three_cells_too_many", lambda row: join([*cells(row), "多", "", "余"]), "columns_surplus"),
    _inside("comma_unquoted", "备注", "甲,乙".encode(), "columns_surplus"),
    _line("total_alone", lambda _row: "合计".encode(), "total_row"),
    _line("total_padded", lambda _row: "合计".encode() + b"," * (len(HEADER) - 1), "total_row"),
    _line("only_commas", lambda _row: b"," * (len(HEADER) - 1), "call_id_missing", "row_empty"),
    _line("semicolons", lambda row: join(cells(row), ";"), "columns_missing"),
    _line("tabs", lambda row: join(cells(row), "\t"), "columns_missing"),
    _line("json_line", lambda row: f'{{"id":"{row["话单ID"]}"}}'.encode(), "columns_missing", "stray_quote"),
    _line("header_again", lambda _row: join(HEADER), "start_unreadable", "bad_direction", "header_repeated"),
    _line(
        "shifted", lambda row: join([*cells(row)[1:], ""]),
        "start_unreadable", "end_unreadable", "bad_direction", NUMBER,
    ),
    _inside("invalid_byte", "备注", b"a\xffb", "invalid_encoding"),
    _inside("half_character", "备注", "营".encode()[:2], "invalid_encoding"),
    _inside("gb_bytes", "备注", "投诉".encode("gb18030"), "invalid_encoding"),
    _inside("nul_byte", "备注", b"a\x00b", "nul_byte"),
    _inside("nul_in_number", CALLEE, b"138\x0000138000", "nul_byte"),
    _inside("quote_opens", "外显号码", b'"95013', "stray_quote"),
    _inside("quote_alone", "备注", b'"', "stray_quote"),
    _inside("quotes_three", "备注", b'"""', "stray_quote"),
    _line("quote_in_the_first_cell", lambda row: b'"' + join(cells(row)), "stray_quote"),
    _inside("too_long", "备注", b"x" * 1_000_100, "line_too_long"),
    _inside("too_long_behind_a_quote", "备注", b'"' + b"x" * 1_000_100, "line_too_long"),
    _line("id_conflict", lambda row: join(cells({**row, "话单ID": "D000001"})), "id_conflict"),
)  # fmt: skip

KINDS: tuple[Kind, ...] = (*IDENTITY, *TIMES, *WORDS, *NUMBERS, *LINES)
