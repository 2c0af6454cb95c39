import csv
import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, cast
from uuid import NAMESPACE_OID, uuid5

import pytest
from tests.engines.intake.conftest import Desk
from tests.engines.intake.formats.conftest import Evaluate, sample_of
from tests.engines.intake.formats.test_asterisk import A, B, document, row
from tests.support import call_files

from nianjian.engines.intake import load, read
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.formats import catalogue
from nianjian.engines.intake.sql import is_public_number
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS, SCHEMAS, literal
from nianjian.engines.lake.tables import Lake
from nianjian.engines.lake.workbench import Workbench
from nianjian.engines.metrics.run import run
from nianjian.engines.metrics.tables import facts, scanner_calls
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.generated import monthly_traffic

TINET = {
    "UniqueId": "u1", "Cno": "1111", "StartTime": 1772416800, "EndTime": 1772416830, "Clid": "95013", "CallType": 4,
    "CustomerNumber": "13800138000",
}  # fmt: skip
TENCENT = {
    "SessionId": "s1", "Caller": "008695013", "Callee": "008613800138000", "StartTimestamp": 1772416800,
    "EndedTimestamp": 1772416830, "AcceptTimestamp": 0,
}  # fmt: skip
VICIDIAL = (
    "uniqueid,lead_id,call_date,start_epoch,end_epoch,length_in_sec,status,phone_number,user\n"
    "1.1,7,2026-03-02 10:00:00,1772416800,1772416830,{length},{status},13800138000,{user}\n"
)


NOW = 1772416805
BILL = "developer,account_id,cc_id,agent_id,call_id,caller_no,callee_no,wait_begin,call_begin,call_end,call_type\n"
OUT, IN, WITHIN = "out", "in", "internal"
YES, NO = True, False


def told(
    evaluate: Evaluate, source: str, records: Iterable[dict[str, object]], *names: str
) -> list[tuple[object, ...]]:
    """The fields ``names`` of JSON records that stand in one file."""
    text = "\n".join(map(json.dumps, records))
    return [tuple(row[name] for name in names) for row in evaluate(source, text)]


def test_tinet_tells_an_untyped_call_by_its_status_and_its_answer(evaluate: Evaluate) -> None:
    """`tests/sources` has the statuses of typed calls, and those of the other vendors."""
    untyped, answer = {"CallType": None}, {"AnswerTime": NOW}
    cases = [
        (31, answer, NO, NO), (41, answer, YES, YES), (20, untyped, NO, NO), (21, untyped, YES, NO),
        (22, untyped, YES, YES), (23, untyped, YES, NO), (23, untyped | answer, YES, YES), (24, untyped, YES, YES),
    ]  # fmt: skip
    records = [TINET | {"Status": status, "AnswerTime": None} | more for status, more, *_ in cases]
    values = told(evaluate, "tinet", records, "delivered", "answered", "direction")
    assert values == [(delivered, answered, OUT) for _, _, delivered, answered in cases]


def test_tinet_what_the_customer_saw_goes_first(evaluate: Evaluate) -> None:
    records = [TINET | {"Status": 33, "DisplayNumber": number} for number in ("17012345678", None)]
    assert told(evaluate, "tinet", records, "display") == [("17012345678",), ("95013",)]


def test_tencent(evaluate: Evaluate) -> None:
    cases = [
        ({"EndStatus": 202}, YES, NO, "no_answer"), ({"EndStatus": 206}, YES, NO, "busy"),
        ({"EndStatus": 111}, NO, NO, "blocked"), ({"EndStatusString": "carrierBlocked"}, NO, NO, "blocked"),
        ({"CallType": 5, "EndStatus": 105}, YES, YES, "answered"),
        ({"CallType": 1, "EndStatus": 105}, YES, NO, "no_answer"),
        ({"EndStatus": 225, "AcceptTimestamp": NOW}, YES, YES, "answered"),
    ]  # fmt: skip
    records = [TENCENT | {"Direction": 1} | more for more, *_ in cases]
    values = told(evaluate, "tencent_tccc", records, "delivered", "answered", "result", "agent_kind")
    kinds = ["robot" if more.get("EndStatus") == 225 else None for more, *_ in cases]
    assert values == [(*case[1:], kind) for case, kind in zip(cases, kinds, strict=True)]


