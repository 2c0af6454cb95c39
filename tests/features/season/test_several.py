"""What is done to several enterprises at once: all or none, one entry each; and cases in the portfolio's order."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.support.written import licences

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import ENGLISH, words
from nianjian.features.overview import facts
from nianjian.features.rectification.operations import open_case
from nianjian.features.rectification.storage import Notice
from nianjian.features.season import closing, operations
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.audit.models import Entry
from nianjian.platform.notifications.models import Message

pytestmark = pytest.mark.django_db
TODAY = date(2027, 2, 20)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OVERRIDE, TODAY.isoformat())


@pytest.fixture
def lead(demo: str, operator: Actor) -> Actor:
    """A lead of two enterprises of three."""
    for code in ("two", "three"):
        add_enterprise(code=code, name=code, province="浙江", actor=operator)
    add_user(name="lead", role="compliance_lead", enterprises=[demo, "two"], actor=operator)
    return Actor("lead", USER)


def _task(enterprise: str, operator: Actor) -> tuple[str, str]:
    season = summarize_season(enterprise=enterprise, year=2026, today=TODAY, actor=operator)
    task = {one.task: one for one in season.tasks}["items"]
    return task.owner, task.state


def test_all_or_none_with_an_entry_for_each_and_a_reason_for_resting(demo: str, lead: Actor, operator: Actor) -> None:
    before = Entry.objects.count()
    with pytest.raises(NianjianError, match="role_missing"):
        operations.change_tasks(enterprises=[demo, "three"], task="items", act="assign", text="王工", actor=lead)
    with pytest.raises(NianjianError, match="role_missing"):  # whether an enterprise exists is not told
        operations.change_tasks(enterprises=["nowhere"], task="items", act="assign", text="王工", actor=lead)
    assert Entry.objects.count() == before
    assert _task(demo, operator)[0] == ""
    assert (
        operations.change_tasks(enterprises=[demo, "two", demo], task="items", act="assign", text="王工", actor=lead)
        == 2
    )
    assert [_task(code, operator)[0] for code in (demo, "two")] == ["王工", "王工"]
    entries = Entry.objects.order_by("-seq")[:2]
    assert sorted((one.enterprise, one.verb) for one in entries) == [
        (demo, "season.task_assigned"),
        ("two", "season.task_assigned"),
    ]
    params: dict[str, Any] = {"enterprises": [demo, "two"], "task": "items", "day": date(2027, 3, 1), "actor": lead}
    with pytest.raises(NianjianError, match="season_reason_missing"):
        operations.change_tasks(**params, act="snooze", text=" ")
    operations.change_tasks(**params, act="snooze", text="等公章")
    assert [_task(code, operator)[1] for code in (demo, "two")] == ["snoozed", "snoozed"]


def test_a_reminder_that_a_person_wants_is_told_once_a_day(demo: str, lead: Actor) -> None:
    count = operations.send_reminders(enterprises=[demo, "two"], actor=lead)
    messages = Message.objects.filter(user="lead")
    assert count == Message.objects.count() > 0
    assert set(messages.values_list("enterprise", "stage")) == {(demo, "asked"), ("two", "asked")}
    assert {"track:licence", "track:code_number"} <= set(messages.values_list("about", flat=True))
    assert operations.send_reminders(enterprises=[demo, "two"], actor=lead) == 0
    assert Entry.objects.filter(verb="season.reminded_now").count() == 2
    with pytest.raises(NianjianError, match="role_missing"):
        operations.send_reminders(enterprises=["three"], actor=lead)


def test_licences_with_different_days_are_told_apart(demo: str, lead: Actor, operator: Actor) -> None:
    licences(demo, "B2-1", "B2-2", "B2-3")
    operations.note_notice(enterprise=demo, year=2026, track="licence", licence="B2-1", day=date(2027, 3, 15),
                           notice="通知", actor=operator)  # fmt: skip
    operations.send_reminders(enterprises=[demo], actor=lead)
    rows = Message.objects.filter(user="lead", about="track:licence").order_by("pk")
    assert [(one.stage, one.values["due"], one.values["open"]) for one in rows] == [
        ("asked", "2027-03-15", 1),
        ("asked-2027-03-31", "2027-03-31", 2),
    ]
    assert operations.send_reminders(enterprises=[demo], actor=lead) == 0


def test_an_enterprise_whose_season_is_closed_is_named(demo: str, lead: Actor, operator: Actor) -> None:
    for track in ("licence", "code_number"):
        operations.note_report(enterprise="two", year=2026, track=track, licence=None, day=TODAY, actor=operator)
    closing.close_season(enterprise="two", year=2026, actor=operator, without_package=True)
    before = Entry.objects.count()
    of: dict[str, Any] = {"enterprises": [demo, "two"], "actor": lead}
    tried: tuple[Callable[[], int], ...] = (
        lambda: operations.change_tasks(**of, task="items", act="assign", text="王工"),
        lambda: operations.change_tasks(**of, task="items", act="snooze", day=date(2027, 3, 1), text="x"),
        lambda: operations.send_reminders(**of),
    )
    for act in tried:
        with pytest.raises(NianjianError, match="portfolio_season_closed") as refused:
            act()
        said = error_message(refused.value.code, refused.value.values, words(ENGLISH))
        assert "two (two)" in said
        assert demo not in said
    assert Entry.objects.count() == before
    assert operations.list_closed([demo, "two"]) == ["two"]
    with pytest.raises(NianjianError, match="role_missing"):
        operations.change_tasks(enterprises=["two", "three"], task="items", act="assign", text="x", actor=lead)


def test_a_sentence_names_the_first_five(demo: str) -> None:
    told = [operations.describe_enterprises([demo] * count) for count in (5, 6)]
    assert [(one.count(f"({demo})"), one.endswith(" …")) for one in told] == [(5, False), (5, True)]


def test_how_many_at_once(lead: Actor) -> None:
    for chosen, code in (([], "portfolio_none_chosen"), ([f"e{n}" for n in range(201)], "portfolio_too_many")):
        with pytest.raises(NianjianError, match=code):
            operations.record_list_export(enterprises=chosen, actor=lead)


def test_a_case_that_waits_is_red_and_its_day_counts(demo: str, lead: Actor, operator: Actor) -> None:
    first = [one.enterprise.code for one in facts.build_portfolio(list_accessible_enterprises(lead))]
    assert first == ["two", demo], "alike: by name"
    open_case(enterprise=demo, notice=Notice(received=date(2027, 2, 1)), paper=None, actor=operator)
    portfolio = facts.build_portfolio(list_accessible_enterprises(lead))
    assert [(one.enterprise.code, one.red) for one in portfolio] == [(demo, 1), ("two", 0)]
    assert portfolio[0].calendar.earliest is not None
    assert portfolio[0].calendar.earliest.rule.key == "rectification.due"
