"""How much the short way remembers."""

from __future__ import annotations

import asyncio
import gc
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.support.gate import NOON, cap, request, snapshot, tenant
from tests.support.gate_server import Counting, ask

from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.process import Ports, Process, Serving
from nianjian.engines.gate.server import usual
from nianjian.engines.gate.server.answers import Answers
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.snapshot.read import CurrentSnapshot


def test_answers_are_bounded_whoever_has_the_numbers_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual, "LOOK", 8)
    snapshot(tmp_path, tenant(caps=[asdict(cap("L01", 1000))]))
    held = CurrentSnapshot(tmp_path)
    held.refresh()
    gate = Gate(held, Counting(), moment=lambda: NOON, answers=Answers(16))
    for number in range(100):
        ask(gate, request(call_id=f"c{number}"))
        ask(gate, request(call_id=""))  # the whole way: it remembers nothing and has every second number
    assert gate.usual.taken >= 98
    assert len(gate.answers) <= 2 * (16 + 8)


def test_a_snapshot_that_was_replaced_is_let_go_though_nobody_asks(tmp_path: Path) -> None:
    snapshot(tmp_path / "snapshot", tenant())
    held = CurrentSnapshot(tmp_path / "snapshot")
    held.refresh()
    process = Process(Serving(held, Counting(), Journal(tmp_path / "decisions", "main"), {}, Ports("127.0.0.1", 0)))
    gate = process.gate
    gate.journal, gate.moment = None, lambda: NOON
    for number in range(3):
        ask(gate, request(call_id=f"c{number}"))
    assert (short := gate.usual.taken)
    assert held.snapshot is not None
    old = held.snapshot
    snapshot(tmp_path / "snapshot", tenant(version=2))
    asyncio.run(process._swap())  # the step that its watch takes
    assert held.snapshot.generation > old.generation
    gc.collect()
    assert sys.getrefcount(old) == 2, "this test's, and that of the question"
    for number in range(3):
        ask(gate, request(call_id=f"d{number}"))
    assert gate.usual.taken > short, "it is learnt anew"
