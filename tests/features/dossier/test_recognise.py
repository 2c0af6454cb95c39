"""Which item a file seems to be: headings, words and the item's own reader; nothing is passed that is not clear."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.support.read_pages import BOOK, DAY, page

from nianjian.features.dossier.kinds import ITEMS
from nianjian.features.dossier.recognition import Proposal, proposal_to_document, recognise_item

Rows = Sequence[str | Sequence[str]]
PAPERS: dict[str, Rows] = {
    "business_licence": ["营 业 执 照", "统一社会信用代码 91110000600037341L", "法定代表人 刘垚", "经营范围"],
    "licence": [
        "中华人民共和国", "增值电信业务经营许可证", "许可证编号：B2-20200001", "业务种类", "有效期至 2030年1月1日",
    ],
    "articles": ["杭州云桥通信技术有限公司章程", "第一章 总则", "第一条 依据公司法制定", "股东会", "出资额"],
    "shareholders": ["股东及出资信息", ["股东名称", "认缴出资额", "持股比例"], ["甲", "100", "60%"]],
    "audit_report": ["审计报告", "一、审计意见", "审计了财务报表", "某某会计师事务所", "中国注册会计师"],
    "legal_person_id": [
        "中华人民共和国", "居民身份证", "签发机关 某市公安局", "有效期限 2016.01.01-2036.01.01", "民族 汉 住址",
    ],
    "social_insurance": ["社会保险单位参保缴费证明", ["养老保险", "失业保险", "工伤保险"], "缴费基数"],
    "number_ledger": ["码号资源使用台账", ["码号", "批准文号", "用途", "启用日期", "接入地"]],
    "seat_table": ["坐席明细表", ["坐席", "工号", "人工", "备案", "开通"]],
    "monthly_traffic": ["呼叫流量月报", ["月份", "呼入", "呼出", "接通", "通话时长"]],
    "complaint_records": ["用户投诉处理记录", ["工单", "投诉", "办结", "回访", "12321"]],
    "responsibility_report": ["信息安全责任制报告", "第一责任人", "应急预案与培训", "信息安全责任"],
    "algorithm_filing": ["AI外呼算法备案表", ["算法名称", "算法类型", "备案编号"], "机器人外呼"],
}  # fmt: skip


def seems(*rows: str | Sequence[str]) -> Proposal:
    return recognise_item([page(rows)], BOOK, DAY)


@pytest.mark.parametrize("item", ITEMS)
def test_each_item_is_told_by_its_heading_and_words(item: str) -> None:
    found = seems(*PAPERS[item])
    assert (found.item, found.sure) == (item, True), proposal_to_document(found)


def test_one_sign_of_a_heading_may_be_misread() -> None:
    assert seems("呼叫流星月报", ["月份", "呼入", "呼出", "接通", "通话时长"]).item == "monthly_traffic"


def test_a_heading_named_in_a_sentence_is_none() -> None:
    letter = seems("关于补充材料的说明", "兹附上贵局要求的审计报告以及营业执照复印件各一份请查收", "此致敬礼")
    assert (letter.item, letter.sure) == (None, False)


def test_two_that_speak_alike_are_left_to_a_person() -> None:
    found = seems("审计报告", "营业执照")
    assert found.item is None
    assert {one.item for one in found.guesses} == {"audit_report", "business_licence"}


def test_an_empty_page_is_nothing() -> None:
    assert recognise_item([page([])], BOOK, DAY) == Proposal(None, sure=False, guesses=())


def test_the_items_own_reader_is_evidence() -> None:
    rows = [
        "营 业 执 照",
        "统一社会信用代码 91110000600037341L",
        ["名", "称", "杭州云桥通信技术有限公司"],
        ["法定代表人", "刘垚"],
    ]
    best = seems(*rows).guesses[0]
    assert "credit_code" in best.fields
    assert best.title == "营 业 执 照"