def test_tencent_seat_in_json_and_in_csv(evaluate: Evaluate) -> None:
    record = TENCENT | {"Direction": 1, "EndStatus": 1, "SeatUser": {"StaffNumber": "6001", "Name": "x"}}
    assert evaluate("tencent_tccc", json.dumps(record))[0]["agent_id"] == "6001"
    text = ",".join(record) + '\ns1,1,2,1772416800,1772416830,0,1,1,"{""StaffNumber"":""6001""}"\n'
    assert evaluate("tencent_tccc", text)[0]["agent_id"] == "6001"


def test_huawei_call_types(evaluate: Evaluate) -> None:
    cases = {
        0: IN, 6: WITHIN, 7: OUT, 40: OUT, 41: OUT, 43: OUT, 44: OUT, 45: OUT, 51: WITHIN, 52: WITHIN, 53: WITHIN,
        "": None,
    }  # fmt: skip
    times = "2026-03-02 10:00:00,2026-03-02 10:00:05,2026-03-02 10:00:30"
    text = BILL + "".join(f"d,1,1,101,c1,95013,13800138000,{times},{kind}\n" for kind in cases)
    assert [row["direction"] for row in evaluate("huawei_cec", text)] == list(cases.values())


def test_vicidial_status(evaluate: Evaluate) -> None:
    cases = [
        ("SALE", 30, "6001", YES, YES, "answered"), ("DROP", 30, "VDAD", YES, YES, "answered"),
        ("A", 30, "VDAD", YES, YES, "answered"), ("NA", 30, "VDAD", YES, NO, "no_answer"),
        ("B", 0, "VDAD", YES, NO, "busy"), ("DC", 0, "VDAD", YES, NO, "failed"), ("DNCL", 0, "VDAD", NO, NO, "blocked"),
    ]  # fmt: skip
    head, line = VICIDIAL.splitlines()
    lines = [line.format(status=status, length=length, user=user) for status, length, user, *_ in cases]
    rows = evaluate("vicidial", "\n".join([head, *lines]))
    assert [(row["delivered"], row["answered"], row["result"]) for row in rows] == [case[3:] for case in cases]
    assert [row["agent_id"] for row in rows] == ["6001", *[None] * 6]


def test_vicidial_tables_meet_in_one_call(evaluate: Evaluate) -> None:
    log = evaluate("vicidial", VICIDIAL.format(status="SALE", length=30, user="6001"))[0]
    dial = evaluate(
        "vicidial",
        'call_date,lead_id,outbound_cid,uniqueid,extension\n2026-03-02 10:00:00,7,"""x"" <95013>",1.1,13800138000\n',
    )[0]
    assert log["call_key"] == dial["call_key"]
    assert log["call_id"] != dial["call_id"]
    assert (log["display"], dial["display"]) == (None, "95013")


def test_vicidial_channel_and_trunk_tables(evaluate: Evaluate) -> None:
    trunk = "uniqueid,call_date,lead_id,dialstatus,dial_time,answered_time\n"
    trunk += "".join(f"1.{n},2026-03-02 10:00:00,7,{said},30,{talk}\n" for n, (said, talk) in enumerate(
        [("ANSWER", 20), ("ANSWER", 0), ("BUSY", 0), ("DONTCALL", 0)]
    ))  # fmt: skip
    outcomes = [(row["direction"], row["answered"], row["result"]) for row in evaluate("vicidial", trunk)]
    assert outcomes == [(OUT, YES, "answered"), (OUT, NO, "answered"), (OUT, NO, "busy"), (OUT, NO, "rejected")]
    channel = "uniqueid,number_dialed,caller_code,start_time,start_epoch\n"
    numbers = {"V1": "13800138000", "M1": "13800138000", "Y1": "95013", "1": "13800138000", "2": "8001"}
    channel += "".join(f"1.1,{to},{code},2026-03-02 10:00:00,1772416800\n" for code, to in numbers.items())
    rows = evaluate("vicidial", channel)
    assert [row["direction"] for row in rows] == [OUT, OUT, IN, OUT, WITHIN]
    assert {row["call_id"] for row in rows} == {"call:1.1"}


