from __future__ import annotations

import json

import pytest
from tests.engines.intake.formats.conftest import Evaluate, sample_of

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.formats import catalogue
from nianjian.engines.intake.sql import is_public_number
from nianjian.engines.kernel.errors import NianjianError
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


@pytest.mark.parametrize(
    ("status", "extra", "delivered", "answered"),
    [
        (30, {}, False, False),
        (31, {"AnswerTime": 1772416805}, False, False),
        (32, {}, True, False),
        (33, {"AnswerTime": 1772416805}, True, True),
        (20, {"CallType": None}, False, False),
        (21, {"CallType": None}, True, False),
        (22, {"CallType": None}, True, True),
        (23, {"CallType": None}, True, False),
        (23, {"CallType": None, "AnswerTime": 1772416805}, True, True),
        (24, {"CallType": None}, True, True),
        (40, {}, True, False),
        (41, {"AnswerTime": 1772416805}, True, True),
        (43, {"AnswerTime": 1772416805}, True, True),
        (50, {"CallType": 6}, True, False),
        (51, {"CallType": 6}, True, False),
        (52, {"CallType": 6}, True, True),
    ],
)
def test_tinet_status(
    evaluate: Evaluate,
    status: int,
    extra: dict[str, int | None],
    delivered: bool,  # noqa: FBT001
    answered: bool,  # noqa: FBT001
) -> None:
    row = evaluate("tinet", json.dumps(TINET | {"Status": status} | extra))[0]
    assert (row["delivered"], row["answered"], row["direction"]) == (delivered, answered, "out")


def test_tinet_what_the_customer_saw_goes_first(evaluate: Evaluate) -> None:
    text = "\n".join(json.dumps(TINET | {"Status": 33, "DisplayNumber": shown}) for shown in ("17012345678", None))
    assert [row["display"] for row in evaluate("tinet", text)] == ["17012345678", "95013"]


@pytest.mark.parametrize(
    ("kind", "disposition", "established", "direction", "answered"),
    [
        ("OUTBOUND", "Success", 1772416805000, "out", True),
        ("OUTBOUND", "NoAnswer", None, "out", False),
        ("BACK2BACK", "Success", 1772416805000, "out", True),
        ("BACK2BACK", "NoAnswer", 1772416805000, "out", False),
        ("PREDICTIVE", "AbandonedInQueue", 1772416805000, "out", True),
        ("PREDICTIVE", "NoAnswer", 0, "out", False),
        ("PRIVACY_DIAL", "Success", 1772416805000, "out", True),
        ("INBOUND", "Success", 1772416805000, "in", True),
        ("INTERNAL", "Success", 1772416805000, "internal", True),
        ("CONFERENCE", "Success", 1772416805000, "internal", True),
    ],
)
def test_aliyun(  # noqa: PLR0917
    evaluate: Evaluate,
    kind: str,
    disposition: str,
    established: int | None,
    direction: str,
    answered: bool,  # noqa: FBT001
) -> None:
    more = {"ContactType": kind, "ContactDisposition": disposition, "EstablishedTime": established}
    row = evaluate("aliyun_ccc", json.dumps(ALIYUN | more))[0]
    assert (row["direction"], row["answered"], row["codes"]) == (direction, answered, [])


@pytest.mark.parametrize(
    ("more", "delivered", "answered", "result"),
    [
        ({"Direction": 1, "EndStatus": 1, "AcceptTimestamp": 1772416805}, True, True, "answered"),
        ({"Direction": 1, "EndStatus": 202}, True, False, "no_answer"),
        ({"Direction": 1, "EndStatus": 206}, True, False, "busy"),
        *(({"Direction": 1, "EndStatus": code}, False, False, "blocked") for code in (108, 109, 110, 111, 212)),
        ({"Direction": 1, "EndStatusString": "carrierBlocked"}, False, False, "blocked"),
        ({"Direction": 1, "CallType": 5, "EndStatus": 105}, True, True, "answered"),
        ({"Direction": 1, "CallType": 1, "EndStatus": 105}, True, False, "no_answer"),
        ({"Direction": 1, "EndStatus": 225, "AcceptTimestamp": 1772416805}, True, True, "answered"),
    ],
)
def test_tencent(
    evaluate: Evaluate,
    more: dict[str, object],
    delivered: bool,  # noqa: FBT001
    answered: bool,  # noqa: FBT001
    result: str,
) -> None:
    row = evaluate("tencent_tccc", json.dumps(TENCENT | more))[0]
    assert (row["delivered"], row["answered"], row["result"]) == (delivered, answered, result)
    assert row["agent_kind"] == ("robot" if more.get("EndStatus") == 225 else None)


def test_tencent_seat_in_json_and_in_csv(evaluate: Evaluate) -> None:
    made = TENCENT | {"Direction": 1, "EndStatus": 1, "SeatUser": {"StaffNumber": "6001", "Name": "x"}}
    assert evaluate("tencent_tccc", json.dumps(made))[0]["agent_id"] == "6001"
    text = ",".join(made) + '\ns1,1,2,1772416800,1772416830,0,1,1,"{""StaffNumber"":""6001""}"\n'
    assert evaluate("tencent_tccc", text)[0]["agent_id"] == "6001"


