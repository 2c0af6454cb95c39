import json
from pathlib import Path
from typing import Any

import pytest
from tests.engines.intake.formats.conftest import Evaluate, sample_of

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.formats import freeswitch_csv, freeswitch_json
from nianjian.engines.intake.formats import freeswitch_json as form
from nianjian.engines.intake.formats.asterisk import layout, master_columns
from nianjian.engines.intake.formats.freeswitch_post import connecting_apps, extract_leg_id, parse_leg, parse_moment
from nianjian.engines.kernel.errors import NianjianError

SAMPLES = Path(__file__).parents[3] / "samples"
ID, FIELD, NEW = '"1772413057.57"', '"note"', '"","1772413057.57",57'


def line(
    src: str,
    dst: str,
    *,
    app: str = "Dial",
    data: str = "",
    channel: str = "PJSIP/1001-01",
    peer: str = "",
    context: str = "x",
    more: str = f"{ID},{FIELD},{NEW}",
    said: str = "ANSWERED",
) -> str:
    stamp = '"2026-03-02 10:00:00"'
    head = ",".join(f'"{cell}"' for cell in ("", src, dst, context, f"<{src}>", channel, peer, app, data))
    return f'{head},{stamp},,{stamp},0,0,"{said}","DOCUMENTATION"' + (f",{more}" if more else "")


@pytest.mark.parametrize("new", [False, True])
def test_16_to_21_columns(new: bool) -> None:  # noqa: FBT001 -- a case
    newer = ("peeraccount", "linkedid", "sequence") if new else ()
    for names in ((), ("uniqueid",), ("userfield",), ("uniqueid", "userfield")):
        cells = [*({"uniqueid": ID, "userfield": FIELD}[name] for name in names), *([NEW] if new else [])]
        text = line("1001", "13800138000", more=",".join(cells)) + "\n"
        assert layout(sample_of(text), FileMapping()).columns[16:] == (*names, *newer)


def test_an_id_may_carry_the_name_of_the_switch() -> None:
    row = ["x"] * 16 + ["pbx1-1772413057.57"]
    assert master_columns(17, [row])[16:] == ("uniqueid",)


def test_columns_of_a_custom_file_stand_in_its_conf() -> None:
    text = (SAMPLES / "asterisk-22.10.1_cdr_custom_Gateway.csv").read_text(encoding="utf-8")
    mapping = FileMapping(cdr_custom_conf="cdr_custom.conf", base=str(SAMPLES / "config"))
    columns = layout(sample_of(text, "Gateway.csv"), mapping).columns
    assert columns[:4] == ("clid", "src", "dst", "dcontext")
    assert columns[-4:] == ("uniqueid", "linkedid", "hangupcause", "userfield")
    assert len(columns) == 18


def test_a_custom_file_without_its_conf_says_so() -> None:
    text = (SAMPLES / "asterisk-22.10.1_cdr_custom_Gateway.csv").read_text(encoding="utf-8")
    with pytest.raises(NianjianError, match="asterisk_columns_unknown"):
        layout(sample_of(text), FileMapping())
    with pytest.raises(NianjianError, match="cdr_custom_conf_unreadable"):
        layout(sample_of(text), FileMapping(cdr_custom_conf="missing.conf", base="/nowhere"))


