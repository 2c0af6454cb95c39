"""A gate's counters as a process of their own, to be killed: a line "call value" in, "allow" or "refuse reason" out.

Arguments: ``journal FOLDER`` or ``store URL``, then the cap's limit. The client counts what it has really been told.
"""

import asyncio
import sys
from functools import partial
from pathlib import Path

from nianjian.engines.gate.counters.journal import Journal
from nianjian.engines.gate.counters.meters import Counters, Reservation
from nianjian.engines.gate.counters.store import Store
from nianjian.engines.gate.policy import Cap, Slot

NOON = 1_772_424_000_000


async def serve(kind: str, where: str, limit: int) -> None:
    """Answer until the input ends."""
    cap = Cap("day", "channel", "calendar_day", limit, "rule")
    window = Cap("hour", "callee", "sliding", limit, "rule", seconds=3600)
    counters: Counters = Journal(Path(where), lambda: NOON) if kind == "journal" else Store(where, moment=lambda: NOON)
    await counters.start({"E": [cap, window]})
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    def told(call: str, taken: Reservation) -> None:
        word = "allow" if taken.allowed else "unavailable" if taken.unavailable else "refuse"
        sys.stdout.write(f"{call} {word}\n")
        sys.stdout.flush()

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while line := (await reader.readline()).decode():
        call, which = line.split()
        slots = (Slot(cap, "trunk17"),) if which == "day" else (Slot(window, "13900000001"),)
        counters.take("E", slots, call, NOON, partial(told, call))
    await counters.stop()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
