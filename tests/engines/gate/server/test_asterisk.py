"""A real Asterisk asks by CURL() and by FastAGI; a failure is a refusal, and the call record says which."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.support.asterisk import Asterisk
from tests.support.gate import cap, tenant
from tests.support.gate_server import Slow, made, running
from tests.support.services import free_ports

pytestmark = pytest.mark.long
BUSY, REFUSED = 486, 403  # what the caller sees of Hangup(17) and Hangup(21)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name: Asterisk's socket stands in it."""
    with tempfile.TemporaryDirectory(prefix="ast-") as folder:
        yield Path(folder)


async def calls(switch: Asterisk, way: str, count: int, prefix: str, callee: str = "13900139000") -> list[int]:
    return [(await asyncio.to_thread(switch.call, f"{prefix}{one}", way + callee))[0] for one in range(count)]


async def recorded(switch: Asterisk, count: int) -> list[str]:
    for _ in range(100):
        if len(records := switch.records()) >= count:
            return records
        await asyncio.sleep(0.1)
    return switch.records()


@pytest.mark.parametrize("way", ["8", "9"], ids=["curl", "fastagi"])
async def test_the_call_above_the_cap_is_refused_by_the_switch(tmp_path: Path, place: Path, way: str) -> None:
    gate = made(tmp_path, tenant(caps=[asdict(cap("L01", 3))]))
    async with running(gate) as ports:
        switch = Asterisk(place, ports["http"], ports["fastagi"])
        await asyncio.to_thread(switch.__enter__)
        try:
            assert await calls(switch, way, 4, "c") == [BUSY] * 3 + [REFUSED]
            status, reason = await asyncio.to_thread(switch.call, "d", way + "13700137000")
            assert status == REFUSED
            assert "cause=21" in reason
            noted = await recorded(switch, 5)
        finally:
            await asyncio.to_thread(switch.__exit__)
    expected = {
        f'"{way}13900139000","gate=allow|cause=': 3, f'"{way}13900139000","gate=deny cap|cause=21': 1,
        f'"{way}13700137000","gate=deny do-not-call|cause=21': 1,
    }  # fmt: skip
    assert {begin: sum(line.startswith(begin) for line in noted) for begin in expected} == expected, noted


async def test_a_silent_gate_and_none_are_refusals(tmp_path: Path, place: Path) -> None:
    gate = made(tmp_path, counters=Slow(), patience=60)
    nobody, _ = free_ports(2)
    async with running(gate) as ports:
        switch = Asterisk(place, ports["http"], ports["fastagi"], limit="0.3")
        await asyncio.to_thread(switch.__enter__)
        try:
            for way in ("8", "9"):
                assert await calls(switch, way, 1, f"silent{way}") == [REFUSED]
            switch.tell(f"dialplan set global GATE_URL http://127.0.0.1:{nobody}/gate")
            switch.tell(f"dialplan set global GATE_AGI agi://127.0.0.1:{nobody}/decide")
            for way in ("8", "9"):
                assert await calls(switch, way, 1, f"gone{way}") == [REFUSED]
            noted = await recorded(switch, 4)
        finally:
            await asyncio.to_thread(switch.__exit__)
    assert all('"gate=deny gate-unavailable|cause=21' in line for line in noted), noted
    assert len(noted) == 4
