"""Decide again, by the snapshot of then, and compare: the proof that the journal says what the gate did."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nianjian.engines.gate import decision
from nianjian.engines.gate.decision import CLOCK_REASON, Refusal, decide
from nianjian.engines.gate.decision_journal import Decision
from nianjian.engines.gate.policy import Slot
from nianjian.engines.gate.question import ALLOWED, FAIL_OPEN
from nianjian.engines.gate.snapshot.read import Snapshot, open_snapshot
from nianjian.engines.kernel.errors import NianjianError

LET_GO: Final = 8  # generations open at once
MOST_EXAMPLES: Final = 100
CANNOT_KNOW: Final = frozenset({"gate-unavailable", FAIL_OPEN})
"""Answers of a gate whose counters or snapshot could not tell: nothing can be said against them afterwards."""


@dataclass(slots=True)
class ReplayResult:
    """How many were decided again, the same, otherwise (at most `MOST_EXAMPLES`), or whose snapshot is gone."""

    decided: int = 0
    same: int = 0
    differ: int = 0
    without_snapshot: int = 0
    differing: list[tuple[Decision, str]] = field(default_factory=list)


def replay_decisions(decisions: Iterable[Decision], root: Path) -> ReplayResult:
    """Decide each again. A cap or an allow is the same where the very counters would be asked, with the same limit."""
    result = ReplayResult()
    snapshots: dict[int, Snapshot | None] = {}
    for one in decisions:
        if one.generation not in snapshots:
            if len(snapshots) >= LET_GO:
                del snapshots[next(iter(snapshots))]
            try:
                snapshots[one.generation] = open_snapshot(root, one.generation)
            except NianjianError as fault:
                if fault.code != "gate_snapshot_missing":
                    raise
                snapshots[one.generation] = None
        snapshot = snapshots[one.generation]
        if snapshot is None:
            result.without_snapshot += 1
            continue
        result.decided += 1
        snapshot.seen(one.decided_at // 1000)  # how old it was then stands nowhere; it was fresh enough
        now = decide_again(one, snapshot)
        if now == "":
            result.same += 1
            continue
        result.differ += 1
        if len(result.differing) < MOST_EXAMPLES:
            result.differing.append((one, now))
    return result


def decide_again(one: Decision, snapshot: Snapshot) -> str:
    """What the snapshot says instead of the recorded answer; "" where it says the same."""
    if one.reason == CLOCK_REASON:
        return "" if decision.clock_refusal(one.request, snapshot, one.decided_at) else "allow"
    result = decide(one.request, snapshot, one.decided_at)
    if one.reason in CANNOT_KNOW:
        return ""
    if isinstance(result, Refusal):
        return "" if result.reason == one.reason else result.reason
    if one.reason not in {ALLOWED, "cap"}:
        return "slots"
    return "" if one.verdict.counter is None or _is_among(one, result) else "slots"


def _is_among(one: Decision, slots: tuple[Slot, ...]) -> bool:
    used = one.verdict.counter
    return used is not None and any(
        (slot.cap.limit, slot.cap.semantics, slot.cap.counts) == (used.limit, used.window, used.counts)
        for slot in slots
    )
