"""One question from end to end: remembered, counted, refused when nothing is known."""

import asyncio
import errno
import gc
import json
import os
import socket
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.support.gate import NOON, REFUSED, cap, purpose, request, snapshot, tenant
from tests.support.gate_server import Counting, Slow, ask, channel_used, made, run

from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.decision_search import DecisionMatches, read_decisions
from nianjian.engines.gate.process import Ports, Process, Serving, serve
from nianjian.engines.gate.question import Verdict
from nianjian.engines.gate.server import usual
from nianjian.engines.gate.server.answers import Answers
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.wire import answer_word, to_answer, to_json
from nianjian.engines.gate.snapshot.read import CurrentSnapshot
from nianjian.engines.kernel.errors import NianjianError

OLD_ANSWER = {"allow", "reason", "rule", "retry_at", "counter", "decision_id"}
LINE = cap("L01")
DAY = 86_400_000


def test_the_answer_names_rule_counter_and_decision(tmp_path: Path) -> None:
    (first,) = ask(made(tmp_path), request())
    assert (first.allow, first.reason, first.rule) == (True, "allow", LINE.rule)
    assert first.counter is not None
    assert (first.counter.key, first.counter.window, first.counter.used, first.counter.limit) == (
        "channel:L01",
        "calendar_day",
        1,
        300,
    )
    assert first.decision_id


def test_the_same_call_gets_the_same_answer_and_takes_no_second_unit(tmp_path: Path) -> None:
    gate = made(tmp_path)
    for _ in range(3):
        ask(gate, request(call_id=""))
    assert channel_used(gate, LINE, "L01") == 3, "calls without an id are each counted"
    first, second = ask(gate, request()), ask(gate, request())
    assert first == second
    assert (channel_used(gate, LINE, "L01"), gate.again) == (4, 1)
    ask(gate, request(callee="13900139001"))
    assert channel_used(gate, LINE, "L01") == 5, "another call with the same id"


def test_a_refused_call_stays_refused_and_burns_nothing(tmp_path: Path) -> None:
    gate = made(tmp_path, tenant(caps=[asdict(cap("L01", 1))]))
    assert [ask(gate, request(call_id=name))[0].reason for name in ("a", "b", "b")] == ["allow", "cap", "cap"]
    assert channel_used(gate, LINE, "L01") == 1


def test_a_new_line_lets_go_and_says_what_would_be_refused(tmp_path: Path) -> None:
    config = tenant(caps=[asdict(cap("L01", 1))], enforced_displays=["95013002"], enforced_teams=["T09"])
    config["channels"][0] |= {"observing": True, "team": ""}
    gate = made(tmp_path, config)
    (first,), (full,) = ask(gate, request()), ask(gate, request(call_id="c2"))
    assert json.loads(to_json(to_answer(first))).keys() == OLD_ANSWER, "what a client knows, and no more"
    answer = json.loads(to_json(to_answer(full)))
    assert answer.keys() == OLD_ANSWER | {"would"}
    assert (answer["allow"], answer["reason"], answer["would"]) == (True, "observed:cap", "cap")
    assert answer_word(full) == "allow"
    assert ask(gate, request(callee=REFUSED, call_id="c3"))[0].observed == "do-not-call"
    for changes in ({"display": "95013002"}, {"team": "T09"}):
        (refused,) = ask(gate, request(call_id=f"d{changes}", **changes))
        assert (refused.allow, refused.reason) == (False, "cap"), "of them a case has asked for more"
    assert ask(gate, request(channel="L02", call_id="c4"))[0].reason == "not-on-white-list", "another line refuses"
    assert ask(gate, request(channel="L09", call_id="c5"))[0].reason == "no-channel", "no line of the register"


def test_a_line_that_the_register_does_not_know_is_looked_on_at_until_a_line_is_enforced(tmp_path: Path) -> None:
    config = tenant(observes_unknown=True, enforced_displays=["95013002"], enforced_teams=["T09"])
    gate = made(tmp_path, config)
    unknown = {"channel": "L09"}
    (answer,) = ask(gate, request(call_id="u1", **unknown))
    assert (answer.allow, answer.reason, answer.observed) == (True, "observed:no-channel", "no-channel")
    for changes in ({"display": "95013002"}, {"team": "T09"}):
        (refused,) = ask(gate, request(call_id=f"d{changes}", **unknown | changes))
        assert (refused.allow, refused.reason) == (False, "no-channel"), "of them a case has asked for more"


