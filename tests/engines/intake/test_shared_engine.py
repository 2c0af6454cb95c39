"""Files that share one engine are read as each would be alone: nothing of one is left for the next."""

from __future__ import annotations

from pathlib import Path

from tests.engines.intake.conftest import Desk, csv_bytes, row

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.load import open_workbench

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
