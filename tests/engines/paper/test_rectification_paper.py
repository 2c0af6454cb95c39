"""The report's template and its bytes."""

from __future__ import annotations

import io
import zipfile

import pytest

from nianjian.engines.paper import rectification
from nianjian.engines.paper.rectification import ReportStamp, report_content
from nianjian.engines.paper.rectification_word import PLACE, report_template, report_word

HOSTILE = '{{ 7 * 7 }} <w:p> & "x"'


def told() -> dict[str, object]:
    names = (
        "notice located isolated measured measures papers gaps tickets history provenance named nobody group complaints"
        " answered rate rest chance share mark figure before after text owner due done every kind issuer number dated"
        " sha256 id source accepted complained line calls page none"
    )
    return {
        "title": HOSTILE, "enterprise": "示例", "draft": "", "foot": "R1", "gaps": [], "head": [["文号", HOSTILE]],
        "located": None, "isolated": [], "measured": [], "notes": [], "measures": [], "papers": [], "tickets": [],
        "tickets_more": "", "history": [], "provenance": [], "words": {name: name for name in names.split()},
    }  # fmt: skip


def test_the_template_is_what_its_program_writes() -> None:
    assert PLACE.read_bytes() == report_template()


def test_the_same_content_gives_the_same_bytes_and_no_text_is_markup() -> None:
    measured = {
        "channel": "L1",
        "cap": 30,
        "before": {"channel": {"by_day": [["2026-03-01", 40]]}},
        "after": {"channel": {"by_day": [["2026-03-03", 5]]}},
    }
    chart = rectification.days_chart(measured, str)
    first, second = report_word(told(), [chart]), report_word(told(), [chart])
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as book:
        text = book.read("word/document.xml").decode()
        assert [one for one in book.infolist() if one.date_time[0] != 2017] == []
        assert any(name.endswith(".png") for name in book.namelist())
    assert "{{ 7 * 7 }} &lt;w:p&gt; &amp; " in text
    assert "{%" not in text


@pytest.mark.parametrize(("draft", "heading"), [(True, "尚未闭环"), (False, "需说明的事项")])
def test_a_report_that_goes_out_calls_nothing_open(*, draft: bool, heading: str) -> None:
    order = {
        "kind": "isolate", "approved_at": "2026-04-29T10:00:00+08:00", "key": "line", "channel": "L1", "cap": 30,
        "cap_before": 300, "white_list": True, "reason": "投诉集中", "end": "", "proposed_by": "os:root",
        "approved_by": "user:bo",
    }  # fmt: skip
    case = {
        "id": "R1", "enterprise": "demo", "notice": "", "received": "2026-04-28", "due_at": "2026-05-14T17:00:00+08:00",
        "provisional": False, "causes": [], "orders": [order], "measures": [], "papers": [], "events": [],
    }  # fmt: skip
    late = {"code": "tickets_late", "values": {"count": 1, "first": "Q1"}}
    told = report_content(
        case, {"tickets": [], "more": False}, [late], "zh_Hans", ReportStamp("示例", draft, 1, "0" * 64)
    )
    assert told["words"]["gaps"] == heading
    assert bool(told["draft"]) is draft
    assert "Q1" in told["gaps"][0]
    assert told["isolated"][0][-1] == ["双人", "root + bo"]
