"""JSON of the generic form: any of a field's names, a mapping's own, in lines, an array or an answer of an API."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engines.intake.conftest import Desk

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.kernel.errors import NianjianError

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


FORMS = pytest.mark.parametrize("form", [_lines, _pretty, _answer])
Form = Callable[..., bytes]


@FORMS
@pytest.mark.parametrize(
    "record", [OURS, THEIRS, {**{k: v for k, v in OURS.items() if k != "start"}, "开始时间": OURS["start"]}]
)
def test_a_field_may_go_by_any_of_its_names(desk: Desk, form: Form, record: dict[str, object]) -> None:
    receipt = desk.take(form(record, {**record, next(iter(record)): "z"}), "calls.json")
    assert (receipt.source, receipt.rows.loaded, receipt.warnings) == ("generic", 2, ("timezone_assumed",))
    read = ("out", 95013, 13800000001, "2025-03-01 10:00:00", True, "2025-03-01 10:00:30")
    assert desk.rows(COLUMNS) == [(next(iter(record.values())), *read), ("z", *read)]


@FORMS
def test_a_mapping_names_the_keys_of_the_file(desk: Desk, form: Form) -> None:
    receipt = desk.take(form(OWN), "calls.json", mapping=MAPPED)
    assert (receipt.rows.loaded, receipt.rows.rejected) == (1, 0)
    assert desk.rows("call_id, direction, end_ts::varchar") == [("y9", "out", "2025-03-01 10:00:30")]


@FORMS
def test_a_key_that_is_not_there_is_answered_with_those_that_are(desk: Desk, form: Form) -> None:
    columns = {**MAPPED.columns, "answer": "tz"}
    with pytest.raises(NianjianError) as raised:
        desk.take(form(OWN), "calls.json", mapping=FileMapping(columns=columns))
    assert raised.value.code == "mapping_column_unknown"
    assert sorted(str(raised.value.values["known"]).split(", ")) == sorted(OWN)


@FORMS
def test_a_field_that_every_record_lacks_is_named_with_the_keys_there_are(desk: Desk, form: Form) -> None:
    record = {key: value for key, value in OURS.items() if key != "call_id"}
    with pytest.raises(NianjianError) as raised:
        desk.take(form(record), "calls.json")
    assert raised.value.code == "columns_needed"
    assert raised.value.values["fields"] == "话单ID (call_id)"
    assert raised.value.values["columns"] == ", ".join(record)


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
