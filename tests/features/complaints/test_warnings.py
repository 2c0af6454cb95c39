"""A clock that runs out is told of once, whatever happens in between, and stands on the overview."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from nianjian.engines.kernel import clock
from nianjian.features.complaints import operations as flows
from nianjian.features.complaints import sla_warnings as service
from nianjian.features.complaints.models import Warned
from nianjian.features.complaints.sla_warnings import send_warnings
from nianjian.features.overview import attention
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.notifications import webhooks as notify
from nianjian.platform.notifications.models import Delivery

pytestmark = pytest.mark.postgres

START = datetime(2026, 3, 1, 22, 15, tzinfo=clock.ZONE)


def _add(operator: Actor, name: str = "I1", **texts: str) -> None:
    given = {"ticket_id": name, "source": "12321", "arrived_at": f"{START:%Y-%m-%d %H:%M:%S}"}
    flows.open_ticket(enterprise="demo", texts=given | texts, actor=operator)


def _after(**span: int) -> datetime:
    return START + timedelta(**span)


def _told() -> list[tuple[str, str, str]]:
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
    assert _told() == [("I1", "close", "warned"), ("I1", "response", "warned")]
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
    assert _told() == [("I1", "close", "warned")]


def test_a_ticket_that_was_warned_of_is_warned_of_again_when_it_is_reopened(demo: str, operator: Actor) -> None:
    _add(operator)
    flows.respond(enterprise="demo", complaints=["I1"], actor=operator, at=_after(hours=1))
    assert send_warnings(_after(hours=20)) == 1
    flows.callback(enterprise="demo", complaint="I1", result="满意", actor=operator, at=_after(hours=20, minutes=5))
    flows.close(enterprise="demo", complaints=["I1"], result="致歉", actor=operator, at=_after(hours=20, minutes=10))
    flows.reopen(enterprise="demo", complaint="I1", actor=operator, at=_after(hours=22))
    assert [send_warnings(_after(hours=22, minutes=1)), send_warnings(_after(hours=22, minutes=2))] == [1, 0]
    assert _told() == [("I1", "close", "warned")] * 2


def test_excluded_and_old_ones_are_left_alone_a_drill_is_told_of(demo: str, operator: Actor) -> None:
    _add(operator, "gone")
    flows.exclude(enterprise="demo", complaint="gone", exclusion="not_a_call", actor=operator)
    _add(operator, "drill", drill="是")
    _add(operator, "old", arrived_at="2026-02-01 00:00:00")
    assert send_warnings(_after(minutes=100)) == 1
    (told,) = [dict(act.data) for act in acts(verb="complaints.warning")]
    assert (told["complaint"], told["drill"]) == ("drill", True)


def test_a_worker_that_stood_still_tells_of_what_is_late_by_now(demo: str, operator: Actor) -> None:
    _add(operator)
    assert send_warnings(_after(hours=25)) == 2
    assert _told() == [("I1", "close", "late"), ("I1", "response", "late")]
    assert send_warnings(_after(hours=26)) == 0


def test_a_crash_between_row_and_entry_leaves_neither_and_the_next_look_tells(
    demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add(operator)

    def killed(**_given: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(service, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            send_warnings(_after(minutes=95))
    assert (Warned.objects.count(), _told()) == (0, [])
    assert send_warnings(_after(minutes=96)) == 1
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
    told = json.loads(one.body)
    assert (told["type"], told["data"]["complaint"], told["data"]["clock"]) == ("complaints.warning", "I1", "response")


def test_the_overview_names_what_runs_out_to_whom_may_work_on_it(demo: str, operator: Actor, anna: Actor) -> None:
    arrived = clock.now() - timedelta(minutes=100)
    _add(operator, arrived_at=f"{arrived.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}")
    (point,) = attention.list_tasks("demo", anna)
    assert (point.code, point.values["complaint"], point.values["clock"]) == (attention.COMPLAINT, "I1", "response")
    flows.respond(enterprise="demo", complaints=["I1"], actor=anna)
    assert attention.list_tasks("demo", anna) == []
