"""Statements: the newest counts, a year's own before the standing one, an earlier year's is only proposed."""

import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.claims.models import STANDING, Statement
from nianjian.platform.claims.storage import LONGEST, VERB, list_proposals, list_statements, store_statements

pytestmark = pytest.mark.django_db


def _state(demo: str, actor: Actor, year: int, **texts: str) -> None:
    store_statements(enterprise=demo, claim="daily_lead", year=year, texts=texts, actor=actor)


def test_a_statement_counts_until_it_is_superseded(demo: str, operator: Actor) -> None:
    _state(demo, operator, 2025, name=" 张三 ", post="")
    _state(demo, operator, 2025, name="张三")  # the same again is no act
    _state(demo, operator, 2025, name="李四")
    assert {part: one.text for part, one in list_statements(demo, "daily_lead", 2025).items()} == {"name": "李四"}
    assert [(row.text, row.superseded_at is None) for row in Statement.objects.order_by("pk")] == [
        ("张三", False), ("李四", True),
    ]  # fmt: skip
    _state(demo, operator, 2025, name="")
    assert list_statements(demo, "daily_lead", 2025) == {}
    entries = [(one.data["parts"], one.data["withdrawn"]) for one in acts(enterprise=demo, verb=VERB)]
    assert sorted(entries) == [(["name"], []), (["name"], []), (["name"], ["name"])]


def test_a_year_goes_before_what_stands_and_the_year_before_is_a_proposal(demo: str, operator: Actor) -> None:
    _state(demo, operator, STANDING, name="standing", post="standing")
    _state(demo, operator, 2024, name="2024")
    _state(demo, operator, 2025, name="2025")
    of_year = {part: one.text for part, one in list_statements(demo, "daily_lead", 2025).items()}
    assert of_year == {"name": "2025", "post": "standing"}
    assert {part: one.text for part, one in list_statements(demo, "daily_lead", 2026).items()} == {
        "name": "standing", "post": "standing",
    }  # fmt: skip
    assert {part: one.text for part, one in list_proposals(demo, "daily_lead", 2026).items()} == {"name": "2025"}


def test_a_statement_has_a_length(demo: str, operator: Actor) -> None:
    with pytest.raises(NianjianError) as caught:
        _state(demo, operator, 2025, name="x" * (LONGEST + 1))
    assert caught.value.code == "statement_too_long"
    assert not Statement.objects.exists()


def _state_algorithm(demo: str, actor: Actor, **texts: str) -> None:
    store_statements(enterprise=demo, claim="algorithm", year=STANDING, texts=texts, actor=actor)


@pytest.mark.parametrize(
    ("part", "text", "possible"),
    [
        ("state", "未备案", "已备案、不适用"),
        ("told", "yes", "是、否"),
        ("filed_on", "去年", "past_day"),
        ("filed_on", "2026-02-30", "past_day"),
        ("filed_on", "2999-06-02", "past_day"),
    ],
)
def test_a_part_says_only_what_it_can(demo: str, operator: Actor, part: str, text: str, possible: str) -> None:
    with pytest.raises(NianjianError) as caught:
        _state_algorithm(demo, operator, name="意图识别", **{part: text})
    assert caught.value.code == "statement_part_wrong"
    assert caught.value.values == {"statement": f"algorithm.{part}", "value": text, "possible": possible}
    assert not Statement.objects.exists(), "all or none"


def test_a_day_is_kept_in_one_form(demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-06-01")
    _state_algorithm(demo, operator, filed_on=" 2026年6月1日 ", state="已备案", told="是", name="任意文字")
    store_statements(enterprise=demo, claim="sop_issue", year=STANDING, texts={"since": "2099/1/1"}, actor=operator)
    statements = list_statements(demo, "algorithm", 2026)
    assert {part: one.text for part, one in statements.items()} == {
        "filed_on": "2026-06-01", "state": "已备案", "told": "是", "name": "任意文字",
    }  # fmt: skip
    assert list_statements(demo, "sop_issue", 2026)["since"].text == "2099-01-01", "rules may apply from a later day"


def test_what_a_part_cannot_say_any_more_is_blank(demo: str, operator: Actor) -> None:
    params = {"enterprise_id": demo, "claim": "algorithm", "year": STANDING, "stated_by": "x", "stated_at": clock.now()}
    Statement.objects.create(part="state", text="未备案", **params)
    Statement.objects.create(part="filed_on", text="2026年5月6日", **params)
    assert {part: one.text for part, one in list_statements(demo, "algorithm", 2026).items()} == {
        "filed_on": "2026-05-06"
    }
    _state_algorithm(demo, operator, state="已备案")
    assert list_statements(demo, "algorithm", 2026)["state"].text == "已备案"
