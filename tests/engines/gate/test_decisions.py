"""The decision journal: nothing that was written is lost or changed, found again, and decided again the same."""

import os
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import gate

from nianjian.engines.gate import decision_journal
from nianjian.engines.gate import decision_journal as record
from nianjian.engines.gate import decision_search as parts
from nianjian.engines.gate.counters.meters import DAY
from nianjian.engines.gate.decision import Refusal, decide
from nianjian.engines.gate.decision_journal import Decision, Journal
from nianjian.engines.gate.decision_search import DecisionFilter, DecisionMatches, read_decisions, search_decisions
from nianjian.engines.gate.question import REASONS, Request, Used, Verdict
from nianjian.engines.gate.replay import replay_decisions
from nianjian.engines.gate.snapshot.read import open_snapshot
from nianjian.engines.kernel.errors import NianjianError

TEXT = st.text(max_size=20)
REQUEST = st.builds(
    Request, *[TEXT] * 5, at=st.integers(0, 2**45), caller=TEXT, team=TEXT, purpose=st.one_of(TEXT, st.just("a\tb\\\n"))
)
VERDICT = st.builds(
    Verdict,
    allow=st.booleans(),
    reason=st.sampled_from(REASONS),
    rule=TEXT,
    retry_at=st.one_of(st.none(), st.integers(0, 2**33)),
    counter=st.one_of(
        st.none(),
        st.builds(
            Used, st.text(min_size=1, max_size=9), TEXT, st.integers(0, 999), st.integers(0, 999), st.just("attempts")
        ),
    ),
    decision_id=TEXT,
    observed=TEXT,
)
MORNING = gate.NOON - 12 * 3_600_000
"""A midnight in Asia/Shanghai, epoch milliseconds."""


@given(request=REQUEST, verdict=VERDICT, at=st.integers(0, 2**45))
@settings(max_examples=60)
def test_a_line_is_read_back(request: Request, verdict: Verdict, at: int) -> None:
    raw = decision_journal.decision_line(request, verdict, at, 7)
    assert raw.endswith(b"\n")
    assert raw.count(b"\n") == 1
    decision = decision_journal.parse_decision(raw[:-1])
    assert decision is not None
    assert decision == Decision(request, verdict, at, 7)
    assert decision.verdict.observed == verdict.observed
    place = at % (len(raw) - 1)
    assert decision_journal.parse_decision(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 : -1]) is None


def test_a_field_from_outside_has_an_end() -> None:
    decision = decision_journal.parse_decision(
        decision_journal.decision_line(gate.request(call_id="x" * 10_000), Verdict(True, "allow"), 1, 1)[:-1]  # noqa: FBT003
    )
    assert decision is not None
    assert decision.request.call_id == "x" * decision_journal.LONGEST


def noted(folder: Path, count: int, start: int = MORNING, step: int = 1000, process: str = "p1") -> list[Decision]:
    journal = Journal(folder, process)
    journal.open(start)
    decisions = []
    for one in range(count):
        request = gate.request(call_id=f"{process}-{one}", callee=f"1380013{one:04}", channel=f"L0{one % 3}")
        verdict = Verdict(one % 2 == 0, "allow" if one % 2 == 0 else "cap", decision_id=f"{journal.prefix}{one}")
        journal.note(request, verdict, 1, start + one * step)
        decisions.append(Decision(request, verdict, start + one * step, 1))
    journal.close()
    return decisions


