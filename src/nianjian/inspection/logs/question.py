"""What call records tell of their own days: an expression over the lake that gives a few columns a day.

One pass over five columns of the calls: it grows with the number of calls, not with the length of their texts, except
that of answered outbound calls the further columns are looked at for a recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import ibis.expr.types as ir

REJECTED: Final = "rejected"
RECORDING: Final[Sequence[str]] = ("录音", "record", "rec_")
"""What the heading of a column about a recording holds."""
_NAMED: Final = '(?i)"[^"]*(' + "|".join(RECORDING) + r')[^"]*" *: *"[^"]+"'


def by_day(calls: ir.Table) -> ir.Table:
    """``day``; ``rows`` of the records; ``out``: those that left the platform; ``answered`` outbound; ``recorded``."""
    rows = calls.filter(calls.part != REJECTED, calls.start_ts.notnull())
    out = (rows.direction == "out").fill_null(False)  # noqa: FBT003 -- a value of the column
    test = rows.test.fill_null(False)  # noqa: FBT003 -- a value of the column
    customer = (rows.leg == "customer").fill_null(False)  # noqa: FBT003 -- a value of the column
    answered = out & customer & ~test & rows.answered.fill_null(False)  # noqa: FBT003 -- a value of the column
    # a pattern on every row's further columns would cost more than all the rest: they are looked at where it matters
    has = answered & rows.extra.notnull() & rows.extra.fill_null("").re_search(_NAMED)
    return rows.group_by(day=rows.start_ts.date()).aggregate(
        rows=rows.count(),
        out=(out & rows.delivered.fill_null(False)).cast("int64").sum(),  # noqa: FBT003 -- a value of the column
        answered=answered.cast("int64").sum(),
        recorded=has.cast("int64").sum(),
    )
