"""What a call proves: the limit to the millisecond, landing, and a reason for every failure."""

import csv
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from tests.support.call_files import Desk, good
from tests.support.certificates import Held, root
from tests.support.tls import server

from nianjian.engines.intake.formats import freeswitch_json
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import mask_call_text
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.sip.call import find_voicemail
from nianjian.engines.sip.message import CallTrace, Message, Via
from nianjian.features.test_calls import landings, validation
from nianjian.features.test_calls.landings import CallRecord, PlacedCall, VoicemailSigns
from nianjian.features.test_calls.models import Landing
from nianjian.features.test_calls.queries import landing_to_document
from nianjian.features.test_calls.states import (
    ADDRESS,
    AGAINST,
    LANDINGS,
    NONE,
    REASONS,
    TOKEN,
    FinishedTest,
    judge,
    judge_number,
    weigh,
)
from nianjian.features.test_calls.validation import certificate_end, parse_identity

LIMIT = 30_000
GATEWAY = ("10.0.0.1",)


def seen(**fields: Any) -> CallTrace:
    return CallTrace("95013", "c", **fields)


def up(answer: int = 1000, **fields: Any) -> CallTrace:
    return seen(**{"end": "answered", "answer": answer, "contact": "10.0.0.1", "codec": "PCMA", **fields})


def told(trace: CallTrace, witness: str = ADDRESS, token: str = "") -> tuple[str, str, bool | None, str]:
    one = judge(trace, limit=LIMIT, expected=GATEWAY, witness=witness, token=token)
    assert one.reason in REASONS
    return one.verdict, one.reason, one.in_time, one.witness


def test_thirty_seconds_pass_and_a_millisecond_more_fails() -> None:
    assert told(up(29_900)) == ("passed", "answered", True, "address")
    assert told(up(30_000)) == ("passed", "answered", True, "address")
    assert told(up(30_001)) == ("failed", "answered_late", False, "none")


def test_an_answer_alone_proves_no_landing() -> None:
    assert told(up(), NONE) == ("not_proved", "landing_unproved", True, "none")
    assert told(up(contact="10.0.0.2"), NONE) == ("failed", "wrong_gateway", True, "none")
    assert told(up(contact="10.0.0.2", media="10.0.0.1")) == ("passed", "answered", True, "address")
    nowhere = judge(up(), limit=LIMIT, expected=(), witness=ADDRESS)
    assert (nowhere.verdict, nowhere.reason, nowhere.gateway) == ("not_proved", "gateway_unknown", "10.0.0.1")
    assert told(up(heard="4711"), TOKEN, "4711") == ("passed", "answered", True, "token")
    assert told(up(heard="471"), TOKEN, "4711") == ("not_proved", "token_unheard", True, "none")
    assert told(up(heard="4711", contact="10.0.0.2"), TOKEN, "4711") == ("failed", "wrong_gateway", True, "none")
    assert told(up(voicemail="feature")) == ("failed", "voicemail", True, "none")
    assert told(up(codec=None)) == ("failed", "codec", True, "none")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"end": "final", "status": 403}, "refused"),
        ({"end": "final", "status": 603}, "refused"),
        ({"end": "final", "status": 603, "cause": 17}, "busy"),
        ({"end": "final", "status": 486, "cause": 17}, "busy"),
        ({"end": "final", "status": 600}, "busy"),
        ({"end": "final", "status": 404}, "number_unknown"),
        ({"end": "final", "status": 480, "cause": 19}, "rang_unanswered"),
        ({"end": "final", "status": 480}, "unavailable"),
        ({"end": "final", "status": 408}, "timeout"),
        ({"end": "final", "status": 488}, "codec"),
        ({"end": "final", "status": 503, "cause": 34}, "gateway_out"),
        ({"end": "final", "status": 500, "cause": 1}, "number_unknown"),
        ({"end": "final", "status": 599}, "gateway_error"),
        ({"end": "final", "status": 302}, "redirected"),
        ({"end": "final", "status": 420}, "extension"),
        ({"end": "final", "status": 421}, "extension"),
        ({"end": "final", "status": 494}, "extension"),
        ({"end": "final", "status": 494, "tls": "needed"}, "tls_needed"),
        ({"end": "final", "status": 433}, "failed"),
        ({"end": "final", "status": 401, "auth": "needed"}, "auth_needed"),
        ({"end": "final", "status": 407, "auth": "wrong"}, "auth_wrong"),
        ({"end": "final", "status": 401, "auth": "algorithm"}, "auth_algorithm"),
        ({"end": "unreachable"}, "unreachable"),
        ({"end": "silent"}, "no_reply"),
        ({"end": "unanswered", "trying": 1}, "trying_only"),
        ({"end": "unanswered", "trying": 1, "early": 5}, "early_media_only"),
        ({"end": "unanswered", "ringing": 1, "early": 5}, "rang_unanswered"),
    ],
)
def test_every_failure_has_its_reason(found: dict[str, Any], reason: str) -> None:
    assert told(seen(**found)) == ("failed", reason, False, "none")


