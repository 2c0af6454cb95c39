"""The two tables the portrait keeps in the lake: the daily cube, and the complaints with the calls they are about.

Their definition version goes into the commit: after a change of meaning the next run rebuilds them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa

from nianjian.engines.lake.engine import Once
from nianjian.engines.lake.rollups import ByDay, Whole
from nianjian.engines.lake.schema import MOMENT
from nianjian.engines.metrics.tables.daily import MEASURES, daily
from nianjian.engines.metrics.tables.facts import days_of_keys, facts, facts_of_days
from nianjian.engines.metrics.tables.matching import complaint_match
from nianjian.engines.metrics.tables.tickets import Counting, tickets

# Digests of the SQL that fills the two tables and of their columns; a test says what to write here after a change.
VERSION: Final = "0229c13d18d2"
TICKETS_VERSION: Final = "f0b9b309531b"


def _daily(tables: Mapping[str, ir.Table], days: Collection[date] | None, once: Once) -> ir.Table:
    calls = tables["calls"]
    counted = facts(calls) if days is None else facts_of_days(calls, days)
    return daily(counted, tables["number_dim"], tables["line_dim"], once=once)


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
TICKETS: Final = pa.schema(
    [
        ("complaint_id", pa.string()),
        ("source", pa.string()),
        ("accepted_ts", MOMENT),
        ("arrived_ts", MOMENT),
        ("closed_ts", MOMENT),
        ("reopened_ts", MOMENT),
        ("excluded_rate", pa.string()),
        ("excluded_ticket", pa.string()),
        ("kind", pa.string()),
        ("how", pa.string()),
        ("display", pa.int64()),
        ("accepted_day", pa.date32()),
        ("day", pa.date32()),
        ("line", pa.string()),
        ("team", pa.string()),
    ]
)


def tickets_rollup(counting: Counting) -> Whole:
    """The complaints with their calls; another reach, source or reason rebuilds the table."""

    def build(tables: Mapping[str, ir.Table]) -> ir.Table:
        told = tables["complaint_fact"]
        match = complaint_match(tables["calls"], told, minutes=counting.minutes, by_id=True)
        return tickets(told, match, tables["line_dim"], counting)

    return Whole(
        name="tickets",
        schema=TICKETS,
        version=f"{TICKETS_VERSION}, {counting}",
        inputs=("calls", "complaint_fact", "line_dim"),
        build=build,
    )
