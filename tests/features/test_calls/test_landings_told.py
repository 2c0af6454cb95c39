"""What the record of a switch tells of a landing beside its gateway column: a voicemail, the trunk, the next host."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.call_files import Desk, good

from nianjian.engines.intake.formats import freeswitch_json
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.test_calls import landings
from nianjian.features.test_calls.landings import CallRecord, PlacedCall, VoicemailSigns
from nianjian.features.test_calls.states import AGAINST, LANDINGS, weigh

SAMPLES = Path(__file__).parents[2] / "samples"
MASTER = "asterisk-22.10.1_Master.csv"
BOOK = Rulebook.on(date(2026, 11, 27))
SIGNS = VoicemailSigns.of(*(BOOK.items(f"inspection.callback.voicemail_{one}") for one in ("applications", "contexts")))
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
TEST = PlacedCall("B1", "95013", "13800000001", "c0ffee", NOON, NOON + timedelta(seconds=1), "10.0.0.9")


def test_a_test_whose_call_id_is_not_known_is_not_that_of_a_record_without_one() -> None:
    record = CallRecord("acc", "", NOON, "95188", ("13900000000",))
    assert landings.find_time_gap(record, replace(TEST, call_id="")) is None
    assert landings.find_time_gap(replace(record, call="c0ffee"), TEST) is not None


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        ({"lastapp": "VoiceMail", "lastdata": "95013@default"}, "VoiceMail"),
        ({"lastapp": "VoiceMailMain"}, "VoiceMailMain"),
        ({"lastapp": "MinivmRecord"}, "MinivmRecord"),
        ({"lastapp": "Dial", "dcontext": "macro-VM"}, "macro-VM"),
        ({"last_app": "voicemail", "last_arg": "default"}, "voicemail"),
        ({"last_app": "bridge", "last_arg": "loopback/app=voicemail:default 10.0.0.1 1000"}, "bridge"),
        ({"last_app": "lua", "last_arg": "app.lua voicemail"}, "lua"),
        (
            {"last_app": "bridge", "last_arg": "user/1000|loopback/app=voicemail:default"},
            "",
        ),  # either may have answered
        ({"last_app": "lua", "last_arg": "app.lua ring_groups"}, ""),
        ({"lastapp": "VoiceMailboxExists"}, ""),
        ({"lastapp": "Dial", "lastdata": "PJSIP/voicemail", "dcontext": "from-trunk"}, ""),
        ({"lastapp": None, "dcontext": None}, ""),
        ({}, ""),
    ],
)
def test_a_voicemail_is_told_by_application_or_context(cells: dict[str, str | None], sign: str) -> None:
    assert SIGNS.told(landings.plain_cells(cells)) == sign


@pytest.mark.parametrize(
    "last",
    [("voicemail", "default 10.0.0.1 1000"), ("bridge", "loopback/app=voicemail:a"), ("lua", "app.lua voicemail 1000")],
)
def test_of_a_freeswitch_leg_the_kind_of_the_argument_is_kept(last: tuple[str, str]) -> None:
    document = {"variables": {"uuid": "a", "last_app": last[0], "last_arg": last[1]}, "callflow": []}
    cells = dict(zip(freeswitch_json.COLUMNS, freeswitch_json.parse(json.dumps(document)), strict=True))
    assert SIGNS.told(landings.plain_cells(cells)) == last[0]
    assert "1000" not in str(cells["last_arg"])


@pytest.mark.parametrize(
    "secret", ["{sip_auth_password=x}sofia/gateway/a/13800138000", "13800138000", "", "[a=b]user/1"]
)
def test_of_other_arguments_nothing_is_kept(secret: str) -> None:
    document = {"variables": {"uuid": "a", "last_app": "bridge", "last_arg": secret}, "callflow": []}
    cells = dict(zip(freeswitch_json.COLUMNS, freeswitch_json.parse(json.dumps(document)), strict=True))
    assert (cells["last_app"], cells["last_arg"]) == ("bridge", None)


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        ({"channel": "PJSIP/HZ-GW-01-0000001a", "lastapp": "Wait"}, ("HZ-GW-01",)),
        ({"channel": "SIP/hz_gw.1-0a1b2c3d", "lastapp": "Queue", "dstchannel": "PJSIP/1001-00000002"}, ("hz_gw.1",)),
        # passed on from outside under its own number: to that trunk; else it has left, and may be anywhere
        (
            {"channel": "PJSIP/carrier-00000001", "dstchannel": "PJSIP/HZ-GW-01-00000002", "lastapp": "Dial",
             "lastdata": "PJSIP/95013@HZ-GW-01,30", "dcontext": "from-trunk"},
            ("carrier", "HZ-GW-01"),
        ),
        (
            {"channel": "PJSIP/carrier-00000001", "dstchannel": "PJSIP/HZ-GW-01-00000002", "lastapp": "Dial",
             "lastdata": "PJSIP/13912345678@HZ-GW-01,30", "dcontext": "from-trunk"},
            ("carrier",),
        ),
        (
            {"channel": "PJSIP/tester-00000001", "dstchannel": "PJSIP/HZ-GW-01-00000002", "lastapp": "Dial",
             "lastdata": "PJSIP/95013@HZ-GW-01,30", "dcontext": "outbound"},
            ("tester",),
        ),
        ({"channel": "PJSIP/carrier-00000005", "lastapp": "AppDial2"}, ()),  # the switch itself has called it
        ({"channel": "Local/95013@ctx-00000001;1"}, ()),
        ({"channel": "DAHDI/i1/13800138000-3"}, ()),
        ({"channel": None}, ()),
    ],
)  # fmt: skip
def test_a_trunk_is_named_where_the_record_says_it(cells: dict[str, str | None], names: tuple[str, ...]) -> None:
    assert landings.list_trunks(cells, "95013") == names


@pytest.mark.parametrize(
    ("cells", "hosts"),
    [
        ({"dst_domain": "10.0.0.1"}, ("10.0.0.1",)),
        ({"ruri": "sip:95013@GW.example.com:5060;transport=udp"}, ("gw.example.com",)),
        ({"ru": "sip:95013@[2001:db8::1]:5060"}, ("2001:db8::1",)),
        ({"ruri": "sip:95013@10.0.0.1", "dst_uri": "sip:10.0.0.2:5060"}, ("10.0.0.2",)),  # the next hop alone counts
        ({"ruri": "sip:95013@10.0.0.1", "dst_uri": None}, ("10.0.0.1",)),
        ({"ruri": "tel:+8695013"}, ()),
        ({"src_domain": "10.0.0.1", "src_ip": "10.0.0.1"}, ()),  # where it came from
        ({}, ()),
    ],
)
def test_a_proxy_names_the_host_it_sent_it_to(cells: dict[str, str | None], hosts: tuple[str, ...]) -> None:
    assert landings.list_next_hops(landings.plain_cells(cells)) == hosts


def _compared(*records: CallRecord, expected: tuple[str, ...] = ("HZ-GW-01", "10.0.0.1")) -> str:
    known = ("HZ-GW-01", "10.0.0.1", "BJ-GW", "10.0.0.2", "10.0.0.9")
    return landings.judge_landing(records, expected=expected, known=known, sources={"s": True}, host=TEST.host).verdict


def _record(**more: object) -> CallRecord:
    return CallRecord("s", "1", NOON, "95013", ("13800000001",), **more)


def test_the_worse_record_counts_and_what_is_ambiguous_is_not_known() -> None:
    assert _compared(_record(named=("HZ-GW-01", "pbx"))) == "filed"
    assert _compared(_record(named=("HZ-GW-01", "BJ-GW"))) == "unnamed"  # it has passed both
    assert _compared(_record(told=("HZ-GW-01", "BJ-GW"))) == "unnamed"
    assert _compared(_record(named=("BJ-GW",))) == "elsewhere"
    assert _compared(_record(named=("carrier",))) == "unnamed"
    assert _compared(_record(sent=("10.0.0.1",))) == "filed"
    assert _compared(_record(sent=("10.0.0.2",))) == "elsewhere"
    assert _compared(_record(sent=("10.0.0.9",)), expected=("10.0.0.9",)) == "unnamed"  # what we asked for ourselves
    assert _compared(_record(named=("HZ-GW-01",), voicemail="VoiceMail")) == "voicemail"
    assert _compared(_record(named=("BJ-GW",)), _record(named=("HZ-GW-01",), voicemail="VoiceMail")) == "voicemail"
    assert _compared(_record(voicemail="VoiceMail"), expected=()) == "voicemail"  # also where the ledger names none


def test_a_voicemail_fails_what_sip_has_passed() -> None:
    assert weigh("passed", "answered", "voicemail") == ("failed", "voicemail")
    assert weigh("not_proved", "landing_unproved", "voicemail") == ("failed", "voicemail")
    assert weigh("failed", "answered_late", "voicemail") == ("failed", "answered_late")
    assert set(AGAINST) < set(LANDINGS)


def _all(_moment: datetime, _call: str) -> bool:
    return True


def _rows(lines: list[list[str]]) -> list[CallRecord]:
    text = [",".join(f'"{cell}"' for cell in line).encode() for line in lines]
    return [
        one
        for one in landings.read_switch_records("asterisk", text, "live:pbx", SIGNS, _all)
        if isinstance(one, CallRecord)
    ]


def _row(app: str, dst: str = "95013", said: str = "ANSWERED", context: str = "from-trunk") -> list[str]:
    stamp = "2026-11-26 20:00:00"
    row = ["", "13800000001", dst, context, "", "PJSIP/HZ-GW-01-00000001", "", app, "", stamp, stamp, stamp, "1", "1"]
    return [*row, said, "3", f"{int(NOON.timestamp())}.7", "", "", f"{int(NOON.timestamp())}.7", "1"]


def test_the_rows_of_a_call_are_one_record() -> None:
    """Nobody took it, then the voicemail did, under an extension of its own, and a hang-up handler ran."""
    rows = _rows([_row("Dial", said="NO ANSWER"), _row("VoiceMail", dst="vmu1000"), _row("Return", dst="vmu1000")])
    (record,) = landings.join_records(rows)
    assert (record.callee, record.voicemail, record.named) == ("", "VoiceMail", ("HZ-GW-01", "pbx"))
    assert landings.match_records(TEST, (), [record]) == [record]
    assert record.told_dict()["voicemail"] == "VoiceMail"
    assert "voicemail" not in _rows([_row("Dial")])[0].told_dict()


def test_the_syslog_form_of_acc_names_its_columns() -> None:
    line = (
        "NOTICE: acc [acc.c:270]: acc_log_request(): ACC: transaction answered: timestamp=1795561917;method=INVITE;"
        "from_tag=4;to_tag=2;call_id=4-5887@127.0.0.1;code=200;reason=OK;src_user=95013;dst_user=13639345074;"
        "dst_domain=10.0.0.1"
    )
    (record,) = landings.read_switch_records("kamailio", [line.encode()], "live:edge", SIGNS, _all)
    assert isinstance(record, CallRecord)
    assert (record.sent, record.named) == (("10.0.0.1",), ("edge",))


def test_an_imported_master_csv_names_the_trunk_it_came_by(tmp_path: Path) -> None:
    """Every answered call of the sample came by the trunk ``calleruac`` and left by ``carrier``, which is not told."""
    desk = Desk(tmp_path)
    desk.take(SAMPLES / MASTER, timezone="UTC")
    records = landings.read_lake_records([row for row in good(desk.rows()) if row["result"] == "answered"], SIGNS)
    with (SAMPLES / MASTER).open() as file:
        answered = {row[19] for row in csv.reader(file) if row[14] == "ANSWERED"}
    assert {one.call for one in records} == answered
    assert Counter(one.named for one in records) == {("calleruac",): len(answered)}
    assert {one.voicemail for one in records} == {""}


def test_a_hosts_column_of_an_exported_acc_table_is_read(tmp_path: Path) -> None:
    text = (
        "id,method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,dst_user,dst_domain\n"
        "1,INVITE,a,b,c0ffee@x,200,OK,2026-11-26 20:00:00,13800000001,95013,10.0.0.1\n"
    )
    (tmp_path / "acc.csv").write_text(text)
    desk = Desk(tmp_path / "lake")
    desk.take(tmp_path / "acc.csv", source="kamailio", timezone="Asia/Shanghai")
    (record,) = landings.read_lake_records(good(desk.rows()), SIGNS)
    assert (record.sent, record.call) == (("10.0.0.1",), "c0ffee@x")


def test_the_acc_of_the_sample_names_no_host(tmp_path: Path) -> None:
    """Its columns hold where a call came from, nothing of where it went."""
    desk = Desk(tmp_path)
    desk.take(SAMPLES / "kamailio" / "acc_130.log", timezone="UTC")
    records = landings.read_lake_records([row for row in good(desk.rows()) if row["result"] == "answered"], SIGNS)
    assert records
    assert {(one.sent, one.named, one.told) for one in records} == {((), (), ())}
