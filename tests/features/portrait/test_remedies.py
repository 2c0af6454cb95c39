"""What helps a metric, also where nothing is proven yet."""

from fractions import Fraction
from typing import Any

from django.test import Client

from nianjian.engines.paper.words import words
from nianjian.features.portrait.remedies import list_remedies


def _remedies(sample: dict[str, Any], **told: Any) -> list[Any]:
    metric = next(one for one in sample["metrics"] if one["slug"] == "number_consistency") | told
    return list_remedies(sample, metric, {"line": {"L1": "中继1"}}, Fraction(1, 100), words("zh-hans"))


def test_an_unproven_number_consistency_says_which_numbers_would_prove_it(site: Client, sample: dict[str, Any]) -> None:
    del site
    parts = {"own_short": 80, "landline": 5, "mobile": 0, "unknown": 15}
    lines = [{"key": "L1", "unknown": 12}, {"key": None, "unknown": 3}]
    told = {"light": "insufficient", "denominator": 100, "components": parts, "splits": {"line": lines}, "flags": []}
    number, line, *_others = _remedies(sample, **told)
    assert "个通话的外显号码" in number.title
    assert "100" in number.effect
    assert (number.route, number.query) == ("portrait-rows", {"class": "unknown"})
    assert "L1 中继1" in line.title
    assert line.route == "data"


def test_without_any_call_it_asks_for_call_records(site: Client, sample: dict[str, Any]) -> None:
    del site
    empty = {"light": "na", "denominator": 0, "components": {}, "splits": {}, "flags": []}
    (only,) = _remedies(sample, **empty)
    assert only.route == "data"
    assert _remedies(sample, **empty, declared={"by": "x"}) == []