def test_each_day_has_its_file_and_every_id_is_another(tmp_path: Path) -> None:
    decisions = noted(tmp_path, 5, step=DAY // 2)
    counts = [(path.parent.name, len(list(read_decisions(path)))) for path in sorted(tmp_path.glob("*/*.log"))]
    assert counts == [("2026-11-25", 2), ("2026-11-26", 2), ("2026-11-27", 1)]
    again = noted(tmp_path, 5, start=MORNING + 1)
    assert len({one.verdict.decision_id for one in decisions + again}) == 10


@pytest.mark.parametrize("torn", [b"1", b"\0" * 5000, b"12\tx\n", b"\n", b"a\nb\n" + b"x" * 200_000])
def test_a_torn_tail_is_cut_and_what_was_whole_stays(torn: bytes, tmp_path: Path) -> None:
    decisions = noted(tmp_path, 50)
    path = next(tmp_path.glob("*/*.log"))
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    journal = Journal(tmp_path, "p1")
    assert journal.open(MORNING) == len(torn)
    assert path.read_bytes() == whole
    journal.note(decisions[0].request, decisions[0].verdict, 1, MORNING)
    journal.close()
    assert list(read_decisions(path)) == [*decisions, decisions[0]]


def test_any_cut_leaves_the_lines_before_it(tmp_path: Path) -> None:
    decisions = noted(tmp_path, 20)
    path = next(tmp_path.glob("*/*.log"))
    whole = path.read_bytes()
    for cut in random.Random(3).sample(range(len(whole)), 20):
        path.write_bytes(whole[:cut])
        journal = Journal(tmp_path, "p1")
        journal.open(MORNING)
        journal.close()
        left = list(read_decisions(path))
        assert left == decisions[: len(left)]
        assert len(left) == max(0, whole[:cut].count(b"\n") - 1)


def test_one_name_is_one_process(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "p1")
    journal.open(MORNING)
    with pytest.raises(NianjianError, match="gate_journal_taken"):
        Journal(tmp_path, "p1").open(MORNING)
    with pytest.raises(NianjianError, match="gate_process_name"):
        Journal(tmp_path, "../p1")
    journal.close()
    Journal(tmp_path, "p1").open(MORNING)


def test_what_could_not_be_written_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path, "p1")
    journal.open(MORNING)
    journal.note(gate.request(), Verdict(True, "allow"), 1, MORNING)  # noqa: FBT003

    with monkeypatch.context() as patch:
        patch.setattr("nianjian.engines.gate.decision_journal.os.write", gate.full)
        with pytest.raises(OSError, match="space"):
            journal.flush()
    journal.close()
    assert len(list(read_decisions(next(tmp_path.glob("*/*.log"))))) == 1


def take_down(journal: Journal, *calls: str, now: int) -> None:
    for call in calls:
        journal.note(gate.request(call_id=call), Verdict(True, "allow"), 1, now)  # noqa: FBT003


def by_day(folder: Path) -> dict[str, list[str]]:
    return {
        path.parent.name: [one.request.call_id for one in read_decisions(path)] for path in sorted(folder.glob("*/*"))
    }


@pytest.mark.parametrize("broken", ["write", "open", "mkdir"])
def test_a_midnight_that_fails_is_tried_again_and_every_line_finds_its_day(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, "p1")
    journal.open(MORNING)
    take_down(journal, "before", now=MORNING + DAY - 1)
    with monkeypatch.context() as patch:
        place = "pathlib.Path" if broken == "mkdir" else "nianjian.engines.gate.decision_journal.os"
        patch.setattr(f"{place}.{broken}", gate.full)
        for call in ("first", "second"):
            take_down(journal, call, now=MORNING + DAY)
            with pytest.raises(OSError, match="space"):
                journal.flush()
    take_down(journal, "third", now=MORNING + DAY + 1)
    journal.flush()
    assert by_day(tmp_path) == {"2026-11-25": ["before"], "2026-11-26": ["first", "second", "third"]}
    journal.close()


def test_a_write_that_breaks_off_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path, "p1")
    journal.open(MORNING)
    names = [f"c{one}" for one in range(1000)]
    take_down(journal, *names, now=MORNING)
    write, room = os.write, [50_001]

    def little(file: int, content: bytes) -> int:
        if not room[0]:
            gate.full()
        done = write(file, content[: min(room[0], 30_000)])
        room[0] -= done
        return done

    with monkeypatch.context() as patch:
        patch.setattr("nianjian.engines.gate.decision_journal.os.write", little)
        with pytest.raises(OSError, match="space"):
            journal.flush()
    journal.close()
    assert by_day(tmp_path) == {"2026-11-25": names}
    assert journal.written == 1000