@pytest.mark.parametrize("unit", [1, 1000])
def test_vos_talk_is_holdtime_and_shown_is_what_the_gateway_got(evaluate: Evaluate, unit: int) -> None:
    text = (
        "callere164,calleee164,callertogatewaye164,calleegatewayid,starttime,stoptime,holdtime,feetime,flowno\n"
        f"8001,13800138000,95013,ld-01,{1772416800 * unit},{1772416830 * unit},25,60,1\n"
        f"8001,13800138000,95013,ld-01,{1772416800 * unit},{1772416830 * unit},0,0,2\n"
        f"8001,13800138000,95013,ld-01,{1772416800 * unit},{1772416830 * unit},many,0,3\n"
    )
    talked, failed, bad = evaluate("vos3000", text)
    assert (talked["display"], talked["caller"], talked["gateway"]) == ("95013", "8001", "ld-01")
    assert (str(talked["answer"]), talked["answered"]) == ("2026-03-02 10:00:05", True)
    assert (failed["answer"], failed["answered"]) == (None, False)
    assert bad["codes"] == ["answer_unreadable"]


def test_an_unreadable_time_is_told_from_one_that_never_came(evaluate: Evaluate) -> None:
    text = "\n".join(json.dumps(TINET | {"Status": 33, "AnswerTime": cell}) for cell in ("soon", 0, "", None))
    assert [row["codes"] for row in evaluate("tinet", text)] == [["answer_unreadable"], [], [], []]


def test_a_mapping_wins_over_the_vendors_names(evaluate: Evaluate) -> None:
    header = "SessionId,Caller,Callee,StartTimestamp,EndedTimestamp,Shown,Way"
    text = f"{header}\ns1,1,13800138000,1772416800,1772416830,95013,去\n"
    mapping = FileMapping(
        columns={"display": "Shown", "direction": "Way"}, values={"direction": {"去": "呼出"}}, trunk_prefixes=("9",)
    )
    row = evaluate("tencent_tccc", text, mapping)[0]
    assert (row["display"], row["direction"]) == ("95013", "out")
    layout = catalogue()["tencent_tccc"].layout(sample_of(text), mapping)
    assert catalogue()["tencent_tccc"].fields(layout, mapping, "Asia/Shanghai").trunk_prefixes == ("9",)


def test_json_fields_that_come_late_are_kept() -> None:
    form = catalogue()["tinet"]
    layout = form.layout(sample_of(json.dumps(TINET) + "\n"), FileMapping())
    assert layout.parse is not None
    cells = dict(zip(layout.columns, layout.parse(json.dumps(TINET | {"Note": "x", "Deep": {"a": 1}})), strict=True))
    assert json.loads(cells["more"] or "") == {"Note": "x", "Deep.a": "1"}
    assert cells["StartTime"] == "1772416800"


def test_what_is_no_record_is_refused() -> None:
    layout = catalogue()["tinet"].layout(sample_of(json.dumps(TINET)), FileMapping())
    assert layout.parse is not None
    cases = {'{"RequestId": "r", "Data": {"List": [{}]}}': "fields_unknown"}
    cases |= dict.fromkeys(("[1]", "{", '{"UniqueId": NaN'), "json_invalid")
    for text, code in cases.items():
        with pytest.raises(ValueError, match=code):
            layout.parse(text)


