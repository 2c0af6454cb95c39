"""What a spreadsheet program would run never begins a cell, and comes back as it was."""

from __future__ import annotations

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from nianjian.engines.intake.sql import restore_cell
from nianjian.engines.kernel.formulas import harmless, restored

RUN = [
    "=1+1", "+8613800138000", "@SUM(A1)", "-2+3", "\t=1", "\r=1", "\n=1", "  =1", "\u3000=1", "\ufeff=1", '"=1', "'=1",
    "''=1", "＝1", "＋1", "－1+2", "＠A1", "−1", "\u200b=1", "=cmd|' /C calc'!A0", "\tplain", "-", "- 1", "-1,5", "--1",
]  # fmt: skip
SAFE = [
    "", "a=b", "13800138000", "-5", "-0.50", "0", "'", "'abc", "'0138", "呼出", "2026-03-01", "1+1", " a", "-", "--",
]  # fmt: skip
CELLS = st.text(st.sampled_from(list("=+-@＝＋－＠'\"“\t\r\n \u3000\ufeff\u200b019.aA呼")), max_size=8)


def test_what_would_run_stands_behind_an_apostrophe_and_the_rest_stays() -> None:
    active = set(RUN) - set(SAFE)
    assert {cell: harmless(cell) for cell in active} == {cell: f"'{cell}" for cell in active}
    assert [(harmless(cell), restored(cell)) for cell in SAFE] == [(cell, cell) for cell in SAFE]


@given(CELLS)
def test_it_comes_back_as_it_was_in_both_readers(cell: str) -> None:
    made = harmless(cell)
    assert restored(made) == cell
    assert made.lstrip(" \u3000\ufeff\u200b\t\r\n'\"“")[:1] not in {*"=+@＝＋－＠"} or made.startswith("'")
    rows = duckdb.execute(f"select {restore_cell('c')}, {restore_cell('d')} from (select ? as c, ? as d)", [made, cell])
    assert rows.fetchall() == [(cell, restored(cell))]