def test_what_waits_has_an_end_and_what_is_lost_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianjian.engines.gate.decision_journal.WAITING_BYTES", 10_000)
    journal = Journal(tmp_path, "p1")
    journal.open(MORNING)
    with monkeypatch.context() as patch:
        patch.setattr("nianjian.engines.gate.decision_journal.os.write", gate.full)
        take_down(journal, *(f"c{one}" for one in range(1000)), now=MORNING)
        with pytest.raises(OSError, match="space"):
            journal.flush()
    journal.flush()
    take_down(journal, "later", now=MORNING)
    journal.close()
    (call_ids,) = by_day(tmp_path).values()
    assert call_ids == [*(f"c{one}" for one in range(1000 - journal.lost)), "later"]
    assert 0 < (tmp_path / "2026-11-25" / "p1.log").stat().st_size < 11_000


def test_search_is_newest_first_over_processes_and_days(tmp_path: Path) -> None:
    decisions = noted(tmp_path, 40, step=DAY // 15) + noted(tmp_path, 40, step=DAY // 10, process="p2")
    newest = sorted(decisions, key=lambda one: -one.decided_at)
    assert [one.decided_at for one in search_decisions(tmp_path, DecisionFilter(), 100).decisions] == [
        one.decided_at for one in newest
    ]
    some = search_decisions(tmp_path, DecisionFilter(), 7)
    assert (len(some.decisions), some.more) == (7, True)
    since, until = MORNING + DAY, MORNING + 2 * DAY
    cases: list[tuple[DecisionFilter, Callable[[Decision], bool]]] = [
        (DecisionFilter(channel="L01"), lambda one: one.request.channel == "L01"),
        (DecisionFilter(reason="cap"), lambda one: one.verdict.reason == "cap"),
        (DecisionFilter(allow=True), lambda one: one.verdict.allow),
        (DecisionFilter(callee="+86 138 0013 0003"), lambda one: one.request.callee == "13800130003"),
        (DecisionFilter(since=since, until=until), lambda one: since <= one.decided_at < until),
        (DecisionFilter(enterprise="other"), lambda one: one.request.enterprise == "other"),
        (DecisionFilter(call_id="p2-3"), lambda one: one.request.call_id == "p2-3"),
        (DecisionFilter(display="95013001"), lambda one: one.request.display == "95013001"),
    ]
    for query, fits in cases:
        matches = search_decisions(tmp_path, query, 100)
        assert sorted(one.request.call_id for one in matches.decisions) == sorted(
            one.request.call_id for one in decisions if fits(one)
        )
        assert not matches.more
    assert search_decisions(tmp_path / "none", DecisionFilter(), 5) == DecisionMatches([])


@pytest.mark.parametrize("far", [10**18, 10**30, -(10**18)])
def test_moments_beyond_the_calendar_are_no_fault(far: int, tmp_path: Path) -> None:
    (tmp_path / "2026-11-25").mkdir()
    for query in (DecisionFilter(since=far), DecisionFilter(until=far), DecisionFilter(since=-far, until=far)):
        assert search_decisions(tmp_path, query, 10).decisions == []


def test_damaged_lines_are_counted(tmp_path: Path) -> None:
    noted(tmp_path, 10)
    path = next(tmp_path.glob("*/*.log"))
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b"L0", b"M0")
    path.write_bytes(b"".join(lines))
    matches = search_decisions(tmp_path, DecisionFilter(), 100)
    assert (len(matches.decisions), matches.damaged) == (9, 1)


