"""Rows 14 to 27 of the failure table, on a real Valkey: callers, caps, clocks, give-backs. None ends above the cap."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.support.gate_store import NOON, E, Steady, Valkey, crashed, many, opened, per_day, silent, slot, take, until

from nianjian.engines.gate.counters import store_client
from nianjian.engines.gate.counters.meters import DAY

CAP = per_day(300)
ONE = slot(CAP)
MIDNIGHT = NOON + DAY // 2


@pytest.mark.parametrize("tokens", [0, 1])
async def test_row_14_an_answer_that_cannot_be_given_hurts_nobody_else(valkey: Valkey, tokens: int) -> None:
    gate = await opened(valkey, CAP)
    await many(gate, tokens, ONE)

    def gone(_: object) -> None:
        raise RuntimeError("the switch hung up")

    connection = gate.keeper.connection
    for at in range(3):
        try:
            gate.take(E, (ONE,), f"gone{at}", NOON, gone)
        except RuntimeError:
            assert tokens, "from memory the caller hears it himself"
    assert await many(gate, 300, ONE) == 300 - 3 - tokens
    assert gate.keeper.connection is connection


async def test_row_15_an_exception_in_a_callback_leaves_the_connection_open(
    valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    gate = await opened(valkey, CAP)
    connection = gate.keeper.connection
    assert connection is not None

    def broken(_: object) -> None:
        raise ValueError("no reply like that")

    connection.say(("PING",), broken)
    assert await connection.ask("PING") == b"PONG"
    assert (await take(gate, ONE)).allowed
    assert gate.keeper.connection is connection
    assert "could not be used" in caplog.text


async def test_row_17_a_call_asked_at_another_gate_takes_another_token(valkey: Valkey) -> None:
    small = per_day(2, name="two")
    first, second = await opened(valkey, small), await opened(valkey, small)
    assert (await take(first, slot(small), call="a")).allowed
    assert (await take(second, slot(small), call="a")).allowed
    assert not (await take(first, slot(small), call="b")).allowed


async def test_row_18_a_lowered_cap_holds_at_once_and_recalls_tokens(valkey: Valkey) -> None:
    first, second = await opened(valkey, CAP), await opened(valkey, CAP)
    assert await many(first, 115, ONE) + await many(second, 5, ONE) == 120
    low = replace(CAP, limit=30, epoch=2)
    first.policy(E, [low])
    refused = await take(first, slot(low))
    assert (refused.allowed, refused.unavailable, refused.limit) == (False, False, 30)
    await until(lambda: second.state()["changes"] == first.state()["changes"] + 0 and second.state()["free"] == 0)
    old = await take(second, ONE)
    assert (old.allowed, old.limit) == (False, 30), "a gate with the older snapshot meets the newer cap"
    await until(lambda: valkey.granted(CAP, "trunk17") == 120), "recalled tokens are given back"


async def test_row_18_tokens_on_their_way_when_a_cap_drops_go_back(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    assert await many(gate, 24, ONE) == 24
    gate.leases.recall(lambda lease: lease.have > 0)
    await until(lambda: not gate.state()["owed"])
    asked = asyncio.ensure_future(take(gate, ONE))
    await asyncio.sleep(0)  # the call waits
    await asyncio.sleep(0)  # the store is asked for ten under the old cap
    low = replace(CAP, limit=20, epoch=2)
    gate.policy(E, [low])
    answer = await asked
    assert (answer.allowed, answer.unavailable, answer.limit) == (False, False, 20)
    await until(lambda: not gate.state()["owed"])
    assert (gate.state()["free"], valkey.granted(CAP, "trunk17")) == (0, 24)
    again = await take(gate, slot(low))
    assert (again.allowed, again.limit) == (False, 20)


async def test_row_18_a_word_of_the_store_from_before_a_new_cap_changes_nothing(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    gate.policy(E, [replace(CAP, limit=30, epoch=2)])
    gate._renew((E, CAP.name), (1, 300))  # as a catching up that began before tells it
    assert gate._pairs[E, CAP.name] == (2, 30)


async def test_row_19_a_gate_that_is_cut_off_stops_by_itself(valkey: Valkey) -> None:
    steady = Steady()
    near, far = await opened(valkey, CAP), await opened(valkey, CAP, steady=steady, deadline=0.25)
    assert await many(far, 1, ONE) == 1
    assert far.keeper.connection is not None
    far.keeper.connection.say = silent  # type: ignore[method-assign]
    near.policy(E, [replace(CAP, limit=5, epoch=2)])
    await until(lambda: not near.state()["owed"])
    steady.now += 1.5
    assert (await take(far, ONE)).allowed, "within what it held"
    steady.now += 0.6
    assert (await take(far, ONE)).unavailable
    assert (await take(near, slot(replace(CAP, limit=5, epoch=2)))).used <= 10


async def test_row_20_the_thirty_first_is_refused_whatever_dies(valkey: Valkey) -> None:
    isolated = per_day(30, name="isolated")
    one = slot(isolated)
    gates = [await opened(valkey, isolated) for _ in range(3)]
    allowed = 0
    for gate in gates[:2]:
        allowed += await many(gate, 7, one)
        await crashed(gate)
    allowed += await many(gates[2], 100, one)
    assert allowed == 30


async def test_row_21_a_raised_cap_ends_a_refusal_that_is_remembered(valkey: Valkey) -> None:
    first, second = await opened(valkey, CAP), await opened(valkey, CAP)
    assert await many(first, 301, ONE) == 300
    high = replace(CAP, limit=310, epoch=2)
    first.policy(E, [high])
    assert await many(first, 4, slot(high)) == 4
    await until(lambda: second.state()["changes"] == first.state()["changes"])
    second.policy(E, [high])
    assert await many(second, 9, slot(high)) + await many(first, 9, slot(high)) == 6


async def test_row_22_at_midnight_every_token_is_of_yesterday(valkey: Valkey) -> None:
    wall = [MIDNIGHT - 1]
    gate = await opened(valkey, CAP, moment=lambda: wall[0])
    assert await many(gate, 4, ONE, now=MIDNIGHT - 1) == 4
    wall[0] = MIDNIGHT
    gate.look()
    assert await many(gate, 301, ONE, now=MIDNIGHT) == 300
    assert valkey.granted(CAP, "trunk17") == 10
    assert valkey.granted(CAP, "trunk17", "2026-03-03") == 300
    assert 0 < valkey.ask("TTL", "cap:2026-03-03:E:day:trunk17") <= 172_800


async def test_row_23_clocks_may_differ_and_one_that_falls_back_is_refused(valkey: Valkey) -> None:
    wall = [MIDNIGHT]
    right, late = await opened(valkey, CAP), await opened(valkey, CAP, moment=lambda: wall[0])
    assert await many(right, 301, ONE, now=MIDNIGHT) == 300
    assert await many(late, 301, ONE, now=MIDNIGHT - 1000) == 300
    wall[0] -= 2 * DAY
    late.look()
    assert late.state()["reason"] == "clock"
    assert (await take(late, slot(CAP, "x"), now=wall[0])).unavailable
    wall[0] += 2 * DAY
    late.look()
    assert (await take(late, slot(CAP, "x"), now=wall[0])).allowed


async def test_row_25_who_comes_while_the_store_is_silent_is_refused_at_once(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP, deadline=0.25)
    valkey.freeze()
    assert (await take(gate, ONE)).unavailable
    answers: list[bool] = []
    gate.take(E, (slot(CAP, "x"),), "a", NOON, lambda taken: answers.append(taken.unavailable))
    assert answers == [True], "it is not made to wait"
    valkey.thaw()
    await until(lambda: gate.state()["available"])
    assert (await take(gate, slot(CAP, "x"))).allowed


def test_row_27_a_release_counts_once_and_never_for_a_day_that_is_gone(valkey: Valkey) -> None:
    async def test() -> None:
        small = per_day(3, name="three")
        gate = await opened(valkey, small)
        for call in "abc":
            assert (await take(gate, slot(small), call=call)).allowed
        assert not (await take(gate, slot(small))).allowed
        assert [gate.release(E, "a", NOON) for _ in range(2)] == [True, False]
        assert await many(gate, 2, slot(small)) == 1
        await gate.stop()

    def give(name: str) -> int:
        keys = (store_client.CANARY, "cap:2026-03-02:E:day:x", f"released:{name}")
        return int(
            valkey.ask("FCALL", store_client.RELEASE, 3, *keys, valkey.ask("GET", store_client.CANARY).decode(), 2)
        )

    asyncio.run(test())
    valkey.ask("SET", "cap:2026-03-02:E:day:x", 10)
    assert [give("one"), give("one"), give("two")] == [8, -1, 6]
    valkey.ask("DEL", "cap:2026-03-02:E:day:x")
    assert give("three") == -1


async def test_tokens_of_a_call_from_before_a_recall_go_back_to_the_store(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    assert (await take(gate, ONE, call="a")).allowed
    gate.policy(E, [replace(CAP, limit=1, epoch=2)])
    await until(lambda: not gate.state()["owed"])
    assert valkey.granted(CAP, "trunk17") == 1
    assert gate.release(E, "a", NOON)
    await until(lambda: valkey.granted(CAP, "trunk17") == 0)
