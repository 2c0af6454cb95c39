"""Any order of calls, outcomes, give-backs, new caps, clocks and restarts: never above a cap, never refused in vain.

The oracle keeps the list of allowed calls and counts it anew for every question.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.support.gate_store import NOON, E, Valkey, crashed, opened, server, take, until

from nianjian.engines.gate.counters.journal import Journal
from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.counters.meters import AHEAD, DAY, Reservation, day_name
from nianjian.engines.gate.counters.store import Store
from nianjian.engines.gate.policy import Cap, Slot
from nianjian.engines.gate.refill import Figures, rebuild_store

VALUES = ("a", "b")
WINDOWS = ("calendar_day", "anchored", "sliding")
QUIET = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@dataclass(slots=True)
class Unit:
    """One allowed call of one slot; an anchored one knows where its window begins."""

    call: str
    at: int
    start: int
    pending: bool = True


@dataclass
class Oracle:
    """All units that count, by slot."""

    units: dict[tuple[str, str], list[Unit]] = field(default_factory=dict)

    def counted(self, slot: Slot, now: int) -> list[Unit]:
        units = self.units.setdefault((slot.cap.name, slot.value), [])
        length = slot.cap.seconds * 1000
        if slot.cap.window == "calendar_day":
            return [unit for unit in units if (unit.at + AHEAD) // DAY == (now + AHEAD) // DAY]
        if not units:
            return []
        if slot.cap.window == "anchored":
            start = max(unit.start for unit in units)
            return [unit for unit in units if unit.start == start] if now < start + length else []
        return [unit for unit in units if unit.at > max(now, *(one.at for one in units)) - length]

    def allows(self, slots: tuple[Slot, ...], now: int) -> bool:
        return all(len(self.counted(slot, now)) < slot.cap.limit for slot in slots)

    def take(self, slots: tuple[Slot, ...], call: str, now: int) -> None:
        for slot in slots:
            counted, units = self.counted(slot, now), self.units[slot.cap.name, slot.value]
            latest = max((unit.at for unit in units), default=now)
            at = max(now, latest) if slot.cap.window == "sliding" else now
            start = counted[0].start if counted and slot.cap.window == "anchored" else now
            units.append(Unit(call, at, start))

    def back(self, call: str, caps: dict[str, Cap], *, attempts: bool, leased: bool = True) -> None:
        for (name, _), units in self.units.items():
            if (attempts or caps[name].counts == "answered") and (leased or not caps[name].leased):
                units[:] = [unit for unit in units if unit.call != call]


def caps(draw: Any) -> dict[str, Cap]:
    """Two leased days and a cap of each other window and count, of small limits."""
    result = [
        Cap("d1", "channel", "calendar_day", draw(st.integers(0, 80)), "r"),
        Cap("d2", "team", "calendar_day", draw(st.integers(1, 8)), "r"),
    ]
    for window in WINDOWS:
        for counts in ("attempts", "answered"):
            if (window, counts) != ("calendar_day", "attempts"):
                limit, seconds = draw(st.integers(0, 6)), draw(st.sampled_from([60, 3600]))
                seconds = 86_400 if window == "calendar_day" else seconds
                result.append(Cap(f"{window}-{counts}", "callee", window, limit, "r", seconds=seconds, counts=counts))
    return {cap.name: cap for cap in result}


class Machine(RuleBasedStateMachine):
    """Steps that all kinds share; a subclass opens its counters and says what may be refused in vain."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.oracle = Oracle()
        self.caps: dict[str, Cap] = {}
        self.now = NOON
        self.calls: list[str] = []
        self.before: set[str] = set()  # calls of an earlier process: their tokens of a leased day stay counted
        self.forfeited: Counter[tuple[str, str]] = Counter()
        self.counters: Any = None

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.caps = caps(data.draw)
        self.counters = self.runner.run(self.open())

    async def open(self) -> Any:
        raise NotImplementedError

    def slack(self, slots: tuple[Slot, ...]) -> bool:
        """A refusal below the caps has its reason in tokens that were lost."""
        return any(
            slot.cap.leased and len(self.oracle.counted(slot, self.now)) + self.lost(slot) >= slot.cap.limit
            for slot in slots
        )

    def lost(self, slot: Slot) -> int:
        return self.forfeited[slot.cap.name, slot.value]

    @rule(
        names=st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True), value=st.sampled_from(VALUES),
        times=st.integers(1, 12),
    )  # fmt: skip
    def ask(self, names: list[int], value: str, times: int) -> None:
        every = list(self.caps.values())
        slots = tuple(Slot(every[at], value) for at in names if at < len(every))
        if not slots:
            return
        calls = [f"c{len(self.calls) + number}" for number in range(times)]
        self.calls += calls
        answers = self.runner.run(self.all_at_once(slots, calls))
        assert not any(taken.unavailable for taken in answers)
        for call, taken in zip(calls, answers, strict=True):
            if taken.allowed:
                assert self.oracle.allows(slots, self.now), "above a cap"
                self.oracle.take(slots, call, self.now)
        for taken in answers:
            if not taken.allowed:
                assert taken.slot in slots
                assert not self.oracle.allows(slots, self.now) or self.slack(slots), "refused, and nothing was lost"

    async def all_at_once(self, slots: tuple[Slot, ...], calls: list[str]) -> list[Reservation]:
        return await asyncio.gather(*(take(self.counters, *slots, call=call, now=self.now) for call in calls))

    @rule(data=st.data(), answered=st.booleans())
    def settle(self, data: st.DataObject, answered: bool) -> None:  # noqa: FBT001 - drawn
        if self.calls:
            call = data.draw(st.sampled_from(self.calls))
            if self.told("settle", call, answered=answered) and not answered:
                self.oracle.back(call, self.caps, attempts=False)

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        if self.calls:
            call = data.draw(st.sampled_from(self.calls))
            if self.told("release", call):
                self.oracle.back(call, self.caps, attempts=True, leased=call not in self.before)

    def told(self, what: str, call: str, **more: bool) -> bool:
        async def tell() -> bool:
            one = self.taker(call)
            if one is None:
                return False
            done = one.settle(E, call, now=self.now, **more) if what == "settle" else one.release(E, call, self.now)
            await self.quiet()
            return bool(done)

        return self.runner.run(tell())

    def taker(self, call: str) -> Any:  # noqa: ARG002 - one process takes all
        return self.counters

    async def quiet(self) -> None:
        """What was given back has arrived."""

    @rule(milliseconds=st.sampled_from([1, 999, 59_999, 60_000, 60_001, 3_600_000, 43_200_000, -30_000, -3_600_000]))
    def pass_time(self, milliseconds: int) -> None:
        self.now += milliseconds

    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.caps)))
        cap = self.caps[name]
        self.caps[name] = replace(cap, limit=data.draw(st.integers(0, 80 if name == "d1" else 8)), epoch=cap.epoch + 1)

        self.runner.run(self.policy())

    async def policy(self) -> None:
        self.counters.policy(E, list(self.caps.values()))

    @invariant()
    def known(self) -> None:
        for name, cap in self.caps.items():
            for value in VALUES:
                counted = len(self.oracle.counted(Slot(cap, value), self.now))
                if self.counters is not None and cap.epoch == 1:
                    assert counted <= cap.limit, (name, value)

    def teardown(self) -> None:
        if self.counters is not None:
            self.runner.run(self.close())
        self.runner.close()

    async def close(self) -> None:
        await self.counters.stop()


