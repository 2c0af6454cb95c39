"""Test calls from the filed number to the sealed evidence; by hand; every day; what stands on the page."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from threading import Event
from typing import Any, Final

import pytest
from tests.support.answerer import Answerer, answered, back
from tests.support.fixtures import Import

from nianjian.doors.site.worker import Worker
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import mask_call_text
from nianjian.engines.paper.texts.season import reminder_line
from nianjian.engines.sip.agent import Pace
from nianjian.engines.sip.message import Message, Via
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.documents import Callback, CallbackRoute
from nianjian.features.test_calls.models import Route, Trial
from nianjian.features.test_calls.operations import calls
from nianjian.features.test_calls.operations.calls import CallWay
from nianjian.features.test_calls.queries import CallBasis
from nianjian.features.test_calls.storage import RouteInput, next_run
from nianjian.platform.accounts.query import Actor, actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs.flow import StopWantedError
from nianjian.platform.jobs.models import Job
from nianjian.platform.notifications.models import Message as Told
from nianjian.platform.registers.overlays import Overlay
from nianjian.platform.vault import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HEADER = "码号,批准总位长,备案状态,备案日期,有效期止,指定落地网关"
WORD: Final = "geheim"
NUMBERS = (
    ("95013", 8, "已备案", "2024-02-01", "", "HZ-GW-01"),
    ("95014", 8, "已备案", "2024-02-01", "", "BJ-GW"),
    ("95015", 8, "未备案", "", "", ""),
    ("95016", 8, "已备案", "2024-02-01", "2025-01-01", ""),
)


@pytest.fixture(autouse=True)
def _quick(demo: str, load: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two filed numbers in force; a short limit and nothing waited beyond it."""
    load("numbers", HEADER, *NUMBERS)
    now = clock.now()
    for key, value in (("seconds", 4), ("wait", 0)):
        Overlay(
            id=key, key=f"inspection.callback.{key}", value=value, enterprise=demo, valid_from=date(2020, 1, 1),
            reason="x", proposed_by="x", proposed_at=now, approval="A", approved_by="y", approved_at=now,
        ).save()  # fmt: skip
    monkeypatch.setattr(CallBasis, "pace", Pace(apart=0, linger=0))
    monkeypatch.setattr(calls, "HOLD_MS", 0)


def _does(_far: Answerer, request: Message) -> Iterable[Message]:
    """95013 is answered, 95014 busy, every other number refused."""
    if request.method == "BYE":
        yield back(request, 200, "OK")
    if request.method != "INVITE":
        return
    if "95013" in request.uri:
        yield back(request, 180, "Ringing")
        yield answered(request)
    elif "95014" in request.uri:
        yield back(request, 486, "Busy Here", ("reason", "Q.850;cause=17"))
    else:
        yield back(request, 403, "Forbidden to 13712345678", ("server", "gw of 0571-88889999"))


@pytest.fixture
def far() -> Iterator[Answerer]:
    with Answerer(_does) as one:
        yield one


def _way(far: Answerer, witness: str = "address", **more: Any) -> CallWay:
    return CallWay(Via("127.0.0.1", far.port), witness=witness, **more)


def _route(far: Answerer, who: Actor, **more: Any) -> CallbackRoute:
    values = {
        "name": "移动线",
        "via": f"sip:127.0.0.1:{far.port}",
        "caller": "13800000001",
        "witness": "address",
        **more,
    }
    return calls.save_route(enterprise="demo", route=RouteInput(**values), actor=who)


def test_every_filed_number_is_called_judged_and_kept(far: Answerer, anna: Actor, operator: Actor) -> None:
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)
    result = calls.place_test_calls(enterprise="demo", numbers=(), ways=[_way(far)], actor=anna)
    rows = {one.number: one for one in result.rows}
    assert set(rows) == {"95013", "95014"}
    good, busy = rows["95013"], rows["95014"]
    assert (good.verdict, good.reason, good.witness, good.answer_in_time) == (
        "passed", "answered", "address", True,
    )  # fmt: skip
    assert (good.gateway_expected, good.gateway_seen, good.limit_s) == ("HZ-GW-01", "127.0.0.1", 4.0)
    assert (busy.verdict, busy.reason, busy.q850, busy.answer_s) == ("failed", "busy", 17, None)
    assert (result.counts, result.verdict) == ({"passed": 1, "failed": 1, "not_proved": 0}, "failed")
    assert [one.verb for one in acts()].count("callback.test") == 2
    one = queries.get_trial_detail(trial=good.trial, actor=anna)
    assert [line.first.split()[0] for line in one.messages if line.sent] == ["INVITE", "ACK", "BYE"]
    assert one.rulebook["version"]
    assert json.loads(blobs.get(Trial.objects.get(pk=good.trial).blob))["seen"]["codec"] == "PCMA"


