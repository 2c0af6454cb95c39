"""What the facilitator throws in reaches whom it hits, said to be a drill; a job leads to its own drill."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.season.reminders import Scope
from nianjian.features.inbox import operations
from nianjian.features.inspection.operations.drill import run, timeline
from nianjian.features.inspection.operations.drill.notifications import recipients
from nianjian.features.inspection.operations.drill.script import Planned
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.roles import Role
from nianjian.platform.accounts.service import add_user
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.models import Job
from nianjian.platform.notifications.models import Channel, Choice, Dispatch, Message

pytestmark = pytest.mark.django_db
INJECTED = ["second_call", "media"]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))


@pytest.fixture
def crew(demo: str, operator: Actor) -> str:
    """anna leads; otto and dora work on tickets, vera only reads."""
    signed_in("anna")
    for name, role in (("otto", Role.DATA_OFFICER), ("dora", Role.DATA_OFFICER), ("vera", Role.AUDITOR)):
        add_user(name=name, role=role, enterprises=[demo], actor=operator)
    return demo


def held(demo: str, operator: Actor, **players: str) -> str:
    planned = Planned("12321", {}, players, INJECTED)
    return str(run.run(enterprise=demo, calls=0, planned=planned, actor=operator)["drill"])


def throw(demo: str, drill: str, what: str, act: str = "given", by: str = "anna") -> None:
    timeline.inject(enterprise=demo, drill=drill, what=what, act=act, actor=Actor(by, USER))


def told() -> list[str]:
    return sorted(Message.objects.values_list("user", flat=True))


def test_the_player_of_the_role_hears_of_it_and_that_it_is_a_drill(crew: str, operator: Actor) -> None:
    drill = held(crew, operator, agent="otto", lead="dora")
    assert told() == []
    throw(crew, drill, "second_call")
    (one,) = Message.objects.all()
    assert (one.user, one.stage) == ("otto", "second_call")
    for language, mark in (("en", "DRILL, not real"), ("zh-hans", "演练，非真实情况")):
        text = operations.to_document(one, language)["text"]
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
    assert [one.message.user for one in Dispatch.objects.all()] == ["otto"]


def test_who_is_told() -> None:
    able, scopes = ["anna", "dora", "otto"], {"dora": Scope.NONE}
    assert recipients("dora", able, scopes, "anna") == ["dora"]
    assert recipients("gone", able, scopes, "anna") == ["otto"]
    assert recipients("", ["anna", "dora"], scopes, "anna") == ["dora"], "nothing is lost"
    assert recipients("", ["anna"], scopes, "anna") == ["anna"]


def test_a_job_leads_to_its_own_drill_and_a_failed_one_to_none(crew: str, operator: Actor) -> None:
    drill, newer = held(crew, operator), held(crew, operator)
    client = signed_in("anna")
    for result, state, there in (({"drill": drill}, Job.DONE, f"?drill={drill}"), ({}, Job.FAILED, "#begin")):
        job = flow.enqueue(kind=flow.DRILL, enterprise=crew, payload={}, actor=operator)
        Job.objects.filter(pk=job).update(state=state, result=result, finished_at=clock.now())
        page = client.get(f"/e/demo/data/jobs/{job}/").content.decode()
        assert f'href="/e/demo/inspection/drill/{there}"' in page
        assert newer not in page
