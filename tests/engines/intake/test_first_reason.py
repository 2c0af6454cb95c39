"""The question that lets sound rows by passes none that a rule condemns, and asks the rules about all others."""

from __future__ import annotations

from pathlib import Path

import pytest

from nianjian.engines.intake import validate
from nianjian.engines.intake.format import Fields, Layout
from nianjian.engines.intake.validate import first_reason, reject_reasons
from nianjian.engines.lake.workbench import Workbench

LATEST = "2026-03-02 00:00:00"

_CELLS = {
    "__f_call_id": ("null", "'a'", "'a+b'", "'1.38E+10'"),
    "__f_start": ("null::timestamp", "timestamp '2026-03-01'", "timestamp '1999-12-31'", "timestamp '2026-03-03'"),
    "__f_end": ("null::timestamp", "timestamp '2026-03-01 01:00'", "timestamp '2026-02-28'", "timestamp '2027-1-1'"),
    "__f_answer": ("null::timestamp", "timestamp '2026-03-01 00:00:30'", "timestamp '2026-03-01 00:02:00'"),
    "answer": ("null", "'soon'", "'0'"),
    "__f_direction": ("null::direction_word", "'out'::direction_word"),
    "__f_caller": ("null", "'010'", "'+8610'", "'1.38E+10'"),
    "__callee": ("(null, 'none', null)", "(null, 'damaged', '1')", "(null, 'masked', '1*')", "(95013, 'short', '95')"),
    "__shown_shape": ("'none'::number_shape", "'damaged'::number_shape", "'short'::number_shape"),
    "__f_kind_text": ("null", "'human'", "'parrot'"),
}  # fmt: skip

LAYOUT = Layout(columns=("id", "answer"))

PLAIN = Fields(
    call_id="id", direction="NULL", caller="NULL", display="NULL", callee="NULL", start="NULL", end="NULL",
    texts={"answer": "answer"}, agent_kind="kind",
)  # fmt: skip
LENIENT = Fields(
    call_id="id", direction="NULL", caller="NULL", display="NULL", callee="NULL", start="NULL", end="NULL",
    texts={"answer": "answer", "end": "answer"}, callee_optional=True, end_optional=True,
    checks=(("odd", "id", "nullif(answer, '0') = 'soon'"),),
)  # fmt: skip


@pytest.mark.parametrize("fields", [PLAIN, LENIENT], ids=["needed", "optional"])
def test_the_short_question_changes_no_verdict(tmp_path: Path, fields: Fields) -> None:
    everything = " cross join ".join(
        f"(select unnest([{', '.join(values)}]) as {name})"
        if name != "__callee"
        else f"(values {', '.join(values)}) as callees(__f_callee_value, callee_shape, __f_callee)"
        for name, values in _CELLS.items()
    )
    rules = enumerate(reject_reasons(LAYOUT, fields, LATEST), start=1)
    in_turn = f"case {' '.join(f'when {condition} then {number}' for number, (_, _, condition) in rules)} end"
    with Workbench(tmp_path) as bench:
        validate.prepare_bench(bench, fields)
        bench.run(
            "create table cells as select *, callee_shape::number_shape as __f_callee_shape, __f_call_id as id,"
            f" null::timestamp as __f_ring from {everything}"
        )
        asked = f"select {first_reason(LAYOUT, fields, LATEST)} as short, {in_turn} as long from cells"
        ((wrong, sound),) = bench.rows(
            f"select count(*) filter (short is distinct from long), count(*) filter (long is null) from ({asked})"
        )
        assert (wrong, sound > 0) == (0, True)
