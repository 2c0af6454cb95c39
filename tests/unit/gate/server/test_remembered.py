"""How much the short way remembers."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from tests.support.gate import NOON, cap, request, snapshot, tenant
from tests.support.gate_server import Counting, ask

from nianjian.gate.server import usual
from nianjian.gate.server.gate import Gate
from nianjian.gate.server.memory import Answers
from nianjian.gate.snapshot.hold import Held


def test_answers_are_bounded_whoever_has_the_numbers_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual, "LOOK", 8)
    snapshot(tmp_path, tenant(caps=[asdict(cap("L01", 1000))]))
    held = Held(tmp_path)
    held.refresh()
    gate = Gate(held, Counting(), moment=lambda: NOON, answers=Answers(16))
    for number in range(100):
        ask(gate, request(call_id=f"c{number}"))
        ask(gate, request(call_id=""))  # the whole way: it remembers nothing and has every second number
    assert gate.usual.taken >= 98
    assert len(gate.answers) <= 2 * (16 + 8)