def test_what_the_ledger_does_not_say_is_never_passed(far: Answerer, anna: Actor, operator: Actor) -> None:
    def reason(**more: Any) -> tuple[str, str | None]:
        (row,) = calls.place_test_calls(enterprise="demo", numbers=("95013",), actor=anna, **more).rows
        assert row.carrier in {None, "c" * 60}
        return row.verdict, row.reason

    grounds = CallBasis.of("demo", anna, Permission.REPORT)
    assert grounds.addresses("localhost", override=True) is grounds.addresses(
        "localhost", override=True
    )  # looked up once
    assert reason(ways=[_way(far)]) == ("not_proved", "gateway_unknown")  # nobody has said where HZ-GW-01 is
    assert reason(ways=[_way(far)], gateway="127.0.0.1") == ("not_proved", "gateway_told")
    assert reason(ways=[_way(far, "none", carrier="c" * 300)], gateway="localhost") == (
        "not_proved",
        "landing_unproved",
    )
    assert reason(ways=[_way(far)], gateway="10.9.9.9") == ("failed", "wrong_gateway")
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="10.9.9.9", actor=operator)
    assert reason(ways=[_way(far)]) == ("failed", "wrong_gateway")
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="10.9.9.9 127.0.0.1", actor=operator)
    assert reason(ways=[_way(far)], gateway="127.0.0.1") == ("passed", "answered")


def test_nobody_answers_within_the_limit(anna: Actor) -> None:
    Overlay.objects.filter(pk="seconds").update(value=1)
    invites: list[Message] = []

    def does(_far: Answerer, request: Message) -> Iterable[Message]:
        invites.append(request)
        yield from {"INVITE": [back(request, 180)], "CANCEL": [back(invites[0], 487)]}.get(request.method, ())

    with Answerer(does) as far:
        result = calls.place_test_calls(enterprise="demo", numbers=("95013",), ways=[_way(far)], actor=anna)
        assert far.methods()[:2] == ["INVITE", "CANCEL"]
    (row,) = result.rows
    assert (row.verdict, row.reason, row.answer_in_time) == ("failed", "rang_unanswered", False)


def test_as_work_over_kept_routes(far: Answerer, anna: Actor, operator: Actor) -> None:
    with pytest.raises(NianjianError, match="role_missing"):
        _route(far, anna)
    with pytest.raises(NianjianError, match="callback_no_way"):
        calls.enqueue_test_calls(enterprise="demo", numbers=(), names=(), actor=anna)
    _route(far, operator, carrier="中国移动", username="u", password=WORD)
    assert WORD not in str(calls.describe_routes(enterprise="demo", actor=anna))
    assert WORD not in str([one.data for one in acts()])
    with pytest.raises(NianjianError, match="callback_number_unfiled"):
        calls.enqueue_test_calls(enterprise="demo", numbers=("95013", "13912345678"), names=(), actor=anna)
    job = calls.enqueue_test_calls(enterprise="demo", numbers=(), names=(), actor=anna)
    assert calls.enqueue_test_calls(enterprise="demo", numbers=(), names=(), actor=anna) == job  # a double click
    assert Worker("w", Event()).step()
    done = Job.objects.get(pk=job)
    assert (done.state, done.result["counts"]) == ("done", {"passed": 0, "failed": 1, "not_proved": 1})
    assert {one.carrier for one in Trial.objects.all()} == {"中国移动"}
    assert {one.one("from").partition("@")[0] for one in far.got if one.method == "INVITE"} == {"<sip:13800000001"}


