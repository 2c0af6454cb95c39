"""The same row twice, in a file, across files and months; conflicts; undo and replace."""

from __future__ import annotations

import json

import pytest
from tests.engines.intake.conftest import Desk, csv_bytes, good, row

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.ledger import batch_days, find_receipts, undo_batch
from nianjian.engines.kernel.errors import NianjianError


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    data = csv_bytes([*good(100), "x,y"])
    desk.take(data)
    version = desk.lake.version("calls")
    again = desk.take(data, "other-name.csv")
    assert again.rows.as_dict() == {"read": 101, "loaded": 0, "duplicate": 101, "rejected": 0}
    assert (again.known, again.version, desk.lake.version("calls")) == (True, None, version)


def test_duplicates_and_conflicts_inside_a_file(desk: Desk) -> None:
    rows = good(50)
    rows += [row(7), row(8, 结果="未接", 接通时间=""), row(7), row(8)]
    receipt = desk.take(csv_bytes(rows))
    assert receipt.rows.as_dict() == {"read": 54, "loaded": 50, "duplicate": 3, "rejected": 1}
    assert desk.bad() == [(53, "id_conflict")]
    assert desk.rows("line, answered, raw", "call_id = 'c000008' and part <> 'rejected'") == [(9, True, None)]
    (raw,) = desk.rows("raw", "part = 'rejected'")[0]
    assert raw.startswith('["c000008","呼出"')


def test_repeats_in_a_document_of_one_line(desk: Desk) -> None:
    """Every record stands on line 1: the line tells none of them from another."""
    header, *lines = csv_bytes([*good(3), *good(3), row(2, 结果="未接", 接通时间="")]).decode().splitlines()
    records = [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]
    receipt = desk.take(json.dumps(records, ensure_ascii=False).encode(), "calls.json")
    assert receipt.rows.as_dict() == {"read": 7, "loaded": 3, "duplicate": 3, "rejected": 1}
    assert desk.good() == 3
    assert desk.bad() == [(1, "id_conflict")]


def test_duplicates_and_conflicts_across_files_and_months(desk: Desk) -> None:
    desk.take(csv_bytes([row(n, 开始时间="2026-01-31 23:59:50") for n in range(1, 4)]))
    assert desk.good() == 0
    january = {"开始时间": "2026-01-31 23:59:50", "接通时间": "2026-01-31 23:59:55", "结束时间": "2026-02-01 00:01:00"}
    february = {"开始时间": "2026-02-01 00:00:10", "接通时间": "", "结束时间": "2026-02-01 00:01:00"}
    first = desk.take(csv_bytes([row(n, **january) for n in range(1, 11)]))
    assert first.rows.loaded == 10
    second = desk.take(csv_bytes([row(n, **january) for n in range(5, 11)] + [row(3, **february), row(99, **february)]))
    assert second.rows.as_dict() == {"read": 8, "loaded": 1, "duplicate": 6, "rejected": 1}
    assert second.reasons == {"id_conflict": 1}
    assert desk.rows("part, count(*)", "true group by part") == [("2026-01", 10), ("2026-02", 1), ("rejected", 4)]


def test_the_same_id_of_another_source_is_another_call(desk: Desk) -> None:
    desk.take(csv_bytes(good(10)))
    other = desk.take(csv_bytes([*good(10), row(11)]), mapping=FileMapping(source="other-switch"))
    assert other.rows.loaded == 11
    assert desk.rows("source, count(*)", "true group by source") == [("generic", 10), ("other-switch", 11)]


def test_undo_takes_everything_out_and_the_file_comes_back(desk: Desk) -> None:
    data = csv_bytes([*good(20), "x,y"])
    desk.take(data)
    old = desk.lake.version("calls")
    undo_batch(desk.lake, "B1")
    assert (desk.good(), desk.bad()) == (0, [])
    assert len(desk.lake.files("calls", old)) == 2
    again = desk.take(data, intent="I2")
    assert (again.rows.loaded, again.rows.rejected, again.generation) == (20, 1, 2)
    assert desk.take(data).known
    with pytest.raises(NianjianError, match="batch_already_undone"):
        undo_batch(desk.lake, "B1")
    with pytest.raises(NianjianError, match="batch_unknown"):
        undo_batch(desk.lake, "B77")
    assert batch_days(desk.lake, "B2") == ["2026-03-01"]
    assert [receipt.batch for receipt in find_receipts(desk.lake, "I2")] == ["B2"]
    assert find_receipts(desk.lake, "I3") == []


def test_after_an_undo_a_file_of_duplicates_brings_its_rows(desk: Desk) -> None:
    desk.take(csv_bytes(good(20)))
    half = csv_bytes(good(10))
    assert desk.take(half).rows.duplicate == 10
    undo_batch(desk.lake, "B1")
    assert desk.take(half).rows.loaded == 10


def test_replace_swaps_in_one_commit(desk: Desk) -> None:
    desk.take(csv_bytes(good(20)))
    version = desk.lake.version("calls")
    corrected = [row(n, 团队="T2") for n in range(1, 20)]
    receipt = desk.take(csv_bytes(corrected), replace="B1")
    assert receipt.rows.as_dict() == {"read": 19, "loaded": 19, "duplicate": 0, "rejected": 0}
    assert receipt.version == (version or 0) + 1
    assert desk.rows("team_id, batch, count(*)", "true group by all") == [("T2", "B2", 19)]
    same = desk.take(csv_bytes(corrected), replace="B2")
    assert (same.rows.loaded, same.generation) == (19, 2)


def test_other_settings_are_another_import(desk: Desk) -> None:
    rows = [row(n, 开始时间="x") for n in range(1, 4)]
    assert desk.take(csv_bytes(rows)).reasons == {"start_unreadable": 3}
    again = desk.take(csv_bytes(rows), timezone="UTC")
    assert not again.known
    assert (again.rows.duplicate, again.reasons) == (3, {})  # refused for the same reason: they stand already
