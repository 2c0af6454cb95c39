"""The calls written as each switch or vendor would: one query a source, one file a month or quarter."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import duckdb
import xlsxwriter

from bench.demo import calls, dirt, freeswitch, mappings

STAMP: Final = "'%Y-%m-%d %H:%M:%S'"

GENERIC: Final = f"""
select source[9:10] || '-' || lpad(to_hex(hash(i)), 16, '0') as 话单ID,
    case direction when 'in' then '呼入' when 'out' then '呼出' else '内部' end as 方向,
    case direction when 'in' then callee else case when display is null or display = 'anonymous' then '' else seat end end as 主叫号码,
    case when direction = 'in' then '' else case i % 9 when 0 then '+86' || display when 1 then '0086' || display else display end end as 外显号码,
    case when direction = 'in' then display else case i % 7 when 0 then '0' || callee when 1 then '86' || callee else callee end end as 被叫号码,
    strftime(start_ts, {STAMP}) as 开始时间, strftime(ring_ts, {STAMP}) as 振铃时间,
    case when outcome <> 'blocked' then strftime(answer_ts, {STAMP}) end as 接通时间, strftime(end_ts, {STAMP}) as 结束时间,
    case outcome when 'answered' then '已接通' when 'busy' then '忙线' when 'failed' then '失败' when 'blocked' then '平台拦截'
        when 'test' then case when answered then '已接通' else '未接通' end else '未接通' end as 结果,
    seat as 坐席编号, case kind when 'robot' then '机器人' else '人工' end as 坐席类型, line as 线路编号, team as 团队,
    case outcome when 'test' then '测试' else '回访' end as 用途
from calls where source = $source and month = $month order by start_ts, i
"""

# a dialled call has two rows: Dial, and the hang-up handler's
ASTERISK: Final = f"""
with rows as (
    select c.*, leg, utc(start_ts) || '.' || i as uniqueid,
        case when answered then 'ANSWERED' when outcome = 'busy' then 'BUSY' when outcome = 'failed' then 'FAILED' else 'NO ANSWER' end as disposition
    from calls c, (values ('Dial'), ('Return')) legs(leg)
    where source = 'asterisk' and month = $month and direction = 'out' and (leg = 'Dial' or i % 3 = 0)
)
select team as accountcode, display as src, callee as dst, 'outbound' as dcontext, '"" <' || display || '>' as clid,
    'PJSIP/' || seat || '-' || lpad(to_hex(i), 8, '0') as channel,
    case leg when 'Dial' then 'PJSIP/' || line || '-' || lpad(to_hex(i + 1), 8, '0') else '' end as dstchannel,
    leg as lastapp, case leg when 'Dial' then 'PJSIP/' || callee || '@' || line || ',40' else '' end as lastdata,
    strftime(case leg when 'Dial' then start_ts else end_ts end, {STAMP}) as start,
    case when leg = 'Dial' then strftime(answer_ts, {STAMP}) end as answer, strftime(end_ts, {STAMP}) as "end",
    case leg when 'Dial' then ring_s + talk_s else 0 end as duration, case leg when 'Dial' then talk_s else 0 end as billsec,
    disposition, 'DOCUMENTATION' as amaflags, uniqueid, line as userfield, '' as peeraccount, uniqueid as linkedid,
    i * 2 + (leg = 'Return')::integer as sequence
from rows order by start_ts, i, leg
"""

TINET: Final = """
select 'medias_1-' || utc(start_ts) || '.' || i as UniqueId, 'medias_1-' || utc(start_ts) || '.' || i as MainUniqueId,
    seat as Cno, callee as CustomerNumber, display as Clid, display as DisplayNumber, line as TrunkGroupKey,
    case direction when 'internal' then 9 else 4 end as CallType,
    case when i % 60 = 0 then 30 when answered then 33 else 32 end as Status,
    utc(start_ts) as StartTime,
    case when answered and i % 60 <> 0 then utc(answer_ts) end as AnswerTime, utc(end_ts) as EndTime,
    talk_s as BridgeDuration, case when answered then 200 when outcome = 'busy' then 486 else 480 end as SipCause, 1000 as EndReason
