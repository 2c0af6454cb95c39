"""Finish or drop what a killed process left open."""

from __future__ import annotations

from nianjian.features.calls.operations.finish import settle
from nianjian.platform.home import wiring
from nianjian.platform.jobs import query


def recover() -> int:
    """Look at every open intent; the number of those finished or dropped.

    An enterprise whose lake is being written is left alone: its intent belongs to a living process.
    """
    done = 0
    for enterprise in sorted({one.enterprise for one in query.open_intents()}):
        lake = wiring.lake(enterprise)
        if lake.busy():
            continue
        with lake.lock():
            # Read again under the lock: the list may have been of a process that has finished since.
            for one in query.open_intents():
                if one.enterprise == enterprise:
                    settle(intent=one.id, kind=one.kind, enterprise=enterprise, payload=one.payload, lake=lake)
                    done += 1
    return done
