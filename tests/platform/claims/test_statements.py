"""Statements: the newest counts, a year's own before the standing one, an earlier year's is only proposed."""

from __future__ import annotations

import pytest

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
    told = [(one.data["parts"], one.data["withdrawn"]) for one in acts(enterprise=demo, verb=VERB)]
    assert sorted(told) == [(["name"], []), (["name"], []), (["name"], ["name"])]


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