from calls where source = 'tinet' and month in $months and direction <> 'in' order by start_ts, i
"""

VOS: Final = """
select display as callere164, seat as calleraccesse164, callee as calleee164, '9' || callee as calleeaccesse164,
    '10.8.0.' || (i % 200) as callerip, 'GW-T02' as callergatewayid, display as callertogatewaye164,
    '10.9.0.8' as calleeip, line as calleegatewayid, callee as calleetogatewaye164,
    utc(start_ts) * 1000 as starttime, utc(end_ts) * 1000 as stoptime, ring_s * 1000 as callerpdd, talk_s as holdtime,
    ceil(talk_s / 60.0)::integer * 60 as feetime, '' as fee, 'T02' as customeraccount, i as flowno,
    'VOS3000' as softswitchname, 'sc' || i as softswitchcallid,
    case when answered then 0 when outcome = 'busy' then -9 else -8 end as endreason
from calls where source = 'vos' and month in $months order by start_ts, i
"""

ALIYUN: Final = """
select 'job-' || lpad(to_hex(hash(i)), 16, '0') as ContactId,
    case direction when 'internal' then 'INTERNAL' when 'in' then 'INBOUND' else case i % 4 when 0 then 'BACK2BACK' else 'OUTBOUND' end end as ContactType,
    case when answered then 'Success' when outcome = 'busy' then 'Reject' else 'NoAnswer' end as ContactDisposition,
    case i % 3 when 0 then 'agent' else 'customer' end as ReleaseInitiator, display as CallingNumber, callee as CalledNumber,
    utc(start_ts) * 1000 as StartTime, case when answered then utc(answer_ts) * 1000 end as EstablishedTime,
    utc(end_ts) * 1000 as ReleaseTime, talk_s as CallDuration, seat as AgentIds, team as SkillGroup
from calls where source = 'aliyun' and month in $months order by start_ts, i
"""

TCCC: Final = """
select 'sess-' || lpad(to_hex(hash(i)), 16, '0') as SessionId,
    case when display is null or display = 'anonymous' then 'anonymous' else '0086' || ltrim(display, '0') end as Caller,
    '0086' || ltrim(callee, '0') as Callee, case direction when 'in' then 0 else 1 end as Direction,
    case direction when 'internal' then 6 else 1 end as CallType, utc(start_ts) as StartTimestamp,
    utc(ring_ts) as RingTimestamp, case when answered and outcome <> 'blocked' then utc(answer_ts) end as AcceptTimestamp,
    utc(end_ts) as EndedTimestamp, talk_s as Duration,
    case when outcome = 'blocked' then 109 when answered then 1 when outcome = 'busy' then 206 else 202 end as EndStatus,
    case i % 2 when 0 then 'user' else 'seat' end as HungUpSide, team as SkillGroup, '{"StaffNumber":"' || seat || '"}' as SeatUser
from calls where source = 'tccc' and month in $months order by start_ts, i
"""

KAMAILIO: Final = """
with rows as (
    select c.*, method, case method when 'INVITE' then start_ts else end_ts end as moment
    from calls c, (values ('INVITE'), ('BYE')) m(method)
    where source = 'kamailio' and month in $months and (method = 'INVITE' or answered)
)
select method, 'f' || i, case when answered then 't' || i else '' end, i || '-' || utc(start_ts) || '@10.8.1.4',
    case when answered or method = 'BYE' then 200 when outcome = 'busy' then 486 else 408 end,
    case when answered or method = 'BYE' then 'OK' when outcome = 'busy' then 'Busy Here' else 'Request Timeout' end,
    utc(moment), utc(moment) || '.' || lpad((i % 1000000)::varchar, 6, '0'),
    coalesce(display, 'anonymous'), callee, '10.8.1.4', 'sip:' || coalesce(display, 'anonymous') || '@10.8.1.4', line, team
