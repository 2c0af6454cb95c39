"""What differs from last year, exactly at the limits; what is not known is never compared."""

from decimal import Decimal
from fractions import Fraction

import pytest

from nianjian.features.dossier.fill_in import ChangeKind, compare_values, format_value, known_by, parse_value, percent
from nianjian.features.dossier.fill_in import FieldKind as Written

SEATS, SHARE = Decimal("0.30"), Decimal("0.20")


@pytest.mark.parametrize(
    ("now", "before", "limit", "over"),
    [
        (130, 100, SEATS, False),  # exactly at the limit is not above it
        (131, 100, SEATS, True),
        (70, 100, SEATS, False),
        (69, 100, SEATS, True),
        (13_000_001, 10_000_000, SEATS, True),  # shown as 30.00 %
        (Fraction(3, 5), Fraction(1, 2), SHARE, False),
        (Fraction(2, 5), Fraction(1, 2), SHARE, False),
        (Fraction(60_001, 100_000), Fraction(1, 2), SHARE, True),
        (5, 0, SEATS, None),  # from nothing there is no rate
        (0, 0, SEATS, False),
        (0, 100, SEATS, True),
        (None, 100, SEATS, None),
        (100, None, SEATS, None),
        (200, 100, None, None),
    ],
)
def test_a_change_is_above_its_limit_or_not(
    now: int | Fraction | None, before: int | Fraction | None, limit: Decimal | None, *, over: bool | None
) -> None:
    assert compare_values(now, before, limit).over is over


def test_what_is_not_known_is_not_compared() -> None:
    assert compare_values(None, None, None).kind is ChangeKind.UNKNOWN
    assert compare_values("甲", None, None).kind is ChangeKind.UNKNOWN
    assert compare_values(["移动", "电信"], ["电信", "移动"], None).kind is ChangeKind.SAME
    assert compare_values("甲", "乙", None).kind is ChangeKind.DIFFERS
    assert compare_values(5, 0, SEATS).relative is None


def test_a_text_that_is_none_of_its_kind_is_not_compared() -> None:
    assert parse_value("33.33%", Written.SHARE) == Fraction(3333, 10000)
    assert [parse_value("企业", kind) for kind in (Written.SHARE, Written.COUNT)] == [None, None]
    assert parse_value("电信、移动", Written.LIST) == ["电信", "移动"]


def test_values_are_written_as_the_form_takes_them() -> None:
    assert format_value(Fraction(1, 3), Written.SHARE) == "33.33%"
    assert format_value(0, Written.COUNT) == "0", "none is a figure, not a gap"
    assert format_value(["电信", "移动"], Written.LIST) == "电信、移动"
    for unknown in (None, "", []):
        assert format_value(unknown, Written.TEXT) is None
    assert percent(Fraction(30_000_001, 100_000_000)) == "30.00"
    assert (percent(Fraction(99_999, 100_000)), percent(Fraction(1))) == ("99.99", "100.00"), "one of them is missing"


def test_last_year_did_not_know_a_day_of_this_year() -> None:
    assert known_by("2026-01-20", 2025) is None, "the register's row of last year was written this year"
    assert [known_by(value, 2025) for value in ("2025-12-31", "2024-06-01 – 2029-05-31", 8, None)] == [
        "2025-12-31", "2024-06-01 – 2029-05-31", 8, None,
    ]  # fmt: skip
