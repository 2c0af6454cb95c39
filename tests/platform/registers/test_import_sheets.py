# ruff: noqa: E501 -- one case a line
import csv
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.registers import kinds, models, sheet_reader, storage, workbooks
from nianjian.platform.registers.queries import list_register
from nianjian.platform.registers.storage import ImportReceipt, import_sheet
from nianjian.platform.registers.versions import current_versions

pytestmark = pytest.mark.postgres

Import = Callable[..., ImportReceipt]
IDENTITY = "11010519491231002X"


def _errors(receipt: ImportReceipt) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.code) for one in receipt.errors]


def test_encodings_and_delimiters(demo: str, operator: Actor, tmp_path: Path) -> None:
    path = tmp_path / "团队.csv"
    for encoding, mark in product(("utf-8", "utf-8-sig", "gb18030", "utf-16"), (",", "\t", ";")):
        models.Team.objects.all().delete()
        path.write_text(mark.join(["团队编号", "名称"]) + "\r\n" + mark.join(["T1", "外包㐂队"]) + "\r\n", encoding)
        assert import_sheet(kind="teams", path=path, enterprise=demo, actor=operator).rows["inserted"] == 1
        assert models.Team.objects.get().name == "外包㐂队", (encoding, mark)


def test_headers_by_other_names_below_a_title_and_with_notes(load: Import) -> None:
    receipt = load("seats", "坐席明细表,,", ("*座席号", "类 型（人工/机器人）", "身份证号码"), ("S1", "AI", IDENTITY))
    assert (receipt.rows["inserted"], receipt.extra_columns) == (1, ())
    assert (models.Seat.objects.get().kind, models.Seat.objects.get().identity) == ("robot", IDENTITY)


def test_days_in_several_spellings(load: Import) -> None:
    texts = (
        "2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", "20260301", "2026-03-01 00:00:00", "２０２６－０３－０１",
        "2026-02-28T18:00:00Z", "", "-", "长期",
    )  # fmt: skip
    load("licences", "许可证编号,有效期止", *((f"浙B2-200801{place:02}", text) for place, text in enumerate(texts)))
    days = models.Licence.objects.order_by("key").values_list("valid_until", flat=True)
    assert list(days) == [date(2026, 3, 1)] * 8 + [None] * 3


def test_a_day_that_is_none_is_refused(load: Import) -> None:
    texts = ("2026-02-30", "01/03/2026", "26-3-1", "昨天", "2026-13-01", "46082", "2026-03-01 25:00")
    receipt = load(
        "licences", "许可证编号,有效期止", *((f"浙B2-2008010{place}", text) for place, text in enumerate(texts))
    )
    assert _errors(receipt) == [(line, "有效期止", "date_unreadable") for line in range(2, 9)]