def test_people_s_numbers_are_masked_until_the_evidence_is_taken(far: Answerer, anna: Actor, operator: Actor) -> None:
    (row,) = calls.place_test_calls(
        enterprise="demo", numbers=("13912345678",), ways=[_way(far, caller="13800000001")], actor=anna
    ).rows
    assert (row.number, row.reason) == ("139****5678", "refused")
    detail = queries.get_trial_detail(trial=row.trial, actor=anna)
    assert "13912345678" not in to_json(detail)
    assert "13800000001" not in to_json(detail)
    assert "sip:139****5678@127.0.0.1" in detail.messages[0].text
    assert (detail.phrase, detail.server) == ("Forbidden to 137****5678", "gw of 0571****99")
    for text, seen in (
        ('"13912345678" <SIP:+8613912345678;npdi@h>', '"139****5678" <SIP:139****5678;npdi@h>'),
        ("<tel:+86-139-1234-5678?x>, tel:057188889999,", "<tel:139****5678?x>, tel:0571****99,"),
        ("sip:%2B8613912345678%23@h a=010-88889999.", "sip:%2B139****5678%23@h a=010****99."),
        ("sip:95013@10.0.0.1:5060;lr sip:10.0.0.1:5060 o=- 1700000001 1", None),
        ("sip:[::1]:5060;branch=z9hG4bK1390139013901390", None),
    ):
        assert mask_call_text(text) == (seen or text)
    tester = actor("tess", add_user(name="tess", role="tester", enterprises=["demo"], actor=operator))
    with pytest.raises(NianjianError, match="role_missing"):
        calls.fetch_evidence(trial=row.trial, actor=tester)
    _name, content = calls.fetch_evidence(trial=row.trial, actor=anna)
    assert b"13912345678" in content
    begun = json.loads(content)["seen"]["begun"]
    assert Trial.objects.get(pk=row.trial).begun_at == datetime.fromtimestamp(begun / 1000, clock.ZONE)
    assert [one.verb for one in acts()].count("callback.evidence") == 1
    assert "13912345678" not in str([one.data for one in acts()])


def test_another_enterprise_s_test_does_not_exist(far: Answerer, anna: Actor, operator: Actor) -> None:
    (row,) = calls.place_test_calls(enterprise="demo", numbers=("95013",), ways=[_way(far)], actor=anna).rows
    add_enterprise(code="other", name="别家", province="北京", actor=operator)
    stranger = actor("zoe", add_user(name="zoe", role="compliance_lead", enterprises=["other"], actor=operator))
    with pytest.raises(NianjianError, match="callback_trial_unknown"):
        queries.get_trial_detail(trial=row.trial, actor=stranger)
    with pytest.raises(NianjianError, match="role_missing"):
        calls.place_test_calls(enterprise="demo", numbers=("95013",), ways=[_way(far)], actor=stranger)


