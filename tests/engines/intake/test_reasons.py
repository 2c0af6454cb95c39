"""The first reason against a row, by code and column; zones; mapping files; what is derived."""

import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from tests.engines.intake.conftest import HEADER, Desk, csv_bytes, good, row

from nianjian.engines.intake import validate
from nianjian.engines.intake.format import Fields, FileMapping, Layout
from nianjian.engines.intake.ledger import FileReceipt
from nianjian.engines.intake.load import choose_format, read_sample
from nianjian.engines.intake.mapping import read_mapping
from nianjian.engines.intake.read import list_items
from nianjian.engines.intake.validate import first_reason, reject_reasons
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.workbench import Workbench


def at(*parts: int) -> datetime:
    """Wall time of Shanghai, as the lake holds it."""
    return datetime(*parts)  # type: ignore[arg-type] # noqa: DTZ001 - zone-less on purpose


REASONS = [
    ({"话单ID": ""}, "call_id_missing", "话单ID"),
    ({"话单ID": "1.79556E+18"}, "excel_damaged", "话单ID"),
    ({"开始时间": ""}, "start_missing", "开始时间"),
    ({"开始时间": "2026-02-30 08:00:00"}, "start_unreadable", "开始时间"),
    ({"开始时间": "2026-03-01"}, "start_unreadable", "开始时间"),
    ({"开始时间": "1999-12-31 23:59:59", "接通时间": ""}, "before_2000", "开始时间"),
    ({"开始时间": "2099-01-01 00:00:00", "接通时间": ""}, "start_in_future", "开始时间"),
    ({"结束时间": ""}, "end_missing", "结束时间"),
    ({"结束时间": "soon"}, "end_unreadable", "结束时间"),
    ({"接通时间": "yes"}, "answer_unreadable", "接通时间"),
    ({"振铃时间": "yes"}, "ring_unreadable", "振铃时间"),
    ({"结束时间": "2026-03-01 07:59:59", "接通时间": ""}, "end_before_start", "结束时间"),
    ({"接通时间": "2026-03-01 07:59:59"}, "answer_outside_call", "接通时间"),
    ({"接通时间": "2026-03-01 08:01:01"}, "answer_outside_call", "接通时间"),
    ({"结束时间": "2026-03-02 08:00:01"}, "longer_than_24h", "结束时间"),
    ({"方向": "转接"}, "bad_direction", "方向"),
    ({"方向": ""}, "bad_direction", "方向"),
    ({"外显号码": "9.5E+4"}, "excel_damaged", "外显号码"),
    ({"主叫号码": "1.38E+10"}, "excel_damaged", "主叫号码"),
    ({"被叫号码": "1.38E+10"}, "excel_damaged", "被叫号码"),
    ({"被叫号码": ""}, "callee_missing", "被叫号码"),
    ({"被叫号码": "客户"}, "callee_not_a_number", "被叫号码"),
    ({"坐席类型": "鹦鹉"}, "bad_agent_kind", "坐席类型"),
]


def test_reason_and_column(desk: Desk) -> None:
    receipt = desk.take(
        csv_bytes([row(0), *(row(n, **changes) for n, (changes, *_) in enumerate(REASONS, 1)), row(99)])
    )
    assert receipt.rows.loaded == 2
    rows = desk.rows("line, reason, reason_column", "part = 'rejected'")
    assert rows == [(line, code, column) for line, (_, code, column) in enumerate(REASONS, 3)]


def test_a_word_that_is_none_of_ours_is_no_word(desk: Desk) -> None:
    mapping = FileMapping(values={"direction": {"转接": "forward"}, "result": {"挂起": "hung"}})
    receipt = desk.take(csv_bytes([row(1), row(2, 方向="转接"), row(3, 结果="挂起")]), mapping=mapping)
    assert receipt.reasons == {"bad_direction": 1}
    assert desk.rows("call_id, result", "reason is null") == [("c000001", "answered"), ("c000003", "answered")]