@pytest.mark.parametrize(
    ("kind", "header", "cells", "column", "code"),
    [
        ("licences", "许可证编号,统一社会信用代码", ("浙B2-20080101", "91110000600037341M"), "统一社会信用代码", "credit_code_check_digit"),
        ("licences", "许可证编号,统一社会信用代码", ("浙B2-20080101", "9111"), "统一社会信用代码", "credit_code_length"),
        ("seats", "坐席编号,证件号", ("S1", "110105194912310021"), "证件号", "identity_check_digit"),
        ("seats", "坐席编号,类型", ("S1", "机器"), "类型", "choice_unknown"),
        ("seats", "坐席编号,备案状态", ("S1", "也许"), "备案状态", "choice_unknown"),
        ("seats", "坐席编号,默认外显号", ("S1", "9.5013E+10"), "默认外显号", "excel_damaged"),
        ("seats", "坐席编号,开通日期,停用日期", ("S1", "2026-03-02", "2026-03-01"), "停用日期", "closed_before_opened"),
        ("seats", "坐席编号,类型", ("", "人工"), "坐席编号", "key_missing"),
        ("seats", "坐席编号", ("S" * 161,), "坐席编号", "key_too_long"),
        ("seats", "坐席编号,类型", ("S1", "人工", "多"), "类型", "columns_surplus"),
        ("numbers", "码号,呼出权限", ("95013", "大概"), "呼出权限", "flag_unreadable"),
        ("numbers", "码号,批准总位长", ("95013", "八"), "批准总位长", "number_unreadable"),
        ("numbers", "码号,批准总位长", ("95013", "4"), "批准总位长", "total_length_too_short"),
        ("numbers", "码号,批准总位长", ("95013", "19"), "批准总位长", "total_length_too_long"),
        ("numbers", "码号,有效期起,有效期止", ("95013", "2026-01-02", "2026-01-01"), "有效期止", "valid_until_before_since"),
        ("numbers", "码号", ("095013",), "码号", "root_malformed"),
        ("numbers", "码号", ("9.5013E+4",), "码号", "excel_damaged"),
        ("wages", "收款人,付款日期,金额", ("张三", "2026-03-01", "很多"), "金额", "amount_unreadable"),
        ("social-insurance", "社会保障号码,险种,费款所属期", (IDENTITY, "养老", "202613"), "费款所属期", "month_unreadable"),
        ("complaints", "编号,来源,受理时间", ("C1", "12321", ""), "受理时间", "value_missing"),
        ("complaints", "编号,来源,受理时间,通话时长", ("C1", "12321", "2026-03-01", "好久"), "通话时长", "duration_unreadable"),
        ("complaints", "编号,来源,受理时间,结案时间", ("C1", "企业", "2026-03-02", "2026-03-01"), "结案时间", "closed_before_accepted"),
        ("complaints", "编号,来源,受理时间", ("C1", "12321", "2099-03-01 09:00"), "受理时间", "moment_in_future"),
        ("complaints", "编号,来源,受理时间,转办到达时间", ("C1", "12321", "2026-03-01", "2099-03-01"), "转办到达时间", "moment_in_future"),
        ("complaints", "编号,来源,受理时间,首次响应时间", ("C1", "12321", "2026-03-01", "2099-03-01"), "首次响应时间", "moment_in_future"),
        ("complaints", "编号,来源,受理时间,回访时间", ("C1", "12321", "2026-03-01", "2099-03-01"), "回访时间", "moment_in_future"),
        ("complaints", "编号,来源,受理时间,结案时间", ("C1", "12321", "2026-03-01", "2099-03-01"), "结案时间", "moment_in_future"),
        ("complaints", "编号,来源,受理时间,重开时间", ("C1", "12321", "2026-03-01", "2099-03-01"), "重开时间", "moment_in_future"),
    ],
)  # fmt: skip
def test_a_faulty_cell_is_named_and_nothing_is_written(  # noqa: PLR0917 -- one case
    load: Import, kind: str, header: str, cells: tuple[str, ...], column: str, code: str
) -> None:
    receipt = load(kind, header, cells)
    assert (2, column, code) in _errors(receipt)
    assert receipt.rows == {"read": 1, "inserted": 0, "updated": 0, "unchanged": 0, "rejected": 1}
    assert not kinds.register(kind).model._default_manager.exists()
    assert not list(acts(verb="registers.import"))


def test_a_complaint_of_this_moment_is_taken(load: Import) -> None:
    now = clock.now().astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    assert load("complaints", "编号,来源,受理时间,转办到达时间", ("C1", "12321", now, now)).rows["inserted"] == 1


def test_a_drill_of_a_later_day_takes_that_days_complaints(load: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OVERRIDE, "2098-12-31")
    rows = [("C1", "12321", "2098-12-31 23:00"), ("C2", "12321", "2099-01-01 01:00")]
    assert [one.line for one in load("complaints", "编号,来源,受理时间", *rows).errors] == [3]


def test_text_that_an_export_calls_xls_is_read(demo: str, operator: Actor, tmp_path: Path) -> None:
    path = tmp_path / "teams.xls"
    path.write_text("团队编号\t名称\nT1\t甲\n", "gb18030")
    assert import_sheet(kind="teams", path=path, enterprise=demo, actor=operator).rows["inserted"] == 1


def test_an_odd_credit_code_is_warned_of_and_taken(load: Import) -> None:
    codes = ("91110000600037341L", "91110000600037342P", "12110000600037341R")
    rows = ((f"浙B2-2008010{place}", code) for place, code in enumerate(codes))
    receipt = load("licences", "许可证编号,统一社会信用代码", *rows)
    expected = [(3, "credit_code_organisation"), (4, "credit_code_no_company")]
    assert ([(one.line, one.code) for one in receipt.warnings], receipt.rows["inserted"]) == (expected, 3)


