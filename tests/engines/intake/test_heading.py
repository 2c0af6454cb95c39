"""Exports as people hand them in: titles above the header, sep=, Excel's guards, totals below, dates as numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.engines.intake.conftest import HEADER, Desk, csv_bytes, good, row
from tests.engines.intake.workbooks import HEADER_CELLS, book, cells

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.mapping import FIELDS
from nianjian.engines.kernel.errors import NianjianError

FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
TITLE = "某某公司2026年3月话单"


def _lines(desk: Desk) -> list[tuple[object, ...]]:
    return desk.rows("line, call_id", "part <> 'rejected'")


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("sep=,\n", 3),
        (f"{TITLE}\n\n", 4),
        (f"{TITLE},,,\n导出时间,2026-04-01 10:00:00,,\n\n\n", 6),
        (f'"{TITLE}\n"\n', 4),
        ("\n\n", 4),
        (f'{TITLE} "未完\n', 3),
        ("\x00\x00\n", 3),
    ],
)
def test_what_stands_above_the_header_is_no_row(desk: Desk, above: str, line: int) -> None:
    receipt = desk.take(above.encode() + csv_bytes([row(1), row(2), row(3, 被叫号码="x")]))
    assert (receipt.rows.read, receipt.rows.loaded, receipt.reasons) == (3, 2, {"callee_not_a_number": 1})
    assert _lines(desk) == [(line, "c000001"), (line + 1, "c000002")]
    assert desk.rows("line", "part = 'rejected'") == [(line + 2,)]


@pytest.mark.parametrize(("encoding", "end"), [("utf-8-sig", "\n"), ("gb18030", "\r\n"), ("utf-16", "\r")])
def test_a_separator_is_said_in_the_first_line(desk: Desk, encoding: str, end: str) -> None:
    text = "sep=;\n" + csv_bytes(good(3)).decode().replace(",", ";")
    assert desk.take(text.replace("\n", end).encode(encoding)).rows.loaded == 3
    assert _lines(desk) == [(3, "c000001"), (4, "c000002"), (5, "c000003")]


def test_a_header_of_two_rows_whose_cells_were_merged(desk: Desk) -> None:
    upper = ["话单ID", "方向", "号码", None, None, "时间", None, None, None, *HEADER_CELLS[9:]]
    lower = [None, None, *HEADER_CELLS[2:9], *[None] * 6]
    data = book(rows=None, more={"三月": [[TITLE], [], upper, lower, cells(1), [], cells(2)]})
    receipt = desk.take(data, "a.xlsx")
    assert (receipt.rows.loaded, receipt.blank_lines) == (2, 1)
    assert _lines(desk) == [(5, "c000001"), (7, "c000002")]


def test_excels_guards_are_taken_off(desk: Desk) -> None:
    """="0138…" with the quotes doubled and as they stand, and an apostrophe; a thousand of them, in every cell."""
    plain = [row(number) for number in range(1, 1001)]
    doubled = [",".join(f'"=""{cell}"""' for cell in text.split(",")) for text in plain[:400]]
    bare = [",".join(f'="{cell}"' for cell in text.split(",")) for text in plain[400:800]]
    apostrophe = [",".join(f"'{cell}" for cell in text.split(",")) for text in plain[800:]]
    receipt = desk.take(csv_bytes([*doubled, *bare, *apostrophe]))
    assert (receipt.rows.loaded, receipt.reasons) == (1000, {})
    assert desk.take(csv_bytes(plain), "b.csv").rows.duplicate == 1000


def test_a_guarded_header_and_full_width_digits_are_read(desk: Desk) -> None:
    header = ",".join(f'"=""{cell}"""' for cell in HEADER.split(","))
    wide = row(1, 被叫号码="13800000001".translate(FULL_WIDTH))
    assert desk.take(f"{header}\n{wide}\n".encode()).rows.loaded == 1
    assert desk.rows("callee") == [(13800000001,)]


