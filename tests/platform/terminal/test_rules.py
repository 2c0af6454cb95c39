"""Values of rules on the terminal: no Python, shares as per cent, units in words."""

import re
from decimal import Decimal

import pytest

from nianjian.engines.rules.load import load
from nianjian.platform.terminal.language import UNITS, format_limit

RULES = load().rules


@pytest.fixture(autouse=True, params=["zh_CN.UTF-8", "en_US.UTF-8"])
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LANG", str(request.param))
    return str(request.param)


def test_no_rule_shows_python() -> None:
    for rule in RULES:
        text = format_limit(rule.operator, rule.value, rule.unit)
        assert text
        if isinstance(rule.value, str):  # a pattern may have braces of its own
            continue
        text = re.sub(r"\{\d+,?\d*\}", "", text) if rule.unit == "wording" else text  # how often a sign comes
        assert not re.search(r"[{}']|Decimal|None|True|False", text), (rule.key, text)


def test_every_unit_of_a_number_has_words() -> None:
    counted = {rule.unit for rule in RULES if isinstance(rule.value, int | Decimal)}
    assert counted - set(UNITS) == {"flag", "ratio", "share"}
    assert set(UNITS) <= counted


def test_examples(lang: str) -> None:
    english = lang.startswith("en")
    assert format_limit(">", Decimal("0.0001"), "share") == "> 0.01%"
    assert format_limit(">=", Decimal("0.70"), "share") == ">= 70%"
    assert format_limit(None, 10, "workdays") == ("10 working days" if english else "10 个工作日")
    assert format_limit(None, {"included": ("以上", "以内"), "left_out": {"a": 1}}, "words") == (
        "included: 以上, 以内; left out: (a: 1)"
    )
    assert format_limit(None, ("outsourcing_agreement",), "any_of") == (
        "outsourcing agreement" if english else "外包协议"
    )
    flag: object = True
    assert format_limit("==", flag, "flag") == ("== yes" if english else "== 是")
