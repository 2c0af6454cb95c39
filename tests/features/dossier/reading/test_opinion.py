"""Every wording of an opinion, and everything that must keep a report from passing as standard."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from bench.reading.audit_texts import COMPANY, Text, filled, texts
from tests.support.read_pages import BOOK, DAY, page, typed

from nianjian.features.dossier.reading import audit_report
from nianjian.features.dossier.reading.audit_report import Opinion, OpinionRead, read_opinion
from nianjian.features.dossier.reading.text import Box, Layer, Line, PageText
from nianjian.features.dossier.states import Verdict, decide_verdict

TEXTS = {text.name: text for text in texts()}
STANDARD = TEXTS["standard"]
Blocks = list[tuple[str, str]]


def told(blocks: Blocks) -> OpinionRead:
    return read_opinion(typed(blocks), BOOK)


def changed(change: Callable[[str], str], text: Text = STANDARD) -> OpinionRead:
    return told([(style, change(words)) for style, words in filled(text)])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_wording_is_told_wherever_its_rows_break(text: Text) -> None:
    read = told(filled(text))
    assert (read.opinion, bool(read.findings)) == (text.opinion, text.opinion != "standard")
    assert read.page
    for rows in (7, 29):
        assert read_opinion(typed(filled(text), rows), BOOK).opinion == text.opinion


def test_the_whole_report_is_read() -> None:
    facts = audit_report.read(typed(filled(STANDARD)), BOOK, DAY, {"year": "2026", "name": COMPANY})
    assert facts.fields == {
        "opinion": "standard",
        "firm": "浙江天衡信会计师事务所(特殊普通合伙)",
        "verification_code": "浙26K7MQ2X9B",
        "year": 2026,
        "dated": "2027-03-18",
    }
    assert decide_verdict(facts.findings) is Verdict.READY


def test_a_date_close_behind_the_code_is_no_part_of_it_and_what_is_asked_is_held_against_the_report() -> None:
    blocks = [(style, words.replace("浙26K7MQ2X9B", "浙26K7MQ2X9B2027年3月18日")) for style, words in filled(STANDARD)]
    facts = audit_report.read(typed(blocks), BOOK, DAY.replace(month=3, day=1), {"year": "2025"})
    assert facts.fields["verification_code"] == "浙26K7MQ2X9B"
    assert {"year_differs", "dated_later"} <= {one.code for one in facts.findings}
    assert decide_verdict(facts.findings) is Verdict.NOT_READY


def test_a_letter_that_tells_of_an_opinion_proves_nothing() -> None:
    letter = ("text", "我们出具了标准无保留意见的审计报告。")
    assert told([letter]).opinion is Opinion.UNCLEAR
    assert told([*filled(STANDARD)[:2], letter, *filled(STANDARD)[2:]]).opinion is Opinion.UNCLEAR


def codes(read: OpinionRead) -> list[str]:
    return [one.code for one in read.findings]


def test_two_modified_kinds_are_a_conflict() -> None:
    qualified = filled(TEXTS["qualified"])
    read = told([*qualified[:5], ("heading", "否定意见"), *qualified[5:]])
    assert (read.opinion, codes(read)[0]) == (Opinion.UNCLEAR, "opinion_conflict")


def test_of_two_reports_the_worse_counts() -> None:
    assert told([*filled(STANDARD), *filled(TEXTS["qualified"])]).opinion is Opinion.QUALIFIED
    assert told([*filled(TEXTS["emphasis"]), *filled(STANDARD)]).opinion is Opinion.EMPHASIS


@pytest.mark.parametrize("cut", range(2, len(filled(STANDARD)) - 4))
def test_a_part_that_is_missing_makes_a_report_unclear_or_changes_nothing_that_counts(cut: int) -> None:
    blocks = filled(STANDARD)
    read = told(blocks[:cut] + blocks[cut + 1 :])
    # boilerplate alone may be missing: its headings and their numbers are still there
    harmless = blocks[cut][0] == "text" and blocks[cut][1].startswith(
        ("管理层负责", "我们的目标是", f"{COMPANY}管理层对其他信息")
    )
    assert (read.opinion is Opinion.STANDARD) == harmless


def test_a_page_taken_out_is_seen_by_the_numbers_of_the_parts() -> None:
    read = told([one for one in filled(TEXTS["emphasis"]) if "强调事项" not in one[1] and "提醒" not in one[1]])
    assert (read.opinion, codes(read)) == (Opinion.UNCLEAR, ["opinion_parts_missing"])


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("emphasis", "强调事项", "强调事顶"),
        ("qualified", "保留意见", "保留意贝"),
        ("adverse", "否定意见", "杏定意见"),
        ("adverse", "没有在所有", "没冇在所有"),
    ],
)
def test_one_misread_sign_does_not_make_a_report_standard(name: str, right: str, wrong: str) -> None:
    assert changed(lambda words: words.replace(right, wrong), TEXTS[name]).opinion is not Opinion.STANDARD


def test_a_hardly_read_row_unread_ink_and_lying_text_make_a_report_unclear() -> None:
    first, *rest = typed(filled(STANDARD))
    worst, middle = replace(first.lines[5], confidence=0.4), first.lines[6].box
    for worse, code in (
        (replace(first, lines=(*first.lines[:5], worst, *first.lines[6:])), "opinion_unsure"),
        (replace(first, unread=(Box(30, middle.top + 4, 90, middle.top + 6),)), "text_unread"),
        (replace(first, layer=Layer.DIFFERS), "text_layer_differs"),
    ):
        read = read_opinion([worse, *rest], BOOK)
        assert (read.opinion, codes(read)) == (Opinion.UNCLEAR, [code])


def numbered(pages: list[PageText], numbers: list[int]) -> list[PageText]:
    return [
        replace(
            one,
            lines=(*one.lines, Line(f"第 {number} 页 共 {max(numbers)} 页", 0.99, Box(90, 282, 120, 286), one.number)),
        )
        for one, number in zip(pages, numbers, strict=True)
    ]


def test_a_jump_of_the_page_numbers_makes_a_report_unclear() -> None:
    pages = typed(filled(STANDARD), 11)[:3]
    assert codes(read_opinion(numbered(pages, [1, 2, 3]), BOOK)) == []
    assert read_opinion(numbered(pages, [1, 3, 4]), BOOK).opinion is Opinion.UNCLEAR


def test_a_skewed_page_that_puts_heading_and_paragraph_into_one_row() -> None:
    blocks: Blocks = []
    for style, words in filled(TEXTS["emphasis"]):
        if blocks and blocks[-1][0] == "heading" and "强调" in blocks[-1][1]:
            blocks[-1] = ("text", blocks[-1][1] + words)
        else:
            blocks.append((style, words))
    assert told(blocks).opinion is Opinion.EMPHASIS


def test_notes_behind_the_signature_do_not_count_and_nothing_read_is_unclear() -> None:
    notes = [
        ("title", "财务报表附注"), ("heading", "二、持续经营"), ("text", "本公司自报告期末起12个月具有持续经营能力。"),
        ("heading", "九、其他事项"), ("text", "无。"),
    ]  # fmt: skip
    assert told([*filled(STANDARD), *notes]).opinion is Opinion.STANDARD
    assert read_opinion([page([])], BOOK).opinion is Opinion.UNCLEAR


@pytest.mark.parametrize(
    "firm", ["北京中瑞和会计师事务所（普通合伙）", "上海及为会计师事务所有限公司", "广东正源会计师事务所"]
)
def test_the_firm(firm: str) -> None:
    blocks = [("text", f"我们接受委托，由{firm}执行。"), *filled(replace(STANDARD, firm=firm))]
    assert audit_report.read(typed(blocks), BOOK, DAY, {}).fields["firm"] == firm.replace("（", "(").replace("）", ")")
