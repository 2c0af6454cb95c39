"""From rows to calls: which rows of ``calls`` are one outbound customer call, and what is known of it.

Contract 2: a call is counted once. Rows of one (source, call_key) are one call, a row without call_key is one
by itself. The best row stands for the call (customer leg first, then delivered, surest display, answered,
earliest); it is delivered or answered when any of its customer rows is. Where none is and one does not tell,
whether the call was answered is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.kernel.numbers import Shape

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


@dataclass(frozen=True, slots=True)
class Facts:
    """Calls in two halves: ``out``, the outbound customer calls that are no tests, and ``rest``, all others."""

    out: ir.Table
    rest: ir.Table


def good_rows(calls: ir.Table) -> ir.Table:
    """The rows that are not in quarantine."""
    return calls.filter(calls.part != REJECTED)


def facts(calls: ir.Table, *, first: date | None = None, last: date | None = None) -> Facts:
    """One row a call. ``first`` and ``last`` (included) bound the day on which it started.

    A call of several rows is first put together from all of them, on whatever days they stand, and then
    bounded: a call over midnight is whole.
    """
    bounds = _bounds(calls, first, last)
    rows = good_rows(calls).select(*NEEDED)
    joined = _collapsed(rows.filter(rows.call_key.notnull()))
    joined = joined.filter(_bounds(joined, first, last)) if bounds else joined
    return _halves(calls, [calls.part != REJECTED, calls.call_key.isnull(), *bounds], joined)


def facts_of_days(calls: ir.Table, days: Collection[date]) -> Facts:
    """The calls that start on one of ``days``, whole: rows of a shared key are looked up wherever they stand."""
    wanted = list(days)
    # The plain range beside the list lets engines skip whole row groups.
    inside = [calls.part != REJECTED, *_bounds(calls, min(wanted), max(wanted)), calls.start_ts.date().isin(wanted)]
    keys = calls.filter(*inside, calls.call_key.notnull()).select("source", "call_key").distinct()
    rows = good_rows(calls).select(*NEEDED)
    whole = _collapsed(rows.filter(rows.call_key.notnull()).semi_join(keys, ["source", "call_key"]))
    whole = whole.filter(whole.start_ts.date().isin(wanted))
    return _halves(calls, [*inside, calls.call_key.isnull()], whole)


def facts_of_window(calls: ir.Table, first: date, last: date, also: Sequence[str]) -> ir.Table:
    """The outbound half of `facts` for the days from ``first`` to ``last``, with the columns ``also`` of the best row.

    The same calls, found from the window's side: rows of a shared key are looked up only for keys that stand in it.
    """
    bounds = _bounds(calls, first, last)
    inside = [calls.part != REJECTED, *bounds]
    keys = calls.filter(*inside, calls.call_key.notnull()).select("source", "call_key").distinct()
    rows = good_rows(calls).select(*NEEDED, *(name for name in also if name not in NEEDED))
    whole = _collapsed(rows.filter(rows.call_key.notnull()).semi_join(keys, ["source", "call_key"]))
    whole = whole.filter(_bounds(whole, first, last))
    single = calls.filter(*inside, calls.call_key.isnull(), *_outbound(calls))
    return _described(single, also).union(_described(whole.filter(*_outbound(whole)), also))


def days_of_keys(calls: ir.Table, changed: ir.Table) -> ir.Table:
    """Every day on which a row stands that shares its call with a row of ``changed`` (rows added or taken away)."""
    moved = good_rows(changed)
    keys = moved.filter(moved.call_key.notnull()).select("source", "call_key").distinct()
    rows = good_rows(calls)
    rows = rows.filter(rows.call_key.notnull()).semi_join(keys, ["source", "call_key"])
    return rows.select(day=rows.start_ts.date()).distinct()


def _bounds(rows: ir.Table, first: date | None, last: date | None) -> list[ir.BooleanValue]:
    bounds: list[ir.BooleanValue] = []
    if first is not None:
        bounds.append(rows.start_ts >= ibis.literal(datetime.combine(first, time())))
    if last is not None:
        bounds.append(rows.start_ts < ibis.literal(datetime.combine(last + timedelta(days=1), time())))
    return bounds


def _halves(calls: ir.Table, single: Sequence[ir.BooleanValue], joined: ir.Table) -> Facts:
    """Both halves read the rows by themselves: shared, an engine would keep all of them in memory between two uses."""
    return Facts(
        out=_described(calls.filter(*single, *_outbound(calls))).union(_described(joined.filter(*_outbound(joined)))),
        rest=_described(calls.filter(*single, ~known(ibis.and_(*_outbound(calls))))).union(
            _described(joined.filter(~known(ibis.and_(*_outbound(joined)))))
        ),
    )


def _outbound(rows: ir.Table) -> list[ir.BooleanValue]:
    """An outbound customer call that is no test (D2, D3)."""
    return [rows.direction == "out", rows.leg == "customer", ~known(rows.test)]


def _collapsed(rows: ir.Table) -> ir.Table:
    """The representative row of each (source, call_key); delivered and answered when any of its customer rows is.

    `answered` is NULL where no customer row is answered and one does not tell.
    """
    customer = _true(rows.leg == "customer")
    rows = rows.mutate(
        _customer=customer,
        _delivered=customer * _true(rows.delivered),
        _answered=customer * _true(rows.answered),
        _untold=customer * _true(rows.answered.isnull()),
    )
    call = ibis.window(group_by=[rows.source, rows.call_key])
    best = ibis.window(
        group_by=[rows.source, rows.call_key],
        order_by=[
            rows._customer.desc(),
            rows._delivered.desc(),
            # One leg knows the number that was shown, another only the caller it began with (FreeSWITCH, VICIdial).
            rows.display_confidence.cases(("good", 0), ("medium", 1), ("low", 2), else_=3),
            rows._answered.desc(),
            rows.start_ts,
            rows.call_id,
        ],
    )
    ranked = rows.mutate(
        _rank=ibis.row_number().over(best),
        _any_delivered=rows._delivered.max().over(call),
        _any_answered=rows._answered.max().over(call),
        _any_untold=rows._untold.max().over(call),
    )
    first = ranked.filter(ranked._rank == 0)
    return first.mutate(
        delivered=first._any_delivered == 1,
        answered=ibis.cases((first._any_answered == 1, True), (first._any_untold == 0, False), else_=None),
    )


def _described(rows: ir.Table, also: Sequence[str] = ()) -> ir.Table:
    """The columns that counting needs, and more of the row."""
    out = rows.direction == "out"
    return rows.select(
        *also,
        "line_id",
        "team_id",
        "display",
        "delivered",
        day=rows.start_ts.date(),
        shape=rows.display_shape,
        confidence=rows.display_confidence,
        kind=rows.agent_kind,
        answered=rows.delivered & rows.answered,
        answer_unknown=known(rows.delivered) & rows.answered.isnull(),
        test=out & (rows.leg == "customer") & rows.test,
        # A call of which only completing rows are there (a hang-up without its call).
        without_customer=out & (rows.leg == "event"),
        masked_callee=rows.callee_shape == Shape.MASKED.value,
    )


def known(condition: ir.BooleanColumn) -> ir.BooleanColumn:
    """False where it cannot be told."""
    return condition.fill_null(False)


def _true(condition: ir.BooleanColumn) -> ir.IntegerColumn:
    """1 where it holds, 0 where it does not or is unknown."""
    return known(condition).cast("int64")
