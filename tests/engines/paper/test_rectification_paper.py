"""The rectification report: what it says in which order, and what it leaves to annexes and the code."""

import io
import zipfile
from typing import Any

import docx
import pypdfium2
import pytest
from tests.support.word_structure import list_faults

from nianjian.engines.kernel.claims import RELEASED, UNKNOWN
from nianjian.engines.paper.official import official_pdf
from nianjian.engines.paper.official_word import official_docx
from nianjian.engines.paper.rectification import ReportStamp, build_report, measured_rows, order_claims
from nianjian.engines.paper.texts.claims import claim_text
from nianjian.engines.paper.words import words

HOSTILE = '{{ 7 * 7 }} <w:p> & "x"'
NONE = {"tickets": [], "more": False}


def _group(key: str, chance: str | None, *, standout: bool = False, low: bool = False) -> dict[str, Any]:
    return {
        "key": key, "complaints": 20, "answered": 900, "delivered": 1000, "named": standout, "low_volume": low,
        "rate": "222.2222", "rest": {"complaints": 3, "answered": 1600, "rate": "18.7500"}, "share": "86.9565",
        "so_far": "86.9565", "chance": chance,
    }  # fmt: skip


def located(groups: list[dict[str, Any]], complaints: int = 23) -> dict[str, Any]:
    standouts = [{"dimension": "line", "key": one["key"]} for one in groups if one["named"]]
    line = {
        "dimension": "line", "complaints": complaints, "tests": 2, "top": 5, "top_share": "100.0000",
        "named": [one["key"] for one in standouts], "groups": groups,
    }  # fmt: skip
    return {
        "from": "2026-03-29", "to": "2026-04-29", "complaints": complaints, "sources": ["12321", "12300"],
        "level": "0.01", "named": standouts, "dimensions": {"line": line}, "snapshot": {"sha256": "ab" * 32},
        "rulebook": {"version": "2026.11.30"},
    }  # fmt: skip


def case(**changes: Any) -> dict[str, Any]:
    order = {
        "kind": "isolate", "approved_at": "2026-04-29T10:00:00+08:00", "key": "line", "channel": "L1", "cap": 30,
        "cap_before": 300, "white_list": True, "reason": "投诉集中。", "end": "投诉率连续30日为绿灯",
        "proposed_by": "os:root", "approved_by": "user:bo",
    }  # fmt: skip
    paper = {
        "kind": "test_report", "issuer": "某测评中心", "number": "CP-1", "dated": "2026-05-08", "scope": "线路L1",
        "sha256": "cd" * 32, "titled": True, "read_by": None,
    }  # fmt: skip
    usual = {
        "id": "R1", "enterprise": "demo", "notice": "浙通管改〔2026〕1号", "received": "2026-04-28",
        "due_at": "2026-05-14T17:00:00+08:00", "provisional": False, "causes": ["历史投诉率偏高", HOSTILE],
        "orders": [order], "papers": [paper], "located": located([_group("L1", "4.56e-09", standout=True)]),
        "measures": [{"text": "每周抽查", "owner": "王五", "due": "2026-05-10", "every": 7, "done_on": "2026-05-09"}],
        "events": [{"step": "opened", "at": "2026-04-28T09:00:00+08:00"}],
    }  # fmt: skip
    return usual | changes


def _stamp(*, draft: bool = False) -> ReportStamp:
    return ReportStamp("示例呼叫中心有限公司", "浙江省通信管理局", draft, 7, "0" * 64)


def _text(body: bytes) -> str:
    with pypdfium2.PdfDocument(body) as document:
        return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")


