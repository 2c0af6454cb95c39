"""What the process tells about itself: health, policy, counters, decisions, figures; numbers masked."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.support import databases
from tests.support.gate import NOON, cap, full, request, tenant
from tests.support.gate_asking import CALL, body, got, posted
from tests.support.gate_served import GateProcess
from tests.support.gate_server import Slow, ask, channel_used, made
from tests.support.gate_store import until
from tests.support.services import free_ports

from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.decision_search import DecisionMatches, read_decisions
from nianjian.engines.gate.server.answers import PendingQuestions
from nianjian.engines.gate.server.gate import Gate


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
    gate = journalled(tmp_path)
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
    assert got(made(tmp_path), "/v1/state/")[0] == 200, "a slash at the end says nothing"
    assert posted(made(tmp_path), b"{}", path=b"/health")[0][0] == 405


# The process: snapshots swapped while it answers, a clean end, a killed one that never exceeds a cap.

SECONDS = 60.0  # in which a changed cap acts, on a busy machine


def wait_for(gate: GateProcess, generation: int) -> None:
    """Wait for a generation to be in force."""
    end = time.monotonic() + SECONDS
    while gate.state()["snapshot"]["generation"] != generation:
        assert time.monotonic() < end, gate.log.read_text()
        time.sleep(0.05)


def test_a_changed_cap_acts_within_seconds_and_the_count_goes_on(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path / "home")
    gate.feed(tenant(caps=[asdict(cap("L01", 300))]))
    with gate:
        assert {gate.word(str(number)) for number in range(40)} == {"allow"}
        gate.feed(tenant(caps=[asdict(cap("L01", 30, epoch=2))]))
        wait_for(gate, 2)
        assert gate.word("40") == "deny cap", "40 are used, 30 are allowed now"
        gate.feed(tenant(caps=[asdict(cap("L01", 41, epoch=3))]))
        wait_for(gate, 3)
        assert [gate.word(str(number)) for number in (41, 42)] == ["allow", "deny cap"]
        assert gate.stop() == 0


def test_a_process_begins_without_a_snapshot_and_takes_the_first_that_comes(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path / "home")
    with gate:
        assert gate.get("/health")[0] == 503
        assert gate.word("1") == "deny gate-unavailable"
        gate.feed()
        wait_for(gate, 1)
        assert gate.word("1") == "allow"


def test_a_damaged_snapshot_is_not_taken(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path / "home")
    gate.feed()
    with gate:
        gate.feed(tenant(caps=[asdict(cap("L01", 1))]))
        wait_for(gate, 2)
        damaged = tmp_path / "home/gate/snapshot/current/acme.json"
        gate.stop()
        damaged.write_text(damaged.read_text().replace("L01", "L09"))
        gate.start()
        assert gate.word("1") == "deny gate-unavailable"
        assert "gate_snapshot_damaged" in gate.state()["snapshot"]["problem"]


@pytest.mark.parametrize("words", [(), ("--process", "two")])
def test_a_second_process_on_the_home_says_that_its_journal_is_taken(tmp_path: Path, words: tuple[str, ...]) -> None:
    databases.furnish(tmp_path / "home")
    gate = GateProcess(tmp_path / "home")
    gate.feed()
    other = GateProcess(tmp_path / "home", *words, "--json", feeds=True)  # as by hand: its feeder never starts
    with gate:
        with pytest.raises(AssertionError, match=r'"code": *"gate_journal_taken"'):
            other.start()
        assert other.process is not None
        assert other.process.returncode == 2
        assert gate.get("/v1/state")[0] == 200, "the first goes on"


def test_what_was_used_before_an_end_counts_after_it(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path / "home")
    gate.feed(tenant(caps=[asdict(cap("L01", 6))]))
    with gate:
        assert [gate.word(str(number)) for number in range(4)] == ["allow"] * 4
        assert gate.stop() == 0
        gate.start()
        assert [gate.word(str(number)) for number in range(4, 8)] == ["allow"] * 2 + ["deny cap"] * 2


@pytest.mark.long
def test_a_killed_process_never_exceeds_the_cap(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path / "home")
    gate.feed(tenant(caps=[asdict(cap("L01", 300))]))
    allowed = 0
    with gate:
        for round_ in range(4):
            for number in range(70):
                allowed += gate.word(f"{round_}-{number}") == "allow"
            gate.kill()
            gate.start()
        while gate.word(f"last-{allowed}") == "allow":
            allowed += 1
    assert 300 - 4 * 10 <= allowed <= 300


def test_a_killed_process_gives_the_same_call_the_same_answer_again(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path / "home")
    gate.feed(tenant(caps=[asdict(cap("L01", 12))]))
    with gate:
        words = [gate.word(f"c{number}") for number in range(14)]
        assert words == ["allow"] * 12 + ["deny cap"] * 2
        for end in (gate.kill, gate.stop):
            end()
            gate.start()
            assert [gate.word(f"c{number}") for number in range(14)] == words
        state = gate.state()
        assert state["gate"]["asked_again"] == 14
        assert gate.word("new") == "deny cap", "no unit came free"


def test_without_tokens_it_listens_on_this_machine_alone(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path / "home")
    gate.feed()
    gate._words = ("--listen", f"0.0.0.0:{gate.http}")
    with pytest.raises(AssertionError, match="NIANJIAN_GATE_TOKENS"):
        gate.start()
    with_tokens = GateProcess(tmp_path / "home", *gate._words, NIANJIAN_GATE_TOKENS="acme=secret")
    with_tokens.http = gate.http
    with with_tokens:
        assert with_tokens.word("1") == "deny gate-unavailable", "no token, no answer"


@pytest.mark.long
def test_serve_starts_pages_worker_and_gate(tmp_path: Path) -> None:
    pages, port = free_ports(2)
    gate = GateProcess(tmp_path / "home")
    gate.http = port
    variables = {**os.environ, "NIANJIAN_HOME": str(tmp_path / "home"), "NIANJIAN_KEYS": str(tmp_path / "keys.json")}
    addresses = ["--listen", f"127.0.0.1:{pages}", "--gate", f"127.0.0.1:{port}"]
    whole = subprocess.Popen([sys.executable, "-m", "nianjian", "serve", *addresses], env=variables)
    try:
        end = time.monotonic() + 90
        while True:
            assert time.monotonic() < end
            try:
                answered = gate.get("/health")[0]
            except OSError:
                time.sleep(0.2)
                continue
            assert answered == 200
            break
    finally:
        whole.send_signal(signal.SIGTERM)
        whole.wait(60)
    with pytest.raises(OSError, match="refused"):
        gate.get("/health")


# A decision journal that cannot be written, and questions that break: an alarm, and everybody is answered.

LINE = cap("L01")
DAY = 86_400_000


def journalled(tmp_path: Path) -> Gate:
    """A gate at noon that writes a journal."""
    gate = made(tmp_path / "snapshot")
    gate.journal = Journal(tmp_path / "decisions", "main")
    gate.journal.open(NOON)
    return gate


async def test_a_full_disk_is_an_alarm_and_what_waits_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gate = journalled(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr("os.write", full)
        ask(gate, request())
        await asyncio.sleep(0)
        assert gate.unwritten
    ask(gate, request(call_id="c2"))
    await asyncio.sleep(0)
    assert not gate.unwritten
    path = next((tmp_path / "decisions").rglob("*.log"))
    assert len(list(read_decisions(path, DecisionMatches([])))) == 2
    assert caplog.text.count("cannot be written") == 1


async def test_a_journal_that_cannot_be_written_takes_nobody_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = journalled(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr("os.write", full)
        for number in range(290):  # far more than a write of the journal holds
            question = request(call_id=f"{number}" * 100)
            first, again = ask(gate, question), ask(gate, question)
            assert first == again
            assert first[0].reason == "allow"
        broken.setattr("os.open", full)
        gate.moment = lambda: NOON + DAY  # midnight
        assert ask(gate, request(call_id="next"))[0].reason == "allow"
        await asyncio.sleep(0)
        assert gate.unwritten
    gate.moment = lambda: NOON
    assert channel_used(gate, LINE, "L01") == 291
    gate.flush()
    assert not gate.unwritten
    assert sum(len(list(read_decisions(path))) for path in (tmp_path / "decisions").rglob("*.log")) == 291


async def test_what_is_lost_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = journalled(tmp_path)
    monkeypatch.setattr("nianjian.engines.gate.decision_journal.WAITING_BYTES", 10)
    monkeypatch.setattr("os.write", full)
    ask(gate, request())
    ask(gate, request(call_id="c2"))  # a usual one: its line is made when it is written
    await asyncio.sleep(0)
    assert gate.lost == 2


async def test_a_name_that_is_taken_at_midnight_is_an_alarm(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    journal, other = (Journal(tmp_path / "decisions", "main") for _ in range(2))
    journal.open(NOON)
    other.open(NOON + DAY)
    gate = made(tmp_path / "snapshot")
    gate.journal, gate.moment = journal, lambda: NOON + DAY
    assert ask(gate, request())[0].reason == "allow"
    await asyncio.sleep(0)
    assert gate.unwritten
    other.close()
    for _ in range(300):
        await asyncio.sleep(0.01)
        if not gate.unwritten:
            break
    assert not gate.unwritten, "it is tried again though nobody asks"
    journal.close()
    assert caplog.text.count("cannot be written") == 1


async def test_who_waits_too_long_is_answered_whatever_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gate = made(tmp_path, counters=Slow(), patience=0.02)
    monkeypatch.setattr(gate, "close", full)
    first = ask(gate, request())
    await asyncio.sleep(0.01)
    second = ask(gate, request(call_id="c2"))
    await until(lambda: len(first + second) == 2)
    assert [one.reason for one in first + second] == ["gate-unavailable"] * 2
    assert "could not be refused" in caplog.text


async def test_a_question_that_raises_stops_no_other_deadline() -> None:
    class Broken:
        def expire(self, _answer: object) -> bool:
            raise OSError

    class Whole:
        expired = False

        def expire(self, _answer: object) -> bool:
            self.expired = True
            return True

    pending, whole, late = PendingQuestions(0.01), Whole(), Whole()
    for one in (Broken(), whole):
        pending.join(one, print)
    await asyncio.sleep(0.005)
    pending.join(late, print)
    await until(lambda: late.expired)
    assert (whole.expired, late.expired, pending.late) == (True, True, 2)
