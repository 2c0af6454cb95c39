"""Claims on generated papers: nothing that the data refute or cannot prove; blanks that people fill in are kept."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import docx
import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests.engines.paper.test_rectification_paper import case, located
from tests.features.dossier.conftest import bring_calls, run_year
from tests.support.claims import list_sentences
from tests.support.fixtures import Import, Sheet
from tests.support.people import signed_in
from tests.support.worlds import begin

from nianjian.doors.cli.main import main
from nianjian.doors.site.worker import Worker
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.claims import REFUSED, RELEASED, UNKNOWN, Claim, Lack
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import inspection
from nianjian.engines.paper.official import official_pdf
from nianjian.engines.paper.official_word import official_docx
from nianjian.engines.paper.rectification import ReportStamp, build_report
from nianjian.engines.paper.texts.claims import BLANK, CLAIMS, claim_text, is_contradicted
from nianjian.engines.paper.texts.inspection import LACKS, STEPS
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.dossier.generated import registers
from nianjian.features.dossier.generated.self_check import Sum
from nianjian.features.dossier.operations.fill_in import list_blanks, state_claim
from nianjian.features.dossier.operations.generate import DECIDERS, ITEMS, GeneratedItem, Values, _findings, generate
from nianjian.features.dossier.operations.overrulings import can_be_overruled
from nianjian.features.dossier.states import Verdict, Weight, decide_verdict, finding_text
from nianjian.features.inspection.operations.day import build_sheet
from nianjian.features.inspection.operations.readiness import check_now
from nianjian.features.portrait.models import Task
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.claims.storage import load_statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("january")]
YEAR = 2026
CALLS = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果"
INBOUND = "话单ID,方向,主叫号码,被叫号码,开始时间,结束时间"
_ = words(CHINESE)


def _make(code: str, actor: Actor, folder: Path, *items: str) -> list[GeneratedItem]:
    return generate(enterprise=code, year=YEAR, items=items or ("all",), folder=folder, actor=actor)


def read_text(path: Path) -> str:
    """The text of a PDF, of a Word file or of every sheet of a workbook."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as pack:
            text = re.sub(r"<[^>]+>", "", pack.read("word/document.xml").decode())
            return text.replace("__", "＿")  # a blank to fill in, in narrow signs
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return "".join(page.get_textpage().get_text_range() for page in document)
    book = CalamineWorkbook.from_path(path)
    return "".join(
        str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
    )


@pytest.fixture
def false(  # noqa: PLR0917 -- fixtures
    demo: str, anna: Actor, operator: Actor, load: Import, sheet: Sheet, tmp_path: Path
) -> str:
    """An enterprise of which the data refute whatever they can refute."""
    begin("refuted claims", tmp_path, lambda: _refute(demo, anna, operator, load, sheet))
    return demo


def _refute(demo: str, anna: Actor, operator: Actor, load: Import, sheet: Sheet) -> None:
    load(
        "licences", "许可证编号,企业名称,统一社会信用代码,法定代表人,住所",
        ("B1", "示例有限公司", "91110000600037341L", "王五", "一号"),
        ("B2", "示例有限公司", "", "赵六", "二号"),
    )  # fmt: skip
    load("numbers", "码号,备案状态,有效期止", ("95013", "已注销", "2025-12-31"))
    load("seats", "坐席编号,类型,备案状态,开通日期,默认外显号", ("S1", "机器人", "", "2025-02-01", "057177776666"))
    late = (
        "K1", "12321", *["2026-03-02 09:00:00"] * 2, "2026-03-05 09:00:00", "2026-03-04 09:00:00",
        "2026-03-01拨打13912345678，外显057188886666、057177776666、02110001",
    )  # fmt: skip
    load("complaints", "编号,来源,受理时间,转办到达时间,首次响应时间,结案时间,内容", late)
    out = ("c1", "呼出", "02110000", "057188886666", "13900000001", "2026-03-05 10:00:00", "", "", "未接")
    # nothing tells whether it was answered
    came = ("i1", "呼入", "13911112222", "95013", "2026-03-05 11:00:00", "2026-03-05 11:00:30")
    bring_calls(demo, operator, sheet(CALLS, out, name="out.csv"), sheet(INBOUND, came, name="in.csv"))
    run_year(demo, anna)
    with connection.cursor() as cursor:  # somebody with the database writes into the chain
        cursor.execute("UPDATE audit_entry SET data = '{}' WHERE seq = 1")


