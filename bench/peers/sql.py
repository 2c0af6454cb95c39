"""The raw portrait as an expert would write it by hand, for DuckDB and for PostgreSQL.

All that the program's raw path takes from the rows: legs of one call put together, then outbound calls of the year
by class of the displayed number, in total with its confidence, and by kind of seat, line, team, displayed number and
month; days with records, tests, hang-ups without a call, masked callees; rows kept and refused, and the call that
each complaint is about. The answers of seats and tickets read no call and are left out.
"""

import json
import sys
import time
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb
from deltalake import DeltaTable

SHOWN: Final = (
    "start_ts, direction, leg, test, delivered, answered, display, display_shape, display_confidence, agent_kind, "
    "line_id, team_id, callee_shape"
)
COLUMNS: Final = (*SHOWN.split(", "), "source", "call_key", "call_id", "callee")

# {calls}: the source of good rows of the year; {slot}: first day of a stretch in which no register changes
GROUPS: Final = f"""
with legs as (
    select {{calls_columns}},
        row_number() over (call order by (leg = 'customer')::int desc,
            (leg = 'customer' and coalesce(delivered, false))::int desc,
            case display_confidence when 'good' then 0 when 'medium' then 1 when 'low' then 2 else 3 end,
            (leg = 'customer' and coalesce(answered, false))::int desc, start_ts, call_id) as place,
        max((leg = 'customer' and coalesce(delivered, false))::int) over (partition by source, call_key) = 1 as any_delivered,
        max((leg = 'customer' and coalesce(answered, false))::int) over (partition by source, call_key) = 1 as any_answered
    from {{calls}} where call_key is not null window call as (partition by source, call_key)
), every as (
    select {SHOWN} from {{calls}} where call_key is null
    union all
    select {SHOWN.replace("delivered, answered", "any_delivered, any_answered")} from legs where place = 1
), grouped as (
    select {{slot}} as day, case when o then display end as display, case when o then display_shape end as shape,
        case when o then display_confidence end as confidence, case when o then agent_kind end as kind,
        case when o then line_id end as line, case when o then team_id end as own_team,
        bit_or(1 << {{dom}}) as days, count(*) as records,
        sum(case when o then 1 else 0 end) as outbound,
        sum(case when o and delivered then 1 else 0 end) as delivered,
        sum(case when o and delivered and answered then 1 else 0 end) as answered,
        sum(case when direction = 'out' and leg = 'customer' and test then 1 else 0 end) as tests,
        sum(case when direction = 'out' and leg = 'event' then 1 else 0 end) as without_customer,
        sum(case when o and callee_shape = 'masked' then 1 else 0 end) as masked
    from (select *, direction = 'out' and leg = 'customer' and not coalesce(test, false) as o from every) c
    group by 1, 2, 3, 4, 5, 6, 7
), classed as (
    select g.*, date_trunc('month', day) as month, coalesce(own_team, l.team_id) as team,
        case when shape = 'mobile' then 'MOBILE' when shape = 'landline' then 'LANDLINE'
        when shape = 'service_400_800' then 'SHARED_400_800' when shape in ('other', 'international') then 'OTHER'
        when n.root is not null then case when n.filed then 'OWN_SHORT' else 'OTHER_SHORT' end
        when shape = 'short' then 'OTHER_SHORT' when shape = 'short_or_landline' then 'LANDLINE'
        when shape = 'short_or_other' then 'OTHER' else 'UNKNOWN' end as class
    from grouped g left join number_dim n on g.shape in ('short', 'short_long', 'short_or_landline', 'short_or_other')
        and length(cast(g.display as varchar)) = n.total_length
        and substr(cast(g.display as varchar), 1, n.root_length) = cast(n.root as varchar)
        and (n.valid_from is null or g.day >= n.valid_from) and (n.valid_to is null or g.day <= n.valid_to)
    left join line_dim l on g.own_team is null and g.line = l.line_id
        and (l.valid_from is null or g.day >= l.valid_from) and (l.valid_to is null or g.day <= l.valid_to)
)
select class, kind, line, team, display, month, sum(delivered) as delivered, sum(answered) as answered, confidence,
    shape, sum(outbound) as outbound, sum(records) as records, bit_or(days) as days, sum(tests) as tests,
    sum(without_customer) as without_customer, sum(masked) as masked
from classed
group by grouping sets ((class, month), (class, kind), (class, line), (class, team), (class, display, shape),
    (month, shape, confidence), (class))
"""
MATCH: Final = """
select * from (
    select complaint_id, how, line_id, team_id, agent_kind, start_ts,
        row_number() over (partition by complaint_id order by how, away, start_ts, call_id) as place
    from (
        select c.complaint_id, r.line_id, r.team_id, r.agent_kind, r.start_ts, r.call_id,
            case when r.start_ts between c.call_ts - interval '10 minutes' and c.call_ts + interval '10 minutes'
                then 1 else 2 end as how, abs(extract(epoch from r.start_ts - c.call_ts)) as away
        from complaint_fact c join {rows} on c.complainant = r.callee and c.complained = r.display
            and (r.start_ts between c.call_ts - interval '10 minutes' and c.call_ts + interval '10 minutes'
                or cast(r.start_ts as date) = cast(c.call_ts as date))
        where c.valid_to is null and r.direction = 'out' and r.leg = 'customer'
        union all
        select c.complaint_id, r.line_id, r.team_id, r.agent_kind, r.start_ts, r.call_id, 0, 0
        from complaint_fact c join {rows} on c.call_id = r.call_id
        where c.valid_to is null and r.direction = 'out' and r.leg = 'customer'
    ) found
) ranked where place = 1
"""
DIMS: Final = {
    "number_dim": "root bigint, root_length int, total_length int, filed boolean, valid_from date, valid_to date",
    "line_dim": "line_id varchar, team_id varchar, valid_from date, valid_to date",
    "complaint_fact": (
        "complaint_id varchar, complainant bigint, complained bigint, call_ts timestamp, call_id varchar, valid_to date"
    ),
}


