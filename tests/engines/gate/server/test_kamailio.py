"""Kamailio as it is: leases pushed into its tables, and the gate asked over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.support.flood import built, flood
from tests.support.gate import cap, snapshot, tenant
from tests.support.gate_server import Slow, channel_used, made, running
from tests.support.kamailio import BOTH, HTTP, LEASE, Kamailio

from nianjian.engines.gate.kamailio import Rpc, SilentError, SwitchLeases
from nianjian.engines.gate.policy import Cap
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.kernel import clock

pytestmark = pytest.mark.long
NUMBERS, TOKENS = 1000, 30
FIRST = 95_013_000


def lines(names: list[str], limit: int, epoch: int = 1, *, isolated: bool = False) -> dict[str, Any]:
    """A tenant whose channels are ``names``, each with a cap of its own."""
    channels = [{"name": name, "team": "", "isolated": isolated, "days": [[None, None]]} for name in names]
    return tenant(channels=channels, caps=[asdict(cap(name, limit, epoch)) for name in names])


def today() -> int:
    """The switch has a clock of its own: the gate goes by the same."""
    return int(clock.now().timestamp() * 1000)


def numbers() -> list[str]:
    return [str(FIRST + number) for number in range(NUMBERS)]


def renew(gate: Gate, root: Path, config: dict[str, Any]) -> None:
    """Another snapshot in force, and its caps."""
    snapshot(root, config, at=gate.moment())
    gate.held.refresh()  # type: ignore[attr-defined]
    gate.counters.policy("acme", [Cap(**one) for one in config["caps"]])


@asynccontextmanager
async def leasing(gate: Gate, switch: Kamailio) -> AsyncIterator[SwitchLeases]:
    leases = SwitchLeases(gate, Rpc(switch.socket))
    leases.start()
    try:
        yield leases
    finally:
        await leases.stop()


async def settled(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is so."""
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to that")


async def called(switch: Kamailio, count: int, display: str = "95013001", prefix: str = "c") -> list[int]:
    return [await asyncio.to_thread(switch.code, f"{prefix}{number}", display) for number in range(count)]


async def drained(switch: Kamailio) -> int:
    """Calls until no more are let through; how many were."""
    allowed = silent = part = 0
    while silent < 4:
        count = (await called(switch, 4, prefix=f"part{part}-")).count(302)
        allowed, part = allowed + count, part + 1
        silent = 0 if count else silent + 1
        await asyncio.sleep(0.5)
    return allowed


def test_the_configurations_are_understood(tmp_path: Path) -> None:
    for number, ask in enumerate((LEASE, HTTP, BOTH)):
        assert Kamailio(tmp_path / str(number), ask).check() == ""


async def test_a_flood_is_let_through_to_the_last_token_and_no_further(tmp_path: Path) -> None:
    program = built(tmp_path)
    gate = made(tmp_path / "snapshot", lines(numbers(), TOKENS), now=today())
    with Kamailio(tmp_path / "switch", LEASE, workers=4) as switch:
        async with leasing(gate, switch) as leases:
            await settled(lambda: leases.state()["granted"] == 10 * NUMBERS)
            done = await flood(
                program, switch.port, numbers=NUMBERS, seconds=120, allowed=NUMBERS * TOKENS, first=FIRST
            )
            assert (done.allowed, done.most) == (NUMBERS * TOKENS, TOKENS), done
            assert done.refused >= NUMBERS * TOKENS
            assert channel_used(gate, cap(str(FIRST), TOKENS), str(FIRST)) == TOKENS


async def test_a_cap_that_drops_during_a_flood_holds(tmp_path: Path) -> None:
    program = built(tmp_path)
    root = tmp_path / "snapshot"
    gate = made(root, lines(numbers(), TOKENS), now=today())
    with Kamailio(tmp_path / "switch", LEASE, workers=4) as switch:
        async with leasing(gate, switch) as leases:
            await settled(lambda: leases.state()["granted"] == 10 * NUMBERS)
            flooding = asyncio.create_task(
                flood(program, switch.port, numbers=NUMBERS, seconds=40, allowed=NUMBERS * 15, first=FIRST)
            )
            await asyncio.sleep(0.05)
            renew(gate, root, lines(numbers(), 15, epoch=2))
            done = await flooding
            spent = sum(channel_used(gate, cap(name, 15), name) for name in numbers())
            assert done.allowed <= spent, "whatever was allowed was taken before"
            assert done.most <= TOKENS
            assert done.allowed >= NUMBERS * 15 * 0.95, "what was not used came back"