def test_no_paper_prints_what_the_data_refute(false: str, anna: Actor, tmp_path: Path) -> None:
    values = Values(false, YEAR)
    states = {name: values.claim(name).state for name in DECIDERS}
    refuted = {name for name, state in states.items() if state == REFUSED}
    assert refuted == {
        "legal_representative", "office", "numbers_listed", "records_protected", "calls_retained", "tickets_in_time",
        "closed_after_response", "inbound_decided", "seat_filing_known",
    }  # fmt: skip
    _state(false, anna, claim="tickets_in_time", text="均按时办结")
    papers = {paper.item: paper for paper in _make(false, anna, tmp_path)}
    for paper in papers.values():
        for path in paper.files:
            text = read_text(path)
            assert "B1、B2" in text
            assert f"91110000600037341L（B1）；{BLANK}（B2）" in "".join(text.split())
            assert {name for name in list_sentences(text) if states.get(name) != RELEASED} == set(), path.name
            assert "均按时办结" not in text
            assert not {"13912345678", "02110001"} & set(re.findall("[0-9]+", text)), "a person's, in a free text"
            if paper.item == "responsibility_report":
                assert "首次响应超过2小时时限的1件" in re.sub(r"\s", "", text)
            if paper.item == "complaint_records":
                plain = re.sub(r"\s", "", text)
                assert "2026-03-01拨打" in plain
                assert "外显057188886666、057177776666、" in plain, "own numbers stay, that of a register too"
                assert "12321、12300" in text
    unproved = {
        finding.values["lack"]
        for paper in papers.values()
        for finding in paper.findings
        if finding.code == "claim_refused"
    }
    assert {"several_licences", "chain_broken", "calls_missing", "closes_late", "filing_untold"} <= unproved
    assert "closed_before_response" in unproved
    stopped = papers["responsibility_report"]
    assert stopped.verdict is Verdict.NOT_READY
    (finding,) = [one for one in stopped.findings if one.code == "claim_contradicted"]
    assert finding.values == {"claim": "tickets_in_time"}, "no sentence, which may name a person"
    assert "response to and closing of" in finding_text(finding.code, finding.values, words("en"))


def test_no_card_prints_what_the_data_refute(false: str, anna: Actor) -> None:
    check = to_builtins(check_now(enterprise=false, part="answers", actor=anna))
    released = {card["card"] for card in check["cards"] if card["state"] == RELEASED}
    assert "tickets_in_time" not in released
    paper = inspection.answer_cards_paper(check, to_builtins(build_sheet(enterprise=false, actor=anna)), _)
    text = re.sub(r"<[^>]+>", "", inspection.paper_html(paper, CHINESE).decode())
    assert set(list_sentences(text)) <= released
    assert f"{len(released)} / {len(check['cards'])}" in text, "the cards are in it"


def _printed(paper: Any, folder: Path) -> Iterator[tuple[str, str]]:
    """The text of a report as PDF and as Word file, by its ending."""
    for ending, draw in {"pdf": official_pdf, "docx": official_docx}.items():
        (folder / f"report.{ending}").write_bytes(draw(paper))
        yield ending, "".join(read_text(folder / f"report.{ending}").split())


@pytest.mark.parametrize("draft", [True, False])
def test_neither_rectification_report_tells_of_acts_that_are_not_on_record(tmp_path: Path, *, draft: bool) -> None:
    waiting = {"kind": "isolate", "approved_at": None}
    empty = {"orders": [waiting], "papers": [], "measures": [], "located": None, "measured": None}
    stamp = ReportStamp("示例", "", draft, 1, "0" * 64)
    paper = build_report(case(**empty), {"tickets": [], "more": False}, [], CHINESE, stamp)
    for ending, text in _printed(paper, tmp_path):
        assert list_sentences(text) == ["notice_received"], ending
        for said in ("channel_isolated", "measures_recorded", "assessed", "complaints_compared", "windows_counted"):
            texts = CLAIMS[said]
            assert "".join(_(texts.refused or texts.blank).split()) in text, said


