"""Calls behind complaint rate and number consistency: one row a call, its class and team told as they were counted."""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.kernel.numbers import NumberClass, Shape
from nianjian.portrait.behind.ask import Ask
from nianjian.portrait.frame import DAY, Window
from nianjian.portrait.tables.classes import with_class, with_team
from nianjian.portrait.tables.daily import printed
from nianjian.portrait.tables.facts import facts_of_window, known

ALSO: Final = (
    "source", "call_id", "start_ts", "callee", "callee_shape", "result", "agent_id", "gateway", "batch", "file", "line",
)  # fmt: skip
ORDER: Final = ("start_ts", "source", "call_id")
CLASSES: Final = frozenset(name.value for name in NumberClass)
MEASURES: Final = frozenset({"answered", "delivered"})


def behind(
    calls: ir.Table, number_dim: ir.Table, line_dim: ir.Table, ask: Ask, *, window: Window, counted: str
) -> ir.Table:
    """The calls that start in ``window``; ``counted``: the measure that a class is a part of (delivered, answered)."""
    rows = facts_of_window(calls, window.first, window.end - DAY, ALSO)
    measure = ask.component if ask.component in MEASURES else counted
    rows = rows.filter(known(rows[measure]))
    for split in ("kind", "line", "display"):
        if split in ask.keys:
            rows = rows.filter(_keyed(rows, split, ask.keys[split]))
    told = with_team(with_class(rows, number_dim), line_dim)
    if ask.component in CLASSES:
        told = told.filter(told.display_class == ask.component)
    if "team" in ask.keys:
        team = ask.keys["team"]
        told = told.filter(told.team.isnull() if team is None else told.team == team)
    return told


def _keyed(rows: ir.Table, split: str, key: str | None) -> ir.BooleanValue:
    if split == "display":
        shown = printed(rows.display, rows["shape"].fill_null(Shape.NONE.value))
        return shown.isnull() if key is None else shown == ibis.literal(key)
    column = rows.line_id if split == "line" else rows.kind
    return column.isnull() if key is None else column == key