WAYS = [
    (line("95188", "13800138000", data="PJSIP/13800138000@carrier,25"), "out", "customer", True),
    (line("1001", "02161234567", data="SIP/trunk/02161234567"), "out", "customer", True),
    (line("1001", "913800138000", data="DAHDI/g1/13800138000"), "out", "customer", True),
    (line("95188", "713800138000", app="Return"), "out", "event", False),
    (line("13911112222", "713800138000", app="Return"), "out", "event", False),
    (line("13800138000", "95188", data="PJSIP/1001,20", channel="PJSIP/c-1"), "in", "customer", True),
    (line("13800138000", "95188", app="Queue", channel="PJSIP/c-1"), "in", "customer", True),
    (line("anonymous", "95188", data="PJSIP/1001,20", channel="PJSIP/c-1"), "in", "customer", True),
    (line("13800138000", "s", app="BackGround", channel="PJSIP/c-1", context="ivr-1"), "in", "customer", True),
    (line("1001", "1002", data="PJSIP/1002,20"), "internal", "customer", True),
    (line("95001", "s", app="AppDial2", channel="PJSIP/c-1", said="BUSY"), "out", "customer", True),
    (line("95001", "s", app="Queue", channel="PJSIP/c-1", context="pred"), "out", "customer", True),
    (line("95001", "2", app="Wait", channel="Local/2@agents-1;2", context="agents"), "internal", "agent", False),
    (line("1001", "138****8000", data="PJSIP/138****8000@carrier"), "out", "customer", True),
]


def test_which_way_a_row_went(evaluate: Evaluate) -> None:
    rows = evaluate("asterisk", "\n".join(row for row, *_ in WAYS))
    assert [(row["direction"], row["leg"], row["delivered"]) for row in rows] == [tuple(case[1:]) for case in WAYS]


def test_a_call_within_one_second_is_answered_and_only_its_dial_row(evaluate: Evaluate) -> None:
    rows = evaluate("asterisk", line("95188", "13800138000") + "\n" + line("95188", "13800138000", app="Return"))
    assert [row["answered"] for row in rows] == [True, False]


def test_row_keys(evaluate: Evaluate) -> None:
    """uniqueid and sequence, else uniqueid, start, application and channel, else what there is."""
    full = evaluate("asterisk", line("1", "13800138000"))[0]
    assert (full["call_id"], full["call_key"]) == ("1772413057.57/57", "1772413057.57")
    short = line("1", "13800138000", more=ID)
    rows = evaluate("asterisk", short + "\n" + short.replace("Dial", "Return"))
    assert len({row["call_id"] for row in rows}) == 2
    assert {row["call_key"] for row in rows} == {"1772413057.57"}
    bare = evaluate("asterisk", line("1", "13800138000", more=""))[0]
    assert bare["call_id"]
    assert bare["call_key"]


def test_a_site_names_its_contexts(evaluate: Evaluate) -> None:
    mapping = FileMapping(columns={"direction": "dcontext"}, values={"direction": {"campaign": "呼出", "desk": "呼入"}})
    text = "\n".join(line("1001", "s", app="Queue", context=context) for context in ("campaign", "desk", "other"))
    assert [row["direction"] for row in evaluate("asterisk", text, mapping)] == ["out", "in", "internal"]


def test_stamps_are_of_the_zone_that_was_asked_for(evaluate: Evaluate) -> None:
    row = evaluate("asterisk", line("1", "13800138000"), zone="UTC")[0]
    assert str(row["start"]) == "2026-03-02 18:00:00"


def test_what_is_marked_as_a_drill_or_a_test_call_counts_nowhere(evaluate: Evaluate) -> None:
    cases = [
        ("", "note", False), ("drill", "", True), ("nianjian-test", "", True), ("", "拨测", True),
        ("drill-team", "", False), ("sales", "drill", True),
    ]  # fmt: skip
    rows = [
        line("95013", "13800138000", more=f'{ID},"{note}",{NEW}').replace('""', f'"{account}"', 1)
        for account, note, _ in cases
    ]
    assert [row["test"] for row in evaluate("asterisk", "\n".join(rows))] == [test for *_, test in cases]
    old = [line("95013", "13800138000", more="").replace('""', f'"{account}"', 1) for account, *_ in cases]
    old_rows = evaluate("asterisk", "\n".join(old))  # 16 columns, no userfield
    assert [row["test"] for row in old_rows] == [account in {"drill", "nianjian-test"} for account, *_ in cases]


