"""A clock that runs out reaches the people who work on tickets: their inboxes, and their channels when they may."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.season.reminders import Scope
from nianjian.features.complaints import operations as flows
from nianjian.features.complaints import sla_warnings
from nianjian.features.complaints.sla_warnings import recipients, send_warnings
from nianjian.features.inbox import operations
from nianjian.platform.accounts.query import Actor
from nianjian.platform.notifications import channels as people
from nianjian.platform.notifications.models import Dispatch, Message

pytestmark = pytest.mark.postgres

START = datetime(2026, 3, 1, 22, 15, tzinfo=clock.ZONE)
SCOPES = {"a": Scope.ROLE, "b": Scope.ALL, "c": Scope.OWN, "d": Scope.NONE}


@pytest.fixture
def ticket(demo: str, operator: Actor) -> str:
    given = {"ticket_id": "I1", "source": "12321", "arrived_at": f"{START:%Y-%m-%d %H:%M:%S}"}
    flows.open_ticket(enterprise="demo", texts=given, actor=operator)
    return "I1"


def _told() -> list[tuple[str, str]]:
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
    assert send_warnings(START + timedelta(minutes=95)) == 1
    assert send_warnings(START + timedelta(minutes=96)) == 0
    assert ("rea", "complaint:response") not in _told()
    (told,) = [operations.to_document(one) for one in operations.list_messages(anna)]
    assert told["text"] == "投诉 I1：须在 2026-03-02 00:15 前人工答复"
    assert (told["due"], told["left"], told["read"]) == ("2026-03-02", 1, False)
    page = signed_in("lee", "compliance_lead", "demo").get("/inbox/").content.decode()
    assert f'href="/e/demo/complaints/t/{ticket}/"' in page
    assert "人工答复" in page


def test_the_one_it_is_assigned_to_is_told_alone_until_it_is_late(ticket: str, anna: Actor, operator: Actor) -> None:
    signed_in("lee", "compliance_lead", "demo")
    flows.assign(enterprise="demo", complaints=[ticket], assignee="lee", actor=operator)
    send_warnings(START + timedelta(minutes=95))
    assert _told() == [("lee", "complaint:response")]
    send_warnings(START + timedelta(hours=25))  # the clock of closing: nobody looked before
    assert {name for name, about in _told() if about == "complaint:close"} >= {"lee", anna.name}


def test_a_reopened_ticket_is_told_of_again_on_the_same_day(ticket: str, anna: Actor) -> None:
    given = {"enterprise": "demo", "actor": anna}
    flows.respond(complaints=[ticket], at=START + timedelta(hours=1), **given)
    assert send_warnings(START + timedelta(hours=20)) == 1
    flows.callback(complaint=ticket, result="满意", at=START + timedelta(hours=20, minutes=5), **given)
    flows.close(complaints=[ticket], result="致歉", at=START + timedelta(hours=20, minutes=10), **given)
    flows.reopen(complaint=ticket, at=START + timedelta(hours=21), **given)
    assert send_warnings(START + timedelta(hours=21, minutes=1)) == 1
    assert [about for name, about in _told() if name == anna.name] == ["complaint:close"] * 2


def test_a_channel_waits_for_the_end_of_quiet_hours_and_for_no_digest(ticket: str, anna: Actor) -> None:
    row, code = people.create_channel(kind="json", address="https://example.com/x", mask="x", actor=anna)
    people.confirm_channel(channel=row.id, code=code, actor=anna)
    send_warnings(START + timedelta(minutes=95))  # 23:50
    send_warnings(START + timedelta(hours=20))  # 18:15
    at = {one.message.about: one.next_at.astimezone(clock.ZONE) for one in Dispatch.objects.select_related("message")}
    assert f"{at['complaint:response']:%d %H:%M}" == "02 08:00"
    assert f"{at['complaint:close']:%d %H:%M}" == "02 18:15"


def test_a_crash_tells_nobody_and_the_next_look_does(ticket: str, anna: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(**_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("nianjian.features.complaints.sla_warnings.outbox.add_notifications", killed)
        with pytest.raises(KeyboardInterrupt):
            send_warnings(START + timedelta(minutes=95))
    assert (sla_warnings.Warned.objects.count(), _told()) == (0, [])
    assert send_warnings(START + timedelta(minutes=96)) == 1
    assert (anna.name, "complaint:response") in _told()
