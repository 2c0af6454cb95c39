"""Seats behind the vacancy rate, as they hold at the end of the day that was looked at."""

from __future__ import annotations

from datetime import date
from typing import Final

import ibis.expr.types as ir

from nianjian.engines.metrics.behind.ask import IDLE, Ask
from nianjian.engines.metrics.definitions.seat_vacancy import states

ORDER: Final = ("seat_id",)
ALSO: Final = ("filing", "filed_on", "cancelled_on", "opened_on", "closed_on")


def drill_down_seats(seats: ir.Table, ask: Ask, day: date) -> ir.Table:
    """The seats of a component on ``day``."""
    told = states(seats, [day], ALSO)
    if ask.component == IDLE:
        told = told.filter(told.filed == 1, told.opened == 0)
    else:
        told = told.filter(told[ask.component] == 1)
    if "kind" in ask.keys:
        kind = ask.keys["kind"]
        told = told.filter(told.kind.isnull() if kind is None else told.kind == kind)
    return told
