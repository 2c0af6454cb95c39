"""Folders, zip, gz: every file in them is read, and the same file is never loaded twice, whatever it comes in."""

import gzip
import zipfile
from pathlib import Path

from tests.dirty.generate import clean
from tests.support import call_files
from tests.support.call_files import Desk

ROWS = 200
ZONE = "Asia/Shanghai"


def _file(number: int) -> bytes:
    return b"\n".join(clean(ROWS, first=number * ROWS + 1)) + b"\n"


def _all(desk: Desk, files: int) -> None:
    ids = [row["call_id"] for row in call_files.good(desk.rows())]
    assert sorted(ids) == [f"D{n:06d}" for n in range(1, files * ROWS + 1)]


def test_a_folder_is_read_with_what_lies_below(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    (inside / "三月" / "上旬").mkdir(parents=True)
    (inside / "a.csv").write_bytes(_file(0))
    (inside / "三月" / "b.csv").write_bytes(_file(1).decode().encode("gb18030"))
    (inside / "三月" / "上旬" / "c.csv.gz").write_bytes(gzip.compress(_file(2)))
    desk = Desk(tmp_path / "lake")
    receipts = desk.take(inside, timezone=ZONE)
    assert [one["rows"]["loaded"] for one in receipts] == [ROWS] * 3
    _all(desk, 3)


def test_a_zip_with_several_members(tmp_path: Path) -> None:
    path = tmp_path / "calls.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("一月.csv", _file(0))
        out.writestr("下/二月.csv", _file(1).decode().encode("gb18030"))
    desk = Desk(tmp_path / "lake")
    receipts = desk.take(path, timezone=ZONE)
    assert sum(one["rows"]["loaded"] for one in receipts) == 2 * ROWS
    _all(desk, 2)


def test_the_same_rows_in_another_container_or_encoding_are_duplicates(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(_file(0))
    (tmp_path / "b.csv").write_bytes(_file(0).decode().encode("gb18030"))
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(_file(0)))
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as out:
        out.writestr("a.csv", _file(0))
    desk = Desk(tmp_path / "lake")
    for name in ("a.csv", "b.csv", "c.csv.gz", "d.zip", "a.csv"):
        (receipt,) = desk.take(tmp_path / name, timezone=ZONE)
        fresh = ROWS if name == "a.csv" and desk.batches == 1 else 0
        assert receipt["rows"] == {"read": ROWS, "loaded": fresh, "duplicate": ROWS - fresh, "rejected": 0}, name
    _all(desk, 1)


def test_the_first_of_two_overlapping_exports_stays(tmp_path: Path) -> None:
    """Month cuts: the second file repeats the last rows of the first and changes one of them."""
    first = clean(ROWS)
    second = clean(ROWS, first=ROWS // 2 + 1)
    second[1] = second[1].replace("营销".encode(), "回访".encode())
    (tmp_path / "a.csv").write_bytes(b"\n".join(first) + b"\n")
    (tmp_path / "b.csv").write_bytes(b"\n".join(second) + b"\n")
    desk = Desk(tmp_path / "lake")
    desk.take(tmp_path / "a.csv", timezone=ZONE)
    (receipt,) = desk.take(tmp_path / "b.csv", timezone=ZONE)
    assert receipt["rows"] == {"read": ROWS, "loaded": ROWS // 2, "duplicate": ROWS // 2 - 1, "rejected": 1}
    assert receipt["reasons"] == {"id_conflict": 1}
    (conflict,) = call_files.bad(desk.rows())
    assert conflict["line"] == 2
    kept = next(row for row in call_files.good(desk.rows()) if row["call_id"] == f"D{ROWS // 2 + 1:06d}")
    assert kept["purpose"] == "营销"
