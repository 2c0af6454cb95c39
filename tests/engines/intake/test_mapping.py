"""A mapping file: what may be written does what it says, and what may not is answered with what may."""

import datetime as dt
from collections.abc import Callable

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines.intake.conftest import HEADER, Desk, csv_bytes, good, row
from tests.engines.intake.workbooks import HEADER_CELLS, book, cells

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.formats import catalogue
from nianjian.engines.intake.mapping import FIELDS, SPANS, read_mapping
from nianjian.engines.intake.sql import any_time, epoch_time, local_time, time_by_format
from nianjian.engines.kernel.errors import NianjianError

EXPORT = (
    "客户电话,本机,拨打时间,通话时长,类别\n"
    "138 0013 8000,0571-88880000,2026/3/2 9:05,65,OB\n"
    "138 0013 8001,0571-88880000,2026/3/2 9:05,0,OB\n"
    "138 0013 8000,0571-88880000,2026/3/2 9:05,65,OB\n"
    "138 0013 8002,0571-88880000,2026/3/2 9:06,5,手工\n"
)


def _read(desk: Desk, text: str) -> FileMapping:
    path = desk.folder / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def _fault(desk: Desk, text: str) -> tuple[str, str]:
    with pytest.raises(NianjianError) as raised:
        _read(desk, text)
    assert raised.value.code == "mapping_invalid"
    return str(raised.value.values["key"]), str(raised.value.values["allowed"])


@pytest.mark.parametrize(
    ("text", "key", "first"),
    [
        ("colums: {start: x}", "colums", "columns, "),
        ("columns: {startt: x}", "startt", "start (开始时间), "),
        ("columns: {开始时问: x}", "开始时问", "start (开始时间), "),
        ("columns: {call-di: x}", "call-di", "call_id (话单ID), "),
        ("formats: {callee: '%Y'}", "callee", "talk (通话时长), answer (接通时间), "),
        ("formats: {start: epoch_sec}", "start: epoch_sec", "epoch_s, "),
        ("values: {direction: {OB: 呼处}}", "direction: 呼处", "呼出, "),
        ("values: {result: {OK: answerd}}", "result: answerd", "answered, "),
        ("columns: {start: [a]}", "start: ['a']", 'start: "拨打时间"'),
        ("columns: {start: 0}", "start: 0", 'start: "拨打时间", start: 1'),
        ("columns: x", "columns: x", "columns: {start: "),
        ("values: {direction: x}", "direction: x", "values: {direction: "),
        ("source: [a]", "source: ['a']", "source: crm"),
        ("- a", "['a']", "columns: {start: "),
        ("formats: {duration: iso}", "duration: iso", ""),
        ("formats: {start: seconds}", "start: seconds", ""),
        ("formats: {start: '%Q'}", "start: %Q", ""),
        ("formats: {start: '%'}", "start: %", ""),
        ("formats: {start: '100%%'}", "start: 100%%", ""),
        ("columns: {duration: [秒]}", "duration: ['秒']", ""),
        ("columns: {duration: 1.5}", "duration: 1.5", ""),
        ("columns: {start: null}", "start", ""),
        ("columns: {start: ''}", "start: ", ""),
        ("values: {duration: {a: b}}", "duration", ""),
        ("timezone: 8", "timezone: 8", ""),
        ("cdr_custom_conf: [x]", "cdr_custom_conf: ['x']", ""),
        ("display_from: {a: b}", "display_from: {'a': 'b'}", ""),
    ],
)
def test_a_fault_is_answered_with_what_may_be_written(desk: Desk, text: str, key: str, first: str) -> None:
    fault, allowed = _fault(desk, text)
    assert fault == key
    assert allowed.startswith(first)
    assert not allowed.endswith((" ", ","))


