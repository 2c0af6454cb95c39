"""The class of a displayed number on a day (D3): the engine's twin of ``kernel.numbers.classify``.

Only short shapes ask the ledger (``number_dim``), so distinct displays are joined first and the join stays small.
"""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.kernel.numbers import NumberClass, Shape

# Shapes whose class needs no ledger.
_PLAIN: Final = (
    (Shape.MOBILE, NumberClass.MOBILE),
    (Shape.LANDLINE, NumberClass.LANDLINE),
    (Shape.SERVICE_400_800, NumberClass.SHARED_400_800),
    (Shape.OTHER, NumberClass.OTHER),
    (Shape.INTERNATIONAL, NumberClass.OTHER),
)

# Shapes that may be a number of the ledger, and their class when no root of it matches.
_LEDGER: Final = (
    (Shape.SHORT, NumberClass.OTHER_SHORT),
    (Shape.SHORT_LONG, NumberClass.UNKNOWN),
    (Shape.SHORT_OR_LANDLINE, NumberClass.LANDLINE),
    (Shape.SHORT_OR_OTHER, NumberClass.OTHER),
)

# How a number stands on a day; of the rows of one root the best decides.
NOT_FILED: Final = 0
NOT_KNOWN: Final = 1
FILED: Final = 2
_STEP: Final = 4


def with_class(calls: ir.Table, number_dim: ir.Table) -> ir.Table:
    """``calls`` (any grain with day, display, shape) and `display_class`."""
    standing = _standing(calls, number_dim)
    calls = calls.view()
    joined = calls.left_join(
        standing,
        [
            calls.day == standing.dim_day,
            calls.display == standing.dim_display,
            calls.shape == standing.dim_shape,
        ],
    )
    rules = [(joined.shape == shape.value, name.value) for shape, name in _PLAIN]
    rules += [
        (joined.standing == FILED, NumberClass.OWN_SHORT.value),
        (joined.standing == NOT_KNOWN, NumberClass.UNKNOWN.value),
        (joined.standing == NOT_FILED, NumberClass.OTHER_SHORT.value),
    ]
    rules += [(joined.shape == shape.value, name.value) for shape, name in _LEDGER]
    display_class = ibis.cases(*rules, else_=NumberClass.UNKNOWN.value)
    return _without(joined, "dim_day", "dim_display", "dim_shape", "standing", display_class=display_class)


def _standing(calls: ir.Table, number_dim: ir.Table) -> ir.Table:
    """(day, display, shape) whose number belongs to a root of the ledger, and how it stands on that day."""
    asked = calls.filter(calls.shape.isin([shape.value for shape, _ in _LEDGER]), calls.display.notnull())
    days = asked.select(dim_day=asked.day, dim_display=asked.display, dim_shape=asked.shape).distinct()
    numbers = days.select("dim_display").distinct()
    numbers = numbers.mutate(digits=numbers.dim_display.cast("string"))
    roots = number_dim.filter(number_dim.root.notnull()).select(
        "root_length", "total_length", "filed", "valid_from", "valid_to", root_digits=number_dim.root.cast("string")
    )
    matched = numbers.inner_join(roots, [numbers.digits.length() == roots.total_length])
    matched = matched.filter(matched.digits.startswith(matched.root_digits)).select(
        "root_length", "filed", "valid_from", "valid_to", match_display="dim_display"
    )
    dated = days.inner_join(matched, [days.dim_display == matched.match_display])
    inside = (dated.valid_from.isnull() | (dated.dim_day >= dated.valid_from)) & (
        dated.valid_to.isnull() | (dated.dim_day <= dated.valid_to)
    )
    stands = ibis.cases((inside & dated.filed.isnull(), NOT_KNOWN), (inside & dated.filed, FILED), else_=NOT_FILED)
    # The longest root decides, whatever a shorter one says.
    scored = dated.mutate(score=dated.root_length.cast("int64") * _STEP + stands.cast("int64"))
    best = scored.group_by("dim_day", "dim_display", "dim_shape").aggregate(score=scored.score.max())
    return best.mutate(standing=best.score % _STEP).drop("score")


def with_team(calls: ir.Table, line_dim: ir.Table) -> ir.Table:
    """``calls`` (any grain with day, line_id, team_id) and `team`: its own team, else the line's on that day."""
    asked = calls.filter(calls.team_id.isnull(), calls.line_id.notnull())
    days = asked.select(of_day=asked.day, of_line=asked.line_id).distinct()
    lines = line_dim.filter(line_dim.team_id.notnull()).select(
        "valid_from", "valid_to", dim_line="line_id", dim_team="team_id"
    )
    dated = days.inner_join(lines, [days.of_line == lines.dim_line])
    dated = dated.filter(
        dated.valid_from.isnull() | (dated.of_day >= dated.valid_from),
        dated.valid_to.isnull() | (dated.of_day <= dated.valid_to),
    )
    # Two rows of one line on one day are a fault of the register; the newest one, then the smaller id, decides.
    age = dated.valid_from.fill_null(ibis.date("0001-01-01"))
    newest = ibis.window(group_by=[dated.of_day, dated.of_line], order_by=[age.desc(), dated.dim_team])
    ranked = dated.mutate(rank=ibis.row_number().over(newest))
    one = ranked.filter(ranked.rank == 0).select("of_day", "of_line", "dim_team")
    # `one` descends from `calls`: without a view Ibis may bind both sides of a comparison to the same of the two.
    calls = calls.view()
    joined = calls.left_join(one, [calls.day == one.of_day, calls.line_id == one.of_line])
    return _without(joined, "of_day", "of_line", "dim_team", "team_id", team=joined.team_id.coalesce(joined.dim_team))


def _without(table: ir.Table, *gone: str, **made: ir.Value) -> ir.Table:
    """Drop columns and add others, named one by one: the SQL of `drop` has them in another order every time."""
    return table.select(*(name for name in table.columns if name not in gone), **made)
