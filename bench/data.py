"""Generic call records of the year 2025, any number of rows, always the same for the same number.

24 lines, each with a handful of displayed numbers (short numbers of the ledger and foreign ones, landlines, mobiles,
400), every callee its own draw, about 1 % broken rows of every semantic kind, 0.4 % ids that another call has already, 0.2 % rows that come twice, and a few lines
in each file that no CSV reader can split. Twelve files, one a month, UTF-8 with BOM.
"""

import json
import sys
from pathlib import Path
from typing import Final

import duckdb

from bench.demo import dirt

YEAR: Final = 2025
MONTHS: Final = tuple(f"{YEAR}-{month:02d}" for month in range(1, 13))
HEADER: Final = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,振铃时间,接通时间,结束时间,结果,坐席编号,坐席类型,线路编号,团队,用途"
ROOTS: Final = (("95078", 8), ("95079", 8), ("96521", 5))

_MAKE: Final = """
copy (
    with drawn as (
        select i, (hash(i, 1) >> 2)::bigint as h1, (hash(i, 2) >> 2)::bigint as h2, (hash(i, 3) >> 2)::bigint as h3,
            (hash(i, 4) >> 2)::bigint as h4
        from (select i from range({first}, {last}) r(i) union all select i from range({first}, {last}) r(i) where i % 499 = 0)
    ), placed as (
        select *, h1 % 24 as line, h2 % 100 as kind, h3 % 1000 as fault,
            timestamp '{month}-01 00:00:00' + interval 1 second * ((h2 >> 8) % ({days} * 43200) // 43200 * 86400
                + 30600 + (h2 >> 8) % 43200) as started, (h1 >> 8) % 5 as variant
        from drawn
    ), numbered as (
        select *, case when line < 8 then '95078' || lpad((line * 5 + variant)::varchar, 3, '0')
                when line < 14 then case when variant < 3 then '95079' || lpad((line + variant)::varchar, 3, '0') else '4008120' || lpad((line + variant)::varchar, 3, '0') end
                when line < 20 then case when variant = 0 then '96521' else '0571' || (86000000 + line * 5 + variant) end
                when line < 23 then case when variant < 2 then '1' || (3800000000 + line * 977 + variant) else '021' || (61000000 + line * 5 + variant) end
                when variant = 0 then '95588' else '010' || (58000000 + variant) end as number,
            (h3 >> 12) % 100 < case when kind < 30 then 45 else 33 end as spoken, 3 + (h4 % 25) as ring, 1 + (h4 >> 8) % 240 as talk,
            '1' || (3 + (h4 >> 16) % 7) || lpad(((h4 >> 20) % 1000000000)::varchar, 9, '0') as customer
        from placed
    ), timed as (
        select *, started + interval 1 second * ring as picked, started + interval 1 second * (ring + case when spoken then talk else 0 end) as ended from numbered
    )
    select 'gw3-' || lpad(to_hex(hash(case when (h3 >> 24) % 250 = 0 then i - 1 else i end, 9)), 16, '0') as 话单ID,
        case when fault = 0 then '外拨' when kind < 92 then '呼出' else '呼入' end as 方向,
        case when kind >= 92 then customer else '' end as 主叫号码,
        case when kind >= 92 then '' when fault = 1 then 'anonymous' when h4 % 12 = 0 then '+86' || number when h4 % 12 = 1 then '0086' || number else number end as 外显号码,
        case when kind >= 92 then number when fault = 2 then '' when fault = 3 then '1.38E+10' when h1 % 5 = 0 then '0' || customer when h1 % 10 = 1 then '+86' || customer else customer end as 被叫号码,
        case when fault = 4 then '' when fault = 5 then '昨天' else strftime(started, '%Y-%m-%d %H:%M:%S') end as 开始时间,
        strftime(started + interval 1 second, '%Y-%m-%d %H:%M:%S') as 振铃时间,
        case when spoken then strftime(picked, '%Y-%m-%d %H:%M:%S') end as 接通时间,
        case when fault in (6, 7) then strftime(started - interval 1 hour, '%Y-%m-%d %H:%M:%S') when fault = 8 then strftime(ended + interval 3 day, '%Y-%m-%d %H:%M:%S')
            else strftime(ended, '%Y-%m-%d %H:%M:%S') end as 结束时间,
        case when fault = 9 then '平台拦截' when spoken then '已接通' when h4 % 3 = 0 then '忙线' else '未接通' end as 结果,
        'S' || lpad(((h2 >> 40) % 400)::varchar, 4, '0') as 坐席编号, case when kind < 30 then '机器人' else '人工' end as 坐席类型,
        'L' || lpad((line + 1)::varchar, 2, '0') as 线路编号, 'T0' || line // 6 as 团队, case when h4 % 997 = 0 then '测试' else '回访' end as 用途
    from timed order by started
) to '{target}' (header, delimiter ',')
"""


def make(folder: Path, rows: int) -> list[Path]:
    """Write the twelve files, or leave them when they are there for the same number of rows."""
    stamp = folder / f"rows-{rows}"
    paths = [folder / f"cdr-{month}.csv" for month in MONTHS]
    if stamp.exists():
        return paths
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as db:
        db.execute(f"set threads = 2; set memory_limit = '4GB'; set temp_directory = '{folder / 'tmp'}'")
        for number, (month, path) in enumerate(zip(MONTHS, paths, strict=True)):
            first, last = rows * number // 12, rows * (number + 1) // 12
            db.execute(_MAKE.format(first=first, last=last, month=month, days=28, target=path))
            with path.open("ab") as out:
                out.writelines(line + b"\n" for line in dirt.lines(month, number))
    stamp.touch()
    return paths


if __name__ == "__main__":
    print(json.dumps([str(path) for path in make(Path(sys.argv[1]), int(sys.argv[2]))]))
