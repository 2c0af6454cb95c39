"""CPU seconds of processes that go on running."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICK: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Rate:
    """Decisions per CPU-second of the server, per second seen; latencies in µs; the share that was allowed."""

    per_cpu: float
    seen: float
    p50: float
    p99: float
    allowed: float


def cpu_of(pid: int) -> float:
    """CPU seconds of one process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def cpu_of_group(leader: int) -> float:
    """CPU seconds of all processes of a group so far."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            total += (int(fields[11]) + int(fields[12])) / TICK
    return total
