"""The whole metric set on DuckDB, a real Spark cluster, Spark Connect and ClickHouse's engine: equal to the byte.

1.2 million rows with NULLs, calls of several legs, late rows, limits in time, and two snapshots of one lake.
"""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path

import pytest
from tests.support import many_calls, spark_cluster

from nianjian.lake.engine import Engine
from nianjian.lake.engines import open_engine
from nianjian.lake.tables import Lake
from nianjian.portrait.run import run
from nianjian.rules.rulebook import Rulebook

# Spark's and Ibis's own sockets and deprecations are not ours to judge.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

BOOK = Rulebook.on(date(2026, 12, 31))


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Lake]:
    """The same enterprise at two snapshots: before and after late rows and a new ledger."""
    root = tmp_path_factory.mktemp("lakes")
    found = []
    for name in ("before", "after"):
        lake = Lake(str(root / name), "E1")
        many_calls.add_calls(lake, "b1", first=0, count=1_000_000)
        many_calls.add_registers(lake, seed=7)
        found.append(lake)
    many_calls.add_calls(found[1], "b2", first=1_000_000, count=200_000, shift=20_000_000)
    many_calls.add_registers(found[1], seed=8)
    return found[0], found[1]


def differences(expected: str, found: str) -> list[str]:
    return list(difflib.unified_diff(expected.splitlines(), found.splitlines(), "duckdb", "other", n=2, lineterm=""))[
        :80
    ]


def compare(lakes: tuple[Lake, Lake], engine: Engine, expected: list[str]) -> None:
    for lake, told in zip(lakes, expected, strict=True):
        assert differences(told, portrait(lake, engine)) == []


def portrait(lake: Lake, engine: Engine, *, raw: bool = True) -> str:
    asked = {"lake": lake, "engine": engine, "rulebook": BOOK, "enterprise": "E1", "year": 2026}
    return run(**asked, as_of=date(2026, 10, 16), today=date(2027, 1, 20), raw=raw).as_json()


@pytest.fixture(scope="module")
def expected(lakes: tuple[Lake, Lake]) -> list[str]:
    engine = open_engine("duckdb")
    try:
        found = [portrait(lake, engine) for lake in lakes]
        assert found[0] != found[1]
        assert [portrait(lake, engine, raw=False) for lake in lakes] == found
    finally:
        engine.close()
    return found


def test_clickhouse_dialect(lakes: tuple[Lake, Lake], expected: list[str], tmp_path: Path) -> None:
    from nianjian.lake.clickhouse_engine import ClickHouseEngine  # noqa: PLC0415 - a library of half a gigabyte

    engine = ClickHouseEngine(tmp_path / "store")
    try:
        compare(lakes, engine, expected)
    finally:
        engine.close()


def test_spark_standalone_and_connect(java: str, lakes: tuple[Lake, Lake], expected: list[str], tmp_path: Path) -> None:
    """A driver in this process first, then a Connect server: both ask for all cores of the worker."""
    del java
    with spark_cluster.cluster(tmp_path) as master:
        engine = open_engine(master)
        try:
            compare(lakes, engine, expected)
            assert differences(expected[0], portrait(lakes[0], engine, raw=False)) == []
        finally:
            engine.close()
        with spark_cluster.connect_server(tmp_path, master) as url:
            engine = open_engine(url)
            try:
                compare(lakes, engine, expected)
            finally:
                engine.close()
