from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from tests.engines.intake.formats.conftest import Evaluate, sample_of

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.formats import catalogue
from nianjian.engines.intake.sql import is_public_number
from nianjian.engines.lake.schema import literal
from nianjian.engines.lake.workbench import Workbench

TINET = {
    "UniqueId": "u1", "Cno": "1111", "StartTime": 1772416800, "EndTime": 1772416830, "Clid": "95013", "CallType": 4,
    "CustomerNumber": "13800138000",
}  # fmt: skip
ALIYUN = {
    "ContactId": "c1", "CallingNumber": "95013", "CalledNumber": "13800138000", "StartTime": 1772416800000,
    "CallDuration": 20,
}  # fmt: skip
TENCENT = {
    "SessionId": "s1", "Caller": "008695013", "Callee": "008613800138000", "StartTimestamp": 1772416800,
    "EndedTimestamp": 1772416830, "AcceptTimestamp": 0,
}  # fmt: skip
HUAWEI = {
    "callSerialNo": "h1", "caller": "8001", "called": "13800138000", "callerPresent": "95013",
    "startTime": 1772416800000, "endTime": 1772416830000,
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


def test_tinet_status(evaluate: Evaluate) -> None:
    untyped, answer = {"CallType": None}, {"AnswerTime": NOW}
    cases = [
        (30, {}, NO, NO), (31, answer, NO, NO), (32, {}, YES, NO), (33, answer, YES, YES), (20, untyped, NO, NO),
        (21, untyped, YES, NO), (22, untyped, YES, YES), (23, untyped, YES, NO), (23, untyped | answer, YES, YES),
        (24, untyped, YES, YES), (40, {}, YES, NO), (41, answer, YES, YES), (43, answer, YES, YES),
        (50, {"CallType": 6}, YES, NO), (51, {"CallType": 6}, YES, NO), (52, {"CallType": 6}, YES, YES),
    ]  # fmt: skip
    records = [TINET | {"Status": status, "AnswerTime": None} | more for status, more, *_ in cases]
    found = told(evaluate, "tinet", records, "delivered", "answered", "direction")
    assert found == [(delivered, answered, OUT) for _, _, delivered, answered in cases]


def test_tinet_what_the_customer_saw_goes_first(evaluate: Evaluate) -> None:
    records = [TINET | {"Status": 33, "DisplayNumber": shown} for shown in ("17012345678", None)]
    assert told(evaluate, "tinet", records, "display") == [("17012345678",), ("95013",)]


def test_aliyun(evaluate: Evaluate) -> None:
    at = NOW * 1000
    cases = [
        ("OUTBOUND", "Success", at, OUT, YES), ("OUTBOUND", "NoAnswer", None, OUT, NO),
        ("BACK2BACK", "Success", at, OUT, YES), ("BACK2BACK", "NoAnswer", at, OUT, NO),
        ("PREDICTIVE", "AbandonedInQueue", at, OUT, YES), ("PREDICTIVE", "NoAnswer", 0, OUT, NO),
        ("PRIVACY_DIAL", "Success", at, OUT, YES), ("INBOUND", "Success", at, IN, YES),
        ("INTERNAL", "Success", at, WITHIN, YES), ("CONFERENCE", "Success", at, WITHIN, YES),
    ]  # fmt: skip
    names = ("ContactType", "ContactDisposition", "EstablishedTime")
    records = [ALIYUN | dict(zip(names, case, strict=False)) for case in cases]
    found = told(evaluate, "aliyun_ccc", records, "direction", "answered", "codes")
    assert found == [(direction, answered, []) for *_, direction, answered in cases]


def test_tencent(evaluate: Evaluate) -> None:
    cases = [
        ({"EndStatus": 1, "AcceptTimestamp": NOW}, YES, YES, "answered"), ({"EndStatus": 202}, YES, NO, "no_answer"),
        ({"EndStatus": 206}, YES, NO, "busy"),
        *(({"EndStatus": code}, NO, NO, "blocked") for code in (108, 109, 110, 111, 212)),
        ({"EndStatusString": "carrierBlocked"}, NO, NO, "blocked"),
        ({"CallType": 5, "EndStatus": 105}, YES, YES, "answered"),
        ({"CallType": 1, "EndStatus": 105}, YES, NO, "no_answer"),
        ({"EndStatus": 225, "AcceptTimestamp": NOW}, YES, YES, "answered"),
    ]  # fmt: skip
    records = [TENCENT | {"Direction": 1} | more for more, *_ in cases]
    found = told(evaluate, "tencent_tccc", records, "delivered", "answered", "result", "agent_kind")
    kinds = ["robot" if more.get("EndStatus") == 225 else None for more, *_ in cases]
    assert found == [(*case[1:], kind) for case, kind in zip(cases, kinds, strict=True)]


def test_tencent_seat_in_json_and_in_csv(evaluate: Evaluate) -> None:
    made = TENCENT | {"Direction": 1, "EndStatus": 1, "SeatUser": {"StaffNumber": "6001", "Name": "x"}}
    assert evaluate("tencent_tccc", json.dumps(made))[0]["agent_id"] == "6001"
    text = ",".join(made) + '\ns1,1,2,1772416800,1772416830,0,1,1,"{""StaffNumber"":""6001""}"\n'
    assert evaluate("tencent_tccc", text)[0]["agent_id"] == "6001"


def test_huawei_reasons(evaluate: Evaluate) -> None:
    cases = [(0, YES, YES), (1, YES, YES), (2, NO, NO), (3, YES, NO), (4, NO, NO), (5, YES, NO), (6, NO, NO)]
    records = [
        HUAWEI | {"reasonCode": reason, "state": 3, "talkingTime": NOW * 1000 if answered else None}
        for reason, _, answered in cases
    ]
    found = told(evaluate, "huawei_cec", records, "direction", "display", "delivered", "answered")
    assert found == [(OUT, "95013", delivered, answered) for _, delivered, answered in cases]


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
    found = [(row["direction"], row["answered"], row["result"]) for row in evaluate("vicidial", trunk)]
    assert found == [(OUT, YES, "answered"), (OUT, NO, "answered"), (OUT, NO, "busy"), (OUT, NO, "rejected")]
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
    (found,) = bench.rows(f"select {', '.join(is_public_number(literal(number)) for number in numbers)}")
    assert dict(zip(numbers, found, strict=True)) == numbers


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
