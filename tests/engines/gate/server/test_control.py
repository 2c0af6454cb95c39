"""What the process tells about itself: health, policy, counters, decisions, figures; numbers masked."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.support.gate import NOON, cap, full, request, tenant
from tests.support.gate_asking import CALL, body, got, posted
from tests.support.gate_server import ask, made

from nianjian.engines.gate.decision_journal import Journal


def told(gate: Any, target: str) -> Any:
    status, answer = got(gate, target)
    assert status == 200, answer
    return json.loads(answer)


def test_health(tmp_path: Path) -> None:
    gate = made(tmp_path)
    assert told(gate, "/health")["status"] == "ok"
    before = gate.moment
    gate.moment = lambda: before() + 2000 * 1000
    assert told(gate, "/health")["status"] == "alarm"
    assert told(gate, "/health")["alarms"] == ["snapshot_old"]
    gate.moment = lambda: before() + 172_800_000
    assert got(gate, "/health")[0] == 503


def test_a_journal_that_cannot_be_written_is_an_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = made(tmp_path / "snapshot")
    gate.journal = Journal(tmp_path / "decisions", "main")
    gate.journal.open(NOON)
    assert told(gate, "/health")["journal"] == {"problem": "", "lost": 0}
    assert b"nianjian_gate_journal_written 1.0" in got(gate, "/metrics")[1]

    monkeypatch.setattr("nianjian.engines.gate.decision_journal.os.write", full)
    monkeypatch.setattr("nianjian.engines.gate.decision_journal.WAITING_BYTES", 300)
    posted(gate, *(body(call_id=f"c{one}") for one in range(5)))
    for page in ("/health", "/v1/state"):
        state = told(gate, page)
        assert (state["status"], state["alarms"]) == ("alarm", ["journal_unwritten"])
        assert state["journal"] == {"problem": "No space left on device", "lost": gate.journal.lost}
    page = got(gate, "/metrics")[1]
    assert b"nianjian_gate_journal_written 0.0" in page
    assert b"nianjian_gate_decisions_lost_total %d.0" % gate.journal.lost in page
    assert gate.journal.lost > 0
    monkeypatch.undo()
    gate.flush()
    assert told(gate, "/health")["status"] == "ok"


def test_an_enterprise_that_cannot_be_told_of_is_an_alarm_named_to_its_own(tmp_path: Path) -> None:
    why = {"code": "gate_rule_unreadable", "values": {"key": "gate.hours.service"}}
    broken = tenant("broken", numbers=[], refusing=why)
    gate = made(tmp_path, tenant(), broken)
    health = told(gate, "/health")
    assert (health["status"], health["alarms"]) == ("alarm", ["enterprise_refused"])
    assert "broken" not in json.dumps(health)
    assert told(gate, "/v1/state")["refused"] == {"broken": "gate_rule_unreadable"}
    assert b"nianjian_gate_enterprises_refused 1.0" in got(gate, "/metrics")[1]
    assert not ask(gate, request(enterprise="broken"))[0].allow


def test_state_counts_what_was_decided(tmp_path: Path) -> None:
    gate = made(tmp_path)
    posted(gate, body(), body(), body(call_id="c2", channel="L99"))
    posted(gate, body(enterprise="nobody", call_id="c3"))
    state = told(gate, "/v1/state")
    assert state["decisions"] == {"acme": {"allow": 1, "no-channel": 1}, "": {"number-unknown": 1}}
    assert state["gate"]["asked_again"] == 1


def test_the_policy_in_force(tmp_path: Path) -> None:
    policy = told(made(tmp_path), "/v1/policy")
    assert policy["enterprise"] == "acme"
    assert {one["name"]: one["isolated"] for one in policy["channels"]} == {"L01": False, "L02": True}
    assert policy["caps"][1]["limit"] == 30
    assert got(made(tmp_path), "/v1/policy?enterprise=nobody")[0] == 404


def test_what_the_channels_have_used(tmp_path: Path) -> None:
    gate = made(tmp_path)
    posted(gate, body())
    rows = told(gate, "/v1/counters")["counters"]
    assert [(row["channel"], row["used"], row["limit"]) for row in rows] == [("L01", 1, 300), ("L02", 0, 30)]


def test_decisions_show_no_callee(tmp_path: Path) -> None:
    callee_cap = {**asdict(cap("L01", 5)), "name": "callee", "key": "callee", "only": ""}
    gate = made(tmp_path, tenant(caps=[callee_cap]))
    posted(gate, body(), body(call_id="c2", display="18600186000"))
    status, answer = got(gate, "/v1/decisions")
    assert status == 200
    assert b"139****9000" in answer
    assert CALL["callee"].encode() not in answer
    assert b"18600186000" not in answer


def test_figures_for_prometheus(tmp_path: Path) -> None:
    gate = made(tmp_path)
    ask(gate, request())
    status, page = got(gate, "/metrics")
    assert status == 200
    assert b'nianjian_gate_decisions_total{enterprise="acme",reason="allow"} 1.0' in page
    assert b"nianjian_gate_snapshot_usable 1.0" in page


def test_pages_need_the_token_and_show_its_enterprise_alone(tmp_path: Path) -> None:
    gate = made(tmp_path, tenant(), tenant("other"))
    posted(gate, body(), body(enterprise="other"))
    proof = "Authorization: Bearer secret\r\n"
    assert got(gate, "/health", acme="secret")[0] == 200
    for target in ("/v1/state", "/v1/policy", "/v1/counters", "/v1/decisions", "/metrics"):
        assert got(gate, target, acme="secret")[0] == 401
    assert got(gate, "/metrics", proof, acme="secret")[0] == 401, "figures of all enterprises"
    assert json.loads(got(gate, "/v1/state", proof, acme="secret")[1])["decisions"] == {"acme": {"allow": 1}}
    assert {
        one["enterprise"] for one in json.loads(got(gate, "/v1/decisions", proof, acme="secret")[1])["decisions"]
    } == {"acme"}
    assert got(gate, "/v1/policy?enterprise=other", proof, acme="secret")[0] == 400


def test_an_address_that_is_none(tmp_path: Path) -> None:
    assert got(made(tmp_path), "/v1/nothing")[0] == 404
    assert posted(made(tmp_path), b"{}", path=b"/health")[0][0] == 405
