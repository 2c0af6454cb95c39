"""Calls behind complaint rate and number consistency: one row a call, its class and team told as they were counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.kernel.numbers import NumberClass, Shape
from nianjian.engines.lake.engine import Once
from nianjian.engines.metrics.behind.ask import Ask
from nianjian.engines.metrics.frame import DAY, Window
from nianjian.engines.metrics.tables import facts_of_window, false_if_null, printed, with_display_class, with_team

Cut = Callable[[ir.Table], ir.Table]
"""Takes the rows of a page, in their order; all of them where they are counted."""

ALSO: Final = (
    "source", "call_id", "start_ts", "callee", "callee_shape", "result", "agent_id", "gateway", "batch", "file", "line",
)  # fmt: skip
ORDER: Final = ("start_ts", "source", "call_id")
_SHORT: Final = tuple(
    shape.value for shape in (Shape.SHORT, Shape.SHORT_LONG, Shape.SHORT_OR_LANDLINE, Shape.SHORT_OR_OTHER)
)
# Class -> the only shapes that it can come of; an unknown number has no shape that would say so.
SHAPES: Final[Mapping[str, tuple[str, ...]]] = {
    NumberClass.MOBILE.value: (Shape.MOBILE.value,),
    NumberClass.LANDLINE.value: (Shape.LANDLINE.value, Shape.SHORT_OR_LANDLINE.value),
    NumberClass.SHARED_400_800.value: (Shape.SERVICE_400_800.value,),
    NumberClass.OTHER.value: (Shape.OTHER.value, Shape.INTERNATIONAL.value, Shape.SHORT_OR_OTHER.value),
    NumberClass.OWN_SHORT.value: _SHORT,
    NumberClass.OTHER_SHORT.value: _SHORT,
}
# Classes that only the ledger tells; the others are told by the shape alone.
BY_LEDGER: Final = frozenset(
    name.value for name in NumberClass if name not in {NumberClass.MOBILE, NumberClass.SHARED_400_800}
)
MEASURES: Final = frozenset({"answered", "delivered", "answer_unknown"})


def drill_down_calls(
    calls: ir.Table,
    number_dim: ir.Table,
    line_dim: ir.Table,
    ask: Ask,
    *,
    window: Window,
    counted: str,
    cut: Cut,
    once: Once,
) -> ir.Table:
    """The calls that start in ``window``; ``counted``: the measure that a class is a part of (delivered, answered).

    ``cut`` takes the rows that are shown as early as it can be: class and team are looked up for all rows only where
    they decide which rows these are.
    """
    rows = facts_of_window(calls, window.first, window.end - DAY, ALSO)
    measure = ask.component if ask.component in MEASURES else counted
    rows = rows.filter(false_if_null(rows[measure]))
    for split in ("kind", "line", "display"):
        if split in ask.keys:
            rows = rows.filter(_keyed(rows, split, ask.keys[split]))
    if ask.component in SHAPES:
        rows = rows.filter(rows["shape"].isin(SHAPES[ask.component]))
    if ask.component in BY_LEDGER:
        rows = with_display_class(rows, number_dim)
        rows = rows.filter(rows.display_class == ask.component)
    if "team" in ask.keys:
        team = ask.keys["team"]
        rows = with_team(rows, line_dim)
        rows = rows.filter(rows.team.isnull() if team is None else rows.team == team)
    rows = once("shown", cut(rows), few=True)
    if "display_class" not in rows.columns:
        rows = with_display_class(rows, number_dim)
    return rows if "team" in rows.columns else with_team(rows, line_dim)


def _keyed(rows: ir.Table, split: str, key: str | None) -> ir.BooleanValue:
    if split == "display":
        shown = printed(rows.display, rows["shape"].fill_null(Shape.NONE.value))
        return shown.isnull() if key is None else shown == ibis.literal(key)
    column = rows.line_id if split == "line" else rows.kind
    return column.isnull() if key is None else column == key
