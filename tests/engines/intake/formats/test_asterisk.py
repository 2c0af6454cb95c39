from __future__ import annotations

from pathlib import Path

import pytest
from tests.engines.intake.formats.conftest import Evaluate, sample_of

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.formats.asterisk import layout, master_columns
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
    found = evaluate("asterisk", "\n".join(row for row, *_ in WAYS))
    assert [(row["direction"], row["leg"], row["delivered"]) for row in found] == [tuple(case[1:]) for case in WAYS]


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
    found = evaluate("asterisk", "\n".join(old))  # 16 columns, no userfield
    assert [row["test"] for row in found] == [account in {"drill", "nianjian-test"} for account, *_ in cases]
