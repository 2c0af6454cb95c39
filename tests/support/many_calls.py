"""A lake of a million calls and more, made by the embedded engine: NULLs, legs, validity days, late rows."""

from datetime import date, timedelta
from random import Random

import duckdb
import pyarrow.parquet as pq
from tests.support import portrait_data as data

from nianjian.engines.lake.schema import CALLS, REJECTED
from nianjian.engines.lake.tables import Lake, NewFile

FIRST = date(2025, 11, 1)
DAYS = 425

# i is the row's number; hash(i * p) is a fair die of its own for each prime p.
ROWS = """
select
  case when i % 11 = 0 then 'asterisk' else 'generic' end as source,
  'c' || i as call_id,
  case when i % 11 = 0 then 'k' || (i // 33) end as call_key,
  case when hash(i * 3) % 20 < 15 then 'out' when hash(i * 3) % 20 = 19 then null else 'in' end as direction,
  case when hash(i * 5) % 12 = 0 then 'agent' when hash(i * 5) % 12 = 1 then 'event' else 'customer' end as leg,
  null::varchar as caller_raw,
  (case hash(i * 7) % 8
     when 0 then 95013 when 1 then 9501300 + hash(i * 41) % 40 when 2 then 95588
     when 3 then 57187650000 + hash(i * 43) % 30 when 4 then 13800138000 + hash(i * 47) % 30
     when 5 then 4001234567 when 6 then 9521234567 end)::bigint as display,
  (case hash(i * 7) % 8
     when 0 then 'short' when 1 then 'short_long' when 2 then 'short' when 3 then 'landline' when 4 then 'mobile'
     when 5 then 'service_400_800' when 6 then 'short_or_landline' when 7 then
       case when i % 3 = 0 then null when i % 3 = 1 then 'masked' else 'none' end end) as display_shape,
  (case hash(i * 13) % 5 when 0 then 'low' when 1 then 'medium' when 2 then null else 'good' end) as display_confidence,
  null::varchar as display_raw,
  (13900000000 + hash(i * 17) % 5000)::bigint as callee,
  case when hash(i * 19) % 30 = 0 then 'masked' when hash(i * 19) % 30 = 1 then null else 'mobile' end as callee_shape,
  null::varchar as callee_raw,
  (timestamp '2025-11-01' + to_seconds((i * 36720000 // {count} + {shift}) % 36720000)) as start_ts,
  null::timestamp as ring_ts, null::timestamp as answer_ts, null::timestamp as end_ts, null::varchar as result,
  case when hash(i * 23) % 20 = 0 then null else hash(i * 23) % 20 > 1 end as delivered,
  case when hash(i * 29) % 20 = 0 then null else hash(i * 29) % 20 > 9 end as answered,
  case when hash(i * 31) % 50 = 0 then true when hash(i * 31) % 50 = 1 then null else false end as test,
  null::varchar as purpose, null::varchar as agent_id,
  case hash(i * 37) % 3 when 0 then 'human' when 1 then 'robot' end as agent_kind,
  case when hash(i * 53) % 10 > 0 then 'L' || hash(i * 53) % 10 end as line_id,
  case when hash(i * 59) % 4 = 0 then 'T' || hash(i * 59) % 7 end as team_id,
  null::varchar as gateway, null::varchar as extra, 'b' as batch, 'f' as file, i::bigint as line,
  case when i % 997 = 0 then 'start_unreadable' end as reason,
  null::varchar as reason_column, null::varchar as raw
from range({first}, {first} + {count}) t(i)
"""


def add_calls(lake: Lake, batch: str, *, first: int, count: int, shift: int = 0) -> None:
    """One import of ``count`` rows spread over 425 days; ``shift`` moves them by seconds (late rows)."""
    lake.create("calls", CALLS, partition_by=["part"])
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        con.execute(f"create view made as {ROWS.format(first=first, count=count, shift=shift)}")
        new = [_part(con, lake, f"part={REJECTED}/{batch}-0.parquet", "reason is not null")]
        month = FIRST
        while month < FIRST + timedelta(days=DAYS):
            following = (month + timedelta(days=32)).replace(day=1)
            where = f"reason is null and start_ts >= '{month}' and start_ts < '{following}'"
            new.append(_part(con, lake, f"part={month:%Y-%m}/{batch}-0.parquet", where))
            month = following
    days = [(FIRST + timedelta(days=number)).isoformat() for number in range(DAYS)]
    lake.commit("calls", add=new, metadata={"days": days})


def _part(con: duckdb.DuckDBPyConnection, lake: Lake, name: str, where: str) -> NewFile:
    part = name.split("/", 1)[0].removeprefix("part=")
    columns = ", ".join(column for column in CALLS.names if column != "part")
    path = lake.path("calls") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"copy (select {columns} from made where {where}) to '{path}' (format parquet, compression zstd)")
    return NewFile(name, path.stat().st_size, {"part": part}, pq.ParquetFile(path).metadata.num_rows, {}, {})


def add_registers(lake: Lake, seed: int) -> None:
    """Random registers and complaints, and a ledger whose roots end within the year."""
    tables = data.everything(seed, calls_count=200, complaints_count=300, seats_count=120)
    tables["number_dim"] = [
        _root(95013, 5, None, date(2026, 10, 15)),
        _root(95013, 7, date(2026, 3, 1), None),
        _root(950130, 7, None, date(2026, 6, 30)),
        _root(95213, 10, None, None),
        _root(9521, 10, date(2026, 7, 1), None),
    ]
    rng = Random(seed)
    for complaint in tables["complaint_fact"]:  # about numbers and callees that the calls really have
        complaint["complainant"] = 13900000000 + rng.randrange(5000)
        complaint["complained"] = rng.choice((95013, 9501307, 95588, 4001234567, 57187650011))
        complaint["call_id"] = rng.choice((None, None, None, f"c{rng.randrange(1000)}"))
    for name, rows in tables.items():
        if name != "calls":
            lake.replace(name, data.arrow(name, rows), digest=f"{seed}")


def _root(root: int, total: int, first: date | None, last: date | None) -> data.Row:
    return {
        "root": root, "root_length": len(str(root)), "total_length": total, "filed": True, "valid_from": first,
        "valid_to": last,
    }  # fmt: skip
