"""Rows 1 to 13 of the failure table, on a real Valkey: gates and store die or fall silent. None ends above the cap."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.support.gate_store import (
    NOON,
    E,
    Steady,
    Valkey,
    crashed,
    many,
    opened,
    per_day,
    server,
    silent,
    slot,
    take,
    until,
)

from nianjian.engines.gate.counters.meters import DAY
from nianjian.engines.gate.refill import Figures, rebuild_store
from nianjian.engines.kernel.errors import NianjianError

CAP = per_day(300)
ONE = slot(CAP)
MIDNIGHT = NOON + DAY // 2


async def test_row_01_a_gate_killed_with_tokens_forfeits_less_than_a_block(valkey: Valkey) -> None:
    first, second = await opened(valkey, CAP), await opened(valkey, CAP)
    allowed = await many(first, 3, ONE) + await many(second, 4, ONE)
    await crashed(first)
    again = await opened(valkey, CAP)
    assert again.used(E, ONE, NOON) == 0, "it holds nothing of its predecessor"
    allowed += await many(again, 300, ONE) + await many(second, 300, ONE)
    assert allowed == 293
    assert valkey.granted(CAP, "trunk17") == 300


async def test_row_02_a_gate_killed_between_grant_and_answer_forfeits_that_grant(valkey: Valkey) -> None:
    first = await opened(valkey, CAP)
    valkey.freeze()
    first.take(E, (ONE,), "a", NOON, silent)
    await asyncio.sleep(0.02)
    await crashed(first)
    valkey.thaw()
    second = await opened(valkey, CAP)
    assert await many(second, 310, ONE) == 290


async def test_row_04_a_killed_store_is_away_at_once_and_comes_back_exact(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    assert await many(gate, 3, ONE) == 3
    valkey.freeze()
    waiting = [asyncio.ensure_future(take(gate, slot(CAP, "other"))) for _ in range(5)]
    await asyncio.sleep(0.02)
    valkey.kill()
    assert all(one.unavailable for one in await asyncio.gather(*waiting)), "nobody waits for a lost connection"
    assert (await take(gate, slot(CAP, "third"))).unavailable
    assert await many(gate, 9, ONE) == 7, "what it holds is counted already"
    valkey.start()
    await until(lambda: gate.keeper.ready)
    assert await many(gate, 400, ONE) == 290


@pytest.mark.parametrize(
    ("row", "options", "setting"),
    [
        (5, {"appendfsync": "everysec"}, "appendfsync"),
        (6, {"appendonly": "no"}, "appendonly"),
        (7, {"maxmemory_policy": "allkeys-lru"}, "maxmemory-policy"),
    ],
)
def test_rows_05_to_07_a_store_that_would_lose_counts_is_refused_with_its_remedy(
    row: int, options: dict[str, str], setting: str
) -> None:
    async def test(unfit: Valkey) -> None:
        with pytest.raises(NianjianError) as raised:
            await rebuild_store(unfit.url, {E: [CAP]}, Figures(gates=0))
        assert raised.value.values["setting"] == setting
        gate = None
        try:
            with pytest.raises(NianjianError, match="gate_store_unfit"):
                await (gate := _unstarted(unfit)).start({E: [CAP]})
            assert (await take(gate, ONE)).unavailable
            assert gate.state()["reason"] == "store-unfit"
        finally:
            assert gate is not None
            await gate.stop()

    with server(**options) as unfit:
        asyncio.run(test(unfit))


def _unstarted(valkey: Valkey) -> Any:
    from nianjian.engines.gate.counters.store import Store  # noqa: PLC0415 - one test makes it by hand

    return Store(valkey.url, moment=lambda: NOON)


async def test_row_08_a_store_without_room_refuses_and_alarms(valkey: Valkey, caplog: pytest.LogCaptureFixture) -> None:
    gate = await opened(valkey, CAP)
    valkey.ask("CONFIG", "SET", "maxmemory", "1")
    assert (await take(gate, ONE)).unavailable
    assert valkey.granted(CAP, "trunk17") == 0
    assert any("refuses" in record.message for record in caplog.records)
    valkey.ask("CONFIG", "SET", "maxmemory", "0")
    assert await many(gate, 301, ONE) == 300


async def test_row_09_an_emptied_store_opens_nothing_until_the_rebuild(valkey: Valkey) -> None:
    named = [""]
    gate, other = [await opened(valkey, CAP, generation=lambda: named[0]) for _ in range(2)]
    allowed = await many(gate, 123, ONE) + await many(other, 4, ONE)
    valkey.ask("FLUSHALL")
    assert (await take(gate, slot(CAP, "new"))).unavailable
    await until(lambda: not gate.keeper.ready and not other.keeper.ready)
    assert (await take(other, ONE)).unavailable, "tokens of another filling are worth nothing"
    assert gate.state()["reason"] == "store-empty"
    day = NOON // DAY
    generation = await rebuild_store(valkey.url, {E: [CAP]}, Figures(2, {((E, CAP.name, "trunk17"), day): allowed}))
    assert valkey.granted(CAP, "trunk17") == allowed + 2 * 10
    await asyncio.sleep(0.6)
    assert (await take(gate, ONE)).unavailable, "the operator has not named the new generation"
    assert gate.state()["reason"] == "store-other"
    named[0] = generation
    await until(lambda: gate.keeper.ready and other.keeper.ready)
    allowed += await many(gate, 300, ONE) + await many(other, 300, ONE)
    assert 300 - 20 <= allowed <= 300
    await gate.stop()
    await other.stop()
    assert valkey.granted(CAP, "trunk17") == 300, "nothing was given back to a store that had not granted it"


async def test_row_10_an_old_copy_of_the_store_is_raised_to_the_decision_log(valkey: Valkey) -> None:
    named = [""]
    gate = await opened(valkey, CAP, generation=lambda: named[0])
    allowed = await many(gate, 200, ONE)
    valkey.ask("SET", "cap:2026-03-02:E:day:trunk17", 50)  # grants since the copy are missing
    valkey.ask("SET", "cap:2026-03-02:E:day:trunk18", 250)
    figures = Figures(1, {((E, "day", name), NOON // DAY): allowed for name in ("trunk17", "trunk18")})
    generation = await rebuild_store(valkey.url, {E: [CAP]}, figures)
    await until(lambda: gate.keeper.reason == "store-other")
    assert (await take(gate, ONE)).unavailable
    named[0] = generation
    await until(lambda: gate.keeper.ready)
    assert await many(gate, 300, ONE) == 90
    assert await many(gate, 300, slot(CAP, "trunk18")) == 50


async def test_row_11_a_silent_store_lends_two_seconds_to_held_tokens(valkey: Valkey) -> None:
    steady = Steady()
    gate = await opened(valkey, CAP, deadline=0.25, steady=steady)
    assert await many(gate, 1, ONE) == 1
    valkey.freeze()
    assert (await take(gate, slot(CAP, "other"))).unavailable, "by its deadline"
    steady.now += 1.9
    assert (await take(gate, ONE)).allowed
    steady.now += 0.2
    refused = await take(gate, ONE)
    assert (refused.allowed, refused.unavailable) == (False, True)
    valkey.thaw()
    steady.now += 0.1
    await until(lambda: gate.state()["available"] and not gate.state()["owed"])
    assert await many(gate, 301, ONE) == 298


async def test_row_12_a_lost_reply_is_never_asked_for_again(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP)
    valkey.freeze()
    waiting = asyncio.ensure_future(take(gate, ONE))
    await asyncio.sleep(0.02)
    assert gate.keeper.connection is not None
    gate.keeper.connection.close()
    assert (await waiting).unavailable
    valkey.thaw()
    await until(lambda: gate.keeper.ready)
    assert valkey.granted(CAP, "trunk17") == 10, "granted, and forfeited"
    assert await many(gate, 310, ONE) == 290


async def test_row_13_a_late_grant_is_kept(valkey: Valkey) -> None:
    gate = await opened(valkey, CAP, deadline=0.25)
    valkey.freeze()
    assert (await take(gate, ONE)).unavailable
    valkey.thaw()
    await until(lambda: gate.state()["free"] == 10)
    assert await many(gate, 10, ONE) == 10
    assert valkey.granted(CAP, "trunk17") == 10
