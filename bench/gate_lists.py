"""`python -m bench.gate_lists`: size, building and look-up of the gate's lists. Kept in bench/results by hand.

A do-not-call list as it is built from a bare file, and a consent list with moments and a purpose; look-ups in a process
of its own that loads neither numpy nor anything else of the builder, half of them numbers that are in the list.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from bench import machine

LIMIT_BYTES: Final = 1_500_000_000  # of 100 million entries
LIMIT_P99: Final = 5.0  # microseconds by the clock
HUNDRED: Final = 100_000_000
PIECE: Final = 1_000_000
COLUMNS: Final = (
    "list", "entries", "bytes", "at 100 million", "built in CPU s", "memory of the builder", "sha256 in CPU s",
    "p50 CPU", "p99 CPU", "p99 by the clock", "mean of `in`, CPU",
)  # fmt: skip
LOOKED_UP: Final = 200_000
FIRST, LAST = 13_000_000_000, 20_000_000_000


def main(argv: Sequence[str] | None = None) -> int:
    """Build both lists, look up, print a table; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.gate_lists", description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000_000, help="numbers in each list (default 10,000,000)")
    parser.add_argument("--look", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.look:
        print(json.dumps(_look(args.look)))
        return 0
    print("\n".join(machine.describe()))
    print(f"\n| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    missed = 0
    for name, spans in (("do-not-call", False), ("consents", True)):
        told = _measured(args.entries, spans=spans)
        whole = told["bytes"] * HUNDRED / told["entries"]
        missed += whole > LIMIT_BYTES or told["p99_clock"] > LIMIT_P99
        print(
            f"| {name} | {told['entries']:,} | {told['bytes']:,} | {whole / 1e9:.2f} GB | {told['built']:.0f} s "
            f"| {told['build_mb']:,} MB | {told['hash']:.2f} s | {told['p50']:.2f} µs | {told['p99']:.2f} µs "
            f"| {told['p99_clock']:.2f} µs | {told['cpu']:.2f} µs |"
        )
    return 1 if missed else 0


def _measured(entries: int, *, spans: bool) -> dict[str, Any]:
    """Build in this process, look up in another."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        path = Path(folder) / "a.list"
        began = time.process_time()
        count = _build(path, entries, spans=spans)
        built = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        words = [sys.executable, "-m", "bench.gate_lists", "--look", str(path)]
        told: dict[str, Any] = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
        return {**told, "entries": count, "bytes": path.stat().st_size, "built": built, "build_mb": peak}


def _build(path: Path, entries: int, *, spans: bool) -> int:
    import numpy as np  # noqa: PLC0415 -- the process that looks up must not have it

    from nianjian.engines.gate.snapshot.list_builder import ENTRY, ListBuilder  # noqa: PLC0415 -- it takes numpy

    draw = np.random.default_rng(1)
    with ListBuilder(path, spans=spans, purposes=spans) as builder:
        for start in range(0, entries, PIECE):
            piece = np.zeros(min(PIECE, entries - start), ENTRY)
            piece["key"] = draw.integers(FIRST, LAST, len(piece), "u8")
            piece["from"] = draw.integers(1_700_000_000, 1_790_000_000, len(piece), "u4")
            piece["to"] = piece["from"] + 31_536_000
            piece["purpose"] = draw.integers(0, 4, len(piece), "u1")
            builder.add(piece)
        return builder.finish()


def _look(path: Path) -> dict[str, Any]:
    """CPU seconds to read the file through, and the time of each look-up.

    By the thread's CPU clock, which others on the machine do not change, and by the wall's.
    """
    import random  # noqa: PLC0415 -- only here

    from nianjian.engines.gate.snapshot.files import sha256_of  # noqa: PLC0415 -- only here
    from nianjian.engines.gate.snapshot.lists import LOW, NumberList  # noqa: PLC0415 -- only here

    began = time.process_time()
    sha256_of(path)
    hashed = time.process_time() - began
    found = NumberList(path, ("", "a", "b", "c"))
    draw = random.Random(2)
    columns = found._low, found._high, found._start  # noqa: SLF001 -- numbers that are in the list, without a list of them
    keys = []
    for turn in range(LOOKED_UP):
        place = draw.randrange(found.entries)
        at = max(at for at in range(len(columns[1])) if columns[2][at] <= place)
        keys.append(draw.randrange(FIRST, LAST) if turn % 2 else (columns[1][at] << 32) + (columns[0][place] & LOW))
    for key in keys[:1000]:
        key in found  # noqa: B015 -- the first pages are read
    by_clock, by_cpu = (_times(found, keys, clock) for clock in (time.perf_counter_ns, time.thread_time_ns))
    began = time.process_time()
    hits = sum(key in found for key in keys)
    cpu = time.process_time() - began
    assert hits >= LOOKED_UP // 2  # noqa: S101 -- a look-up that finds nothing would be quick
    assert "numpy" not in sys.modules  # noqa: S101 -- as in the gate
    told = {"hash": hashed, "cpu": cpu / len(keys) * 1e6, "p99_clock": by_clock[98]}
    return told | {"p50": by_cpu[49], "p99": by_cpu[98]}


def _times(found: Any, keys: Sequence[int], clock: Callable[[], int]) -> list[float]:
    """Percentiles of one look-up in microseconds; the reading of the clock is in them."""
    times = []
    for key in keys:
        start = clock()
        any(found.holding(key, 1_780_000_000))
        times.append((clock() - start) / 1000)
    return statistics.quantiles(times, n=100)


if __name__ == "__main__":
    sys.exit(main())
