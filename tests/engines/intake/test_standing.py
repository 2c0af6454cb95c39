"""The quarantine does not double: a rejected row that stands there already counts as a duplicate."""

from __future__ import annotations

import gzip

import pytest
from tests.engines.intake.conftest import Desk, csv_bytes, good, row

from nianjian.engines.intake import ledger, rejects

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
    assert cut.truncated
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
    told = desk.take(csv_bytes([row(1, 结束时间="2026-03-01 09:00:00"), row(5)]), "b.csv")
    assert told.reasons == {"id_conflict": 1}
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
