"""A question's moment against the gate's own clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.gate import NOON, request, snapshot, tenant

from nianjian.engines.gate import decision
from nianjian.engines.gate.decision import Refusal, decide
from nianjian.engines.gate.decision_journal import Decision
from nianjian.engines.gate.question import Verdict
from nianjian.engines.gate.replay import decide_again
from nianjian.engines.gate.snapshot.read import open_snapshot

FIVE = 300_000
DAY = 86_400_000


@pytest.mark.parametrize(
    ("off", "tolerance", "expected"),
    [
        (0, 0, False),
        (1, 0, True),
        (FIVE, FIVE, False),
        (FIVE + 1, FIVE, True),
        (-FIVE, FIVE, False),
        (-FIVE - 1, FIVE, True),
        (DAY, FIVE, True),
        (-DAY, FIVE, True),
        (DAY, None, False),
    ],
)
def test_exactly_the_bound_is_taken(off: int, tolerance: int | None, *, expected: bool) -> None:
    assert decision.is_beyond_clock_bound(NOON + off, NOON, tolerance) is expected


def test_another_day_is_refused_by_the_running_gate_and_not_by_who_only_looks(tmp_path: Path) -> None:
    snapshot(tmp_path, tenant(at_tolerance=FIVE))
    held = open_snapshot(tmp_path)
    tomorrow = request(at=NOON + DAY)
    assert decision.clock_refusal(tomorrow, held, NOON) == Refusal("clock", "gate.at.tolerance")
    assert decision.clock_refusal(request(), held, NOON) is None
    assert decision.clock_refusal(request(enterprise="nobody", at=0), held, NOON) is None
    assert not isinstance(decide(tomorrow, held, NOON), Refusal)


def test_an_older_snapshot_knows_no_bound(tmp_path: Path) -> None:
    snapshot(tmp_path)
    assert decision.clock_refusal(request(at=0), open_snapshot(tmp_path), NOON) is None


def test_a_replay_says_the_same_of_a_moment_beyond_the_bound(tmp_path: Path) -> None:
    snapshot(tmp_path, tenant(at_tolerance=FIVE))
    held = open_snapshot(tmp_path)
    refused = Verdict(allow=False, reason="clock", rule="gate.at.tolerance")
    assert decide_again(Decision(request(at=NOON + DAY), refused, NOON, held.generation), held) == ""
    assert decide_again(Decision(request(), refused, NOON, held.generation), held) == "allow"
