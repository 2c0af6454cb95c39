"""The process: snapshots swapped while it answers, a clean end, a killed one that never exceeds a cap."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.support.gate import cap, tenant
from tests.support.gate_served import GateProcess
from tests.support.services import free_ports

SECONDS = 5.0  # in which a changed cap acts


def until(gate: GateProcess, generation: int) -> None:
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
        until(gate, 2)
        assert gate.word("40") == "deny cap", "40 are used, 30 are allowed now"
        gate.feed(tenant(caps=[asdict(cap("L01", 41, epoch=3))]))
        until(gate, 3)
        assert [gate.word(str(number)) for number in (41, 42)] == ["allow", "deny cap"]
        assert gate.stop() == 0


def test_a_process_begins_without_a_snapshot_and_takes_the_first_that_comes(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path / "home")
    with gate:
        assert gate.get("/health")[0] == 503
        assert gate.word("1") == "deny gate-unavailable"
        gate.feed()
        until(gate, 1)
        assert gate.word("1") == "allow"


def test_a_damaged_snapshot_is_not_taken(tmp_path: Path) -> None:
    gate = GateProcess(tmp_path / "home")
    gate.feed()
    with gate:
        gate.feed(tenant(caps=[asdict(cap("L01", 1))]))
        until(gate, 2)
        damaged = tmp_path / "home/gate/snapshot/current/acme.json"
        gate.stop()
        damaged.write_text(damaged.read_text().replace("L01", "L09"))
        gate.start()
        assert gate.word("1") == "deny gate-unavailable"
        assert "gate_snapshot_damaged" in gate.state()["snapshot"]["problem"]


@pytest.mark.parametrize("words", [(), ("--process", "two")])
def test_a_second_process_on_the_home_says_that_its_journal_is_taken(tmp_path: Path, words: tuple[str, ...]) -> None:
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
        told = [gate.word(f"c{number}") for number in range(14)]
        assert told == ["allow"] * 12 + ["deny cap"] * 2
        for end in (gate.kill, gate.stop):
            end()
            gate.start()
            assert [gate.word(f"c{number}") for number in range(14)] == told
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
