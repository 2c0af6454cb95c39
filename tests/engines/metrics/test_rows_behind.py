"""The rows behind every figure add up to it: components, reasons, splits and months, on random small lakes."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from ibis.expr.types import Table
from tests.support import portrait_data as data
from tests.support.sample_portrait import YEAR, fill

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake import rollups
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.drill_down import (
    CALLS,
    ORDER,
    SPLITS,
    RowQuery,
    components,
    counting,
    drill_down,
    expected_count,
    in_order,
)
from nianjian.engines.metrics.result import Result
from nianjian.engines.metrics.run import run
from nianjian.engines.metrics.simulate import Moves, simulate
from nianjian.engines.metrics.tables import tickets_rollup
from nianjian.engines.rules.rulebook import Rulebook

BOOK = Rulebook.on(date(2026, 12, 31))
NARROWED = 6


def asked(portrait: dict[str, Any]) -> Iterator[tuple[dict[str, Any], RowQuery]]:
    """Every question that the pages can put: a component, then narrowed by each key and each month."""
    for metric in portrait["metrics"]:
        slug = metric["slug"]
        for component in components(metric):
            yield metric, RowQuery(slug, component)
            for split in SPLITS[slug]:
                for row in metric["splits"].get(split, ()):
                    yield metric, RowQuery(slug, component, {split: row["key"]})
            for row in metric["months"]:
                yield metric, RowQuery(slug, component, {}, row["month"])


@dataclass
class World:
    """A portrait with the tables it was counted from."""

    engine: DuckDBEngine
    portrait: dict[str, Any]
    dated: dict[str, Table]
    tickets: Table

    def rows(self, ask: RowQuery, **more: Any) -> Table:
        return drill_down(self.portrait, ask, self.dated, lambda: self.tickets, **more)


@pytest.fixture(
    scope="module",
    params=[(5, date(2026, 12, 31)), pytest.param((11, date(2026, 10, 16)), marks=pytest.mark.long)],
    ids=["whole", "part"],
)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    seed, as_of = request.param
    lake = Lake(str(tmp_path_factory.mktemp("lake")), "E1")
    data.write(lake, data.everything(seed, calls_count=40, complaints_count=15))
    with closing(DuckDBEngine()) as engine:
        portrait = run(lake=lake, engine=engine, rulebook=BOOK, enterprise="E1", year=2026, as_of=as_of).as_dict()
        versions = revive.snapshot(portrait)
        dated = {
            name: engine.hold(f"held_{name}", engine.arrow(engine.table(name, lake.files(name, versions[name]), one)))
            for name, one in SCHEMAS.items()
        }
        rollup = rollups.find_rollup(lake, engine, tickets_rollup(counting(portrait)), versions)
        yield World(engine, portrait, dated, engine.hold("told", engine.arrow(rollup)))


def test_rows_add_up(world: World) -> None:
    """Every component, and some of its narrowings: drawn, for each one is a question to the engine."""
    every = [(metric, ask) for metric, ask in asked(world.portrait) if expected_count(metric, ask) is not None]
    whole = [pair for pair in every if not pair[1].keys and pair[1].month is None]
    narrow = Random(5).sample([pair for pair in every if pair not in whole and expected_count(*pair)], NARROWED)
    counts = {}
    for metric, ask in [*whole, *narrow]:
        query = world.rows(ask)
        rows = world.engine.rows(query.aggregate(rows=query.count()))[0]["rows"]
        counts[str(ask)] = (rows, expected_count(metric, ask))
    assert {name: pair for name, pair in counts.items() if pair[0] != pair[1]} == {}
    assert len(whole) > 25


def test_pages_are_the_whole_in_its_order(world: World) -> None:
    """Cut early or late: class by shape, class by ledger, the team's rows, a measure."""
    metric = next(one for one in world.portrait["metrics"] if one["slug"] == "number_consistency")
    team = max(metric["splits"]["team"], key=lambda row: row["denominator"])["key"]
    columns, checked = (*ORDER[CALLS], "team", "display_class"), 0
    for ask in (
        RowQuery("number_consistency", "mobile"),
        RowQuery("number_consistency", "own_short"),
        RowQuery("number_consistency", "delivered", {"team": team}),
        RowQuery("complaint_rate", "answered"),
    ):
        whole = world.engine.rows(in_order(CALLS, world.rows(ask)).select(*columns))
        pages: list[dict[str, object]] = []
        size = len(whole) // 2 + 1
        for first in (0, size):
            part = world.rows(
                ask,
                cut=lambda rows, first=first, size=size: in_order(CALLS, rows).limit(size, offset=first),
                once=world.engine.once,
            )
            pages += world.engine.rows(in_order(CALLS, part).select(*columns))
        assert pages == whole
        checked += len(whole)
    assert checked > 2


@pytest.mark.parametrize(
    "ask",
    [
        RowQuery("nothing", "filed"),
        RowQuery("seat_vacancy", "allowance"),
        RowQuery("seat_vacancy", "filed", {"team": "T1"}),
        RowQuery("complaint_rate", "headroom"),
        RowQuery("complaint_rate", "answered", {}, "2025-12"),
    ],
)
def test_what_a_portrait_does_not_have_is_refused(world: World, ask: RowQuery) -> None:
    with pytest.raises(NianjianError) as raised:
        world.rows(ask)
    assert raised.value.code == "portrait_rows_unknown"


def test_two_keys_at_once_are_counted_nowhere(world: World) -> None:
    ask = RowQuery("seat_vacancy", "filed", {"kind": "human"}, "2026-01")
    assert expected_count(world.portrait["metrics"][0], ask) is None


# A kept portrait taken up again gives the same portrait, and the same answers to what if.

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
    document: dict[str, Any] = json.loads(result.as_json())
    return document


def test_a_declared_portrait_is_the_same(tmp_path: Path) -> None:
    """Of an empty lake: nothing is counted, and a person declared one metric."""
    engine = DuckDBEngine()
    try:
        declared = {"seat_vacancy": {"who": "user:anna", "on": "2027-01-20", "reason": "未租用坐席"}}
        book = Rulebook.on(date(YEAR, 12, 31), "北京", "demo", [])
        lake = Lake(str(tmp_path), "demo")
        outcome = run(lake=lake, engine=engine, rulebook=book, enterprise="demo", year=YEAR, declared=declared)
    finally:
        engine.close()
    assert [metric.slug for metric in outcome.metrics if metric.declared] == ["seat_vacancy"]
    assert revive.result(json.loads(outcome.as_json())).as_json() == outcome.as_json()


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
