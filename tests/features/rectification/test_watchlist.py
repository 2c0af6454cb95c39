"""A portrait under the stricter internal limits of a watched licence: integers at the edges of 80 %."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.portrait.watch_limits import applies_to_year, apply_stricter_limits

BOOK = Rulebook.on(date(2026, 12, 31))


def portrait(*given: int) -> dict[str, Any]:
    filed, opened, complaints, answered, plain, calls = given
    return {
        "metrics": [
            {
                "slug": "seat_vacancy", "unit": "%", "numerator": filed - opened, "denominator": filed,
                "limit": "30.0000", "operator": ">", "components": {"filed": filed, "opened_and_filed": opened},
            },
            {
                "slug": "complaint_rate", "unit": "‱", "numerator": complaints, "denominator": answered,
                "limit": "1.0000", "operator": ">", "components": {},
            },
            {
                "slug": "number_consistency", "unit": "%", "numerator": calls - plain, "denominator": calls,
                "limit": None, "operator": None, "components": {},
                "flags": [{"code": "evasion", "count": plain, "limit": "70.0000", "operator": ">="}],
            },
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "met"),
    [
        ((100, 76, 1, 12_500, 55, 100), (False, False, False)),
        ((100, 75, 1, 12_499, 56, 100), (True, True, True)),
        ((100, 70, 1, 10_000, 69, 100), (True, True, True)),
        ((0, 0, 0, 0, 0, 0), (False, False, False)),
        ((0, 0, 2, 0, 0, 0), (False, True, False)),
    ],
)
def test_the_internal_limit_is_eighty_per_cent_of_the_guides(given: tuple[int, ...], met: tuple[bool, ...]) -> None:
    found = apply_stricter_limits(portrait(*given), BOOK)
    assert tuple(one.met for one in found) == met
    assert [one.internal for one in found] == ["24.0000", "0.8000", "56.0000"]
    assert [one.guide for one in found] == ["30.0000", "1.0000", "70.0000"]
    assert {one.as_dict()["level"] for one in found} == {"internal"}


def test_the_guides_own_limit_stays_beside_it() -> None:
    found = apply_stricter_limits(portrait(100, 70, 1, 10_000, 70, 100), BOOK)
    assert [one.guide_met for one in found] == [False, False, True]
    assert all(one.met for one in found)


@pytest.mark.parametrize(
    ("since", "until", "year", "acts"),
    [
        (date(2027, 5, 20), None, 2026, False),
        (date(2027, 5, 20), None, 2027, True),
        (date(2027, 12, 31), None, 2027, True),
        (date(2027, 5, 20), date(2027, 12, 31), 2027, False),
        (date(2027, 5, 20), date(2028, 1, 1), 2027, True),
        (date(2027, 5, 20), None, 2030, True),
    ],
)
def test_a_flag_is_carried_to_the_season_of_its_year_and_on(
    since: date, until: date | None, year: int, *, acts: bool
) -> None:
    assert applies_to_year(since, until, year) is acts
