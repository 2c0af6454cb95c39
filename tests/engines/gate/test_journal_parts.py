"""A day's journal is taken out in parts: none is missing, none twice, and each reads a bounded piece of the files."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from nianjian.engines.gate import decision_search as parts
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.decision_search import DecisionMatches
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