@pytest.mark.parametrize(
    ("reason", "talking", "delivered", "answered"),
    [(0, True, True, True), (1, True, True, True), (2, False, False, False), (3, False, True, False),
     (4, False, False, False), (5, False, True, False), (6, False, False, False)],
)  # fmt: skip
def test_huawei_reasons(evaluate: Evaluate, reason: int, talking: bool, delivered: bool, answered: bool) -> None:  # noqa: FBT001
    more = {"reasonCode": reason, "state": 3} | ({"talkingTime": 1772416805000} if talking else {})
    row = evaluate("huawei_cec", json.dumps(HUAWEI | more))[0]
    assert (row["direction"], row["display"], row["delivered"], row["answered"]) == (
        "out",
        "95013",
        delivered,
        answered,
    )


@pytest.mark.parametrize(
    ("kind", "direction"),
    [(0, "in"), (6, "internal"), (7, "out"), (40, "out"), (41, "out"), (43, "out"), (44, "out"), (45, "out"),
     (51, "internal"), (52, "internal"), (53, "internal"), ("", None)],
)  # fmt: skip
def test_huawei_call_types(evaluate: Evaluate, kind: int | str, direction: str | None) -> None:
    text = (
        "developer,account_id,cc_id,agent_id,call_id,caller_no,callee_no,wait_begin,call_begin,call_end,call_type\n"
        f"d,1,1,101,c1,95013,13800138000,2026-03-02 10:00:00,2026-03-02 10:00:05,2026-03-02 10:00:30,{kind}\n"
    )
    assert evaluate("huawei_cec", text)[0]["direction"] == direction


@pytest.mark.parametrize(
    ("status", "length", "user", "delivered", "answered", "result"),
    [
        ("SALE", 30, "6001", True, True, "answered"),
        ("DROP", 30, "VDAD", True, True, "answered"),
        ("A", 30, "VDAD", True, True, "answered"),
        ("NA", 30, "VDAD", True, False, "no_answer"),
        ("B", 0, "VDAD", True, False, "busy"),
        ("DC", 0, "VDAD", True, False, "failed"),
        ("DNCL", 0, "VDAD", False, False, "blocked"),
    ],
)
def test_vicidial_status(  # noqa: PLR0917
    evaluate: Evaluate,
    status: str,
    length: int,
    user: str,
    delivered: bool,  # noqa: FBT001
    answered: bool,  # noqa: FBT001
    result: str,
) -> None:
    row = evaluate("vicidial", VICIDIAL.format(status=status, length=length, user=user))[0]
    assert (row["delivered"], row["answered"], row["result"]) == (delivered, answered, result)
    assert row["agent_id"] == (None if user == "VDAD" else user)


def test_vicidial_tables_meet_in_one_call(evaluate: Evaluate) -> None:
    log = evaluate("vicidial", VICIDIAL.format(status="SALE", length=30, user="6001"))[0]
    dial = evaluate(
        "vicidial",
        'call_date,lead_id,outbound_cid,uniqueid,extension\n2026-03-02 10:00:00,7,"""x"" <95013>",1.1,13800138000\n',
    )[0]
    assert log["call_key"] == dial["call_key"]
    assert log["call_id"] != dial["call_id"]
    assert (log["display"], dial["display"]) == (None, "95013")


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


def test_a_mapping_of_a_column_that_is_not_there(evaluate: Evaluate) -> None:
    with pytest.raises(NianjianError) as error:
        evaluate("tinet", json.dumps(TINET), FileMapping(columns={"display": "nowhere"}))
    assert error.value.code == "mapping_column_unknown"


def test_json_fields_that_come_late_are_kept() -> None:
    form = catalogue()["tinet"]
    layout = form.layout(sample_of(json.dumps(TINET) + "\n"), FileMapping())
    assert layout.parse is not None
    cells = dict(zip(layout.columns, layout.parse(json.dumps(TINET | {"Note": "x", "Deep": {"a": 1}})), strict=True))
    assert json.loads(cells["more"] or "") == {"Note": "x", "Deep.a": "1"}
    assert cells["StartTime"] == "1772416800"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"RequestId": "r", "Data": {"List": [{}]}}', "fields_unknown"),
        ("[1]", "json_invalid"),
        ("{", "json_invalid"),
        ('{"UniqueId": NaN', "json_invalid"),
    ],
)
def test_what_is_no_record_is_refused(text: str, code: str) -> None:
    layout = catalogue()["tinet"].layout(sample_of(json.dumps(TINET)), FileMapping())
    assert layout.parse is not None
    with pytest.raises(ValueError, match=code):
        layout.parse(text)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("13800138000", True), ("02161234567", True), ("95013", True), ("96123", True), ("10086", True),
        ("12345", True), ("+8613800138000", True), ("sip:13800138000@h;user=phone", True), ("138****8000", True),
        ("1001", False), ("10001", True), ("88001", False), ("s", False), ("anonymous", False), ("110", False),
    ],
)  # fmt: skip
def test_numbers_of_the_public_network(bench: Workbench, number: str, expected: bool) -> None:  # noqa: FBT001
    assert bench.rows(f"select {is_public_number(literal(number))}") == [(expected,)]


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