CHANNEL = {"complaints": 9, "attempts": 60, "most": 45, "by_day": [], "callees_known": 60, "white_listed": 7,
           "white_list_share": "11.6667"}  # fmt: skip
WINDOW = {
    "from": "2026-04-01", "to": "2026-05-01", "days": 30, "complaints": 9, "answered": 99, "rate": "909.0909",
    "rate_light": "yellow", "evasion": None, "consistency_light": "insufficient", "channel": CHANNEL,
}  # fmt: skip
#: Sentences of a case that its own records bear out: notice, location, order, windows, assessment.
RECORDED = {
    "notice_received", "complaints_compared", "channel_isolated", "windows_counted", "assessed", "isolation_calls",
}  # fmt: skip


@pytest.mark.parametrize(
    ("over", "after"),
    [
        ([["2026-05-02", 45]], {}),
        ([], {"attempts": 0, "most": 0, "callees_known": 0, "white_listed": 0}),
    ],
)
def test_no_rectification_report_prints_what_the_calls_refute(
    over: list[object], after: dict[str, int], tmp_path: Path
) -> None:
    measured = {
        "before": WINDOW, "after": {**WINDOW, "channel": CHANNEL | after}, "isolated": "2026-05-01", "cap": 30,
        "over_cap": over, "that_day": {"before": 1, "after": 2}, "gate": {"asked": 0},
        "snapshot": {"sha256": "ab" * 32}, "rulebook": {"version": "2026.11.30"},
    }  # fmt: skip
    data = case(measured=measured, located=located([], 0))
    paper = build_report(data, {"tickets": [], "more": False}, [], CHINESE, ReportStamp("示例", "", True, 1, "0" * 64))  # noqa: FBT003 -- a draft
    for ending, text in _printed(paper, tmp_path):
        assert set(list_sentences(text)) == RECORDED, ending
        assert ("有1日外呼超过指令上限30次，单日最多45次" in text) is bool(over)
        assert "数量不足以判断" in text


def test_no_paper_prints_what_nothing_proves(blank: str, anna: Actor, tmp_path: Path) -> None:
    for paper in _make(blank, anna, tmp_path):
        assert paper.verdict is not Verdict.READY
        assert not {one.figure for one in paper.sums} & {"complaints", "tickets", "closed"}, "nobody registered any"
        for path in paper.files:
            sentences = set(list_sentences(read_text(path)))
            assert sentences <= {"records_protected"}, "the chain is whole; that nought equals nought proves nothing"
    report = next(path for path in tmp_path.iterdir() if path.stem == "信息安全责任制报告" and path.suffix != ".pdf")
    text = read_text(report)
    assert text.count(BLANK) >= 20
    assert "许可证" + BLANK in text
    assert "统一社会信用代码" + BLANK in text
    assert "码号0个" not in text
    assert "投诉0件" not in text


def test_every_claim_of_a_paper_is_decided_or_stated() -> None:
    papers = {name for name, texts in CLAIMS.items() if set(texts.where) & set(ITEMS)}
    assert set(DECIDERS) <= papers
    for name in papers:
        texts = CLAIMS[name]
        assert (name in DECIDERS) is bool(texts.released or texts.refused), name
        if texts.released and "{text}" not in texts.blank:
            assert texts.blank or texts.refused, name


OFFICE = partial(registers.by_licence, "office", "places")
DAYS = partial(registers.calls_retained, year=YEAR)
LINES, SEATS = (partial(registers.register_count, name) for name in ("lines_listed", "seats_listed"))
WHOLE = {"until": "L", "count": 0, "unconfirmed": {"count": 0, "ranges": []}}
GAP = {"until": "L", "count": 3, "unconfirmed": {"count": 2, "ranges": [{"from": "2026-05-01", "to": "2026-05-02"}]}}
NEVER_IMPORTED = {"quality": {"rows": {"loaded": 0}, "days_without_records": GAP}}
DAYS_LEFT = f"无话单的日期及原因：{BLANK}。"
OF_12321 = "投诉数为当月12321受理的投诉"


