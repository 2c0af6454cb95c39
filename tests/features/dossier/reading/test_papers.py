"""Licences, cards, lists, shares and seals out of lines: what is read, and what is never passed."""

from collections.abc import Sequence
from datetime import date

import pytest
from tests.support.read_pages import BOOK, DAY, page

from nianjian.engines.paper.words import words
from nianjian.features.dossier.reading import readers
from nianjian.features.dossier.reading.strips import seal_name
from nianjian.features.dossier.reading.text import (
    Facts,
    PageNumber,
    PageText,
    Span,
    check_page_order,
    check_read_numbers,
    find_dates,
    find_span,
    page_from_json,
    page_number,
    page_to_json,
    plain,
)
from nianjian.features.dossier.states import Verdict, Weight, decide_verdict, finding_text

CODE = "91110000600037341L"
NAME = "杭州云桥通信技术有限公司"
LISTED = date(2027, 2, 20)


def facts(item: str, *pages: PageText, day: date = DAY, **expected: str) -> Facts:
    return readers.read(item, pages, BOOK, day, expected)


def codes(read: Facts) -> list[str]:
    return [one.code for one in read.findings]


def business(code: str = CODE, until: str = "2015年06月18日 至 2045年06月17日", confidence: float = 0.99) -> PageText:
    rows: list[str | Sequence[str]] = [
        "营 业 执 照", f"统一社会信用代码 {code}", ["名", "称", NAME], ["类", "型", "有限责任公司"],
        ["法定代表人", "", "刘垚"],
        ["营业期限", "", until],
    ]  # fmt: skip
    return page(rows, confidence=confidence)


def licence(number: str, until: str, parts: str = "（正本）（副本）") -> PageText:
    return page(["增值电信业务经营许可证", f"{parts}经营许可证编号：{number}", ["单位名称", NAME], ["有效期", until]])


def test_a_business_licence() -> None:
    read = facts("business_licence", business(), name=NAME, credit_code=CODE, legal_representative="刘垚")
    assert read.fields == {
        "credit_code": CODE, "name": NAME, "legal_representative": "刘垚", "valid_until": "2045-06-17",
    }  # fmt: skip
    assert decide_verdict(read.findings) is Verdict.READY


def test_without_an_end_with_low_confidence_and_with_the_kind_of_company_behind_the_name() -> None:
    assert facts("business_licence", business(until="2015年06月18日 至 长期")).fields["valid_until"] == "forever"
    assert set(codes(facts("business_licence", business(confidence=0.7)))) == {"field_unsure"}
    rows: list[str | Sequence[str]] = ["营 业 执 照", f"统一社会信用代码 {CODE}", ["名", "称", f"{NAME}有限责任公司"]]
    assert facts("business_licence", page(rows)).fields["name"] == NAME


@pytest.mark.parametrize(
    ("item", "field", "given"),
    [
        *(("business_licence", "credit_code", business(code)) for code in (
            "91110000600037341M", "9111000060003734", "91110000600037314L",  # of the check digit
        )),
        *(("licence", "number", licence(number, "至2030年5月10日")) for number in ("B24-20201234", "京B2-2020123")),
    ],
)  # fmt: skip
def test_a_number_that_can_be_none_is_no_value(item: str, field: str, given: PageText) -> None:
    read = facts(item, given)
    assert field not in read.fields
    assert decide_verdict(read.findings) is Verdict.NEEDS_PERSON


def test_a_licence() -> None:
    read = facts("licence", licence("浙B2-20080101", "至2030年5月10日"), number="浙B2-20080101", name=NAME)
    assert read.fields == {
        "number": "浙B2-20080101", "name": NAME, "expiry": "2030-05-10", "renewal_due": "2030-02-09",
        "parts": ["正本", "副本"],
    }  # fmt: skip
    assert decide_verdict(read.findings) is Verdict.READY


@pytest.mark.parametrize(
    "number", ["浙B2-20080101", "粤B2-20090059", "B2-20201234", "A2.B1.B2-20090001", "B1.B2-20091234"]
)
def test_shapes_of_licence_numbers(number: str) -> None:
    assert facts("licence", licence(number, "至2030年5月10日")).fields["number"] == number


def card(
    number: str = "11010519491231002X", born: str = "1949年12月31日", until: str = "2012.05.06-2032.05.06"
) -> PageText:
    rows: list[str | Sequence[str]] = [
        ["姓", "名", "欧阳翀"], ["出", "生", born], ["公民身份号码", number], ["签发机关", "北京市公安局"],
        ["有效期限", until],
    ]  # fmt: skip
    return page(rows)


