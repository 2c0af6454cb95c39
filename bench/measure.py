"""Runs a command as a process of its own and tells what it cost, its children included."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU and wall seconds, peak resident MiB of the largest process, and what the command printed as JSON."""

    cpu: float
    wall: float
    peak: float
    answer: Any


def run(words: Sequence[str], *, environment: Mapping[str, str], allowed: Sequence[int] = (0,)) -> Cost:
    """Run once; an exit code that is not allowed ends the bench."""
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, *words], env=environment, stdout=subprocess.PIPE)
    assert child.stdout is not None  # noqa: S101 - asked for above
    out = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in allowed:
        sys.exit(f"{' '.join(words[:6])} … ended with {child.returncode}")
    return Cost(
        used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024, json.loads(out or b"null")
    )


def median(once: Callable[[], Cost], times: int) -> Cost:
    """The run with the median CPU time of several."""
    costs = sorted((once() for _ in range(times)), key=lambda cost: cost.cpu)
    middle = statistics.median_low([cost.cpu for cost in costs])
    return next(cost for cost in costs if cost.cpu == middle)
