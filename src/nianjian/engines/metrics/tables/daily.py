"""The daily cube: counts by day and one dimension at a time, the class of the displayed number baked in.

One dimension at a time keeps it small whatever the data is (all dimensions crossed have a quarter of the rows
of the calls). The metrics are expressions over this table, whether it comes from the rollup or from the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from nianjian.engines.kernel.numbers import Shape
from nianjian.engines.lake.engine import Once
from nianjian.engines.metrics.tables.classes import with_class, with_team
from nianjian.engines.metrics.tables.facts import Facts

DIMENSIONS: Final = ("kind", "line", "team", "display")
TOTAL: Final = "total"

KEYS: Final = {
    "display": "int64",
    "shape": "string",
    "confidence": "string",
    "kind": "string",
    "line_id": "string",
    "team_id": "string",
}
MEASURES: Final = (
    "records",
    "outbound",
    "delivered",
    "answered",
    "answer_unknown",
    "tests",
    "without_customer",
    "masked_callee",
)


@ibis.udf.agg.builtin(name="bit_or", signature=((dt.int64,), dt.int64))  # type: ignore[untyped-decorator]
def bit_or(bits: object) -> object:
    """The engines' own bit_or, under one name everywhere; Ibis has no rule for Spark's."""


def base(facts: Facts, starts: Sequence[date] | None = None) -> ir.Table:
    """Calls counted by all keys at once, before any dimension table is joined: the joins then see far fewer rows.

    By day, or by slots: the first of the month, or a later day of ``starts`` in it. Between two such days nothing
    may change that counting asks for (window, validity of a root or of a line's team). Calls that are no outbound
    customer calls fold into one row a day or slot.
    """
    out = _slotted(facts.out, starts)
    rest = _slotted(facts.rest, starts)
    nothing = {name: ibis.null(kind) for name, kind in KEYS.items()}
    counted = rest.group_by("day").aggregate(**_counted(rest, outbound=False))
    wide = counted.mutate(**nothing).select("day", *KEYS, "day_bits", *MEASURES)
    every = out.group_by("day", *KEYS).aggregate(**_counted(out, outbound=True)).union(wide)
    # After counting, on few rows: a row that does not say is of no shape and no confidence.
    said = every.outbound > 0
    return every.mutate(
        shape=ibis.ifelse(said, every.shape.fill_null(Shape.NONE.value), every.shape),
        confidence=ibis.ifelse(said, every.confidence.fill_null("none"), every.confidence),
    )


def _slotted(calls: ir.Table, starts: Sequence[date] | None) -> ir.Table:
    calls = calls.mutate(bit=ibis.literal(1, "int64") << calls.day.day().cast("int64"))
    if starts is None:
        return calls
    slot = calls.day.truncate("M")
    for start in starts:
        if start.day != 1:  # month starts are slots anyway
            first = ibis.date(start.replace(day=1).isoformat())
            since = ibis.date(start.isoformat())
            slot = ibis.ifelse((calls.day >= since) & (calls.day.truncate("M") == first), since, slot)
    return calls.mutate(day=slot)


def _counted(calls: ir.Table, *, outbound: bool) -> dict[str, ir.Value]:
    """The measures; the same aggregates in both halves, so that every engine gives them the same type."""
    counts = {
        "outbound": calls.count() if outbound else calls.count(where=ibis.literal(False)),
        "delivered": calls.count(where=calls.delivered & outbound),
        "answered": calls.count(where=calls.answered & outbound),
        "answer_unknown": calls.count(where=calls.answer_unknown & outbound),
        "tests": calls.count(where=calls.test),
        "without_customer": calls.count(where=calls.without_customer),
        "masked_callee": calls.count(where=calls.masked_callee & outbound),
    }
    return {"day_bits": bit_or(calls.bit).cast("int64"), "records": calls.count(), **counts}


def _as_it_is(name: str, expression: ir.Table, *, few: bool = False) -> ir.Table:
    del name, few
    return expression


def daily(
    facts: Facts,
    number_dim: ir.Table,
    line_dim: ir.Table,
    starts: Sequence[date] | None = None,
    once: Once = _as_it_is,
) -> ir.Table:
    """The cube: day, dim, key, shape, display_class, confidence, day_bits and the measures.

    ``day_bits`` has bit n set when a call started on day n of the month (a slot never reaches over a month).

    ``dim`` total: key NULL, split by shape and confidence. kind, line, team: key as written. display: key is
    the number as printed, with its shape. Days without outbound calls stand under total only.
    """
    # Every slice, and both joins within, ask for the counts by all keys; only these read the calls.
    few = starts is not None
    classed = with_class(once("base", base(facts, starts), few=few), number_dim)
    counted = once("counted", with_team(classed, line_dim), few=few)
    text = ibis.null("string")
    total = _slice(counted, TOTAL, text, shape=counted.shape, confidence=counted.confidence)
    real = counted.filter(counted.outbound > 0)
    parts = [
        _slice(real, "kind", real.kind, shape=text, confidence=text),
        _slice(real, "line", real.line_id, shape=text, confidence=text),
        _slice(real, "team", real.team, shape=text, confidence=text),
        _slice(real, "display", printed(real.display, real.shape), shape=real.shape, confidence=text),
    ]
    return total.union(*parts)


def printed(number: ir.IntegerValue, shape: ir.StringValue) -> ir.StringValue:
    """The displayed number as people write it: a landline has its 0 again."""
    digits = number.cast("string")
    return ibis.ifelse(shape == Shape.LANDLINE.value, ibis.literal("0") + digits, digits)


def _slice(counted: ir.Table, dim: str, key: ir.Value, *, shape: ir.Value, confidence: ir.Value) -> ir.Table:
    named = counted.select(
        "day",
        "display_class",
        "day_bits",
        *MEASURES,
        dim=ibis.literal(dim),
        key=key,
        shape=shape,
        confidence=confidence,
    )
    return named.group_by("day", "dim", "key", "shape", "display_class", "confidence").aggregate(
        day_bits=bit_or(named.day_bits).cast("int64"), **{name: named[name].sum().cast("int64") for name in MEASURES}
    )
