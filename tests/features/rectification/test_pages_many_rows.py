"""Lists of what grows over the years: a page asks the database a constant number of questions, however many rows."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.dial_policy import operations as policy
from nianjian.features.maintenance import health
from nianjian.features.rectification import operations
from nianjian.features.rectification.storage import Notice
from nianjian.features.rulebook.operations import request_overlay
from nianjian.platform.accounts.models import Membership
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.registers.batches import Batch

pytestmark = pytest.mark.django_db
BOSS = Actor("tester")
PURPOSES = ("marketing", "survey", "service", "notice")


@pytest.fixture
def lead(db: None, home: Path, keys: None) -> Client:
    add_enterprise(code="demo", name="示范", province="北京", actor=BOSS)
    return signed_in("anna", "compliance_lead", "demo")


def questions(client: Client, address: str) -> int:
    """How many a page asks; the second time, when sessions and translations are warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def requests(first: int, last: int) -> None:
    """One of each kind."""
    for number in range(first, last):
        request_overlay(
            key="portrait.seat_vacancy.limit", value=f"0.2{number}", province="北京", enterprise=None,
            valid_from=date(2026, 1, 1), valid_to=None, reason=f"口头要求 {number}", actor=BOSS,
        )  # fmt: skip
        policy.set_fail_open(enterprise="demo", purpose=PURPOSES[number], on=True, reason=f"{number}", actor=BOSS)
        operations.request_isolation(
            enterprise="demo", case=None, key="display", channel=f"9501300{number}", cap=20, reason="投诉集中",
            end="投诉下降", actor=BOSS,
        )  # fmt: skip


def opened(first: int, last: int) -> None:
    for number in range(first, last):
        notice = Notice(date(2026, 4, 28) + timedelta(days=number), number=f"京通管改{number}号")
        operations.open_case(enterprise="demo", notice=notice, paper=None, actor=BOSS)


def test_what_requests_ask_for_is_read_a_kind_at_a_time(lead: Client) -> None:
    requests(0, 1)
    few = questions(lead, "/e/demo/approvals/")
    requests(1, 4)
    assert questions(lead, "/e/demo/approvals/") == few
    page = lead.get("/e/demo/approvals/").content.decode()
    assert all(f"9501300{number}" in page for number in range(4))
    everywhere = signed_in("chief", "compliance_lead")
    page = everywhere.get("/approvals/").content.decode()
    assert all(f"坐席空置率上限 → 不超过 2{number} %" in page for number in range(4))


def test_the_cases_of_a_page_are_counted_by_one_calendar(lead: Client) -> None:
    opened(0, 3)
    few = questions(lead, "/e/demo/rectification/")
    opened(3, 55)
    assert questions(lead, "/e/demo/rectification/") == few
    first, second = (lead.get(f"/e/demo/rectification/?page={page}").content.decode() for page in (1, 2))
    assert (first.count("京通管改"), second.count("京通管改")) == (50, 5)
    assert "京通管改54号" in first
    assert "京通管改4号" in second


def test_metrics_count_in_the_database(lead: Client) -> None:
    def batch(number: int) -> None:
        Batch(id=f"B{number}", enterprise_id="demo", state="active", created_at=clock.now(), created_by="t").save()

    batch(0)
    with CaptureQueriesContext(connection) as few:
        health.gather_figures()
    for number in range(1, 20):
        batch(number)
    for number in range(5):
        add_enterprise(code=f"e{number}", name="x", province="北京", actor=BOSS)
    with CaptureQueriesContext(connection) as many:
        figures = health.gather_figures()
    assert len(many) == len(few)
    assert figures.imports == {("demo", "active"): 20}


def test_people_of_other_enterprises_are_not_even_read(lead: Client) -> None:
    from nianjian.platform.accounts.access import people  # noqa: PLC0415 -- after Django

    add_enterprise(code="other", name="别家", province="北京", actor=BOSS)
    for number in range(5):
        add_user(name=f"u{number}", role="auditor", enterprises=["other" if number else "demo"], actor=BOSS)
    with CaptureQueriesContext(connection) as queries:
        users = people(Actor("anna", "user"))
    assert set(users) == {"anna", "u0"}
    assert len(queries) <= 3
    assert Membership.objects.count() == 6
