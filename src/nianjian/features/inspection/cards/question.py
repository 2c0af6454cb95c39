"""What answers ask of the records: gateways of own numbers, lines in use, intents of robots. One pass each."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

import ibis
import ibis.expr.types as ir

REJECTED: Final = "rejected"
DAY: Final = timedelta(days=1)
INTENT: Final = ("意图", "intent")
"""What the heading of a column about a robot's understanding holds."""
_NAMED: Final = '(?i)"[^"]*(' + "|".join(INTENT) + r')[^"]*" *: *"[^"]+"'


def delivered(calls: ir.Table, first: date, last: date) -> ir.Table:
    """Outbound customer legs that left the platform on these days, tests left out."""
    begin, end = (ibis.literal(datetime.combine(day, time())) for day in (first, last + DAY))
    return calls.filter(
        calls.part != REJECTED, calls.start_ts >= begin, calls.start_ts < end, calls.direction == "out",
        calls.leg == "customer", calls.delivered, ~calls.test.fill_null(False),  # noqa: FBT003 -- a value
    )  # fmt: skip


def gateways(rows: ir.Table) -> ir.Table:
    """Calls by displayed short number and gateway."""
    short = rows.filter(rows.display.notnull(), rows.display_shape.isin(["short", "short_long"]))
    return short.group_by(number=short.display.cast("string"), gateway=short.gateway).aggregate(calls=short.count())


def lines(rows: ir.Table) -> ir.Table:
    """The lines that the calls name."""
    return rows.filter(rows.line_id.notnull()).select("line_id").distinct()


def intents(rows: ir.Table) -> ir.Table:
    """Of robots' answered calls how many record what the robot understood."""
    robot = rows.filter(rows.agent_kind == "robot", rows.answered)
    named = robot.extra.notnull() & robot.extra.fill_null("").re_search(_NAMED)
    return robot.aggregate(intents=named.cast("int64").sum())
