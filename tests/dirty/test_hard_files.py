"""A stray quote, a NUL byte, a 10 MB line, a truncated gz: not one good row is lost."""

from pathlib import Path
from typing import Any

import pytest
from tests.dirty import hard_files
from tests.dirty.hard_files import Hard
from tests.support import call_files
from tests.support.call_files import Desk, Rows


def _take(folder: Path, name: str, data: bytes) -> tuple[dict[str, Any], Rows]:
    path = folder / name
    path.write_bytes(data)
    desk = Desk(folder / "lake")
    (receipt,) = desk.take(path, timezone="Asia/Shanghai")
    return receipt, desk.rows()


@pytest.mark.parametrize("hard", hard_files.plain(), ids=lambda hard: hard.name)
def test_no_good_row_is_lost(tmp_path: Path, hard: Hard) -> None:
    receipt, rows = _take(tmp_path, f"{hard.name}.csv", hard.data)
    loaded = {row["call_id"]: row["line"] for row in call_files.good(rows)}
    rejected = {row["line"]: row["reason"] for row in call_files.bad(rows)}
    assert hard.loads - loaded.keys() == set()
    assert loaded.keys() - hard.loads <= hard.either
    assert receipt["rows"] == {
        "read": hard_files.ROWS, "loaded": len(loaded), "duplicate": 0, "rejected": len(rejected),
    }  # fmt: skip
    assert len(loaded) + len(rejected) == hard_files.ROWS
    wrong = {name: line for name, line in loaded.items() if line != hard.lines.get(name, int(name[1:]) + 1)}
    assert wrong == {}
    assert set(rejected) <= {*hard.rejects, *(int(name[1:]) + 1 for name in hard.either)}
    assert {line: rejected.get(line) for line, ok in hard.rejects.items() if rejected.get(line) not in ok} == {}


def test_a_quoted_cell_keeps_commas_and_line_ends(tmp_path: Path) -> None:
    hard = hard_files.quoted()
    _, rows = _take(tmp_path, "quoted.csv", hard.data)
    extras = {row["call_id"]: row["extra"] for row in rows}
    assert "第二行" in extras["D000010"]
    assert "逗号,引号" in extras["D000011"]


def test_a_truncated_gz_loads_its_whole_rows_and_the_complete_file_adds_the_rest(tmp_path: Path) -> None:
    broken, whole = hard_files.truncated_gz()
    (tmp_path / "a.csv.gz").write_bytes(broken)
    (tmp_path / "b.csv.gz").write_bytes(whole)
    desk = Desk(tmp_path / "lake")
    (first,) = desk.take(tmp_path / "a.csv.gz", timezone="Asia/Shanghai")
    assert first["truncated"] is True
    before = {row["call_id"] for row in call_files.good(desk.rows())}
    assert before == {f"D{n:06d}" for n in range(1, len(before) + 1)}
    assert len(before) > 2 * hard_files.ROWS
    assert first["rows"]["loaded"] == len(before)
    (second,) = desk.take(tmp_path / "b.csv.gz", timezone="Asia/Shanghai")
    assert not second["truncated"]
    assert second["rows"] == {
        "read": 5 * hard_files.ROWS, "loaded": 5 * hard_files.ROWS - len(before), "duplicate": len(before),
        "rejected": 0,
    }  # fmt: skip
    after = [row["call_id"] for row in call_files.good(desk.rows())]
    assert sorted(after) == [f"D{n:06d}" for n in range(1, 5 * hard_files.ROWS + 1)]


def test_a_damaged_workbook(tmp_path: Path) -> None:
    """Text 1.38E+10 is rejected; numbers stored as floats are never repaired in silence; dates are read."""
    receipt, rows = _take(tmp_path, "damaged.xlsx", hard_files.damaged_workbook())
    at = {row["line"]: row for row in rows}
    assert sorted(at) == [2, 3, 4, 5, 6]
    assert at[2]["callee"] == 13800000001
    assert at[3]["reason"] == "excel_damaged"
    assert at[4]["reason"] == "excel_damaged" or at[4]["callee"] == 13800000003
    assert at[5]["reason"] == "excel_damaged" or at[5]["callee_shape"] == "zero_lost"
    assert str(at[6]["start_ts"]) == "2026-03-02 09:00:05"
    rows_counted = receipt["rows"]
    assert rows_counted["read"] == 5 == rows_counted["loaded"] + rows_counted["rejected"]