def _agrees(portrait: int | None) -> Claim:
    return registers.traffic_agrees([Sum("monthly_traffic", "outbound", 3, portrait)], "12321")


CASES = [
    (OFFICE({"B1": "一号"}), RELEASED, "办公地址：一号。"),
    (OFFICE({"B1": "一号", "B2": "二号"}), REFUSED, "办公地址（按许可证）：一号（B1）；二号（B2）。"),
    (OFFICE({}), UNKNOWN, f"办公地址：{BLANK}。"),
    (registers.numbers_listed(["95013"], written=True), RELEASED, "截至D，在用码号1个：95013。"),
    (registers.numbers_listed([], written=True), REFUSED, "截至D，台账登记的码号均不在有效期内。"),
    (registers.numbers_listed([], written=False), UNKNOWN, f"在用码号：{BLANK}。"),
    (registers.numbers_listed([], 1, written=True), UNKNOWN, f"在用码号：{BLANK}。"),  # nothing says none is in force
    (registers.number_filing_known(0), RELEASED, ""),
    (registers.number_filing_known(2), REFUSED, "另有2个码号未登记备案状态，未计入在用码号。"),
    (LINES(0, written=True), RELEASED, "截至D，台账登记在用中继线0条。"),
    (LINES(0, written=False), UNKNOWN, f"在用中继线：{BLANK}。"),
    (SEATS(3, written=True, robots=1, untyped=1), RELEASED,
     "截至D，在册坐席3个，其中机器人坐席1个。在册坐席中有1个未登记类型。"),
    (registers.chain_whole(9, whole=False), REFUSED, f"操作日志不完整。原因：{BLANK}。"),
    (DAYS(WHOLE), RELEASED, "F至L，有业务的日期均存有通话记录。"),
    (DAYS(GAP), REFUSED,
     f"F至L，2日无通话记录（2026-05-01至2026-05-02）。原因：{BLANK}。另有1日无业务，已由本企业确认。"),
    (DAYS(None), UNKNOWN, DAYS_LEFT),
    (DAYS(WHOLE | {"until": "2025-12-31"}), UNKNOWN, DAYS_LEFT),  # no day of the year is over
    (DAYS(registers.days_without_calls(NEVER_IMPORTED)), UNKNOWN, DAYS_LEFT),
    (_agrees(3), RELEASED, f"{OF_12321}；通话与投诉合计与合规画像一致。"),
    (_agrees(4), REFUSED, f"{OF_12321}。本表合计与合规画像不一致（本表 / 合规画像）：3 / 4。"),
    (_agrees(None), UNKNOWN, f"{OF_12321}。"),
    (registers.closed_after_response(0), RELEASED, ""),
    (registers.closed_after_response(24), REFUSED, "有24件工单登记的办结时间早于首次响应时间，须核实更正。"),
    (registers.inbound_decided(0), RELEASED, ""),
    (registers.inbound_decided(2), REFUSED, "2个呼入通话无法判断是否接通。"),
    (registers.seat_filing_known([{"filing": "filed"}], written=True), RELEASED, ""),
    (registers.seat_filing_known([{"filing": None}], written=True), REFUSED,
     "另有1个坐席未登记备案状态，未计入已备案数。"),
    (registers.stated("emergency_plan"), UNKNOWN, f"应急预案（名称、日期）：{BLANK}。"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "state", "text"), CASES, ids=[f"{n}-{one[0].id}-{one[1]}" for n, one in enumerate(CASES)]
)
def test_a_claim_says_what_its_figures_prove(claim: Claim, state: str, text: str) -> None:
    assert claim.state == state
    assert claim_text(claim, _, {}, day="D", first="F", year=YEAR) == text


@pytest.mark.parametrize("lack", ["no_calls", "register_empty"])
def test_that_nothing_equals_nothing_proves_no_agreement(lack: str) -> None:
    claim = registers.traffic_agrees([], "12321", recorded=lack != "no_calls", written=lack != "register_empty")
    assert (claim.state, [one.code for one in claim.lacks]) == (UNKNOWN, [lack])
    assert claim_text(claim, _, {}) == f"{OF_12321}。"


