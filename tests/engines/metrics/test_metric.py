"""How figures are printed, and what windows a portrait looks at."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from nianjian.engines.metrics.frame import Frame
from nianjian.engines.metrics.metric import decimal_text, number_text
from nianjian.engines.metrics.result import snapshot_sha256


@pytest.mark.parametrize(
    ("share", "unit", "text"),
    [
        (Fraction(31, 100), "%", "31.0000"),
        (Fraction(-2, 50), "%", "-4.0000"),
        (Fraction(1, 9_999), "‱", "1.0001"),
        (Fraction(97_996, 100_000), "%", "97.9960"),
        (Fraction(1, 3), "%", "33.3333"),
        (Fraction(2, 3), "%", "66.6667"),
        (Fraction(-1, 10**9), "%", "0.0000"),
        (Fraction(0), "‱", "0.0000"),
        (None, "%", None),
    ],
)
def test_decimal_text(share: Fraction | None, unit: str, text: str | None) -> None:
    assert decimal_text(share, unit) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (57187654321, "057187654321"),
        (1062345678, "01062345678"),
        (13800138000, "13800138000"),
        (95013, "95013"),
        (4001234567, "4001234567"),
        (9521234567, "9521234567"),
        (None, None),
    ],
)
def test_number_text(number: int | None, text: str | None) -> None:
    assert number_text(number, {}) == text


def test_number_text_follows_the_calls() -> None:
    assert number_text(9521234567, {"9521234567": "09521234567"}) == "09521234567"


def test_windows() -> None:
    frame = Frame(2026, date(2026, 12, 31))
    assert (frame.trailing.first, frame.trailing.end) == (date(2026, 1, 1), date(2027, 1, 1))
    assert frame.trailing == frame.period
    mid = Frame(2026, date(2026, 12, 31), today=date(2026, 11, 25))
    assert (mid.trailing.first, mid.trailing.end) == (date(2025, 11, 26), date(2026, 11, 26))
    assert mid.month_ends[-1] == date(2026, 10, 31)
    leap = Frame(2024, date(2024, 2, 28))
    assert leap.trailing.first == date(2023, 3, 1)


def test_snapshot_sha256_does_not_depend_on_order() -> None:
    assert snapshot_sha256({"a": 1, "b": 2}) == snapshot_sha256({"b": 2, "a": 1})
    assert snapshot_sha256({"a": 1}) != snapshot_sha256({"a": 2})
