"""What is done to chosen enterprises on the portfolio's page: acts, refusals that say why, the list as a file."""

import csv
import io

import pytest
from django.test import Client
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.models import Entry

pytestmark = pytest.mark.usefixtures("keys")
PLACE = "/portfolio/several/"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OVERRIDE, "2027-02-20")


@pytest.fixture
def two(site: Client) -> Client:
    add_enterprise(code="two", name="=1+1", province="浙江", actor=Actor("tester"))
    return site


def _owners(task: str) -> list[str]:
    seasons = [
        summarize_season(enterprise=one, year=2026, today=clock.today(), actor=Actor("anna", USER))
        for one in ("demo", "two")
    ]
    return [one.owner for season in seasons for one in season.tasks if one.task == task]


def _sent(client: Client, **data: object) -> str:
    return client.post(PLACE, data, follow=True).content.decode()


def test_the_chosen_ones_or_all_that_the_filter_shows(two: Client) -> None:
    page = two.get("/?all").content.decode()
    assert page.count('name="enterprise"') == 2
    assert "请至少选择一家企业" in _sent(two, act="remind"), "a refusal says why"
    assert "2" in _sent(two, act="assign", task="items", text="王工", enterprise=["demo", "two"])
    assert _owners("items") == ["王工", "王工"]
    _sent(two, act="assign", task="package", text="李工", whole="yes", province="浙江")
    assert _owners("package") == ["", "李工"]


def test_all_that_the_filter_shows_but_a_closed_season(two: Client) -> None:
    for track in ("licence", "code_number"):
        data = {"year": "2026", "act": "file", "track": track, "day": "2027-02-20"}
        two.post("/e/demo/season/reports/", data)
    two.post("/e/demo/season/end/", {"year": "2026", "act": "close", "without_package": "yes"})
    page = _sent(two, act="assign", task="items", text="王工", whole="yes")
    assert "demo" in page.partition("年检季已归档")[2]
    assert _owners("items") == ["", "王工"]
    page = _sent(two, act="assign", task="items", text="李工", enterprise=["demo", "two"])
    assert "(demo)" in page
    assert _owners("items") == ["", "王工"], "who ticks it is refused, and told which one it is"


def test_the_list_is_a_file_without_formulas(two: Client) -> None:
    answer = two.post(PLACE, {"act": "list", "whole": "yes", "q": "", "light": "", "province": ""})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row[0]: row[1] for row in rows[1:]} == {"demo": "示范<b>", "two": "'=1+1"}
    by_code = {row[0]: (row[3], row[4]) for row in rows[1:]}
    assert by_code == {"demo": ("未证明", "0"), "two": ("", "")}, "without a portrait nobody knows what is red"
    assert Entry.objects.filter(verb="portfolio.taken").count() == 2
    assert signed_in("rita", "auditor", "demo").post(PLACE, {"act": "list", "enterprise": "two"}).status_code == 302
