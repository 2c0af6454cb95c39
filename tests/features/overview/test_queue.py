"""Tasks of a person: what is one's own, and for an administrator what nobody owns, however old."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from django.utils.translation import override

from nianjian.engines.kernel import clock
from nianjian.features.complaints import operations as complaints
from nianjian.features.complaints.presenters import span, time_left
from nianjian.features.complaints.queries import count_queue, list_tickets, load_service_levels
from nianjian.features.inbox.obstacles import list_obstacles
from nianjian.features.overview import attention, queue, worklist
from nianjian.features.overview.attention import Point
from nianjian.features.overview.facts import build_portfolio
from nianjian.features.overview.verdict import Mood, Reason, Verdict
from nianjian.features.reconciliation.models import Difference, Run
from nianjian.features.reconciliation.queries import DifferenceFilter, list_differences
from nianjian.features.reconciliation.storage import settle_difference
from nianjian.features.season import operations as season
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.models import Enterprise
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.service import add_user
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.rulebook.deadlines import Deadline

if TYPE_CHECKING:
    from nianjian.engines.rules.rule import Rule
    from nianjian.features.overview.facts import Overview

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
OLGA, ADA = Actor("olga", USER), Actor("ada", USER)


@pytest.fixture
def people(demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(clock.OVERRIDE, "2027-03-01")
    Enterprise.objects.filter(pk=demo).update(created_at=clock.now() - timedelta(days=400))
    add_user(name="olga", role="data_officer", enterprises=[demo], actor=operator)
    add_user(name="ada", role="administrator", enterprises=[demo], actor=operator)
    return demo


def _list_queue(actor: Actor) -> dict[str, object]:
    levels = load_service_levels("demo")
    points = attention.list_tasks(
        "demo",
        actor,
        levels,
        queue.read_queue("demo", actor, queue.count_overdue("demo", levels), list_obstacles("demo", levels)),
    )
    return {one.code: one.values.get("count", one.values.get("task")) for one in points}


def test_an_old_ticket_is_the_administrators_until_it_is_assigned(people: str, operator: Actor) -> None:
    arrived = f"{clock.now() - timedelta(days=400):%Y-%m-%d %H:%M:%S}"
    texts = {"ticket_id": "I1", "source": "12321", "arrived_at": arrived}
    complaints.open_ticket(enterprise=people, texts=texts, actor=operator)
    assert _list_queue(ADA)[queue.TICKETS_UNOWNED] == 1
    complaints.assign(enterprise=people, complaints=["I1"], assignee=None, team="T01", actor=operator)
    assert _list_queue(ADA)[queue.TICKETS_UNOWNED] == 1, "a team is no person"
    assert queue.TICKETS_UNOWNED not in _list_queue(OLGA)
    complaints.assign(enterprise=people, complaints=["I1"], assignee="olga", team=None, actor=operator)
    assert queue.TICKETS_UNOWNED not in _list_queue(ADA)
    assert _list_queue(OLGA)[queue.TICKETS] == 1


def _list_of(run: Run, owner: str) -> list[int]:
    filters = DifferenceFilter(state="open", owner=owner, people=frozenset({"ada", "olga"}))
    return [one.pk for one in list_differences(run, filters)]


def test_an_open_difference_is_the_administrators_until_it_has_an_owner(people: str, operator: Actor) -> None:
    facts = {"as_of": date(2026, 12, 31), "counts": {}, "told": {}, "made_at": clock.now()}
    run = Run.objects.create(enterprise_id=people, kind="numbers", **facts)
    difference = Difference.objects.create(run=run, key="95013001", result="only_ours", label="95013001", state="open")
    assert _list_queue(ADA)[queue.DIFFERENCES_UNOWNED] == 1
    settle_difference(difference=difference, state="open", said={"owner": "王五"}, actor=operator)
    assert _list_queue(ADA)[queue.DIFFERENCES_UNOWNED] == 1, "nobody signs in by that name"
    assert _list_of(run, "") == [difference.pk], "the list that the row leads to has what it counts"
    settle_difference(difference=difference, state="open", said={"owner": "olga"}, actor=operator)
    assert queue.DIFFERENCES_UNOWNED not in _list_queue(ADA)
    assert _list_queue(OLGA)[queue.DIFFERENCES] == 1
    assert (_list_of(run, ""), _list_of(run, "olga")) == ([], [difference.pk])


def test_a_task_of_the_season_is_the_administrators_until_it_is_assigned(people: str, operator: Actor) -> None:
    before = _list_queue(ADA)[queue.TASKS_UNOWNED]
    assert isinstance(before, int)
    season.assign_task(enterprise=people, year=2026, task="items", owner="王五", actor=operator)
    assert _list_queue(ADA)[queue.TASKS_UNOWNED] == before, "nobody signs in by that name"
    season.assign_task(enterprise=people, year=2026, task="items", owner="olga", actor=operator)
    assert _list_queue(ADA)[queue.TASKS_UNOWNED] == before - 1
    assert _list_queue(OLGA)[queue.TASK] == "items"
    assert queue.TASKS_UNOWNED not in _list_queue(OLGA)


def test_a_ticket_that_is_overdue_is_counted_once_and_since_one_moment(people: str, operator: Actor) -> None:
    """Answered late, it is overdue since its closing was due: on today's page, at the queue's head and in its row."""
    arrived = clock.now().astimezone(clock.ZONE) - timedelta(hours=30)
    texts = {"ticket_id": "I1", "source": "12321", "arrived_at": f"{arrived:%Y-%m-%d %H:%M:%S}"}
    complaints.open_ticket(enterprise=people, texts=texts, actor=operator)
    complaints.respond(enterprise=people, complaints=["I1"], at=arrived + timedelta(hours=5), actor=operator)
    levels, now = load_service_levels(people), clock.now()
    points = attention.list_tasks(
        people,
        ADA,
        levels,
        waiting := queue.read_queue(people, ADA, queue.count_overdue(people, levels), list_obstacles(people, levels)),
    )
    assert [point.code for point in points if "complaint" in point.code] == [queue.TICKETS_UNOWNED]
    head = count_queue(ReadScope(people, clock.today()), "ada", levels, now)
    assert waiting.overdue is not None
    assert head.since is not None
    assert abs(waiting.overdue - head.since) < timedelta(seconds=1)
    (entry,) = build_portfolio([accounts.enterprise(people)])
    assert (entry.tickets and entry.tickets[0], entry.verdict) == (1, Verdict(Mood.ACT, Reason.OVERDUE))
    listed = list_tickets(enterprise=people, actor=ADA, at=now)
    (ticket,) = listed.tickets()
    with override("zh-hans"):
        assert time_left(ticket, now)[0] == f"逾期 {span(now - head.since)}"


def test_a_paper_is_due_with_the_report_of_its_own_season() -> None:
    paper = Point(attention.ATTACHMENT, {"metric": "complaint_rate", "kinds": ("anti_harassment_plan",)})
    days = [Deadline(cast("Rule", None), date(year, 3, 31), 1, track="licence") for year in (2027, 2028)]

    def due(year: int, deadlines: list[Deadline]) -> date | None:
        overview = SimpleNamespace(
            year=year, blockers=[paper], tasks=(), queue=queue.Queue(), lines=None,
            calendar=SimpleNamespace(deadlines=deadlines),
        )  # fmt: skip
        (item,) = worklist.list_items(cast("Overview", overview), ADA, date(2027, 1, 5))
        return item.due

    assert due(2026, days) == date(2027, 3, 31)
    assert due(2027, days) == date(2028, 3, 31)
    assert due(2026, days[1:]) is None, "the report is handed in: the next season's day is none of this paper"