def test_a_line_of_totals_is_no_call_and_is_called_so(desk: Desk) -> None:
    totals = ["合计" + "," * 14, "合计：2 条", "总计,,,,2" + "," * 10, "小计,2", "Total" + "," * 14, '"合计,2"']
    receipt = desk.take(csv_bytes([*good(2), *totals]))
    assert (receipt.rows.loaded, receipt.reasons) == (2, {"total_row": len(totals)})
    assert desk.rows("line", "part = 'rejected'") == [(line,) for line in range(4, 10)]


def test_a_line_of_totals_in_a_sheet(desk: Desk) -> None:
    receipt = desk.take(book(rows=[cells(1), ["合计", None, None, None, 1]]), "a.xlsx")
    assert (receipt.rows.loaded, receipt.reasons) == (1, {"total_row": 1})


def _moments(desk: Desk) -> list[tuple[object, ...]]:
    return desk.rows("call_id, start_ts, callee", "part <> 'rejected'")


def test_numbers_and_dates_of_a_sheet(desk: Desk) -> None:
    """Floats of whole numbers, a date with its format, midnight; a number that lost the format is not guessed."""
    start, end, callee = HEADER_CELLS.index("开始时间"), HEADER_CELLS.index("结束时间"), HEADER_CELLS.index("被叫号码")

    def typed(number: int, begin: object, finish: object) -> list[object]:
        made = cells(number, 接通时间="")
        made[start], made[end], made[callee] = begin, finish, 13800138000.0
        return made

    day = dt.datetime(2026, 3, 2)  # noqa: DTZ001 - a cell has no zone
    rows = [
        typed(1, day.replace(hour=9), day.replace(hour=9, second=5)),
        typed(2, day, day.replace(second=5)),
        typed(3, 46083.375, 46083.376),
    ]
    data = book(rows=rows)
    receipt = desk.take(data, "a.xlsx")
    assert (receipt.rows.loaded, receipt.reasons) == (2, {"start_unreadable": 1})
    assert _moments(desk) == [
        ("c000001", day.replace(hour=9), 13800138000),
        ("c000002", day, 13800138000),
    ]
    (other := Desk(desk.folder / "other")).folder.mkdir()
    asked = FileMapping(formats={"start": "excel", "end": "excel"})
    assert other.take(book(rows=[typed(3, 46083.375, 46083.376)]), "b.xlsx", asked).rows.loaded == 1
    assert _moments(other) == [("c000003", day.replace(hour=9), 13800138000)]


def test_durations_stand_in_for_the_end(desk: Desk) -> None:
    rows = [
        "流水号,呼叫开始时间,通话时长,主叫,被叫,呼叫方向,呼叫状态",
        "a1,2026/3/2 9:05,00:01:05,0571-8888 0000,138 0013 8000,呼出,接通",
        "a2,2026/3/2 9:05,65,0571-88880000,138-0013-8001,外呼,未接通",
        "a3,2026/3/2 9:05,1分5秒,138 0013 8003,0571-88880000,呼入,已接",
        "a4,2026/3/2 9:05,01:05,0571-88880000,138 0013 8004,外呼,无应答",
        "a5,2026/3/2 9:05,很久,0571-88880000,138 0013 8005,外呼,无应答",
        "a6,2026/3/2 9:05,,0571-88880000,138 0013 8006,外呼,无应答",
    ]
    receipt = desk.take("\n".join(rows).encode())
    assert (receipt.rows.loaded, receipt.reasons) == (4, {"end_unreadable": 1, "end_missing": 1})
    assert desk.rows("call_id, date_diff('second', start_ts, end_ts), direction, result", "part <> 'rejected'") == [
        ("a1", 65, "out", "answered"),
        ("a2", 65, "out", "no_answer"),
        ("a3", 65, "in", "answered"),
        ("a4", 65, "out", "no_answer"),
    ]
    assert desk.rows("reason_column", "part = 'rejected'") == [("通话时长",), ("通话时长",)]