def test_replay_says_the_same_and_tells_what_does_not(tmp_path: Path) -> None:
    gate.snapshot(tmp_path)
    snapshot = open_snapshot(tmp_path)
    decisions = []
    requests = [
        gate.request(),
        gate.request(callee=gate.REFUSED),
        gate.request(display="1"),
        gate.request(channel="L02"),
    ]
    for one in requests:
        outcome = decide(one, snapshot, gate.NOON)
        refused = isinstance(outcome, Refusal)
        used = None if isinstance(outcome, Refusal) else Used("channel", "calendar_day", 1, outcome[0].cap.limit)
        reason = outcome.reason if isinstance(outcome, Refusal) else "allow"
        decisions.append(Decision(one, Verdict(not refused, reason, counter=used), gate.NOON, 1))
    decisions.append(Decision(gate.request(), Verdict(False, "gate-unavailable"), gate.NOON, 1))  # noqa: FBT003
    gate.snapshot(tmp_path, gate.tenant(numbers=[]))
    result = replay_decisions(decisions, tmp_path)
    assert (result.decided, result.same, result.differ, result.without_snapshot) == (5, 5, 0, 0)
    wrong = [
        Decision(gate.request(callee=gate.REFUSED), Verdict(True, "allow"), gate.NOON, 1),  # noqa: FBT003
        Decision(gate.request(), Verdict(False, "do-not-call"), gate.NOON, 1),  # noqa: FBT003
        Decision(gate.request(), Verdict(True, "allow", counter=Used("channel", "calendar_day", 1, 30)), gate.NOON, 1),  # noqa: FBT003
        Decision(gate.request(), Verdict(True, "allow"), gate.NOON, 2),  # noqa: FBT003
        Decision(gate.request(), Verdict(True, "allow"), gate.NOON, 9),  # noqa: FBT003
    ]
    result = replay_decisions(wrong, tmp_path)
    assert (result.decided, result.same, result.differ, result.without_snapshot) == (4, 0, 4, 1)
    assert [now for _one, now in result.differing] == ["do-not-call", "slots", "slots", "number-unknown"]


# A day's journal is taken out in parts, none missing and none twice; a search reads so many lines and no more.

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
            request = Request(name, "95013001", "13900139000", "L1", call_id=f"{process}-{one}", at=moment)
            verdict = Verdict(allow=True, reason="allow", decision_id=f"{process}-{one}")
            journal.note(request, verdict, 1, moment)
        journal.close()
    return sorted(tmp_path.glob("*/*.log"))


def _taken(files: list[Path], since: int | None, until: int | None) -> list[str]:
    decisions = [one for path in files for one in parts.decisions_between(path, "quiet", since, until)]
    assert all(one.request.enterprise == "quiet" for one in decisions)
    return [one.request.call_id for one in decisions]


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


def test_no_more_lines_are_read_than_one_may_and_the_search_says_how_far_it_came(tmp_path: Path) -> None:
    decisions = noted(tmp_path, 30) + noted(tmp_path, 30, MORNING + 1, process="p2")
    (oldest,) = search_decisions(tmp_path, DecisionFilter(call_id="p1-0"), 5).decisions
    assert search_decisions(tmp_path, DecisionFilter(call_id="p1-0"), 5, lines=60) == DecisionMatches([oldest])
    cut = search_decisions(tmp_path, DecisionFilter(call_id="p1-0"), 5, lines=59)
    assert cut == DecisionMatches([], more=True, reached=MORNING)
    call_ids: set[str] = set()
    moment = None
    for _step in range(60):
        matches = search_decisions(tmp_path, DecisionFilter(until=moment), 100, lines=7)
        call_ids |= {one.request.call_id for one in matches.decisions}
        if matches.reached is None:
            break
        assert moment is None or matches.reached < moment
        moment = matches.reached + 1
    else:
        pytest.fail("it does not come to the end")
    assert call_ids == {one.request.call_id for one in decisions}


def test_what_is_newer_than_wanted_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianjian.engines.gate.decision_search.NEAR", 300)
    noted(tmp_path, 30)
    read = []
    real = record.parse_decision
    monkeypatch.setattr(record, "parse_decision", lambda raw: (read.append(raw), real(raw))[1])
    for until in range(31):
        read.clear()
        matches = search_decisions(tmp_path, DecisionFilter(until=MORNING + until * 1000), 1)
        assert [one.request.call_id for one in matches.decisions] == ([f"p1-{until - 1}"] if until else [])
        assert len(read) < 8
