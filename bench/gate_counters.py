"""Decisions per CPU-second of the gate's process for each kind of counters, without any door: `python -m bench.gate_counters`.

32 calls are under way at a time over 500 channels with a cap that is not met; one process, its own CPU alone.
"""

import argparse
import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import uvloop

from bench import machine
from nianjian.engines.gate.counters.journal import Journal
from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.counters.meters import Counters, Reservation, milliseconds
from nianjian.engines.gate.counters.store import Store
from nianjian.engines.gate.policy import Cap, Slot
from nianjian.engines.gate.refill import Figures, rebuild_store

CHANNELS: Final = 500
UNDER_WAY: Final = 32
CAP: Final = Cap("channel-day", "channel", "calendar_day", 10_000_000, "bench")
WINDOW: Final = Cap("callee-hour", "callee", "sliding", 100_000, "bench", seconds=3600)
Made = Callable[[], Counters]


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of counters; decisions per CPU-second and per second as seen; µs to an answer."""

    name: str
    per_cpu: float
    seen: float
    p50: float
    p99: float


async def _clients(counters: Counters, slots: list[tuple[Slot, ...]], calls: int) -> list[float]:
    """Let `UNDER_WAY` clients ask until so many calls are answered; the µs that each took."""
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    took: list[float] = []
    questions = islice(cycle(slots), calls)
    number = 0

    def ask() -> None:
        nonlocal number
        slot = next(questions, None)
        if slot is None:
            if len(took) == calls and not ended.done():
                ended.set_result(None)
            return
        number += 1
        began = time.perf_counter()

        def done(taken: Reservation) -> None:
            took.append((time.perf_counter() - began) * 1e6)
            if not taken.allowed:
                sys.exit(f"refused: {taken}, {counters.state()}")
            loop.call_soon(ask)

        counters.take("BENCH", slot, f"c{number}", milliseconds(), done)

    for _ in range(UNDER_WAY):
        ask()
    await ended
    return took


async def _measured(name: str, counters: Counters, slots: list[tuple[Slot, ...]], calls: int) -> Line:
    await counters.start({"BENCH": [CAP, WINDOW]})
    await _clients(counters, slots, min(calls, 5_000))
    cpu, wall = time.process_time(), time.perf_counter()
    took = await _clients(counters, slots, calls)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    await counters.stop()
    cut = statistics.quantiles(took, n=100)
    return Line(name, calls / cpu, calls / wall, cut[49], cut[98])


def _blocks(size: int) -> Callable[[Cap], int]:
    return lambda _: size


def _lines(folder: Path, url: str, calls: int) -> list[Line]:
    days: list[tuple[Slot, ...]] = [(Slot(CAP, f"trunk{number}"),) for number in range(CHANNELS)]
    both: list[tuple[Slot, ...]] = [(*slot, Slot(WINDOW, f"139{number:08d}")) for number, slot in enumerate(days)]
    kinds: list[tuple[str, Made, list[tuple[Slot, ...]], int]] = [
        ("memory", Memory, days, calls),
        ("own journal, blocks of 10", lambda: Journal(folder / "a", block=_blocks(10)), days, calls),
        ("own journal, blocks of 50", lambda: Journal(folder / "b", block=_blocks(50)), days, calls),
        ("own journal, day and a sliding window", lambda: Journal(folder / "c", block=_blocks(10)), both, calls // 20),
    ]
    if url:
        kinds += [
            ("Valkey, AOF always, blocks of 10", lambda: Store(url, block=_blocks(10), deadline=5), days, calls),
            ("Valkey, AOF always, blocks of 50", lambda: Store(url, block=_blocks(50), deadline=5), days, calls),
            ("Valkey, day and a sliding window", lambda: Store(url, block=_blocks(10), deadline=5), both, calls // 20),
        ]
    lines = []
    for name, made, slots, count in kinds:
        lines.append(uvloop.run(_of(name, made, slots, count)))
        print(_row(lines[-1]), flush=True)
    return lines


async def _of(name: str, made: Made, slots: list[tuple[Slot, ...]], calls: int) -> Line:
    return await _measured(name, made(), slots, calls)


def _row(line: Line) -> str:
    figures = f"{line.per_cpu:,.0f} | {line.seen:,.0f} | {line.p50:,.0f} | {line.p99:,.0f}"
    return f"| {line.name} | {figures} |"


def main() -> int:
    """Print a table; a store is measured where `valkey-server` is installed."""
    parser = argparse.ArgumentParser(prog="python -m bench.gate_counters", description=__doc__)
    parser.add_argument("--calls", type=int, default=300_000, help="calls of each kind (default 300,000)")
    parser.add_argument(
        "--folder", type=Path, default=Path("var/bench-gate"), help="where the journals and the store's file lie"
    )
    args = parser.parse_args()
    folder: Path = args.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    program = shutil.which("valkey-server")
    place = Path(tempfile.mkdtemp(prefix="vk-"))
    print("\n".join(machine.describe()))
    print("\n| counters | per CPU-s of the gate | per second seen | p50 µs | p99 µs |\n|---|---|---|---|---|")
    server = None
    try:
        if program is not None:
            words = ("--port", "0", "--unixsocket", str(place / "s"), "--dir", str(folder), "--save", "")
            fit = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction")
            server = subprocess.Popen([program, *words, *fit], env={"LC_ALL": "C"}, stdout=subprocess.DEVNULL)
            while not (place / "s").exists():
                time.sleep(0.05)
            time.sleep(0.2)
            asyncio.run(rebuild_store(f"unix://{place}/s", {"BENCH": [CAP, WINDOW]}, Figures(gates=0)))
        _lines(folder, f"unix://{place}/s" if server else "", args.calls)
    finally:
        if server is not None:
            server.kill()
            server.wait()
        shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