def test_a_number_of_unknown_filing_is_not_called_in_force(blank: str, load: Import) -> None:
    load("numbers", "码号,备案状态,备案日期", ("95013", "已备案", "2024-01-01"), ("95078", "", ""))
    values = Values(blank, YEAR)
    section = str(registers.build_document(values.head, values.say, [], _).sections[1])
    first, second = section.find("在用码号1个：95013。"), section.find("另有1个码号未登记备案状态，未计入在用码号。")
    assert 0 < first < second


def test_a_statement_fills_a_blank_and_never_overrides_the_data() -> None:
    said = {"text": "二号"}
    unknown = registers.by_licence("office", "places", {})
    assert claim_text(unknown, _, said) == "办公地址：二号。（本企业自述）"
    assert claim_text(registers.by_licence("office", "places", {"B1": "一号"}), _, said) == "办公地址：一号。"
    assert is_contradicted(registers.by_licence("office", "places", {"B1": "一号", "B2": "二号"}), said)
    assert not is_contradicted(registers.seat_filing_known([{"filing": None}], written=True), said), "only not recorded"


def _state(code: str, actor: Actor, year: int = YEAR, **params: str) -> None:
    state_claim(enterprise=code, actor=actor, year=year, **{"part": "text", **params})


def test_what_is_stated_is_printed_kept_and_proposed(blank: str, anna: Actor, tmp_path: Path) -> None:
    _state(blank, anna, claim="daily_lead", part="name", text="张三")
    _state(blank, anna, claim="security_training", text="2026年6月，全员")
    _state(blank, anna, claim="algorithm", part="state", text="已备案")
    _state(blank, anna, claim="algorithm", part="name", text="意图识别模型")
    _state(blank, Actor("bert"), claim="records_protected", text="断电")  # the chain is whole: it is not printed
    papers = {one.item: one for one in _make(blank, anna, tmp_path, "responsibility_report", "algorithm_filing")}
    for path in papers["responsibility_report"].files:
        text = "".join(read_text(path).split())
        assert f"日常工作负责人：张三，职务：{BLANK}，电话：{BLANK}。（本企业自述）" in text
        assert "2026年度培训（日期、人员）：2026年6月，全员。（本企业自述）" in text
        assert re.search(r"标有“本企业自述”的内容由以下人员填报：anna（\d{4}年\d\d?月\d\d?日）。", text)
    form = "".join(read_text(papers["algorithm_filing"].files[1]).split())
    assert "☑已备案☐不适用（本企业自述）" in form
    assert "意图识别模型（本企业自述）" in form
    blanks = [one.values["fields"] for one in papers["algorithm_filing"].findings if one.code == "claim_blank"]
    assert "algorithm.number" in blanks[0]
    assert "algorithm.reason" not in blanks[0], "what is filed has no reason why it does not apply"
    fields = [one.values["fields"] for one in papers["responsibility_report"].findings if one.code == "claim_blank"]
    assert "daily_lead.post, daily_lead.telephone" in fields
    assert not any("security_training" in str(names) for names in fields)
    next_year = {(one.claim, one.part): one for one in list_blanks(
        enterprise=blank, year=YEAR + 1, item="responsibility_report", actor=anna
    )}  # fmt: skip
    assert next_year["daily_lead", "name"].text == "张*", "it stands until it is replaced, masked as personal data are"
    training = next_year["security_training", "text"]
    assert (training.text, training.proposal) == ("", "2*********"), "another year's is only proposed"