def test_numbers_of_the_public_network(bench: Workbench) -> None:
    public = [
        "13800138000", "02161234567", "95013", "96123", "10086", "12345", "+8613800138000", "10001", "138****8000",
        "sip:13800138000@h;user=phone",
    ]  # fmt: skip
    numbers = dict.fromkeys(public, True) | dict.fromkeys(["1001", "88001", "s", "anonymous", "110"], False)
    (flags,) = bench.rows(f"select {', '.join(is_public_number(literal(number)) for number in numbers)}")
    assert dict(zip(numbers, flags, strict=True)) == numbers


def test_a_seats_leg_of_tinet_is_no_call_to_a_customer(evaluate: Evaluate) -> None:
    text = (
        "UniqueId,MainUniqueId,CallType,MainCallType,CustomerNumber,DisplayNumber,StartTime,AnswerTime,EndTime,Status\n"
        "m.1-1,m.1,呼转座席,预览外呼,8001,1001,1772330400,1772330403,1772330470,双方接听\n"
        "m.1-2,m.1,呼转客户,预览外呼,13800138000,01088886666,1772330405,1772330412,1772330470,双方接听\n"
    )
    rows = evaluate("tinet", text)
    assert [(row["direction"], row["leg"], row["delivered"]) for row in rows] == [
        ("out", "agent", False), ("out", "customer", True),
    ]  # fmt: skip
    assert {row["call_key"] for row in rows} == {"m.1"}


TESTS = Path(__file__).parents[3]
SAMPLES = {
    "samples/asterisk-22.10.1_Master.csv": "asterisk",
    "samples/asterisk-22.10.1_Master_predictive_and_robot.csv": "asterisk",
    "samples/kamailio/acc_1.log": "kamailio",
    "samples/kamailio/acc_129.log": "kamailio",
    "samples/kamailio/acc_syslog_style.log": "kamailio",
    "samples/kamailio/cdrs_130.log": "kamailio",
}
HEADERS = {
    "asterisk": [
        "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,duration,billsec,disposition,uniqueid,outbound_cnum"
    ],
    "freeswitch_csv": ["uuid,caller_id_number,destination_number,start_stamp,answer_stamp,end_stamp,hangup_cause"],
    "kamailio": ["id,method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,dst_user"],
    "vicidial": [
        "uniqueid,lead_id,list_id,campaign_id,call_date,start_epoch,end_epoch,length_in_sec,status,phone_number,user",
        "uniqueid,call_date,server_ip,lead_id,hangup_cause,dialstatus,channel,dial_time,answered_time",
        "uniqueid,channel,channel_group,type,server_ip,extension,number_dialed,caller_code,start_time,start_epoch",
        "caller_code,lead_id,server_ip,call_date,extension,channel,context,timeout,outbound_cid,uniqueid",
    ],
    "vos3000": ["Callere164,Calleraccesse164,Calleee164,Callertogatewaye164,Starttime,Stoptime,Holdtime,Flowno"],
    "tinet": ["UniqueId,Cno,StartTime,AnswerTime,EndTime,Clid,DisplayNumber,CallType,Status,CustomerNumber"],
    "aliyun_ccc": ["ContactId,ContactType,ContactDisposition,CallingNumber,CalledNumber,StartTime,EstablishedTime"],
    "tencent_tccc": ["SessionId,Caller,Callee,Direction,CallType,StartTimestamp,EndedTimestamp,EndStatus"],
    "huawei_cec": [
        "callSerialNo,caller,called,callerPresent,startTime,endTime,talkingTime,releaseTime,reasonCode",
        "developer,account_id,cc_id,agent_id,call_id,caller_no,callee_no,wait_begin,call_begin,call_end,call_type",
    ],
    "generic": [
        "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,振铃时间,接通时间,结束时间,结果,坐席编号,坐席类型,线路编号,团队,用途"
    ],
}  # fmt: skip


def best(text: str) -> list[str]:
    """The sources with the highest score, none if nobody knows the file."""
    sample = sample_of(text)
    scores = {name: form.recognise(sample) for name, form in catalogue().items()}
    top = max(scores.values())
    return [name for name, score in scores.items() if score == top] if top else []


