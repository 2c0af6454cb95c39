"""Versions, replaced tables, the sweep and the lock."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import CommitProperties, write_deltalake

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
    result = engine.rows(engine.table("daily", lake.files("daily"), rows.schema).order_by("month"))
    assert result == [{"month": "2026-01", "n": 1}, {"month": "2026-02", "n": 2}]


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


HOLD = """
import fcntl, sys
handle = open(sys.argv[1], "ab")
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_the_lock_keeps_other_processes_out_and_may_be_nested(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path), "E1")
    lake.folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lake.folder / ".lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"held\n"
        assert lake.busy()
        threading.Timer(0.4, other.stdin.close).start()
        begin = time.monotonic()
        with lake.lock(), lake.lock():
            assert time.monotonic() - begin > 0.3
    assert not lake.busy()


def test_the_newest_version_is_found_whoever_made_it(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path), "E1")
    first = lake.replace("line_dim", lines("L1"), digest="a")
    write_deltalake(lake.path("line_dim"), lines("L1", "L2"), mode="overwrite",
                    commit_properties=CommitProperties(custom_metadata={"digest": "b"}))  # fmt: skip
    assert lake.version("line_dim") == first + 1
    assert lake.digest("line_dim") == "b"


def test_a_table_that_was_made_anew_is_not_taken_for_the_old_one(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path), "E1")
    lake.replace("line_dim", lines("L1"), digest="a")
    shutil.rmtree(lake.path("line_dim"))
    assert lake.version("line_dim") is None
    lake.replace("line_dim", lines("L7"), digest="z")
    assert lake.digest("line_dim") == "z"
