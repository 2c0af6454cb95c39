from __future__ import annotations

import json
from typing import Any

import pytest
from tests.engines.intake.formats.conftest import Evaluate, sample_of

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.formats import freeswitch_csv, freeswitch_json
from nianjian.engines.kernel.errors import NianjianError

A, B = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
TIMES = '"2026-03-02 10:00:00","2026-03-02 10:00:05","2026-03-02 10:00:30","30","25","NORMAL_CLEARING"'


def row(callee: str = "13800138000", context: str = "default", leg: str = A, other: str = B) -> str:
    return f'"x","1001","{callee}","{context}",{TIMES},"{leg}","{other}","","PCMA","PCMA"'


@pytest.mark.parametrize(
    ("line", "width"),
    [
        (row(), 15),
        (row() + ',"ua","","","",""', 20),
        (row() + ',"ua","stat"', 17),
        (f'"","1001","13800138000","default","","sofia/a","sofia/b","bridge","x",{TIMES},"","{A}","u"', 18),
        (f'INSERT INTO cdr VALUES ("x","1001","13800138000","default",{TIMES},"{A}","{B}", "");', 13),
    ],
)
def test_stock_templates(evaluate: Evaluate, line: str, width: int) -> None:
    found = freeswitch_csv.layout(sample_of(line), FileMapping())
    assert len(found.columns) == width
    got = evaluate("freeswitch_csv", line)[0]
    assert (got["callee"], got["direction"], got["answered"]) == ("13800138000", "out", True)
    assert got["display"] is None


def test_context_and_callee_tell_the_direction(evaluate: Evaluate) -> None:
    cases = [
        ("13800138000", "default", "out"), ("1002", "default", "internal"), ("95013", "public", "in"),
        ("02161234567", "public", "in"), ("95013", "default", "out"), ("138****8000", "default", "out"),
    ]  # fmt: skip
    rows = evaluate("freeswitch_csv", "\n".join(row(callee, context) for callee, context, _ in cases))
    assert [one["direction"] for one in rows] == [direction for *_, direction in cases]


@pytest.mark.parametrize("other_of_b", ["", A])
def test_both_legs_in_one_file_are_one_call(evaluate: Evaluate, other_of_b: str) -> None:
    for lines in ([row(), row(leg=B, other=other_of_b)], [row(leg=B, other=other_of_b), row()]):
        assert len({found["call_key"] for found in evaluate("freeswitch_csv", "\n".join(lines))}) == 1


@pytest.mark.parametrize("first", ["a", "b"])
def test_the_b_leg_says_what_was_shown(evaluate: Evaluate, first: str) -> None:
    """Whichever leg ended first; the A leg's caller is an extension, here one that looks like a number."""
    lines = {"a": row().replace('"1001"', '"80012345"'), "b": row(leg=B, other="").replace('"1001"', '"95013"')}
    found = evaluate("freeswitch_csv", "\n".join(lines[leg] for leg in (first, "b" if first == "a" else "a")))
    legs = {one["caller"]: (one["display"], one["leg"]) for one in found}
    known = {"95013": ("95013", "customer"), "80012345": (None, "customer")}
    later = {"95013": (None, "customer"), "80012345": (None, "agent")}
    assert legs == (known if first == "a" else later)
    assert len({one["call_key"] for one in found}) == 1


def test_a_headed_export_with_both_legs(evaluate: Evaluate) -> None:
    header = ",".join(freeswitch_csv.TEMPLATES["example"])
    found = evaluate("freeswitch_csv", "\n".join([header, row(), row(leg=B, other="").replace('"1001"', '"95013"')]))
    assert [one["display"] for one in found] == [None, "95013"]
    assert len({one["call_key"] for one in found}) == 1


def test_a_seats_leg_of_an_inbound_call_is_no_call_of_a_customer(evaluate: Evaluate) -> None:
    lines = [row("95013", "public"), row("1002", "public", leg=B, other="")]
    assert [one["leg"] for one in evaluate("freeswitch_csv", "\n".join(lines))] == ["customer", "agent"]


def test_an_unknown_template_asks_for_a_mapping(evaluate: Evaluate) -> None:
    text = f"1001;13800138000;2026-03-02 10:00:00;2026-03-02 10:00:05;2026-03-02 10:00:30;{A};default"
    with pytest.raises(NianjianError) as error:
        freeswitch_csv.layout(sample_of(text), FileMapping())
    assert error.value.code == "freeswitch_template_unknown"
    mapping = FileMapping(columns={"display": 1, "callee": 2, "start": 3, "answer": 4, "end": 5, "call_id": 6})
    got = evaluate("freeswitch_csv", text, mapping)[0]
    assert (got["display"], got["call_id"], got["direction"]) == ("1001", A, "out")


