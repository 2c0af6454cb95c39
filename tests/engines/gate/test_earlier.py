"""A restart remembers what was answered, and never an answer whose unit was given back."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.gate import NOON, cap, full, request, tenant
from tests.support.gate_server import Counting, ask, channel_used, made

from nianjian.engines.gate import decision_journal
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.question import Verdict
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.snapshot.read import CurrentSnapshot

LINE = cap("L01")
DAY = 86_400_000
TEXT = st.text(max_size=20)


def begun(root: Path, counters: Counting, now: int = NOON) -> Gate:
    """Another run of the process over the same folders; its counters know what was counted."""
    gate = made(root / "snapshot", tenant(caps=[asdict(LINE)]), counters=counters, now=now)
    gate.journal = Journal(root / "decisions", "main")
    gate.journal.open(now)
    gate.remember(gate.journal.answered(now))
    return gate


def ended(gate: Gate) -> None:
    gate.flush()
    assert gate.journal is not None
    gate.journal.close()


def both(gate: Gate) -> None:
    for call in ("back", "kept"):
        ask(gate, request(call_id=call))


def log(root: Path) -> Path:
    (path,) = root.rglob("*.log")
    return path


@given(enterprise=TEXT, call_id=TEXT)
def test_a_note_of_a_give_back_is_read_back_and_is_no_decision(enterprise: str, call_id: str) -> None:
    raw = decision_journal.release_line(enterprise, call_id)
    assert raw.count(b"\n") == 1
    assert decision_journal.parse_release(raw[:-1]) == (enterprise, call_id)
    assert decision_journal.parse_decision(raw[:-1]) is None
    place = len(raw) // 2
    assert decision_journal.parse_release(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 : -1]) is None


async def test_after_a_restart_the_same_call_gets_the_same_answer_and_takes_no_second_unit(tmp_path: Path) -> None:
    counters = Counting()
    first = begun(tmp_path, counters)
    verdicts = [ask(first, request(call_id=f"c{number}"))[0] for number in range(301)]
    assert verdicts[300].reason == "cap"
    ended(first)
    second = begun(tmp_path, counters)
    assert [ask(second, request(call_id=f"c{number}"))[0] for number in range(301)] == verdicts
    assert channel_used(second, LINE, "L01") == 300
    assert second.again == 301
    ended(second)


async def test_a_call_that_was_given_back_takes_a_unit_anew_after_a_restart(tmp_path: Path) -> None:
    counters = Counting()
    first = begun(tmp_path, counters)
    both(first)
    assert first.release("acme", "back")
    ended(first)
    second = begun(tmp_path, counters)
    assert channel_used(second, LINE, "L01") == 1
    both(second)
    assert channel_used(second, LINE, "L01") == 2
    ended(second)
    third = begun(tmp_path, counters)  # the later answer of the call holds
    both(third)
    assert channel_used(third, LINE, "L01") == 2
    ended(third)


async def test_a_give_back_that_cannot_be_noted_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    counters = Counting()
    first = begun(tmp_path, counters)
    ask(first, request())
    first.flush()
    with monkeypatch.context() as broken:
        broken.setattr("os.write", full)
        assert not first.release("acme", "c1")
    assert channel_used(first, LINE, "L01") == 1
    assert ask(first, request())[0].allow, "the call has its unit still, and its answer"
    assert channel_used(first, LINE, "L01") == 1
    ended(first)
    second = begun(tmp_path, counters)
    ask(second, request())
    assert channel_used(second, LINE, "L01") == 2, "nobody knows how it ended: the strict side"
    ended(second)
    assert "could not be noted" in caplog.text


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_call_that_was_not_answered_is_a_new_question_where_answered_calls_are_counted(
    tmp_path: Path, *, restarted: bool
) -> None:
    answered = replace(LINE, counts="answered", limit=1)
    counters = Counting()
    gate = made(tmp_path / "snapshot", tenant(caps=[asdict(answered)]), counters=counters)
    gate.journal = Journal(tmp_path / "decisions", "main")
    gate.journal.open(NOON)
    assert ask(gate, request(call_id="one"))[0].allow
    assert gate.settle("acme", "one", answered=False)
    assert ask(gate, request(call_id="two"))[0].allow, "its unit was free"
    if restarted:
        ended(gate)
        gate.answers = type(gate.answers)()
        gate.journal.open(NOON)
        gate.remember(gate.journal.answered(NOON))
    assert not ask(gate, request(call_id="one"))[0].allow, "its unit is another call's now"
    assert ask(gate, request(call_id="two"))[0].allow
    ended(gate)


async def test_who_could_not_be_answered_may_ask_again_after_a_restart(tmp_path: Path) -> None:
    first = Gate(
        CurrentSnapshot(tmp_path / "none"), Counting(), Journal(tmp_path / "decisions", "main"), moment=lambda: NOON
    )
    assert first.journal is not None
    first.journal.open(NOON)
    assert ask(first, request())[0].reason == "gate-unavailable"
    ended(first)
    second = begun(tmp_path, Counting())
    assert ask(second, request())[0].reason == "allow"
    ended(second)


def test_what_another_start_of_the_machine_wrote_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, allowed = tmp_path / "decisions", Verdict(True, "allow")  # noqa: FBT003 -- as the gate makes it
    for start, call in (("first", "a"), ("second", "b"), ("second", "c")):
        monkeypatch.setattr(decision_journal, "boot_id", lambda start=start: start)
        journal = Journal(folder, "main")
        journal.open(NOON)
        journal.note(request(call_id=call), allowed, 1, NOON)
        journal.close()
    assert [one.request.call_id for one in decision_journal.earlier_decisions([log(folder)], "second")] == ["b", "c"]
    assert not list(decision_journal.earlier_decisions([log(folder)], "third"))
    assert not list(decision_journal.earlier_decisions([log(folder)], ""))
    mark = log(folder).with_suffix(decision_journal.BOOT_SUFFIX)
    for text in ("second 9", "second x\n", "second 999999\n", "", "second\n"):
        mark.write_text(text)
        assert not list(decision_journal.earlier_decisions([log(folder)], "second")), text


def test_before_a_damaged_line_nothing_is_believed_and_a_torn_one_is_cut(tmp_path: Path) -> None:
    folder, allowed = tmp_path / "decisions", Verdict(True, "allow")  # noqa: FBT003 -- as the gate makes it
    journal = Journal(folder, "main")
    journal.open(NOON)
    for call in "abc":
        journal.note(request(call_id=call), allowed, 1, NOON)
    journal.close()
    raw = log(folder).read_bytes()
    log(folder).write_bytes(raw.replace(b"\tb\t", b"\tB\t") + raw[-40:-1])
    again = Journal(folder, "main")
    again.open(NOON)
    assert [one.request.call_id for one in again.answered(NOON)] == ["c"]
    again.close()


def test_yesterday_is_read_first_and_of_too_much_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, allowed = tmp_path / "decisions", Verdict(True, "allow")  # noqa: FBT003 -- as the gate makes it
    journal = Journal(folder, "main")
    journal.open(NOON - DAY)
    for number, at in enumerate([NOON - DAY] * 5 + [NOON] * 5):
        journal.note(request(call_id=f"c{number}"), allowed, 1, at)
    journal.close()
    journal.open(NOON)
    assert [one.request.call_id for one in journal.answered(NOON)] == [f"c{number}" for number in range(10)]
    length = len(decision_journal.decision_line(request(call_id="c0"), allowed, NOON, 1))
    monkeypatch.setattr(decision_journal, "EARLIER_BYTES", 7 * length)
    call_ids = [one.request.call_id for one in journal.answered(NOON)]
    assert call_ids == [f"c{number}" for number in range(10 - len(call_ids), 10)]
    assert 5 < len(call_ids) <= 7
    journal.close()
