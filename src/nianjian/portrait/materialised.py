"""The two tables the portrait keeps in the lake: the daily cube and the call of each complaint.

Their definition version goes into the commit: after a change of meaning the next run rebuilds them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa

from nianjian.lake.rollups import ByDay, Whole
from nianjian.portrait.daily import MEASURES, daily
from nianjian.portrait.facts import days_of_keys, facts, facts_of_days
from nianjian.portrait.matching import complaint_match

# Raise the number whenever facts, classes, daily or matching count differently.
VERSION: Final = "1"


def _daily(tables: Mapping[str, ir.Table], days: Collection[date] | None) -> ir.Table:
    calls = tables["calls"]
    counted = facts(calls) if days is None else facts_of_days(calls, days)
    return daily(counted, tables["number_dim"], tables["line_dim"])


def _match(tables: Mapping[str, ir.Table]) -> ir.Table:
    return complaint_match(tables["calls"], tables["complaint_fact"], by_id=True)


DAILY: Final = ByDay(
    name="daily",
    schema=pa.schema(
        [
            ("day", pa.date32()),
            ("dim", pa.string()),
            ("key", pa.string()),
            ("shape", pa.string()),
            ("display_class", pa.string()),
            ("confidence", pa.string()),
            ("day_bits", pa.int64()),
            *((name, pa.int64()) for name in MEASURES),
        ]
    ),
    version=VERSION,
    dims=("number_dim", "line_dim"),
    build=_daily,
    spread=days_of_keys,
)
MATCH: Final = Whole(
    name="complaint_match",
    schema=pa.schema(
        [
            ("complaint_id", pa.string()),
            ("line_id", pa.string()),
            ("team_id", pa.string()),
            ("kind", pa.string()),
            ("how", pa.string()),
            ("day", pa.date32()),
        ]
    ),
    version=VERSION,
    inputs=("calls", "complaint_fact"),
    build=_match,
)
