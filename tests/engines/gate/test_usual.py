"""The short way of the usual call and the whole way of every call answer alike, and are kept alike."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.gate import CALLEE, CONSENTED, NOON, REFUSED, cap, snapshot, tenant

from nianjian.engines.gate import decision_journal, question
from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.policy import Cap, Slot
from nianjian.engines.gate.question import Brief, Request, Verdict
from nianjian.engines.gate.server import wire
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.server.usual import shared_part
from nianjian.engines.gate.snapshot.read import CurrentSnapshot
from nianjian.engines.gate.snapshot.tenant import Tenant

POLICIES: list[dict[str, Any]] = [
    {},
    {"caps": [asdict(cap("L01", 3, epoch=2)), asdict(cap("L02", 2, epoch=2))], "version": 2},
    {"enforce": False, "version": 3},
    {"isolated_teams": ["T09"], "channels": [{"name": "L01", "team": "", "isolated": False, "days": [[None, None]]}]},
    {"channels": [{"name": "L01", "team": "T01", "isolated": True, "days": [[None, None]]}]},
    {"numbers": [{"root": "95013", "length": 8, "filed": True, "outbound": False, "purpose": ""}]},
]
QUESTIONS = st.fixed_dictionaries({
    "display": st.sampled_from(["95013001", "95013002", "95014001"]),
    "callee": st.sampled_from([CALLEE, CONSENTED, REFUSED, "13900139001", "nobody"]),
    "channel": st.sampled_from(["L01", "L02", "L03"]),
    "call_id": st.sampled_from(["", "a", "b", "c"]) | st.uuids().map(str),
    "team": st.sampled_from(["", "T09"]),
    "purpose": st.sampled_from(["", "营销", "客服"]),
    "back": st.sampled_from([0, 0, 0, 60_000]),
})  # fmt: skip
STEPS = st.lists(
    st.one_of(
        QUESTIONS,
        QUESTIONS,
        st.sampled_from([1, 59_000, 60_000, 3_600_000, 86_400_000]),  # milliseconds that pass
        st.sampled_from(range(len(POLICIES))).map(lambda which: ("policy", which)),
        st.sampled_from(["release", "answered", "unanswered"]),
    ),
    max_size=40,
)


class _Both:
    """One gate with the short way and one without, asked the same by the same clock."""

    def __init__(self, root: Path) -> None:
        self.now = NOON
        self.held = CurrentSnapshot(root)
        self.gates = [Gate(self.held, Memory(self.moment), moment=self.moment) for _ in range(2)]
        self.gates[1].usual.learn = lambda *_: None  # type: ignore[method-assign]
        self.last: tuple[str, str] = ("acme", "")

    def moment(self) -> int:
        return self.now

    async def start(self) -> None:
        for gate in self.gates:
            await gate.counters.start({})
        self.policy(0)

    def policy(self, which: int) -> None:
        snapshot(self.held.root, tenant(**POLICIES[which]), at=self.now)
        self.held.refresh()
        assert self.held.snapshot is not None
        for gate in self.gates:
            one: Tenant
            for code, one in self.held.snapshot.tenants.items():
                gate.counters.policy(code, one.policy.caps)

    def ask(self, told: dict[str, Any]) -> list[Verdict | None]:
        back = told["back"]
        texts = {name: value for name, value in told.items() if name != "back"}
        request = Request(enterprise="acme", at=self.now - back, **texts)
        self.last = ("acme", request.call_id)
        verdicts = [gate.verdict(request, lambda: lambda _: None, self.now) for gate in self.gates]
        return [_nameless(one) for one in verdicts]

    def state(self, which: int) -> tuple[object, ...]:
        """What is counted, remembered and shown."""
        gate = self.gates[which]
        used = [gate.counters.used("acme", Slot(cap(name), name), self.now) for name in ("L01", "L02")]
        recent = [(at, request, _nameless(verdict)) for at, request, verdict in gate.recent]
        return gate.reasons, gate.again, len(gate.answers), gate.counters.state(), used, recent


def _nameless(verdict: Verdict | None) -> Verdict | None:
    return None if verdict is None else msgspec.structs.replace(verdict, decision_id="")


async def _walk(root: Path, steps: list[Any]) -> int:
    both = _Both(root)
    await both.start()
    short = 0
    try:
        for step in steps:
            if isinstance(step, dict):
                before = both.gates[0].usual.taken
                one, other = both.ask(step)
                assert one == other
                short += both.gates[0].usual.taken - before
            elif isinstance(step, int):
                both.now += step
            elif step == "release":
                assert both.gates[0].release(*both.last) == both.gates[1].release(*both.last)
            elif isinstance(step, str):
                results = {gate.settle(*both.last, answered=step == "answered") for gate in both.gates}
                assert len(results) == 1
            else:
                both.policy(step[1])
        assert both.state(0) == both.state(1)
        assert both.gates[1].usual.taken == 0
    finally:
        for gate in both.gates:
            await gate.counters.stop()
    return short


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_both_ways_answer_alike(tmp_path_factory: Any, steps: list[Any]) -> None:
    asyncio.run(_walk(tmp_path_factory.mktemp("gate"), steps))


def test_the_short_way_is_taken_at_all(tmp_path: Path) -> None:
    fields = {"display": "95013001", "callee": CALLEE, "channel": "L01", "team": "", "purpose": "", "back": 0}
    steps = [{**fields, "call_id": str(number)} for number in range(10)]
    assert asyncio.run(_walk(tmp_path, steps)) == 8  # the first makes the counter, the second is learnt from


@pytest.mark.parametrize("other", [{"callee": REFUSED}, {"callee": "nobody"}, {"call_id": ""}, {"call_id": "2"}])
def test_what_needs_a_second_look_takes_the_whole_way(tmp_path: Path, other: dict[str, str]) -> None:
    asked = {"display": "95013001", "callee": CALLEE, "channel": "L01", "team": "", "purpose": "", "back": 0}
    before = [{**asked, "call_id": str(number)} for number in range(3)]
    assert asyncio.run(_walk(tmp_path, [*before, {**asked, "call_id": "x", **other}])) == 1


TEXT = st.one_of(st.text(max_size=9), st.sampled_from(["a%d", "a\tb", "a\\b", "x" * 300, "x" * 600, "外呼", "\u2028"]))
NUMBER = st.integers(0, 2**40)


def usual(texts: list[str], begun: str, numbers: list[int]) -> Brief:
    """A call of five texts that others share, two of its counter and three of its own."""
    *like, rule, told, callee, call_id, caller = texts
    enterprise, display, channel, team, purpose = like
    slot = Slot(Cap("c", "channel", "calendar_day", 3, rule), channel, told)
    generation, at, number, used, limit = numbers
    shared = shared_part((enterprise, display, channel, team, purpose), slot, generation, begun)
    return shared, at, callee, call_id, caller, number, used, limit


@st.composite
def one(draw: st.DrawFn) -> Brief:
    begun = draw(st.from_regex(r"[A-Za-z0-9_-]{1,9}-", fullmatch=True))
    return usual([draw(TEXT) for _ in range(10)], begun, [draw(NUMBER) for _ in range(5)])


def written(briefs: list[Brief]) -> bytes:
    """The whole way's lines."""
    return b"".join(
        decision_journal.decision_line(question.request_of(of), question.verdict_of(of), of[1], of[0].generation)
        for of in briefs
    )


@given(st.lists(one(), max_size=3))
def test_it_is_written_as_the_whole_decision(briefs: list[Brief]) -> None:
    assert decision_journal.brief_lines(briefs) == written(briefs)


@pytest.mark.parametrize("place", range(10))
@pytest.mark.parametrize("odd", ["a\tb", "a\\b", "x" * 600])
def test_one_odd_text_among_plain_ones_is_written_as_in_the_whole_decision(place: int, odd: str) -> None:
    of = usual(["a"] * place + [odd] + ["a"] * (9 - place), "b-", [1, 2, 3, 4, 5])
    assert decision_journal.brief_lines([of]) == written([of])


@given(one())
def test_it_is_told_as_the_whole_answer(of: Brief) -> None:
    assert wire.brief_json(of) == wire.to_json(wire.to_answer(question.verdict_of(of)))
