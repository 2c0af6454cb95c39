"""The portrait's counts as an expert would write them by hand, for DuckDB and for PostgreSQL.

Delivered and answered outbound calls of the year by class of the displayed number, in total and by kind of seat,
line, team, displayed number and month, and the days with records: what the program's own raw path computes.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Final

import duckdb

# {calls}: the source of good rows; {day}: cast of the start to a date
GROUPS: Final = """
with grouped as (
    select {month} as month, case when o then display end as display, case when o then display_shape end as shape,
        case when o then display_confidence end as confidence, case when o then agent_kind end as kind,
        case when o then line_id end as line, case when o then team_id end as team,
        bit_or(1 << {dom}) as days, count(*) as records,
        sum(case when o and delivered then 1 else 0 end) as delivered,
        sum(case when o and delivered and answered then 1 else 0 end) as answered,
        sum(case when o and not delivered then 1 else 0 end) as blocked,
        sum(case when direction = 'out' and test then 1 else 0 end) as tests,
        sum(case when o and callee_shape = 'masked' then 1 else 0 end) as masked
    from (select *, direction = 'out' and leg = 'customer' and not test as o from {calls}) c
    group by 1, 2, 3, 4, 5, 6, 7
), classed as (
    select g.*, case when shape = 'mobile' then 'MOBILE' when shape = 'landline' then 'LANDLINE'
        when shape = 'service_400_800' then 'SHARED_400_800' when shape in ('other', 'international') then 'OTHER'
        when n.root is not null then case when n.filed then 'OWN_SHORT' else 'OTHER_SHORT' end
        when shape = 'short' then 'OTHER_SHORT' when shape = 'short_or_landline' then 'LANDLINE' else 'UNKNOWN' end as class
    from grouped g left join number_dim n on g.shape in ('short', 'short_long', 'short_or_landline')
        and length(cast(g.display as varchar)) = n.total_length
        and substr(cast(g.display as varchar), 1, n.root_length) = cast(n.root as varchar)
        and (n.valid_from is null or g.month >= n.valid_from) and (n.valid_to is null or g.month <= n.valid_to)
)
select class, kind, line, team, display, month, sum(delivered) as delivered, sum(answered) as answered,
    sum(records) as records, bit_or(days) as days, sum(blocked) as blocked, sum(tests) as tests, sum(masked) as masked
from classed
group by grouping sets ((class, month), (class, kind), (class, line), (class, team), (class, display), (month), (class))
"""
COLUMNS: Final = (
    "start_ts",
    "direction",
    "leg",
    "test",
    "delivered",
    "answered",
    "display",
    "display_shape",
    "display_confidence",
    "agent_kind",
    "line_id",
    "team_id",
    "callee_shape",
)


def headline(rows: list[tuple[Any, ...]]) -> dict[str, dict[str, int]]:
    """{class: {delivered, answered}} out of the rows of GROUPS: those with a class and nothing else."""
    return {
        row[0]: {"delivered": int(row[6]), "answered": int(row[7])}
        for row in rows
        if row[0] is not None and all(value is None for value in row[1:6]) and row[6]
    }


def main(calls: str, numbers: str, year: str) -> None:
    """Run GROUPS over Parquet files: two JSON files with lists of paths, and the year."""
    files, dims = (
        json.loads(Path(calls).read_text(encoding="utf-8")),
        json.loads(Path(numbers).read_text(encoding="utf-8")),
    )
    began = time.process_time()
    with duckdb.connect() as db:
        db.execute("set threads = 2")
        db.execute(f"create view number_dim as select * from read_parquet({dims!r})")
        source = (
            f"(select {', '.join(COLUMNS)} from read_parquet({files!r}, hive_partitioning = true) where part <> 'rejected'"
            f" and start_ts >= timestamp '{year}-01-01' and start_ts < timestamp '{int(year) + 1}-01-01') x"
        )
        query = GROUPS.format(calls=source, month="date_trunc('month', start_ts)::date", dom="day(start_ts)")
        rows = db.execute(query).fetchall()
    print(json.dumps({"cpu": [time.process_time() - began], "answer": headline(rows)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