@pytest.mark.parametrize(("file", "source"), SAMPLES.items())
def test_real_records_are_known(file: str, source: str) -> None:
    assert best((TESTS / file).read_text(encoding="utf-8")) == [source]


@pytest.mark.parametrize(("source", "header"), [(name, one) for name, many in HEADERS.items() for one in many])
def test_headers_are_known_in_any_order_and_with_further_columns(source: str, header: str) -> None:
    names = [*reversed(header.split(",")), "备注"]
    assert best(header + "\n") == [source]
    assert best(",".join(names) + "\n") == [source]


@pytest.mark.parametrize(
    "text",
    ["姓名,身份证号,金额\n张三,x,1\n", "a,b,c\n1,2,3\n", '{"foo": 1}\n', "1|2|3\n", "2026-03-02 10:00:00,a,b,c\n"],
)
def test_what_is_no_call_record_is_nobodys(text: str) -> None:
    assert best(text) == []


def test_a_cdr_custom_file_is_told_from_master_and_from_freeswitch() -> None:
    text = (TESTS / "samples/asterisk-22.10.1_cdr_custom_Gateway.csv").read_text(encoding="utf-8")
    scores = {name: form.recognise(sample_of(text)) for name, form in catalogue().items()}
    assert {name for name, score in scores.items() if score} == {"asterisk"}
    assert scores["asterisk"] < 50


# What an Asterisk record says of application and context stays beside the call: a robot's call is told by it.

KEPT = ("dcontext", "channel", "dstchannel", "lastapp", "lastdata")
PLACES = (3, 5, 6, 7, 8)  # of a Master.csv, counted from 0
EXPORT = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,uniqueid\n"
    "2026-03-02 10:00:00,,95013,13800138000,airobot,PJSIP/a-1,,AGI,robot.py,9,5,ANSWERED,1772413057.57\n"
)


def test_every_row_keeps_what_its_record_says_and_robots_are_told_from_the_queue(desk: Desk) -> None:
    name = "asterisk-22.10.1_Master_predictive_and_robot.csv"
    data = (TESTS / "samples" / name).read_bytes()
    desk.take(data, name, mapping=FileMapping(timezone="Asia/Shanghai"))
    extras = [json.loads(extra) for (extra,) in desk.rows("extra", "part <> 'rejected'")]
    theirs = Counter(
        tuple(row[place] or None for place in PLACES) for row in csv.reader(data.decode("utf-8").splitlines())
    )
    assert Counter(tuple(one[name] for name in KEPT) for one in extras) == theirs
    context = "json_extract_string(extra, '$.dcontext')"
    counts = desk.rows("count(*)", f"part <> 'rejected' and answered and {context} = 'airobot'")
    assert counts == [(17,)], "so many robot calls of the run were answered"


def test_columns_of_an_export_keep_their_names(desk: Desk) -> None:
    desk.take(EXPORT.encode(), "cdr.csv", mapping=FileMapping(source="asterisk", timezone="Asia/Shanghai"))
    ((extra,),) = desk.rows("extra")
    columns = json.loads(extra)
    assert {name: columns[name] for name in KEPT} == {
        "dcontext": "airobot", "channel": "PJSIP/a-1", "dstchannel": None, "lastapp": "AGI", "lastdata": "robot.py",
    }  # fmt: skip


# Two rows of one call, imported: which of them stands for the call.

LOG = (
    "uniqueid,lead_id,call_date,start_epoch,end_epoch,length_in_sec,status,phone_number,user\n"
    "1.1,7,2026-03-02 10:00:00,1772416800,1772416830,30,SALE,13800138000,6001\n"
)
DIAL = "call_date,lead_id,outbound_cid,uniqueid,extension\n2026-03-02 10:00:00,7,95013,1.1,13800138000\n"
LEGS = "\n".join(json.dumps(leg) for leg in (document(), document(originator=A, uuid=B, caller_id_number="95013")))


