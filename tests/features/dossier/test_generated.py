"""Generated items from plain values: what counts on the day, sums against a portrait, pages and cells."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import cv2
import ibis
import pyarrow as pa
import pypdfium2
import pytest
from docx import Document
from python_calamine import CalamineWorkbook
from tests.support.word_structure import list_faults

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.paper.texts.claims import moot_parts, open_parts, printed_parts
from nianjian.engines.paper.words import words
from nianjian.features.dossier.generated import complaint_papers, monthly_traffic, registers, self_check
from nianjian.features.dossier.generated import document as sheets
from nianjian.features.dossier.generated.complaint_papers import Ticket
from nianjian.features.dossier.generated.document import Head
from nianjian.features.dossier.generated.monthly_traffic import Traffic
from nianjian.features.dossier.generated.self_check import compare_sums, find_disagreements, find_empty_cells
from nianjian.features.dossier.states import Weight
from nianjian.platform.registers.numbers import NUMBERS
from nianjian.platform.registers.seats import SEATS

DAY = date(2026, 12, 31)
HEAD = Head(
    "示例 & 子公司", "浙B2-20080101", "–", "王五", 2026, DAY, "年末口径", "20270120-090000-000001", "ab" * 32, "2026.11"
)  # fmt: skip
_ = words("zh_Hans")


PART = "合计（通话为有话单月份合计）"


def _pages(content: bytes) -> list[str]:
    """The text of each page of a PDF."""
    with pypdfium2.PdfDocument(content) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def _say(name: str) -> sheets.Line:
    return sheets.method_line(f"[{name}]")


def _seat(**changed: object) -> dict[str, object]:
    usual = {"seat_id": "S1", "kind": "human", "filing": "filed", "filed_on": date(2025, 1, 1)}
    return {**usual, "opened_on": date(2025, 2, 1), **changed}


@pytest.mark.parametrize(
    ("changed", "filed", "opened"),
    [
        ({}, True, True),
        ({"filed_on": DAY, "opened_on": DAY}, True, True),
        ({"filed_on": date(2027, 1, 1)}, False, True),
        ({"cancelled_on": DAY}, False, True),
        ({"filing": "cancelled", "cancelled_on": date(2027, 1, 1)}, True, True),
        ({"filing": "cancelled"}, False, True),
        ({"filing": "unfiled"}, False, True),
        ({"filing": None}, False, True),
        ({"filed_on": None}, False, True),
        ({"closed_on": DAY}, True, False),
        ({"closed_on": date(2027, 1, 1)}, True, True),
        ({"opened_on": None}, True, False),
    ],
)
def test_a_seat_counts_as_in_the_portrait(changed: dict[str, object], filed: bool, opened: bool) -> None:  # noqa: FBT001 -- cases
    assert registers.count_seats([_seat(**changed)], DAY) == {"filed": filed, "opened": opened}


def _at(day: int, hour: int) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def test_tickets_count_to_the_end_of_the_day_in_shanghai() -> None:
    tickets = [
        Ticket({"source": "12321", "accepted_at": _at(31, 15), "closed_at": _at(31, 15)}),
        Ticket({"source": "12321", "accepted_at": _at(31, 15), "closed_at": _at(31, 16)}),  # the next day there
        Ticket({"source": "12300", "accepted_at": _at(1, 1), "closed_at": _at(2, 1), "reopened_at": _at(3, 1)}),
        Ticket({"source": "12321", "accepted_at": _at(1, 1), "closed_at": _at(2, 1)}, "duplicate", "duplicate"),
        Ticket({"source": "enterprise", "accepted_at": _at(1, 1), "closed_at": _at(2, 1), "reopened_at": _at(2, 1)}),
    ]
    counts = complaint_papers.count_tickets(tickets, DAY, ("12321", "12300"))
    assert counts == {"complaints": 3, "tickets": 4, "closed": 2}


def test_a_code_of_a_ticket_has_its_name_beside_it() -> None:
    row = {"ticket_id": "I1", "line_id": "L23", "team_id": "T9"}
    renamed = complaint_papers.name_channels(row, {"T3": "速达外包"}, {"L23": "中继23"})
    assert renamed == row | {"line_id": "L23 中继23"}


def _portrait(**components: object) -> dict[str, Any]:
    return {"metrics": [{"slug": "seat_vacancy", "components": components}]}


def test_sums_agree_only_when_they_are_equal() -> None:
    assert find_disagreements(compare_sums({"filed": 4, "opened": 3}, _portrait(filed=4, opened=3))) == ()
    (finding,) = find_disagreements(compare_sums({"filed": 4, "opened": 3}, _portrait(filed=4, opened=2)))
    facts = (finding.code, finding.weight, finding.values["paper"], finding.values["portrait"])
    assert facts == ("sums_differ", Weight.STOP, 3, 2)
    (unknown,) = find_disagreements(compare_sums({"closed": 0}, _portrait(filed=4)))
    assert (unknown.code, unknown.weight) == ("sums_unknown", Weight.ASK)


def test_header_rows_stand_on_every_page_and_the_run_in_the_code() -> None:
    rows = [_seat(seat_id=f"S{number:03d}", person="张三", workplace="#strong[x] $1$") for number in range(120)]
    document = registers.build_seat_table(HEAD, rows, _say, _)
    content = sheets.pdf(document)
    pages = _pages(content)
    assert len(pages) > 2
    assert all("坐席编号" in page for page in pages[1:])
    assert not [page for page in pages for hidden in (HEAD.run, HEAD.rulebook, HEAD.snapshot[:16]) if hidden in page]
    assert _decode(content) == document.code
    assert {HEAD.run, HEAD.rulebook, HEAD.snapshot[:16]} <= set(re.split("[ =]", document.code))
    assert f"第 2 页　共 {len(pages)} 页" in pages[1]
    assert "#strong[x] $1$" in pages[1]  # data is never taken for markup
    assert "S119" in "".join(pages)
    assert sheets.pdf(document) == content


def test_a_seat_without_a_day_of_opening_is_listed_as_not_opened() -> None:
    document = registers.build_seat_table(HEAD, [_seat(opened_on=None), _seat(seat_id="S2")], _say, _)
    listed = document.tables[-1]
    opened = listed.header.index("开通日期")
    assert [row[opened] for row in listed.rows] == ["未开通", "2025-02-01"]


def _decode(content: bytes) -> str:
    """The code of the first page as a scanner of 300 dpi sees it."""
    with pypdfium2.PdfDocument(content) as document:
        pixels = document[0].render(scale=300 / 72).to_numpy()
    return str(cv2.QRCodeDetector().detectAndDecode(pixels)[0])


def test_a_paper_is_in_official_form_in_word_and_pdf() -> None:
    head = replace(HEAD, authority="浙江省通信管理局")
    rows = [Traffic("2026-02", "95013", NumberClass.OWN_SHORT, outbound=1)]
    document = monthly_traffic.build_document(head, rows, _say, _)
    book = Document(io.BytesIO(sheets.docx(document)))
    pages = _pages(sheets.pdf(document))
    for text in ("\n".join(line.text for line in book.paragraphs), "".join(pages)):
        places = [
            text.find(part)
            for part in (
                "呼叫流量月报", "浙江省通信管理局：", "现报送我单位2026年度呼叫流量月报，数据截至2026年12月31日。",
                "一、统计口径", "二、逐月呼叫流量", "特此报告。", "附件：", "分号码呼叫流量", "示例 & 子公司（盖章）",
                "＿＿＿＿年＿＿月＿＿日",
            )
        ]  # fmt: skip
        assert -1 not in places
        assert places == sorted(places)
    assert len(book.tables) == 3
    assert list_faults(sheets.docx(document)) == []
    assert [section.orientation for section in book.sections] == [0, 1], "annexes lie across"
    assert sheets.docx(document) == sheets.docx(document)
    unknown = monthly_traffic.build_document(HEAD, rows, _say, _)
    assert unknown.addressee == "＿＿＿＿通信管理局"


def test_a_month_without_records_has_no_figures_but_its_complaints() -> None:
    rows = [Traffic("2026-02", "95013", NumberClass.OWN_SHORT, outbound=1, complaints=1)]
    rows.append(Traffic("2026-03", "", NumberClass.UNKNOWN, complaints=2))
    summary = monthly_traffic.build_document(replace(HEAD, as_of=date(2026, 4, 30)), rows, _say, _).tables[0]
    assert summary.rows[1:5] == (
        ("2026-02", 0, 0, 1, 0, 0, 1),
        ("2026-03", "无话单", *["–"] * 4, 2),
        ("2026-04", "无话单", *["–"] * 4, 0),
        ("2026-05", "未到", *["–"] * 5),
    )
    assert summary.total == (PART, 0, 0, 1, 0, 0, 3), "the calls are those of February, the complaints all"
    rows.append(Traffic("2026-06", "", NumberClass.LANDLINE, outbound=4))
    summary = monthly_traffic.build_document(replace(HEAD, as_of=date(2026, 4, 30)), rows, _say, _).tables[0]
    assert summary.rows[5] == ("2026-06", 0, 0, 4, 0, 0, 0), "what is counted in the total stands in its month"


def test_a_total_of_no_records_or_of_a_register_never_filled_in_is_no_figure() -> None:
    complained = [Traffic("2026-03", "", NumberClass.UNKNOWN, complaints=2)]
    silent = monthly_traffic.build_document(HEAD, complained, _say, _)
    assert [table.total for table in silent.tables] == [("合计", *["–"] * 5, 2), ("合计", "", *["–"] * 5, 2)]
    assert silent.tables[1].rows == (("2026-03", "号码未知", *["–"] * 5, 2),)
    called = [Traffic(f"2026-{month:02d}", "95013", NumberClass.OWN_SHORT, outbound=1) for month in range(1, 13)]
    document = monthly_traffic.build_document(HEAD, called, _say, _, written=False)
    summary, numbers = document.tables
    assert summary.total == ("合计", 0, 0, 12, 0, 0, "–"), "every month has records"
    assert {row[-1] for row in (*summary.rows, *numbers.rows, numbers.total)} == {"–"}
    assert "投诉台账尚未登记" in str(document.sections)
    assert "合计 0 0 12 0 0 –" in " ".join("".join(_pages(sheets.pdf(document))).split())
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheets.xlsx(document)))
    assert book.get_sheet_by_name("逐月呼叫流量").to_python()[-1] == ["合计", 0, 0, 12, 0, 0, "–"]
    last = Document(io.BytesIO(sheets.docx(document))).tables[1].rows[-1]
    assert [cell.text for cell in last.cells] == ["合计", "0", "0", "12", "0", "0", "–"]


def test_complaints_without_a_day_are_counted_on_the_paper() -> None:
    tickets = ibis.memtable(pa.table({
        "source": ["12321", "12321", "enterprise", "12321"],
        "accepted_day": pa.array([None, None, None, DAY], pa.date32()),
        "excluded_rate": [None, "duplicate", None, None],
        "display": ["95013"] * 4,
    }))  # fmt: skip
    counted = monthly_traffic.count_undated(tickets, ("12321", "12300"))
    assert ibis.duckdb.connect().to_pyarrow(counted).to_pylist() == [{"undated": 1}]
    document = monthly_traffic.build_document(HEAD, [], _say, _, undated=1)
    assert "另有1件投诉未登记受理时间，未计入各月" in str(document.sections)
    assert "未登记受理时间" not in str(monthly_traffic.build_document(HEAD, [], _say, _).sections)


def test_scanners_are_named_beside_the_inbound_calls() -> None:
    rows = [Traffic("2026-06", "95013", NumberClass.OWN_SHORT, inbound=2)]
    document = monthly_traffic.build_document(HEAD, rows, _say, _, scanners=1204)
    assert "扫描呼叫1,204个，未计入呼入" in str(document.sections)
    assert document.tables[0].total == (PART, 2, 0, 0, 0, 0, 0)
    assert "扫描呼叫" not in str(monthly_traffic.build_document(HEAD, rows, _say, _).sections)


def test_a_form_asks_and_prints_only_what_applies() -> None:
    """The algorithm filing (M13) is on file with a number and a day, or does not apply for a reason; never both."""
    every = {"number": "网信算备1号", "filed_on": "2026-05-06", "reason": "不具有舆论属性"}
    form = registers.stated("algorithm")
    for state, cells in (
        ("已备案", ("网信算备1号", "2026-05-06", sheets.DASH)),
        ("不适用", (sheets.DASH, sheets.DASH, "不具有舆论属性")),
    ):
        stated = {"state": state, **every}
        document = registers.build_algorithm_filing(HEAD, stated, [], _say, _)
        rows = dict(document.tables[0].rows)
        labels = ("备案编号（网信算备）", "备案日期", "不适用的说明")
        assert tuple(str(rows[label]).removesuffix("（本企业自述）") for label in labels) == cells
        assert set(printed_parts(form, stated)).isdisjoint(moot_parts("algorithm", stated))
        assert not {"number", "filed_on", "reason"} & set(open_parts(form, stated))
    assert {"number", "filed_on", "reason"} <= set(open_parts(form, {})), "as long as nobody says which"


@pytest.mark.parametrize(
    ("title", "ending", "rows"),
    [
        ("", "特此报告", (27, 30, 36)),
        ("自查报告", "内容", (30, 33)),
        ("自查报告", "段落", (23, 26, 32)),
    ],
    ids=["closing words", "a table", "a line"],
)
def test_a_page_with_the_seal_alone_says_so(title: str, ending: str, rows: tuple[int, ...]) -> None:
    met = set()
    for count in rows:
        table = sheets.Table("表", ("项目", "栏"), tuple((f"{place}", "内容") for place in range(count)))
        section = sheets.Section("节", tuple(_say(f"段落{place}") for place in range(count)))
        body = {"sections": [section]} if ending == "段落" else {"tables": [table]}
        document = sheets.build("algorithm_filing", HEAD, _, title=title, **body)  # type: ignore[arg-type]
        pages = _pages(sheets.pdf(document))
        alone = len(pages) > 1 and ending not in pages[-1]
        assert ("（此页无正文）" in pages[-1]) is alone, count
        assert "（盖章）" in pages[-1]
        met.add(alone)
    assert met == {True, False}


def test_a_workbook_holds_counts_as_numbers_and_codes_as_text() -> None:
    rows = [Traffic("2026-02", "95013", NumberClass.OWN_SHORT, 1, 1, 1200, 700, 3, 65000, 2, 1, inbound_served=1)]
    rows.append(Traffic("2026-02", "", NumberClass.MOBILE, outbound=5))
    document = monthly_traffic.build_document(HEAD, rows, _say, _)
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheets.xlsx(document)))
    monthly = book.get_sheet_by_name("逐月呼叫流量").to_python()
    assert monthly[0][-2] == "呼出通话时长（秒）", "talk of inbound calls is not counted"
    assert monthly[2] == ["2026-02", 1, 1, 1205, 700, 65000, 1]
    numbers = book.get_sheet_by_name("分号码呼叫流量").to_python()
    assert [row[1] for row in numbers[1:]] == ["95013", "手机号", ""]
    assert numbers[-1] == [PART, "", 1, 1, 1205, 700, 65000, 1]
    said = "".join(str(row) for row in book.get_sheet_by_name("呼叫流量月报").to_python())
    assert "3 个呼出通话无法判断" in said
    assert "其中1次的话单载明接听坐席" in said
    assert "有2次已接通呼出通话的话单未载明通话时长" in said
    alone = monthly_traffic.build_document(HEAD, [replace(rows[0], inbound_served=0)], _say, _)
    (method, *_rest) = alone.sections
    assert "其中0次的话单载明接听坐席" in str(method), "answered by no seat that is named"
    assert sheets.xlsx(document) == sheets.xlsx(document)


def test_a_self_check_without_data_proves_nothing() -> None:
    source = {"rule": "D1", "level": "guide", "citation": "指南"}
    parts = {"filed": 0, "opened": 0, "opened_and_filed": 0}
    metric = {"slug": "seat_vacancy", "light": "na", "value": None, "unit": "%", "limit": "30", "operator": ">",
              "numerator": 0, "denominator": 0, "components": parts, "flags": [], "source": source}  # fmt: skip
    sums = [("seat_table", "filed", 0, 0)]

    def tables(light: str, **more: object) -> dict[str, tuple[tuple[sheets.Cell, ...], ...]]:
        portrait = {"light": light, "missing": [], "metrics": [metric]} | more
        document = self_check.build_document(HEAD, portrait, sums, [], _)
        return {table.title: table.rows for part in document.sections for table in part.tables}

    by_title = tables("insufficient")
    assert by_title["指标"][0][:5] == ("坐席空置率", "未证明", "–", "不超过 30%", "–")
    assert "统计数据" not in by_title
    assert by_title["发现的问题"] == (("坐席空置率", "无数据", "未证明", "–"),)
    assert by_title["材料合计与合规画像比对"][0][-1] == "未证明", "two noughts agree about nothing"
    assert tables("green")["材料合计与合规画像比对"][0][-1] == "一致"
    marketing = {"light": "red", "calls": 1200, "numbers": ["95078"], "source": source}
    problems = tables("insufficient", marketing=marketing)["发现的问题"]
    assert problems[-1] == ("营销外呼", "尚无相应的决定", "红灯", "1,200 次，1 个号码")


def _number(**changed: object) -> dict[str, object]:
    usual = {column.field: column.example for column in NUMBERS.columns if column.field != "changed_on"}
    dates = {"valid_since": date(2024, 1, 1), "valid_until": date(2028, 12, 31), "filed_on": date(2024, 2, 1)}
    return {**usual, **dates, "total_length": 8, "filing": "filed", "outbound": True, **changed}


@pytest.mark.parametrize(
    ("changed", "blank", "unknown"),
    [
        ({}, None, None),
        ({"filing": "unfiled", "filed_on": None}, None, None),
        ({"filed_on": None, "outbound": None}, (2, "95013 备案日期、95013 呼出权限"), None),
        ({"commitment": None, "scope": ""}, None, "使用范围 1、承诺书 1"),
        ({"filing": "cancelled", "commitment": None}, None, None),
    ],
)
def test_an_empty_cell_of_the_number_ledger_is_found(
    changed: dict[str, object], blank: tuple[int, str] | None, unknown: str | None
) -> None:
    rows = [_number(**changed)]
    document = registers.build_number_ledger(HEAD, rows, _)
    by_code = {
        one.code: (one.weight, *one.values.values())
        for one in find_empty_cells(document.tables, registers.count_unknown_numbers(rows, DAY))
    }
    expected = {
        "cells_blank": (Weight.ASK, *blank) if blank else None,
        "cells_unknown": (Weight.NOTE, unknown) if unknown else None,
    }
    assert by_code == {code: values for code, values in expected.items() if values}


def test_an_empty_cell_of_the_seat_table_is_found_where_somebody_sits() -> None:
    whole = {
        column.field: column.example for column in SEATS.columns if column.field not in {"closed_on", "changed_on"}
    }
    sitting = {**whole, **_seat()}
    vacant = dict.fromkeys(registers.SITTERS)
    rows = [sitting, {**sitting, **vacant, "opened_on": None}, {**sitting, **vacant, "kind": "robot"}]
    table = registers.build_seat_table(HEAD, rows, _say, _).tables
    assert find_empty_cells(table, registers.count_unknown_seats(rows, DAY)) == ()
    rows = [{**sitting, "seat_id": f"S{n}", "kind": None, "person": None} for n in range(7)]
    table = registers.build_seat_table(HEAD, rows, _say, _).tables
    blank, unknown = find_empty_cells(table, registers.count_unknown_seats(rows, DAY))
    assert blank.values == {"count": 7, "cells": "S0 类型、S1 类型、S2 类型、S3 类型、S4 类型…"}
    assert unknown.values == {"columns": "姓名 7"}
