"""The gate from the shell: questions, policies with a second person, lists, snapshot and journal."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import gate
from tests.support.fixtures import Shell
from tests.support.receivers import Program, served

from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.question import Used, Verdict

USED = Used("caller_callee:95013001>13900139001", "sliding 300s", 3, 3)
HOUSE = ("--enterprise", "demo")
ASK = ("gate", "check", *HOUSE, "--display", "95013001", "--callee", "13900139000", "--at", "2026-11-25T12:00")


@pytest.fixture
def house(cli: Shell, shell_home: Path) -> Shell:
    """A filed number and two lines."""
    header = "码号,批准总位长,用途,有效期止,备案状态,备案日期,呼出权限\n"
    (shell_home.parent / "n.csv").write_text(f"{header}95013,8,外呼营销,2028-12-31,已备案,2024-02-01,是\n")
    (shell_home.parent / "l.csv").write_text("线路编号,状态\nL01,启用\nL02,启用\n")
    for kind, name in (("numbers", "n.csv"), ("lines", "l.csv")):
        assert cli("registers", "import", kind, name, *HOUSE).code == 0
    return cli


def test_a_question_policies_and_a_second_person(house: Shell, shell_home: Path) -> None:
    result = house(*ASK, "--channel", "L01", "--json")
    assert result.code == 0
    assert result.json["allow"] is True
    assert result.json["taken"] is False
    assert result.json["slots"] == [
        {
            "key": "channel", "value": "L01", "window": "calendar_day", "limit": 300, "counts": "attempts",
            "rule": "rectification.frequency.before",
        }
    ]  # fmt: skip
    refused = house(*ASK, "--channel", "L01", "--purpose", "营销", "--json")
    assert (refused.code, refused.json["allow"], refused.json["enforce"]) == (0, True, False), "a new line observes"
    assert (refused.json["would"], refused.json["rule"]) == ("no-consent", "gate.consent")
    for line in ("L01", "L02"):
        assert house("gate", "policy", "set", line, "--enforce", *HOUSE, "--json").json["values"]["cap"] is None
    refused = house(*ASK, "--channel", "L01", "--purpose", "营销", "--json")
    assert (refused.code, refused.json["reason"], refused.json["rule"]) == (1, "no-consent", "gate.consent")
    late = house(*ASK[:-1], "2026-11-25T23:00", "--channel", "L01", "--purpose", "营销", LANG="en_US.UTF-8")
    assert late.code == 1
    assert "outside the allowed hours" in late.out
    assert "again at 2026-11-26 08:00:00+08:00" in late.out
    consent = house(*ASK, "--channel", "L01", "--purpose", "营销").out
    assert re.search("规则：.*同意.*（gate.consent）", consent)
    assert house(*ASK[:-2], "--at", "soon", "--channel", "L01").code == 2
    caps = house("gate", "policy", "list", *HOUSE, "--json").json["caps"]
    assert {cap["only"]: (cap["limit"], cap["window"], cap["counts"]) for cap in caps} == {
        "L01": (300, "calendar_day", "attempts"),
        "L02": (300, "calendar_day", "attempts"),
    }
    done = house("gate", "policy", "set", "L01", "--cap", "100", "--per", "day", *HOUSE, "--json")
    assert (done.code, done.json["state"]) == (0, "set")
    isolate = ("gate", "policy", "set", "L02", "--cap", "30", "--per", "day", "--white-list-only", *HOUSE, "--json")
    request = house(*isolate)
    assert request.code == 1
    assert sorted(request.json) == ["approval", "state"]
    assert request.json["state"] == "pending"
    token = house("user", "add", "bo", "--role", "compliance_lead", *HOUSE, "--json").json["token"]
    approved = house("approve", request.json["approval"], "--as", "bo", "--json", NIANJIAN_TOKEN=token)
    assert (approved.code, approved.json["values"]) == (0, {"cap": 30, "white_list": True})
    result = house(*ASK, "--channel", "L02", "--json")
    assert (result.code, result.json["reason"], result.json["rule"]) == (
        1,
        "not-on-white-list",
        "rectification.white_list",
    )
    change = house("gate", "policy", "set", "L02", "--enforce", *HOUSE, "--json")
    assert (change.code, change.json["state"]) == (1, "pending"), "still isolated"
    assert house("gate", "policy", "set", "L01", "--cap", "none", *HOUSE, "--json").json["values"]["uncapped"]
    same = house("gate", "policy", "set", "L01", "--enforce", *HOUSE, "--json")
    assert same.json["error"]["code"] == "gate_policy_same", "uncapped stays"
    output = house("gate", "policy", "list", *HOUSE, LANG="en_US.UTF-8").out
    assert "rectification.frequency.after" in output
    assert house("gate", "policy", "set", "L02", *HOUSE, "--json").json["error"]["code"] == "gate_cap_missing"
    (shell_home.parent / "no.csv").write_text("号码\n13900139000\nabc\n")
    built = house("gate", "list", "build", "do-not-call", "no.csv", *HOUSE, "--json")
    assert built.code == 1  # a row was left out
    assert (built.json["entries"], built.json["rejected"], built.json["lines"]) == (1, 1, [3])
    assert house(*ASK, "--channel", "L01", "--json").json["reason"] == "do-not-call"
    fed = house("gate", "feed", "--json")
    assert (fed.code, fed.json["new"], fed.json["entries"]) == (0, False, {"do-not-call": 1, "consents": 0})
    generations = list((shell_home / "gate" / "snapshot" / "generations").iterdir())
    assert fed.json["generation"] == len(generations)


def test_the_journal_is_listed_masked_and_decided_again(house: Shell, shell_home: Path, running: Program) -> None:
    _take(house, running)
    generation = house("gate", "feed", "--json").json["generation"]
    journal = Journal(shell_home / "gate" / "decisions", "p1")
    journal.open(gate.NOON)
    for callee, verdict in (
        ("13900139000", Verdict(allow=True, reason="allow", decision_id="d1")),
        ("13900139001", Verdict(allow=False, reason="cap", counter=USED, decision_id="d2")),
        ("13900139002", Verdict(allow=False, reason="do-not-call", decision_id="d3")),
    ):
        request = gate.request(enterprise="demo", callee=callee, call_id=f"c{callee[-1]}")
        journal.note(request, verdict, generation, gate.NOON)
    journal.close()
    listed = house("gate", "decisions", *HOUSE, "--refused", "--json")
    assert "13900139" not in listed.out
    document = listed.json
    assert document["decisions"][1]["counter"]["key"] == "caller_callee:95013001>139****9001"
    assert [(one["callee"], one["reason"]) for one in document["decisions"]] == [
        ("139****9002", "do-not-call"),
        ("139****9001", "cap"),
    ]
    result = house("gate", "decisions", *HOUSE, "--callee", "+86 13900139001", "--from", "2026-11-25")
    assert "139****9001" in result.out
    assert "13900139" not in result.out
    assert "139****9002" not in result.out
    again = house("gate", "replay", "2026-11-25", "--json")
    assert again.code == 1
    assert (again.json["decided"], again.json["same"], again.json["differ"]) == (3, 1, 2)
    assert [one["now"] for one in again.json["differing"]] == ["slots", "slots"]  # no such cap, no such refusal
    assert "13900139" not in again.out


@pytest.fixture
def running() -> Iterator[Program]:
    """A stand-in for a running gate: it keeps what it was asked."""
    stand_in = Program()
    stand_in.answer = json.dumps({"allow": False, "reason": "cap", "rule": "r", "retry_at": 1795708800}).encode()
    with served(stand_in):
        yield stand_in


def _take(house: Shell, gate: Program) -> None:
    """`--take` puts the question to the running gate."""
    ask = (*ASK[:-2], "--channel", "L01", "--take", "--call-id", "x1", "--json")
    far = "http://127.0.0.1:9"
    for options, setting in ((("--gate", gate.place), far), ((), gate.place)):
        result = house(*ask, *options, NIANJIAN_GATE_TOKENS="demo=secret", NIANJIAN_GATE_URL=setting)
        assert (result.code, result.json["taken"], result.json["reason"]) == (1, True, "cap")
    call = {"display": "95013001", "callee": "13900139000", "channel": "L01", "call_id": "x1"}
    assert gate.heard == [{"path": "/v1/decide", "enterprise": "demo", **call}] * 2
    assert gate.tokens == ["Bearer secret"] * 2
    result = house(*ask, NIANJIAN_GATE_URL=far)
    assert (result.code, result.json["error"]["code"], result.json["error"]["values"]["url"]) == (
        2,
        "gate_not_reached",
        far,
    )
    assert result.json["error"]["message"].endswith("那里没有程序在监听")
    refusal = json.dumps({"status": 401, "title": "Unauthorized", "detail": "a token is needed"}).encode()
    for status, answer, why in (
        (200, b"  <html>", "那里应答的不是拨前闸"),
        (404, b'{"error": "no such page"}', "那里应答的不是拨前闸"),
        (401, refusal, "拨前闸不接受 NIANJIAN_GATE_TOKENS 中该企业的令牌"),
    ):
        gate.status, gate.answer = status, answer
        result = house(*ask, "--gate", gate.place)
        assert (result.code, result.json["error"]["message"]) == (2, f"{gate.place} 没有拨前闸应答：{why}")
    result = house(*ask, "--gate", "ftp://here")
    assert result.json["error"]["message"].endswith("这不是 http 或 https 地址")


def test_a_built_list_is_shown_with_its_moment(house: Shell, shell_home: Path) -> None:
    (shell_home.parent / "d.csv").write_text("13900139000\n13800138000\n")
    assert house("gate", "list", "build", "do-not-call", "d.csv", *HOUSE).code == 0
    (entry,) = house("gate", "list", "show", *HOUSE, "--json").json["lists"]
    assert (entry["kind"], entry["entries"]) == ("do-not-call", 2)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", entry["recorded_at"])
    assert "do-not-call" in house("gate", "list", "show", *HOUSE).out
