"""What call records tell of their own days, and the calls of each day whose recordings are looked at.

One pass over five columns of the calls: it grows with the number of calls, not with the length of their texts, except
that of answered outbound calls the further columns are looked at for a recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import ibis
import ibis.expr.types as ir

REJECTED: Final = "rejected"
RECORDING: Final[Sequence[str]] = ("录音", "record", "rec_")
"""What the heading of a column about a recording holds."""
_NAMED: Final = '(?i)"[^"]*(' + "|".join(RECORDING) + r')[^"]*" *: *"[^"]+"'


def by_day(calls: ir.Table) -> ir.Table:
    """``day``; ``rows`` of the records; ``out``: those that left the platform; ``answered`` outbound; ``recorded``."""
    rows = calls.filter(calls.part != REJECTED, calls.start_ts.notnull())
    out = (rows.direction == "out").fill_null(False)  # noqa: FBT003 -- a value of the column
    answered = _answered(rows)
    # a pattern on every row's further columns would cost more than all the rest: they are looked at where it matters
    has = answered & _names_one(rows)
    return rows.group_by(day=rows.start_ts.date()).aggregate(
        rows=rows.count(),
        out=(out & rows.delivered.fill_null(False)).cast("int64").sum(),  # noqa: FBT003 -- a value of the column
        answered=answered.cast("int64").sum(),
        recorded=has.cast("int64").sum(),
    )


def drawn(calls: ir.Table, first: date, last: date, seed: str, count: int) -> ir.Table:
    """At most ``count`` answered outbound calls of each day, both included, that name a recording.

    Which ones follows from the seed alone: those whose digest with it comes first, so nobody chooses them and anybody
    can draw them again. ``day at call_id callee callee_shape answer end extra``, in order.
    """
    begin, end = (ibis.literal(datetime.combine(day, time())) for day in (first, last + timedelta(days=1)))
    rows = calls.filter(calls.part != REJECTED, calls.start_ts >= begin, calls.start_ts < end)
    rows = rows.filter(_answered(rows) & _names_one(rows))
    key = ibis.literal(f"{seed} ") + rows.source.fill_null("") + " " + rows.call_id.fill_null("")
    named = rows.select(
        "call_id",
        "callee",
        "callee_shape",
        "extra",
        day=rows.start_ts.date(),
        at=rows.start_ts,
        answer=rows.answer_ts,
        end=rows.end_ts,
        digest=key.hexdigest("sha256"),
        where=rows.file.fill_null("") + ":" + rows.line.cast("string").fill_null(""),
    )
    order = [named.digest, named.where]
    placed = named.mutate(place=ibis.row_number().over(group_by=named.day, order_by=order))
    return placed.filter(placed.place < count).order_by("day", "place").drop("digest", "where", "place")


def _answered(rows: ir.Table) -> ir.BooleanValue:
    out = (rows.direction == "out").fill_null(False)  # noqa: FBT003 -- a value of the column
    test = rows.test.fill_null(False)  # noqa: FBT003 -- a value of the column
    customer = (rows.leg == "customer").fill_null(False)  # noqa: FBT003 -- a value of the column
    return out & customer & ~test & rows.answered.fill_null(False)  # noqa: FBT003 -- a value of the column


def _names_one(rows: ir.Table) -> ir.BooleanValue:
    return rows.extra.notnull() & rows.extra.fill_null("").re_search(_NAMED)
