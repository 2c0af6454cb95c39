"""The fill-in sheet: values from registers, calls and the portrait of two years, what differs, masked, taken out."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests.features.dossier.conftest import bring_calls, code_of, run_year
from tests.support.fixtures import Import, Sheet
from tests.support.people import signed_in
from tests.support.worlds import begin

from nianjian.doors.cli.main import main
from nianjian.features.dossier import fill_in as form
from nianjian.features.dossier.documents import FillInField, FillInTold
from nianjian.features.dossier.fill_in import FieldKind, Report
from nianjian.features.dossier.models import FillIn
from nianjian.features.dossier.operations import fill_in
from nianjian.features.dossier.operations.checklist import get_rulebook
from nianjian.features.portrait.operations import choose_basis, run_portrait
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("january")]
YEAR = 2026
Json = dict[str, Any]
CALLS = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果"
SEATS = "坐席编号,类型,备案状态,备案日期,开通日期"
NUMBERS = "码号,批准总位长,使用主体,用途,使用范围,有效期起,有效期止,备案状态,备案日期,开通运营商,开通日期,占用费缴纳"
TICKETS = "编号,来源,上级单号,受理时间,投诉人号码,被投诉号码,来电时间,内容,首次响应时间"


def _calls(year: int, out: int, came: int) -> list[tuple[object, ...]]:
    at = (f"{year}-03-05 10:00:00", f"{year}-03-05 10:00:05", f"{year}-03-05 10:01:05", "接通")
    rows: list[tuple[object, ...]] = [
        (f"{year}o{one}", "呼出", "02110000", "95013", f"139000000{one:02d}", *at) for one in range(out)
    ]
    return rows + [(f"{year}i{one}", "呼入", "13911112222", "13911112222", "95013", *at) for one in range(came)]


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
    calls = sheet(CALLS, *_calls(2025, 4, 6), *_calls(2026, 5, 5), name="calls.csv")
    bring_calls(demo, operator, calls)


@pytest.fixture
def filled(records: str, anna: Actor, tmp_path: Path) -> str:
    """With a portrait of both years."""

    def run() -> None:
        for year in (YEAR - 1, YEAR):
            run_year(records, anna, year)

    begin("portraits of two years", tmp_path, run)
    return records


def _make(demo: str, actor: Actor, report: Report = Report.LICENCE) -> FillInTold:
    fill_in.make_sheet(enterprise=demo, year=YEAR, report=report, actor=actor)
    return _newest(demo, actor, report)


def _newest(demo: str, actor: Actor, report: Report = Report.LICENCE) -> FillInTold:
    """The sheet that was made, with what was entered since."""
    document = fill_in.find_newest_sheet(enterprise=demo, year=YEAR, report=report, actor=actor)
    assert document is not None
    return document


def _by_name(sheet: FillInTold) -> dict[str, FillInField]:
    return {one.field: one for one in sheet.fields}


def test_every_field_has_its_value_or_is_not_known(filled: str, anna: Actor) -> None:
    document = _make(filled, anna)
    by_name = _by_name(document)
    values = {name: one.value for name, one in by_name.items() if one.value is not None}
    assert values == {
        "holder": "示例呼叫中心有限公司", "credit_code": "91110000600037341L", "representative": "王**",
        "licence_number": "浙B2-20080101", "address": "杭州", "services": "国内呼叫中心业务", "coverage": "浙江",
        "complaints": "2", "complaint_replies": "50.00%", "seats": "14", "opened_seats": "14", "outbound": "5",
        "inbound": "5", "outbound_share": "50.00%", "numbers": "95013", "lines": "2", "carriers": "电信、移动",
    }  # fmt: skip
    assert all(one.value is None for one in document.fields if one.source == "hand")
    assert document.unknown == len(by_name) - len(values)
    # 14 seats against 10: 40 % is more than 30 %; 50 % of outbound calls against 40 %: 25 % is more than 20 %
    assert (by_name["seats"].before, by_name["seats"].percent, by_name["seats"].over) == ("10", "40.00", True)
    assert form.format_change(by_name["seats"], str) == "40.00 %, above 30.00 %"
    share = by_name["outbound_share"]
    assert (share.before, share.percent, share.over, share.limit) == ("40.00%", "25.00", True, "20.00")
    assert (by_name["holder"].change, by_name["capital"].change) == ("same", "unknown")
    assert {by_name["operation"].level, by_name["seats"].level} == {"law", "guide"}
    assert by_name["outbound"].note_zh.endswith("该年度有364天没有话单，也没有确认的原因。")
    assert not document.outdated
    (entry,) = acts(enterprise=filled, verb="dossier.fill_in")
    assert set(entry.data["over"]) == {"seats", "opened_seats", "outbound_share"}  # type: ignore[call-overload] # a list


def test_without_a_portrait_its_figures_stay_unknown(records: str, anna: Actor) -> None:
    by_name = _by_name(_make(records, anna))
    for name in ("seats", "opened_seats", "outbound", "outbound_share", "complaints", "complaint_replies"):
        assert (by_name[name].value, by_name[name].over) == (None, None)
    assert by_name["lines"].value == "2"


def test_code_numbers_have_their_fields_each(records: str, anna: Actor) -> None:
    document = _make(records, anna, Report.CODE_NUMBER)
    assert {one.number for one in document.fields} == {"95013"}, "4001 is outside the report"
    values = {name: one.value for name, one in _by_name(document).items()}
    assert values == {
        "holder": "示例", "total_length": "8", "purpose": "客户回访", "scope": "全国",
        "validity": "2024-01-01 – 2028-12-31", "filing": "已备案 2024-02-01 中国电信 2024-02-10", "fee": "已缴",
    }  # fmt: skip


def test_personal_values_are_sealed_masked_and_given_out_with_an_entry(
    records: str, anna: Actor, tmp_path: Path
) -> None:
    where: Json = {"enterprise": records, "year": YEAR, "report": Report.LICENCE, "actor": anna}
    assert code_of(lambda: fill_in.reveal_sheet(**where)) == "dossier_fill_in_unknown"
    masked = _by_name(_make(records, anna))["representative"].value
    assert masked == "王**"
    assert _by_name(fill_in.reveal_sheet(**where))["representative"].value == "王小五"
    row = FillIn.objects.defer("lines").get()
    assert row.run == ""
    assert code_of(lambda: fill_in.download_sheet(**where, form="docx")) == "export_form_unknown"
    files = fill_in.write_sheet_files(**where, folder=tmp_path / "out")
    assert [path.suffix for path in files] == [".pdf", ".xlsx"]
    with pypdfium2.PdfDocument(files[0]) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    text = "".join(sign for sign in "".join(pages) if sign.isalnum())  # a long code may break within its cell
    book = CalamineWorkbook.from_filelike(io.BytesIO(files[1].read_bytes()))
    cells = {
        str(cell) for name in book.sheet_names for row_ in book.get_sheet_by_name(name).to_python() for cell in row_
    }
    for expected in ("王小五", "91110000600037341L", "注册资本"):
        assert expected in text
        assert expected in cells
    verbs = [one.verb for one in acts(enterprise=records) if one.verb.startswith("dossier.")]
    assert verbs == ["dossier.fill_in_taken"] * 2 + ["dossier.fill_in_revealed", "dossier.fill_in"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_the_command_says_the_same(
    records: str, anna: Actor, tmp_path: Path, command: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    del anna
    words = ("fill-in", "--enterprise", records, "--season", str(YEAR))
    result = command(*words, "--report", "code-number")
    assert (result["report"], len(result["fields"])) == ("code_number", 7)
    result = command(*words, "--full", "--output", tmp_path / "out")
    (person,) = (one["value"] for one in result["fields"] if one["field"] == "representative")
    assert (person, len(result["files"])) == ("王小五", 2)
    assert main(["dossier", *words]) == 0
    assert "王小五" not in capsys.readouterr().out
    command(*words, "--report", "nothing", code=2)


def _values(document: FillInTold) -> dict[str, str]:
    """For every field that the records leave open, something of its kind."""
    texts = {"count": "12", "share": "12.5%", "list": "甲、乙", "text": "有限责任公司"}
    kinds = {field.name: field.kind.value for field in form.list_fields(Report.LICENCE, get_rulebook("demo"))}
    return {one.field: texts[kinds[one.field]] for one in document.fields if one.value is None}


def test_every_field_of_the_report_is_entered_kept_proposed_and_printed(
    records: str, anna: Actor, tmp_path: Path
) -> None:
    before = _make(records, anna)
    assert len(before.fields) == 34
    texts = _values(before)
    assert before.unknown == len(texts) > 0
    place: Json = {"enterprise": records, "report": Report.LICENCE, "actor": anna}
    fill_in.enter_values(year=YEAR, texts={(name, ""): text for name, text in texts.items()}, **place)
    sheet = _make(records, anna)
    assert sheet.unknown == 0
    by_name = _by_name(sheet)
    assert {name: by_name[name].value for name in texts} == texts
    assert all(by_name[name].entered for name in texts)
    (pdf, _book) = fill_in.write_sheet_files(year=YEAR, folder=tmp_path / "out", **place)
    with pypdfium2.PdfDocument(pdf) as document:
        printed = "".join("".join(page.get_textpage().get_text_range().split()) for page in document)
    assert "有限责任公司" in printed
    assert "＿＿" not in printed
    assert "未知" not in printed

    fill_in.make_sheet(year=YEAR + 1, **place)
    later = fill_in.find_newest_sheet(year=YEAR + 1, **place)
    assert later is not None
    assert [(one.value, one.before, one.proposal) for one in later.fields if one.field == "nature"] == [
        (None, "有限责任公司", "有限责任公司")
    ], "proposed, and nothing until a person enters it"
    fill_in.enter_values(year=YEAR, texts={("nature", ""): ""}, **place)
    assert _by_name(_make(records, anna))["nature"].value is None


def test_what_is_entered_is_checked_and_held_against_the_records(filled: str, anna: Actor) -> None:
    _make(filled, anna)

    def enter(field: str, text: str, report: str = "licence", number: str = "") -> str | None:
        place: Json = {"enterprise": filled, "year": YEAR, "report": report, "actor": anna}
        return fill_in.enter_value(**place, field=field, number=number, text=text).text

    assert code_of(lambda: enter("seats", "十四")) == "fill_in_value_invalid"
    assert code_of(lambda: enter("outbound_share", "101%")) == "fill_in_value_invalid"
    assert code_of(lambda: enter("credit_code", "91110000600037341X")) == "credit_code_check_digit"
    assert code_of(lambda: enter("colour", "红")) == "fill_in_field_unknown"
    assert code_of(lambda: enter("holder", "示例", "code_number")) == "fill_in_field_unknown", "it names a number"
    _make(filled, anna, Report.CODE_NUMBER)
    assert code_of(lambda: enter("holder", "示例", "code_number", "95099")) == "fill_in_field_unknown", (
        "not on the sheet"
    )
    assert enter("holder", "示例", "code_number", "95013") == "示例"
    assert enter("seats", "１,０00") == "1000"
    assert enter("outbound_share", "50 %") == "50%"
    by_name = _by_name(_newest(filled, anna))
    assert (by_name["seats"].value, by_name["seats"].recorded, by_name["seats"].percent) == (
        "1000",
        "14",
        "9900.00",
    )
    assert (by_name["outbound_share"].value, by_name["outbound_share"].recorded) == ("50%", None)


def test_a_refused_value_leaves_all_that_was_typed_and_a_personal_one_is_taken_back(records: str, anna: Actor) -> None:
    _make(records, anna)
    client = signed_in("mary", "data_officer", records)
    page, enter = (reverse(name, args=[records, YEAR, "licence"]) for name in ("fill-in", "fill-in-enter"))
    refused = client.post(enter, {".capital": "1000万元", ".staff": "三人"})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert [one for one in ('value="1000万元"', 'value="三人"', "“员工人数”") if one not in text] == []
    assert _by_name(_newest(records, anna))["capital"].value is None
    values = {".capital": "1000万元", ".staff": "3", ".representative": "赵六"}
    html = client.post(enter, values, follow=True).content.decode()
    assert "1000万元" in html
    assert _by_name(_newest(records, anna))["staff"].value == "3"
    client.post(enter, {".representative": ""})
    assert _by_name(_newest(records, anna))["representative"].value == "赵*", "left empty it stays"
    assert 'name="clear:.representative"' in client.get(page).content.decode()
    client.post(enter, {".representative": "", "clear:.representative": "on"})
    assert _by_name(_newest(records, anna))["representative"].entered is False


def test_a_chosen_basis_without_a_run_leaves_blanks(records: str, anna: Actor) -> None:
    of: Json = {"enterprise": records, "year": YEAR, "actor": anna}
    run_portrait(**of, as_of=date(YEAR, 12, 31), province=None, today=None, raw=False)
    choose_basis(**of, basis="filing", reason="省局要求")
    by_name = _by_name(_make(records, anna))
    assert (by_name["outbound"].value, by_name["holder"].value) == (None, "示例呼叫中心有限公司")


def test_what_was_never_registered_is_left_blank(blank: str, anna: Actor) -> None:
    document = _make(blank, anna)
    assert document.run
    assert {one.field for one in document.fields if one.value is not None} == set()


def test_only_what_is_the_enterprises_own_and_paid_is_counted(records: str, anna: Actor, load: Import) -> None:
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
    fields = _by_name(_make(records, anna))
    assert (fields["numbers"].value, fields["insured"].value) == ("95013", "1")
    numbers = {one.number for one in _make(records, anna, Report.CODE_NUMBER).fields}
    assert "95188" not in numbers


def test_who_isolates_and_who_approves_are_two(demo: str, anna: Actor) -> None:
    def state(**names: str) -> None:
        texts = {("sop_isolation", part): name for part, name in names.items()}
        fill_in.state_item(enterprise=demo, year=YEAR, texts=texts, actor=anna)

    state(name="张三", second="李四")
    assert code_of(lambda: state(second="张 三")) == "statement_same_person"
    assert code_of(lambda: state(name="李四")) == "statement_same_person"
    state(name="李四", second="")


# What differs from last year, exactly at the limits; what is not known is never compared.

SEATS_LIMIT, SHARE_LIMIT = Decimal("0.30"), Decimal("0.20")


@pytest.mark.parametrize(
    ("now", "before", "limit", "over"),
    [
        (130, 100, SEATS_LIMIT, False),  # exactly at the limit is not above it
        (131, 100, SEATS_LIMIT, True),
        (70, 100, SEATS_LIMIT, False),
        (69, 100, SEATS_LIMIT, True),
        (13_000_001, 10_000_000, SEATS_LIMIT, True),  # shown as 30.00 %
        (Fraction(3, 5), Fraction(1, 2), SHARE_LIMIT, False),
        (Fraction(2, 5), Fraction(1, 2), SHARE_LIMIT, False),
        (Fraction(60_001, 100_000), Fraction(1, 2), SHARE_LIMIT, True),
        (5, 0, SEATS_LIMIT, None),  # from nothing there is no rate
        (0, 0, SEATS_LIMIT, False),
        (0, 100, SEATS_LIMIT, True),
        (None, 100, SEATS_LIMIT, None),
        (100, None, SEATS_LIMIT, None),
        (200, 100, None, None),
    ],
)
def test_a_change_is_above_its_limit_or_not(
    now: int | Fraction | None, before: int | Fraction | None, limit: Decimal | None, *, over: bool | None
) -> None:
    assert form.compare_values(now, before, limit).over is over


def test_what_is_not_known_is_not_compared() -> None:
    assert form.compare_values(None, None, None).kind is form.ChangeKind.UNKNOWN
    assert form.compare_values("甲", None, None).kind is form.ChangeKind.UNKNOWN
    assert form.compare_values(["移动", "电信"], ["电信", "移动"], None).kind is form.ChangeKind.SAME
    assert form.compare_values("甲", "乙", None).kind is form.ChangeKind.DIFFERS
    assert form.compare_values(5, 0, SEATS_LIMIT).relative is None


def test_a_text_that_is_none_of_its_kind_is_not_compared() -> None:
    assert form.parse_value("33.33%", FieldKind.SHARE) == Fraction(3333, 10000)
    assert [form.parse_value("企业", kind) for kind in (FieldKind.SHARE, FieldKind.COUNT)] == [None, None]
    assert form.parse_value("电信、移动", FieldKind.LIST) == ["电信", "移动"]


def test_values_are_written_as_the_form_takes_them() -> None:
    assert form.format_value(Fraction(1, 3), FieldKind.SHARE) == "33.33%"
    assert form.format_value(0, FieldKind.COUNT) == "0", "none is a figure, not a gap"
    assert form.format_value(["电信", "移动"], FieldKind.LIST) == "电信、移动"
    for unknown in (None, "", []):
        assert form.format_value(unknown, FieldKind.TEXT) is None
    assert form.percent(Fraction(30_000_001, 100_000_000)) == "30.00"
    assert (form.percent(Fraction(99_999, 100_000)), form.percent(Fraction(1))) == ("99.99", "100.00"), (
        "one of them is missing"
    )


def test_last_year_did_not_know_a_day_of_this_year() -> None:
    assert form.known_by("2026-01-20", 2025) is None, "the register's row of last year was written this year"
    assert [form.known_by(value, 2025) for value in ("2025-12-31", "2024-06-01 – 2029-05-31", 8, None)] == [
        "2025-12-31", "2024-06-01 – 2029-05-31", 8, None,
    ]  # fmt: skip