@pytest.mark.parametrize("above", ["", "外呼明细\n导出人,张三\n"])
def test_a_column_that_the_file_lacks_is_answered_with_those_it_has(desk: Desk, above: str) -> None:
    chosen = _read(desk, "columns: {call_id: 本机, start: 拨打时刻, callee: 客户电话, direction: 类别, end: 通话时长}")
    with pytest.raises(NianjianError, match="mapping_column_unknown") as raised:
        desk.take((above + EXPORT).encode(), mapping=chosen)
    assert raised.value.values["column"] == "拨打时刻"
    assert str(raised.value.values["known"]).startswith("拨打时间, ")


def test_an_id_of_several_cells_and_a_word_for_all_others(desk: Desk) -> None:
    """The same call twice is one; whatever the direction's column says besides OB is inbound."""
    chosen = _read(
        desk,
        "source: crm\n"
        "columns: {call_id: [客户电话, 本机, 拨打时间], caller: 本机, direction: 类别}\n"
        'values: {direction: {"OB": 呼出, "*": 呼入}}\n',
    )
    receipt = desk.take(EXPORT.encode(), mapping=chosen)
    assert (receipt.source, receipt.rows.loaded, receipt.rows.duplicate) == ("crm", 3, 1)
    assert desk.rows("callee, direction, answered", "part <> 'rejected'") == [
        (13800138000, "out", True),
        (13800138001, "out", False),
        (13800138002, "in", True),
    ]


def test_a_direction_for_a_file_without_such_a_column_and_a_header_below_a_title(desk: Desk) -> None:
    text = EXPORT.replace(",类别", "").replace(",OB", "").replace(",手工", "")
    chosen = _read(desk, 'columns: {call_id: [客户电话, 拨打时间], caller: 本机}\nvalues: {direction: {"*": 呼出}}\n')
    assert desk.take(f"外呼明细,,,,\n\n{text}".encode(), mapping=chosen).rows.loaded == 3
    assert desk.rows("distinct direction", "part <> 'rejected'") == [("out",)]
    assert desk.rows("min(line)") == [(4,)]


def test_results_that_nobody_knows_are_said(desk: Desk) -> None:
    text = EXPORT.replace("类别", "方向,结果").replace("OB", "呼出,通了").replace("手工", "呼出,接通")
    chosen = _read(desk, "columns: {call_id: [客户电话, 拨打时间], caller: 本机}")
    receipt = desk.take(text.encode(), mapping=chosen)
    assert receipt.unknown_results == ("通了",)
    assert "result_unknown" in receipt.warnings
    assert receipt.from_dict(receipt.as_dict()) == receipt
    mapping = _read(desk, "columns: {call_id: [客户电话, 拨打时间], caller: 本机}\nvalues: {result: {通了: 接通}}")
    receipt = desk.take(text.encode(), "b.csv", mapping=mapping)
    assert (receipt.unknown_results, "result_unknown" in receipt.warnings) == ((), False)


LASTING = (
    "编号,类别,客户,拨打于,接于,收于,秒\n"
    "a,呼出,13800138000,2026-03-02 09:00:00,2026-03-02 09:00:05,2026-03-02 09:01:05,{lasted}\n"
)
NAMED = "call_id: 编号, direction: 类别, callee: 客户"
TIMES = {"start": "2026-03-02 09:00:00", "answer": "2026-03-02 09:00:05", "end": "2026-03-02 09:01:05"}


@pytest.mark.parametrize(
    ("columns", "forms", "lasted"),
    [
        ("start: 拨打于, 呼叫时长: 秒", "", "65"),
        ("start: 拨打于, duration: 秒", "{duration: milliseconds}", "65000"),
        ("start: 拨打于, duration: 秒", "{duration: minutes, start: iso}", "1.0833333333"),
        ("start: 拨打于, answer: 接于, talk: 秒", "", "60"),
        ("end: 收于, duration: 秒", "", "65"),
        ("end: 收于, answer: 接于, talk: 秒, duration: 秒", "", "65"),
    ],
)
def test_how_long_it_lasted_stands_for_the_end_or_the_start(desk: Desk, columns: str, forms: str, lasted: str) -> None:
    chosen = _read(desk, f"columns: {{{NAMED}, {columns}}}\nformats: {forms or '{}'}\n")
    assert desk.take(LASTING.format(lasted=lasted).encode(), mapping=chosen).rows.loaded == 1
    assert [tuple(map(str, one)) for one in desk.rows("start_ts, date_trunc('second', end_ts)")] == [
        (TIMES["start"], TIMES["end"])
    ]