def test_a_stop_keeps_what_is_over_and_cancels_what_lasts(anna: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """95013 is answered, every other number rings."""
    monkeypatch.setattr(CallBasis, "pace", Pace(apart=0, linger=0.5))

    def does(far: Answerer, request: Message) -> Iterable[Message]:
        if "95013" in request.uri or request.method == "BYE":
            yield from _does(far, request)
        elif request.method == "INVITE":
            yield back(request, 180)
        elif request.method == "CANCEL":
            yield from (back(one, 487) for one in far.got if one.method == "INVITE" and "95014" in one.uri)

    def stop(_note: str, done: int, _total: int) -> None:
        if done and far.count("INVITE") > 1:
            raise StopWantedError

    with Answerer(does) as far, pytest.raises(StopWantedError):
        calls.place_test_calls(enterprise="demo", numbers=(), ways=[_way(far)], actor=anna, progress=stop)
    assert far.methods()[-2:] == ["CANCEL", "ACK"]
    reasons = {one.number: one.reason for one in Trial.objects.all()}
    assert (set(reasons), reasons["95014"]) == ({"95013", "95014"}, "stopped"), "a number that was called is noted"
    lights = {one.number: one.light for one in queries.list_numbers(enterprise="demo", actor=anna)}
    assert lights["95014"] == "insufficient", "what was cut off says nothing"


def test_by_hand_the_timer_runs_here(anna: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = clock.now()

    def ended(outcome: str, after: int, note: str = "") -> Callback:
        monkeypatch.setattr(clock, "now", lambda: begun)
        trial = calls.begin_manual_call(enterprise="demo", number="95013", carrier="联通", actor=anna).trial
        monkeypatch.setattr(clock, "now", lambda: begun + timedelta(milliseconds=after))
        return calls.end_manual_call(trial=trial, outcome=outcome, note=note, actor=anna)

    good = ended("answered", 4000, "“示例欢迎您”")
    assert (good.verdict, good.answer_s, good.witness, good.how) == ("passed", 4.0, "person", "hand")
    late = ended("answered", 4001, "“示例欢迎您”，由 13900001111 接听")
    assert (late.verdict, late.reason, late.answer_in_time) == ("failed", "answered_late", False)
    assert ended("answered_only", 10).verdict == "not_proved"
    assert (ended("busy", 10).verdict, ended("not_dialled", 10).verdict) == ("failed", "not_proved")
    with pytest.raises(NianjianError, match="callback_note_missing"):
        ended("answered", 10)
    with pytest.raises(NianjianError, match="callback_trial_over"):
        calls.end_manual_call(trial=good.trial, outcome="busy", note="", actor=anna)
    assert "欢迎" not in str([one.data for one in acts()])
    assert queries.get_trial_detail(trial=late.trial, actor=anna).note == "“示例欢迎您”，由 139****1111 接听"
    with pytest.raises(NianjianError, match="callback_no_evidence"):
        calls.fetch_evidence(trial=good.trial, actor=anna)


def test_the_newest_test_of_each_carrier_gives_the_light(
    anna: Actor, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 26, 10, tzinfo=clock.ZONE)  # a Thursday
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1))

    def kept(number: str, carrier: str, verdict: str, days: float) -> None:
        Trial(
            id=f"B{Trial.objects.count()}", enterprise_id="demo", number=number, how="sip", carrier=carrier,
            verdict=verdict, begun_at=now - timedelta(days=days), limit_ms=1, made_by="x",
        ).save()  # fmt: skip

    for carrier in ("中国移动", "中国联通", "中国电信"):
        kept("95013", carrier, "failed", 5)
        kept("95013", carrier, "passed", 1)
    kept("95014", "中国移动", "passed", 31)
    first, second = queries.list_numbers(enterprise="demo", actor=anna)
    assert first.newest is not None
    assert (first.light, set(first.carriers.values()), first.newest.verdict) == (
        "green",
        {"passed"},
        "passed",
    )
    assert (second.light, second.carriers) == (
        "insufficient", {"移动": "old", "联通": "missing", "电信": "missing"},
    )  # fmt: skip
    kept("95014", "中国联通", "failed", 0.5)  # 22:00
    kept("95014", "中国电信", "passed", 4)  # a Sunday
    assert queries.list_numbers(enterprise="demo", actor=anna)[1].carriers == {
        "移动": "old", "联通": "outside", "电信": "outside",
    }  # fmt: skip
    kept("95013", "中国联通", "failed", 0)
    assert [one.light for one in queries.list_numbers(enterprise="demo", actor=anna)] == ["red", "insufficient"]
    grounds = CallBasis.of("demo", operator, Permission.READ)
    assert queries.count_lights(grounds) == {"green": 0, "yellow": 0, "red": 1, "insufficient": 1}


def test_the_daily_test_is_put_once_a_day_as_who_set_it(far: Answerer, operator: Actor) -> None:
    _route(far, operator, daily_at=time(10, 30))
    assert calls.call_daily() == 0
    Route.objects.update(next_at=clock.now())
    assert (calls.call_daily(), calls.call_daily()) == (1, 0)
    (job,) = Job.objects.all()
    assert (job.requested_by, job.payload) == ("os:root", {"numbers": [], "routes": ["移动线"]})
    route = Route.objects.get()
    assert route.next_at > clock.now()
    Route.objects.update(next_at=clock.now(), set_by="user:gone")
    assert calls.call_daily() == 0  # nobody is there any more who may ask; the next day is set all the same


def test_the_next_day_s_moment_is_shanghai_s() -> None:
    before, after = datetime(2026, 11, 26, 2, 29, tzinfo=clock.ZONE), datetime(2026, 11, 26, 2, 30, tzinfo=clock.ZONE)
    assert next_run(time(2, 30), before) == after
    assert next_run(time(2, 30), after) == after + timedelta(days=1)
    assert next_run(None, after) is None


def test_the_rules_say_how_calls_are_paced(demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    grounds = CallBasis.of(demo, operator, Permission.READ)
    assert (grounds.limit, grounds.wait, grounds.pace, grounds.days) == (4000, 4000, Pace(1.0, 4), 30)
    Overlay.objects.all().delete()
    grounds = CallBasis.of(demo, operator, Permission.READ)
    assert (grounds.limit, grounds.wait) == (30_000, 45_000)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"via": "127.0.0.1"}, "callback_via_wrong"),
        ({"caller": "a b"}, "callback_caller_wrong"),
        ({"witness": "word"}, "callback_witness_unknown"),
        ({"line": "L9"}, "callback_line_unknown"),
        ({"name": " "}, "callback_name_missing"),
    ],
)
def test_a_route_that_makes_no_sense(given: dict[str, str], code: str, far: Answerer, operator: Actor) -> None:
    with pytest.raises(NianjianError, match=code):
        _route(far, operator, **given)