FLAT = "INVITE|3|5d|3-1@h|{code}|Reason = why|1795561916|1795561916.858556|95188|13479525745|127.0.0.1|sip:95013@h"
SYSLOG = (
    "NOTICE: acc [acc.c:270]: acc_log_request(): ACC: transaction answered: timestamp=1795561916;tsec=1795561916.858;"
    "method=INVITE;from_tag=3;to_tag=5d;call_id=3-1@h;code={code};reason=Reason = why;src_user=95188;"
    "dst_user=13479525745;src_ip=127.0.0.1;pai=sip:95013@h;gate=0"
)


def test_both_forms_of_a_row_are_one_row(evaluate: Evaluate) -> None:
    flat, syslog = (evaluate("kamailio", form.format(code=486))[0] for form in (FLAT, SYSLOG))
    assert flat == syslog
    assert flat["display"] == "95013"
    assert str(flat["start"]) == "2026-11-25 07:11:56"


def test_final_answers(evaluate: Evaluate) -> None:
    results = {
        200: "answered", 202: "answered", 486: "busy", 600: "busy", 408: "no_answer", 480: "no_answer",
        487: "cancelled", 603: "rejected", 404: "failed", 401: None, 407: None, 183: None,
    }  # fmt: skip
    rows = evaluate("kamailio", "\n".join(FLAT.format(code=code) for code in results))
    outcomes = [(row["result"], row["leg"], row["answered"], row["delivered"]) for row in rows]
    assert outcomes == [
        (result, "customer" if result else "event", result == "answered", result is not None)
        for result in results.values()
    ]


def test_other_methods_are_events_of_the_call(evaluate: Evaluate) -> None:
    text = "\n".join(FLAT.format(code=200).replace("INVITE", method) for method in ("BYE", "CANCEL", "ACK"))
    rows = evaluate("kamailio", text)
    assert {(row["leg"], row["call_key"], row["delivered"]) for row in rows} == {("event", "3-1@h", False)}


def test_without_an_asserted_identity_the_from_user_was_shown(evaluate: Evaluate) -> None:
    row = evaluate("kamailio", FLAT.format(code=200).replace("sip:95013@h", ""))[0]
    assert row["display"] == "95188"


def test_a_site_names_its_columns(evaluate: Evaluate) -> None:
    text = "INVITE|3|5d|3-1@h|200|OK|1795561916|gw7|13479525745|95188"
    mapping = FileMapping(columns={"callee": 9, "display": 10})
    row = evaluate("kamailio", text, mapping)[0]
    assert (row["callee"], row["display"], row["direction"]) == ("13479525745", "95188", "out")


def test_cdrs_carry_their_length(evaluate: Evaluate) -> None:
    text = (
        "1795561916|1795561917|0.914000|4-1@h|95013|13639345074\n1795561916|1795561916|0.000000|5-1@h|95013|13639345075"
    )
    talked, failed = evaluate("kamailio", text)
    assert (talked["call_id"], talked["call_key"], talked["answered"]) == ("cdr:4-1@h", "4-1@h", True)
    assert (failed["answered"], failed["result"]) == (False, None)


def test_a_quote_in_a_flat_file_is_a_letter(evaluate: Evaluate) -> None:
    assert evaluate("kamailio", FLAT.format(code=486).replace("Reason", '"Reason'))[0]["result"] == "busy"


def test_a_from_user_behind_a_privacy_header_was_not_shown(evaluate: Evaluate) -> None:
    head = "method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,dst_user,src_ip,pai,privacy\n"
    line = "INVITE,3,5d,{key}-1@h,200,OK,2026-03-02 09:29:00,95188,13479525745,127.0.0.1,{pai},{privacy}"
    cases = [("", "id"), ("", "none"), ("", ""), ("sip:95013@h", "id")]
    text = head + "\n".join(line.format(key=n, pai=pai, privacy=privacy) for n, (pai, privacy) in enumerate(cases))
    assert [row["display"] for row in evaluate("kamailio", text)] == [None, "95188", "95188", "95013"]


A, B = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
TIMES = '"2026-03-02 10:00:00","2026-03-02 10:00:05","2026-03-02 10:00:30","30","25","NORMAL_CLEARING"'