def test_a_call_that_was_stopped_says_nothing() -> None:
    assert told(seen(end="stopped", ringing=5)) == ("not_proved", "stopped", None, "none")


@pytest.mark.parametrize(
    ("headers", "sign"),
    [
        ((("contact", '<sip:1@10.0.0.1>;actor="msg-taker";automata'),), "feature"),
        ((("contact", "<sip:1@10.0.0.1>;automata"),), ""),  # an IVR is an answer
        ((("contact", "<sip:voicemail@10.0.0.1>"),), "address"),
        ((("history-info", "<sip:95013@a>;index=1, <sip:box@a;target=95013;cause=408>;index=1.1"),), "retargeted"),
        ((("diversion", "<sip:95013@a>;reason=no-answer"),), "diverted"),
        ((("diversion", "<sip:95013@a>;reason=unconditional"),), ""),
    ],
)
def test_signs_of_a_voicemail(headers: tuple[tuple[str, str], ...], sign: str) -> None:
    assert find_voicemail(Message(headers, status=200)) == sign


def test_a_number_is_green_only_where_every_carrier_passed_lately() -> None:
    now = datetime(2026, 11, 26, 8, tzinfo=UTC)
    names = ("移动", "联通", "电信")

    def light(*tests: tuple[int, str, str]) -> tuple[str, list[str]]:
        trials = [FinishedTest(now - timedelta(days=age), carrier, verdict) for age, carrier, verdict in tests]
        one = judge_number(trials, carriers=names, now=now, days=30)
        return one.light, list(one.carriers.values())

    whole = [(1, "中国移动", "passed"), (2, "联通", "passed"), (30, "电信", "passed")]
    assert light(*whole) == ("green", ["passed"] * 3)
    assert light(*whole[:2]) == ("yellow", ["passed", "passed", "missing"])
    assert light(*whole[:2], (31, "电信", "passed")) == ("yellow", ["passed", "passed", "old"])
    assert light(*whole, (0, "联通", "failed")) == ("red", ["passed", "failed", "passed"])
    assert light((3, "联通", "failed"), *whole) == ("green", ["passed"] * 3)
    assert light(*whole, (0, "", "failed"))[0] == "red"
    assert light(*whole, (0, "电信", "not_proved"))[0] == "yellow"
    assert light((31, "移动", "passed"))[0] == light()[0] == "insufficient"


@pytest.mark.parametrize(("least", "light"), [(1, "green"), (2, "green"), (3, "yellow")])
def test_a_rule_may_ask_for_more_than_one_test(least: int, light: str) -> None:
    now = datetime(2026, 11, 26, 8, tzinfo=UTC)
    ages = ((31, "passed"), (3, "failed"), (2, "passed"), (1, "passed"))
    trials = [FinishedTest(now - timedelta(days=age), "移动", verdict) for age, verdict in ages]
    one = judge_number(trials, carriers=("移动",), now=now, days=30, least=least)
    assert (one.light, one.carriers["移动"]) == (light, "passed" if light == "green" else "few")


