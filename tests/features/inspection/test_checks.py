"""The checks of the on-site check on a small firm: what holds, what does not, and what cannot be told."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.features.inspection.conftest import printed
from tests.support import portrait_data as data
from tests.support.bad_channel import call
from tests.support.fixtures import Import, Sheet
from tests.support.import_pages import work
from tests.support.people import signed_in
from tests.support.placed_calls import import_file
from tests.support.seats import enter_human_seat

from nianjian.engines.gate import decision_journal
from nianjian.engines.gate.question import Request, Verdict
from nianjian.engines.gate.snapshot import files
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins, to_json
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.days import day_text, moment_text
from nianjian.engines.paper.texts import inspection as texts
from nianjian.engines.paper.texts.claims import DECLARED
from nianjian.engines.paper.words import CHINESE, ENGLISH, words
from nianjian.features.complaints import one_click
from nianjian.features.complaints.models import Complaint
from nianjian.features.inspection import commands as picture
from nianjian.features.inspection.documents import RobotSeats
from nianjian.features.inspection.operations import answers, declarations, dialling, logs, readiness
from nianjian.features.inspection.queries import CheckBasis
from nianjian.features.reconciliation import comparisons, storage
from nianjian.features.reconciliation.models import Difference, Run
from nianjian.features.test_calls import queries
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.models import Entry
from nianjian.platform.home import wiring
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers.numbers import Number

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("august")]
TODAY, BEGIN = date(2026, 8, 31), date(2026, 2, 28)
DAY = timedelta(days=1)
SAMPLE = Path(__file__).parents[2] / "samples/asterisk-22.10.1_Master_predictive_and_robot.csv"
HEADER = "话单ID,方向,外显号码,被叫号码,开始时间,接通时间,结束时间,结果,坐席编号,坐席类型,线路编号,团队,录音地址"


def _calls(path: Path, operator: Actor, missing: set[date]) -> None:
    """One answered call a day from the day to which logs must reach, and an hour of dialling over on the last one."""
    days = [BEGIN + DAY * step for step in range((TODAY - BEGIN).days)]
    rows = [
        f"c{day},呼出,95013,13900000001,{day} 10:00:00,{day} 10:00:05,{day} 10:01:00,接通,S1,人工,L1,T1,http://r/{day}.wav"
        for day in days
        if day not in missing
    ]
    last = days[-1]
    rows += [
        f"1380013{at:02}{n:02},呼出,95013,1390000{at:02}{n:02},{last} 10:{at:02}:30,,{last} 10:{at:02}:50,未接,,,L1,T1,"
        for at in range(2, 12)
        for n in range(2)
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    import_file(path, operator)


def _journal(home: Path, days: int) -> None:
    for step in range(days):
        folder = files.decisions_folder(home) / (TODAY - DAY * (step + 1)).isoformat()
        folder.mkdir(parents=True)
        request = Request("demo", "95013", "13900000001", "L1", "c", 0, "", "", "")
        line = decision_journal.decision_line(request, Verdict(True, "allow", "", None, None, "g-1", ""), 1, 1)  # noqa: FBT003 -- an answer
        (folder / "g.log").write_bytes(line)


def test_logs_from_what_lies_here(demo: str, operator: Actor, tmp_path: Path, load: Import) -> None:
    wednesday = date(2026, 6, 3)
    _calls(tmp_path / "calls.csv", operator, {wednesday, date(2026, 6, 7)})  # the second is a Sunday
    _journal(tmp_path / "run", 184)
    stamps = [(f"C{step}", datetime.combine(TODAY - DAY * 30 * step, datetime.min.time())) for step in range(1, 8)]
    load(
        "complaints",
        "编号,来源,受理时间,转办到达时间,被投诉号码",
        *[(key, "12321", at, at, "95013") for key, at in stamps],
    )
    result = logs.check_logs(enterprise=demo, as_of=None, actor=operator)
    by_log = {one.log: one for one in result.logs}
    # on that Sunday the gate was asked, so a day of rest is no excuse for the missing records
    assert [gap.from_ for gap in by_log["calls"].gaps] == ["2026-06-03", "2026-06-07"]
    assert (by_log["calls"].state, by_log["calls"].must_reach) == ("gap", "2026-02-28")
    assert {name: one.state for name, one in by_log.items() if name != "calls"} == {
        "gateway": "ok", "system": "unknown", "complaints": "ok", "consents": "unknown", "recordings": "unknown"
    }  # fmt: skip
    assert (by_log["recordings"].why, result.sample.folder) == ("references_only", "none")
    assert (result.state, result.chain.valid) == ("gap", True)
    for day in (TODAY + DAY, date(2000, 1, 1)):
        with pytest.raises(NianjianError, match="inspection_day_wrong"):
            logs.check_logs(enterprise=demo, as_of=day, actor=operator)


def test_dialling_over_is_found_with_its_calls(demo: str, operator: Actor, tmp_path: Path) -> None:
    _calls(tmp_path / "calls.csv", operator, set())
    before = dialling.check_dialling(enterprise=demo, as_of=None, actor=operator)
    assert before.ai.verdict == "unknown", "an empty register rules no robot out"
    enter_human_seat(demo, tmp_path)
    result = dialling.check_dialling(enterprise=demo, as_of=None, actor=operator)
    (team,) = result.teams
    assert (result.verdict, team.team, team.over, team.showing) == ("found", "T1", 10, 1)
    assert len(team.rows) == 10
    assert {(one.ringing, one.free) for one in team.rows} == {(2, 1)}
    assert not re.search("13900|13800", to_json(result)), "neither callees nor ids that hold them"
    assert result.ai.verdict == "not_found"
    calm = dialling.check_dialling(enterprise=demo, as_of=None, first=BEGIN, last=date(2026, 8, 29), actor=operator)
    assert calm.verdict == "not_found"
    with pytest.raises(NianjianError, match="inspection_days_wrong"):
        dialling.check_dialling(enterprise=demo, as_of=None, first=TODAY, last=BEGIN, actor=operator)


def test_the_one_click_address_is_gone_through_and_nothing_stays(demo: str, operator: Actor) -> None:
    one_click.open_door(enterprise=demo, number="95013", actor=operator)
    before = Entry.objects.count()
    result = answers.check_one_click(CheckBasis.of(demo, None, operator), ["95013", "95188"])
    assert result == answers.OneClickFigures(doors=1, alive=1, untried=0, numbers=2, without=["95188"])
    assert (Complaint.objects.count(), Entry.objects.count()) == (0, before)


def test_an_empty_firm_is_not_ready_and_the_page_says_so(demo: str, operator: Actor, sheet: Sheet) -> None:
    client = signed_in("anna")
    export = sheet("码号,批准总位长,使用主体,备案状态,备案日期,联系人", name="empty.csv")
    comparisons.compare_filing(enterprise=demo, kind="numbers", path=export, actor=operator)
    assert "尚未检查" in client.get("/e/demo/inspection/").content.decode()
    for part in readiness.PARTS:
        result = _run_check(part, operator)
        assert result is not None
        page = client.get(f"/e/demo/inspection/{'?row=S5' if part == 'readiness' else f'{part}/'}")
        assert page.status_code == 200
        _ = words(CHINESE)
        assert day_text(date.fromisoformat(str(result["as_of"])), clock.today(), _) in page.content.decode()
        ended = datetime.fromisoformat(str(result["at" if part == "readiness" else "ended_at"]))
        assert moment_text(ended, clock.today(), _) in page.content.decode(), "the clock of Beijing"
        assert printed(
            getattr(picture, f"render_{part}"), readiness.check_now(enterprise=demo, part=part, actor=operator)
        )
    result = readiness.newest_check(enterprise=demo, part="readiness", actor=operator) or {}
    assert result["state"] == "failed"
    assert result["shares"]["all"] == {"passed": 0, "all": len(result["checks"])}, "what is unknown is not passed"
    assert sum(result["shares"][part]["all"] for part in ("people", "numbers", "system")) == len(result["checks"])
    states = {one["check"]: one["state"] for one in result["checks"]}
    assert (states["callback"], states["robot_abilities"]) == ("not_proved", "not_proved")
    (compared,) = (one for one in result["checks"] if one["check"] == "reconcile_numbers")
    assert (compared["state"], compared["why"]) == ("not_proved", "run_not_proved"), "nothing was compared"
    job = Job.objects.get(pk=result["job"])
    job.result["checks"][0] |= {"state": "unknown", "why": "run_insufficient"}  # as an older program wrote it
    job.save(update_fields=["result"])
    older = readiness.newest_check(enterprise=demo, part="readiness", actor=operator) or {}
    assert older["checks"][0]["state"] == "not_proved"
    assert client.get("/e/demo/inspection/").status_code == 200
    cards = readiness.newest_check(enterprise=demo, part="answers", actor=operator) or {}
    assert {one["state"] for one in cards["cards"]} <= {"refused", "unknown"}
    since = {one["card"]: one["from"] for one in cards["cards"]}
    assert since["own_numbers"] < since["number_use"] < cards["as_of"], "each card says since when it counts"
    assert since["control"] is None
    html = client.get("/e/demo/inspection/answers/").content.decode()
    assert f"{since['number_use']}</time> – <time" in html
    with pytest.raises(NianjianError, match="inspection_part_unknown"):
        readiness.look.enqueue(enterprise=demo, part="x", actor=operator)


def test_an_older_comparison_with_open_differences_is_not_proved_by_a_newer_one_of_other_days(
    demo: str, operator: Actor
) -> None:
    """People of January to July lack a wage; a run of August alone has passed, one of all months has as well."""
    grounds = CheckBasis.of(demo, None, operator)
    spans = [(date(2026, 1, 1), date(2026, 7, 31)), (date(2026, 8, 1), TODAY), (date(2026, 1, 1), TODAY)]
    for (first, last), state in zip(spans, ("failed", "failed", "passed"), strict=True):
        run = Run(enterprise_id=demo, kind="people", first=first, as_of=last, counts={"consistent": 5}, told={})
        lacks = [Difference(key="1", month="2026-07", result="lacks_wage", label="{}", state="open")]
        storage.store_run(run=run, differences=lacks if last < TODAY else [], actor=operator)
        comparison = answers.find_comparison(grounds, "people")
        assert comparison is not None
        assert (comparison.verdict, comparison.as_of) == (state, last.isoformat())


def test_a_comparison_of_call_sources_is_old_once_calls_of_its_days_come_in(demo: str, operator: Actor) -> None:
    grounds, lake = CheckBasis.of(demo, None, operator), wiring.lake(demo)
    data.append(lake, [call(1, date(2026, 8, 2), "L1")], "b0")
    run = Run(enterprise_id=demo, kind="sources", first=date(2026, 8, 1), as_of=date(2026, 8, 20), counts={"same": 1})
    run.told = {"calls_version": lake.version("calls")}
    storage.store_run(run=run, differences=[], actor=operator)
    for number, (day, recent) in enumerate([(21, True), (20, False), (22, False)], 2):
        data.append(lake, [call(number, date(2026, 8, day), "L1")], f"b{number}")
        comparison = answers.find_comparison(grounds, "sources")
        assert comparison is not None
        assert (comparison.verdict, comparison.recent) == ("passed", recent)


def test_a_match_of_people_is_old_once_a_seat_is_entered(demo: str, operator: Actor, tmp_path: Path) -> None:
    grounds = CheckBasis.of(demo, None, operator)
    run = Run(
        enterprise_id=demo, kind="people", first=TODAY.replace(day=1), as_of=TODAY, counts={"consistent": 1}, told={}
    )
    storage.store_run(run=run, differences=[], actor=operator)
    assert answers.find_comparison(grounds, "people") == answers.Comparison("passed", "2026-08-31", recent=True)
    Run.objects.update(made_at=run.made_at - DAY)
    enter_human_seat(demo, tmp_path)
    assert answers.find_comparison(grounds, "people") == answers.Comparison("passed", "2026-08-31", recent=False)


def _run_check(part: str, operator: Actor) -> dict[str, Any] | None:
    """Put a check, do it as the worker does, and read what is kept."""
    name = readiness.look.enqueue(enterprise="demo", part=part, actor=operator)
    assert readiness.look.enqueue(enterprise="demo", part=part, actor=operator) == name
    assert readiness.running_check(enterprise="demo", part=part) == name
    work()
    return readiness.newest_check(enterprise="demo", part=part, actor=operator)


def test_what_only_today_can_be_told_bears_no_earlier_day(
    demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "count_lights", lambda _tests: {"green": 1, "yellow": 0, "red": 0, "insufficient": 0})
    one = readiness._callback_check(CheckBasis.of(demo, clock.today() - timedelta(days=40), operator))
    assert (one.check, one.state, one.day) == ("callback", "passed", clock.today().isoformat())


def test_a_number_is_used_on_the_gateway_of_the_longest_one_that_was_granted() -> None:
    ledger = {"9501": "A", "95013": "B"}
    assert [answers.root_of(one, ledger) for one in ("95013888", "95018", "96110")] == ["95013", "9501", None]


def test_a_number_is_in_force_from_its_first_day_through_its_last_unless_it_was_cancelled() -> None:
    for values, so in (
        ({}, True), ({"valid_since": TODAY}, True), ({"valid_since": TODAY + DAY}, False),
        ({"valid_until": TODAY}, True), ({"valid_until": TODAY - DAY}, False), ({"filing": "cancelled"}, False),
    ):  # fmt: skip
        assert answers.in_force(Number(**values), TODAY) is so, values


def test_robot_seats_are_counted_as_the_portrait_counts_them_and_an_unknown_day_rules_nothing_out(
    demo: str, operator: Actor, load: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-03-02")
    seat = "坐席编号,类型,备案状态,备案日期,开通日期,停用日期"
    calls = tmp_path / "named.csv"
    calls.write_text(
        "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果,坐席编号,坐席类型\n"
        "n1,呼出,8001,95013001,13800138000,2026-03-01 10:00:00,2026-03-01 10:00:05,2026-03-01 10:00:45,接通,S1,人工\n",
        encoding="utf-8",
    )
    import_file(calls, operator)
    for days, seats, verdict in (
        (("", ""), RobotSeats(open=0, undated=1, filed=0), "unknown"),
        (("2026-03-01", ""), RobotSeats(open=1, undated=0, filed=1), "found"),
        (("2026-02-01", "2026-03-01"), RobotSeats(open=0, undated=0, filed=0), "not_found"),
    ):
        load("seats", seat, ("R1", "机器人", "已备案", "2026-01-01", *days))
        robots = dialling.check_dialling(enterprise=demo, as_of=None, actor=operator).ai
        assert (robots.seats, robots.verdict) == (seats, verdict)


def test_calls_of_an_unregistered_robot_are_shown_as_a_hint(
    demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-26")
    import_file(SAMPLE, operator, "UTC")
    result = _run_check("dialling", operator) or {}
    seen = result["ai"]["suggested"]
    assert (result["ai"]["verdict"], seen["verdict"], seen["calls"]) == ("unknown", "suggested", 17)
    (group,) = seen["groups"]
    assert (group["source"], group["evidence"], group["context"]) == ("asterisk", "context", "airobot")
    assert len(seen["rows"]) == dialling.EXAMPLES
    page = signed_in("anna").get("/e/demo/inspection/dialling/").content.decode()
    assert "可能是未登记的机器人" in page
    assert "airobot" in page
    check = dialling.check_dialling(enterprise=demo, as_of=None, actor=operator)
    assert "airobot" in printed(picture.render_dialling, check)


def test_what_no_record_tells_is_the_enterprises_own_statement(demo: str, operator: Actor) -> None:
    """A blank until it is stated, then printed as stated, and taken back."""
    declarations.declare_facts(enterprise=demo, actor=operator, predictive=False, one_click=True)
    result = answers.check_answers(enterprise=demo, as_of=None, actor=operator)
    at, _ = result.at[:10], words(ENGLISH)
    cards = {one.card: to_builtins(one) for one in result.cards if one.card in DECLARED}
    assert {card: texts.format_answer(one, at, _) for card, one in cards.items()} == {
        "predictive": "Predictive dialling: not in place. (stated by the enterprise)",
        "one_click": "One-click complaint entry: in place. (stated by the enterprise)",
        "ai_outbound": "AI outbound calls: ＿＿＿＿＿＿＿＿.",
    }
    page = signed_in("anna").get("/e/demo/inspection/dialling/").content.decode()
    assert 'action="/e/demo/inspection/dialling/declare/"' in page
    assert '<option value="no" selected>' in page
    assert answers.read_declarations(demo) == {"predictive": False, "one_click": True}
    assert signed_in("anna").post("/e/demo/inspection/dialling/declare/", {}).status_code == 302
    assert answers.read_declarations(demo) == {}