def test_without_a_snapshot_everything_is_refused(tmp_path: Path) -> None:
    gate = Gate(CurrentSnapshot(tmp_path), Counting(), moment=lambda: NOON)
    (answer,) = ask(gate, request())
    assert (answer.allow, answer.reason) == (False, "gate-unavailable")


def test_a_stale_snapshot_refuses_or_lets_go_by_the_switch_of_the_purpose(tmp_path: Path) -> None:
    snapshot(tmp_path, tenant(purposes=[purpose("service", fail_open=True), purpose("unnamed"), purpose("other")]))
    current = CurrentSnapshot(tmp_path)
    current.refresh()
    gate = Gate(current, Counting(NOON + 2 * DAY), moment=lambda: NOON + 2 * DAY)
    closed, open_one = ask(gate, request())[0], ask(gate, request(purpose="service", call_id="c2"))[0]
    assert (closed.allow, closed.reason) == (False, "gate-unavailable")
    assert (open_one.allow, open_one.reason) == (True, "fail-open")
    assert gate.reasons["acme", "fail-open"] == 1
    assert len(gate.answers) == 0, "who could not be answered may ask again"


def test_looking_on_lets_all_go_and_says_what_would_have_been(tmp_path: Path) -> None:
    gate = made(tmp_path, tenant(enforce=False, caps=[asdict(cap("L01", 1))]))
    first = ask(gate, request())[0]
    full = ask(gate, request(call_id="c2"))[0]
    unfiled = ask(gate, request(call_id="c3", display="95999001"))[0]
    assert (first.reason, first.observed) == ("allow", "")
    assert (full.allow, full.reason, full.observed) == (True, "observed:cap", "cap")
    assert (unfiled.allow, unfiled.observed) == (True, "number-unknown")


async def test_the_same_call_joins_the_one_that_waits(tmp_path: Path) -> None:
    counters = Slow()
    gate = made(tmp_path, counters=counters)
    first, second = ask(gate, request()), ask(gate, request())
    assert (first, second, len(counters.open)) == ([], [], 1)
    counters.answer()
    assert first == second
    assert first[0].allow
    assert channel_used(gate, LINE, "L01") == 1


async def test_counters_that_are_too_slow_are_a_no_and_their_unit_goes_back(tmp_path: Path) -> None:
    counters = Slow()
    gate = made(tmp_path, counters=counters, patience=0.02)
    first = ask(gate, request())
    await asyncio.sleep(0.05)
    assert [one.reason for one in first] == ["gate-unavailable"]
    assert gate.pending.late == 1
    counters.answer()
    assert len(first) == 1, "the late unit answers nobody twice"
    assert counters.released == ["c1"]
    assert channel_used(gate, LINE, "L01") == 0


async def test_a_call_asked_again_while_its_unit_is_late_takes_that_unit(tmp_path: Path) -> None:
    counters = Slow()
    gate = made(tmp_path, counters=counters, patience=0.02)
    ask(gate, request())
    await asyncio.sleep(0.05)
    again = ask(gate, request())
    assert len(counters.open) == 1
    counters.answer()
    assert [one.allow for one in again] == [True]
    assert counters.released == []
    assert channel_used(gate, LINE, "L01") == 1


async def test_a_call_let_go_without_an_answer_keeps_its_late_unit(tmp_path: Path) -> None:
    counters = Slow()
    open_purpose = tenant(purposes=[purpose("unnamed", fail_open=True), purpose("other")])
    gate = made(tmp_path, open_purpose, counters=counters, patience=0.02)
    first = ask(gate, request())
    await asyncio.sleep(0.05)
    assert [one.reason for one in first] == ["fail-open"]
    counters.answer()
    assert counters.released == []
    assert channel_used(gate, LINE, "L01") == 1


async def test_too_many_who_wait_are_refused_at_once(tmp_path: Path) -> None:
    counters = Slow()
    gate = made(tmp_path, counters=counters, most=2)
    answers = [ask(gate, request(call_id=str(number))) for number in range(3)]
    assert [len(one) for one in answers] == [0, 0, 1]
    assert answers[2][0].reason == "gate-unavailable"
    assert (gate.shed, len(counters.open)) == (1, 2)
    gate.stop()
    assert [one[0].reason for one in answers] == ["gate-unavailable"] * 3


