"""Every tenth row is broken in one of many named kinds: all good rows in, all bad rows out, with reason and line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.dirty.generate import Dirty, dirty
from tests.dirty.kinds import KINDS
from tests.support import call_files
from tests.support.call_files import Desk, Rows

AT_LEAST = 40


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
    found = {row["line"]: row for row in call_files.good(taken[1])}
    assert found.keys() == made.good.keys()
    differ = [
        line
        for line, row in made.good.items()
        if (found[line]["call_id"], found[line]["callee"], str(found[line]["start_ts"]))
        != (row["话单ID"], int(row["被叫号码"]), row["开始时间"])
        or found[line]["answered"] != (row["结果"] == "接通")
    ]
    assert differ == []


def test_bad_rows_are_out_with_a_true_reason(made: Dirty, taken: tuple[dict[str, Any], Rows]) -> None:
    found = {row["line"]: row["reason"] for row in call_files.bad(taken[1])}
    assert found.keys() == made.bad.keys()
    wrong = {
        kind.name: f"line {line}: {found[line]}, expected one of {sorted(kind.reasons)}"
        for line, kind in made.bad.items()
        if found[line] not in kind.reasons
    }
    assert wrong == {}


def test_a_bad_row_keeps_its_text(made: Dirty, taken: tuple[dict[str, Any], Rows]) -> None:
    lines = made.data.split(b"\n")
    lost = []
    for row in call_files.bad(taken[1]):
        kept = json.loads(row["raw"])
        text = ",".join(cell or "" for cell in kept) if isinstance(kept, list) else kept
        written = lines[row["line"] - 1].decode("utf-8", "replace").replace('"', "")
        if [ch for ch in text if ch.isdigit()] != [ch for ch in written if ch.isdigit()]:
            lost.append((row["line"], row["reason"], text, written))
    assert lost == []
