"""A day's journal is taken out in parts, none missing and none twice; a search reads so many lines and no more."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from tests.support import gate

from nianjian.engines.gate import decision_journal as record
from nianjian.engines.gate import decision_search as parts
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.decision_search import DecisionFilter, DecisionMatches, search_decisions
from nianjian.engines.gate.question import Request, Verdict

NOON = 1_764_043_200_000
FIRST = ("p1", "p2", "p3")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three processes, one of them far busier; every tenth decision is the quiet enterprise's."""
    for place, process in enumerate(FIRST):
        journal = Journal(tmp_path, process)
        journal.open(NOON)
        for one in range(4000 if place == 0 else 300):
            name, moment = "quiet" if one % 10 == 0 else "busy", NOON + one * (3 if place == 0 else 40)
            asked = Request(name, "95013001", "13900139000", "L1", call_id=f"{process}-{one}", at=moment)
            verdict = Verdict(allow=True, reason="allow", decision_id=f"{process}-{one}")
            journal.note(asked, verdict, 1, moment)
        journal.close()
    return sorted(tmp_path.glob("*/*.log"))


def _taken(files: list[Path], since: int | None, until: int | None) -> list[str]:
    found = [one for path in files for one in parts.decisions_between(path, "quiet", since, until)]
    assert all(one.request.enterprise == "quiet" for one in found)
    return [one.request.call_id for one in found]


def test_the_parts_hold_every_decision_once(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _taken(files, None, None)
    assert len(whole) == 460
    assert parts.end_of_part(files, None) is None, "a short day is one part"
    monkeypatch.setattr(parts, "PART", 100_000)
    taken: list[str] = []
    since, number = None, 0
    while True:
        until = parts.end_of_part(files, since)
        taken += _taken(files, since, until)
        number += 1
        if until is None:
            break
        since = until
    assert sorted(taken) == sorted(whole)
    assert number == len(parts.part_beginnings(files)) + 1 > 4


def test_no_part_reads_more_than_its_share(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 100_000)
    ends = [None, *parts.part_beginnings(files), None]
    lines = [raw for path in files for raw in path.read_bytes().splitlines(keepends=True) if not raw.startswith(b"#")]
    sizes = [(int(raw.split(b"\t")[0]), len(raw)) for raw in lines]
    for since, until in pairwise(ends):
        assert sum(size for at, size in sizes if (since or 0) <= at < (until or 1 << 60)) <= 110_000


def test_lines_that_are_torn_or_another_enterprises_are_passed_over(files: list[Path]) -> None:
    content = files[0].read_bytes()
    files[0].write_bytes(content.replace(b"\tp1-0\t", b"\tpX-0\t", 1) + b"1764043200999\tp9\t1\tallow\t\tquiet\t")
    notes = DecisionMatches([])
    assert len(list(parts.decisions_between(files[0], "quiet", None, None, notes))) == 399
    assert notes.damaged == 1


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