def document(
    *, originator: str | None = None, variables: dict[str, str] | None = None, **profile: str
) -> dict[str, Any]:
    own = {"caller_id_number": "1001", "destination_number": "13800138000", "context": "default", "uuid": A} | profile
    caller: dict[str, Any] = dict(own)
    if originator:
        caller["originator"] = {"originator_caller_profiles": [{"uuid": originator}]}
    micros = {
        f"{name}_time": f"{1772416800 + at}000000" for name, at in (("created", 0), ("answered", 5), ("hangup", 30))
    }
    return {
        "core-uuid": "c",
        "switchname": "fs1",
        "channel_data": {"direction": "outbound" if originator else "inbound"},
        "variables": {"uuid": own["uuid"], "hangup_cause": "NORMAL_CLEARING"} | (variables or {}),
        "callflow": [{"caller_profile": caller, "times": micros}],
    }


def test_an_a_leg_alone_shows_what_it_exported(evaluate: Evaluate) -> None:
    text = json.dumps(document(variables={"effective_caller_id_number": "95013", "sip_to_user": "138%2A"}))
    got = evaluate("freeswitch_json", text)[0]
    assert (got["display"], got["direction"], got["leg"], got["answered"]) == ("95013", "out", "customer", True)
    assert str(got["start"]) == "2026-03-02 10:00:00"


def test_the_b_leg_carries_what_was_shown_and_the_key_of_its_a_leg(evaluate: Evaluate) -> None:
    first, second = document(), document(originator=A, uuid=B, caller_id_number="95013")
    rows = evaluate("freeswitch_json", json.dumps(first) + "\n" + json.dumps(second))
    assert [found["display"] for found in rows] == [None, "95013"]
    assert {found["call_key"] for found in rows} == {A}


def test_an_agents_leg_is_no_customer_call(evaluate: Evaluate) -> None:
    got = evaluate("freeswitch_json", json.dumps(document(originator=A, uuid=B, destination_number="1002")))[0]
    assert (got["leg"], got["direction"]) == ("agent", "internal")


def test_the_b_legs_real_cause(evaluate: Evaluate) -> None:
    made = document(variables={"hangup_cause": "NORMAL_CLEARING", "bridge_hangup_cause": "USER_BUSY"})
    made["callflow"][0]["times"]["answered_time"] = "0"
    got = evaluate("freeswitch_json", json.dumps(made))[0]
    assert (got["answered"], got["result"], got["answer"]) == (False, "busy", None)


@pytest.mark.parametrize("text", ["{", "[]", '{"foo": 1}', "null"])
def test_what_is_no_document(text: str) -> None:
    with pytest.raises(ValueError, match="json_invalid"):
        freeswitch_json.parse(text)


def test_lines_are_told_from_a_document() -> None:
    made = document()
    assert not freeswitch_json.layout(sample_of(json.dumps(made)), FileMapping()).document
    assert freeswitch_json.layout(sample_of(json.dumps(made, indent=1)), FileMapping()).document
    assert freeswitch_json.layout(sample_of(json.dumps([made])), FileMapping()).document


def test_a_marked_leg_counts_nowhere(evaluate: Evaluate) -> None:
    cases: list[tuple[dict[str, str], bool]] = [
        ({}, False), ({"sip_h_X-Nianjian-Test": "callback"}, True), ({"sip_h_x-nianjian-test": "callback"}, True),
        ({"sip_h_X-Drill": "1"}, True), ({"accountcode": "drill"}, True),
        ({"accountcode": "1001", "sip_h_X-Other": "1"}, False),
    ]  # fmt: skip
    text = "\n".join(json.dumps(document(variables=variables)) for variables, _ in cases)
    assert [one["test"] for one in evaluate("freeswitch_json", text)] == [test for _, test in cases]


def test_a_legs_privacy_header_is_read() -> None:
    cells = freeswitch_json.parse(json.dumps(document(variables={"sip_h_Privacy": "id"})))
    assert dict(zip(freeswitch_json.COLUMNS, cells, strict=True))["sip_h_Privacy"] == "id"


def test_a_rejects_file_from_before_the_marks_is_still_read(evaluate: Evaluate) -> None:
    before = freeswitch_json.COLUMNS[: freeswitch_json.COLUMNS.index(freeswitch_json.MARKS[0])]
    cells = dict.fromkeys(before, "") | {"uuid": A, "leg": "a", "destination_number": "13800138000"}
    text = ",".join(before) + "\n" + ",".join(cells.values())
    assert freeswitch_json.recognise(sample_of(text)) == 99
    assert evaluate("freeswitch_json", text)[0]["test"] is False


def test_the_account_of_a_row_marks_it(evaluate: Evaluate) -> None:
    rows = evaluate("freeswitch_csv", "\n".join((row(), row().replace('"",', '"drill",', 1))))
    assert [one["test"] for one in rows] == [False, True]
