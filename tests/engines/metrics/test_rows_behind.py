"""The rows behind every figure add up to it: components, reasons, splits and months, on random small lakes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.support import portrait_data as data

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake import rollups
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.drill_down import SPLITS, RowQuery, components, counting, drill_down, expected_count, page
from nianjian.engines.metrics.run import run
from nianjian.engines.metrics.tables import tickets_rollup
from nianjian.engines.rules.rulebook import Rulebook

BOOK = Rulebook.on(date(2026, 12, 31))
NARROWED = 12


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


def open_lake(folder: Path, seed: int, as_of: date) -> tuple[Lake, DuckDBEngine, dict[str, Any]]:
    lake = Lake(str(folder), "E1")
    data.write(lake, data.everything(seed, calls_count=40, complaints_count=15))
    engine = DuckDBEngine()
    portrait = run(lake=lake, engine=engine, rulebook=BOOK, enterprise="E1", year=2026, as_of=as_of).as_dict()
    return lake, engine, portrait


def pinned(lake: Lake, engine: Engine, portrait: dict[str, Any]) -> dict[str, Any]:
    versions = revive.snapshot(portrait)
    return {name: engine.table(name, lake.files(name, versions[name]), schema) for name, schema in SCHEMAS.items()}


@pytest.mark.parametrize(("seed", "as_of"), [(5, date(2026, 12, 31)), (11, date(2026, 10, 16))])
def test_rows_add_up(tmp_path: Path, seed: int, as_of: date) -> None:
    """Every component, and some of its narrowings: drawn by the seed, for each one is a question to the engine."""
    lake, engine, portrait = open_lake(tmp_path, seed, as_of)
    try:
        dated = pinned(lake, engine, portrait)
        kept = rollups.find_rollup(lake, engine, tickets_rollup(counting(portrait)), revive.snapshot(portrait))
        assert kept is not None
        told = engine.hold("told", engine.arrow(kept))
        every = [(metric, ask) for metric, ask in asked(portrait) if expected_count(metric, ask) is not None]
        whole = [pair for pair in every if not pair[1].keys and pair[1].month is None]
        narrow = Random(seed).sample([pair for pair in every if pair not in whole and expected_count(*pair)], NARROWED)
        counts = {}
        for metric, ask in [*whole, *narrow]:
            found = drill_down(portrait, ask, dated, lambda: told)
            rows = engine.rows(found.rows.aggregate(rows=found.rows.count()))[0]["rows"]
            counts[str(ask)] = (rows, expected_count(metric, ask))
        assert {name: pair for name, pair in counts.items() if pair[0] != pair[1]} == {}
        assert len(whole) > 25
    finally:
        engine.close()


def test_pages_are_the_whole_in_its_order(tmp_path: Path) -> None:
    """Cut early or late: class by shape, class by ledger, the team's rows, a measure."""
    lake, engine, portrait = open_lake(tmp_path, 5, date(2026, 12, 31))
    try:
        dated = pinned(lake, engine, portrait)
        metric = next(one for one in portrait["metrics"] if one["slug"] == "number_consistency")
        checked = 0
        team = max(metric["splits"]["team"], key=lambda row: row["denominator"])["key"]
        for ask in (
            RowQuery("number_consistency", "mobile"),
            RowQuery("number_consistency", "own_short"),
            RowQuery("number_consistency", "delivered", {"team": team}),
            RowQuery("complaint_rate", "answered"),
        ):
            every = drill_down(portrait, ask, dated, lambda: dated["calls"])
            order = [every.rows[name] for name in every.order]
            whole = engine.rows(every.rows.order_by(order).select(*every.order, "team", "display_class"))
            pages: list[dict[str, object]] = []
            for first in range(0, len(whole) + 3, 3):
                cut = page(every.kind, first, 3)
                part = drill_down(portrait, ask, dated, lambda: dated["calls"], cut=cut, once=engine.once)
                placed = part.rows.order_by([part.rows[name] for name in part.order])
                pages += engine.rows(placed.select(*every.order, "team", "display_class"))
            assert pages == whole
            checked += len(whole)
        assert checked > 5
    finally:
        engine.close()


def test_what_a_portrait_does_not_have_is_refused(tmp_path: Path) -> None:
    lake, engine, portrait = open_lake(tmp_path, 7, date(2026, 12, 31))
    try:
        dated = pinned(lake, engine, portrait)
        for ask in (
            RowQuery("nothing", "filed"),
            RowQuery("seat_vacancy", "allowance"),
            RowQuery("seat_vacancy", "filed", {"team": "T1"}),
            RowQuery("complaint_rate", "headroom"),
            RowQuery("complaint_rate", "answered", {}, "2025-12"),
        ):
            with pytest.raises(NianjianError) as raised:
                drill_down(portrait, ask, dated, lambda: dated["calls"])
            assert raised.value.code == "portrait_rows_unknown"
        assert (
            expected_count(portrait["metrics"][0], RowQuery("seat_vacancy", "filed", {"kind": "human"}, "2026-01"))
            is None
        )
    finally:
        engine.close()
