"""A kept portrait taken up again gives the same portrait, and the same answers to what if."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support.sample_portrait import YEAR, fill

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.result import Result
from nianjian.engines.metrics.run import run
from nianjian.engines.metrics.simulate import Moves, simulate
from nianjian.engines.rules.rulebook import Rulebook

MOVES: tuple[dict[str, Any], ...] = (
    {},
    {"open_seats": 10},
    {"cut_seats": 15, "close_seats": 3},
    {"close_tickets": 2},
    {"move_line": "L1"},
    {"open_seats": 4, "close_tickets": 1, "move_line": "L0"},
)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    lake = Lake(str(Path(tmp_path_factory.mktemp("revive"))), "demo")
    fill(lake)
    engine = DuckDBEngine()
    try:
        # A limit with more decimals than are shown must not lose them on the way.
        odd = {
            "key": "portrait.seat_vacancy.limit",
            "value": "0.3333333",
            "valid_from": date(2026, 1, 1),
            "reason": "x",
        }
        book = Rulebook.on(date(YEAR, 12, 31), "北京", "demo", [odd])
        return run(lake=lake, engine=engine, rulebook=book, enterprise="demo", year=YEAR, today=date(2026, 11, 25))
    finally:
        engine.close()


@pytest.fixture(scope="module")
def kept(result: Result) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(result.as_json())
    return told


def test_a_declared_portrait_is_the_same(tmp_path: Path) -> None:
    """Of an empty lake: nothing is counted, and a person declared one metric."""
    engine = DuckDBEngine()
    try:
        declared = {"seat_vacancy": {"who": "user:anna", "on": "2027-01-20", "reason": "未租用坐席"}}
        book = Rulebook.on(date(YEAR, 12, 31), "北京", "demo", [])
        lake = Lake(str(tmp_path), "demo")
        made = run(lake=lake, engine=engine, rulebook=book, enterprise="demo", year=YEAR, declared=declared)
    finally:
        engine.close()
    assert [metric.slug for metric in made.metrics if metric.declared] == ["seat_vacancy"]
    assert revive.result(json.loads(made.as_json())).as_json() == made.as_json()


def test_it_is_the_same_portrait(result: Result, kept: dict[str, Any]) -> None:
    assert revive.result(kept).as_json() == result.as_json()


@pytest.mark.parametrize("moves", MOVES)
def test_a_step_brings_the_same(result: Result, kept: dict[str, Any], moves: dict[str, Any]) -> None:
    assert simulate(revive.result(kept), Moves(**moves)).as_json() == simulate(result, Moves(**moves)).as_json()


def test_limits_are_exact(kept: dict[str, Any]) -> None:
    vacancy = revive.result(kept).metric("seat_vacancy")
    assert (str(vacancy.limit.value), str(vacancy.own.limit.value)) == ("0.30", "0.3333333")
    assert kept["metrics"][0]["own"]["limit"] == "33.3333"


def test_a_portrait_of_an_older_program_is_refused(kept: dict[str, Any]) -> None:
    with pytest.raises(NianjianError) as raised:
        revive.metrics({**kept, "rules": []})
    assert raised.value.code == "portrait_without_rules"