def dims(files: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of the small tables beside the calls whose ``files`` are given, in the order of DIMS."""
    base = Path(files[0]).parents[2]
    found = {}
    for name, columns in DIMS.items():
        paths = DeltaTable(str(base / name)).file_uris() if (base / name).exists() else []
        names = ", ".join(column.split()[0] for column in columns.split(", "))
        found[name] = duckdb.execute(f"select {names} from read_parquet({paths!r})").fetchall() if paths else []
    return found


def slot(found: dict[str, list[tuple[Any, ...]]], year: int) -> str:
    """SQL of the first day of the stretch: month starts, and the days on which a root or a line's team changes."""
    spans = [row[-2:] for name in ("number_dim", "line_dim") for row in found[name]]
    edges = {first for first, _ in spans if first} | {last + timedelta(days=1) for _, last in spans if last}
    inside = sorted((day for day in edges if day.year == year and day.day > 1), reverse=True)
    month = "cast(date_trunc('month', start_ts) as date)"
    cases = [_edge(day, month) for day in inside]
    return f"case {' '.join(cases)} else {month} end" if cases else month


def _edge(day: date, month: str) -> str:
    return f"when start_ts >= '{day}' and {month} = '{day.replace(day=1)}' then date '{day}'"


def headline(rows: Iterable[tuple[Any, ...]]) -> dict[str, dict[str, int]]:
    """{class: {delivered, answered}} out of the rows of GROUPS: those with a class and nothing else."""
    return {
        row[0]: {"delivered": int(row[6]), "answered": int(row[7])}
        for row in rows
        if row[0] is not None and all(value is None for value in (*row[1:6], row[9])) and row[6]
    }


def main(calls: str, numbers: str, year: str) -> None:
    """Run all over Parquet files: a JSON file with the list of the calls' paths, and the year."""
    del numbers  # stands beside the calls
    files = json.loads(Path(calls).read_text(encoding="utf-8"))
    began = time.process_time()
    with duckdb.connect() as db:
        db.execute("set threads = 2")
        small = dims(files)
        for name, columns in DIMS.items():
            db.execute(f"create table {name} ({columns})")
            if small[name]:
                places = ", ".join("?" * len(columns.split(", ")))
                db.executemany(f"insert into {name} values ({places})", small[name])
        every = f"read_parquet({files!r}, hive_partitioning = true)"
        good = (
            f"(select {', '.join(COLUMNS)} from {every} where part <> 'rejected'"
            f" and start_ts >= timestamp '{year}-01-01' and start_ts < timestamp '{int(year) + 1}-01-01') r"
        )
        query = GROUPS.format(
            calls=good, calls_columns=", ".join(COLUMNS), slot=slot(small, int(year)), dom="day(start_ts)"
        )
        rows = db.execute(query).fetchall()
        db.execute(MATCH.format(rows=f"(select * from {every} where part <> 'rejected') r")).fetchall()
        db.execute(f"select part = 'rejected', reason, count(*) from {every} group by 1, 2").fetchall()
    print(json.dumps({"cpu": [time.process_time() - began], "answer": headline(rows)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
