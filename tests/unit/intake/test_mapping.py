"""A mapping file: what may be written does what it says, and what may not is answered with what may."""

from __future__ import annotations

import pytest
from tests.unit.intake.conftest import Desk

from nianjian.intake.format import FileMapping
from nianjian.intake.mapping import read
from nianjian.kernel.errors import NianjianError

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
    return read(path)


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
    ],
)
def test_a_fault_is_answered_with_what_may_be_written(desk: Desk, text: str, key: str, first: str) -> None:
    found, allowed = _fault(desk, text)
    assert found == key
    assert allowed.startswith(first)
    assert not allowed.endswith((" ", ","))


def test_a_column_that_the_file_lacks_is_answered_with_those_it_has(desk: Desk) -> None:
    chosen = _read(desk, "columns: {call_id: 本机, start: 拨打时刻, callee: 客户电话, direction: 类别, end: 通话时长}")
    with pytest.raises(NianjianError) as raised:
        desk.take(EXPORT.encode(), mapping=chosen)
    assert raised.value.code == "mapping_column_unknown"
    assert raised.value.values["column"] == "拨打时刻"
    assert str(raised.value.values["known"]).startswith("拨打时间, ")


def test_a_wrong_column_below_a_title_is_answered_with_the_header_there(desk: Desk) -> None:
    chosen = _read(desk, "columns: {call_id: 本机, start: 拨打时刻, direction: 类别}")
    with pytest.raises(NianjianError) as raised:
        desk.take(f"外呼明细\n导出人,张三\n{EXPORT}".encode(), mapping=chosen)
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


def test_a_direction_for_a_file_without_such_a_column(desk: Desk) -> None:
    text = EXPORT.replace(",类别", "").replace(",OB", "").replace(",手工", "")
    chosen = _read(desk, 'columns: {call_id: [客户电话, 拨打时间], caller: 本机}\nvalues: {direction: {"*": 呼出}}\n')
    assert desk.take(text.encode(), mapping=chosen).rows.loaded == 3
    assert desk.rows("distinct direction", "part <> 'rejected'") == [("out",)]


def test_the_mapping_finds_its_header_below_a_title(desk: Desk) -> None:
    chosen = _read(desk, "columns: {call_id: [客户电话, 拨打时间], caller: 本机, direction: 类别}\n"
                         'values: {direction: {"*": 呼出}}')  # fmt: skip
    assert desk.take(f"外呼明细,,,,\n\n{EXPORT}".encode(), mapping=chosen).rows.loaded == 3
    assert desk.rows("min(line)") == [(4,)]


def test_results_that_nobody_knows_are_said(desk: Desk) -> None:
    text = EXPORT.replace("类别", "方向,结果").replace("OB", "呼出,通了").replace("手工", "呼出,接通")
    chosen = _read(desk, "columns: {call_id: [客户电话, 拨打时间], caller: 本机}")
    receipt = desk.take(text.encode(), mapping=chosen)
    assert receipt.unknown_results == ("通了",)
    assert "result_unknown" in receipt.warnings
    assert receipt.from_dict(receipt.as_dict()) == receipt
    told = _read(desk, "columns: {call_id: [客户电话, 拨打时间], caller: 本机}\nvalues: {result: {通了: 接通}}")
    receipt = desk.take(text.encode(), "b.csv", mapping=told)
    assert (receipt.unknown_results, "result_unknown" in receipt.warnings) == ((), False)