def test_both_forms_say_what_happened_why_what_was_done_and_by_whom() -> None:
    paper = build_report(case(), NONE, [], "zh_Hans", _stamp())
    word = official_docx(paper)
    assert word == official_docx(paper)
    assert list_faults(word) == []
    book = docx.Document(io.BytesIO(word))
    lines = [line.text for line in book.paragraphs]
    for text in (_text(official_pdf(paper)), "".join(lines)):
        order = [
            "整改报告", "浙江省通信管理局：", "一、基本情况",
            "2026年4月28日，我单位收到《整改通知书》（浙通管改〔2026〕1号）",
            "历史投诉率偏高", HOSTILE, "二、原因分析", "线路L1的投诉明显偏高",
            "偶然出现的可能性不足万分之一", "三、整改措施",
            "2026年4月29日 10:00，经平台操作员提出、bo批准，对线路L1下达技术隔离指令",
            "外呼每自然日不超过30次（此前上限300次）", "隔离原因：投诉集中。",
            "四、整改前后对比", "五、责任人及完成时间", "六、技术测评",
            "2026年5月8日，某测评中心出具《技术测评报告》（编号：CP-1），测评范围：线路L1", "特此报告。", "附件：",
            "示例呼叫中心有限公司（盖章）", "＿＿＿＿年＿＿月＿＿日",
        ]  # fmt: skip
        places = [text.find(part) for part in order]
        assert places == sorted(places), order[next(i for i, at in enumerate(places[1:]) if at < places[i]) + 1]
        assert places[0] >= 0
        for hidden in ("4.56e-09", "ab" * 8, "cd" * 8, "2026.11.30", "0000000000"):
            assert hidden not in text, "statistics are in words, and what the figures come from stands in the code"
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        assert [one for one in archive.infolist() if one.date_time[0] != 2017] == []


@pytest.mark.parametrize(
    ("groups", "complaints", "sentence"),
    [
        ([_group("L1", "0.2")], 23, "没有通道的投诉明显高于其余通道"),
        ([_group("L1", "0.2", low=True)], 23, "投诉23件，数量不足以判断哪个通道偏高"),
        ([_group("L1", None)], 0, "投诉0件，数量不足以判断哪个通道偏高"),
    ],
)
def test_no_channel_is_an_answer_only_where_there_is_enough_to_tell(
    groups: list[dict[str, Any]], complaints: int, sentence: str
) -> None:
    paper = build_report(case(located=located(groups, complaints)), NONE, [], "zh_Hans", _stamp())
    assert sentence in "".join(next(part for part in paper.parts if part.title == "原因分析").lines)


@pytest.mark.parametrize(("draft", "heading"), [(True, "尚未完成的事项"), (False, "需说明的事项")])
def test_a_report_that_goes_out_calls_nothing_open(*, draft: bool, heading: str) -> None:
    late = {"code": "tickets_late", "values": {"count": 1, "first": "Q1"}}
    paper = build_report(case(located=None), NONE, [late], "zh_Hans", _stamp(draft=draft))
    assert paper.parts[-1].title == heading
    assert bool(paper.draft) is draft
    assert "Q1" in paper.parts[-1].lines[0]


CHANNEL = {"complaints": 0, "attempts": 5, "most": 5}
WINDOW = {
    "from": "2026-10-31", "to": "2026-11-30", "days": 30, "complaints": 1, "answered": 20000, "rate": "0.5000",
    "rate_light": "green", "evasion": "1.0000", "consistency_light": "green", "channel": CHANNEL,
}  # fmt: skip
TOGETHER = "全部外显号码（含其他短号码和未知号码）"


def rows_of(before: dict[str, Any], after: dict[str, Any], *, percent: bool = True) -> dict[str, list[str]]:
    """What is told of two windows, each with its changes to the usual one."""
    measured = {"before": WINDOW | before, "after": WINDOW | after, "over_cap": [], "gate": {"asked": 0}}
    return {row[0]: row[1:] for row in measured_rows(measured, words("zh_Hans"), percent=percent)}