@pytest.mark.parametrize("column", ["方向", "结果"])
def test_a_column_that_the_mapping_names_keeps_the_known_words(desk: Desk, column: str) -> None:
    field = {"方向": "direction", "结果": "result"}[column]
    mapping = FileMapping(columns={field: column}, values={field: {"转接": "forward"}})
    receipt = desk.take(csv_bytes([row(1), row(2, **{column: "转接"})]), mapping=mapping)
    assert (receipt.rows.loaded, receipt.reasons) == ((1, {"bad_direction": 1}) if column == "方向" else (2, {}))


def test_a_clock_may_run_a_day_ahead_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def calls(now: datetime, first: int) -> list[str]:
        stamps = [(now + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S") for hours in (-1, 23, 25, 24 * 300)]
        return [row(n, 开始时间=stamp, 接通时间="", 结束时间=stamp) for n, stamp in enumerate(stamps, first)]

    now = clock.now().astimezone(clock.ZONE)
    assert desk.take(csv_bytes(calls(now, 1)), "now.csv").reasons == {"start_in_future": 2}
    drill = now + timedelta(days=400)
    monkeypatch.setenv(clock.OVERRIDE, drill.date().isoformat())
    midnight = datetime.combine(drill.date(), time())
    assert desk.take(csv_bytes(calls(midnight, 9)), "drill.csv").reasons == {"start_in_future": 2}


@pytest.mark.parametrize("column", ["", "呼叫时长"])
def test_an_answer_that_nothing_tells_is_unknown_and_said(desk: Desk, column: str) -> None:
    lines = [
        "话单ID,方向,外显号码,被叫号码,开始时间,结束时间",
        *(f"n{n},呼出,95013,13800000001,2026-03-01 10:00:00,2026-03-01 10:00:30" for n in (1, 2)),
    ]
    if column:
        lines = [f"{line},{tail}" for line, tail in zip(lines, (column, "30", "30"), strict=True)]
    receipt = desk.take(("\n".join(lines) + "\n").encode())
    assert (receipt.rows.loaded, receipt.unknown_answers) == (2, 2)
    assert "answer_unknown" in receipt.warnings
    assert "result_unknown" not in receipt.warnings
    assert desk.rows("answered, result") == [(None, "unknown")] * 2
    assert FileReceipt.from_dict(receipt.as_dict()) == receipt


@pytest.mark.parametrize(
    ("column", "cells"), [("接通时间", ",2026-03-01 10:00:05"), ("结果", "未接,接通"), ("通话时长", "0,25")]
)
def test_an_answer_is_told_by_its_time_the_result_or_the_talk(desk: Desk, column: str, cells: str) -> None:
    head = f"话单ID,方向,外显号码,被叫号码,开始时间,结束时间,{column}"
    lines = [
        f"n{n},呼出,95013,13800000001,2026-03-01 10:00:00,2026-03-01 10:00:30,{cell}"
        for n, cell in enumerate(cells.split(","))
    ]
    receipt = desk.take("\n".join([head, *lines, ""]).encode())
    assert (receipt.unknown_answers, "answer_unknown" in receipt.warnings) == (0, False)
    assert desk.rows("call_id, answered") == [("n0", False), ("n1", True)]


def test_a_loaded_row(desk: Desk) -> None:
    desk.take(csv_bytes([row(1, 外显号码="+8695013", 被叫号码="0571-88886666"), row(2).replace(",", " ,\t")]))
    names = (
        "source, direction, leg, caller_raw, display, display_shape, display_confidence, display_raw, callee,"
        " callee_shape, callee_raw, result, delivered, answered, test, purpose, agent_kind, extra, reason, raw, part"
    )
    assert desk.rows(names, "line = 2") == [
        (
            "generic", "out", "customer", "01088886666", 95013, "short", "good", "+8695013", 57188886666,
            "landline", "0571-88886666", "answered", True, True, False, "营销", "human", None, None, None, "2026-03",
        )
    ]  # fmt: skip
    assert (
        desk.rows("start_ts, ring_ts, answer_ts, end_ts, team_id")
        == [(at(2026, 3, 1, 8), None, at(2026, 3, 1, 8, 0, 10), at(2026, 3, 1, 8, 1), "T1")] * 2
    ), "padded cells are the same"


WITHHELD = (
    "anonymous", "ANONYMOUS", '"anonymous"', "anonymous@10.0.0.1", "sip:Anonymous@anonymous.invalid", "Unknown",
    "Anonymous <sip:anonymous@10.0.0.1>", "restricted", "Withheld", "未知", "匿名", "private", "unavailable",
)  # fmt: skip


def test_display_falls_back_to_the_caller(desk: Desk) -> None:
    cases: list[tuple[dict[str, str], tuple[str, str]]] = [
        ({"外显号码": ""}, ("landline", "low")),
        ({"外显号码": "-"}, ("landline", "low")),
        *(({"外显号码": text}, ("none", "none")) for text in WITHHELD),
        ({"外显号码": "", "主叫号码": "8001"}, ("none", "none")),
        ({"外显号码": "8001"}, ("none", "none")),
        ({"外显号码": "10086"}, ("other", "good")),
        ({"外显号码": "", "主叫号码": ""}, ("none", "none")),
        ({"外显号码": "anonymous", "主叫号码": "95013"}, ("none", "none")),
        ({"外显号码": "138****0000"}, ("masked", "good")),
    ]
    desk.take(csv_bytes([row(number, **changes) for number, (changes, _) in enumerate(cases)]))
    rows = desk.rows("line, display_shape, display_confidence")
    assert [tuple(one[1:]) for one in rows] == [expected for _, expected in cases]


def test_blocked_test_and_masked_calls_are_loaded(desk: Desk) -> None:
    rows = [
        row(1, 结果="平台拦截", 接通时间=""), row(2, 用途="测试"), row(3, 被叫号码="138****0000"),
        row(4, 接通时间="2026-03-01 08:01:00"), row(5, 接通时间="", 结果=""),
    ]  # fmt: skip
    desk.take(csv_bytes(rows))
    assert desk.rows("call_id, result, delivered, answered, test, callee_shape") == [
        ("c000001", "blocked", False, False, False, "mobile"),
        ("c000002", "answered", True, True, True, "mobile"),
        ("c000003", "answered", True, True, False, "masked"),
        ("c000004", "answered", True, False, False, "mobile"),
        ("c000005", "no_answer", True, False, False, "mobile"),
    ]


def test_the_zone_moves_a_call_to_the_next_day(desk: Desk) -> None:
    late = {"开始时间": "2026-03-31 23:08:00", "接通时间": "", "结束时间": "2026-03-31 23:09:00"}
    here = desk.take(csv_bytes([row(1, **late)]))
    assert (here.timezone, here.timezone_assumed, here.days) == ("Asia/Shanghai", True, ("2026-03-31",))
    there = desk.take(csv_bytes([row(2, **late)]), timezone="UTC")
    assert (there.timezone, there.timezone_assumed, there.days) == ("UTC", False, ("2026-04-01",))
    assert desk.rows("start_ts, part", "call_id = 'c000002'") == [(at(2026, 4, 1, 7, 8), "2026-04")]
    mapped = desk.take(csv_bytes([row(3, **late)]), mapping=FileMapping(timezone="UTC"))
    assert (mapped.timezone, mapped.timezone_assumed) == ("UTC", False)
    with pytest.raises(NianjianError, match="timezone_unknown"):
        desk.take(csv_bytes(good(1)), timezone="Mars/Olympus")


def test_header_in_any_order_with_missing_and_further_columns(desk: Desk) -> None:
    text = (
        "团队,被叫,客户级别,呼叫类型,开始时间,结束时间,通话ID\n"
        "T1,13800000001,金,外呼,2026/3/1 8:00:00,20260301080100,c1\n"
    )
    assert desk.take(text.encode()).rows.loaded == 1
    assert desk.rows("call_id, direction, team_id, display_shape, extra, line_id") == [
        ("c1", "out", "T1", "none", '{"客户级别":"金"}', None)
    ]


def test_mapping_file_by_header_and_by_position(desk: Desk) -> None:
    path = desk.folder / "map.yaml"
    path.write_text(
        "source: crm\n"
        "columns: {call_id: 编码, 方向: kind, callee: to, display: from, start: began, end: 6}\n"
        "formats: {start: epoch_s, 结束时间: '%d.%m.%Y %H:%M:%S'}\n"
        "values: {direction: {'1': 呼出, '2': in}}\n"
        "trunk_prefixes: ['9']\n"
        "timezone: UTC\n",
        encoding="utf-8",
    )
    text = (
        "编码,kind,to,from,began,ended,note\n"
        "a,1,9013800138000,95013,1772323200,01.03.2026 00:01:00,x\n"
        "b,2,95013,,1772323200,01.03.2026 00:01:00,\n"
    )
    receipt = desk.take(text.encode(), mapping=read_mapping(path))
    assert (receipt.source, receipt.rows.loaded, receipt.timezone) == ("crm", 2, "UTC")
    assert desk.rows("call_id, direction, callee, callee_raw, display, start_ts, end_ts, extra") == [
        ("a", "out", 13800138000, "9013800138000", 95013, at(2026, 3, 1, 8), at(2026, 3, 1, 8, 1), '{"note":"x"}'),
        ("b", "in", 95013, None, None, at(2026, 3, 1, 8), at(2026, 3, 1, 8, 1), None),
    ]
    path.write_text("columns: {call_id: 1, direction: 2, callee: 3, start: 4, end: 5}\n", encoding="utf-8")
    bare = "k1,呼出,13800138000,2026-03-01 08:00:00,2026-03-01 08:01:00\n"
    assert desk.take(bare.encode(), mapping=read_mapping(path)).rows.loaded == 1


@pytest.mark.parametrize(
    ("source", "mapped", "name"),
    [("auto", "", "generic"), ("auto", "tinet", "tinet"), ("asterisk", "tinet", "asterisk")],
)
def test_a_named_source_goes_before_the_mappings_and_both_before_what_the_file_tells(
    desk: Desk, source: str, mapped: str, name: str
) -> None:
    path = desk.folder / "calls.csv"
    path.write_bytes(csv_bytes(good(1)))
    (item,) = list_items([path])
    assert choose_format(read_sample(item, "utf-8"), source, FileMapping(source=mapped))[0].name == name


def test_what_is_no_call_record_is_refused(desk: Desk) -> None:
    with pytest.raises(NianjianError, match="source_unrecognised"):
        desk.take(b"a,b,c\n1,2,3\n")
    with pytest.raises(NianjianError, match="source_unknown"):
        desk.take(csv_bytes(good(1)), source="nobody")
    with pytest.raises(NianjianError, match="file_empty"):
        desk.take(b"\n\n")
    assert desk.take(f"{HEADER}\n".encode()).rows.read == 0


# The question that lets sound rows by passes none that a rule condemns, and asks the rules about all others.

LATEST = "2026-03-02 00:00:00"

_CELLS = {
    "__f_call_id": ("null", "'a'", "'a+b'", "'1.38E+10'"),
    "__f_start": ("null::timestamp", "timestamp '2026-03-01'", "timestamp '1999-12-31'", "timestamp '2026-03-03'"),
    "__f_end": ("null::timestamp", "timestamp '2026-03-01 01:00'", "timestamp '2026-02-28'", "timestamp '2027-1-1'"),
    "__f_answer": ("null::timestamp", "timestamp '2026-03-01 00:00:30'", "timestamp '2026-03-01 00:02:00'"),
    "answer": ("null", "'soon'", "'0'"),
    "__f_direction": ("null::direction_word", "'out'::direction_word"),
    "__f_caller": ("null", "'010'", "'+8610'", "'1.38E+10'"),
    "__callee": ("(null, 'none', null)", "(null, 'damaged', '1')", "(null, 'masked', '1*')", "(95013, 'short', '95')"),
    "__shown_shape": ("'none'::number_shape", "'damaged'::number_shape", "'short'::number_shape"),
    "__f_kind_text": ("null", "'human'", "'parrot'"),
}  # fmt: skip

LAYOUT = Layout(columns=("id", "answer"))

PLAIN = Fields(
    call_id="id", direction="NULL", caller="NULL", display="NULL", callee="NULL", start="NULL", end="NULL",
    texts={"answer": "answer"}, agent_kind="kind",
)  # fmt: skip
LENIENT = Fields(
    call_id="id", direction="NULL", caller="NULL", display="NULL", callee="NULL", start="NULL", end="NULL",
    texts={"answer": "answer", "end": "answer"}, callee_optional=True, end_optional=True,
    checks=(("odd", "id", "nullif(answer, '0') = 'soon'"),),
)  # fmt: skip


@pytest.mark.parametrize("fields", [PLAIN, LENIENT], ids=["needed", "optional"])
def test_the_short_question_changes_no_verdict(tmp_path: Path, fields: Fields) -> None:
    everything = " cross join ".join(
        f"(select unnest([{', '.join(values)}]) as {name})"
        if name != "__callee"
        else f"(values {', '.join(values)}) as callees(__f_callee_value, callee_shape, __f_callee)"
        for name, values in _CELLS.items()
    )
    rules = enumerate(reject_reasons(LAYOUT, fields, LATEST), start=1)
    in_turn = f"case {' '.join(f'when {condition} then {number}' for number, (_, _, condition) in rules)} end"
    with Workbench(tmp_path) as bench:
        validate.prepare_bench(bench, fields)
        bench.run(
            "create table cells as select *, callee_shape::number_shape as __f_callee_shape, __f_call_id as id,"
            f" null::timestamp as __f_ring from {everything}"
        )
        query = f"select {first_reason(LAYOUT, fields, LATEST)} as short, {in_turn} as long from cells"
        ((wrong, sound),) = bench.rows(
            f"select count(*) filter (short is distinct from long), count(*) filter (long is null) from ({query})"
        )
        assert (wrong, sound > 0) == (0, True)


# JSON of the generic form: any of a field's names, a mapping's own, in lines, an array or an answer of an API.

SAMPLES = Path(__file__).parents[2] / "samples"

OURS = {
    "call_id": "y1", "direction": "呼出", "display": "95013", "callee": "13800000001", "start": "2025-03-01 10:00:00",
    "answer": "2025-03-01 10:00:05", "end": "2025-03-01 10:00:30",
}  # fmt: skip
THEIRS = {
    "通话ID": "y3", "呼叫方向": "呼出", "外显": "95013", "客户号码": "13800000001", "呼叫时间": "2025-03-01 10:00:00",
    "应答时间": "2025-03-01 10:00:05", "挂断时间": "2025-03-01 10:00:30",
}  # fmt: skip
OWN = {"uid": "y9", "dir": "OB", "cli": "95013", "cld": "13800000001", "ts": "2025-03-01 10:00:00", "te": "1740794430"}
MAPPED = FileMapping(
    columns={"call_id": "uid", "direction": "dir", "display": "cli", "callee": "cld", "start": "ts", "end": "te"},
    values={"direction": {"OB": "呼出"}},
)
COLUMNS = "call_id, direction, display, callee, start_ts::varchar, answered, end_ts::varchar"


def _lines(*records: dict[str, object]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()


def _pretty(*records: dict[str, object]) -> bytes:
    return json.dumps(list(records), ensure_ascii=False, indent=1).encode()


def _answer(*records: dict[str, object]) -> bytes:
    return json.dumps({"status": "ok", "start": 0, "data": list(records)}, ensure_ascii=False).encode()


FORMS = [_lines, _pretty, _answer]
NAMED = [OURS, THEIRS, {**{k: v for k, v in OURS.items() if k != "start"}, "开始时间": OURS["start"]}]


@pytest.mark.parametrize(("form", "record"), [*zip(FORMS, NAMED, strict=True)])
def test_a_field_may_go_by_any_of_its_names(desk: Desk, form: Callable[..., bytes], record: dict[str, object]) -> None:
    receipt = desk.take(form(record, {**record, next(iter(record)): "z"}), "calls.json")
    assert (receipt.source, receipt.rows.loaded, receipt.warnings) == ("generic", 2, ("timezone_assumed",))
    read = ("out", 95013, 13800000001, "2025-03-01 10:00:00", True, "2025-03-01 10:00:30")
    assert desk.rows(COLUMNS) == [(next(iter(record.values())), *read), ("z", *read)]


@pytest.mark.parametrize("form", FORMS)
def test_a_mapping_names_the_keys_of_the_file(desk: Desk, form: Callable[..., bytes]) -> None:
    """A key that is not there, and a field that every record lacks, are answered with the keys that are."""
    receipt = desk.take(form(OWN), "calls.json", mapping=MAPPED)
    assert (receipt.rows.loaded, receipt.rows.rejected) == (1, 0)
    assert desk.rows("call_id, direction, end_ts::varchar") == [("y9", "out", "2025-03-01 10:00:30")]
    with pytest.raises(NianjianError, match="mapping_column_unknown") as raised:
        desk.take(form(OWN), "calls.json", mapping=FileMapping(columns={**MAPPED.columns, "answer": "tz"}))
    assert sorted(str(raised.value.values["known"]).split(", ")) == sorted(OWN)
    record = {key: value for key, value in OURS.items() if key != "call_id"}
    with pytest.raises(NianjianError, match="columns_needed") as raised:
        desk.take(form(record), "calls.json")
    assert (raised.value.values["fields"], raised.value.values["columns"]) == ("话单ID (call_id)", ", ".join(record))


def test_a_field_that_comes_late_is_read_under_any_name(desk: Desk) -> None:
    """No answer in the first 64 KiB, then one: the result tells of the others, the time of that one."""
    early = {key: value for key, value in OURS.items() if key != "answer"} | {"result": "未接", "note": "x" * 200}
    many = [{**early, "call_id": f"e{number}"} for number in range(400)]
    late = {**OURS, "call_id": "late", "应答时间": OURS["answer"], "answer": ""}
    receipt = desk.take(_lines(*many, late, {**early, "call_id": "told", "result": "接通"}), "calls.jsonl")
    assert receipt.rows.loaded == 402
    assert desk.rows("call_id, answered, result, answer_ts::varchar", "answered") == [
        ("late", True, "answered", "2025-03-01 10:00:05"),
        ("told", True, "answered", None),
    ]


def test_the_reason_against_a_record_is_true(desk: Desk) -> None:
    data = _lines(OURS, {"foo": 1}, {key: value for key, value in OURS.items() if key != "call_id"}) + b'{"call_id": \n'
    receipt = desk.take(data, "calls.jsonl")
    assert receipt.rows.loaded == 1
    assert desk.bad() == [(2, "fields_unknown"), (3, "call_id_missing"), (4, "json_invalid")]


@pytest.mark.parametrize("file", sorted(one.name for one in SAMPLES.glob("*.jsonl")))
def test_events_of_a_switch_are_no_calls_and_named_as_not_read(desk: Desk, file: str) -> None:
    with pytest.raises(NianjianError) as raised:
        desk.take((SAMPLES / file).read_bytes(), file)
    assert (raised.value.code, raised.value.values["file"]) == ("source_unrecognised", file)