class InMemory(Machine):
    async def open(self) -> Memory:
        memory = Memory(lambda: self.now)
        await memory.start({E: list(self.caps.values())})
        return memory


class OnDisk(Machine):
    """One process: exact without a crash; a crash forfeits less than a block of each key."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="journal-"))
        self.number = 0

    async def open(self) -> Journal:
        journal = Journal(self.folder / str(self.number), lambda: self.now)
        await journal.start({E: list(self.caps.values())})
        return journal

    @rule()
    def stop_and_start(self) -> None:
        async def again() -> None:
            await self.counters.stop()
            self.counters = await self.open()

        self.before.update(self.calls)
        self.runner.run(again())

    @rule()
    def crash(self) -> None:
        async def again() -> None:
            before, self.number = self.folder / str(self.number), self.number + 1
            await until(lambda: self.counters._writer._busy is None)
            shutil.copytree(before, self.folder / str(self.number))
            for (_, *name), meter in self.counters._meters.by_key.items():
                if meter.cap.leased:
                    days = {**meter.others, meter.day: meter.present()}
                    self.forfeited[tuple(name)] += sum(max(0, mark - count) for count, _, mark, _ in days.values())
            await self.counters.stop()
            self.counters = await self.open()

        self.before.update(self.calls)
        self.runner.run(again())

    def teardown(self) -> None:
        super().teardown()
        shutil.rmtree(self.folder, ignore_errors=True)


class InStore(Machine):
    """Three gates on one store; what a gate holds free is all that another may miss."""

    valkey: Valkey

    def __init__(self) -> None:
        super().__init__()
        self.gates: list[Store] = []
        self.by_call: dict[str, Store] = {}
        self.highest: Counter[str] = Counter()

    async def open(self) -> list[Store]:
        self.valkey.ask("FLUSHALL")
        every = list(self.caps.values())
        generation = await rebuild_store(self.valkey.url, {E: every}, Figures(gates=0))
        self.gates = [await opened(self.valkey, *every, generation=generation) for _ in range(3)]
        return self.gates

    async def all_at_once(self, slots: tuple[Slot, ...], calls: list[str]) -> list[Reservation]:
        for gate in self.gates:
            for lease in gate.leases.by_key.values():
                lease.dry_until = 0.0  # as if the second had passed for which an exhausted day is remembered
        chosen = [self.gates[number % len(self.gates)] for number in range(len(calls))]
        self.by_call |= dict(zip(calls, chosen, strict=True))
        pairs = zip(chosen, calls, strict=True)
        return await asyncio.gather(*(take(gate, *slots, call=call, now=self.now) for gate, call in pairs))

    def lost(self, slot: Slot) -> int:
        day = (E, slot.cap.name, slot.value, (self.now + AHEAD) // DAY)
        tokens = [lease.have for gate in self.gates if (lease := gate.leases.get(day)) is not None]
        return super().lost(slot) + sum(tokens)

    def taker(self, call: str) -> Store | None:
        one = self.by_call[call]
        return one if one in self.gates else None  # a dead process tells nothing

    async def quiet(self) -> None:
        await until(lambda: not any(gate.state()["owed"] for gate in self.gates))

    async def policy(self) -> None:
        for gate in self.gates:
            gate.policy(E, list(self.caps.values()))
        await asyncio.gather(*(gate.keeper.connection.ask("PING") for gate in self.gates if gate.keeper.connection))
        await self.quiet()

    @rule(limit=st.integers(0, 80), value=st.sampled_from(VALUES), times=st.integers(1, 12))
    def change_under_way(self, limit: int, value: str, times: int) -> None:
        """A day's cap moves while a gate waits for tokens: what comes under the old cap is not used."""

        async def moved() -> None:
            before, gate = Slot(self.caps["d1"], value), self.gates[0]
            for lease in gate.leases.by_key.values():
                lease.dry_until = 0.0
            calls = [f"c{len(self.calls) + number}" for number in range(times)]
            self.calls += calls
            self.by_call |= dict.fromkeys(calls, gate)
            pending = [asyncio.ensure_future(take(gate, before, call=call, now=self.now)) for call in calls]
            for _ in range(2):  # they wait, and the store is asked
                await asyncio.sleep(0)
            early = {call for call, one in zip(calls, pending, strict=True) if one.done()}
            self.caps["d1"] = replace(before.cap, limit=limit, epoch=before.cap.epoch + 1)
            await self.policy()
            answers = dict(zip(calls, await asyncio.gather(*pending), strict=True))
            await self.quiet()
            assert not any(taken.unavailable for taken in answers.values())
            for call in sorted(calls, key=lambda call: call not in early):
                if answers[call].allowed:
                    slots = (before if call in early else Slot(self.caps["d1"], value),)
                    assert self.oracle.allows(slots, self.now), "above a cap"
                    self.oracle.take(slots, call, self.now)
            free = self.lost(before) - self.forfeited["d1", value]
            granted = self.valkey.granted(before.cap, value, day_name((self.now + AHEAD) // DAY))
            assert not free or granted <= limit, "tokens above the cap are kept"

        self.runner.run(moved())

    @rule(which=st.integers(0, 2))
    def crash(self, which: int) -> None:
        async def again() -> None:
            gone = self.gates[which]
            for (_, cap, value, _), lease in gone.leases.by_key.items():
                self.forfeited[cap, value] += lease.have
            await crashed(gone)
            self.gates[which] = await opened(self.valkey, *self.caps.values(), generation=gone.keeper.generation)

        self.runner.run(again())

    @invariant()
    def used_is_at_most_granted_is_at_most_the_cap(self) -> None:
        for cap in self.caps.values():
            self.highest[cap.name] = max(self.highest[cap.name], cap.limit)
            for value in VALUES if cap.leased else ():
                used = len(self.oracle.counted(Slot(cap, value), self.now))
                granted = self.valkey.granted(cap, value, day_name((self.now + AHEAD) // DAY))
                assert used <= granted <= self.highest[cap.name]

    async def close(self) -> None:
        for gate in self.gates:
            await gate.stop()


FEW = settings(QUIET, max_examples=12, stateful_step_count=25)
MANY = settings(QUIET, max_examples=60, stateful_step_count=50)


@pytest.mark.parametrize("kind", [InMemory, OnDisk])
def test_one_process_is_what_the_oracle_says(kind: type[Machine]) -> None:
    run_state_machine_as_test(kind, settings=FEW)


def test_three_gates_on_a_store_never_exceed_and_miss_only_what_others_hold() -> None:
    with server() as InStore.valkey:
        run_state_machine_as_test(InStore, settings=FEW)


@pytest.mark.long
@pytest.mark.parametrize("kind", [InMemory, OnDisk, InStore])
def test_the_same_for_many_more_orders(kind: type[Machine]) -> None:
    with server() as InStore.valkey:
        run_state_machine_as_test(kind, settings=MANY)
