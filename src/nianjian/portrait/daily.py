"""The daily cube: counts by day and one dimension at a time, the class of the displayed number baked in.

One dimension at a time keeps it small whatever the data is (all dimensions crossed have a quarter of the rows
of the calls). The metrics are expressions over this table, whether it comes from the rollup or from the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.kernel.numbers import Shape
from nianjian.portrait.classes import with_class, with_team

DIMENSIONS: Final = ("kind", "line", "team", "display")
TOTAL: Final = "total"

MEASURES: Final = (
    "records",
    "legs",
    "outbound",
    "delivered",
    "answered",
    "undelivered",
    "tests",
    "without_customer",
    "masked_callee",
)


def in_slots(facts: ir.Table, starts: Sequence[date]) -> ir.Table:
    """``facts`` with `day` set back to the latest of ``starts`` (ascending) on or before it; earlier days stay.

    Between two starts nothing may change that counting asks for (month, window, validity of a root or a line's
    team): then the counts by slot serve as well as those by day, from a fraction of the groups.
    """
    steps = [(facts.day >= start, ibis.date(start.isoformat())) for start in reversed(starts)]
    return facts.mutate(day=ibis.cases(*steps, else_=facts.day)) if steps else facts


def base(facts: ir.Table, starts: Sequence[date] = ()) -> ir.Table:
    """Calls counted by all keys at once, before any dimension table is joined: the joins then see far fewer rows."""
    facts = in_slots(facts.mutate(bit=ibis.literal(1, "int64") << facts.day.day().cast("int64")), starts)
    keys = ["day", "display", "shape", "confidence", "kind", "line_id", "team_id"]
    return facts.group_by(keys).aggregate(
        day_bits=facts.bit.bit_or().cast("int64"),
        records=facts.count(),
        legs=facts.legs.sum().cast("int64"),
        outbound=facts.outbound.sum().cast("int64"),
        delivered=facts.delivered.sum().cast("int64"),
        answered=facts.answered.sum().cast("int64"),
        undelivered=facts.undelivered.sum().cast("int64"),
        tests=facts.test.sum().cast("int64"),
        without_customer=facts.without_customer.sum().cast("int64"),
        masked_callee=facts.masked_callee.sum().cast("int64"),
    )


def daily(facts: ir.Table, number_dim: ir.Table, line_dim: ir.Table, starts: Sequence[date] = ()) -> ir.Table:
    """The cube: day, dim, key, shape, display_class, confidence, day_bits and the measures.

    ``day_bits`` has bit n set when a call started on day n of the month (a slot never reaches over a month).

    ``dim`` total: key NULL, split by shape and confidence. kind, line, team: key as written. display: key is
    the number as printed, with its shape. Days without outbound calls stand under total only.
    """
    counted = with_team(with_class(base(facts, starts), number_dim), line_dim)
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
        day_bits=named.day_bits.bit_or().cast("int64"),
        **{name: named[name].sum().cast("int64") for name in MEASURES}
    )
