"""Cases worked out by hand, from the file that a switch wrote to the light."""

import re
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from tests.support.fixtures import Import, Sheet
from tests.support.import_pages import work
from tests.support.people import signed_in
from tests.support.written import overlay

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.result import Result
from nianjian.engines.paper import sections
from nianjian.engines.paper.texts.season import task_reason
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.calls.operations import import_calls
from nianjian.features.inspection.operations import readiness
from nianjian.features.portrait.declarations import declare_not_applicable, withdraw_declaration
from nianjian.features.portrait.marketing import decide_marketing
from nianjian.features.portrait.operations import export_portrait, run_portrait
from nianjian.features.season.documents import SeasonTask
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs.models import Job

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
CALLS = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果,Privacy"
NUMBERS = "码号,批准总位长,备案状态,备案日期,呼出权限,有效期起"
CONSENTS = "号码,用途,取得时间,到期时间,撤回时间"
OWN = ("95013", "5", "已备案", "2024-01-01", "是", "2024-01-01")


@pytest.fixture(autouse=True)
def _today(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-01-20")


def _import(path: Path, actor: Actor) -> None:
    how: Json = {"source": "auto", "mapping_file": None, "timezone": None, "replace": None}
    import_calls(enterprise="demo", patterns=[str(path)], actor=actor, progress=lambda *_figures: None, **how)


def _run(actor: Actor, *, raw: bool = False) -> Result:
    """As at the day of filing alone; `test_bases` has both bases."""
    options: Json = {"as_of": clock.today(), "province": None, "today": None, "raw": raw}
    return run_portrait(enterprise="demo", year=2026, actor=actor, **options)


def _decide(actor: Actor, kind: str, text: str, day: date = date(2026, 6, 1)) -> None:
    decide_marketing(enterprise="demo", actor=actor, year=2026, decided_on=day, kind=kind, text=text)


def _task(actor: Actor) -> SeasonTask:
    season = summarize_season(enterprise="demo", year=2026, today=date(2027, 1, 20), actor=actor)
    return next(item for item in season.tasks if item.task == "marketing_lines")


def test_a_withheld_display_is_unknown_and_never_the_caller(
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet
) -> None:
    """6,999 of 10,000 show landline or mobile, 100 say in their ways that it is withheld: 69.99 % to 70.99 %."""
    load("numbers", NUMBERS, OWN)
    withheld = cycle(
        [("anonymous", ""), ("unknown", ""), ("Restricted", ""), ("withheld", ""), ("未知", ""), ("匿名", ""),
         ("", "id"), ("-", "user;id"), ("8001", ""), ("", "header")]
    )  # fmt: skip
    displays = [("13800138000", "")] * 3000 + [("02188886666", "none")] * 3999 + [("95013", "")] * 2901
    displays += [next(withheld) for _ in range(100)]
    at = ("2026-03-05 10:00:00", "2026-03-05 10:00:05", "2026-03-05 10:01:05", "接通")
    rows = [
        (f"c{n}", "呼出", "95013", display, f"139{n:08d}", *at, privacy)
        for n, (display, privacy) in enumerate(displays)
    ]
    _import(sheet(CALLS, *rows, name="calls.csv"), operator)
    metric = _run(anna).metric("number_consistency").as_dict()
    counts = {name: number for name, number in metric["components"].items() if number}
    assert counts == {"own_short": 2901, "landline": 3999, "mobile": 3000, "unknown": 100, "delivered": 10_000}
    assert (metric["light"], metric["twins"]["evasion"]["bounds"]) == (
        "insufficient",
        {"low": "69.9900", "high": "70.9900"},
    )
    assert metric["bounds"] == {"low": "29.0100", "high": "30.0100"}


SEATS = "坐席编号,类型,备案状态,备案日期,开通日期"
SEAT = ("S1", "人工", "已备案", "2024-01-01", "2024-01-02")
TICKETS = "编号,来源,上级单号,受理时间,投诉人号码,被投诉号码,来电时间,内容,首次响应时间"
OTHER_YEAR = ("T1", "企业", "A1", "2025-03-06 09:00:00", "13900000001", "95013", "2025-03-05 10:00:00", "骚扰", "")


def _year_of_calls(sheet: Sheet, closed: set[date]) -> Path:
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    at = ["呼出", "02110000", "95013", "13900000001", "{0} 10:00:00", "{0} 10:00:05", "{0} 10:01:05", "接通", ""]
    rows = [(f"c{day}", *(cell.format(day) for cell in at)) for day in days if day not in closed]
    return sheet(CALLS, *rows, name="calls.csv")


def test_the_whole_is_green_only_where_nothing_is_missing(
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet
) -> None:
    """Calls on every day but a week in October and the Sundays; first no seats and no complaints, then both."""
    week = {date(2026, 10, day) for day in range(1, 8)}
    sundays = {date(2026, 1, 4) + timedelta(weeks=n) for n in range(52)}
    load("numbers", NUMBERS, OWN)
    _import(_year_of_calls(sheet, week | sundays), operator)
    ran = _run(anna)
    assert ran.light == "insufficient"
    assert [one.get("register", one["code"]) for one in ran.missing] == ["seats", "complaints", "days_without_records"]
    assert ran.missing[-1]["count"] == len(week | sundays) == 58
    lines = sections.missing_lines(ran.as_dict(), words(CHINESE))
    way_out = "，或声明该项不适用"
    assert lines[:2] == (f"坐席空置率缺少：坐席台账{way_out}", f"结案率缺少：投诉台账{way_out}")
    assert lines[2].startswith("缺少：58 天的话单或经确认的理由（2026-01-04, 2026-01-11")
    load("seats", SEATS, SEAT)
    load("complaints", TICKETS, OTHER_YEAR)
    ran = _run(anna)
    assert {metric.slug: metric.verdict.light.value for metric in ran.metrics} == {
        "seat_vacancy": "green", "complaint_rate": "insufficient", "number_consistency": "green",
        "closing_rate": "na",
    }  # fmt: skip
    assert [one["code"] for one in ran.missing] == ["nothing_counted", "days_without_records"]
    line = "结案率缺少：投诉台账中本数据年度的记录，或声明该项不适用"
    assert (ran.light, sections.missing_lines(ran.as_dict(), words(CHINESE))[0]) == ("insufficient", line)
    _declare_no_complaints(anna)
    january = date(2027, 1, 5)
    overlay("portrait.quiet_days", '{"2026-10-01/2026-10-07": "国庆停业"}', january)
    assert [(one["code"], one["count"]) for one in _run(anna).missing] == [("days_without_records", 51)]
    overlay("portrait.quiet_days", '{"2026-10-01/2026-10-07": "国庆停业", "7": "周日不外呼"}', january)
    ran = _run(anna)
    assert (ran.light, ran.missing, ran.quality["days_without_records"]["count"]) == ("green", (), 58)
    assert revive.result(ran.as_dict()).light == "green"


def test_a_declared_metric_is_shown_with_its_reason_and_acts_only_where_nothing_is_counted(
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet
) -> None:
    """No seats leased in the year: missing, then declared, then contradicted by a register, then withdrawn."""
    load("numbers", NUMBERS, OWN)
    load("complaints", TICKETS, OTHER_YEAR)
    _import(_year_of_calls(sheet, set()), operator)
    silent = _run(anna).metric("complaint_rate").verdict  # 0 of 365 calls, but nothing tells that none came
    assert (silent.numerator, silent.denominator, silent.light) == (0, 365, "insufficient")
    assert [flag.code for flag in silent.flags] == ["low_volume", "nothing_registered"]
    _declare_no_complaints(anna)
    ran = _run(anna)
    assert ([item["metric"] for item in ran.missing], ran.metric("complaint_rate").verdict.light) == (
        ["seat_vacancy"],
        "green",
    )
    with pytest.raises(NianjianError, match="declaration_needs_user"):
        declare_not_applicable(enterprise="demo", actor=operator, metric="seat_vacancy", year=2026, reason="无坐席")
    reason = "本年度未租用坐席，可询 13912345678"
    pages = signed_in("anna")
    form = "/e/demo/2026/metric/seat_vacancy/declare/"
    assert pages.post(form, {"reason": " "}).status_code == 422
    done = pages.post(form, {"reason": reason}, follow=True).content.decode()
    assert f'<form method="post" action="{form}">' in done, "it is taken back where it was said"
    ran = _run(anna)
    seats = ran.metric("seat_vacancy")
    assert (ran.light, ran.missing, seats.verdict.light) == ("green", (), "na")
    assert seats.as_dict()["declared"] == {"who": "user:anna", "on": "2027-01-20", "reason": reason}
    said = "由 anna 于 2027-01-20 声明不适用：本年度未租用坐席，可询 139****5678"
    for address in ("/e/demo/2026/", "/e/demo/2026/metric/seat_vacancy/"):
        assert said in pages.get(address, headers={"accept-language": "zh"}).content.decode(), address
    for address in ("/e/demo/", "/e/demo/2026/"):
        page = " ".join(pages.get(address, headers={"accept-language": "zh"}).content.decode().split())
        tile = next(
            part
            for part in page.split('class="tile"')
            if part.split(">", 1)[1].lstrip().startswith("<span") and "坐席空置率" in part.split("</span>")[0]
        )
        assert 'class="light na' in tile, address
        assert "不适用" in tile, address
        assert said in tile, address
    export = export_portrait(enterprise="demo", year=2026, run=None, form="pdf", language=CHINESE, actor=anna)
    text = pypdfium2.PdfDocument(export.content)[0].get_textpage().get_text_range()
    assert "".join(said.split()) in "".join(text.split())
    load("seats", SEATS, SEAT)
    ran = _run(anna)
    assert (ran.metric("seat_vacancy").declared, ran.metric("seat_vacancy").verdict.light) == (None, "green")
    assert ran.warnings == ({"code": "declaration_ignored", "metric": "seat_vacancy", "light": "green"},)
    assert pages.post(form).status_code == 302
    assert _run(anna).warnings == ()
    with pytest.raises(NianjianError, match="declaration_unknown"):
        withdraw_declaration(enterprise="demo", actor=anna, metric="seat_vacancy", year=2026)


def test_marketing_calls_are_flagged_until_a_decision_and_the_calls_after_it_answer(
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet
) -> None:
    """3 of 365 calls name marketing, the last one on 31 May; decided on 1 June; then a call of 2 June comes in."""
    load("numbers", NUMBERS, OWN)
    _declare_no_complaints(anna)
    load("seats", SEATS, SEAT)
    load("complaints", TICKETS, OTHER_YEAR)
    marketing = {"2026-05-01", "2026-05-02", "2026-05-31"}
    days = [(date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(365)]
    _import(_calls(sheet, days, marketing, "calls.csv"), operator)
    ran = _run(anna)
    assert (ran.light, ran.missing) == (
        "insufficient",
        ({"code": "marketing_unanswered", "calls": 3, "calls_after": 3, "numbers": []},),
    )
    assert (ran.marketing["light"], ran.marketing["calls"], ran.marketing["unnamed"]) == ("red", 3, 0)
    said = sections.marketing_lines(ran.as_dict(), words(CHINESE))
    assert said[0].startswith("营销外呼（红灯）：3 次已送达外呼、0 个登记码号的用途为营销")
    assert "工信部信管〔2020〕81号" in said[0]
    page = signed_in("olga", "administrator", "demo").get("/e/demo/2026/marketing/").content.decode()
    cells = [re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<dd>\s*(.*?)\s*</dd>", page)]
    assert cells == ["3", "–", "0", "0 / 365"]
    task = _task(operator)
    assert (task.finished, task_reason(task.figures, words(CHINESE))) == (False, "3 次呼叫、0 个码号为营销，尚未决定")
    with pytest.raises(NianjianError, match="marketing_day_ahead"):
        _decide(anna, "stopped", "将停止", date(2027, 1, 21))
    _decide(anna, "stopped", "今日停止", date(2027, 1, 19))
    ran = _run(anna)
    assert (ran.marketing["answered"], ran.marketing["calls_after"]) == (False, 0), "no day has ended since"
    assert task_reason(_task(operator).figures, words(CHINESE)) == "已作决定，但话单尚不能印证：此后有 0 次营销呼叫"
    no_records = "此后未导入任何话单：未证明营销外呼已停止"
    assert sections.marketing_lines(ran.as_dict(), words(CHINESE))[-1] == no_records
    _decide(anna, "stopped", "年末停止", date(2026, 12, 31))
    ran = _run(anna)
    assert (ran.marketing["answered"], ran.marketing["records_after"]) == (False, 0), "no record since"
    _decide(anna, "stopped", "已停止营销外呼")
    ran = _run(anna)
    assert (ran.light, ran.missing, ran.marketing["light"], ran.marketing["calls"]) == ("green", (), None, 3)
    assert revive.result(ran.as_dict()).as_json() == ran.as_json()
    assert _run(anna, raw=True).as_dict()["marketing"] == ran.as_dict()["marketing"]
    task = _task(operator)
    assert (task.state, task_reason(task.figures, words(CHINESE))) == ("done", "已作决定，此后的话单予以印证")
    _import(_calls(sheet, ["2026-06-02"], {"2026-06-02"}, "later.csv"), operator)
    ran = _run(anna)
    assert (ran.light, ran.marketing["light"], ran.marketing["calls_after"]) == ("insufficient", "red", 1)
    assert _task(operator).finished is False


def test_call_backs_are_answered_by_consents_that_cover_every_call(
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet
) -> None:
    """Three marketing calls to one number before the decision, then one after it to a number without a consent."""
    load("numbers", NUMBERS, OWN)
    days = ["2026-05-01", "2026-05-02", "2026-05-31", "2026-06-01"]
    _import(_calls(sheet, days, set(days[:3]), "calls.csv"), operator)
    _decide(anna, "service", "已取得同意")
    assert _run(anna).marketing["answered"] is False, "no consent is on file"
    others = [
        ("13900000006", "营销", "2026-01-01 10:00:00", "2026-12-31 00:00:00", ""),
        ("13900000002", "营销", "2026-01-01 10:00:00", "", "2026-06-01 10:00:00"),
        ("13900000003", "售后回访", "2026-01-01 10:00:00", "", ""),
        ("13900000004", "营销", "2027-02-01 10:00:00", "", ""),
        ("13900000005", "", "2026-01-01 10:00:00", "", ""),
    ]
    load("consents", CONSENTS, *others)
    ran = _run(anna)
    assert (ran.marketing["answered"], ran.marketing["consents"]) == (False, 1), (
        "expired, withdrawn, of another purpose, still to come; one holds, of another person"
    )
    assert sections.marketing_lines(ran.as_dict(), words(CHINESE))[-2:-1] == (
        "3次营销外呼中有3次所呼号码在通话时没有登记在册的有效同意",
    )
    load("consents", CONSENTS, ("13900000001", "", "2026-05-02 09:00:00", "", ""))
    assert _run(anna).marketing["calls_without_consent"] == 1, "that of 1 May came before the consent"
    load("consents", CONSENTS, ("13900000001", "", "2026-01-01 10:00:00", "", ""))
    assert _run(anna).marketing["answered"] is True
    _import(_calls(sheet, ["2026-06-02"], {"2026-06-02"}, "later.csv", callee="13900000003"), operator)
    block = _run(anna).marketing
    assert (block["answered"], block["calls_to_cover"], block["calls_without_consent"]) == (False, 1, 1)


def test_the_rows_behind_the_marketing_count_are_those_that_were_counted(
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet
) -> None:
    """Two calls before the decision, one after it, and one that names no marketing."""
    load("numbers", NUMBERS, OWN)
    days = ["2026-05-01", "2026-05-02", "2026-06-02"]
    _import(_calls(sheet, [*days, "2026-06-03"], set(days), "calls.csv"), operator)
    _decide(anna, "stopped", "已停止")
    block = _run(anna).marketing
    assert (block["calls"], block["calls_after"]) == (3, 1)
    olga = signed_in("olga", "administrator", "demo")
    page = olga.get("/e/demo/2026/marketing/").content.decode()
    for printed, address in zip((days, days[2:]), re.findall(r'href="([^"]*rows[^"]*)"', page), strict=True):
        rows = olga.get(f"{address}&look=1").content.decode()
        assert re.findall(r"(2026-\d\d-\d\d) \d\d:", rows) == printed, "as many rows as the page prints calls"
        assert "电话营销" in rows
        assert f" / {len(printed)}" in rows
        assert "139****0001" in rows
        assert "13900000001" not in rows
        assert "138****5678" in rows, "a number in the words of a purpose is a person's, too"
        assert "13812345678" not in rows


def test_calls_of_a_switch_without_purposes_are_answered_by_a_decision(
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet
) -> None:
    load("numbers", NUMBERS, OWN)

    def state() -> tuple[bool, str]:
        said = sections.marketing_lines(_run(anna).as_dict(), words(CHINESE))
        task = _task(operator)
        return (task.state, task.status) == ("done", "passed"), "\n".join(said)

    _import(_calls(sheet, ["2026-05-01"], set(), "calls.csv", other=""), operator)
    assert state() == (False, "1次已送达外呼中有1次未写用途：未证明其不是营销外呼")
    _decide(anna, "stopped", "无营销外呼")
    assert not state()[0], "no call after the decision is known"
    _import(_calls(sheet, ["2026-06-02"], set(), "later.csv", other=""), operator)
    passed, said = state()
    assert passed
    assert "此后有1次已送达外呼未写用途" in said.split("\n")


def test_consented_call_backs_say_what_is_not_proved_of_their_recordings(
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet
) -> None:
    load("numbers", NUMBERS, OWN)
    load("consents", CONSENTS, ("13900000001", "营销", "2026-01-01 10:00:00", "", ""))
    _import(_calls(sheet, ["2026-05-01"], {"2026-05-01"}, "calls.csv"), operator)
    _decide(anna, "stopped", "已停止")
    assert _run(anna).marketing["recordings"] is None, "nobody says that such calls go on"
    _decide(anna, "service", "已取得同意")

    def line() -> tuple[object, str]:
        ran = _run(anna)
        assert ran.marketing["answered"] is True, "the decision stands"
        assert ran.marketing["recordings"]
        return ran.marketing["recordings"]["state"], sections.marketing_lines(ran.as_dict(), words(CHINESE))[-1]

    assert line() == ("not_proved", "未证明：上述回呼的录音保存不少于30日（尚未检查各类日志的保存情况）")
    readiness.look.enqueue(enterprise="demo", part="retention", actor=operator)
    work()
    state, said = line()
    assert (state, "没有话单写明录音" in said) == ("not_proved", True), "calls name no recording"
    job = Job.objects.get(kind="inspection.look")
    log = next(log for log in job.result["logs"] if log["log"] == "recordings")
    log |= {"state": "ok", "why": "files_kept"}
    job.save(update_fields=["result"])
    assert line()[0] == "passed"
    job.result["until"] = "2026-12-20"  # 31 days before today
    job.save(update_fields=["result"])
    assert line() == ("not_proved", "未证明：上述回呼的录音保存不少于30日（最近一次日志检查已过久）")


def test_a_number_registered_for_marketing_is_flagged_without_a_call(demo: str, anna: Actor, load: Import) -> None:
    load("numbers", f"{NUMBERS},用途", (*OWN, "外呼营销"))
    ran = _run(anna)
    assert (ran.marketing["light"], ran.marketing["numbers"]) == ("red", ["95013"])
    page = signed_in("olga", "administrator", "demo").get("/e/demo/2026/marketing/").content.decode()
    assert '<a href="/e/demo/registers/numbers/95013/">95013</a>' in page
    assert "marketing_unanswered" in {item["code"] for item in ran.missing}


def _declare_no_complaints(anna: Actor) -> None:
    declare_not_applicable(enterprise="demo", actor=anna, metric="closing_rate", year=2026, reason="本年度无投诉")


def _calls(  # noqa: PLR0917 -- a file of calls
    sheet: Sheet, days: list[str], marketing: set[str], name: str, callee: str = "13900000001", other: str = "客户回访"
) -> Path:
    rows = [
        (f"{name}{day}", "呼出", "02110000", "95013", callee, f"{day} 10:00:00", f"{day} 10:00:05",
         f"{day} 10:01:05", "接通", "", "电话营销 13812345678" if day in marketing else other)
        for day in days
    ]  # fmt: skip
    return sheet(f"{CALLS},用途", *rows, name=name)
