"""Versions, replaced tables, the sweep and the lock."""

from __future__ import annotations

import multiprocessing
import shutil
import time
from pathlib import Path

import pyarrow as pa
import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS, LINE_DIM
from nianjian.engines.lake.tables import Lake


def lines(*names: str) -> pa.Table:
    return pa.Table.from_pylist([{"line_id": name} for name in names], schema=LINE_DIM)


def test_an_empty_lake_has_no_tables(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"), "E1")
    assert (lake.snapshot(), lake.version("calls"), lake.files("calls")) == ({}, None, [])


def test_replace_commits_only_what_changed_and_keeps_old_versions(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "湖 1"), "企业")
    first = lake.replace("line_dim", lines("L1"), digest="a")
    assert lake.replace("line_dim", lines("L1"), digest="a") == first
    second = lake.replace("line_dim", lines("L1", "L2"), digest="b")
    assert second == first + 1
    assert lake.snapshot() == {"line_dim": second}
    engine = DuckDBEngine()
    now = engine.table("line_dim", lake.files("line_dim"), LINE_DIM)
    before = engine.table("line_dim", lake.files("line_dim", first), LINE_DIM)
    none = engine.table("calls", [], CALLS)
    assert sorted(str(row["line_id"]) for row in engine.rows(now)) == ["L1", "L2"]
    assert [row["line_id"] for row in engine.rows(before)] == ["L1"]
    assert (engine.rows(none), list(none.columns)) == ([], CALLS.names)
    engine.close()
    assert [entry.get("digest") for entry in lake.history("line_dim", first)] == ["b"]


def test_a_partition_key_is_a_column_again(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path), "E1")
    rows = pa.table({"month": ["2026-01", "2026-02"], "n": pa.array([1, 2], pa.int64())})
    lake.replace("daily", rows, digest="x", partition_by=["month"])
    engine = DuckDBEngine()
    found = engine.rows(engine.table("daily", lake.files("daily"), rows.schema).order_by("month"))
    assert found == [{"month": "2026-01", "n": 1}, {"month": "2026-02", "n": 2}]


def test_sweep_deletes_only_what_no_version_ever_named(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path), "E1")
    lake.replace("line_dim", lines("L1"), digest="a")
    old = lake.files("line_dim")
    lake.replace("line_dim", lines("L2"), digest="b")
    orphan = lake.path("line_dim") / "left-behind.parquet"
    orphan.write_bytes(b"x")
    assert lake.sweep("line_dim") == ["left-behind.parquet"]
    assert all(Path(file).exists() for file in [*old, *lake.files("line_dim")])


@pytest.mark.parametrize("url", ["s3://bucket/lake", "/data/50%"])
def test_only_plain_folders(url: str) -> None:
    with pytest.raises(NianjianError, match="lake_url_unsupported"):
        _ = Lake(url, "E1").folder


def _hold(url: str, seconds: float, started: object) -> None:
    with Lake(url, "E1").lock():
        started.set()  # type: ignore[attr-defined]
        time.sleep(seconds)


def test_the_lock_keeps_other_processes_out_and_may_be_nested(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), 0.7, started))
    other.start()
    assert started.wait(60)
    begin = time.monotonic()
    lake = Lake(str(tmp_path), "E1")
    with lake.lock(), lake.lock():
        waited = time.monotonic() - begin
    other.join()
    assert waited > 0.3


def _commit_elsewhere(url: str) -> None:
    Lake(url, "E1").replace("line_dim", lines("L1", "L2"), digest="b")


def test_the_newest_version_is_found_whoever_made_it(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path), "E1")
    first = lake.replace("line_dim", lines("L1"), digest="a")
    other = multiprocessing.get_context("spawn").Process(target=_commit_elsewhere, args=(str(tmp_path),))
    other.start()
    other.join()
    assert lake.version("line_dim") == first + 1
    assert lake.digest("line_dim") == "b"


def test_a_table_that_was_made_anew_is_not_taken_for_the_old_one(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path), "E1")
    lake.replace("line_dim", lines("L1"), digest="a")
    shutil.rmtree(lake.path("line_dim"))
    assert lake.version("line_dim") is None
    lake.replace("line_dim", lines("L7"), digest="z")
    assert lake.digest("line_dim") == "z"
