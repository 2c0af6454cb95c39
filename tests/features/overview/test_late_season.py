"""A late season stands in the way on the overview, and a portfolio is sorted by what is red, near and tight."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nianjian.engines.kernel import clock
from nianjian.features.overview import attention, facts
from nianjian.features.overview.attention import list_late_reports
from nianjian.features.overview.verdict import Reason, smallest_headroom
from nianjian.features.season import operations
from nianjian.platform.accounts.access import list_accessible_enterprises
from nianjian.platform.accounts.models import Enterprise
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.query import enterprise as known

pytestmark = pytest.mark.django_db
BEFORE = datetime(2027, 1, 5, tzinfo=clock.now().tzinfo)


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path))
    monkeypatch.setenv(clock.OVERRIDE, "2027-04-01")


def _file(track: str, operator: Actor) -> None:
    operations.note_report(
        enterprise="demo", year=2026, track=track, licence=None, day=date(2027, 3, 31), actor=operator
    )  # fmt: skip


def test_a_late_report_is_in_the_way_until_it_is_handed_in(demo: str, operator: Actor) -> None:
    Enterprise.objects.update(created_at=BEFORE)
    assert not list_late_reports({demo: "浙江"}, date(2027, 3, 31)), "the last day is in time"
    overview = facts.build_overview(known(demo), operator, None)
    points = [one for one in overview.blockers if one.code == attention.LATE]
    assert [one.values["track"] for one in points] == ["licence", "code_number"]
    assert points[0].values["due"] == date(2027, 3, 31)
    assert overview.verdict.reason is Reason.LATE
    _file("licence", operator)
    assert [one.track for one in list_late_reports({demo: "浙江"}, clock.today())[demo]] == ["code_number"]
    report: dict[str, Any] = {"enterprise": demo, "year": 2026, "track": "code_number", "licence": None}
    operations.note_notice(**report, day=date(2027, 5, 5), notice="通知", actor=operator)
    assert not list_late_reports({demo: "浙江"}, clock.today()), "the notice's day wins"


def test_a_late_report_is_the_red_verdict_of_the_day(site: Client) -> None:
    Enterprise.objects.update(created_at=BEFORE)
    verdict = site.get("/e/demo/").content.decode().split('class="verdict')[1].split("</section>")[0]
    assert verdict.startswith(" red")
    assert verdict.index("2026 年度许可年报逾期：昨天已截止，只能补报。") < verdict.index("2026 年度码号年报逾期")
    assert 'class="button primary" href="/e/demo/season/?year=2026"' in verdict
    assert "投诉率" in verdict, "what is wrong beside it stays"


def test_a_report_of_an_earlier_season_is_not_forgotten(demo: str, operator: Actor) -> None:
    Enterprise.objects.update(created_at=BEFORE)
    after = date(2028, 4, 1)
    assert [one.year for one in list_late_reports({demo: "浙江"}, after)[demo]] == [2027, 2027]
    operations.assign_task(enterprise=demo, year=2026, task="entry_test", owner="张三", actor=operator)
    reports = [(one.year, one.track) for one in list_late_reports({demo: "浙江"}, after)[demo]]
    assert reports[:2] == [(2026, "licence"), (2026, "code_number")]
    _file("licence", operator)
    assert [(one.year, one.track) for one in list_late_reports({demo: "浙江"}, after)[demo]] == reports[1:]


def test_what_was_over_before_it_was_known_here_is_not_said(demo: str) -> None:
    Enterprise.objects.update(created_at=datetime(2027, 4, 1, tzinfo=clock.now().tzinfo))
    assert not list_late_reports({demo: "浙江"}, clock.today())


def test_a_thousand_are_asked_in_few_queries(demo: str, operator: Actor) -> None:
    Enterprise.objects.bulk_create(
        Enterprise(code=f"e{at:03}", name=f"企业{at:03}", province=("浙江", "重庆")[at % 2], created_at=BEFORE)
        for at in range(999)
    )
    _file("licence", operator)
    with CaptureQueriesContext(connection) as queries:
        portfolio = facts.build_portfolio(list_accessible_enterprises(operator))
    assert len(portfolio) == 1000
    assert len(queries) < 20
    red = [one.red for one in portfolio]
    assert red == sorted(red, reverse=True)
    assert (portfolio[-1].enterprise.code, portfolio[-1].red, portfolio[0].red) == (demo, 1, 2), (
        "it has handed in one of two"
    )
    assert {one.enterprise.province for one in facts.filter_portfolio(portfolio, "", "重庆")} == {"重庆"}


def test_the_least_room_decides() -> None:
    limits = {"seat_vacancy": Fraction("0.30"), "complaint_rate": Fraction("0.0001"), "closing_rate": Fraction("0.98")}
    metrics = [
        {"slug": "seat_vacancy", "value": "15.0", "unit": "%"},
        {"slug": "complaint_rate", "value": "0.9", "unit": "‱"},
        {"slug": "number_consistency", "value": "99", "unit": "%"},
    ]
    assert smallest_headroom(metrics, limits) == Fraction(1, 10)
    assert smallest_headroom([{"slug": "closing_rate", "value": "49", "unit": "%"}], limits) == Fraction(-1, 2)
    assert smallest_headroom([{"slug": "seat_vacancy", "value": None, "unit": "%"}], limits) is None
