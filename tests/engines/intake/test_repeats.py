"""The same row twice, in a file, across files and months; conflicts; undo and replace."""

import gzip
import json
from pathlib import Path

import pytest
from tests.engines.intake.conftest import Desk, csv_bytes, good, row

from nianjian.engines.intake import ledger, rejects
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.ledger import batch_days, find_receipts, undo_batch
from nianjian.engines.intake.load import open_workbench
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


# Files that share one engine are read as each would be alone: nothing of one is left for the next.

TAKEN = "call_id, callee, callee_raw"


def three(first: int) -> bytes:
    """An odd number that only the kernel reads, one that comes twice, and one line that is no row."""
    odd = row(first, 被叫号码="9(138)0013-8000")
    return csv_bytes([odd, row(first + 1), row(first + 1), row(1, 被叫号码="02188887777"), "x,y"])


def test_trunk_prefixes_repeats_and_bad_lines_are_each_files_own(tmp_path: Path) -> None:
    together, alone = Desk(tmp_path / "a"), Desk(tmp_path / "b")
    together.folder.mkdir()
    alone.folder.mkdir()
    mappings = (FileMapping(trunk_prefixes=("9",)), FileMapping(), FileMapping(trunk_prefixes=("9",)))
    with open_workbench(together.lake) as bench:
        for number, mapping in enumerate(mappings):
            name = f"{number}.csv"
            one = together.take(three(10 * number + 2), name, mapping, bench=bench)
            other = alone.take(three(10 * number + 2), name, mapping)
            assert (one.rows, one.reasons) == (other.rows, other.reasons)
    assert together.rows(TAKEN) == alone.rows(TAKEN)
    assert together.bad() == alone.bad()
    values = dict(row[:2] for row in together.rows("call_id, callee"))
    assert values["c000002"] == 13800138000
    assert values["c000012"] != 13800138000


# The quarantine does not double: a rejected row that stands there already counts as a duplicate.

BAD = [row(90, 开始时间="soon"), row(91, 被叫号码="x"), "only,three,cells", row(92, 方向="?")]
DAMAGED = "\x00".join(row(93))


def _counts(receipt: object) -> tuple[int, ...]:
    return tuple(receipt.rows.as_dict().values())  # type: ignore[attr-defined]


def test_a_file_whose_rows_came_by_another_is_read_again(desk: Desk) -> None:
    """A in, B in, B undone, A in again: nobody can tell whether B's undoing took rows of A, so A is read anew."""
    a = csv_bytes([*good(4), *BAD, DAMAGED])
    assert _counts(desk.take(a, "a.csv")) == (9, 4, 0, 5)
    desk.take(csv_bytes(good(3, first=50)), "b.csv")
    ledger.undo_batch(desk.lake, "B2")
    bad = desk.bad()
    again = desk.take(a, "a.csv")
    assert not again.known
    assert (_counts(again), again.reasons) == ((9, 0, 9, 0), {})
    assert desk.bad() == bad
    assert len(bad) == 5


def test_the_whole_pack_after_the_broken_one_adds_only_what_is_missing(desk: Desk) -> None:
    lines = [one for number in range(400) for one in (row(number), row(1000 + number, 开始时间=f"soon{number * 7919}"))]
    pack = gzip.compress(csv_bytes(lines))
    cut = desk.take(pack[: len(pack) * 2 // 3], "calls.csv.gz")
    assert (cut.truncated, "truncated" in cut.warnings) == (True, True)
    assert 0 < cut.rows.rejected < 400
    whole = desk.take(pack, "calls.csv.gz")
    assert whole.rows.duplicate == cut.rows.loaded + cut.rows.rejected
    assert (whole.rows.rejected, whole.reasons) == (
        400 - cut.rows.rejected, {"start_unreadable": 400 - cut.rows.rejected},
    )  # fmt: skip
    assert len(desk.bad()) == len(set(desk.bad())) == 400
    out = desk.folder / "rejects.csv"
    assert rejects.write_rejects(desk.lake, "B2", out) == {out: 400 - cut.rows.rejected}


def test_another_row_another_line_or_another_reason_is_no_duplicate(desk: Desk) -> None:
    desk.take(csv_bytes([row(1), row(2, 开始时间="soon")]), "a.csv")
    other_line = desk.take(csv_bytes([row(2, 开始时间="soon")]), "b.csv")
    other_row = desk.take(csv_bytes([row(3), row(2, 开始时间="late")]), "c.csv")
    other_reason = desk.take(csv_bytes([row(4), row(2, 方向="?")]), "d.csv")
    assert [one.rows.rejected for one in (other_line, other_row, other_reason)] == [1, 1, 1]


def test_a_conflict_that_was_told_is_not_told_twice(desk: Desk) -> None:
    desk.take(csv_bytes(good(2)), "a.csv")
    receipt = desk.take(csv_bytes([row(1, 结束时间="2026-03-01 09:00:00"), row(5)]), "b.csv")
    assert receipt.reasons == {"id_conflict": 1}
    desk.take(csv_bytes(good(1, first=70)), "c.csv")
    ledger.undo_batch(desk.lake, "B3")
    again = desk.take(csv_bytes([row(1, 结束时间="2026-03-01 09:00:00"), row(5)]), "b.csv")
    assert _counts(again) == (2, 0, 2, 0)
    assert len(desk.bad()) == 1


@pytest.mark.parametrize("act", ["undo", "replace"])
def test_what_was_taken_out_stands_no_more(desk: Desk, act: str) -> None:
    data = csv_bytes([*good(2), *BAD])
    desk.take(data, "a.csv")
    if act == "undo":
        ledger.undo_batch(desk.lake, "B1")
    again = desk.take(data, "a.csv", replace="B1" if act == "replace" else None)
    assert _counts(again) == (6, 2, 0, 4)
    assert len(desk.bad()) == 4


def test_a_lost_file_of_hashes_is_made_again(desk: Desk) -> None:
    desk.take(csv_bytes([*good(1), *BAD]), "a.csv")
    for path in (desk.lake.folder / ".keys").rglob("*.hashes"):
        path.unlink()
    assert desk.take(csv_bytes([*good(1), *BAD, row(7)]), "b.csv").rows.duplicate == 5
