"""Windows that are taken one by one in the store: the same answers as in process, for several gates at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.support.gate_store import (
    NOON,
    E,
    Valkey,
    crashed,
    many,
    opened,
    per_day,
    slot,
    take,
    until,
    windowed,
)

from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.counters.store import Store
from nianjian.engines.gate.refill import Figures, Unit, rebuild_store

CALLEE = "13900000001"
CAP = per_day(300)


@pytest.mark.parametrize("window", ["calendar_day", "anchored", "sliding"])
async def test_two_gates_share_a_window_exactly(valkey: Valkey, window: str) -> None:
    cap = windowed(5, window, 300, counts="answered")
    gates = [await opened(valkey, cap) for _ in range(2)]
    allowed = await asyncio.gather(*(many(gate, 8, slot(cap, CALLEE)) for gate in gates))
    assert sum(allowed) == 5
    await crashed(gates[0])
    again = await opened(valkey, cap)
    assert await many(again, 3, slot(cap, CALLEE)) == 0, "units are in the store, not in the gate"


@pytest.mark.parametrize("window", ["calendar_day", "anchored", "sliding"])
async def test_the_store_answers_as_memory_does(valkey: Valkey, window: str) -> None:
    cap = windowed(3, window, 60, counts="answered")
    moments = [0, 10, 20, 30, 59_999, 60_000, 60_001, 75_000, 30_000, 90_000, 119_999, 120_000, 181_000, 181_000]
    store, memory = await opened(valkey, cap), Memory(lambda: NOON)
    await memory.start({E: [cap]})
    for number, moment in enumerate(moments):
        if number % 4 == 3:
            told = {"answered": number % 8 == 7, "now": NOON}
            assert memory.settle(E, f"c{number - 3}", **told) == store.settle(E, f"c{number - 3}", **told)
            await until(lambda: not store.state()["owed"])
        one = await take(memory, slot(cap, CALLEE), call=f"c{number}", now=NOON + moment)
        two = await take(store, slot(cap, CALLEE), call=f"c{number}", now=NOON + moment)
        assert one == two, (number, moment)


@pytest.mark.parametrize("window", ["calendar_day", "anchored", "sliding"])
async def test_a_cap_that_sank_to_nothing_lets_nobody_in_when_its_window_is_over(valkey: Valkey, window: str) -> None:
    cap = windowed(1, window, 60, counts="answered")
    gate = await opened(valkey, cap)
    assert (await take(gate, slot(cap, CALLEE))).allowed
    none = replace(cap, limit=0, epoch=2)
    gate.policy(E, [none])
    for later in (0, 60_000, 61_000, 86_400_000):
        refused = await take(gate, slot(none, CALLEE), now=NOON + later)
        assert (refused.allowed, refused.unavailable, refused.retry_at) == (False, False, None)


async def test_all_or_none_over_leases_and_windows(valkey: Valkey) -> None:
    display, callee = per_day(40, name="display"), windowed(2, "sliding", 300)
    gate = await opened(valkey, CAP, display, callee)
    both = (slot(CAP), slot(callee, CALLEE), slot(display, "95013001"))
    assert await many(gate, 20, *both) == 2
    refused = await take(gate, *both)
    assert (refused.slot, refused.used, refused.retry_at) == (both[1], 2, NOON // 1000 + 300)
    assert await many(gate, 400, slot(CAP)) == 298, "what a refused call had reserved is there for others"
    assert await many(gate, 40, slot(display, "95013001")) == 38
    assert not (await take(gate, slot(CAP), slot(callee, "13900000002"))).allowed
    assert await many(gate, 3, slot(callee, "13900000002")) == 2, "a full day burns no unit of the window"


async def test_of_two_calls_that_want_the_last_tokens_one_gets_them(valkey: Valkey) -> None:
    """No call holds one token and waits for the other's for ever, and none is refused in vain."""
    one, two = per_day(1, name="one"), per_day(1, name="two")
    gate = await opened(valkey, one, two)
    for value in range(30):
        first, second = slot(one, str(value)), slot(two, str(value))
        answers = await asyncio.gather(take(gate, first, second), take(gate, second, first), take(gate, first))
        assert [answer.allowed for answer in answers] == [True, False, False]


async def test_a_token_that_another_call_only_reserved_is_not_refused(valkey: Valkey) -> None:
    day, window = per_day(1, name="last"), windowed(1, "sliding", 300)
    gate = await opened(valkey, day, window)
    assert (await take(gate, slot(window, CALLEE))).allowed
    reserved, after = await asyncio.gather(
        take(gate, slot(day), slot(window, CALLEE)), take(gate, slot(day), call="after")
    )
    assert (reserved.allowed, after.allowed) == (False, True)


async def test_a_late_unit_goes_back(valkey: Valkey) -> None:
    window = windowed(1, "sliding", 300)
    gate = await opened(valkey, window, deadline=0.25)
    valkey.freeze()
    assert (await take(gate, slot(window, CALLEE))).unavailable
    valkey.thaw()
    await until(lambda: gate.state()["available"] and not gate.state()["owed"])
    assert (await take(gate, slot(window, CALLEE))).allowed