def test_an_identity_card() -> None:
    read = facts("legal_person_id", card(), name=NAME, legal_representative="欧阳翀")
    assert read.fields == {
        "person_name": "欧阳翀", "id_number": "11010519491231002X", "born": "1949-12-31", "expiry": "2032-05-06",
    }  # fmt: skip
    assert decide_verdict(read.findings) is Verdict.READY
    assert read.personal >= {"person_name", "id_number"}


STOPS = {"credit_code_differs", "expired"}
USUAL = ("浙B2-20080101", "至2030年5月10日")


@pytest.mark.parametrize(
    ("code", "values", "said"),
    [
        ("pages_missing", {"before": 2, "after": 21}, "第2页之后是第21页（第3–20页缺失"),
        ("pages_missing", {"before": 2, "after": 4}, "第2页之后是第4页（第3页缺失"),
        ("pages_missing", {"before": 3, "after": 2}, "第3页之后是第2页（有重复或错位的页）"),
        ("opinion_incomplete", {"part": "supported"}, "（证据足以支持意见的陈述）"),
        ("opinion_incomplete", {"part": "opening"}, "（首段）"),
        ("opinion_incomplete", {"part": "headings"}, "（审计意见和双方责任的标题）"),
        ("opinion_incomplete", {"part": "basis"}, "（形成审计意见的基础）"),
        ("opinion_conflict", {"kinds": "qualified, adverse"}, "（保留意见、否定意见）"),
        ("claim_refused", {"rule": "S8", "lack": "closes_late", "count": 1}, "投诉按时响应、按时办结："),
        ("claim_unproved", {"rule": "M12", "lack": "closes_late"}, "信息安全责任制报告："),
    ],
)
def test_a_finding_speaks_in_names(code: str, values: dict[str, object], said: str) -> None:
    assert said in finding_text(code, values, words("zh_Hans"))


