"""What the overview asks the tables: the newest calls of each source, rejects, open requests, own failed work."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.support.written import overlay

from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.overview import attention, facts
from nianjian.features.overview.facts import with_cases
from nianjian.features.overview.queue import Queue
from nianjian.features.rectification.operations import Notice, list_waiting, open_case
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import batches
from nianjian.platform.registers import storage as rows
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.models import Team
from nianjian.platform.registers.queries import ReadScope, get_register_state
from nianjian.platform.registers.versions import have_rows, last_recorded_at, versions_on
from nianjian.platform.rulebook.deadlines import calendars

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def _file(batch: str, enterprise: str, source: str, days: list[str], rejected: int = 0) -> None:
    receipt: dict[str, Any] = {"source": source, "days": days, "rows": {"rejected": rejected}}
    of = {"batch": batch, "enterprise": enterprise, "name": f"{source}{len(days)}", "actor": Actor("root")}
    batches.add_batch_file(**of, sha256=f"{batch}{source}{rejected}", generation=1, receipt=receipt)


@pytest.fixture
def other(demo: str, operator: Actor) -> str:
    add_enterprise(code="other", name="另一家", province="重庆", actor=operator)
    return "other"


def test_the_newest_call_of_each_source(demo: str, other: str) -> None:
    _file("B1", demo, "asterisk", ["2026-10-01", "2026-11-02"])
    _file("B2", demo, "asterisk", ["2026-09-01"])
    _file("B2", demo, "tinet", [])
    _file("B3", demo, "kamailio", ["2026-11-20"])
    _file("B4", other, "asterisk", ["2026-11-24"])
    batches.end_batch(batch="B3", state="undone")
    assert batches.last_call_days(demo) == {"asterisk": date(2026, 11, 2), "tinet": None}
    sources = facts.list_source_freshness(demo, date(2026, 11, 5))
    assert [(one.name, one.age) for one in sources] == [("asterisk", 3), ("tinet", None)]


def test_rejects_are_summed_by_batch_newest_first(demo: str, other: str) -> None:
    for batch, source, rejected in (
        ("B1", "asterisk", 2),
        ("B2", "asterisk", 3),
        ("B2", "tinet", 4),
        ("B3", "tinet", 0),
    ):
        _file(batch, demo, source, ["2026-11-02"], rejected)
    _file("B4", other, "tinet", ["2026-11-02"], rejected=9)
    assert batches.list_batches_with_rejects(demo, most=5) == [("B2", 7), ("B1", 2)]
    assert batches.list_batches_with_rejects(demo, most=1) == [("B2", 7)]


def test_the_last_day_of_many_enterprises_takes_two_queries(demo: str, other: str) -> None:
    _file("B1", demo, "asterisk", ["2026-11-02", "2026-10-02"])
    _file("B2", other, "asterisk", ["2026-11-24"])
    _file("B3", other, "asterisk", ["2026-11-20"])  # newer file, older calls: the newest file tells
    with CaptureQueriesContext(connection) as queries:
        last_days = batches.last_call_day_by_enterprise([demo, other, "none"])
    assert last_days == {demo: date(2026, 11, 2), other: date(2026, 11, 20)}
    assert len(queries) == 2


def test_requests_that_others_made_wait(demo: str, other: str) -> None:
    requests = [
        approvals.create_request(kind="overlay", subject=str(n), digest="d", enterprise=where, actor=Actor(who, "user"))
        for n, (where, who) in enumerate(((demo, "anna"), (demo, "berta"), (other, "berta"), (demo, "carl")))
    ]
    add_user(name="dora", role="compliance_lead", enterprises=[demo], actor=Actor("root"))
    approvals.refuse_request(approval=requests[3].id, actor=Actor("dora", "user"))
    dora = Actor("dora", "user")
    own = approvals.create_request(kind="overlay", subject="5", digest="d", enterprise=demo, actor=dora)
    pending = approvals.list_pending(demo)
    assert pending == [*requests[:2], own]
    points = attention.list_tasks(demo, dora, load_service_levels(demo), Queue(), pending)
    assert [point.values["approval"] for point in points] == [one.id for one in requests[:2]]


def test_own_work_that_failed_lately(demo: str) -> None:
    for id_, who, stood, age in (
        ("J1", "user:anna", Job.FAILED, 1),
        ("J2", "user:anna", Job.FAILED, 9),
        ("J3", "user:anna", Job.DONE, 1),
        ("J4", "user:berta", Job.FAILED, 1),
    ):
        moment = NOW - timedelta(days=age)
        Job(
            id=id_, kind="x", enterprise=demo, state=stood, requested_by=who, created_at=moment, finished_at=moment
        ).save()
    jobs = queue.failed(demo, "user:anna", since=NOW - timedelta(days=7), most=5)
    assert [one.id for one in jobs] == ["J1"]


def test_a_register_knows_its_last_entry_and_a_row_that_is_taken_back_moves_its_last_change(
    demo: str, other: str
) -> None:
    written, taken = NOW - timedelta(days=3), NOW - timedelta(days=1)
    Team.objects.create(enterprise_id=demo, key="T1", recorded_at=written, superseded_at=taken, file="f", name="队")
    state = get_register_state("teams", ReadScope(demo, NOW.date()))
    assert (state.rows, state.last) == (0, taken)
    assert last_recorded_at([Team], demo) == [written]
    Team.objects.create(enterprise_id=demo, key="T2", recorded_at=NOW, superseded_at=NOW, file="f", name="队")
    assert last_recorded_at([Team, Line], demo) == [NOW, None]
    assert last_recorded_at([Team], other) == [None]


def test_a_register_holds_a_row_on_its_days(demo: str, other: str) -> None:
    day = date(2026, 11, 25)
    days = (None, "2026-11-24", "2026-11-25", "2026-11-26")
    for since, until, superseded in product(days, days, (None, NOW)):
        stamps = {"valid_from": since, "valid_to": until, "superseded_at": superseded, "recorded_at": NOW}
        row = Team.objects.create(enterprise_id=demo, key="T1", file="f", name="队", **stamps)
        assert have_rows([Team, Line], demo, day) == [versions_on(Team, demo, day).exists(), False], stamps
        assert have_rows([Team], other, day) == [False]
        row.delete()


def test_an_overlay_moves_the_deadline_and_the_renewal_of_its_enterprise_only(demo: str, other: str) -> None:
    overlay("deadline.licence.legal", "02-15", date(2026, 1, 1))
    overlay("numbers.renewal", "30", date(2026, 1, 1))
    by_code = calendars({demo: "北京", other: "重庆"}, date(2026, 11, 25))
    first = {code: one.earliest.day for code, one in by_code.items() if one.earliest}
    assert first == {demo: date(2027, 2, 15), other: date(2027, 3, 31)}
    assert [by_code[code].renewals["numbers"].value for code in (demo, other)] == [30, 90]


def test_who_reaches_which_enterprise(demo: str, other: str, operator: Actor) -> None:
    add_user(name="lead", role="compliance_lead", enterprises=[other], actor=operator)
    add_user(name="chief", role="administrator", enterprises=[], actor=operator)
    both = sorted([demo, other])

    def reached(name: str, *acts: Permission, **how: Any) -> list[str]:
        enterprises = list_accessible_enterprises(Actor(name, "user", frozenset(acts) or None), **how)
        return [one.code for one in enterprises]

    assert reached("lead") == [other]
    assert (reached("chief"), reached("chief", limit=1)) == (both, both[:1])
    assert reached("lead", act=Permission.ADMINISTER) == reached("stranger") == []
    assert [one.code for one in list_accessible_enterprises(operator)] == both
    assert reached("lead", Permission.READ) == [other], "who may read may read the own"
    assert reached("lead", Permission.MANAGE_DATA) == []


def test_a_case_of_rectification_comes_before_the_season(demo: str, other: str, operator: Actor) -> None:
    today = date(2026, 5, 6)
    season = calendars({demo: "浙江"}, today)[demo]
    case = open_case(enterprise=demo, notice=Notice(today), paper=None, actor=operator).id
    running = list_waiting(demo)
    first = with_cases(season, running, today).earliest
    assert first is not None
    assert (first.rule.key, first.day, first.days) == ("rectification.due", date(2026, 5, 19), 13)
    assert with_cases(season, list_waiting(other), today) == season
    assert with_cases(season, running, date(2026, 5, 25)).deadlines[0].days == -6, "what is over is not forgotten"
    blocker = attention.list_blockers(demo, None, running)[0]
    assert (blocker.code, blocker.values) == (attention.CASE, {"case": case, "due": date(2026, 5, 19), "causes": []})


def test_what_runs_out_is_a_deadline_and_what_has_run_out_is_in_the_way(demo: str, other: str, operator: Actor) -> None:
    today = date(2026, 11, 25)
    for kind, key, until in (
        ("numbers", {"root": "95013"}, "2026-12-31"),  # renewal was to be asked for by 2 October
        ("numbers", {"root": "95014"}, "2026-12-31"),
        ("numbers", {"root": "95015"}, "2026-11-25"),  # its last day counts
        ("numbers", {"root": "95016"}, "2026-11-24"),
        ("numbers", {"root": "95017"}, "2028-12-31"),  # far away
        ("licences", {"number": "浙B2-20240001"}, "2027-03-10"),
    ):
        texts = {**key, "valid_until": until}
        rows.create_row(kind=kind, texts=texts, since=None, reason="", actor=operator, enterprise=demo)
    ending = facts.list_last_days([demo, other], today)
    season = calendars({demo: "浙江"}, today)[demo]
    calendar = facts.with_expiries(season, ending[demo], today)
    expiries = [
        (one.rule.key, one.day.isoformat(), one.days, one.expiry.keys) for one in calendar.deadlines if one.expiry
    ]
    assert expiries == [
        ("numbers.renewal", "2026-11-25", 0, ("95015",)),
        ("licence.renewal", "2026-12-10", 15, ("浙B2-20240001",)),
        ("numbers.renewal", "2026-12-31", 36, ("95013", "95014")),
    ]
    assert (calendar.earliest, calendar.start) == (calendar.deadlines[0], season.start)
    assert [(one.keys, one.until) for one in facts.list_expired(ending[demo], today)] == [
        (("95016",), date(2026, 11, 24))
    ]
    assert ending[other] == {}
    later = facts.with_expiries(season, ending[demo], date(2026, 10, 2)).deadlines[0]
    assert (later.day, later.days) == (date(2026, 10, 2), 0), "the last day to ask is in time"


def test_what_was_given_back_is_not_renewed_and_of_many_only_the_first_are_read(
    demo: str, other: str, operator: Actor
) -> None:
    for n in range(5):
        for code, filing in ((demo, "未备案"), (other, "已注销")):
            texts = {"root": f"9501{n}", "valid_until": "2026-12-31", "filing": filing, "outbound": "是"}
            rows.create_row(kind="numbers", texts=texts, since=None, reason="", actor=operator, enterprise=code)
    texts = {"root": "95020", "valid_until": "2026-12-31"}
    rows.create_row(kind="numbers", texts=texts, since=None, reason="", actor=operator, enterprise=other)
    with CaptureQueriesContext(connection) as queries:
        ending = facts.list_last_days([demo, other], date(2027, 1, 1))
    assert len(queries) == 1
    until = date(2026, 12, 31)
    assert ending == {
        demo: {("numbers", until): (("95010", "95011", "95012"), 5)},
        other: {("numbers", until): (("95020",), 1)},
    }
    (over,) = facts.list_expired(ending[demo], date(2027, 1, 1))
    assert (over.keys, over.count) == (("95010", "95011", "95012"), 5)
