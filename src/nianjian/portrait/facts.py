"""From rows to calls: which rows of ``calls`` are one outbound customer call, and what is known of it.

Contract 2: a call is counted once. Rows of one (source, call_key) are one call, a row without call_key is one
by itself. The best row stands for the call (customer leg first, then delivered, answered, earliest); it is
delivered or answered when any of its customer rows is.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.kernel.numbers import Shape

REJECTED: Final = "rejected"

NEEDED: Final = (
    "source",
    "call_key",
    "call_id",
    "direction",
    "leg",
    "display",
    "display_shape",
    "display_confidence",
    "callee_shape",
    "start_ts",
    "delivered",
    "answered",
    "test",
    "agent_kind",
    "line_id",
    "team_id",
)


def good_rows(calls: ir.Table) -> ir.Table:
    """The rows that are not in quarantine."""
    return calls.filter(calls.part != REJECTED)


def facts(calls: ir.Table, *, first: date | None = None, last: date | None = None) -> ir.Table:
    """One row a call with its keys and the booleans `outbound` (a customer call, no test), `delivered`, `answered`.

    ``first`` and ``last`` (included) bound the day on which the call started. A call of several rows is first
    put together from all of them, on whatever days they stand, and then bounded: a call over midnight is whole.
    """
    rows = good_rows(calls).select(*NEEDED)
    single = rows.filter(rows.call_key.isnull())
    joined = rows.filter(rows.call_key.notnull())
    return _described(_between(single, first, last)).union(_described(_between(_collapsed(joined), first, last)))


def facts_of_days(calls: ir.Table, days: Collection[date]) -> ir.Table:
    """The calls that start on one of ``days``, whole. Calls of several rows are looked up by key, wherever they stand."""
    rows = good_rows(calls).select(*NEEDED)
    wanted = list(days)
    inside = _bounded(rows, wanted)
    single = inside.filter(inside.call_key.isnull())
    keys = inside.filter(inside.call_key.notnull()).select("source", "call_key").distinct()
    whole = rows.filter(rows.call_key.notnull()).semi_join(keys, ["source", "call_key"])
    whole = _collapsed(whole)
    whole = whole.filter(whole.start_ts.date().isin(wanted))
    return _described(single).union(_described(whole))


def days_of_keys(calls: ir.Table, changed: ir.Table) -> ir.Table:
    """Every day on which a row stands that shares its call with a row of ``changed`` (rows added or taken away)."""
    moved = good_rows(changed)
    keys = moved.filter(moved.call_key.notnull()).select("source", "call_key").distinct()
    rows = good_rows(calls)
    rows = rows.filter(rows.call_key.notnull()).semi_join(keys, ["source", "call_key"])
    return rows.select(day=rows.start_ts.date()).distinct()


def _bounded(rows: ir.Table, days: list[date]) -> ir.Table:
    """Rows of these days; the plain range beside the list lets engines skip whole row groups."""
    within = _between(rows, min(days), max(days))
    return within.filter(within.start_ts.date().isin(days))


def _between(rows: ir.Table, first: date | None, last: date | None) -> ir.Table:
    if first is not None:
        rows = rows.filter(rows.start_ts >= ibis.literal(datetime.combine(first, time())))
    if last is not None:
        rows = rows.filter(rows.start_ts < ibis.literal(datetime.combine(last + timedelta(days=1), time())))
    return rows


def _collapsed(rows: ir.Table) -> ir.Table:
    """The representative row of each (source, call_key); delivered and answered when any of its customer rows is."""
    customer = _true(rows.leg == "customer")
    rows = rows.mutate(
        _customer=customer,
        _delivered=customer * _true(rows.delivered),
        _answered=customer * _true(rows.answered),
    )
    call = ibis.window(group_by=[rows.source, rows.call_key])
    best = ibis.window(
        group_by=[rows.source, rows.call_key],
        order_by=[
            rows._customer.desc(),  # noqa: SLF001 - a column of ours, not an attribute
            rows._delivered.desc(),  # noqa: SLF001
            rows._answered.desc(),  # noqa: SLF001
            rows.start_ts,
            rows.call_id,
        ],
    )
    ranked = rows.mutate(
        _rank=ibis.row_number().over(best),
        _any_delivered=rows._delivered.max().over(call),  # noqa: SLF001
        _any_answered=rows._answered.max().over(call),  # noqa: SLF001
    )
    first = ranked.filter(ranked._rank == 0)  # noqa: SLF001
    return first.mutate(delivered=first._any_delivered == 1, answered=first._any_answered == 1)  # noqa: SLF001


def _described(rows: ir.Table) -> ir.Table:
    """The columns that counting needs."""
    out = known(rows.direction == "out")
    customer = known(rows.leg == "customer")
    test = known(rows.test)
    delivered = known(rows.delivered)
    return rows.select(
        "line_id",
        "team_id",
        "display",
        day=rows.start_ts.date(),
        shape=rows.display_shape.fill_null(Shape.NONE.value),
        confidence=rows.display_confidence.fill_null("none"),
        kind=rows.agent_kind,
        outbound=out & customer & ~test,
        delivered=delivered,
        answered=delivered & known(rows.answered),
        test=out & customer & test,
        # A call of which only completing rows are there (a hang-up without its call).
        without_customer=out & known(rows.leg == "event"),
        masked_callee=known(rows.callee_shape == Shape.MASKED.value),
    )


def known(condition: ir.BooleanColumn) -> ir.BooleanColumn:
    """False where it cannot be told."""
    return condition.fill_null(False)  # noqa: FBT003 - the value, not an option


def _true(condition: ir.BooleanColumn) -> ir.IntegerColumn:
    """1 where it holds, 0 where it does not or is unknown."""
    return known(condition).cast("int64")