def test_a_test_outside_working_hours_counts_neither_for_nor_against() -> None:
    now = datetime(2026, 11, 26, 8, tzinfo=UTC)

    def light(*tests: tuple[int, str, str]) -> tuple[str, dict[str, str]]:
        trials = [FinishedTest(now - timedelta(hours=age), carrier, verdict) for age, carrier, verdict in tests]
        judged = judge_number(
            trials, carriers=("移动", "联通"), now=now, days=30, working=lambda moment: 1 <= moment.hour < 10
        )
        return judged.light, dict(judged.carriers)

    whole = [(1, "移动", "passed"), (2, "联通", "passed")]
    assert light(*whole) == ("green", {"移动": "passed", "联通": "passed"})
    assert light((1, "移动", "passed"), (12, "联通", "passed")) == ("yellow", {"移动": "passed", "联通": "outside"})
    assert light(*whole, (10, "联通", "failed"))[0] == "green"  # at 22:00 of the day before nobody has to answer
    assert light((12, "移动", "passed"), (12, "联通", "failed")) == (
        "insufficient",
        {"移动": "outside", "联通": "outside"},
    )
    assert light(*whole, (26, "联通", "failed"))[0] == "green"  # an older one
    assert light((24 * 31, "移动", "passed"), (12, "移动", "passed"))[1]["移动"] == "outside"