ROWS = [row().replace('"1001"', '"8001"'), row(leg=B, other="").replace('"1001"', '"95013"')]
LONG = [row().replace('"1001"', '"80012345"'), ROWS[1]]  # a site whose extensions look like numbers
BOTH = [document(variables={"effective_caller_id_number": "95188", "bridge_uuid": B}),
        document(originator=A, uuid=B, caller_id_number="95013")]  # fmt: skip


@pytest.mark.parametrize(
    "files",
    [
        {"legs.jsonl": LEGS},
        {"legs.jsonl": "\n".join(map(json.dumps, BOTH))},
        {"Master.csv": "\n".join(ROWS)},
        {"Master.csv": "\n".join(LONG[::-1])},
        {"log.csv": LOG, "dial.csv": DIAL},
    ],
)
def test_the_row_that_knows_what_was_shown_stands_for_the_call(tmp_path: Path, files: dict[str, str]) -> None:
    calls = counted(tmp_path, files)
    assert [(call["display"], call["delivered"], call["answered"]) for call in calls] == [(95013, 1, 1)]


def test_a_customers_leg_without_a_number_shows_none(tmp_path: Path) -> None:
    withheld = row(leg=B, other="").replace('"1001"', '"anonymous"')
    (call,) = counted(tmp_path, {"Master.csv": f"{LONG[0]}\n{withheld}"})
    assert (call["display"], call["shape"]) == (None, "none")


def test_what_freeswitch_dialled_is_no_reason_to_refuse_a_row(tmp_path: Path) -> None:
    cases = [
        *((callee, "default", "internal", "none") for callee in ("voicemail", "alice", "conference-main", "&park")),
        ("*97", "default", "internal", "other"), ("*72*1234", "default", "internal", "other"),
        ("100", "public", "in", "other"), ("9011442079460000", "public", "in", "other"),
        ("00041245085789", "public", "in", "none"), ("' or 1=1", "public", "in", "none"),
        ("03201234567", "default", "out", "none"),
    ]  # fmt: skip
    lines = [
        row(callee, context, leg=A.replace("1111", f"{number:04}", 1), other="")
        for number, (callee, context, *_) in enumerate(cases)
    ]
    rows = call_files.rows(taken(tmp_path, {"Master.csv": "\n".join(lines)}))
    assert [(one["reason"], one["direction"], one["callee_shape"]) for one in rows] == [
        (None, direction, shape) for *_, direction, shape in cases
    ]


def scanned(callee: str, caller: str = "1001", cause: str = "CALL_REJECTED", **more: str) -> str:
    """A row of context public that nobody answered; ``context``, ``account`` and ``answer``: otherwise."""
    values = {"context": "public", "account": "", "answer": ""} | more
    times = f'"2026-03-02 10:00:00","{values["answer"]}","2026-03-02 10:00:30","30","0","{cause}"'
    leg = uuid5(NAMESPACE_OID, "|".join((callee, caller, cause, *more.values())))
    return f'"x","{caller}","{callee}","{values["context"]}",{times},"{leg}","","{values["account"]}","PCMA","PCMA"'


STRANGE = ("9011442071234567", "00041245085789", "' or 1=1--", "00442071234567", "sip:9011442071234567@1.2.3.4")
SCANNERS = [
    *(scanned(callee) for callee in ("100", "sip:x")),
    *(scanned(callee, "02161234567", "NO_ANSWER") for callee in STRANGE),
    scanned("100", cause="NORMAL_CLEARING"),
]
CUSTOMERS = [
    *(scanned(callee, "13800138000") for callee in ("100", "8001", "alice")),
    scanned("100", "anonymous"), scanned("100", "110"), scanned("100", cause="NO_ANSWER"),
    *(scanned(callee) for callee in ("95013", "95013001", "02161234567", "61234567", "13800138000", "4001234567")),
    scanned("03201234567"), scanned("008602161234567"),
    scanned("100", answer="2026-03-02 10:00:05"), scanned("9011442071234567", answer="2026-03-02 10:00:05"),
]  # fmt: skip
OTHERS = [
    scanned("100", account="1001"),
    scanned("9011442071234567", context="default"),
    scanned("100", account="drill"),
]


