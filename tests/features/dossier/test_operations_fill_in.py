"""The fill-in sheet: values from registers, calls and the portrait of two years, what differs, masked, taken out."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests.support.fixtures import Import, Sheet
from tests.support.people import signed_in
from tests.support.worlds import begin

from nianjian.doors.cli.main import main
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations import import_calls
from nianjian.features.dossier.fill_in import Report, list_fields
from nianjian.features.dossier.models import FillIn
from nianjian.features.dossier.operations import fill_in
from nianjian.features.dossier.operations.checklist import get_rulebook
from nianjian.features.portrait.operations import choose_basis, run_portrait
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts

pytestmark = pytest.mark.django_db
YEAR = 2026
Json = dict[str, Any]
CALLS = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果"
SEATS = "坐席编号,类型,备案状态,备案日期,开通日期"
NUMBERS = "码号,批准总位长,使用主体,用途,使用范围,有效期起,有效期止,备案状态,备案日期,开通运营商,开通日期,占用费缴纳"
TICKETS = "编号,来源,上级单号,受理时间,投诉人号码,被投诉号码,来电时间,内容,首次响应时间"


@pytest.fixture(autouse=True)
def _today(own_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-01-20")


def _calls(year: int, out: int, came: int) -> list[tuple[object, ...]]:
    at = (f"{year}-03-05 10:00:00", f"{year}-03-05 10:00:05", f"{year}-03-05 10:01:05", "接通")
    made: list[tuple[object, ...]] = [
        (f"{year}o{one}", "呼出", "02110000", "95013", f"139000000{one:02d}", *at) for one in range(out)
    ]
    return made + [(f"{year}i{one}", "呼入", "13911112222", "13911112222", "95013", *at) for one in range(came)]


@pytest.fixture
def records(demo: str, operator: Actor, load: Import, sheet: Sheet, tmp_path: Path) -> str:
    """Registers, complaints and calls of two years: ten seats filed, then fourteen."""
    begin("records of two years", tmp_path, lambda: _record(demo, operator, load, sheet))
    return demo


def _record(demo: str, operator: Actor, load: Import, sheet: Sheet) -> None:
    load(
        "licences", "许可证编号,企业名称,法定代表人,统一社会信用代码,业务种类,覆盖范围,注册地址",
        ("浙B2-20080101", "示例呼叫中心有限公司", "王小五", "91110000600037341L", "国内呼叫中心业务", "浙江", "杭州"),
    )  # fmt: skip
    load(
        "numbers", NUMBERS,
        ("95013", "8", "示例", "客户回访", "全国", "2024-01-01", "2028-12-31", "已备案", "2024-02-01", "中国电信",
         "2024-02-10", "已缴"),
        ("4001", "", "", "", "", "", "", "", "", "", "", ""),
    )  # fmt: skip
    old = [(f"S{one}", "人工", "已备案", "2024-01-01", "2024-01-02") for one in range(10)]
    load("seats", SEATS, *old, *((f"T{one}", "人工", "已备案", "2026-02-01", "2026-02-02") for one in range(4)))
    load("lines", "线路编号,运营商,状态", ("L1", "电信", "在用"), ("L2", "移动", "在用"), ("L3", "联通", "停用"))
    load(
        "complaints", TICKETS,
        ("T1", "12321", "A1", "2026-03-06 09:00:00", "13900000001", "95013", "2026-03-05 10:00:00", "骚扰",
         "2026-03-06 10:00:00"),
        ("T2", "企业", "A2", "2026-03-07 09:00:00", "13900000002", "95013", "2026-03-05 10:00:00", "骚扰", ""),
    )  # fmt: skip
    path = sheet(CALLS, *_calls(2025, 4, 6), *_calls(2026, 5, 5), name="calls.csv")
    how: Json = {"source": "auto", "mapping_file": None, "timezone": None, "replace": None}
    import_calls(enterprise=demo, patterns=[str(path)], actor=operator, progress=lambda *_figures: None, **how)


@pytest.fixture
def filled(records: str, anna: Actor, tmp_path: Path) -> str:
    """With a portrait of both years."""

    def run() -> None:
        for year in (YEAR - 1, YEAR):
            run_portrait(enterprise=records, year=year, as_of=None, province=None, today=None, raw=False, actor=anna)

    begin("portraits of two years", tmp_path, run)
    return records


def _make(demo: str, actor: Actor, report: Report = Report.LICENCE) -> Json:
    fill_in.make_sheet(enterprise=demo, year=YEAR, report=report, actor=actor)
    told = fill_in.find_newest_sheet(enterprise=demo, year=YEAR, report=report, actor=actor)
    assert told is not None
    return told


def _by_name(told: Json) -> dict[str, Json]:
    return {one["field"]: one for one in told["fields"]}


def _code(act: Any) -> str:
    with pytest.raises(NianjianError) as caught:
        act()
    return caught.value.code


def test_every_field_has_its_value_or_is_not_known(filled: str, anna: Actor) -> None:
    told = _make(filled, anna)
    found = _by_name(told)
    values = {name: one["value"] for name, one in found.items() if one["value"] is not None}
    assert values == {
        "holder": "示例呼叫中心有限公司", "credit_code": "91110000600037341L", "representative": "王**",
        "licence_number": "浙B2-20080101", "address": "杭州", "services": "国内呼叫中心业务", "coverage": "浙江",
        "complaints": "2", "complaint_replies": "50.00%", "seats": "14", "opened_seats": "14", "outbound": "5",
        "inbound": "5", "outbound_share": "50.00%", "numbers": "95013", "lines": "2", "carriers": "电信、移动",
    }  # fmt: skip
    assert all(one["value"] is None for one in told["fields"] if one["source"] == "hand")
    assert told["unknown"] == len(found) - len(values)
    # 14 seats against 10: 40 % is more than 30 %; 50 % of outbound calls against 40 %: 25 % is more than 20 %
    assert (found["seats"]["before"], found["seats"]["percent"], found["seats"]["over"]) == ("10", "40.00", True)
    share = found["outbound_share"]
    assert (share["before"], share["percent"], share["over"], share["limit"]) == ("40.00%", "25.00", True, "20.00")
    assert (found["holder"]["change"], found["capital"]["change"]) == ("same", "unknown")
    assert {found["operation"]["level"], found["seats"]["level"]} == {"law", "guide"}
    assert not told["outdated"]
    (entry,) = acts(enterprise=filled, verb="dossier.fill_in")
    assert set(entry.data["over"]) == {"seats", "opened_seats", "outbound_share"}  # type: ignore[call-overload] # a list


def test_without_a_portrait_its_figures_stay_unknown(records: str, anna: Actor) -> None:
    found = _by_name(_make(records, anna))
    for name in ("seats", "opened_seats", "outbound", "outbound_share", "complaints", "complaint_replies"):
        assert (found[name]["value"], found[name]["over"]) == (None, None)
    assert found["lines"]["value"] == "2"


def test_code_numbers_have_their_fields_each(records: str, anna: Actor) -> None:
    told = _make(records, anna, Report.CODE_NUMBER)
    assert {one["number"] for one in told["fields"]} == {"95013"}, "4001 is outside the report"
    values = {name: one["value"] for name, one in _by_name(told).items()}
    assert values == {
        "holder": "示例", "total_length": "8", "purpose": "客户回访", "scope": "全国",
        "validity": "2024-01-01 – 2028-12-31", "filing": "已备案 2024-02-01 中国电信 2024-02-10", "fee": "已缴",
    }  # fmt: skip


def test_personal_values_are_sealed_masked_and_given_out_with_an_entry(
    records: str, anna: Actor, tmp_path: Path
) -> None:
    where: Json = {"enterprise": records, "year": YEAR, "report": Report.LICENCE, "actor": anna}
    assert _code(lambda: fill_in.reveal_sheet(**where)) == "dossier_fill_in_unknown"
    masked = _by_name(_make(records, anna))["representative"]["value"]
    assert masked == "王**"
    assert _by_name(fill_in.reveal_sheet(**where))["representative"]["value"] == "王小五"
    row = FillIn.objects.defer("lines").get()
    assert row.run == ""
    assert _code(lambda: fill_in.download_sheet(**where, form="docx")) == "export_form_unknown"
    files = fill_in.write_sheet_files(**where, folder=tmp_path / "out")
    assert [path.suffix for path in files] == [".pdf", ".xlsx"]
    with pypdfium2.PdfDocument(files[0]) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    text = "".join(sign for sign in "".join(pages) if sign.isalnum())  # a long code may break within its cell
    book = CalamineWorkbook.from_filelike(io.BytesIO(files[1].read_bytes()))
    cells = {
        str(cell) for name in book.sheet_names for row_ in book.get_sheet_by_name(name).to_python() for cell in row_
    }
    for wanted in ("王小五", "91110000600037341L", "注册资本"):
        assert wanted in text
        assert wanted in cells
    verbs = [one.verb for one in acts(enterprise=records) if one.verb.startswith("dossier.")]
    assert verbs == ["dossier.fill_in_taken"] * 2 + ["dossier.fill_in_revealed", "dossier.fill_in"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_the_command_says_the_same(
    records: str, anna: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del anna
    words = ["dossier", "fill-in", "--enterprise", records, "--season", str(YEAR)]
    assert main([*words, "--report", "code-number", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["report"], len(told["fields"])) == ("code_number", 7)
    assert main([*words, "--full", "--output", str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (_by_name(told)["representative"]["value"], len(told["files"])) == ("王小五", 2)
    assert main(words) == 0
    assert "王小五" not in capsys.readouterr().out
    assert main([*words, "--report", "nothing", "--json"]) == 2


def _values(told: Json) -> dict[str, str]:
    """For every field that the records leave open, something of its kind."""
    texts = {"count": "12", "share": "12.5%", "list": "甲、乙", "text": "有限责任公司"}
    kinds = {field.name: field.kind.value for field in list_fields(Report.LICENCE, get_rulebook("demo"))}
    return {one["field"]: texts[kinds[one["field"]]] for one in told["fields"] if one["value"] is None}


def test_every_field_of_the_report_is_entered_kept_proposed_and_printed(
    records: str, anna: Actor, tmp_path: Path
) -> None:
    before = _make(records, anna)
    assert len(before["fields"]) == 34
    texts = _values(before)
    assert before["unknown"] == len(texts) > 0
    place: Json = {"enterprise": records, "report": Report.LICENCE, "actor": anna}
    fill_in.enter_values(year=YEAR, texts={(name, ""): text for name, text in texts.items()}, **place)
    told = _make(records, anna)
    assert told["unknown"] == 0
    found = _by_name(told)
    assert {name: found[name]["value"] for name in texts} == texts
    assert all(found[name]["entered"] for name in texts)
    (pdf, _book) = fill_in.write_sheet_files(year=YEAR, folder=tmp_path / "out", **place)
    with pypdfium2.PdfDocument(pdf) as document:
        printed = "".join("".join(page.get_textpage().get_text_range().split()) for page in document)
    assert "有限责任公司" in printed
    assert "＿＿" not in printed
    assert "未知" not in printed

    fill_in.make_sheet(year=YEAR + 1, **place)
    later = fill_in.find_newest_sheet(year=YEAR + 1, **place)
    assert later is not None
    assert [(one["value"], one["before"], one["proposal"]) for one in later["fields"] if one["field"] == "nature"] == [
        (None, "有限责任公司", "有限责任公司")
    ], "proposed, and nothing until a person enters it"
    fill_in.enter_values(year=YEAR, texts={("nature", ""): ""}, **place)
    assert _by_name(_make(records, anna))["nature"]["value"] is None


def test_what_is_entered_is_checked_and_held_against_the_records(filled: str, anna: Actor) -> None:
    _make(filled, anna)

    def enter(field: str, text: str, report: str = "licence", number: str = "") -> str | None:
        place: Json = {"enterprise": filled, "year": YEAR, "report": report, "actor": anna}
        return fill_in.enter_value(**place, field=field, number=number, text=text).text

    assert _code(lambda: enter("seats", "十四")) == "fill_in_value_invalid"
    assert _code(lambda: enter("outbound_share", "101%")) == "fill_in_value_invalid"
    assert _code(lambda: enter("credit_code", "91110000600037341X")) == "credit_code_check_digit"
    assert _code(lambda: enter("colour", "红")) == "fill_in_field_unknown"
    assert _code(lambda: enter("holder", "示例", "code_number")) == "fill_in_field_unknown", "it names a number"
    _make(filled, anna, Report.CODE_NUMBER)
    assert _code(lambda: enter("holder", "示例", "code_number", "95099")) == "fill_in_field_unknown", "not on the sheet"
    assert enter("holder", "示例", "code_number", "95013") == "示例"
    assert enter("seats", "１,０00") == "1000"
    assert enter("outbound_share", "50 %") == "50%"
    found = _by_name(_make(filled, anna))
    assert (found["seats"]["value"], found["seats"]["recorded"], found["seats"]["percent"]) == ("1000", "14", "9900.00")
    assert (found["outbound_share"]["value"], found["outbound_share"]["recorded"]) == ("50%", None)


def test_a_refused_value_leaves_all_that_was_typed_on_the_page(filled: str, anna: Actor) -> None:
    _make(filled, anna)
    client = signed_in("mary", "data_officer", filled)
    enter = reverse("fill-in-enter", args=[filled, YEAR, "licence"])
    refused = client.post(enter, {".capital": "1000万元", ".staff": "三人"})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert [one for one in ('value="1000万元"', 'value="三人"', "“员工人数”") if one not in text] == []
    assert _by_name(_make(filled, anna))["capital"]["value"] is None
    kept = client.post(enter, {".capital": "1000万元", ".staff": "3"}, follow=True).content.decode()
    assert "1000万元" in kept
    assert _by_name(_make(filled, anna))["staff"]["value"] == "3"


def test_the_page_takes_back_a_personal_value(filled: str, anna: Actor) -> None:
    _make(filled, anna)
    client = signed_in("mary", "data_officer", filled)
    page, enter = (reverse(name, args=[filled, YEAR, "licence"]) for name in ("fill-in", "fill-in-enter"))
    client.post(enter, {".representative": "赵六"})
    client.post(enter, {".representative": ""})
    assert _by_name(_make(filled, anna))["representative"]["value"] == "赵*", "left empty it stays"
    assert 'name="clear:.representative"' in client.get(page).content.decode()
    client.post(enter, {".representative": "", "clear:.representative": "on"})
    assert _by_name(_make(filled, anna))["representative"]["entered"] is False


def test_a_chosen_basis_without_a_run_leaves_blanks(records: str, anna: Actor) -> None:
    of: Json = {"enterprise": records, "year": YEAR, "actor": anna}
    run_portrait(**of, as_of=date(YEAR, 12, 31), province=None, today=None, raw=False)
    choose_basis(**of, basis="filing", reason="省局要求")
    found = _by_name(_make(records, anna))
    assert (found["outbound"]["value"], found["holder"]["value"]) == (None, "示例呼叫中心有限公司")


def test_what_was_never_registered_is_left_blank(demo: str, anna: Actor) -> None:
    run_portrait(enterprise=demo, year=YEAR, as_of=None, province=None, today=None, raw=False, actor=anna)
    told = _make(demo, anna)
    assert told["run"]
    assert {one["field"] for one in told["fields"] if one["value"] is not None} == set()


def test_only_what_is_the_enterprises_own_and_paid_is_counted(filled: str, anna: Actor, load: Import) -> None:
    load(
        "numbers", NUMBERS,
        ("95188", "8", "示例", "客户回访", "全国", "2020-01-01", "2023-12-31", "已注销", "2020-02-01", "", "", "已缴"),
    )  # fmt: skip
    load(
        "social-insurance", "单位名称,姓名,社会保障号码,险种,费款所属期,状态",
        ("示例", "张三", "110105199002021010", "养老", "202612", "已到账"),
        ("示例", "李四", "110105199003031018", "养老", "202612", "欠缴"),
        ("别家公司", "王五", "110105199004041015", "养老", "202612", "已到账"),
    )  # fmt: skip
    fields = _by_name(_make(filled, anna))
    assert (fields["numbers"]["value"], fields["insured"]["value"]) == ("95013", "1")
    numbers = {one["number"] for one in _make(filled, anna, Report.CODE_NUMBER)["fields"]}
    assert "95188" not in numbers
    assert fields["outbound"]["note_zh"].endswith("该年度有364天没有话单，也没有确认的原因。")


def test_who_isolates_and_who_approves_are_two(demo: str, anna: Actor) -> None:
    def state(**names: str) -> None:
        texts = {("sop_isolation", part): name for part, name in names.items()}
        fill_in.state_item(enterprise=demo, year=YEAR, texts=texts, actor=anna)

    state(name="张三", second="李四")
    assert _code(lambda: state(second="张 三")) == "statement_same_person"
    assert _code(lambda: state(name="李四")) == "statement_same_person"
    state(name="李四", second="")