def test_where_calls_go() -> None:
    assert validation.parse_via("sip:10.0.0.1:5062") == Via("10.0.0.1", 5062, "udp")
    assert validation.parse_via("sip:GW.example;transport=tcp") == Via("gw.example", 5060, "tcp")
    with pytest.raises(NianjianError, match="callback_via_wrong"):
        validation.parse_via("sips:h;transport=udp")
    assert validation.parse_ca(" ") == ""
    for text in ("x", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----"):
        with pytest.raises(NianjianError, match="callback_ca_wrong"):
            validation.parse_ca(text)
    assert validation.parse_via("sips:[::1]") == Via("::1", 5061, "tls", sips=True)
    assert str(validation.parse_via("sip:[::1]:5070")) == "sip:[::1]:5070;transport=udp"
    for wrong in (
        "10.0.0.1",
        "sip:a@b:5060",
        "sip:a:0",
        "sip:a:99999",
        "sip:a;transport=ws",
        "sip:a;lr",
        "9" * 5000,
        "sip:a..b",
        f"sip:{'a' * 64}",
        "sip:[::::]",
        "sip:-a",
    ):
        with pytest.raises(NianjianError, match="callback_via_wrong"):
            validation.parse_via(wrong)
    assert validation.parse_number("0571 8888-0000") == "057188880000"
    for wrong in ("", "95013@x", "9" * 5000, "95 013\r\nX: y"):
        with pytest.raises(NianjianError, match="callback_number_wrong"):
            validation.parse_number(wrong)
    assert validation.parse_hosts("GW.example， 10.0.0.1 10.0.0.1") == ("gw.example", "10.0.0.1")
    with pytest.raises(NianjianError, match="callback_gateway_wrong"):
        validation.parse_hosts("gw_1/..")
    with pytest.raises(NianjianError, match="callback_gateway_wrong"):
        validation.parse_hosts(" ".join(f"{place}.{'a' * 60}.example" for place in range(20)))


@pytest.mark.parametrize(("text", "shown"), [("1390000111x", "139*****11x"), ("9" * 5000, "999" + "*" * 35 + "99")])
def test_what_is_no_number_is_told_back_masked_and_short(text: str, shown: str) -> None:
    with pytest.raises(NianjianError) as caught:
        validation.parse_number(text)
    assert caught.value.values == {"number": shown}


# What the record of a switch tells of a landing beside its gateway column: a voicemail, the trunk, the next host.

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
    assert SIGNS.find_sign(landings.plain_cells(cells)) == sign


@pytest.mark.parametrize(
    "last",
    [("voicemail", "default 10.0.0.1 1000"), ("bridge", "loopback/app=voicemail:a"), ("lua", "app.lua voicemail 1000")],
)
def test_of_a_freeswitch_leg_the_kind_of_the_argument_is_kept(last: tuple[str, str]) -> None:
    document = {"variables": {"uuid": "a", "last_app": last[0], "last_arg": last[1]}, "callflow": []}
    cells = dict(zip(freeswitch_json.COLUMNS, freeswitch_json.parse(json.dumps(document)), strict=True))
    assert SIGNS.find_sign(landings.plain_cells(cells)) == last[0]
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
    gateways = ("HZ-GW-01", "10.0.0.1", "BJ-GW", "10.0.0.2", "10.0.0.9")
    return landings.judge_landing(
        records, expected=expected, gateways=gateways, sources={"s": True}, host=TEST.host
    ).verdict


def _record(**more: object) -> CallRecord:
    return CallRecord("s", "1", NOON, "95013", ("13800000001",), **more)


def test_the_worse_record_counts_and_what_is_ambiguous_is_not_known() -> None:
    assert _compared(_record(other_names=("HZ-GW-01", "pbx"))) == "filed"
    assert _compared(_record(other_names=("HZ-GW-01", "BJ-GW"))) == "unnamed"  # it has passed both
    assert _compared(_record(gateways=("HZ-GW-01", "BJ-GW"))) == "unnamed"
    assert _compared(_record(other_names=("BJ-GW",))) == "elsewhere"
    assert _compared(_record(other_names=("carrier",))) == "unnamed"
    assert _compared(_record(sent=("10.0.0.1",))) == "filed"
    assert _compared(_record(sent=("10.0.0.2",))) == "elsewhere"
    assert _compared(_record(sent=("10.0.0.9",)), expected=("10.0.0.9",)) == "unnamed"  # what we asked for ourselves
    assert _compared(_record(other_names=("HZ-GW-01",), voicemail="VoiceMail")) == "voicemail"
    assert (
        _compared(_record(other_names=("BJ-GW",)), _record(other_names=("HZ-GW-01",), voicemail="VoiceMail"))
        == "voicemail"
    )
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
    assert (record.callee, record.voicemail, record.other_names) == ("", "VoiceMail", ("HZ-GW-01", "pbx"))
    assert landings.match_records(TEST, (), [record]) == [record]
    assert record.to_document()["voicemail"] == "VoiceMail"
    assert "voicemail" not in _rows([_row("Dial")])[0].to_document()


def test_the_syslog_form_of_acc_names_its_columns() -> None:
    line = (
        "NOTICE: acc [acc.c:270]: acc_log_request(): ACC: transaction answered: timestamp=1795561917;method=INVITE;"
        "from_tag=4;to_tag=2;call_id=4-5887@127.0.0.1;code=200;reason=OK;src_user=95013;dst_user=13639345074;"
        "dst_domain=10.0.0.1"
    )
    (record,) = landings.read_switch_records("kamailio", [line.encode()], "live:edge", SIGNS, _all)
    assert isinstance(record, CallRecord)
    assert (record.sent, record.other_names) == (("10.0.0.1",), ("edge",))


def test_an_imported_master_csv_names_the_trunk_it_came_by(tmp_path: Path) -> None:
    """Every answered call of the sample came by the trunk ``calleruac`` and left by ``carrier``, which is not told."""
    desk = Desk(tmp_path)
    desk.take(SAMPLES / MASTER, timezone="UTC")
    records = landings.read_lake_records([row for row in good(desk.rows()) if row["result"] == "answered"], SIGNS)
    with (SAMPLES / MASTER).open() as file:
        answered = {row[19] for row in csv.reader(file) if row[14] == "ANSWERED"}
    assert {one.call for one in records} == answered
    assert Counter(one.other_names for one in records) == {("calleruac",): len(answered)}
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
    assert {(one.sent, one.other_names, one.gateways) for one in records} == {((), (), ())}


# The certificate that a way shows: what belongs together is kept, anything else is refused with its reason.

WORD: Final = BestAvailableEncryption(b"geheim")


@pytest.fixture(scope="module")
def ca() -> Held:
    return root()


def made(folder: Path, ca: Held, days: int = 30) -> tuple[str, str]:
    """Certificate and key of a caller, apart."""
    text = server(folder, ca, "caller", [x509.DNSName("caller.example")], days=days).read_text()
    end = text.index("-----BEGIN PRIVATE KEY-----")
    return text[:end], text[end:]


def test_certificate_chain_and_key_are_kept_as_one_the_own_first(ca: Held, tmp_path: Path) -> None:
    certificate, key = made(tmp_path, ca)
    chain = ca.pem.decode()
    identity = parse_identity(f"Bag Attributes\n{chain}{certificate}", key, clock.now())
    assert identity == certificate + chain + key
    assert parse_identity(certificate + chain + key, "", clock.now()) == identity
    assert parse_identity(identity, "", clock.now()) == identity
    assert certificate_end(identity) == (clock.now() + timedelta(days=30)).astimezone(clock.ZONE).date()
    assert (parse_identity("", " ", clock.now()), certificate_end("")) == ("", None)


def test_an_older_form_of_the_key_is_taken(ca: Held, tmp_path: Path) -> None:
    certificate, key = made(tmp_path, ca)
    old = load_pem_private_key(key.encode(), None).private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    assert b"BEGIN EC PRIVATE KEY" in old
    assert parse_identity(certificate, old.decode(), clock.now()) == certificate + key


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_key_under_a_passphrase_is_refused_and_nobody_is_asked(form: PrivateFormat, ca: Held, tmp_path: Path) -> None:
    certificate, key = made(tmp_path, ca)
    locked = load_pem_private_key(key.encode(), None).private_bytes(Encoding.PEM, form, WORD).decode()
    with pytest.raises(NianjianError, match="callback_key_locked"):
        parse_identity(certificate, locked, clock.now())


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("other", "callback_key_other"), ("none", "callback_key_missing"), ("two", "callback_key_missing"),
        ("broken", "callback_key_missing"), ("key", "callback_cert_wrong"), ("cert", "callback_cert_wrong"),
        ("old", "callback_cert_expired"), ("early", "callback_cert_expired"), ("long", "callback_cert_wrong"),
    ],
)  # fmt: skip
def test_what_does_not_belong_together(what: str, code: str, ca: Held, tmp_path: Path) -> None:
    certificate, key = made(tmp_path, ca)
    strange = made(tmp_path, ca)[1]
    broken = key.replace("MI", "??", 1)
    now = clock.now() + timedelta(days={"old": 31, "early": -61}.get(what, 0))
    parts = {
        "other": (certificate, strange), "none": (certificate, ""), "two": (certificate, key + strange),
        "broken": (certificate, broken), "key": ("", key), "long": (certificate + "x" * 70_000, key),
        "cert": ("-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----", key),
    }.get(what, (certificate, key))  # fmt: skip
    with pytest.raises(NianjianError, match=code):
        parse_identity(*parts, now)