async def test_a_restarted_switch_gets_nothing_twice(tmp_path: Path) -> None:
    gate = made(tmp_path / "snapshot", lines(["95013001"], TOKENS), now=today())
    switch = Kamailio(tmp_path / "switch", LEASE)
    switch.start()
    async with leasing(gate, switch) as leases:
        await settled(lambda: leases.state()["granted"] == 10)
        assert await called(switch, 3) == [302] * 3
        await asyncio.sleep(1.1)  # the switch tells its start in whole seconds
        await asyncio.to_thread(switch.stop)
        await asyncio.to_thread(switch.start)
        await settled(lambda: channel_used(gate, cap("95013001", TOKENS), "95013001") == 20)
        await asyncio.sleep(0.5)
        assert await drained(switch) == 20, "10 of 30 went down with the switch"
    switch.stop()


async def test_a_restarted_gate_recalls_what_its_predecessor_granted(tmp_path: Path) -> None:
    gate = made(tmp_path / "snapshot", lines(["95013001"], TOKENS), now=today())
    with Kamailio(tmp_path / "switch", LEASE) as switch:
        async with leasing(gate, switch) as leases:
            await settled(lambda: leases.state()["granted"] == 10)
        assert await called(switch, 3) == [302] * 3, "the switch goes on with what it holds"
        async with leasing(gate, switch):
            await settled(lambda: channel_used(gate, cap("95013001", TOKENS), "95013001") == 20)
            await asyncio.sleep(0.5)
            assert await drained(switch) == 20


async def test_without_a_gate_the_switch_uses_what_it_holds_and_no_more(tmp_path: Path) -> None:
    gate = made(tmp_path / "snapshot", lines(["95013001"], TOKENS), now=today())
    with Kamailio(tmp_path / "switch", LEASE) as switch:
        async with leasing(gate, switch) as leases:
            await settled(lambda: leases.state()["granted"] == 10)
        assert await called(switch, 12) == [302] * 10 + [403] * 2
        assert await called(switch, 1, display="95013002") == [403]


async def test_the_gate_over_http(tmp_path: Path) -> None:
    gate = made(tmp_path / "snapshot", lines(["L01"], 2), now=today())
    async with running(gate) as ports:
        with Kamailio(tmp_path / "switch", HTTP, gate_port=ports["http"]) as switch:
            assert await called(switch, 3) == [302, 302, 403]
            refused = await asyncio.to_thread(switch.invite, "again", "95013001", "13700137000")
            assert 'Reason: SIP;cause=403;text="deny do-not-call"' in refused


async def test_a_silent_gate_and_none_are_503_in_time(tmp_path: Path) -> None:
    gate = made(tmp_path / "snapshot", counters=Slow(), patience=60)
    async with running(gate) as ports:
        with Kamailio(tmp_path / "switch", HTTP, gate_port=ports["http"], limit=300) as switch:
            assert await called(switch, 1) == [503]
    with Kamailio(tmp_path / "other", HTTP, gate_port=9) as switch:
        assert await called(switch, 1) == [503]


async def test_a_channel_without_a_lease_is_asked_about(tmp_path: Path) -> None:
    gate = made(tmp_path / "snapshot", lines(["L01"], 5, isolated=True), now=today())
    async with running(gate) as ports:
        with Kamailio(tmp_path / "switch", BOTH, gate_port=ports["http"]) as switch:
            async with leasing(gate, switch):
                white = await asyncio.to_thread(switch.code, "white", "95013001", "13800138000")
                other = await asyncio.to_thread(switch.code, "other", "95013001", "13900139000")
                assert (white, other) == (302, 403)


async def test_no_switch_is_no_answer(tmp_path: Path) -> None:
    rpc = Rpc(tmp_path / "nobody", patience=0.1)
    rpc.open()
    with pytest.raises(SilentError):
        await rpc.up_since()
    rpc.close()
