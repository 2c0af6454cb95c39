"""A portrait under the stricter internal limits of a watched licence: integers at the edges of 80 %."""

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support import portrait_data as data

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.metric import WATCH_FACTOR
from nianjian.engines.metrics.run import run
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.portrait.watch_limits import applies_to_year, apply_stricter_limits

BOOK = Rulebook.on(date(2026, 12, 31))


def portrait(*counts: int) -> dict[str, Any]:
    filed, opened, complaints, answered, plain, calls = counts
    return {
        "metrics": [
            {
                "slug": "seat_vacancy", "unit": "%", "numerator": filed - opened, "denominator": filed,
                "limit": "30.0000", "operator": ">", "attachments": [], "flags": [],
                "components": {
                    "filed": filed, "opened": opened, "opened_and_filed": opened, "unfiled_open": 0,
                    "unknown_filing": 0, "unknown_filing_open": 0,
                },
            },
            {
                "slug": "complaint_rate", "unit": "‱", "numerator": complaints, "denominator": answered,
                "limit": "1.0000", "operator": ">", "attachments": [], "flags": [], "components": {},
            },
            {
                "slug": "number_consistency", "unit": "%", "numerator": calls - plain, "denominator": calls,
                "limit": None, "operator": None, "attachments": [],
                "components": dict.fromkeys(NumberClass, 0) | {"own_short": calls - plain, "mobile": plain},
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
    limits = apply_stricter_limits(portrait(*given), BOOK)
    assert tuple(one.internal_met for one in limits) == met
    assert tuple(one.internal_unproven for one in limits) == tuple(
        not one.internal_met and not one.denominator for one in limits
    )
    assert [one.internal_limit for one in limits] == ["24.0000", "0.8000", "56.0000"]
    assert [one.limit for one in limits] == ["30.0000", "1.0000", "70.0000"]
    assert {one.level for one in limits} == {"internal"}


@pytest.mark.parametrize("seed", [1, 3])
def test_the_light_is_the_one_that_the_portrait_gives(tmp_path: Path, seed: int) -> None:
    """Random rows, many of them unknown: the portrait of a watched licence, and the same judged afterwards."""
    lake = Lake(str(tmp_path), "E1")
    data.write(lake, data.everything(seed, calls_count=60, seats_count=8 * seed))
    factor = BOOK.decimal(WATCH_FACTOR)
    with closing(DuckDBEngine()) as engine:
        document = run(lake=lake, engine=engine, rulebook=BOOK, enterprise="E1", year=2026, watch=factor).as_dict()
    metrics: Any = document["metrics"]
    lights = [one["internal"]["light"] for one in metrics if "internal" in one]
    limits = apply_stricter_limits(document, BOOK)
    assert [one.internal_light for one in limits] == lights


def test_what_is_unknown_is_neither_hit_nor_not_reached() -> None:
    """Two open seats of unknown filing, calls that may be answered, displays that may be mobile numbers."""
    document = portrait(100, 75, 1, 12_499, 55, 100)
    seats, complaints, numbers = document["metrics"]
    seats["components"] |= {"unknown_filing": 2, "unknown_filing_open": 2}
    complaints["flags"] = [{"code": "answer_unknown", "count": 1}]
    numbers["components"] |= {"own_short": 44, "unknown": 1}
    limits = apply_stricter_limits(document, BOOK)
    assert [(one.internal_met, one.internal_unproven, one.internal_light) for one in limits] == [
        (False, True, "insufficient")
    ] * 3
    limits = apply_stricter_limits(portrait(100, 70, 1, 10_000, 70, 100), BOOK)
    assert [one.limit_met for one in limits] == [False, False, True]
    assert all(one.internal_met for one in limits)


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
