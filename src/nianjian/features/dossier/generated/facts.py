"""Calls of a data year counted for the monthly report: expressions only, over the tables of the portrait's run."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from nianjian.engines.kernel.numbers import NumberClass, Shape
from nianjian.engines.metrics.tables import facts_of_window, false_if_null, good_rows, printed, with_display_class

OWN = NumberClass.OWN_SHORT.value
KEYS = ("month", "number", "shown")


def outbound(calls: ir.Table, number_dim: ir.Table, first: date, last: date) -> ir.Table:
    """Month, number ("" unless an own one), its class: delivered, answered and untold calls, seconds, untimed ones."""
    every = facts_of_window(calls, first, last, ("answer_ts", "end_ts"))
    answered = false_if_null(every.answered)
    seconds = every.end_ts.epoch_seconds() - every.answer_ts.epoch_seconds()
    timed = answered & false_if_null(seconds >= 0)
    days = every.group_by("day", "display", "shape").aggregate(
        outbound=every.count(where=false_if_null(every.delivered)),
        outbound_answered=every.count(where=answered),
        untold=every.count(where=false_if_null(every.answer_unknown)),
        seconds=ibis.ifelse(timed, seconds, 0).sum().cast("int64"),
        untimed=every.count(where=answered & ~timed),
    )
    return _by_month(
        with_display_class(days, number_dim), "outbound", "outbound_answered", "untold", "seconds", "untimed"
    )


def inbound(calls: ir.Table, number_dim: ir.Table, first: date, last: date) -> ir.Table:
    """The same for what came in, by the number that was called; rows of one call are one call, tests left out.

    ``inbound_served``: answered calls of which a row names the seat that took them.
    """
    rows = good_rows(calls)
    rows = rows.filter(rows.direction == "in", rows.leg == "customer", ~false_if_null(rows.test))
    outer = ~false_if_null(rows.callee_shape.isin([Shape.OTHER.value, Shape.NONE.value]))
    alone = ibis.literal("row:") + rows.part + ":" + rows.file + ":" + rows.line.cast("string")
    one = rows.group_by("source", call=rows.call_key.coalesce(alone)).aggregate(
        day=rows.start_ts.min().date(),
        # On its way to a seat a call is dialled on (s, 8001): the number that the customer called stands before those.
        outer=rows.callee.min(where=outer),
        inner=rows.callee.min(),
        outer_shape=rows.callee_shape.min(where=outer),
        inner_shape=rows.callee_shape.min(),
        answered=false_if_null(rows.answered).cast("int64").max(),
        served=(false_if_null(rows.answered) & rows.agent_id.notnull()).cast("int64").max(),
    )
    one = one.mutate(display=one.outer.coalesce(one.inner), shape=one.outer_shape.coalesce(one.inner_shape))
    one = one.filter(one.day >= ibis.literal(first), one.day <= ibis.literal(last))
    days = one.group_by("day", "display", "shape").aggregate(
        inbound=one.count(),
        inbound_answered=one.answered.sum().cast("int64"),
        inbound_served=one.served.sum().cast("int64"),
    )
    return _by_month(with_display_class(days, number_dim), "inbound", "inbound_answered", "inbound_served")


def _by_month(days: ir.Table, *names: str) -> ir.Table:
    own = days.display_class == OWN
    told = days.mutate(
        month=days.day.strftime("%Y-%m"),
        number=ibis.ifelse(own, printed(days.display, days.shape), ""),
        shown=days.display_class,
    )
    sums = told.group_by(*KEYS).aggregate(**{name: told[name].sum().cast("int64") for name in names})
    return sums.filter(ibis.or_(*(sums[name] > 0 for name in names)))


def complaints(tickets: ir.Table, sources: tuple[str, ...], first: date, last: date) -> ir.Table:
    """Month of acceptance and complained number (digits): what counts in the complaint rate."""
    counted = tickets.filter(tickets.source.isin(sources), tickets.excluded_rate.isnull())
    counted = counted.filter(counted.accepted_day >= ibis.literal(first), counted.accepted_day <= ibis.literal(last))
    return counted.group_by(month=counted.accepted_day.strftime("%Y-%m"), number=counted.display).aggregate(
        complaints=counted.count()
    )
