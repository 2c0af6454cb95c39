"""The tickets behind a group of a location, and the calls that each of them may be about: expressions that list."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from nianjian.engines.metrics.tables import false_if_null, good_rows
from nianjian.features.rectification.locate import COMPLAINANT

SHOWN = (
    "complaint_id", "source", "accepted_ts", "call_ts", "complained", COMPLAINANT, "line", "team", "how", "call_id",
)  # fmt: skip


def tickets(counted: ir.Table, dimension: str, key: str | None) -> ir.Table:
    """The tickets of one key (None: those that name none), oldest first; ``counted`` as `locate.counted` gives them."""
    column = counted[dimension]
    if key is None:
        mine = column.isnull()
    elif dimension in {"display", COMPLAINANT}:  # a landline is written with its 0
        mine = column.cast("string") == ibis.literal(key.lstrip("0"))
    else:
        mine = column == ibis.literal(key)
    rows = counted.filter(mine).select(*SHOWN)
    return rows.order_by(rows.accepted_ts, rows.complaint_id)


def calls(calls: ir.Table, shown: ir.Table, *, minutes: int) -> ir.Table:
    """The calls that each shown ticket may be about: the recorded one, those within ``minutes``, those of that day."""
    rows = good_rows(calls)
    rows = rows.filter(rows.direction == "out", rows.leg == "customer").select(
        "source", "callee", "display", "start_ts", "answered", "line_id", "extra", found_call="call_id"
    )
    reach = ibis.interval(minutes=minutes)
    near = shown.inner_join(rows, [shown[COMPLAINANT] == rows.callee, shown.complained == rows.display])
    close = (near.start_ts >= near.call_ts - reach) & (near.start_ts <= near.call_ts + reach)
    near = near.filter(close | (near.start_ts.date() == near.call_ts.date()))
    named = shown.inner_join(rows, [shown.call_id == rows.found_call])
    both = _picked(near, ibis.ifelse(close, 1, 2)).union(_picked(named, ibis.literal(0)))
    best = both.group_by("complaint_id", "source", "call_id", "start_ts", "answered", "line_id", "extra").aggregate(
        grade=both.grade.min()
    )
    how = ibis.cases((best.grade == 0, "id"), (best.grade == 1, "ten_minutes"), else_="day")
    told = best.mutate(how=how)
    return told.order_by("complaint_id", "grade", "start_ts", "call_id")


def _picked(pairs: ir.Table, grade: ir.Value) -> ir.Table:
    source = "source_right" if "source_right" in pairs.columns else "source"
    return pairs.select(
        "complaint_id",
        "start_ts",
        "answered",
        "line_id",
        "extra",
        source=pairs[source],
        call_id=pairs.found_call,
        grade=grade.cast("int64"),
    )


def unsettled(counted: ir.Table, dimension: str, key: str, hours: int) -> ir.Table:
    """The tickets of a channel that are open (``waiting``) or were closed later than ``hours`` after they arrived.

    A ticket that was reopened after its closing is open; one of which the arrival is not known was not closed late.
    """
    column = counted[dimension]
    mine = column.cast("string") == ibis.literal(key.lstrip("0")) if dimension == "display" else column == key
    rows = counted.filter(mine)
    closed = false_if_null(
        rows.closed_ts.notnull() & (rows.reopened_ts.isnull() | (rows.reopened_ts <= rows.closed_ts))
    )
    late = false_if_null(closed & (rows.closed_ts > rows.arrived_ts + ibis.interval(hours=hours)))
    told = rows.mutate(waiting=~closed, late=late)
    told = told.filter(told.waiting | told.late)
    return told.select("complaint_id", "accepted_ts", "waiting").order_by("accepted_ts", "complaint_id")