def test_too_many_or_nothing_to_call(far: Answerer, anna: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NianjianError, match="callback_number_wrong"):
        calls.place_test_calls(enterprise="demo", numbers=("95013@x",), ways=[_way(far)], actor=anna)
    monkeypatch.setattr(calls, "MOST_CALLS", 1)
    with pytest.raises(NianjianError, match="callback_too_many"):
        calls.place_test_calls(enterprise="demo", numbers=(), ways=[_way(far)], actor=anna)
    assert far.got == []


def test_a_tenants_administrator_leads_no_calls_to_the_machine_itself(
    far: Answerer, anna: Actor, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = actor("adam", add_user(name="adam", role="administrator", enterprises=["demo"], actor=operator))
    for host in ("127.0.0.1", "localhost", "169.254.169.254", "[::1]", "224.0.0.1"):
        with pytest.raises(NianjianError, match="callback_host_refused"):
            _route(far, boss, via=f"sip:{host}:5060")
    _route(far, boss, name="远", via="sip:10.0.0.1:5060")  # a switch of the own network
    _route(far, boss, name="名", via="sip:no-such-host.invalid:5060")  # looked at with each call
    _route(far, operator, name="机")  # who sits at the shell
    monkeypatch.setenv("NIANJIAN_CALL_HOSTS", "sbc.example, 127.0.0.1")
    _route(far, boss)
    ways_of = {one.name: one.via.anywhere for one in calls.list_ways("demo", ())}
    assert ways_of == {"移动线": True, "机": True, "远": False, "名": False}
    monkeypatch.delenv("NIANJIAN_CALL_HOSTS")  # what is kept is looked at again
    result = calls.place_test_calls(
        enterprise="demo", numbers=["95013"], ways=calls.list_ways("demo", ["移动线"]), actor=anna
    )
    (row,) = result.rows
    assert (row.verdict, row.reason) == ("failed", "unreachable")
    assert not far.methods()
    (row,) = calls.place_test_calls(
        enterprise="demo", numbers=["95013"], ways=calls.list_ways("demo", ["机"]), actor=anna
    ).rows
    assert row.answer_s is not None


def test_a_daily_test_that_cannot_run_is_said_once_and_stands_on_the_page(
    far: Answerer, anna: Actor, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_user(name="tess", role="tester", enterprises=["demo"], actor=operator)
    _route(far, operator, daily_at=time(10, 30))
    (route,) = calls.describe_routes(enterprise="demo", actor=anna).routes
    assert route.daily_flaw is None
    assert _route(far, operator, daily_at=time(18, 0)).daily_flaw == "callback_outside", "said at once"
    (route,) = calls.describe_routes(enterprise="demo", actor=anna).routes
    assert route.daily_flaw == "callback_outside"
    _route(far, operator, daily_at=time(9, 0))
    monkeypatch.setattr(calls, "MOST_CALLS", 1)
    (route,) = calls.describe_routes(enterprise="demo", actor=anna).routes
    assert route.daily_flaw == "callback_too_many"
    Route.objects.update(next_at=clock.now())
    assert (calls.call_daily(), calls.call_daily()) == (0, 0)
    assert not Job.objects.exists()
    messages = list(Told.objects.all())
    assert "anna" in {one.user for one in messages}
    assert "tess" not in {one.user for one in messages}  # who can do nothing about it
    assert len(messages) == len({one.user for one in messages})
    one = messages[0]
    said = reminder_line(one.about, one.values, lambda text: text)
    assert said == "the daily test calls over 移动线 did not run: 2 calls are more than 1"
    assert [entry.data for entry in acts() if entry.verb == "callback.daily_missed"] == [
        {"route": "移动线", "reason": "callback_too_many", "count": 2, "most": 1}
    ]
    Route.objects.update(next_at=clock.now(), set_by="user:gone")
    assert calls.call_daily() == 0
    last = Told.objects.order_by("-pk").first()
    assert "may no longer order them" in reminder_line(last.about, last.values, lambda text: text)