def row(callee: str = "13800138000", context: str = "default", leg: str = A, other: str = B) -> str:
    return f'"x","1001","{callee}","{context}",{TIMES},"{leg}","{other}","","PCMA","PCMA"'


@pytest.mark.parametrize(
    ("line", "width"),
    [
        (row(), 15),
        (row() + ',"ua","","","",""', 20),
        (row() + ',"ua","stat"', 17),
        (f'"","1001","13800138000","default","","sofia/a","sofia/b","bridge","x",{TIMES},"","{A}","u"', 18),
        (f'INSERT INTO cdr VALUES ("x","1001","13800138000","default",{TIMES},"{A}","{B}", "");', 13),
    ],
)
def test_stock_templates(evaluate: Evaluate, line: str, width: int) -> None:
    template = freeswitch_csv.layout(sample_of(line), FileMapping())
    assert len(template.columns) == width
    got = evaluate("freeswitch_csv", line)[0]
    assert (got["callee"], got["direction"], got["answered"]) == ("13800138000", "out", True)
    assert got["display"] is None


def test_context_and_callee_tell_the_direction(evaluate: Evaluate) -> None:
    cases = [
        ("13800138000", "default", "out"), ("1002", "default", "internal"), ("95013", "public", "in"),
        ("02161234567", "public", "in"), ("95013", "default", "out"), ("138****8000", "default", "out"),
    ]  # fmt: skip
    rows = evaluate("freeswitch_csv", "\n".join(row(callee, context) for callee, context, _ in cases))
    assert [one["direction"] for one in rows] == [direction for *_, direction in cases]


@pytest.mark.parametrize("other_of_b", ["", A])
def test_both_legs_in_one_file_are_one_call(evaluate: Evaluate, other_of_b: str) -> None:
    for lines in ([row(), row(leg=B, other=other_of_b)], [row(leg=B, other=other_of_b), row()]):
        assert len({record["call_key"] for record in evaluate("freeswitch_csv", "\n".join(lines))}) == 1


@pytest.mark.parametrize("first", ["a", "b"])
def test_the_b_leg_says_what_was_shown(evaluate: Evaluate, first: str) -> None:
    """Whichever leg ended first; the A leg's caller is an extension, here one that looks like a number."""
    lines = {"a": row().replace('"1001"', '"80012345"'), "b": row(leg=B, other="").replace('"1001"', '"95013"')}
    rows = evaluate("freeswitch_csv", "\n".join(lines[leg] for leg in (first, "b" if first == "a" else "a")))
    legs = {one["caller"]: (one["display"], one["leg"]) for one in rows}
    early = {"95013": ("95013", "customer"), "80012345": (None, "customer")}
    later = {"95013": (None, "customer"), "80012345": (None, "agent")}
    assert legs == (early if first == "a" else later)
    assert len({one["call_key"] for one in rows}) == 1


def test_a_headed_export_with_both_legs(evaluate: Evaluate) -> None:
    header = ",".join(freeswitch_csv.TEMPLATES["example"])
    rows = evaluate("freeswitch_csv", "\n".join([header, row(), row(leg=B, other="").replace('"1001"', '"95013"')]))
    assert [one["display"] for one in rows] == [None, "95013"]
    assert len({one["call_key"] for one in rows}) == 1


def test_a_seats_leg_of_an_inbound_call_is_no_call_of_a_customer(evaluate: Evaluate) -> None:
    lines = [row("95013", "public"), row("1002", "public", leg=B, other="")]
    assert [one["leg"] for one in evaluate("freeswitch_csv", "\n".join(lines))] == ["customer", "agent"]


def test_an_unknown_template_asks_for_a_mapping(evaluate: Evaluate) -> None:
    text = f"1001;13800138000;2026-03-02 10:00:00;2026-03-02 10:00:05;2026-03-02 10:00:30;{A};default"
    with pytest.raises(NianjianError) as error:
        freeswitch_csv.layout(sample_of(text), FileMapping())
    assert error.value.code == "freeswitch_template_unknown"
    mapping = FileMapping(columns={"display": 1, "callee": 2, "start": 3, "answer": 4, "end": 5, "call_id": 6})
    got = evaluate("freeswitch_csv", text, mapping)[0]
    assert (got["display"], got["call_id"], got["direction"]) == ("1001", A, "out")


