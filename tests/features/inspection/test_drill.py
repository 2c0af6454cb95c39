"""A drill from its beginning to its report, and its timeline: done in time passes, what nobody proved never does."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from tests.features.inspection.conftest import FORWARD, begun, printed
from tests.support.import_pages import work
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts import inspection_day as texts
from nianjian.engines.season.plan import Scope
from nianjian.features.complaints import one_click
from nianjian.features.complaints import operations as acts
from nianjian.features.complaints import queries as query
from nianjian.features.complaints.clocks import Clock, ClockLimit, ServiceLevels
from nianjian.features.complaints.models import Complaint
from nianjian.features.complaints.states import Facts
from nianjian.features.inbox import operations
from nianjian.features.inspection import commands
from nianjian.features.inspection import states as injects
from nianjian.features.inspection import states as inspection_states
from nianjian.features.inspection.documents import TimelineEntry
from nianjian.features.inspection.operations import drill as report
from nianjian.features.inspection.operations.drill import choose_recipients
from nianjian.features.inspection.states import DrillPlan, DrillRecord, TimelineLine
from nianjian.features.season import queries
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.roles import Role
from nianjian.platform.accounts.service import add_user
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.models import Job
from nianjian.platform.notifications.models import Channel, Choice, Dispatch, Message
from nianjian.platform.rulebook.rulebooks import rulebook

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=clock.ZONE)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
TERMS = {Clock.RESPONSE: ClockLimit(2 * HOUR, timedelta(minutes=90)), Clock.CLOSE: ClockLimit(24 * HOUR, 20 * HOUR)}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))


def test_what_can_begin_a_drill_is_offered_first(demo: str, operator: Actor) -> None:
    def forward() -> bool:
        page = signed_in("anna").get("/e/demo/inspection/drill/run/").content.decode()
        return '<option value="12321" selected>' in page

    assert forward(), "without an address nothing else can"
    one_click.open_door(enterprise=demo, number="95013", actor=operator)
    assert not forward()


def test_a_drill_from_the_complaint_to_its_report(demo: str, operator: Actor) -> None:
    client = signed_in("anna")
    place = "/e/demo/inspection/drill/"
    assert client.get(f"{place}report/").status_code == 404
    with pytest.raises(NianjianError, match="drill_no_door"):
        report.enqueue_drill(enterprise=demo, phone="", calls=0, actor=operator)
    one_click.open_door(enterprise=demo, number="95013", actor=operator)
    with pytest.raises(NianjianError, match="drill_calls_wrong"):
        report.enqueue_drill(enterprise=demo, phone="", calls=51, actor=operator)
    with pytest.raises(NianjianError, match="drill_unknown"):
        report.build_report(enterprise=demo, actor=operator)
    assert client.post(f"{place}run/", {"phone": "13800138000", "calls": "2"}).status_code == 302
    job = Job.objects.get()
    assert "13800138000" not in json.dumps(job.payload)
    work()
    job.refresh_from_db()
    ticket = str(job.result["drill"])
    row = query.load_current_tickets(demo, [ticket])[ticket]
    assert (row.drill, row.source, row.complained, row.complainant) == (True, "one_click", "95013", "13800138000")

    summary = report.build_report(enterprise=demo, actor=operator)
    assert {one.step: (one.state, one.why) for one in summary.steps} == {
        "arrived": ("passed", "one_click_opened"), "warned": ("passed", "alert_sent"),
        **dict.fromkeys(("responded", "called_back", "closed"), ("in_progress", "running")),
        "calls": ("not_proved", "calls_no_way"),
    }  # fmt: skip
    assert (summary.state, summary.readiness) == ("in_progress", "failed"), "an empty firm fails checks"
    order = [one.state for one in summary.mend]
    worst_first = ["failed", "not_proved", "in_progress"]
    assert order == sorted(order, key=worst_first.index), "failed comes first"
    assert len(order) == sum(summary.counts[state] for state in worst_first)

    task_query = queries.ProgressQuery(
        demo, 2026, clock.today(), clock.today(), rulebook(day=None, province=None, enterprise=demo), operator
    )
    assert not queries.collect_task_progress(task_query, [])["drill"].complete
    acts.callback(enterprise=demo, complaint=ticket, result="已回访", actor=operator)
    acts.close(enterprise=demo, complaints=[ticket], result="演练完毕", actor=operator)
    assert queries.collect_task_progress(task_query, [])["drill"].complete
    summary = report.build_report(enterprise=demo, actor=operator, name=ticket)
    steps = {one.step: one for one in summary.steps}
    assert (summary.state, "reminded" in steps) == ("passed", False), "who is quicker than a reminder needs none"
    for name in ("responded", "called_back", "closed"):
        assert (steps[name].state, steps[name].by) == ("passed", str(operator))
        assert steps[name].taken_s is not None
    assert (steps["responded"].limit_s, steps["closed"].limit_s) == (7200, 86400)

    assert not query.current_tickets(demo).exists(), "what is published leaves a drill out"
    page = client.get(place).content.decode()
    assert ticket in page
    assert "13800138000" not in page
    assert client.get(f"{place}?drill={'9' * 5000}").status_code == 404
    paper = client.get(f"{place}report/")
    with pypdfium2.PdfDocument(io.BytesIO(paper.content)) as document:
        text = "".join(one.get_textpage().get_text_bounded() for one in document)
    assert ticket in text.replace("\r\n", "")
    assert ticket in printed(commands.render_drill_report, summary)


def test_what_is_no_number_opens_no_drill(demo: str, operator: Actor) -> None:
    one_click.open_door(enterprise=demo, number="95013", actor=operator)
    with pytest.raises(NianjianError, match="drill_phone_wrong"):
        report.run_drill(enterprise=demo, phone="x", calls=0, actor=operator)
    assert not Complaint.objects.exists()
    assert report.list_drills(enterprise=demo, actor=operator) == []


@dataclass(frozen=True)
class Case:
    """What was done how long after the arrival, and how the steps after it then stand."""

    now: timedelta
    states: str
    responded: timedelta | None = None
    closed: timedelta | None = None
    warned: timedelta | None = SECOND
    reminded: Mapping[Clock, timedelta] = field(default_factory=dict)
    outcome: str = ""  # where it is not that of all steps
    calls: Mapping[str, int] = field(default_factory=dict)


LATE = SECOND + 24 * HOUR
BOTH = {Clock.RESPONSE: 1.5 * HOUR, Clock.CLOSE: 20 * HOUR}
ONE = {Clock.RESPONSE: 1.5 * HOUR}
BEFORE = 1.5 * HOUR - SECOND  # the last second without a reminder
CASES = (
    # 10 s and 13 s: no reminder was due, nobody asked for test calls
    Case(HOUR, "passed passed passed passed not_proved", 10 * SECOND, 13 * SECOND, outcome="passed"),
    Case(HOUR, "failed passed passed passed not_proved", 10 * SECOND, 13 * SECOND, None, outcome="failed"),
    Case(HOUR, "failed passed passed passed not_proved", 10 * SECOND, 13 * SECOND, 2 * HOUR + SECOND, outcome="failed"),
    Case(30 * HOUR, "passed passed passed passed passed passed", 2 * HOUR, 24 * HOUR, SECOND, BOTH, "", {"passed": 2}),
    Case(30 * HOUR, "passed failed passed passed passed passed", 2 * HOUR, 24 * HOUR, SECOND, ONE, "", {"passed": 2}),
    Case(30 * HOUR, "passed failed failed failed failed failed", 2 * HOUR + SECOND, LATE, calls={"failed": 1}),
    Case(4 * HOUR, "passed passed passed passed not_proved", BEFORE, 3 * HOUR, calls={"passed": 1, "not_proved": 1}),
    Case(4 * HOUR, "passed failed passed passed passed not_proved", 1.5 * HOUR, 3 * HOUR, outcome="failed"),
    Case(HOUR, "passed in_progress in_progress in_progress not_proved", outcome="in_progress"),
    # the response was late, and the ticket is still open within its limit
    Case(3 * HOUR, "passed failed failed in_progress in_progress not_proved", outcome="in_progress"),
    Case(25 * HOUR, "passed failed failed failed failed not_proved", outcome="failed"),
)


@pytest.mark.parametrize("case", CASES)
def test_each_step_on_both_sides_of_its_limit(case: Case) -> None:
    def at(after: timedelta | None) -> datetime | None:
        return None if after is None else NOON + after

    facts = Facts(arrived=NOON, responded=at(case.responded), called_back=at(case.closed), closed=at(case.closed))
    promise = ServiceLevels((date(2000, 1, 1),), (TERMS,))
    record = DrillRecord(
        facts, promise, at(case.warned), {"responded": "user:anna"}, case.calls, "calls_no_way",
        reminded={one: NOON + after for one, after in case.reminded.items()},
    )  # fmt: skip
    steps = inspection_states.judge_steps(record, NOON + case.now)
    assert [one.state for one in steps] == ["passed", *case.states.split()]
    worst = next(one for one in ("failed", "not_proved", "passed") if one in case.states)
    assert inspection_states.judge_drill(steps) == (case.outcome or worst)


def _timeline(enterprise: str, operator: Actor, drill: str = "") -> dict[str, TimelineEntry]:
    summary = report.build_report(enterprise=enterprise, actor=operator, name=drill)
    return {one.what: one for one in summary.timeline}


def test_a_forward_needs_no_address_and_counts_nowhere(demo: str, operator: Actor) -> None:
    signed_in("anna")
    drill = report.run_drill(enterprise=demo, phone=" ", calls=0, planned=FORWARD, actor=operator).drill
    row = query.load_current_tickets(demo, [drill])[drill]
    assert (row.source, row.drill, row.complainant) == ("12321", True, None)
    assert not query.current_tickets(demo).exists()
    summary = report.build_report(enterprise=demo, actor=operator)
    assert (summary.steps[0].why, summary.steps[0].by) == ("forward_opened", str(operator))
    timeline = _timeline(demo, operator)
    assert [(one, line.due_s) for one, line in timeline.items()] == [
        ("arrived", 0), ("warned", None), ("responded", 60), ("called_back", 120), ("closed", 180),
        ("second_call", 300),
    ]  # fmt: skip
    assert (timeline["responded"].player, timeline["closed"].player) == ("anna", None)
    assert timeline["arrived"].state == "done"


def test_injects_are_noted_once_and_in_order(demo: str, operator: Actor) -> None:
    signed_in("anna")
    drill = begun(demo, operator, FORWARD)

    def inject(what: str, act: str, of: str = drill) -> None:
        report.note_inject(enterprise=demo, drill=of, what=what, act=act, actor=operator)

    for what, act, of, code in (
        ("second_call", "handled", drill, "drill_inject_refused"),
        ("nothing", "given", drill, "drill_inject_unknown"),
        ("second_call", "x", drill, "drill_inject_unknown"),
        ("second_call", "given", "9" * 5000, "drill_unknown"),
    ):
        with pytest.raises(NianjianError, match=code):
            inject(what, act, of)
    assert _timeline(demo, operator)["second_call"].state == "waiting"
    inject("second_call", "given")
    assert _timeline(demo, operator)["second_call"].state == "running"
    inject("second_call", "handled")
    line = _timeline(demo, operator)["second_call"]
    assert (line.state, line.by) == ("done", str(operator))
    assert line.ended_at is not None
    with pytest.raises(NianjianError, match="drill_inject_refused"):
        inject("second_call", "given")
    inject("media", "given")
    assert "media" in _timeline(demo, operator), "what was not planned may be thrown in, too"
    other = begun(demo, operator, FORWARD)
    assert _timeline(demo, operator, other)["second_call"].state == "waiting", "each drill has its own"


@pytest.mark.parametrize(
    ("planned", "code"),
    [
        (DrillPlan("fax"), "drill_source_unknown"),
        (DrillPlan("12321", {"responded": 30, "called_back": 20}), "drill_minutes_wrong"),
        (DrillPlan("12321", {"responded": 0}), "drill_minutes_wrong"),
        (DrillPlan("12321", {"closed": 1441}), "drill_minutes_wrong"),
        (DrillPlan("12321", {"warned": 5}), "drill_minutes_wrong"),
        (DrillPlan("12321", {}, {"agent": "nobody"}), "drill_player_unknown"),
        (DrillPlan("12321", {}, {"agent": "vera"}), "drill_player_unknown"),  # she may only read
        (DrillPlan("12321", {}, {"facilitator": "anna"}), "drill_player_unknown"),
        (DrillPlan("12321", {}, {}, ["x"]), "drill_inject_unknown"),
        (DrillPlan(), "drill_no_door"),
    ],
)
def test_what_cannot_be_held_begins_nothing(demo: str, operator: Actor, planned: DrillPlan, code: str) -> None:
    signed_in("anna")
    add_user(name="vera", role=Role.AUDITOR, enterprises=[demo], actor=operator)
    for begin in (report.enqueue_drill, report.run_drill):
        with pytest.raises(NianjianError, match=code):
            begin(enterprise=demo, phone="", calls=0, planned=planned, actor=operator)
    assert not Complaint.objects.exists()


def test_the_screen_looks_again_until_the_ticket_is_closed(demo: str, operator: Actor) -> None:
    client = signed_in("anna")
    add_user(name="vera", role=Role.AUDITOR, enterprises=[demo], actor=operator)
    drill = begun(demo, operator, FORWARD, "13800138000")
    place = f"/e/demo/inspection/drill/{drill}/"
    page = client.get(f"{place}screen/").content.decode()
    assert f'hx-get="{place}lines/"' in page
    assert 'hx-trigger="every 5s"' in page
    assert query.load_current_tickets(demo, [drill])[drill].complainant == "13800138000"
    assert "13800138000" not in page
    assert "second_call" in page
    reader = signed_in("vera")
    assert "<form" not in reader.get(f"{place}lines/").content.decode()
    assert client.post(f"{place}inject/", {"what": "second_call", "act": "given"}).status_code == 302
    assert "second_call" in client.get(f"{place}lines/").content.decode()
    assert client.post(f"{place}inject/", {"what": "second_call", "act": "given"}).status_code == 409
    acts.callback(enterprise=demo, complaint=drill, result="已回访", actor=operator)
    acts.close(enterprise=demo, complaints=[drill], result="演练完毕", actor=operator)
    assert "hx-get" not in client.get(f"{place}lines/").content.decode()
    assert client.get("/e/demo/inspection/drill/nothing/screen/").status_code == 404
    assert client.get(f"/e/demo/inspection/drill/{'9' * 5000}/lines/").status_code == 404


def test_history_trend_and_debrief(demo: str, operator: Actor) -> None:
    client = signed_in("anna")
    first = begun(demo, operator)
    front = "/e/demo/inspection/drill/"

    def trend() -> list[str]:
        return re.findall(r'<a href="([^"]*)"><rect', client.get(front).content.decode())

    assert trend() == [], "one drill has no trend"
    acts.callback(enterprise=demo, complaint=first, result="已回访", actor=operator)
    acts.close(enterprise=demo, complaints=[first], result="演练完毕", actor=operator)
    second = begun(demo, operator)
    newest, oldest = report.list_drills(enterprise=demo, actor=operator)
    assert (newest.drill, newest.responded_s, newest.closed_s) == (second, None, None)
    assert oldest.drill == first
    assert oldest.responded_s is not None
    assert oldest.closed_s is not None
    assert oldest.responded_s <= oldest.closed_s
    assert trend() == [], "nothing was done in the second one yet"
    acts.respond(enterprise=demo, complaints=[second], actor=operator)
    assert trend() == [f"{front}?drill={one}" for one in (first, second)]
    assert f"{front}{second}/screen/" in client.get(front).content.decode()
    report.note_inject(enterprise=demo, drill=second, what="second_call", act="given", actor=operator)
    _name, paper = report.build_report_pdf(enterprise=demo, actor=operator, language="en", name=second)
    with pypdfium2.PdfDocument(io.BytesIO(paper)) as document:
        text = "".join(one.get_textpage().get_text_bounded() for one in document)
    assert "Timeline" in text
    assert "calls again" in text.replace("\r\n", " ")


INJECTED = ["second_call", "media"]


@pytest.fixture
def crew(demo: str, operator: Actor) -> str:
    """anna leads; otto and dora work on tickets, vera only reads."""
    signed_in("anna")
    for name, role in (("otto", Role.DATA_OFFICER), ("dora", Role.DATA_OFFICER), ("vera", Role.AUDITOR)):
        add_user(name=name, role=role, enterprises=[demo], actor=operator)
    return demo


def held(demo: str, operator: Actor, **players: str) -> str:
    return begun(demo, operator, DrillPlan("12321", {}, players, INJECTED))


def throw(demo: str, drill: str, what: str, act: str = "given", by: str = "anna") -> None:
    report.note_inject(enterprise=demo, drill=drill, what=what, act=act, actor=Actor(by, USER))


def told() -> list[str]:
    return sorted(Message.objects.filter(about__startswith="drill").values_list("user", flat=True))


def test_the_player_of_the_role_hears_of_it_and_that_it_is_a_drill(crew: str, operator: Actor) -> None:
    drill = held(crew, operator, agent="otto", lead="dora")
    assert told() == []
    throw(crew, drill, "second_call")
    (one,) = Message.objects.filter(about__startswith="drill")
    assert (one.user, one.stage) == ("otto", "second_call")
    for language, mark in (("en", "DRILL, not real"), ("zh-hans", "演练，非真实情况")):
        text = operations.to_document(one, language).text
        assert mark in text
        assert drill in text
    throw(crew, drill, "second_call", "handled")
    assert told() == ["otto"], "that it was handled is no news"
    throw(crew, drill, "media")
    assert told() == ["dora", "otto"]
    page = signed_in("dora").get("/inbox/").content.decode()
    assert f"/e/demo/inspection/drill/{drill}/screen/" in page


def test_without_a_player_all_who_work_on_tickets_hear_of_it_but_not_who_leads(crew: str, operator: Actor) -> None:
    throw(crew, held(crew, operator), "second_call")
    assert told() == ["dora", "otto"]


def test_a_chosen_channel_is_used_unless_the_person_wants_nothing(crew: str, operator: Actor) -> None:
    for name in ("otto", "dora"):
        Channel.objects.create(
            id=f"CH{name}", user=name, kind="json", address="x", mask="x", made_at=clock.now(), confirmed_at=clock.now()
        )
    Choice.objects.create(user="dora", scope=Scope.NONE, changed_at=clock.now())
    drill = held(crew, operator, agent="otto", lead="dora")
    throw(crew, drill, "second_call")
    throw(crew, drill, "media")
    assert told() == ["dora", "otto"]
    assert [one.message.user for one in Dispatch.objects.filter(message__about__startswith="drill")] == ["otto"]


def test_who_is_told() -> None:
    able, scopes = ["anna", "dora", "otto"], {"dora": Scope.NONE}
    assert choose_recipients("dora", able, scopes, "anna") == ["dora"]
    assert choose_recipients("gone", able, scopes, "anna") == ["otto"]
    assert choose_recipients("", ["anna", "dora"], scopes, "anna") == ["dora"], "nothing is lost"
    assert choose_recipients("", ["anna"], scopes, "anna") == ["anna"]


def test_a_job_leads_to_its_own_drill_and_a_failed_one_to_none(crew: str, operator: Actor) -> None:
    drill, newer = held(crew, operator), held(crew, operator)
    client = signed_in("anna")
    for result, state, there in (({"drill": drill}, Job.DONE, f"?drill={drill}"), ({}, Job.FAILED, "#begin")):
        job = flow.enqueue(kind=flow.DRILL, enterprise=crew, payload={}, actor=operator)
        Job.objects.filter(pk=job).update(state=state, result=result, finished_at=clock.now())
        page = client.get(f"/e/demo/data/jobs/{job}/").content.decode()
        assert f'href="/e/demo/inspection/drill/{there}"' in page
        assert newer not in page


MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def _lines(now: timedelta, script: DrillPlan = DrillPlan(), /, **done: timedelta) -> dict[str, TimelineLine]:  # noqa: B008 -- frozen
    events = {step: (NOON + after, "user:anna") for step, after in done.items()}
    timeline = injects.build_timeline(script, NOON, {"arrived": (NOON, "x"), **events}, {}, NOON + now)
    return {one.what: one for one in timeline}


@pytest.mark.parametrize(
    ("now", "done", "state"),
    [
        (10 * MINUTE, None, "waiting"),
        (10 * MINUTE + SECOND, None, "late"),
        (20 * MINUTE, 10 * MINUTE, "done"),
        (20 * MINUTE, 10 * MINUTE + SECOND, "done_late"),
    ],
)
def test_the_minute_of_the_script_still_is_in_time(now: timedelta, done: timedelta | None, state: str) -> None:
    lines = _lines(now) if done is None else _lines(now, responded=done)
    assert lines["responded"].state == state


def test_a_script_of_its_own_and_its_players() -> None:
    script = DrillPlan(minutes={"responded": 3}, players={"agent": "anna"}, thrown=["media"])
    lines = _lines(4 * MINUTE, script)
    assert (lines["responded"].state, lines["responded"].player) == ("late", "anna")
    assert (lines["closed"].due, lines["closed"].player) == (NOON + 45 * MINUTE, "")
    assert (lines["media"].state, lines["media"].thrown) == ("waiting", True)
    assert "second_call" not in lines, "what nobody meant to throw in is not there"


def test_an_inject_is_due_given_and_handled() -> None:
    script = DrillPlan(thrown=["media"])

    def state(after: timedelta, **acts: timedelta) -> str:
        events = {"media": {act: (NOON + at, "x") for act, at in acts.items()}} if acts else {}
        timeline = injects.build_timeline(script, NOON, {"arrived": (NOON, "x")}, events, NOON + after)
        return next(one.state for one in timeline if one.what == "media")

    assert state(35 * MINUTE - SECOND) == "waiting"
    assert state(35 * MINUTE) == "due"
    assert state(36 * MINUTE, given=35 * MINUTE) == "running"
    assert state(40 * MINUTE, given=35 * MINUTE, handled=39 * MINUTE) == "done"


def test_lines_stand_by_when_they_are_due_and_a_warning_where_it_came() -> None:
    names = list(_lines(2 * 60 * MINUTE, responded=100 * MINUTE, warned=90 * MINUTE))
    assert names == ["arrived", "responded", "called_back", "closed", "warned"]


def test_everything_has_a_name() -> None:
    assert set(texts.THROWN) == set(injects.THROWN)
    assert set(texts.ROLES) == set(injects.ROLES)
    assert set(injects.STEPS) | {injects.WARNED, injects.REMINDED} <= set(texts.STEPS)
    states = {injects.WAITING, injects.DUE, injects.LATE, injects.RUNNING, injects.DONE, injects.DONE_LATE}
    assert set(texts.LINES) == states
