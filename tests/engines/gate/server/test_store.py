"""Gates that share a store: it is filled first, its counts come from the decision journals, a cap is one for all."""

import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.support.gate import cap, tenant
from tests.support.gate_served import GateProcess
from tests.support.gate_store import server

pytestmark = pytest.mark.long


def fill(home: Path, url: str) -> None:
    variables = {**os.environ, "NIANJIAN_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "nianjian", "gate", "store", url], env=variables, check=True)


def test_two_gates_share_one_cap_and_an_emptied_store_lets_nothing_through(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with server() as store:
        one, two = (GateProcess(home, "--store", store.url, "--process", name) for name in ("one", "two"))
        one.feed(tenant(caps=[asdict(cap("L01", 12))]))
        with one:
            assert one.word("1") == "deny gate-unavailable", "nobody has said that this store may be counted by"
            assert one.get("/health")[0] == 503
        fill(home, store.url)
        with one, two:
            gates = (one, two)
            words = [gates[number % 2].word(f"c{number}") for number in range(20)]
            assert words.count("allow") == 12
            assert set(words[12:]) == {"deny cap"}
            one.stop()
            two.stop()
    with server() as store:  # another store, with nothing in it
        fill(home, store.url)
        other = GateProcess(home, "--store", store.url)
        with other:
            assert other.word("again") == "deny cap", "the journals know what was allowed"


def test_a_killed_gate_of_a_store_knows_the_calls_that_it_answered(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with server() as store:
        gate = GateProcess(home, "--store", store.url, "--process", "one")
        gate.feed(tenant(caps=[asdict(cap("L01", 40))]))
        fill(home, store.url)
        with gate:
            words = [gate.word(f"c{number}") for number in range(15)]
            assert words == ["allow"] * 15
            status, _body = gate.post("/v1/release", {"enterprise": "acme", "call_id": "c3"})
            assert status == 200
            gate.kill()
            gate.start()
            assert [gate.word(f"c{number}") for number in range(15)] == words
            assert gate.state()["gate"]["asked_again"] == 14, "the call that was given back is a new one"
            more = [gate.word(f"d{number}") for number in range(40)]
    taken = 15 + 1 + more.count("allow")  # one was given back and taken anew
    assert 40 - 9 <= taken - 1 <= 40, "a killed gate forfeits less than a block, and lets nobody through twice"