from rows order by moment, i
"""


def _copy(db: duckdb.DuckDBPyConnection, query: str, target: Path, values: dict[str, object], options: str) -> None:
    """COPY takes no parameters for the query in every release, so the values are put in as literals."""
    for name, value in sorted(values.items(), key=lambda pair: -len(pair[0])):
        literal = "(" + ", ".join(f"'{one}'" for one in value) + ")" if isinstance(value, list) else f"'{value}'"
        query = query.replace(f"${name}", literal)
    target.parent.mkdir(parents=True, exist_ok=True)
    db.execute(f"copy ({query}) to '{target}' ({options})")


def _quarters(months: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for month in months:
        found.setdefault(f"{month[:4]}Q{(int(month[5:]) + 2) // 3}", []).append(month)
    return found


def _by_quarter(
    db: duckdb.DuckDBPyConnection, source: str, query: str, name: Callable[[str], Path], options: str
) -> None:
    for quarter, inside in _quarters(calls.months(db, source)).items():
        _copy(db, query, name(quarter), {"months": inside}, options)


def _generic(db: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """UTF-8 with gzip for T01, GB18030 for the own floor, a zip of months for T03; each with its broken rows."""
    for source, encoding, bom in (
        ("generic_utf8", "utf-8", True),
        ("generic_gb18030", "gb18030", False),
        ("generic_zip", "utf-8", False),
    ):
        target = folder / source
        for number, month in enumerate(calls.months(db, source)):
            path = target / f"话单_{month}.csv"
            _copy(db, GENERIC, path, {"source": source, "month": month}, "header, delimiter ','")
            dirt.spoil(path, month=month, number=number, encoding=encoding, bom=bom)
            if source == "generic_utf8":
                with gzip.open(f"{path}.gz", "wb", compresslevel=1) as packed:
                    packed.write(path.read_bytes())
                path.unlink()
        if source == "generic_zip":
            with zipfile.ZipFile(folder / "速达外包_话单.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                for path in sorted(target.glob("*.csv")):
                    packed.write(path, path.name)
                    path.unlink()
            target.rmdir()


def _xlsx(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """A small office's records, in the months of summer."""
    query = GENERIC.replace("month = $month", "month between '2026-05' and '2026-11'").replace(
        "$source", "'generic_xlsx'"
    )
    result = db.execute(query)
    header = [column[0] for column in result.description or ()]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("话单")
        sheet.write_row(0, 0, header)
        for number, row in enumerate(result.fetchall(), 1):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write_string(number, column, str(value))


def write(db: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, list[str]]:
    """Write all files; returns per file or folder in ``folder`` the further arguments of `calls import`."""
    _generic(db, folder)
    for month in calls.months(db, "asterisk"):
        options = "header false, delimiter ',', force_quote (accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, \"end\", disposition, amaflags, uniqueid, userfield, peeraccount, linkedid)"
        _copy(db, ASTERISK, folder / "asterisk" / f"Master-{month}.csv", {"month": month}, options)
    _by_quarter(db, "tinet", TINET, lambda q: folder / "tinet" / f"cdr_ob_{q}.csv", "header")
    _by_quarter(db, "vos", VOS, lambda q: folder / "vos" / f"e_cdr_{q}.csv", "header")
    _by_quarter(db, "aliyun", ALIYUN, lambda q: folder / "aliyun" / f"ListCallDetailRecords_{q}.csv", "header")
    _by_quarter(db, "tccc", TCCC, lambda q: folder / "tccc" / f"DescribeTelCdr_{q}.jsonl", "format json")
    _by_quarter(
        db,
        "kamailio",
        KAMAILIO,
        lambda q: folder / "kamailio" / f"acc_{q}.log",
        "header false, delimiter '|', quote ''",
    )

    freeswitch.write(db, folder / "freeswitch" / "json_cdr.jsonl")
    _xlsx(db, folder / "手工话单.xlsx")
    zone = ["--timezone", "Asia/Shanghai"]
    plain = ("generic_utf8", "generic_gb18030", "速达外包_话单.zip", "手工话单.xlsx")
    placed = mappings.write(folder.parent / "mappings")
    return {**dict.fromkeys(plain, zone), "tinet": [], **placed, "asterisk": [*placed["asterisk"], *zone]}