def test_statements_by_page_and_command(blank: str, anna: Actor, capsys: pytest.CaptureFixture[str]) -> None:
    client: Client = signed_in("mary", "data_officer", blank)
    page, state = (
        reverse(name, args=[blank, YEAR, "responsibility_report"]) for name in ("dossier-item", "dossier-state")
    )
    assert 'name="daily_lead.name"' in client.get(page).content.decode()
    client.post(state, {"daily_lead.name": "李四", "security_rules.text": "信息安全管理制度"})
    statements = {(one.data["claim"], *one.data["parts"]) for one in acts(enterprise=blank, verb="claims.state")}
    assert statements == {("daily_lead", "name"), ("security_rules", "text")}, (
        "an entry a claim, none for what is empty"
    )
    html = client.get(page).content.decode()
    assert "李*" in html
    assert "李四" not in html
    assert "mary" in html
    statements, fold, rest = html.partition('<details class="more">')
    assert 'name="daily_lead.name"' in statements
    assert fold
    assert 'name="complaints_counted.text"' in rest, "what the data may tell is folded"
    where = ["--enterprise", blank, "--season", str(YEAR), "--item", "responsibility_report", "--json"]
    assert main(["dossier", "state", *where]) == 0
    assert "李*" in capsys.readouterr().out
    form = {"daily_lead.name": "", "security_rules.text": "信息安全管理制度"}
    client.post(state, form)
    assert Values(blank, YEAR).stated("daily_lead") == {"name": "李四"}, "a masked text that was left alone stays"
    client.post(state, form | {"clear:daily_lead.name": "on"})
    assert Values(blank, YEAR).stated("daily_lead") == {}
    with pytest.raises(NianjianError, match="claim_part_unknown"):
        _state(blank, anna, claim="daily_lead", part="shoe", text="42")
    with pytest.raises(NianjianError, match="claim_part_unknown"):  # of the public pages, and an administrator's
        _state(blank, anna, claim="one_click_promise", part="response_hours", text="abc")


def test_an_algorithm_filing_that_states_nothing_is_missing(blank: str, anna: Actor) -> None:
    """M13 is on file, or does not apply for a reason; else the item is missing, and nobody overrules that."""

    def verdict(**parts: str) -> Verdict:
        for part, text in parts.items():
            _state(blank, anna, claim="algorithm", part=part, text=text)
        findings = _findings("algorithm_filing", Values(blank, YEAR))
        missing = [one for one in findings if one.code == "filing_missing"]
        assert [one.weight for one in missing] == ([Weight.STOP] if missing else [])
        assert not any(can_be_overruled(one) for one in to_builtins(missing))
        assert bool(missing) is (decide_verdict(findings) is Verdict.NOT_READY)
        return decide_verdict(findings)

    assert verdict(name="意图识别模型") is Verdict.NOT_READY
    assert verdict(state="不适用") is Verdict.NOT_READY
    assert verdict(reason="不具有舆论属性") is Verdict.NEEDS_PERSON
    assert verdict(state="已备案", reason="") is Verdict.NEEDS_PERSON, "number and day are blanks to fill in"


def test_a_part_is_asked_for_by_its_kind(demo: str) -> None:
    client: Client = signed_in("mary", "data_officer", demo)
    item = [demo, YEAR, "algorithm_filing"]
    html = client.get(reverse("dossier-item", args=item)).content.decode()
    assert '<datalist id="state_algorithm.state_words"><option value="已备案"><option value="不适用">' in html
    assert re.search('<span class="day-box"><input[^>]*name="algorithm.filed_on"', html)

    def state(**parts: str) -> str:
        sent = {f"algorithm.{part}": text for part, text in parts.items()}
        return client.post(reverse("dossier-state", args=item), sent, follow=True).content.decode()

    assert "未备案" in state(state="未备案")
    refused = state(state="已备案", filed_on="2027-01-21")
    assert "备案日期：不能填写“2027-01-21”" in refused
    assert load_statements(demo, YEAR) == {}
    state(state="已备案", filed_on="2027年1月20日")
    stated = {part: one.text for part, one in load_statements(demo, YEAR)["algorithm"].items()}
    assert stated == {"state": "已备案", "filed_on": "2027-01-20"}


def test_lacks_have_a_remedy() -> None:
    lacks: set[str] = {lack.code for claim, _state, _text in CASES for lack in claim.lacks}
    assert lacks <= set(LACKS) & set(STEPS)
    assert Lack("not_stated", known=False) == registers.NOT_STATED


# The emergency procedure for complaints (R9): complete, editable, of the enterprise's own facts.

