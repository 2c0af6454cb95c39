"""Whose the vacant seats are: the counts by team are those of the metric, and lead to its rows."""

import re
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from tests.support.fixtures import Import
from tests.support.people import signed_in
from tests.support.worlds import begin

from nianjian.engines.metrics.definitions.seat_vacancy import COUNTS
from nianjian.engines.metrics.drill_down import IDLE, RowQuery
from nianjian.features.portrait import operations, portraits, vacancies
from nianjian.features.portrait.operations import list_rows
from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers.models import Seat

pytestmark = pytest.mark.django_db
HEADER = "坐席编号,类型,团队,备案状态,备案日期,备案注销日期,开通日期,停用日期"
DAY = "2026-11-24"
BEFORE, AFTER = "2026-03-01", "2026-11-25"
PAGE = "/e/demo/2026/metric/seat_vacancy/"


@pytest.fixture
def ran(keys: None, demo: str, anna: Actor, load: Import, home: Path) -> Actor:
    """Seats of every state, of two teams (one is named by its name, too) and of none; the portrait of them."""
    del keys
    begin("vacant seats", home, lambda: _run(demo, anna, load))
    return anna


def _run(demo: str, anna: Actor, load: Import) -> None:
    load("teams", "团队编号,名称,类型", ("T1", "一队", "自有"), ("T2", "速达外包", "外包"))
    teams = ("T1", "T2", "速达外包", "")
    states = product(
        ("已备案", "未备案", "已注销", ""), ("", BEFORE, AFTER), ("", BEFORE, DAY, AFTER), ("", BEFORE, AFTER)
    )
    rows = [
        (f"S{n:03}", "人工", teams[n % 4], filing, filed, "", opened, DAY if n % 5 == 0 and opened == BEFORE else "")
        for n, (filing, filed, opened, _again) in enumerate(states)
        if filed or filing != "已注销" or n % 2
    ]
    load("seats", HEADER, *rows)
    options: dict[str, Any] = {"province": None, "today": None, "raw": False, "actor": anna}
    operations.run_portrait(enterprise=demo, year=2026, as_of=date.fromisoformat(DAY), **options)


def _split() -> list[dict[str, Any]]:
    portrait, run = portraits.find_portrait("demo", 2026), portraits.find_newest_run("demo", 2026)
    assert portrait is not None
    metric = next(one for one in portrait["metrics"] if one["slug"] == "seat_vacancy")
    rows: list[dict[str, Any]] = vacancies.add_team_split(portrait, metric, run)["splits"].get("team", [])
    return rows


def test_each_team_has_the_seats_that_the_metric_counts(ran: Actor) -> None:
    split = _split()
    assert {row["key"] for row in split} == {"T1", "T2", None}
    portrait, run = portraits.find_portrait("demo", 2026), portraits.find_newest_run("demo", 2026)
    assert portrait is not None
    assert run is not None
    for name, row in product(COUNTS, split):
        seats = vacancies.list_team_seats(portrait, run, row["key"], date.fromisoformat(DAY))
        ask = RowQuery("seat_vacancy", name, {"team": row["key"]}, seats=seats)
        result = list_rows(enterprise="demo", year=2026, run=None, ask=ask, page=1, actor=ran, size=999)
        assert len(result.rows) == row[name], (row["key"], name)
    assert all(row["filed"] > row["opened_and_filed"] > 0 for row in split), "each count has something to tell"


def test_the_page_ranks_teams_and_leads_to_their_seats(ran: Actor) -> None:
    del ran
    client = signed_in("rita", "data_officer", "demo")
    rows = {str(row["key"]): row for row in _split()}
    idle = rows["T2"]["filed"] - rows["T2"]["opened_and_filed"]
    page = client.get(PAGE).content.decode()
    assert "速达外包" in page
    (link,) = re.findall(rf'<a[^>]+?href="([^"]+)"[^>]*>\s*{idle} 席', page.partition("T2")[2])[:1]
    link = link.replace("&amp;", "&")
    assert link == f"{PAGE}rows/?class={IDLE}&team=T2"
    listed = client.get(f"{link}&look=1").content.decode()
    assert f"/ {idle}" in listed
    assert "团队：T2 速达外包" in listed
    assert client.get(f"{link}&month=2026-10&look=1").status_code == 200
    assert client.get(f"{PAGE}rows/?class={IDLE}&team=T9&look=1").status_code == 404


def test_the_split_is_as_the_register_stood_and_none_where_that_is_gone(ran: Actor, load: Import) -> None:
    del ran
    before = _split()
    seat = Seat.objects.filter(team="T1").earliest("key").key
    load("seats", "坐席编号,团队", (seat, "T2"))
    assert Seat.objects.get(key=seat, superseded_at=None).team == "T2"
    assert _split() == before
    Seat.objects.filter(key=seat, team="T1").delete()
    assert _split() == []
