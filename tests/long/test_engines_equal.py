"""The whole metric set on DuckDB, a real Spark cluster, Spark Connect and ClickHouse's engine: equal to the byte.

240,000 rows with NULLs, calls of several legs, late rows, limits in time, and two snapshots of one lake.
"""

import difflib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.support import many_calls, spark_cluster

from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.engines import open_engine
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.run import run
from nianjian.engines.rules.rulebook import Rulebook

# Spark's and Ibis's own sockets and deprecations are not ours to judge.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

BOOK = Rulebook.on(date(2026, 12, 31))


class Moment(NamedTuple):
    """A lake as it stood."""

    lake: Lake
    snapshot: Mapping[str, int]


Lakes = tuple[Moment, Moment]


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> Lakes:
    """One lake at two snapshots: before and after late rows and a new ledger."""
    lake = Lake(str(tmp_path_factory.mktemp("lake")), "E1")
    many_calls.add_calls(lake, "b1", first=0, count=200_000)
    many_calls.add_registers(lake, seed=7)
    before = lake.snapshot()
    many_calls.add_calls(lake, "b2", first=200_000, count=40_000, shift=20_000_000)
    many_calls.add_registers(lake, seed=8)
    return Moment(lake, before), Moment(lake, lake.snapshot())


def differences(expected: str, actual: str) -> list[str]:
    return list(difflib.unified_diff(expected.splitlines(), actual.splitlines(), "duckdb", "other", n=2, lineterm=""))[
        :80
    ]


def portrait(at: Moment, engine: Engine, *, raw: bool = True) -> str:
    params = {"lake": at.lake, "engine": engine, "rulebook": BOOK, "enterprise": "E1", "year": 2026}
    return run(
        **params, as_of=date(2026, 10, 16), today=date(2027, 1, 20), raw=raw, snapshot=at.snapshot if raw else None
    ).as_json()


@pytest.fixture(scope="module")
def expected(lakes: Lakes) -> list[str]:
    engine = open_engine("duckdb")
    try:
        portraits = [portrait(lake, engine) for lake in lakes]
        assert portraits[0] != portraits[1]
        assert portrait(lakes[1], engine, raw=False) == portraits[1]  # a rollup tells of the newest versions
    finally:
        engine.close()
    return portraits


def test_clickhouse_dialect(lakes: Lakes, expected: list[str], tmp_path: Path) -> None:
    from tests.support.clickhouse_engine import ClickHouseEngine  # noqa: PLC0415 - a library of half a gigabyte

    engine = ClickHouseEngine(tmp_path / "store")
    try:
        for lake, reference in zip(lakes, expected, strict=True):
            assert differences(reference, portrait(lake, engine)) == []
    finally:
        engine.close()


def test_spark_standalone_and_connect(
    java: str, lakes: Lakes, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver in this process for the first moment and the rollups, then a Connect server for the rows of the second.

    Both ask for all cores of the worker.
    """
    del java
    for name, value in spark_cluster.BRIEF.items():
        monkeypatch.setenv(name, value)
    with spark_cluster.cluster(tmp_path) as master:
        engine = open_engine(master)
        try:
            assert differences(expected[0], portrait(lakes[0], engine)) == []
            assert differences(expected[1], portrait(lakes[1], engine, raw=False)) == []
        finally:
            engine.close()
        with spark_cluster.connect_server(tmp_path, master) as url:
            engine = open_engine(url)
            try:
                assert differences(expected[1], portrait(lakes[1], engine)) == []
            finally:
                engine.close()
