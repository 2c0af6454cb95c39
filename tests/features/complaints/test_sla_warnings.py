"""Warnings of clocks that run out: each once, in the audit chain and to the people who work on the ticket."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.season.plan import Scope
from nianjian.features.complaints import operations as flows
from nianjian.features.complaints.models import Warned
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.complaints.sla_warnings import recipients, send_warnings
from nianjian.features.inbox import operations
from nianjian.features.overview import attention
from nianjian.features.overview.queue import Queue
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.notifications import channels as people
from nianjian.platform.notifications import webhooks as notify
from nianjian.platform.notifications.models import Delivery, Dispatch, Message

pytestmark = pytest.mark.postgres
START = datetime(2026, 3, 1, 22, 15, tzinfo=clock.ZONE)


def _add(operator: Actor, name: str = "I1", **texts: str) -> None:
    defaults = {"ticket_id": name, "source": "12321", "arrived_at": f"{START:%Y-%m-%d %H:%M:%S}"}
    flows.open_ticket(enterprise="demo", texts=defaults | texts, actor=operator)


def _after(**span: int) -> datetime:
    return START + timedelta(**span)


def _list_warnings() -> list[tuple[str, str, str]]:
    entries = [dict(act.data) for act in acts(verb="complaints.warning")]
    return sorted((str(one["complaint"]), str(one["clock"]), str(one["hand"])) for one in entries)


def test_a_ticket_is_warned_of_at_one_and_a_half_and_at_twenty_hours(demo: str, operator: Actor) -> None:
    _add(operator)
    assert send_warnings(_after(minutes=89, seconds=59)) == 0
    assert send_warnings(_after(minutes=90)) == 1
    assert [send_warnings(_after(minutes=minutes)) for minutes in (90, 91, 120, 600)] == [0, 0, 0, 0]
    assert send_warnings(_after(hours=19, minutes=59, seconds=59)) == 0
    assert send_warnings(_after(hours=20)) == 1
    assert send_warnings(_after(hours=21)) == 0
    assert _list_warnings() == [("I1", "close", "warned"), ("I1", "response", "warned")]
    assert {act.actor for act in acts(verb="complaints.warning")} == {"system:clock"}


def test_what_is_done_is_not_warned_of_but_what_is_reopened_may_be(demo: str, operator: Actor) -> None:
    _add(operator)
    flows.respond(enterprise="demo", complaints=["I1"], actor=operator, at=_after(minutes=89))
    assert send_warnings(_after(minutes=95)) == 0
    flows.callback(enterprise="demo", complaint="I1", result="满意", actor=operator, at=_after(hours=3))
    flows.close(enterprise="demo", complaints=["I1"], result="致歉", actor=operator, at=_after(hours=4))
    assert send_warnings(_after(hours=20)) == 0
    flows.reopen(enterprise="demo", complaint="I1", actor=operator, at=_after(hours=20, minutes=30))
    assert send_warnings(_after(hours=21)) == 1
    assert _list_warnings() == [("I1", "close", "warned")]


def test_excluded_and_old_ones_are_left_alone_a_drill_is_told_of(demo: str, operator: Actor) -> None:
    _add(operator, "gone")
    flows.exclude(enterprise="demo", complaint="gone", exclusion="not_a_call", actor=operator)
    _add(operator, "drill", drill="是")
    _add(operator, "old", arrived_at="2026-02-01 00:00:00")
    assert send_warnings(_after(minutes=100)) == 1
    (entry,) = [dict(act.data) for act in acts(verb="complaints.warning")]
    assert (entry["complaint"], entry["drill"]) == ("drill", True)


def test_a_worker_that_stood_still_tells_of_what_is_late_by_now(demo: str, operator: Actor) -> None:
    _add(operator)
    assert send_warnings(_after(hours=25)) == 2
    assert _list_warnings() == [("I1", "close", "late"), ("I1", "response", "late")]
    assert send_warnings(_after(hours=26)) == 0


@pytest.mark.parametrize("at", ["record", "outbox.add_notifications"])
def test_a_crash_on_the_way_leaves_nothing_and_the_next_look_tells(
    demo: str, operator: Actor, anna: Actor, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    _add(operator)

    def killed(**_given: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"nianjian.features.complaints.sla_warnings.{at}", killed)
        with pytest.raises(KeyboardInterrupt):
            send_warnings(_after(minutes=95))
    assert (Warned.objects.count(), _list_warnings(), _list_recipients()) == (0, [], [])
    assert send_warnings(_after(minutes=96)) == 1
    assert (anna.name, "complaint:response") in _list_recipients()
    assert send_warnings(_after(minutes=96)) == 0


def test_a_webhook_is_told_once(demo: str, operator: Actor) -> None:
    notify.create_webhook(
        enterprise="demo", url="https://example.com/hook", events=["complaints.warning"], actor=operator
    )
    _add(operator)
    send_warnings(_after(minutes=90))
    notify.enqueue_deliveries()
    notify.enqueue_deliveries()
    send_warnings(_after(minutes=91))
    notify.enqueue_deliveries()
    (one,) = Delivery.objects.all()
    payload = json.loads(one.body)
    assert (payload["type"], payload["data"]["complaint"], payload["data"]["clock"]) == (
        "complaints.warning",
        "I1",
        "response",
    )


def test_the_overview_names_what_runs_out_to_whom_may_work_on_it(demo: str, operator: Actor, anna: Actor) -> None:
    arrived = clock.now() - timedelta(minutes=100)
    _add(operator, arrived_at=f"{arrived.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}")
    (point,) = attention.list_tasks("demo", anna, load_service_levels("demo"), Queue())
    assert (point.code, point.values["complaint"], point.values["clock"]) == (attention.COMPLAINT, "I1", "response")
    flows.respond(enterprise="demo", complaints=["I1"], actor=anna)
    assert attention.list_tasks("demo", anna, load_service_levels("demo"), Queue()) == []


SCOPES = {"a": Scope.ROLE, "b": Scope.ALL, "c": Scope.OWN, "d": Scope.NONE}


@pytest.fixture
def ticket(demo: str, operator: Actor) -> str:
    _add(operator)
    return "I1"


def _list_recipients() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("user", "about"))


@pytest.mark.parametrize(
    ("assignee", "late", "names"),
    [
        (None, False, "ab"),
        ("a", False, "ab"),  # b wants everything
        ("c", False, "bc"),
        ("c", True, "abc"),
        ("d", False, "ab"),
        ("e", False, "ab"),
    ],
)
def test_whose_ticket_it_is_hears_else_all_who_want_to(assignee: str | None, late: bool, names: str) -> None:  # noqa: FBT001 -- a case
    assert recipients(assignee, SCOPES, late=late) == list(names)


def test_a_warning_that_nobody_wants_reaches_everybody() -> None:
    assert recipients(None, {"c": Scope.OWN, "d": Scope.NONE}, late=False) == ["c", "d"]


def test_who_may_work_on_tickets_finds_it_in_the_inbox_once(ticket: str, anna: Actor) -> None:
    signed_in("rea", "auditor", "demo")
    signed_in("lee", "compliance_lead", "demo")
    assert send_warnings(_after(minutes=95)) == 1
    assert send_warnings(_after(minutes=96)) == 0
    assert ("rea", "complaint:response") not in _list_recipients()
    (message,) = [operations.to_document(one) for one in operations.list_messages(anna)]
    assert message.text == "投诉 I1：须在 2026-03-02 00:15 前人工答复"
    assert (message.due, message.left, message.read) == (date(2026, 3, 2), 1, False)
    page = signed_in("lee", "compliance_lead", "demo").get("/inbox/").content.decode()
    assert f'href="/e/demo/complaints/t/{ticket}/"' in page
    assert "人工答复" in page


def test_the_one_it_is_assigned_to_is_told_alone_until_it_is_late(ticket: str, anna: Actor, operator: Actor) -> None:
    signed_in("lee", "compliance_lead", "demo")
    flows.assign(enterprise="demo", complaints=[ticket], assignee="lee", actor=operator)
    send_warnings(_after(minutes=95))
    assert _list_recipients() == [("lee", "complaint:response")]
    send_warnings(_after(hours=25))  # the clock of closing: nobody looked before
    assert {name for name, about in _list_recipients() if about == "complaint:close"} >= {"lee", anna.name}


def test_a_reopened_ticket_is_told_of_again_on_the_same_day(ticket: str, anna: Actor) -> None:
    options = {"enterprise": "demo", "actor": anna}
    flows.respond(complaints=[ticket], at=_after(hours=1), **options)
    assert send_warnings(_after(hours=20)) == 1
    flows.callback(complaint=ticket, result="满意", at=_after(hours=20, minutes=5), **options)
    flows.close(complaints=[ticket], result="致歉", at=_after(hours=20, minutes=10), **options)
    flows.reopen(complaint=ticket, at=_after(hours=21), **options)
    assert send_warnings(_after(hours=21, minutes=1)) == 1
    assert [about for name, about in _list_recipients() if name == anna.name] == ["complaint:close"] * 2


def test_a_channel_waits_for_the_end_of_quiet_hours_and_for_no_digest(ticket: str, anna: Actor) -> None:
    row, code = people.create_channel(kind="json", address="https://example.com/x", mask="x", actor=anna)
    people.confirm_channel(channel=row.id, code=code, actor=anna)
    send_warnings(_after(minutes=95))  # 23:50
    send_warnings(_after(hours=20))  # 18:15
    at = {one.message.about: one.next_at.astimezone(clock.ZONE) for one in Dispatch.objects.select_related("message")}
    assert f"{at['complaint:response']:%d %H:%M}" == "02 08:00"
    assert f"{at['complaint:close']:%d %H:%M}" == "02 18:15"


def test_what_was_answered_in_the_night_is_not_told_in_the_morning(
    ticket: str, anna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, code = people.create_channel(kind="json", address="https://example.com/x", mask="x", actor=anna)
    people.confirm_channel(channel=row.id, code=code, actor=anna)
    send_warnings(_after(minutes=95))
    flows.respond(enterprise="demo", complaints=[ticket], actor=anna, at=_after(hours=1))
    monkeypatch.setattr(clock, "now", lambda: _after(hours=10))
    assert operations.deliver_messages() == 1
    outcomes = set(Dispatch.objects.values_list("message__about", "state", "fault"))
    assert ("complaint:response", "dropped", "matter_settled") in outcomes
    assert not Dispatch.objects.exclude(message__about="complaint:response").exists()


def test_a_complaint_alerts_who_works_on_it_the_moment_it_arrives(demo: str, operator: Actor, anna: Actor) -> None:
    def add(name: str, **ago: int) -> None:
        arrived = (clock.now() - timedelta(**ago)).astimezone(clock.ZONE)
        _add(operator, name, arrived_at=f"{arrived:%Y-%m-%d %H:%M:%S}")

    add("new")
    assert _list_recipients() == [(anna.name, "complaint:arrival")]
    (message,) = Message.objects.all()
    assert "new" in operations.to_document(message, "zh-hans").text
    assert Warned.objects.values_list("key", "clock").get() == ("new", "arrival")
    assert send_warnings(clock.now()) == 0, "the alert is no warning of a clock, and takes none away"
    assert send_warnings(clock.now() + timedelta(minutes=91)) == 1
    add("history", days=2)
    assert Warned.objects.filter(key="history").count() == 0, "what is entered long after is no news"
