"""Two million calls of one year and two months, as one DuckDB table; every draw is a hash of the row number.

The enterprise 示例呼叫 has its own floor (T00) and three outsourced teams. T03 is the weak one: landlines and
mobiles on display, and its line L23 draws most complaints. Hidden numbers stay under the 1 % of delivered calls at
which the portrait can no longer tell the number consistency.
"""

from datetime import date
from typing import Final

import duckdb

FIRST: Final = date(2025, 10, 1)
LAST: Final = date(2026, 11, 24)

# source, team, share of all calls, lines
FLOWS: Final = (
    ("asterisk", "T00", 0.17, ("L01", "L02", "L03", "L04")),
    ("generic_gb18030", "T00", 0.20, ("L05", "L06", "L07", "L08")),
    ("generic_utf8", "T01", 0.17, ("L09", "L10", "L11")),
    ("tinet", "T01", 0.10, ("L12", "L13", "L14")),
    ("vos", "T02", 0.12, ("L15", "L16", "L17")),
    ("aliyun", "T02", 0.07, ("L18", "L19")),
    ("tccc", "T03", 0.06, ("L20", "L21")),
    ("generic_zip", "T03", 0.06, ("L22", "L23")),
    ("kamailio", "T03", 0.03, ("L24",)),
    ("freeswitch", "T03", 0.01, ("L24",)),
    ("generic_xlsx", "T00", 0.01, ("L01", "L02")),
)

OWN: Final = "own"  # filed short numbers of the enterprise
# what a team displays: kind of number and its share
DISPLAYS: Final = {
    "T00": ((OWN, 0.94), ("service", 0.06)),
    "T01": ((OWN, 0.78), ("service", 0.15), ("landline", 0.07)),
    "T02": ((OWN, 0.30), ("landline", 0.70)),
    "T03": (("landline", 0.54), ("mobile", 0.36), (OWN, 0.06), ("hidden", 0.04)),
}
# the numbers themselves: SQL over the hash `pick` (0 … 999)
NUMBERS: Final = {
    OWN: "case when pick < 450 then '95078' || lpad((pick % 40)::varchar, 3, '0') "
    "when pick < 800 then '95079' || lpad((pick % 25)::varchar, 3, '0') else '96521' end",
    "service": "'400' || lpad((8120300 + pick % 6)::varchar, 7, '0')",
    "landline": "case pick % 5 when 0 then '0571' || (86000100 + pick % 30) when 1 then '021' || (61000200 + pick % 30) "
    "when 2 then '0951' || (6010300 + pick % 10) when 3 then '020' || (38000400 + pick % 20) "
    "else '010' || (58000500 + pick % 20) end",
    "mobile": "'1' || (3800000000 + pick * 7919)::varchar",
    "hidden": "case when pick < 500 then 'anonymous' else NULL end",
}


def _steps(pairs: list[tuple[str, float]], draw: str) -> str:
    """CASE that turns a uniform draw into one of the values by their shares."""
    total = sum(share for _, share in pairs)
    edge, parts = 0.0, []
    for value, share in pairs[:-1]:
        edge += share / total
        parts.append(f"when {draw} < {edge:.6f} then '{value}'")
    return f"case {' '.join(parts)} else '{pairs[-1][0]}' end" if parts else f"'{pairs[-1][0]}'"


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _by(column: str, values: dict[str, str]) -> str:
    return f"case {column} {' '.join(f'when {key!r} then {sql}' for key, sql in values.items())} end"


def make(db: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Make the table `calls`: i, source, team, line, direction, kind, seat, display, callee and the times (µs)."""
    days = (LAST - FIRST).days + 1
    line = _by("source", {name: f"[{_quoted(lines)}][1 + h3 % {len(lines)}]" for name, _, _, lines in FLOWS})
    shown = _by("team", {team: _steps(list(kinds), "u5") for team, kinds in DISPLAYS.items()})
    db.execute(f"""
create or replace macro u(i, salt) as (hash(i * 64 + salt) % 1000003) / 1000003.0;
create or replace macro utc(wall) as epoch(wall - interval 8 hour)::bigint;
create or replace table calls as
with drawn as (
    select i, u(i, 1) as u1, u(i, 2) as u2, u(i, 3) as u3, u(i, 4) as u4, u(i, 5) as u5, u(i, 6) as u6, u(i, 7) as u7,
        (hash(i * 64 + 8) >> 2)::bigint as h3, (hash(i * 64 + 9) % 1000)::integer as pick, (hash(i * 64 + 10) >> 2)::bigint as h4
    from range({rows}) r(i)
), sourced as (
    select *, {_steps([(name, share) for name, _, share, _ in FLOWS], "u1")} as source,
        date '{FIRST}' + (floor(u2 * {days}))::integer as day0
    from drawn
), teamed as (
    select *, {_by("source", {name: f"'{team}'" for name, team, _, _ in FLOWS})} as team,
        -- fewer calls at weekends and hardly any in the Spring Festival
        case when day0 between date '2026-02-15' and date '2026-02-23' and u6 < 0.9 then day0 + 14
             when dayofweek(day0) in (0, 6) and u6 < 0.6 and day0 - 3 >= date '{FIRST}' then day0 - 3
             else day0 end as day
    from sourced
), placed as (
    select *, {line} as line, {shown} as shown,
        day + interval 1 microsecond * (30600 + floor(u7 * 43200))::bigint * 1000000 as start_ts,
        case when source in ('kamailio', 'freeswitch', 'vos') then 'out'
             when u3 < 0.07 and team in ('T00', 'T01') then 'in' when u3 < 0.075 then 'internal' else 'out' end as direction,
        case when u4 < 0.30 and source not in ('tinet', 'vos', 'aliyun', 'kamailio', 'freeswitch') then 'robot'
             else 'human' end as kind
    from teamed
), spoken as (
    select *, u(i, 11) < (case when direction = 'in' then 0.88 when kind = 'robot' then 0.45 else 0.33 end) as answered,
        2 + (h4 % 28)::integer as ring_s, 1 + floor(-ln(1 - u(i, 12)) * 48)::integer as talk_s
    from placed
)
select i, source, team, line, direction, kind, answered, ring_s, case when answered then talk_s else 0 end as talk_s,
    {_by("shown", NUMBERS)} as display,
    case when h4 % 100 < 4 then '0571' || (85000000 + h4 % 900000) else '1' || (3 + h3 % 7)::varchar
        || lpad((h4 % 1000000000)::varchar, 9, '0') end as callee,
    team || case when kind = 'robot' then 'R' || lpad((h3 % 8)::varchar, 2, '0')
        else 'S' || lpad((h3 % 40)::varchar, 3, '0') end as seat,
    start_ts, start_ts + interval 1 second as ring_ts,
    case when answered then start_ts + interval 1 second * ring_s end as answer_ts,
    start_ts + interval 1 second * (ring_s + case when answered then talk_s else 0 end) as end_ts,
    strftime(start_ts, '%Y-%m') as month,
    case when h4 % 1000 < 4 then 'blocked' when h4 % 1000 < 6 then 'test' when answered then 'answered'
         else ['no_answer', 'busy', 'failed', 'no_answer'][1 + h3 % 4] end as outcome
from spoken
""")


def months(db: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    """The months in which a source has calls, oldest first."""
    found = db.execute("select distinct month from calls where source = ? order by month", [source]).fetchall()
    return [str(month) for (month,) in found]