@pytest.mark.parametrize(
    ("header", "columns", "reason"),
    [("时长", "start: 拨打于", {}), ("呼叫时长", "start: 拨打于", {}), ("时长", "end: 收于", {}),
     ("秒", "start: 拨打于", None), ("秒", "duration: 秒", None)],
)  # fmt: skip
def test_a_usual_heading_of_a_duration_serves_a_mapped_time(
    desk: Desk, header: str, columns: str, reason: dict[str, int] | None
) -> None:
    """The fault that this holds: a start that only the mapping knows, and a duration, ended in a traceback."""
    text, chosen = LASTING.format(lasted=65).replace("秒", header), _read(desk, f"columns: {{{NAMED}, {columns}}}")
    if reason is None:
        with pytest.raises(NianjianError, match="columns_needed"):
            desk.take(text.encode(), mapping=chosen)
    else:
        assert desk.take(text.encode(), mapping=chosen).reasons == reason


@pytest.mark.parametrize(
    ("columns", "follows"), [("start: 拨打于, duration: 秒", "end"), ("end: 收于, talk: 秒", "start")]
)
def test_a_duration_that_is_none_costs_its_row_alone(desk: Desk, columns: str, follows: str) -> None:
    head, line = LASTING.splitlines()
    lasted = ["65", "soon", "", "-5", "9" * 40, "nan", "1e308"]
    lines = [line.format(lasted=text).replace("a,", f"{number},", 1) for number, text in enumerate(lasted)]
    receipt = desk.take("\n".join([head, *lines]).encode(), mapping=_read(desk, f"columns: {{{NAMED}, {columns}}}"))
    assert receipt.rows.loaded == 1
    assert receipt.reasons == {f"{follows}_unreadable": 5, f"{follows}_missing": 1}