def test_a_key_too_short_for_tls_today(ca: Held) -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 -- it is to be refused
    now = clock.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "short")])
    by = ca.certificate.subject
    build = x509.CertificateBuilder(by, name, short.public_key(), 7, now - timedelta(1), now + timedelta(1))
    certificate = build.sign(ca.key, ca.certificate.signature_hash_algorithm).public_bytes(Encoding.PEM).decode()
    key = short.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(NianjianError, match="callback_cert_wrong"):
        parse_identity(certificate, key, now)


def test_a_text_of_beginnings_alone_is_gone_through_once() -> None:
    """As a search for each beginning's end it takes minutes, in the process that serves pages."""
    text = "-----BEGIN CERTIFICATE-----\n" * 2340
    begun = process_time()
    with pytest.raises(NianjianError, match="callback_cert_wrong"):
        parse_identity(text, text, clock.now())
    assert process_time() - begun < 5  # seconds, a hundred times what it takes


# A Call-ID that looks like a telephone number: the own one is shown whole, whatever else holds a number is masked.

OWN = "ab13800138000cdef0123456"


def test_the_own_call_id_is_never_taken_for_a_number() -> None:
    text = f"Call-ID: {OWN}\r\nX-Who: 13800138000\r\nX-Id: {OWN}13912345678\r\nVia: SIP/2.0/UDP 1.1.1.1"
    assert mask_call_text(text) != text, "eleven digits of chance look like a mobile's"
    masked = mask_call_text(text, OWN)
    assert masked.count(OWN) == 2
    assert "X-Who: 13800138000" not in masked
    assert "13912345678" not in masked
    assert "13800138000" not in mask_call_text("Call-ID: 13800138000@gw", OWN)  # another's may hold one


@pytest.mark.parametrize(
    ("call", "left"),
    [
        (OWN, True),
        ("1795561739.4", True),
        ("deadbeef-0001-4000-8000-013800138000", True),
        ("13800138000-5887@127.0.0.1", False),
        ("20261126-13800138000", False),
    ],
)
def test_the_call_of_a_record_shows_no_number(call: str, left: bool) -> None:  # noqa: FBT001
    record = {
        "source": "lake:x",
        "call": call,
        "at": "2026-11-26T20:00:00+08:00",
        "named": [],
        "voicemail": "VoiceMail",
    }
    document = landing_to_document(Landing(id="W1", at=NOON, verdict="filed", records=[record], sources={}, seen=[]))
    (row,) = document.records
    assert (row.call == call) is left
    assert ("13800138000" in row.call) is (left and "13800138000" in call)
    assert row.voicemail == "VoiceMail"