def test_an_unknown_choice_is_told_the_proper_ones(load: Import) -> None:
    [finding] = load("seats", "坐席编号,类型", ("S1", "机器")).errors
    assert (finding.value, finding.hint) == ("机器", "人工、机器人")
    [finding] = load("numbers", "码号,呼入权限", ("95013", "大概")).errors
    assert finding.hint == "是 (yes)、否 (no)"


def test_one_bad_cell_among_many_keeps_all_out(load: Import) -> None:
    rows = [(f"S{number}", "人工", "2026-01-01") for number in range(50)]
    rows[20] = ("S20", "人工", "2026-02-30")
    rows[40] = ("S3", "人类", "2026-01-01")
    receipt = load("seats", "坐席编号,类型,开通日期", *rows)
    assert _errors(receipt) == [
        (22, "开通日期", "date_unreadable"),
        (42, "类型", "choice_unknown"),
        (42, "坐席编号", "key_duplicate"),
    ]
    assert receipt.errors[2].hint == "5"
    assert receipt.rows["rejected"] == 2
    assert not models.Seat.objects.exists()


ONE_PERSON = [
    # one month of one insurance at two employers; without their names what was paid tells the rows apart
    ("social-insurance", "单位名称,社会保障号码,险种,费款所属期", [("甲公司", IDENTITY, "养老", "202603"),
                                                  ("乙公司", IDENTITY, "养老", "202603")]),
    ("social-insurance", "社保编号,社会保障号码,险种,费款所属期", [("1", IDENTITY, "养老", "202603"),
                                                  ("2", IDENTITY, "养老", "202603")]),
    ("social-insurance", "社会保障号码,险种,费款所属期,缴费基数", [(IDENTITY, "养老", "202603", "8000"),
                                                  (IDENTITY, "养老", "202603", "4000")]),
    ("staff", "姓名,证件号码,社保缴纳单位", [("张三", IDENTITY, "甲公司"), ("张三", IDENTITY, "乙公司")]),
    ("staff", "工号,证件号码,坐席编号", [("7", IDENTITY, "S1"), ("7", IDENTITY, "S2")]),
    ("seats", "坐席编号,类型,证件号码", [("S1", "人工", IDENTITY), ("S2", "人工", IDENTITY)]),
    ("wages", "收款人,账号尾号,付款日期,金额", [("张三", "1111", "2026-03-15", "6500"),
                                  ("张三", "2222", "2026-03-15", "6500")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "header", "rows"), ONE_PERSON)
def test_one_person_of_two_employers_seats_or_cards_is_two_rows(
    load: Import, kind: str, header: str, rows: list[tuple[str, ...]]
) -> None:
    first, again = load(kind, header, *rows), load(kind, header, *rows)
    assert (_errors(first), first.rows["inserted"]) == ([], 2)
    assert (_errors(again), again.rows["unchanged"], again.rows["inserted"]) == ([], 2, 0)
    alone = load(kind, header, rows[1])
    assert (alone.rows["unchanged"], alone.rows["updated"]) == (1, 0), "found by what tells it apart, not by its place"


def test_a_second_employer_is_added_by_hand_and_a_change_finds_its_row(load: Import, operator: Actor) -> None:
    header = "姓名,证件号码,社保缴纳单位,坐席编号"
    load("staff", header, ("张三", IDENTITY, "甲公司", "S1"))
    texts = {"person": "张三", "identity": IDENTITY, "insured_by": "乙公司", "seat_id": "S2"}
    params: dict[str, Any] = {"kind": "staff", "enterprise": "demo", "since": None, "reason": "", "actor": operator}
    storage.create_row(texts=texts, **params)
    with pytest.raises(NianjianError, match="register_row_exists"):
        storage.create_row(texts=texts, **params)
    moved = load("staff", header, ("张三", IDENTITY, "乙公司", "S3"))
    assert (moved.rows["updated"], moved.rows["inserted"]) == (1, 0)
    standing = current_versions(models.Person, "demo").filter(valid_to=None)
    assert set(standing.values_list("insured_by", "seat_id")) == {("甲公司", "S1"), ("乙公司", "S3")}


def test_two_employers_in_two_files_stand_beside_each_other_and_equal_rows_are_a_fault(load: Import) -> None:
    header = "单位名称,社会保障号码,险种,费款所属期"
    for name in ("甲公司", "乙公司"):
        assert load("social-insurance", header, (name, IDENTITY, "养老", "202603")).rows["inserted"] == 1
    assert set(models.Contribution.objects.values_list("payer", flat=True)) == {"甲公司", "乙公司"}
    row = ("张三", IDENTITY, "甲公司")
    receipt = load("staff", "姓名,证件号码,社保缴纳单位", row, ("张三", IDENTITY, "乙公司"), row)
    assert [(line, code) for line, _header, code in _errors(receipt)] == [(4, "key_duplicate")]
    assert receipt.errors[0].hint == "2"


def test_the_line_is_the_physical_one(load: Import, demo: str, operator: Actor, tmp_path: Path) -> None:
    path = tmp_path / "teams.csv"
    path.write_text('团队编号,名称\n\nT1,"两\n行"\nT2,x\nT2,y\n', encoding="utf-8")
    receipt = import_sheet(kind="teams", path=path, enterprise=demo, actor=operator)
    assert [(one.line, one.hint) for one in receipt.errors] == [(6, "5")]


def test_personal_values_never_stand_in_a_finding(load: Import) -> None:
    receipt = load("seats", "坐席编号,证件号,类型", ("S1", "110105194912310021", "13800138000"))
    text = str(receipt.as_dict())
    assert "110105194912310021" not in text
    assert "13800138000" not in text
    assert "138****8000" in text


def test_a_workbook_with_real_days_numbers_and_a_damaged_number(demo: str, operator: Actor, tmp_path: Path) -> None:
    path = tmp_path / "seats.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("说明")
        page.write_row(0, 0, ["先读我"])
        page = book.add_worksheet("坐席")
        page.write_row(0, 0, ["坐席编号", "工号", "开通日期", "停用日期", "证件号"])
        page.write_number(1, 0, 1001)
        page.write_number(1, 1, 7)
        page.write_datetime(1, 2, datetime(2026, 3, 1), book.add_format({"num_format": "yyyy/m/d"}))  # noqa: DTZ001
        page.write_number(1, 3, 46113)
    receipt = import_sheet(kind="seats", path=path, enterprise=demo, actor=operator)
    seat = models.Seat.objects.get()
    assert (receipt.sheet, seat.seat_id, seat.staff_id) == ("坐席", "1001", "7")
    assert (seat.opened_on, seat.closed_on) == (date(2026, 3, 1), date(2026, 4, 1))
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("坐席")
        page.write_row(0, 0, ["坐席编号", "证件号"])
        page.write_string(1, 0, "S1")
        page.write_number(1, 1, 110105194912310020)
    receipt = import_sheet(kind="seats", path=path, enterprise=demo, actor=operator)
    assert _errors(receipt) == [(2, "证件号", "excel_damaged")]


def test_the_error_workbook_marks_each_bad_cell_and_loads_when_corrected(
    demo: str, operator: Actor, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    path = sheet("坐席编号,类型,开通日期,备注", ("S1", "人工", "2026-01-01", "=1+1"), ("S2", "人类", "2026-02-30", ""))
    errors = tmp_path / "errors.xlsx"
    receipt = import_sheet(
        kind="seats", path=path, enterprise=demo, actor=operator, error_workbook=errors,
        words=lambda code, values: f"改正 {code} 第{values['line']}行",
    )  # fmt: skip
    assert receipt.error_workbook == str(errors)
    assert errors.stat().st_mode & 0o077 == 0
    book = openpyxl.load_workbook(errors)
    page = book.active
    assert page is not None
    marked = {
        cell.coordinate: cell.comment.text for row in page.iter_rows() for cell in row if cell.comment is not None
    }
    assert marked == {"B3": "改正 choice_unknown 第3行", "C3": "改正 date_unreadable 第3行"}
    assert [page[name].fill.fgColor.rgb for name in ("B3", "C3")] == ["FFFFC7CE"] * 2
    assert page["B2"].fill.fgColor.rgb != "FFFFC7CE"
    assert (page["D2"].value, page["D2"].data_type) == ("=1+1", "s")
    page["B3"], page["C3"] = "人工", "2026-02-28"
    book.save(errors)
    again = import_sheet(kind="seats", path=errors, enterprise=demo, actor=operator)
    assert (again.rows["inserted"], again.extra_columns) == (2, ("备注",))


def test_the_same_file_again_changes_nothing(load: Import) -> None:
    header, row = "坐席编号,类型,姓名,备注", ("S1", "人工", "张三", "a")
    load("seats", header, row)
    again = load("seats", header, row)
    assert again.rows == {"read": 1, "inserted": 0, "updated": 0, "unchanged": 1, "rejected": 0}
    assert models.Seat.objects.count() == 1
    assert len(list(acts(verb="registers.import"))) == 2


def test_a_missing_column_keeps_its_value_and_a_blank_cell_clears_it(load: Import) -> None:
    load("seats", "坐席编号,类型,姓名,备注", ("S1", "人工", "张三", "a"))
    load("seats", "坐席编号,类型", ("S1", "机器人"))
    seat = models.Seat.objects.get(superseded_at=None)
    assert (seat.kind, seat.person, seat.extra) == ("robot", "张三", '{"备注": "a"}')
    load("seats", "坐席编号,姓名", ("S1", ""))
    seat = models.Seat.objects.get(superseded_at=None)
    assert (seat.kind, seat.person) == ("robot", None)


def test_equal_payments_of_a_day_are_two_payments(load: Import) -> None:
    header, row = "收款人,账号尾号,付款日期,金额", ("张三", "1234", "2026-03-15", "￥6,500")
    assert load("wages", header, row, row).rows["inserted"] == 2
    assert load("wages", header, row, row).rows["unchanged"] == 2
    assert models.Payment.objects.first().amount == Decimal("6500.00")  # type: ignore[union-attr]


def test_a_person_is_found_by_staff_id_or_else_by_paper(load: Import) -> None:
    header = "工号,姓名,证件号"
    assert load("staff", header, ("7", "张三", IDENTITY), ("", "李四", IDENTITY)).rows["inserted"] == 2
    assert load("staff", header, ("", "李四", IDENTITY.lower())).rows["unchanged"] == 1


def test_moments_are_wall_time_of_shanghai(load: Import) -> None:
    from nianjian.features.complaints.models import Complaint  # noqa: PLC0415

    load("complaints", "编号,来源,受理时间,通话时长", ("C1", "一键投诉", "2026/3/1 9:05", "1分5秒"))
    ticket = Complaint.objects.get()
    assert ticket.accepted_at == datetime(2026, 3, 1, 9, 5, tzinfo=ZONE)
    assert (ticket.source, ticket.duration) == ("one_click", 65)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("seats.csv", b"", "file_empty"),
        ("seats.csv", "姓名,类型\n张三,人工\n".encode(), "header_missing"),
        ("seats.csv", "坐席编号,坐席号\nS1,S1\n".encode(), "column_twice"),
        ("seats.csv", b"\xff\xff\xff\xff", "encoding_unknown"),
        ("seats.csv", '坐席编号\n"S1\n'.encode(), "sheet_malformed"),
        ("seats.csv", b"PK\x03\x04 no workbook", "workbook_unreadable"),
        ("bin.xlsx", b"\x00\x01garbage\xff\xfe", "not_a_workbook"),
        ("bin.xlsx", b"no,workbook\n1,2\n", "not_a_workbook"),
        ("bin.xlsx", '"open'.encode("utf-16"), "not_a_workbook"),
    ],
)
def test_a_file_that_is_no_sheet(  # noqa: PLR0917 -- one case
    demo: str, operator: Actor, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(NianjianError, match=code):
        import_sheet(kind="seats", path=path, enterprise=demo, actor=operator)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_of_more_rows_than_a_transaction_bears(
    demo: str, operator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(sheet_reader, "ROWS", 20)
    path = tmp_path / f"seats.{ending}"
    book = openpyxl.Workbook()
    for row in (("坐席编号",), *((f"S{n}",) for n in range(31))):
        book.worksheets[0].append(row)
    book.save(path)
    if ending == "csv":
        path.write_text("坐席编号\n" + "".join(f"S{n}\n" for n in range(31)))
    with pytest.raises(NianjianError, match="sheet_rows_many"):
        import_sheet(kind="seats", path=path, enterprise=demo, actor=operator)
    monkeypatch.setattr(sheet_reader, "BYTES", 100)
    with pytest.raises(NianjianError, match="file_too_large"):
        import_sheet(kind="seats", path=path, enterprise=demo, actor=operator)


def test_unknown_kind_file_tenant_and_a_missing_column(load: Import, operator: Actor, tmp_path: Path) -> None:
    with pytest.raises(NianjianError, match="column_missing"):
        load("complaints", "编号,来源", ("C1", "12321"))
    with pytest.raises(NianjianError, match="register_kind_unknown"):
        load("cats", "编号", ("1",))
    missing = tmp_path / "none.csv"
    with pytest.raises(NianjianError, match="file_missing"):
        import_sheet(kind="seats", path=missing, enterprise="demo", actor=operator)
    with pytest.raises(NianjianError, match="enterprise_unknown"):
        import_sheet(kind="seats", path=missing, enterprise="nobody", actor=operator)


def test_every_kind_takes_its_own_template_with_the_example_row(demo: str, operator: Actor, tmp_path: Path) -> None:
    assert len(kinds.kinds()) == 11
    for kind in kinds.kinds():
        path = tmp_path / f"{kind}.xlsx"
        workbooks.write_template(kind, path)
        first = path.read_bytes()
        workbooks.write_template(kind, path)
        assert path.read_bytes() == first
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        assert all(cell.comment for cell in page[1])
        for cell in book["示例"][2]:
            page.cell(2, cell.column or 0, cell.value)
        book.save(path)
        receipt = import_sheet(kind=kind, path=path, enterprise=demo, actor=operator)
        assert (kind, _errors(receipt), receipt.rows["inserted"], receipt.extra_columns) == (kind, [], 1, ())


def test_a_listing_masks_what_is_personal(load: Import, demo: str) -> None:
    load("staff", "工号,姓名,证件号", ("7", "张三丰", IDENTITY))
    load("consents", "号码", ("13800138000",))
    [person] = list_register(kind="staff", enterprise=demo).rows
    assert (person["staff_id"], person["person"], person["identity"]) == ("7", "张**", "110***********002X")
    assert list_register(kind="consents", enterprise=demo).rows[0]["number"] == "138****8000"
    load("seats", "坐席编号,默认外显号", ("S1", "057182345678"), ("S2", "95013001"))
    listed = list_register(kind="seats", enterprise=demo).rows
    assert [one["display"] for one in listed] == ["0571****78", "95013001"], "a short number belongs to no person"
    row = ("T1", "12321", "2026-03-02 09:00:00", "13812345678", "13987654321", "张三打扰我")
    load("complaints", "编号,来源,受理时间,投诉人号码,被投诉号码,内容", row)
    (ticket,) = list_register(kind="complaints", enterprise=demo).rows
    assert ticket["complained"] == "139****4321"
    assert not [text for text in ("13812345678", "13987654321", "张三打扰我") if text in str(ticket)]


def test_a_list_that_was_made_harmless_comes_back_unchanged(
    load: Import, demo: str, operator: Actor, tmp_path: Path
) -> None:
    """What a spreadsheet program would run stands behind an apostrophe in our own list, and is the same again here."""
    names = ["=1+1", "+86外呼", "@甲", "-乙", "＝丁"]
    rows = [(f"T{n}", name) for n, name in enumerate(names)]
    assert load("teams", "团队编号,名称", *rows).rows["inserted"] == len(names)
    sheet = kinds.register("teams").sheet
    content = workbooks.write_csv(sheet, models.Team.objects.all(), full=True)
    written = [cells[1] for cells in csv.reader(content.decode("utf-8-sig").splitlines())][1:]
    assert sorted(written) == sorted(f"'{name}" for name in names)
    path = tmp_path / "back.csv"
    path.write_bytes(content)
    assert import_sheet(kind="teams", path=path, enterprise=demo, actor=operator).rows["unchanged"] == len(names)
    assert sorted(models.Team.objects.values_list("name", flat=True)) == sorted(names)


def test_the_template_of_numbers_offers_no_purpose_that_is_marketing() -> None:
    purposes: Any = Rulebook.on(date(2026, 12, 31)).value("gate.purposes")
    (purpose,) = (one for one in kinds.register("numbers").sheet.columns if one.field == "purpose")
    assert purpose.example
    assert not [word for word in purposes["marketing"] if word in purpose.example]