LAUGHS = "a: &a [x, x]\n" + "".join(f"{n}: &n{n} [*a, *a]\n" for n in range(3))
HOSTILE = {
    "laughs": LAUGHS,
    "merges": "a: &a {x: y}\nb: {<<: *a}",
    "deep": "[" * 5_000,
    "deep indeed": "columns: " + "{a: " * 500 + "1" + "}" * 500,
    "no number": "columns: {start: !!int x}",
    "no day": "columns: {start: !!timestamp x}",
    "no flag": "columns: {start: !!bool x}",
    "object": "columns: !!python/object/apply:os.system [ls]",
    "list as a key": "? [a]\n: b",
    "NUL": 'columns: {start: "a\\0"}',
    "half a sign": 'columns: {start: "\\ud800"}',
    "tab": "columns:\n\t- a",
    "torn": 'columns: {start: "a',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_an_attack_is_an_unreadable_file(desk: Desk, text: str) -> None:
    with pytest.raises(NianjianError) as raised:
        _read(desk, text)
    assert raised.value.code == "mapping_unreadable"
    assert str(raised.value.values["file"]).endswith("map.yaml")


def test_a_header_that_looks_like_a_day_is_a_header(desk: Desk) -> None:
    assert _read(desk, "columns: {start: 2026-13-45, end: 2026-03-01}").columns == {
        "start": "2026-13-45",
        "end": "2026-03-01",
    }


def test_a_mapping_has_a_size(desk: Desk) -> None:
    with pytest.raises(NianjianError, match="file_too_large"):
        _read(desk, "# " + "x" * (300 << 10))


WORDS = st.sampled_from([
    "start", "end", "answer", "ring", "duration", "talk", "call_id", "direction", "callee", "result", "purpose", "*",
    "编号", "类别", "客户", "拨打于", "接于", "收于", "秒", "%Y", "%d-%H", "%%", "%-", "'", '"', "呼出", "iso",
    "minutes", "", "epoch_ms", "seconds", "Asia/Shanghai", "../x", "columns",
])  # fmt: skip
SCALARS = WORDS | st.integers(-2, 9) | st.booleans() | st.none() | st.floats() | st.dates() | st.text(max_size=4)
LISTS = st.lists(SCALARS, max_size=2)
NODES = st.recursive(
    SCALARS,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(WORDS, one, max_size=4),
    max_leaves=9,
)
FIELDS_OF = st.dictionaries(WORDS, SCALARS | LISTS, max_size=6)
MAPPINGS = st.fixed_dictionaries(
    {},
    optional={
        "columns": FIELDS_OF | NODES, "formats": FIELDS_OF | NODES, "values": NODES, "source": SCALARS,
        "timezone": SCALARS, "trunk_prefixes": NODES, "display_from": NODES, "cdr_custom_conf": SCALARS,
    },
)  # fmt: skip


FAULTS = {
    "mapping_invalid", "mapping_unreadable", "mapping_column_unknown", "timezone_unknown", "columns_needed",
    "asterisk_columns_unknown", "source_unrecognised", "freeswitch_template_unknown",
}  # fmt: skip
CALM = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def _fault_of(act: Callable[[], object]) -> str | None:
    try:
        act()
    except NianjianError as error:
        return error.code
    return None


@settings(CALM, max_examples=50)
@given(MAPPINGS.map(lambda one: yaml.safe_dump(one, allow_unicode=True)) | st.text(max_size=60))
def test_whatever_it_says_it_is_read_or_named(desk: Desk, text: str) -> None:
    assert _fault_of(lambda: _read(desk, text)) in FAULTS | {None}


CELLS = ["编号", "类别", "客户", "拨打于", "接于", "收于", "秒"]
FORMS = ["iso", "epoch", "excel", "%Y-%m-%d %H:%M:%S", "%c", "%j %z", "%Y'%m", "%-d%%", "%s %Y"]
SENSIBLE = st.fixed_dictionaries(
    {"columns": st.dictionaries(st.sampled_from([*FIELDS, *SPANS]), st.sampled_from(CELLS) | st.integers(1, 9))},
    optional={
        "formats": st.dictionaries(st.sampled_from(["start", "ring", "answer", "end"]), st.sampled_from(FORMS))
        | st.dictionaries(st.sampled_from([*SPANS]), st.sampled_from(["minutes", "seconds"])),
        "values": st.fixed_dictionaries(
            {}, optional={"direction": st.just({"*": "呼出"}), "result": st.just({"'": "忙"})}
        ),
        "display_from": st.lists(st.sampled_from(["客户", "编号", "无"]), max_size=2),
        "source": st.sampled_from(["crm", "aliyun_ccc", "asterisk", "vos3000", "freeswitch_csv", "it's"]),
        "trunk_prefixes": st.lists(st.text(max_size=3), max_size=2),
    },
)


@settings(CALM, max_examples=15)
@given(SENSIBLE)
def test_whatever_it_maps_the_file_is_read_or_refused(desk: Desk, data: dict[str, object]) -> None:
    """With every field on any column, in any form: rows are loaded or rejected, or the mapping is at fault."""
    text, content = yaml.safe_dump(data, allow_unicode=True), LASTING.format(lasted=65).encode()
    take = lambda: desk.take(content, f"{desk.batches}.csv", mapping=_read(desk, text))  # noqa: E731 -- said once
    assert _fault_of(take) in FAULTS | {None}


@pytest.mark.parametrize("columns", [{}, {"start": 4, "duration": 5}])
@pytest.mark.parametrize("source", sorted(catalogue()))
def test_a_table_of_something_else_under_a_named_source_is_refused_or_rejected(
    desk: Desk, source: str, columns: dict[str, str | int]
) -> None:
    """Whatever somebody names it: no expression asks for a column that the file has not."""
    text = b"A,B,C,D,E\nm1,95013,13800000001,2026-11-13 11:00:00,33\n"
    try:
        loaded, refused_by = desk.take(text, source=source, mapping=FileMapping(columns=columns)).rows.loaded, ""
    except NianjianError as refusal:
        loaded, refused_by = 0, refusal.code
    assert (loaded, refused_by == "rows_unaccounted") == (0, False)


# Times as files write them, as wall time of Shanghai; what is no time is NULL.


def read(expression: str, *texts: str | None) -> list[str | None]:
    con = duckdb.connect()
    con.execute("set TimeZone = 'America/New_York'")
    rows = con.execute(f"select {expression} from (select unnest(?::varchar[]) as x)", [list(texts)]).fetchall()
    return [None if value is None else value.isoformat(sep=" ") for (value,) in rows]


def test_written_forms() -> None:
    forms = {
        "2026-03-01 08:00:00": "2026-03-01 08:00:00", "2026-03-01T08:00:00": "2026-03-01 08:00:00",
        "2026-03-01 08:00:00.25": "2026-03-01 08:00:00.250000", "2026/3/1 8:05:07": "2026-03-01 08:05:07",
        "2026/03/01 08:05": "2026-03-01 08:05:00", "2026-3-1 8:05:07": "2026-03-01 08:05:07",
        "2026年3月1日 08:05:07": "2026-03-01 08:05:07", "2026年03月01日08时05分07秒": "2026-03-01 08:05:07",
        "20260301080507": "2026-03-01 08:05:07", "2026-03-01T23:08:00Z": "2026-03-02 07:08:00",
        "2026-03-01T23:08:00+00:00": "2026-03-02 07:08:00", "2026-03-01 08:00+08": "2026-03-01 08:00:00",
        **dict.fromkeys(
            ("2026-03-01", "2026-02-30 00:00:00", "2026-03-01 25:00:00", "infinity", "now", "abc", None)
        ),
    }  # fmt: skip
    for expression in (local_time("x", "Asia/Shanghai"), any_time("x", "Asia/Shanghai")):
        assert dict(zip(forms, read(expression, *forms), strict=True)) == forms


def test_a_zone_moves_the_day() -> None:
    times = ("2026-12-31 23:08:09", "2026/12/31 16:00:00", "2026-12-31 23:08:09+0800")
    assert read(local_time("x", "UTC"), *times) == ["2027-01-01 07:08:09", "2027-01-01 00:00:00", "2026-12-31 23:08:09"]


def test_epochs_by_magnitude() -> None:
    epochs = {
        "1795561739": "2026-11-25 07:08:59", "1795561739.123456": "2026-11-25 07:08:59.123456",
        "1795561739123": "2026-11-25 07:08:59.123000", "1795561739123456": "2026-11-25 07:08:59.123456",
    }  # fmt: skip
    none = dict.fromkeys(("0", "1.79E+09", "-5"))
    assert dict(zip([*epochs, *none], read(epoch_time("x"), *epochs, *none), strict=True)) == epochs | none
    assert read(any_time("x", "UTC"), *epochs) == list(epochs.values())


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("%d.%m.%Y %H:%M:%S", "01.03.2026 20:00:00", "2026-03-02 04:00:00"),
        ("%d.%m.%Y %H:%M:%S%z", "01.03.2026 20:00:00+0800", "2026-03-01 20:00:00"),
        ("epoch_ms", "1795561739123", "2026-11-25 07:08:59.123000"),
    ],
)
def test_named_forms(form: str, text: str, expected: str) -> None:
    assert read(time_by_format("x", form, "UTC"), text) == [expected]


# Exports as people hand them in: titles above the header, sep=, Excel's guards, totals below, dates as numbers.

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
        values = cells(number, 接通时间="")
        values[start], values[end], values[callee] = begin, finish, 13800138000.0
        return values

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
    mapping = FileMapping(formats={"start": "excel", "end": "excel"})
    assert other.take(book(rows=[typed(3, 46083.375, 46083.376)]), "b.xlsx", mapping).rows.loaded == 1
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
    text = " ".join(map(str, raised.value.values.values()))
    assert "139****4321" in text
    assert "0571****78" in text
    assert "057182345678" not in text
    assert "13600000001" not in text