def test_a_window_without_a_day_has_no_noughts_and_the_rate_stands_in_per_cent() -> None:
    before = {"rate": "70.0280", "rate_light": "yellow", "evasion": None, "consistency_light": "na"}
    none = {"days": 0, "complaints": 0, "answered": 0, "rate": None, "channel": dict.fromkeys(CHANNEL, 0)}
    rows = rows_of(before, before | none)
    assert {after for _before, after in rows.values()} == {"–"}
    assert (rows["投诉率"][0], rows["该通道外呼次数"][0]) == ("0.7003 % · 黄灯", "5")


def test_no_window_is_green_nor_a_cap_kept_while_days_lack_their_calls() -> None:
    rows = rows_of({"days_unrecorded": 0}, {"days_unrecorded": 2})
    assert rows["投诉率"] == ["0.0050 % · 绿灯", "0.0050 % · 未证明"]
    assert rows["无话单的天数"] == ["0", "2"]
    assert rows["超过上限的天数"] == ["–", "–"]


def test_a_narrow_breach_keeps_its_digits_and_a_nought_without_proof_is_none() -> None:
    before = {
        "rate": "1.0040", "rate_light": "yellow", "rate_limit": "1.0000", "evasion": "1.9996", "evasion_limit": "2.0000"
    }  # fmt: skip
    after = before | {"rate": "0.0000", "rate_light": "insufficient"}
    rows = rows_of(before, after, percent=False)
    assert rows["投诉率"] == ["1.004 ‱ · 黄灯", "– · 未证明"]
    assert rows["固话与手机号占比"][0].startswith("1.9996 %")
    assert rows_of(before, after)["投诉率"] == ["0.01004 % · 黄灯", "– · 未证明"]


def test_a_share_has_its_own_light_and_not_that_of_other_short_numbers() -> None:
    old = {"days_unrecorded": 0, "evasion": "12.0000", "evasion_limit": "70.0000", "consistency_light": "red"}
    rows = rows_of(old, old | {"evasion_light": "green"})
    share = ["12.00 % · 未证明", "12.00 % · 绿灯"]
    assert rows["固话与手机号占比"] == share, "an older one does not tell whose the red is"
    assert rows[TOGETHER] == ["红灯", "红灯"]
    over = old | {"evasion": "70.0000"}
    rows = rows_of(over, over, percent=False)
    assert rows["固话与手机号占比"] == ["70.00 % · 红灯", "70.00 % · 红灯"]
    assert TOGETHER not in rows


@pytest.mark.parametrize(("unrecorded", "state"), [(0, RELEASED), (59, UNKNOWN), (None, UNKNOWN)])
def test_an_order_is_kept_only_where_every_day_has_its_records(unrecorded: int | None, state: str) -> None:
    channel = {"attempts": 5, "most": 5, "callees_known": 5, "white_listed": 5}
    after = {"channel": channel} | ({} if unrecorded is None else {"days_unrecorded": unrecorded})
    claims = order_claims({"after": after, "over_cap": [], "cap": 5})
    assert [claim.state for claim in claims] == [state, state]
    text = claim_text(claims[0], words("zh_Hans"))
    assert "无该通道话单" not in text, "there are five"
    assert ("59日无话单" in text and "合计5次" in text) is (unrecorded == 59)


def test_a_code_stands_with_the_name_of_the_register() -> None:
    stamp = ReportStamp("示例", "", draft=False, seq=7, digest="0" * 64, names={"line": {"L1": "速达外包", "L2": ""}})
    groups = [_group("L1", "4.56e-09", standout=True), _group("L2", "0.4")]
    ticket = dict.fromkeys(("id", "source", "accepted", "complained"), "x") | {"line": "L1", "calls": []}
    listed = {"tickets": [ticket], "more": False}
    text = _text(official_pdf(build_report(case(located=located(groups)), listed, [], "zh_Hans", stamp)))
    assert "线路L1 速达外包的投诉明显偏高" in text
    assert "对线路L1 速达外包下达技术隔离指令" in text
    assert text.count("L1 速达外包") >= 4  # and the statistics and the list of complaints
    assert "L2 速达" not in text
