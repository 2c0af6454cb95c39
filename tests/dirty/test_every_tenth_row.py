"""Every tenth row is broken in one of many named kinds: all good rows in, all bad rows out, with reason and line."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.dirty.generate import Dirty, dirty, row
from tests.dirty.kinds import HEADER, KINDS
from tests.support import call_files
from tests.support.call_files import Desk, Rows

from nianjian.engines.intake import rejects

AT_LEAST = 40
ADDED = ["行号", "列", "原因代码", "原因"]
ESCAPED = re.compile(r"\\x[0-9a-f]{2}")  # a byte that is no text is kept as its number


@pytest.fixture(scope="module")
def made() -> Dirty:
    return dirty()


@pytest.fixture(scope="module")
def taken(made: Dirty, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Rows]:
    folder = tmp_path_factory.mktemp("dirty")
    path = folder / "dirty.csv"
    path.write_bytes(made.data)
    desk = Desk(folder / "lake")
    (receipt,) = desk.take(path, timezone="Asia/Shanghai")
    return receipt, desk.rows()


def test_there_are_enough_kinds() -> None:
    assert len({kind.name for kind in KINDS}) >= AT_LEAST


def test_nothing_disappears(made: Dirty, taken: tuple[dict[str, Any], Rows]) -> None:
    rows = taken[0]["rows"]
    assert rows["read"] == len(made.good) + len(made.bad) == rows["loaded"] + rows["duplicate"] + rows["rejected"]
    assert (rows["loaded"], rows["rejected"]) == (len(made.good), len(made.bad))
    assert sum(taken[0]["reasons"].values()) == len(made.bad)


def test_good_rows_are_in(made: Dirty, taken: tuple[dict[str, Any], Rows]) -> None:
    by_line = {row["line"]: row for row in call_files.good(taken[1])}
    assert by_line.keys() == made.good.keys()
    differ = [
        line
        for line, expected in made.good.items()
        if (by_line[line]["call_id"], by_line[line]["callee"], str(by_line[line]["start_ts"]))
        != (expected["话单ID"], int(expected["被叫号码"]), expected["开始时间"])
        or by_line[line]["answered"] != (expected["结果"] == "接通")
    ]
    assert differ == []


def test_bad_rows_are_out_with_a_true_reason(made: Dirty, taken: tuple[dict[str, Any], Rows]) -> None:
    by_line = {row["line"]: row["reason"] for row in call_files.bad(taken[1])}
    assert by_line.keys() == made.bad.keys()
    wrong = {
        kind.name: f"line {line}: {by_line[line]}, expected one of {sorted(kind.reasons)}"
        for line, kind in made.bad.items()
        if by_line[line] not in kind.reasons
    }
    assert wrong == {}


def test_a_bad_row_keeps_its_text(made: Dirty, taken: tuple[dict[str, Any], Rows]) -> None:
    lines = made.data.split(b"\n")
    lost = []
    for out in call_files.bad(taken[1]):
        raw = json.loads(out["raw"])
        text = ",".join(cell or "" for cell in raw) if isinstance(raw, list) else ESCAPED.sub("", raw)
        written = lines[out["line"] - 1].decode("utf-8", "replace").replace('"', "")
        if [ch for ch in text if ch.isdigit()] != [ch for ch in written if ch.isdigit()]:
            lost.append((out["line"], out["reason"], text, written))
    assert lost == []


def _corrected(path: Path) -> None:
    """Put right every cell of a rejects file; the added columns stay as they are."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        names = list(reader.fieldnames or [])
        lines = list(reader)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        surplus = dict.fromkeys((name for name in names if name not in HEADER and name not in ADDED), "")
        writer.writerows({**line, **surplus, **row(int(line["行号"]) - 1)} for line in lines)


def test_rejects_can_be_corrected_and_imported_again(made: Dirty, tmp_path: Path) -> None:
    """The file holds the original columns, then line, column, code and reason; corrected, all of it loads."""
    (tmp_path / "dirty.csv").write_bytes(made.data)
    desk = Desk(tmp_path / "lake")
    (receipt,) = desk.take(tmp_path / "dirty.csv", timezone="Asia/Shanghai")
    out = tmp_path / "rejects.csv"
    assert rejects.write_rejects(desk.lake, receipt["batch"], out) == {out: len(made.bad)}
    with out.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        assert list(reader.fieldnames or [])[: len(HEADER)] == HEADER
        assert [name for name in reader.fieldnames or [] if name in ADDED] == ADDED
        lines = list(reader)
    assert sorted(int(line["行号"]) for line in lines) == sorted(made.bad)
    assert {line["行号"] for line in lines if line["原因代码"] not in made.bad[int(line["行号"])].reasons} == set()
    _corrected(out)
    (again,) = desk.take(out, timezone="Asia/Shanghai")
    assert again["rows"] == {"read": len(made.bad), "loaded": len(made.bad), "duplicate": 0, "rejected": 0}
    ids = [one["call_id"] for one in call_files.good(desk.rows())]
    assert sorted(ids) == [f"D{number:06d}" for number in range(1, len(made.good) + len(made.bad) + 1)]