async def test_an_outcome_is_told_when_the_store_is_back(valkey: Valkey) -> None:
    window = windowed(1, "anchored", 300, counts="answered")
    gate = await opened(valkey, window)
    assert (await take(gate, slot(window, CALLEE), call="a")).allowed
    valkey.kill()
    assert gate.settle(E, "a", answered=False, now=NOON)
    valkey.start()
    await until(lambda: gate.keeper.ready and not gate.state()["owed"])
    assert (await take(gate, slot(window, CALLEE))).allowed


async def test_windows_are_rebuilt_from_the_decision_logs(valkey: Valkey) -> None:
    sliding, anchored = windowed(3, "sliding", 300), windowed(3, "anchored", 300, name="first")
    valkey.ask("FLUSHALL")
    units = [Unit((E, cap.name, CALLEE), cap, NOON + 1000 * n, f"c{n}") for cap in (sliding, anchored) for n in (0, 1)]
    await rebuild_store(valkey.url, {E: [sliding, anchored]}, Figures(1, {}, units))
    gate = await opened(valkey, sliding, anchored)
    for cap in (sliding, anchored):
        assert await many(gate, 3, slot(cap, CALLEE), now=NOON + 2000) == 1
        assert (await take(gate, slot(cap, CALLEE), now=NOON + 2000)).retry_at == NOON // 1000 + 300


async def test_a_unit_of_an_anchored_window_that_is_over_is_not_of_the_one_that_is_open(valkey: Valkey) -> None:
    anchored = windowed(2, "anchored", 300)
    before = await opened(valkey, anchored)
    assert (await take(before, slot(anchored, CALLEE))).allowed
    await before.stop()
    units = [Unit((E, anchored.name, CALLEE), anchored, NOON - 400_000 + one, f"c{one}") for one in range(2)]
    await rebuild_store(valkey.url, {E: [anchored]}, Figures(1, {}, units))
    gate = await opened(valkey, anchored)
    assert await many(gate, 3, slot(anchored, CALLEE), now=NOON + 2000) == 1


async def test_a_refusal_writes_nothing(valkey: Valkey) -> None:
    window, day = windowed(1, "sliding", 300), per_day(1, name="one")
    gate = await opened(valkey, window, day)
    assert (await take(gate, slot(window, CALLEE))).allowed
    assert (await take(gate, slot(day))).allowed
    size = valkey.ask("INFO", "persistence").split(b"aof_current_size:")[1].split()[0]
    for _ in range(20):
        assert not (await take(gate, slot(window, CALLEE))).allowed
        assert not (await take(gate, slot(day, "trunk17"))).allowed
    assert valkey.ask("INFO", "persistence").split(b"aof_current_size:")[1].split()[0] == size


async def test_a_cap_that_the_store_forgot_is_told_again(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    valkey.ask("DEL", "policy:E:day")
    assert (await take(gate, slot(CAP))).unavailable
    await until(lambda: gate.keeper.ready)
    assert (await take(gate, slot(CAP))).allowed
    valkey.ask("FUNCTION", "FLUSH")
    assert (await take(gate, slot(CAP, "other"))).unavailable
    await until(lambda: gate.keeper.ready)
    assert (await take(gate, slot(CAP, "other"))).allowed


async def test_an_older_version_of_a_cap_never_replaces_a_newer_one(valkey: Valkey) -> None:
    new = replace(CAP, limit=30, epoch=5)
    await opened(valkey, new)
    second = await opened(valkey, replace(CAP, limit=300, epoch=4))
    assert await many(second, 50, slot(replace(CAP, limit=300, epoch=4))) == 30
    await opened(valkey, replace(CAP, limit=20, epoch=5))
    assert valkey.ask("HMGET", "policy:E:day", "epoch", "cap") == [b"5", b"20"], "of one version the lower holds"


async def test_a_clean_stop_gives_free_tokens_back(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    assert await many(gate, 3, slot(CAP)) == 3
    await gate.stop()
    assert valkey.granted(CAP, "trunk17") == 3
    assert (await take(gate, slot(CAP))).unavailable


async def test_a_store_that_is_away_at_the_start_is_found_later(valkey: Valkey) -> None:
    valkey.kill()
    gate: Store = await opened(valkey, CAP)
    assert gate.state()["reason"] == "store-away"
    assert (await take(gate, slot(CAP))).unavailable
    valkey.start()
    await until(lambda: gate.keeper.ready)
    assert (await take(gate, slot(CAP))).allowed


async def test_refusals_below_the_cap_are_what_the_other_gates_hold(valkey: Valkey) -> None:
    """At most (processes - 1) x (block - 1), and those tokens are there for the calls of the gates that hold them."""
    gates = [await opened(valkey, CAP) for _ in range(4)]
    for gate in gates[1:]:
        assert (await take(gate, slot(CAP))).allowed
    assert await many(gates[0], 400, slot(CAP)) == 300 - 3 * 10
    assert sum([await many(gate, 20, slot(CAP)) for gate in gates[1:]]) == 3 * 9
