"""Kamailio's ways beside the leases: no check, its own htable counter, Redis, HTTP."""

import asyncio
import statistics
from pathlib import Path
from typing import Final

from tests.support.flood import built, flood
from tests.support.kamailio import HTTP, LEASE, Kamailio

from bench.gate.cost import TICK, Rate, cpu_of_group
from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.kamailio import Rpc, SwitchLeases
from nianjian.engines.gate.server.gate import Gate
from nianjian.engines.gate.snapshot.read import CurrentSnapshot

NUMBERS: Final = 500
FIRST: Final = 95_013_000
OWN: Final = """$var(n) = $shtinc(own=>$fU); if ($var(n) > 1000000000) { sl_send_reply("403", "Cap"); exit; }"""
REDIS: Final = (
    """redis_cmd("gate", "INCR n:$fU", "r"); if ($redis(r=>value) == $null) { sl_send_reply("503", "No"); exit; }"""
)
WAYS: Final = {
    "Kamailio: redirect without check": ("", ""),
    "Kamailio: leases pushed by the gate": (LEASE, ""),
    "Kamailio: its own htable counter": (OWN, 'modparam("htable", "htable", "own=>size=14;initval=0;")'),
    "Kamailio: HTTP to the gate": (HTTP, ""),
}


async def rates(
    folder: Path, *, snapshot: Path, seconds: float, gate_port: int, redis: str, rounds: int
) -> dict[str, Rate]:
    """Calls per CPU-second of Kamailio's processes for each way, all ways in turn in each round; medians."""
    ways = dict(WAYS)
    if redis:
        server = f'loadmodule "ndb_redis.so"\nmodparam("ndb_redis", "server", "name=gate;unix={redis}")'
        ways["Kamailio: INCR in Valkey"] = (REDIS, server)
    held = CurrentSnapshot(snapshot)
    held.refresh()
    found: dict[str, list[Rate]] = {name: [] for name in ways}
    for turn in range(rounds):
        for number, (name, (ask, extra)) in enumerate(ways.items()):
            gate = Gate(held, Memory())
            await gate.counters.start({})
            switch = Kamailio(folder / f"{turn}-{number}", ask, extra=extra, gate_port=gate_port)
            await asyncio.to_thread(switch.start)
            leases = SwitchLeases(gate, Rpc(switch.socket))
            try:
                if ask == LEASE:
                    leases.start()
                    await asyncio.sleep(2)
                assert switch.process is not None  # noqa: S101 - started above
                before = cpu_of_group(switch.process.pid)
                done = await flood(
                    built(folder), switch.port, numbers=NUMBERS, seconds=seconds, allowed=10**9, first=FIRST
                )
                used = max(cpu_of_group(switch.process.pid) - before, 1 / TICK)
                found[name].append(
                    Rate(
                        done.calls / used,
                        done.calls / done.seconds,
                        done.p50,
                        done.p99,
                        done.allowed / max(done.calls, 1),
                    )
                )
            finally:
                await leases.stop()
                await asyncio.to_thread(switch.stop)
                await gate.counters.stop()
    return {name: statistics_of(many) for name, many in found.items()}


def statistics_of(many: list[Rate]) -> Rate:
    """The run with the median rate per CPU-second."""
    middle = statistics.median_low([one.per_cpu for one in many])
    return next(one for one in many if one.per_cpu == middle)