@pytest.mark.parametrize(
    ("item", "given", "expected", "found"),
    [
        ("business_licence", business("9111OOOO60003734IL"), {"credit_code": CODE}, "credit_code_repaired"),
        ("business_licence", business(), {"credit_code": "91330106MA27XXXX0A"}, "credit_code_differs"),
        ("business_licence", business(until="2006年6月18日至2026年6月17日"), {}, "expired"),
        ("business_licence", business(until="2O15年0G月"), {}, "field_unreadable"),
        ("licence", licence(*USUAL, "（副本）"), {}, "licence_part_missing"),
        ("licence", licence(USUAL[0], "至2027年6月30日"), {}, "renewal_due"),  # ninety days before the end
        ("licence", licence(USUAL[0], "至2027年7月1日"), {}, ""),
        ("licence", licence(USUAL[0], "至2027年3月31日"), {}, "expired"),
        ("licence", licence(USUAL[0], "至2027年4月1日"), {}, "renewal_due"),
        ("legal_person_id", card("110105194912310021"), {}, "identity_bad"),
        ("legal_person_id", card(born="1949年12月30日"), {}, "birth_date_differs"),
        ("legal_person_id", card(until="2006.05.06-2026.05.06"), {}, "expired"),
        ("legal_person_id", card(until="2012.05.06-长期"), {}, ""),
        ("legal_person_id", card(), {"legal_representative": "欧阳冲"}, "field_differs"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_else(
    item: str, given: PageText, expected: dict[str, str], found: str
) -> None:
    read = facts(item, given, **expected)
    assert codes(read) == ([found] if found else [])
    assert (decide_verdict(read.findings) is Verdict.NOT_READY) == (found in STOPS)
    if found == "field_differs":
        assert finding_text(found, read.findings[0].values, words("zh_Hans")).startswith("姓名"), "a person's name"


HEAD = ["序号", "姓名", "证件号码", "缴费起止年月", "缴费月数"]


def payments(*rows: tuple[str, str, str], confidence: float = 0.99) -> PageText:
    body = [
        [str(place), name, "3301**********1234", period, count] for place, (name, period, count) in enumerate(rows, 1)
    ]
    return page(["社会保险参保缴费清单", HEAD, *body], confidence=confidence)


def same(period: str, count: str) -> PageText:
    return payments(*((name, period, count) for name in ("刘垚", "陈淼", "欧阳翀")))


@pytest.mark.parametrize(
    ("period", "count", "months", "found"),
    [
        ("202611-202701", "3", 3, []),
        ("202612-202701", "2", 2, ["months_too_few"]),
        ("2026年10月至2027年01月", "4", 4, []),
        ("2026.11-2027.01", "3", 3, []),
        ("202611202701", "3", 3, []),
        ("202612-202702", "", 3, []),  # the month of the submission is paid already
        ("202610-202612", "", 3, ["months_end_early"]),
        ("202609-202611", "", 3, ["months_end_early"]),
        ("202608-202610", "", 3, ["months_old"]),
        ("202701-202702", "", 2, ["months_too_few"]),
        ("202611-202612", "", 2, ["months_too_few", "months_end_early"]),
    ],
)
def test_three_months_in_a_row(period: str, count: str, months: int, found: list[str]) -> None:
    read = facts("social_insurance", same(period, count), day=LISTED)
    assert (read.fields["months"], read.fields["people"], codes(read)) == (months, 3, found)
    stops = set(found) & {"months_old", "months_too_few"}
    assert decide_verdict(read.findings) is (Verdict.NOT_READY if stops else Verdict.READY)


def test_a_gap_breaks_the_run() -> None:
    rows = [(name, month, "") for name in ("刘垚", "陈淼", "欧阳翀") for month in ("202610", "202611", "202701")]
    read = facts("social_insurance", payments(*rows), day=LISTED)
    assert (read.fields["months"], codes(read)) == (1, ["months_too_few"])


def test_rows_that_cannot_be_read_count_for_nothing_and_are_told() -> None:
    rows = {"刘垚": ("202611-202701", "3"), "陈淼": ("2O26I1", "3"), "欧阳翀": ("202611-202701", "4")}
    rows["王建国"] = ("202611-202701", "3")
    read = facts("social_insurance", payments(*((name, *row) for name, row in rows.items())), day=LISTED)
    assert read.fields["people"] == 2
    assert {"row_unreadable", "months_differ", "people_few"} <= set(codes(read))


def test_names_are_matched_with_the_staff_and_an_unsure_row_needs_a_person() -> None:
    unsure = payments(*((name, "202611-202701", "3") for name in ("刘垚", "陈淼", "王建国")), confidence=0.8)
    assert set(codes(facts("social_insurance", unsure, day=LISTED))) == {"row_unsure"}
    read = facts("social_insurance", same("202611-202701", "3"), day=LISTED, people="刘垚\n陈森\n欧阳翀\n王建国")
    assert read.fields["names"] == ["刘垚", "欧阳翀", "陈森"]
    assert codes(read) == ["people_missing"]
    strange = facts("social_insurance", same("202611-202701", "3"), day=LISTED, people="赵一")
    by_code = {one.code: one.values for one in strange.findings}
    assert by_code["names_not_on_staff"] == {"count": len(strange.fields["names"])}, "one sentence, not one a name"


def test_who_may_stand_on_a_page_that_was_not_read_is_not_missing() -> None:
    across = page(["姓", "名", "垚刘", "淼陈", "欧阳翀"], 2, confidence=0.4)
    read = facts(
        "social_insurance", same("202612-202701", "2"), across, day=LISTED, people="刘垚\n陈淼\n欧阳翀\n王建国"
    )
    assert [(one.code, one.page, one.weight) for one in read.findings] == [
        ("months_too_few", None, Weight.ASK), ("people_unread", 2, Weight.ASK),
    ]  # fmt: skip


def shares(*rows: tuple[str, str]) -> PageText:
    return page(["股权结构表", ["股东名称", "出资额", "持股比例"], *([name, "100", share] for name, share in rows)])


@pytest.mark.parametrize(
    ("rows", "total", "found"),
    [
        ((("甲", "33.33%"), ("乙", "33.33%"), ("丙", "33.34%")), "100.00", []),
        ((("甲", "33.33%"), ("乙", "33.33%"), ("丙", "33.33%")), "99.99", ["shares_sum"]),
        ((("甲", "60"), ("乙", "40"), ("合计", "100")), "100", []),
        ((("甲", "60"), ("乙", "30"), ("合计", "100")), "90", ["shares_sum", "shares_printed_sum"]),
    ],
)
def test_shares_sum_to_exactly_the_whole(rows: tuple[tuple[str, str], ...], total: str, found: list[str]) -> None:
    read = facts("shareholders", shares(*rows))
    assert (read.fields["total"], codes(read)) == (total, found)


def test_the_sum_may_stand_in_the_column_of_row_numbers() -> None:
    head = ["序号", "股东名称", "持股比例"]
    read = facts("shareholders", page([head, ["1", "甲公司", "60%"], ["2", "乙公司", "40%"], ["合计", "", "100%"]]))
    assert (read.fields, codes(read)) == ({"holders": 2, "total": "100"}, [])


def test_articles() -> None:
    read = facts("articles", page([f"{NAME}章程", "第一条 宗旨"]), page(["二〇二三年五月九日"], 2), name=NAME)
    assert (read.fields, codes(read)) == ({"dated": "2023-05-09"}, [])
    other = facts("articles", page(["通知", "2028年1月1日"]), name=NAME)
    assert codes(other) == ["articles_not_recognised", "name_not_found", "dated_later"]


@pytest.mark.parametrize("item", readers.READERS)
def test_no_reader_passes_what_it_could_not_read(item: str) -> None:
    for pages in ([page([])], [page(["口口口口", "ＸＸＸ"])], [page([["甲", "乙"], ["1", "2"]])]):
        assert decide_verdict(readers.read(item, pages, BOOK, DAY, {}).findings) is not Verdict.READY
    assert decide_verdict(readers.read(item, [], BOOK, DAY, {}).findings) is not Verdict.READY


def test_personal_values_are_shown_masked_and_an_item_without_reader_needs_a_person() -> None:
    assert readers.mask_value("11010519491231002X") == "1101************2X"
    assert readers.mask_value(["刘垚", "欧阳翀"]) == ["刘*", "欧**"]
    assert codes(facts("seat_table", page(["坐席明细表"]))) == ["item_without_reader"]


def test_names_in_seals() -> None:
    turned = NAME[4:] + NAME[:4]
    assert seal_name(f"★{turned}1101", 0.97, NAME).fits is True
    assert seal_name(NAME.replace("桥", "轿"), 0.97, NAME).fits is None
    other = seal_name("宁波启明信息科技有限公司", 0.97, NAME)
    assert (other.fits, [one.code for one in other.findings]) == (False, ["seal_name_differs"])
    assert seal_name(NAME, 0.5, NAME).fits is None


def footed(number: int, text: str) -> PageText:
    lines = page(["正文"], number).lines
    foot = page([""] * 43 + [text], number).lines
    return PageText(number, 210, 297, (*lines, *foot))


@pytest.mark.parametrize(
    ("feet", "found"),
    [
        (["第 1 页 共 3 页", "第 2 页 共 3 页", "第 3 页 共 3 页"], []),
        (["第 1 页 共 3 页", "第3页 共3页"], ["pages_missing"]),
        (["第 1 页 共 3 页", "第 2 页 共 3 页"], ["pages_end_early"]),
        (["第2页共3页", "第3页共3页"], ["pages_begin_late"]),
        (["第1页共3页", "第2页共3页", "第3页共3页", "第1页共2页", "第2页共2页"], []),  # two papers
    ],
)
def test_page_numbers_in_order(feet: list[str], found: list[str]) -> None:
    assert [one.code for one in check_page_order([footed(at, foot) for at, foot in enumerate(feet, 1)])] == found


def test_a_page_number_without_a_total() -> None:
    read = page_number(footed(1, "- 7 -"))
    assert read is not None
    assert (read.number, read.total) == (7, None)


@pytest.mark.parametrize(
    ("numbers", "last", "found"),
    [
        ({1: (1, 19), 18: (18, 19)}, 18, ["pages_end_early"]),
        ({1: (1, 19), 16: (16, 19)}, 18, ["pages_end_early"]),  # the last two numbers were not read
        ({1: (1, 19), 16: (16, 19)}, 19, []),
        ({3: (4, 19)}, 18, ["pages_begin_late"]),
        ({3: (1, 17)}, 19, []),  # a cover and a list of contents before it
        ({1: (1, 2), 4: (1, 3)}, 6, []),  # the second of two was not read, an annex without numbers behind it
        ({1: (1, 3), 3: (1, 3)}, 5, ["pages_missing"]),
    ],
)
def test_a_missing_sheet_is_found_by_the_numbers_that_were_read(
    numbers: dict[int, tuple[int, int]], last: int, found: list[str]
) -> None:
    read = [PageNumber(page, *number) for page, number in numbers.items()]
    assert [one.code for one in check_read_numbers(read, 1, last)] == found


def test_dates_and_spans() -> None:
    dates = find_dates("二〇二五年三月十日,2025.12.31,2025-02-30,二〇二五年十二月三十一日")
    assert [one.day for one in dates] == [date(2025, 3, 10), date(2025, 12, 31), date(2025, 12, 31)]
    assert find_span("2015年6月18日至长期") == Span(date(2015, 6, 18), None)
    assert find_span("2045年6月17日至2015年6月18日") is None
    assert find_span("有效") is None


def test_pages_are_kept_as_they_were_read() -> None:
    one = page(["甲（乙）：“丙”", ["1", "2"]])
    assert page_from_json(page_to_json(one)) == one
    assert plain("甲 （乙）：“丙”、\u200b丁") == '甲(乙):"丙",丁'
