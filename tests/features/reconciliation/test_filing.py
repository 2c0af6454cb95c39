"""Who stands in the base of a day, and two sides row by row."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation import exports
from nianjian.features.reconciliation.exports import SheetMapping, check_mapping, parse_mapping
from nianjian.features.reconciliation.filings import (
    LINES,
    NUMBERS,
    SEATS,
    Result,
    Row,
    RowPair,
    compare_rows,
    count_results,
    evaluate_status,
)

A = date(2026, 12, 31)
NEXT = date(2027, 1, 1)
FILED: Row = {"filing": "filed", "filed_on": date(2024, 1, 1)}


def number(root: str, length: int | None, **more: object) -> Row:
    return {"root": root, "total_length": length, **FILED, **more}


@pytest.mark.parametrize(
    ("kind", "row", "inside", "why"),
    [
        (NUMBERS, {"filing": "filed", "filed_on": A}, True, ""),
        (NUMBERS, {"filing": "filed", "filed_on": NEXT}, False, "filed_after"),
        (NUMBERS, {"filing": "unfiled"}, False, "not_filed"),
        (NUMBERS, {"filing": "filed"}, None, "filing_day_unknown"),
        (NUMBERS, {"filed_on": A}, None, "filing_unknown"),
        (NUMBERS, {**FILED, "valid_until": A}, True, ""),  # the last valid day is included
        (NUMBERS, {**FILED, "valid_until": date(2026, 12, 30)}, False, "expired"),
        (NUMBERS, {**FILED, "filing": "cancelled", "changed_on": A}, False, "cancelled_before"),
        (NUMBERS, {**FILED, "filing": "cancelled", "changed_on": NEXT}, True, ""),
        (NUMBERS, {**FILED, "filing": "cancelled"}, None, "cancelled_day_unknown"),
        (SEATS, {**FILED, "cancelled_on": A}, False, "cancelled_before"),
        (SEATS, {**FILED, "filing": "cancelled", "cancelled_on": NEXT}, True, ""),
        (SEATS, {**FILED, "filing": "cancelled"}, None, "cancelled_day_unknown"),
        (LINES, {"state": "active", "opened_on": A}, True, ""),
        (LINES, {"state": "active", "opened_on": NEXT}, False, "opened_after"),
        (LINES, {"state": "stopped", "opened_on": A, "closed_on": A}, False, "closed_before"),
        (LINES, {"state": "stopped", "opened_on": A, "closed_on": NEXT}, True, ""),
        (LINES, {"state": "stopped", "opened_on": A}, None, "closed_day_unknown"),
        (LINES, {"state": "active"}, None, "opening_day_unknown"),
    ],
)
def test_the_base_of_a_day(kind: str, row: Row, inside: bool | None, why: str) -> None:  # noqa: FBT001 -- a case
    status = evaluate_status(kind, row, A)
    assert (status.inside, status.why) == (inside, why)


def pairs(ours: list[Row], theirs: list[Row], *fields: str) -> dict[str, RowPair]:
    return {one.key: one for one in compare_rows(NUMBERS, ours, theirs, A, ("root", "total_length", *fields))}


def test_every_result_once() -> None:
    ours = [number("95013", 8, holder="示例（杭州）公司"), number("95014", 8), number("95015", 8, gateway="GW1")]
    theirs = [
        number("95013", 8, holder="示例(杭州) 公司"),  # only width and a blank
        number("95016", 8),
        number("95015", 8, gateway="GW2"),
        number("95017", 8, filed_on=NEXT),
    ]
    by_key = pairs(ours, theirs, "holder", "gateway")
    results = {key: one.result.value for key, one in by_key.items()}
    names = ("same", "only_ours", "field_differs", "only_theirs")
    assert results == dict(zip(("95013/8", "95014/8", "95015/8", "95016/8"), names, strict=True))
    assert by_key["95015/8"].fields == {"gateway": ("GW1", "GW2")}
    assert count_results(by_key.values()) == {"same": 1, "only_ours": 1, "only_theirs": 1, "field_differs": 1}


def test_a_row_on_one_side_tells_why_as_far_as_the_rows_do() -> None:
    by_key = pairs([number("95013", 8)], [number("95013", 8, filed_on=NEXT)])
    assert (by_key["95013/8"].result, by_key["95013/8"].likely) == (Result.ONLY_OURS, "filed_after")
    assert pairs([number("95013", 8)], [])["95013/8"].likely == "not_there"
    by_key = pairs([number("95013", 8)], [number("95013", 9)])
    assert {key: (one.result.value, one.likely) for key, one in by_key.items()} == {
        "95013/8": ("only_ours", "other_length"),
        "95013/9": ("only_theirs", "other_length"),
    }


def test_a_blank_length_is_matched_by_the_root_alone() -> None:
    (one,) = pairs([number("95013", 8)], [number("95013", None)]).values()
    assert (one.result, one.blank, one.unclear) == (Result.SAME, ("total_length",), ("field_blank",))
    (one,) = pairs([number("95013", None)], [number("95013", 8)]).values()
    assert (one.result, one.fields) == (Result.FIELD_DIFFERS, {"total_length": (None, 8)})
    several = pairs([number("95013", 8), number("95013", 9)], [number("95013", None)])
    assert {one.result for one in several.values()} == {Result.ONLY_OURS, Result.ONLY_THEIRS}


def test_a_column_that_the_export_lacks_is_not_compared_and_what_is_unclear_is_said() -> None:
    ours = [number("95013", 8, contact="张三")]
    assert pairs(ours, [number("95013", 8)])["95013/8"].result is Result.SAME
    (one,) = pairs([number("95013", 8, filed_on=None)], [number("95013", 8)]).values()
    assert (one.result, one.unclear) == (Result.SAME, ("filing_day_unknown",))


@pytest.mark.parametrize("blank", [None, "", " ", "\u3000"])
def test_a_field_that_the_export_leaves_blank_is_unknown_and_not_different(blank: str | None) -> None:
    ours = [number("95013", 8, contact="张三", gateway="GW1")]
    (one,) = pairs(ours, [number("95013", 8, contact=blank, gateway="GW1")], "contact", "gateway").values()
    assert (one.result, one.fields, one.blank, one.unclear) == (Result.SAME, {}, ("contact",), ("field_blank",))
    (one,) = pairs(ours, [number("95013", 8, contact=blank, gateway="GW2")], "contact", "gateway").values()
    assert (one.result, one.fields) == (Result.FIELD_DIFFERS, {"gateway": ("GW1", "GW2")})
    assert one.unclear == ("field_blank",)
    (one,) = pairs([number("95013", 8)], [number("95013", 8, contact="张三")], "contact").values()
    assert (one.fields, one.blank) == ({"contact": (None, "张三")}, ())  # ours is the side to be filled in
    (one,) = pairs([number("95013", 8)], [number("95013", 8, contact=blank)], "contact").values()
    assert (one.result, one.unclear) == (Result.SAME, ())


# ------------------------------------------------------------------ reading an export


MIXED = (
    "种类,码号,批准总位长,备案状态,备案日期,指定落地网关,开通日期,线路编号,名称,落地网关,启用日期,坐席编号,类型",
    "码号,95013,8,已备案,2024-02-01,GW1,2024-02-10,,,,,,",
    "中继线,,,,,,,L01,杭州,GW2,2025-01-01,,",
    "坐席,,,已备案,2025-02-01,,2025-02-10,,,,,S1,人工",
)


def test_one_table_for_all_kinds(tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    path.write_text("\n".join(MIXED), encoding="gb18030")
    read = {kind: exports.load_export(path, kind, SheetMapping()) for kind in (NUMBERS, LINES, SEATS)}
    assert [len(one.rows) for one in read.values()] == [1, 1, 1]
    assert {one.other for one in read.values()} == {2}
    assert (read[NUMBERS].rows[0]["gateway"], read[LINES].rows[0]["gateway"]) == ("GW1", "GW2")
    assert (read[LINES].rows[0]["opened_on"], read[SEATS].rows[0]["opened_on"]) == (date(2025, 1, 1), date(2025, 2, 10))
    assert read[SEATS].rows[0]["kind"] == "human"


def test_a_workbook_of_one_kind(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["码号资源清单"])
    page.append(["码号", "批准总位长", "备案日期"])
    page.append(["95013", 8, date(2024, 2, 1)])
    book.save(tmp_path / "one.xlsx")
    (row,) = exports.load_export(tmp_path / "one.xlsx", NUMBERS, SheetMapping()).rows
    assert (row["root"], row["total_length"], row["filed_on"]) == ("95013", 8, date(2024, 2, 1))


def test_faulty_cells_are_named_and_nothing_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "种类,码号,备案日期\n码号,95013,二月\n货车,95014,\n,95015,\n码号,95013,2024-01-01\n", encoding="utf-8"
    )
    with pytest.raises(NianjianError, match="reconcile_export_faulty") as caught:
        exports.load_export(path, NUMBERS, SheetMapping())
    cells = [(one["line"], one["column"], one["code"]) for one in caught.value.findings]
    assert cells == [
        (2, "备案日期", "date_unreadable"), (3, "种类", "choice_unknown"), (4, "种类", "value_missing"),
        (5, "码号", "key_duplicate"),
    ]  # fmt: skip


def test_a_mapping_names_headings_days_and_words(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("T,NUM,LEN,DAY,ST\nA,95013,8,01/02/2024,1\nB,95014,8,01/02/2024,1\n", encoding="utf-8")
    data = parse_mapping(
        b"columns: {sort: T, root: NUM, total_length: LEN, filed_on: DAY, filing: ST, line_id: X}\n"
        b'formats: {filed_on: "%d/%m/%Y"}\n' + 'values: {sort: {A: 码号, B: 中继线}, filing: {"1": 已备案}}'.encode(),
        "m.yaml",
    )
    mapping = check_mapping(data, exports.SHEETS[NUMBERS], exports.SHEETS, "m.yaml")
    (row,) = exports.load_export(path, NUMBERS, mapping).rows
    assert (row["root"], row["filed_on"], row["filing"]) == ("95013", date(2024, 2, 1), "filed")
    path = tmp_path / "odd.csv"
    path.write_text("码号,批准总位长,备案日期\n95013,8,01/02/2024\n", encoding="utf-8")
    data = parse_mapping(b"formats: {filed_on: '%d/%Y/%Y'}", "m.yaml")
    with pytest.raises(NianjianError) as raised:
        exports.load_export(path, NUMBERS, check_mapping(data, exports.SHEETS[NUMBERS], exports.SHEETS, "m.yaml"))
    assert [(one["column"], one["code"]) for one in raised.value.findings] == [("备案日期", "date_unreadable")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"- a list", "mapping_invalid"),
        (b"columns: {nothing: X}", "mapping_invalid"),
        (b"headings: {root: X}", "mapping_invalid"),
        (b"formats: {root: '%Y'}", "mapping_invalid"),
        (b"columns: {root: [", "mapping_unreadable"),
        (b"\xff\xfe\x00", "mapping_not_utf8"),
    ],
)
def test_a_wrong_mapping_says_so(text: bytes, code: str) -> None:
    with pytest.raises(NianjianError, match=code):
        check_mapping(parse_mapping(text, "m.yaml"), exports.SHEETS[NUMBERS], exports.SHEETS, "m.yaml")
