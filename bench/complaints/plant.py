"""Calls straight into a lake, and complaints about some of them with the truth beside.

A tenth of the calls go to few customers, each called about twice a week by the same number, so that some complaints are ambiguous by nature; a
tenth of the complaints is about a call that never was. Times named are off by up to nine minutes, by hours, or not
told. Always the same for the same number.
"""

import shutil
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from nianjian.engines.lake.schema import CALLS, COMPLAINT_FACT
from nianjian.engines.lake.tables import Lake, NewFile

MONTHS: Final = tuple(f"2025-{month:02d}" for month in range(1, 13))
EVERY: Final = 10  # of ten complaints one is a fake
A_CALL: Final = 100  # bytes of disk a call takes at most: the lake, and one month of it being sorted
SPARE: Final = 2 * 10**9  # bytes that stay free whatever happens

_CALLS: Final = """
copy (
    with drawn as (
        select i, (hash(i, 1) >> 2)::bigint as h1, (hash(i, 2) >> 2)::bigint as h2, (hash(i, 3) >> 2)::bigint as h3
        from range({first}, {last}) r(i)
    ), placed as (
        select *, timestamp '{month}-01 00:00:00' + interval 1 second * (h2 % ({days} * 86400)) as started,
            case when h3 % 10 = 0 then h1 % greatest({rows} // 1000, 1) else h1 % 600000000 end as customer
        from drawn
    )
    select 'generic' as source, 'c' || lpad(to_hex(hash(i, 9)), 16, '0') as call_id, null::varchar as call_key,
        case when h3 % 100 < 95 then 'out' else 'in' end as direction, 'customer' as leg, null::varchar as caller_raw,
        95078000 + customer % 24 as display, 'short_long' as display_shape, 'good' as display_confidence,
        null::varchar as display_raw, 13000000000 + customer as callee, 'mobile' as callee_shape,
        null::varchar as callee_raw, started as start_ts, null::timestamp as ring_ts,
        case when h2 % 3 = 0 then started + interval 9 second end as answer_ts, started + interval 60 second as end_ts,
        case when h2 % 3 = 0 then 'answered' else 'no_answer' end as result, true as delivered, h2 % 3 = 0 as answered,
        false as test, '回访' as purpose, 'S' || (h1 % 400)::varchar as agent_id, 'human' as agent_kind,
        'L' || (h1 % 24)::varchar as line_id, null::varchar as team_id, 'GW' || (h1 % 4)::varchar as gateway,
        null::varchar as extra, 'bench' as batch, '' as file, i as line, null::varchar as reason,
        null::varchar as reason_column, null::varchar as raw
    from placed order by started
) to '{target}' (format parquet, compression zstd, row_group_size 122880)
"""

_COMPLAINTS: Final = """
    with taken as (
        select call_id, callee, display, start_ts, (hash(call_id, 5) >> 2)::bigint as h
        from read_parquet([{files}]) where direction = 'out' and (hash(call_id, 4) >> 2)::bigint % {step} = 0 order by hash(call_id, 6) limit {most}
    ), numbered as (select *, row_number() over (order by call_id) as n from taken)
    select 'K' || n as complaint_id, case when n % {every} = 0 then null else call_id end as truth,
        case when n % {every} = 0 then 19900000000 + n else callee end as complainant, display as complained,
        case h % 10 when 0 then null when 1 then start_ts + interval 1 second * ((h >> 4) % 14400)
            else start_ts + interval 1 second * ((h >> 4) % 1080 - 540) end as call_ts,
        start_ts + interval 1 second * (600 + (h >> 20) % 97200) as told
    from numbered
"""


class NoRoomError(Exception):
    """The disk has no room for that many calls."""


def needed(rows: int) -> int:
    """Bytes that must be free before calls are planted."""
    return rows * A_CALL + SPARE


def plant(folder: Path, rows: int, complaints: int) -> tuple[Lake, dict[str, str | None]]:
    """Write the lake, or take the one that is there; complaint -> its true call, None for a fake. `NoRoomError`."""
    lake = Lake(str(folder), f"B{rows}")
    spill = folder / "tmp"
    spill.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if lake.version("calls") is None and free < needed(rows):
        told = f"{rows:,} calls need {needed(rows) / 1e9:.0f} GB, {free / 1e9:.0f} GB are free in {folder}"
        raise NoRoomError(told)
    with duckdb.connect() as db:
        db.execute("set threads = 2; set memory_limit = '3GB'")
        db.execute(f"set temp_directory = '{spill}'; set max_temp_directory_size = '{rows * A_CALL // 2 + SPARE} B'")
        if lake.version("calls") is None:
            _calls(db, lake, rows)
        files = ", ".join(f"'{name}'" for name in lake.files("calls"))
        step = max(rows // (complaints * 2), 1)
        sql = _COMPLAINTS.format(files=files, step=step, most=complaints, every=EVERY)
        found = db.sql(sql).to_arrow_table()
    lake.replace("complaint_fact", _facts(found), digest=f"{rows}-{complaints}")
    return lake, dict(zip(found["complaint_id"].to_pylist(), found["truth"].to_pylist(), strict=True))


def _calls(db: duckdb.DuckDBPyConnection, lake: Lake, rows: int) -> None:
    lake.create("calls", CALLS, partition_by=["part"])
    made = []
    for number, month in enumerate(MONTHS):
        path = lake.path("calls") / f"part={month}" / "bench-0.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        first, last = rows * number // 12, rows * (number + 1) // 12
        db.execute(_CALLS.format(first=first, last=last, month=month, days=28, rows=rows, target=path))
        name = path.relative_to(lake.path("calls")).as_posix()
        count = pq.ParquetFile(path).metadata.num_rows
        made.append(NewFile(name, path.stat().st_size, {"part": month}, count, {}, {}))
    lake.commit("calls", add=made, metadata={"days": []})


def _facts(found: pa.Table) -> pa.Table:
    given = {
        "complaint_id": found["complaint_id"],
        "source": pa.array(["12321"] * found.num_rows),
        "accepted_ts": found["told"],
        "arrived_ts": found["told"],
        "complainant": found["complainant"],
        "complained": found["complained"],
        "call_ts": found["call_ts"],
    }
    columns = {
        field.name: given[field.name].cast(field.type) if field.name in given else pa.nulls(found.num_rows, field.type)
        for field in COMPLAINT_FACT
    }
    return pa.table(columns, COMPLAINT_FACT)