def test_a_scanners_call_is_kept_as_one_and_is_no_customers(tmp_path: Path) -> None:
    lake = taken(tmp_path, {"Master.csv": "\n".join([*SCANNERS, *CUSTOMERS, *OTHERS])})
    rows = call_files.rows(lake)
    events = [row for row in rows if row["leg"] == "event"]
    assert [(row["line"], json.loads(row["extra"])["kept"]) for row in events] == [
        (line, "scanner") for line, _ in enumerate(SCANNERS, start=1)
    ]
    assert {(row["direction"], row["answered"]) for row in events} == {("in", False)}
    assert Counter(row["result"] for row in events) == {"rejected": 2, "failed": len(STRANGE) + 1}
    others = rows[len(SCANNERS) :]
    assert {(row["leg"], "scanner" in row["extra"]) for row in others} == {("customer", False)}
    assert {row["direction"] for row in others[: len(CUSTOMERS)]} == {"in"}

    engine, year = DuckDBEngine(), (date(2026, 1, 1), date(2026, 12, 31))
    calls, numbers = (engine.table(name, lake.files(name), SCHEMAS[name]) for name in ("calls", "number_dim"))
    inbound = engine.rows(monthly_traffic.count_inbound(calls, numbers, *year))
    (beside,) = engine.rows(scanner_calls(calls, *year))
    (outside,) = engine.rows(scanner_calls(calls, date(2026, 3, 3), date(2026, 12, 31)))
    book = Rulebook.on(date(2026, 12, 31))
    told_calls = cast("Any", run(lake=lake, engine=engine, rulebook=book, enterprise="e", year=2026).quality["calls"])
    engine.close()
    assert told_calls["scanners"] == len(SCANNERS)
    assert told_calls["records"] == len(rows), "they are records nevertheless"
    assert sum(int(str(row["inbound"])) for row in inbound) == len(CUSTOMERS), "a drill is a test"
    assert (beside, outside) == ({"scanners": len(SCANNERS)}, {"scanners": 0})


def test_a_posted_scanners_call_is_told_alike(tmp_path: Path) -> None:
    legs = [
        document(variables={"uuid": f"{A[:-1]}{place}"} | account, context="public", **profile)
        for place, (account, profile) in enumerate([
            ({}, {"destination_number": "100"}), ({"accountcode": "1001"}, {"destination_number": "100"}),
            ({}, {"destination_number": "95013"}), ({}, {"destination_number": "9011442071234567"}),
        ])
    ]  # fmt: skip
    for leg in legs:
        for flow in leg["callflow"]:
            flow["times"].pop("answered_time", None)
    rows = call_files.rows(taken(tmp_path, {"legs.jsonl": "\n".join(map(json.dumps, legs))}))
    assert [("scanner" in row["extra"], row["leg"]) for row in rows] == [
        (True, "event"), (False, "customer"), (False, "customer"), (True, "event"),
    ]  # fmt: skip


def counted(tmp_path: Path, files: dict[str, str]) -> list[dict[str, object]]:
    """The outbound calls of the files, each once."""
    lake = taken(tmp_path, files)
    engine = DuckDBEngine()
    calls = engine.rows(facts(engine.table("calls", lake.files("calls"), CALLS)).out)
    engine.close()
    return calls


def taken(tmp_path: Path, files: dict[str, str]) -> Lake:
    """The lake with the files in it; no row is refused."""
    lake = Lake(url=str(tmp_path / "lake"), enterprise="e")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        for item in read.list_items([tmp_path / name]):
            receipt = load.import_file(
                lake=lake, item=item, batch=f"B2026030209000{len(name):04x}", timezone="Asia/Shanghai"
            )
            assert receipt.rows.rejected == 0
    return lake