SOP = "complaint_sop"


@pytest.fixture
def with_line(blank: str, load: Import) -> str:
    load("lines", "线路编号,名称,运营商,落地网关,团队,停用日期", ("L1", "杭州中继", "中国电信", "HZ-1", "T1", ""))
    return blank


def _read(folder: Path) -> dict[str, str]:
    """Ending of a file -> its text, without spaces."""
    return {path.suffix: "".join(read_text(path).split()) for path in folder.iterdir()}


def test_the_procedure_is_complete_with_limits_sources_channels_and_routine(
    with_line: str, anna: Actor, tmp_path: Path
) -> None:
    often = {"every": 7, "due": date(2027, 2, 1), "recorded_at": clock.now(), "recorded_by": "anna"}
    Task.objects.create(enterprise_id=with_line, text="抽查白名单", owner="王强", **often)
    state_claim(enterprise=with_line, actor=anna, year=YEAR, claim="sop_lead", part="name", text="李敏")
    state_claim(enterprise=with_line, actor=anna, year=YEAR, claim="sop_trigger", text="单日3件")
    (paper,) = generate(enterprise=with_line, year=YEAR, items=(SOP,), folder=tmp_path / "out", actor=anna)
    texts = _read(tmp_path / "out")
    lines = docx.Document(str(next((tmp_path / "out").glob("*.docx")))).paragraphs
    assert [one for one in lines if one.paragraph_format.first_line_indent and not one.text] == [], "an empty line"
    assert texts.keys() == {".docx", ".pdf", ".xlsx"}
    for ending in (".docx", ".pdf"):
        text = texts[ending]
        for fact in (
            "由每日300次降至30次", "10个工作日内", "到达后2小时内", "到达后24小时内", "的0.01%",
            "《呼叫中心许可证年检通关指南》后续改（代办机构文章，非官方文件）", "杭州中继", "抽查白名单", "王强",
            f"总负责人：李敏，职务：{BLANK}，电话：{BLANK}，负责启动和终止应急处置。（本企业自述）",
            "：单日3件。（本企业自述）", f"24小时值班电话：{BLANK}", "截至2026年12月31日，台账登记在用中继线1条。",
            f"施行日期：{BLANK}", "投诉应急处置记录表", "编制人", "批准人",
        ):  # fmt: skip
            assert fact in text, (ending, fact)
        assert paper.run not in text
    assert {"claim_blank"} <= {finding.code for finding in paper.findings}


def test_the_procedure_is_stated_and_made_by_page_and_command(
    with_line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = signed_in("mary", "compliance_lead", with_line)
    due = client.get(reverse("dossier-procedure-due", args=[with_line])).content.decode()
    address = reverse("dossier-procedure", args=[with_line, YEAR])
    assert 'name="sop_duty.telephone"' in due
    sent = {"sop_duty.telephone": "0571-12345678", "sop_report.name": "赵岚"}
    assert client.post(reverse("dossier-state", args=[with_line, YEAR, SOP]), sent, follow=True).status_code == 200
    assert client.post(reverse("dossier-state", args=[with_line, 99999, SOP]), sent).status_code == 404
    texts = {blank.part: blank.text for blank in list_blanks(
        enterprise=with_line, year=YEAR, item=SOP, actor=Actor("mary")
    ) if blank.claim == "sop_report"}  # fmt: skip
    assert texts["name"] == "赵*"
    sent = {"item": SOP, "as_files": "on"}
    page = client.post(reverse("dossier-package-generate", args=[with_line, YEAR]), sent, follow=True)
    assert page.redirect_chain[-1][0] == address, "where its files are"
    assert 'id="progress"' in page.content.decode()
    assert Worker("w1", Event()).step()
    assert reverse("dossier-package", args=[with_line, YEAR]) in client.get(address).content.decode()
    where = ["--enterprise", with_line, "--season", str(YEAR)]
    main(["dossier", "generate", SOP, *where, "--output", str(tmp_path / "out")])
    assert "Emergency procedure" in capsys.readouterr().out
    assert "赵岚" in _read(tmp_path / "out")[".docx"]