@pytest.mark.parametrize(("column", "seconds"), [("通话时长", 75), ("billsec", 75), ("呼叫时长", 65), ("duration", 65)])
def test_talk_runs_from_the_answer_and_the_whole_call_from_its_start(desk: Desk, column: str, seconds: int) -> None:
    text = f"流水号,呼叫开始时间,应答时间,{column},主叫,被叫,呼叫方向\n"
    text += "a1,2026-03-02 09:05:00,2026-03-02 09:05:10,65,95013,13800138000,呼出\n"
    assert desk.take(text.encode()).rows.loaded == 1
    assert desk.rows("date_diff('second', start_ts, end_ts), answered") == [(seconds, True)]


def test_only_talk_says_that_a_call_was_answered(desk: Desk) -> None:
    head = "流水号,呼叫开始时间,{},主叫,被叫,呼叫方向\n{}1,2026-03-02 09:05:00,65,95013,13800138000,呼出\n"
    for number, column in enumerate(("通话时长", "呼叫时长")):
        desk.take(head.format(column, f"{column}-").encode(), f"{number}.csv")
    assert desk.rows("call_id, answered, result") == [
        ("呼叫时长-1", None, "unknown"),
        ("通话时长-1", True, "answered"),
    ]


def test_what_a_file_lacks_is_said_with_what_to_write(desk: Desk) -> None:
    text = f"{TITLE}\n序号,呼叫开始时间,主叫,被叫,呼叫状态\n1,2026/3/2 9:05,05718888000,13800138000,接通\n"
    with pytest.raises(NianjianError) as raised:
        desk.take(text.encode())
    assert raised.value.code == "columns_needed"
    assert raised.value.values == {
        "file": "calls.csv",
        "fields": "话单ID (call_id), 方向 (direction), 结束时间 (end)",
        "columns": "序号, 呼叫开始时间, 主叫, 被叫, 呼叫状态",
        "example": 'columns: {call_id: [主叫, 被叫, 呼叫开始时间], end: ?} / values: {direction: {"*": 呼出}}',
    }


def test_stamps_that_say_their_zone_need_no_assumption(desk: Desk) -> None:
    said = {"开始时间": "2026-03-01T08:00:00+08:00", "接通时间": "", "结束时间": "2026-03-01T00:01:00Z"}
    receipt = desk.take(csv_bytes([row(number, **said) for number in range(1, 4)]))
    assert (receipt.timezone_assumed, receipt.warnings) == (False, ())
    mixed = [row(number, **said) for number in range(10, 100)]
    receipt = desk.take(csv_bytes([*mixed, row(100)]), "b.csv")
    assert (receipt.timezone_assumed, receipt.warnings) == (True, ("timezone_assumed",))
    assert desk.take(csv_bytes(good(1, 500)), "c.csv").timezone_assumed


LOST = "17,13987654321,057182345678,2026-03-01 08:00:00,sip:13600000001@10.0.0.1"


@pytest.mark.parametrize(
    ("code", "mapping"),
    [
        ("source_unrecognised", FileMapping()),
        ("columns_needed", FileMapping(columns={"display": "13987654321"})),
        ("mapping_column_unknown", FileMapping(columns=dict.fromkeys(FIELDS, "没有"))),
    ],
)
def test_numbers_of_a_file_without_a_header_are_not_told(desk: Desk, code: str, mapping: FileMapping) -> None:
    """What stands where the header should be is a call: the error names its cells, the numbers masked."""
    with pytest.raises(NianjianError, match=code) as raised:
        desk.take(f"{LOST}\n{LOST}\n".encode(), mapping=mapping)
    told = " ".join(map(str, raised.value.values.values()))
    assert "139****4321" in told
    assert "0571****78" in told
    assert "057182345678" not in told
    assert "13600000001" not in told
