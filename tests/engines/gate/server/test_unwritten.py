"""A decision journal that cannot be written, and questions that break: an alarm, and everybody is answered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.gate import NOON, cap, full, request
from tests.support.gate_server import Slow, ask, channel_used, made

from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.decision_search import DecisionMatches, read_decisions
from nianjian.engines.gate.server.answers import PendingQuestions
from nianjian.engines.gate.server.gate import Gate

LINE = cap("L01")
DAY = 86_400_000


def journalled(tmp_path: Path) -> Gate:
    """A gate at noon that writes a journal."""
    gate = made(tmp_path / "snapshot")
    gate.journal = Journal(tmp_path / "decisions", "main")
    gate.journal.open(NOON)
    return gate


async def test_a_full_disk_is_an_alarm_and_what_waits_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gate = journalled(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr("os.write", full)
        ask(gate, request())
        await asyncio.sleep(0)
        assert gate.unwritten
    ask(gate, request(call_id="c2"))
    await asyncio.sleep(0)
    assert not gate.unwritten
    path = next((tmp_path / "decisions").rglob("*.log"))
    assert len(list(read_decisions(path, DecisionMatches([])))) == 2
    assert caplog.text.count("cannot be written") == 1


async def test_a_journal_that_cannot_be_written_takes_nobody_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = journalled(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr("os.write", full)
        for number in range(290):  # far more than a write of the journal holds
            asked = request(call_id=f"{number}" * 100)
            first, again = ask(gate, asked), ask(gate, asked)
            assert first == again
            assert first[0].reason == "allow"
        broken.setattr("os.open", full)
        gate.moment = lambda: NOON + DAY  # midnight
        assert ask(gate, request(call_id="next"))[0].reason == "allow"
        await asyncio.sleep(0)
        assert gate.unwritten
    gate.moment = lambda: NOON
    assert channel_used(gate, LINE, "L01") == 291
    gate.flush()
    assert not gate.unwritten
    assert sum(len(list(read_decisions(path))) for path in (tmp_path / "decisions").rglob("*.log")) == 291


async def test_what_is_lost_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = journalled(tmp_path)
    monkeypatch.setattr("nianjian.engines.gate.decision_journal.WAITING_BYTES", 10)
    monkeypatch.setattr("os.write", full)
    ask(gate, request())
    ask(gate, request(call_id="c2"))  # a usual one: its line is made when it is written
    await asyncio.sleep(0)
    assert gate.lost == 2


async def test_a_name_that_is_taken_at_midnight_is_an_alarm(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    journal, other = (Journal(tmp_path / "decisions", "main") for _ in range(2))
    journal.open(NOON)
    other.open(NOON + DAY)
    gate = made(tmp_path / "snapshot")
    gate.journal, gate.moment = journal, lambda: NOON + DAY
    assert ask(gate, request())[0].reason == "allow"
    await asyncio.sleep(0)
    assert gate.unwritten
    other.close()
    for _ in range(300):
        await asyncio.sleep(0.01)
        if not gate.unwritten:
            break
    assert not gate.unwritten, "it is tried again though nobody asks"
    journal.close()
    assert caplog.text.count("cannot be written") == 1


async def test_who_waits_too_long_is_answered_whatever_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gate = made(tmp_path, counters=Slow(), patience=0.02)
    monkeypatch.setattr(gate, "close", full)
    first = ask(gate, request())
    await asyncio.sleep(0.01)
    second = ask(gate, request(call_id="c2"))
    await asyncio.sleep(0.05)
    assert [one.reason for one in first + second] == ["gate-unavailable"] * 2
    assert "could not be refused" in caplog.text


async def test_a_question_that_raises_stops_no_other_deadline() -> None:
    class Broken:
        def expire(self, _answer: object) -> bool:
            raise OSError

    class Whole:
        expired = False

        def expire(self, _answer: object) -> bool:
            self.expired = True
            return True

    pending, whole, late = PendingQuestions(0.01), Whole(), Whole()
    for one in (Broken(), whole):
        pending.join(one, print)
    await asyncio.sleep(0.005)
    pending.join(late, print)
    await asyncio.sleep(0.05)
    assert (whole.expired, late.expired, pending.late) == (True, True, 2)
