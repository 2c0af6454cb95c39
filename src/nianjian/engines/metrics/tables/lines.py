"""When each line last carried an outbound call, out of the daily cube."""

from __future__ import annotations

import ibis.expr.types as ir


def last_days(cube: ir.Table) -> ir.Table:
    """``key`` (the line as the calls name it) and ``last``, the day of its last outbound customer call."""
    lines = cube.filter((cube.dim == "line") & cube.key.notnull())
    return lines.group_by("key").aggregate(last=lines.day.max())