def document(
    *, originator: str | None = None, variables: dict[str, str] | None = None, **profile: str
) -> dict[str, Any]:
    own = {"caller_id_number": "1001", "destination_number": "13800138000", "context": "default", "uuid": A} | profile
    caller: dict[str, Any] = dict(own)
    if originator:
        caller["originator"] = {"originator_caller_profiles": [{"uuid": originator}]}
    micros = {
        f"{name}_time": f"{1772416800 + at}000000" for name, at in (("created", 0), ("answered", 5), ("hangup", 30))
    }
    return {
        "core-uuid": "c",
        "switchname": "fs1",
        "channel_data": {"direction": "outbound" if originator else "inbound"},
        "variables": {"uuid": own["uuid"], "hangup_cause": "NORMAL_CLEARING"} | (variables or {}),
        "callflow": [{"caller_profile": caller, "times": micros}],
    }


def test_an_a_leg_alone_shows_what_it_exported(evaluate: Evaluate) -> None:
    text = json.dumps(document(variables={"effective_caller_id_number": "95013", "sip_to_user": "138%2A"}))
    got = evaluate("freeswitch_json", text)[0]
    assert (got["display"], got["direction"], got["leg"], got["answered"]) == ("95013", "out", "customer", True)
    assert str(got["start"]) == "2026-03-02 10:00:00"


def test_the_b_leg_carries_what_was_shown_and_the_key_of_its_a_leg(evaluate: Evaluate) -> None:
    first, second = document(), document(originator=A, uuid=B, caller_id_number="95013")
    rows = evaluate("freeswitch_json", json.dumps(first) + "\n" + json.dumps(second))
    assert [record["display"] for record in rows] == [None, "95013"]
    assert {record["call_key"] for record in rows} == {A}


def test_an_agents_leg_is_no_customer_call(evaluate: Evaluate) -> None:
    got = evaluate("freeswitch_json", json.dumps(document(originator=A, uuid=B, destination_number="1002")))[0]
    assert (got["leg"], got["direction"]) == ("agent", "internal")


def test_the_b_legs_real_cause(evaluate: Evaluate) -> None:
    cdr = document(variables={"hangup_cause": "NORMAL_CLEARING", "bridge_hangup_cause": "USER_BUSY"})
    cdr["callflow"][0]["times"]["answered_time"] = "0"
    got = evaluate("freeswitch_json", json.dumps(cdr))[0]
    assert (got["answered"], got["result"], got["answer"]) == (False, "busy", None)


@pytest.mark.parametrize("text", ["{", "[]", '{"foo": 1}', "null"])
def test_what_is_no_document(text: str) -> None:
    with pytest.raises(ValueError, match="json_invalid"):
        freeswitch_json.parse(text)


def test_lines_are_told_from_a_document() -> None:
    cdr = document()
    assert not freeswitch_json.layout(sample_of(json.dumps(cdr)), FileMapping()).document
    assert freeswitch_json.layout(sample_of(json.dumps(cdr, indent=1)), FileMapping()).document
    assert freeswitch_json.layout(sample_of(json.dumps([cdr])), FileMapping()).document


def test_a_marked_leg_counts_nowhere(evaluate: Evaluate) -> None:
    cases: list[tuple[dict[str, str], bool]] = [
        ({}, False), ({"sip_h_X-Nianjian-Test": "callback"}, True), ({"sip_h_x-nianjian-test": "callback"}, True),
        ({"sip_h_X-Drill": "1"}, True), ({"accountcode": "drill"}, True),
        ({"accountcode": "1001", "sip_h_X-Other": "1"}, False),
    ]  # fmt: skip
    text = "\n".join(json.dumps(document(variables=variables)) for variables, _ in cases)
    assert [one["test"] for one in evaluate("freeswitch_json", text)] == [test for _, test in cases]


