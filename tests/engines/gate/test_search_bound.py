"""A search of the journal that may read so many lines and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support import gate

from nianjian.engines.gate import decision_journal as record
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.decision_search import DecisionFilter, DecisionMatches, search_decisions
from nianjian.engines.gate.question import Verdict

MORNING = gate.NOON - 12 * 3_600_000
"""A midnight in Asia/Shanghai, epoch milliseconds."""


def noted(folder: Path, process: str, start: int) -> set[str]:
    """Thirty decisions of a process, one a second; the ids of their calls."""
    journal = Journal(folder, process)
    journal.open(start)
    calls = [f"{process}-{one}" for one in range(30)]
    for place, call in enumerate(calls):
        journal.note(gate.request(call_id=call), Verdict(True, "allow"), 1, start + place * 1000)  # noqa: FBT003
    journal.close()
    return set(calls)


def test_no_more_lines_are_read_than_one_may_and_the_search_says_how_far_it_came(tmp_path: Path) -> None:
    calls = [noted(tmp_path, process, start) for process, start in (("p1", MORNING), ("p2", MORNING + 1))]
    (oldest,) = search_decisions(tmp_path, DecisionFilter(call_id="p1-0"), 5).decisions
    assert search_decisions(tmp_path, DecisionFilter(call_id="p1-0"), 5, lines=60) == DecisionMatches([oldest])
    cut = search_decisions(tmp_path, DecisionFilter(call_id="p1-0"), 5, lines=59)
    assert cut == DecisionMatches([], more=True, reached=MORNING)
    known: set[str] = set()
    moment = None
    for _step in range(60):
        found = search_decisions(tmp_path, DecisionFilter(until=moment), 100, lines=7)
        known |= {one.request.call_id for one in found.decisions}
        if found.reached is None:
            break
        assert moment is None or found.reached < moment
        moment = found.reached + 1
    else:
        pytest.fail("it does not come to the end")
    assert known == set().union(*calls)


def test_what_is_newer_than_wanted_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianjian.engines.gate.decision_search.NEAR", 300)
    noted(tmp_path, "p1", MORNING)
    read = []
    real = record.parse_decision
    monkeypatch.setattr(record, "parse_decision", lambda raw: (read.append(raw), real(raw))[1])
    for until in range(31):
        read.clear()
        found = search_decisions(tmp_path, DecisionFilter(until=MORNING + until * 1000), 1)
        assert [one.request.call_id for one in found.decisions] == ([f"p1-{until - 1}"] if until else [])
        assert len(read) < 8