async def test_an_answer_that_raises_takes_nobody_elses(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    counters = Slow()
    gate = made(tmp_path, counters=counters)

    def broken(_verdict: Verdict) -> None:
        raise OSError

    gate.ask(request(), broken)
    other = ask(gate, request())
    counters.answer()
    assert [one.allow for one in other] == [True]
    assert "could not be given" in caplog.text


def test_an_error_inside_is_a_refusal(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    gate = made(tmp_path)

    def broken(*_more: object) -> None:
        raise RuntimeError

    gate.counters.take = broken  # type: ignore[method-assign]
    assert [one.reason for one in ask(gate, request())] == ["gate-unavailable"]
    assert "could not be decided" in caplog.text


def test_a_call_given_back_is_a_new_question(tmp_path: Path) -> None:
    gate = made(tmp_path)
    first = ask(gate, request())[0]
    assert gate.release("acme", "c1")
    assert not gate.release("acme", "c1")
    assert channel_used(gate, LINE, "L01") == 0
    assert ask(gate, request())[0].decision_id != first.decision_id
    assert channel_used(gate, LINE, "L01") == 1


def test_every_decision_is_written_down_once(tmp_path: Path) -> None:
    async def play() -> list[tuple[str, str]]:
        snapshot(tmp_path / "snapshot")
        current = CurrentSnapshot(tmp_path / "snapshot")
        current.refresh()
        journal = Journal(tmp_path / "decisions", "main")
        journal.open(NOON)
        gate = Gate(current, Counting(), journal, moment=lambda: NOON)
        first, again = ask(gate, request()), ask(gate, request())
        assert first[0].decision_id == again[0].decision_id
        ask(gate, request(call_id="c2", channel="L99"))
        await asyncio.sleep(0)  # the end of the loop's turn
        path = next((tmp_path / "decisions").rglob("*.log"))
        return [(one.verdict.decision_id, one.reason) for one in read_decisions(path, DecisionMatches([]))]

    decisions = run(play())
    assert [reason for _, reason in decisions] == ["allow", "no-channel"]
    assert len({name for name, _ in decisions}) == 2


def test_answers_are_bounded() -> None:
    answers = Answers(10)
    for number in range(100):
        answers.put(request(call_id=str(number)), Verdict(allow=True, reason="allow"))
    assert len(answers) <= 20
    assert answers.get(request(call_id="99")) is not None
    assert answers.get(request(call_id="1")) is None


def test_a_question_of_another_day_is_refused_and_may_be_put_again(tmp_path: Path) -> None:
    gate = made(tmp_path, tenant(at_tolerance=300_000))
    (late,) = ask(gate, request(at=NOON + DAY))
    assert (late.allow, late.reason, late.rule) == (False, "clock", "gate.at.tolerance")
    assert channel_used(gate, LINE, "L01") == 0
    (near,) = ask(gate, request(at=NOON + 300_000))
    assert near.allow


def test_answers_are_bounded_whoever_has_the_numbers_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual, "LOOK", 8)
    snapshot(tmp_path, tenant(caps=[asdict(cap("L01", 1000))]))
    current = CurrentSnapshot(tmp_path)
    current.refresh()
    gate = Gate(current, Counting(), moment=lambda: NOON, answers=Answers(16))
    for number in range(100):
        ask(gate, request(call_id=f"c{number}"))
        ask(gate, request(call_id=""))  # the whole way: it remembers nothing and has every second number
    assert gate.usual.taken >= 98
    assert len(gate.answers) <= 2 * (16 + 8)


def test_a_port_that_is_taken_is_told_in_the_systems_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports = Ports("127.0.0.1", other.getsockname()[1])
        journal = Journal(tmp_path / "decisions", "main")
        with pytest.raises(NianjianError, match="gate_port_taken") as error:
            serve(Serving(CurrentSnapshot(tmp_path), Memory(), journal, {}, ports), ready=lambda: None)
    assert error.value.values["reason"] == os.strerror(errno.EADDRINUSE)


def test_a_snapshot_that_was_replaced_is_let_go_though_nobody_asks(tmp_path: Path) -> None:
    snapshot(tmp_path / "snapshot", tenant())
    current = CurrentSnapshot(tmp_path / "snapshot")
    current.refresh()
    process = Process(Serving(current, Counting(), Journal(tmp_path / "decisions", "main"), {}, Ports("127.0.0.1", 0)))
    gate = process.gate
    gate.journal, gate.moment = None, lambda: NOON
    for number in range(3):
        ask(gate, request(call_id=f"c{number}"))
    assert (short := gate.usual.taken)
    assert current.snapshot is not None
    old = current.snapshot
    snapshot(tmp_path / "snapshot", tenant(version=2))
    asyncio.run(process._swap())  # the step that its watch takes
    assert current.snapshot.generation > old.generation
    gc.collect()
    assert sys.getrefcount(old) == 2, "this test's, and that of the question"
    for number in range(3):
        ask(gate, request(call_id=f"d{number}"))
    assert gate.usual.taken > short, "it is learnt anew"
