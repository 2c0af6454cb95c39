from __future__ import annotations

from pathlib import Path

import pytest
from tests.engines.intake.formats.conftest import sample_of

from nianjian.engines.intake.formats import catalogue

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
    found = sample_of(text)
    scores = {name: form.recognise(found) for name, form in catalogue().items()}
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