def test_a_legs_privacy_header_is_read() -> None:
    cells = freeswitch_json.parse(json.dumps(document(variables={"sip_h_Privacy": "id"})))
    assert dict(zip(freeswitch_json.COLUMNS, cells, strict=True))["sip_h_Privacy"] == "id"


def test_a_rejects_file_from_before_the_marks_is_still_read(evaluate: Evaluate) -> None:
    before = freeswitch_json.COLUMNS[: freeswitch_json.COLUMNS.index(freeswitch_json.MARKS[0])]
    cells = dict.fromkeys(before, "") | {"uuid": A, "leg": "a", "destination_number": "13800138000"}
    text = ",".join(before) + "\n" + ",".join(cells.values())
    assert freeswitch_json.recognise(sample_of(text)) == 99
    assert evaluate("freeswitch_json", text)[0]["test"] is False


def test_the_account_of_a_row_marks_it(evaluate: Evaluate) -> None:
    rows = evaluate("freeswitch_csv", "\n".join((row(), row().replace('"",', '"drill",', 1))))
    assert [one["test"] for one in rows] == [False, True]


# What is kept of a posted FreeSWITCH record: an import reads the same from it, and nothing else stands in it.

RECORDS = Path(__file__).parents[3] / "sources" / "freeswitch_json" / "records.jsonl"
WHOLE = [
    line
    for line in RECORDS.read_text(encoding="utf-8").splitlines()
    if line.endswith("}") and '"times": {}' not in line
]
ONE: dict[str, Any] = json.loads(WHOLE[0])


def cells(text: str) -> dict[str, str | None]:
    return dict(zip(form.COLUMNS, form.parse(text), strict=True))


def changed(**variables: str) -> str:
    return json.dumps({**ONE, "variables": {**ONE["variables"], **variables}})


@pytest.mark.parametrize("text", WHOLE)
def test_an_import_reads_the_same_without_the_name(text: str) -> None:
    leg = parse_leg(text)
    assert cells(leg.line.decode()) == {**cells(text), "caller_id_name": None}
    assert extract_leg_id(leg.line) == leg.uuid == cells(text)["uuid"]
    assert b"\n" not in leg.line
    assert connecting_apps(leg.line.decode()) == connecting_apps(text)


def test_what_nobody_uses_is_left_out() -> None:
    document = {
        **ONE,
        "app_log": {"applications": [{"app_name": "set", "app_data": "secret=1"}, {"app_name": "bridge"}]},
    }
    document["variables"] = {**ONE["variables"], "sip_auth_password": "secret", "wife_of": "secret"}
    document["callflow"][0]["caller_profile"]["caller_id_name"] = "王secret"
    data = parse_leg(json.dumps(document)).line
    assert b"secret" not in data
    assert json.loads(data)["app_log"] == {"applications": [{"app_name": "bridge"}]}


@pytest.mark.parametrize("mark", ["100%", "%41", "a b", "é", '"', "95013%2C1"])
def test_odd_values_come_back(mark: str) -> None:
    text = changed(accountcode=mark)
    assert cells(parse_leg(text).line.decode())["accountcode"] == cells(text)["accountcode"]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "null", '"x"', "{", '{"variables":{}}', '{"variables":{"uuid":"u"},"callflow":[]}',
        '{"variables":{"uuid":"u","start_epoch":"soon"}}', '{"variables":{"start_epoch":"1772413260"}}',
        '{"variables":{"uuid":"u","start_epoch":"1772413260","accountcode":"' + 600 * "9" + '"}}',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises((ValueError, RecursionError)):
        parse_leg(text)


def test_moments() -> None:
    seconds = 1_772_413_260
    for text in (str(seconds), f"{seconds}000", f"{seconds}000000", "2026-03-02 09:01:00"):
        assert parse_moment(text) == seconds
    assert [
        parse_moment(text) for text in (None, "", "0", "12", "2026-13-02 09:01:00", "9" * 5000, "１７７２４１３２６０")
    ] == [None] * 7
