"""How many calls ring and how many agents are free, call by call: a sweep over the events of `question.events`.

The engine puts the events in order and hands them on in batches; here they are added up, in whole numbers and with the
memory of one batch. At a team's last event nothing rings and nobody is here, so the sums run on over the next team's.

Cost: some 20 nanoseconds an event; a running sum in the engine itself costs a microsecond and a half.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

DIALS: Final = 2
"""The place of the event that a call is dialled among those of its moment."""
HOUR: Final = 3_600_000_000  # microseconds
EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- wall time, as in the lake
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dialled:
    """Calls of one batch at the moment when each was dialled: how many rang (itself included), how many were free."""

    rows: pa.RecordBatch
    ringing: Whole
    free: Whole

    @property
    def hours(self) -> Whole:
        """Hours since the epoch, on the wall."""
        return np.asarray(self.rows["at"].cast(pa.int64())) // HOUR


def dialled(batches: Iterable[pa.RecordBatch]) -> Iterator[Dialled]:
    """The calls in the order of team and time; batches have `team`, `at`, `place`, `ring` and `idle`."""
    ring = idle = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        rings, idles = (np.cumsum(np.asarray(batch[name]), dtype=np.int64) for name in ("ring", "idle"))
        rings, idles = rings + ring, idles + idle
        ring, idle = int(rings[-1]), int(idles[-1])
        here = np.asarray(batch["place"]) == DIALS
        yield Dialled(batch.filter(pa.array(here)), rings[here], np.maximum(idles[here], 0))


def by_hour(batches: Iterable[pa.RecordBatch]) -> dict[tuple[str, datetime], dict[str, int]]:
    """(team, hour) -> `over` calls dialled while more rang than were free, the most `ringing`, and the `widest` gap."""
    found: dict[tuple[str, datetime], dict[str, int]] = {}
    for one in dialled(batches):
        if not one.rows.num_rows:
            continue
        team, hour = one.rows["team"].dictionary_encode(), one.hours
        codes = np.asarray(team.indices)
        begins = np.flatnonzero(np.r_[True, (np.diff(codes) != 0) | (np.diff(hour) != 0)])
        over = np.add.reduceat((one.ringing > one.free).astype(np.int64), begins)
        ringing, widest = (np.maximum.reduceat(of, begins) for of in (one.ringing, one.ringing - one.free))
        for place, first in enumerate(begins):
            key = str(team.dictionary[codes[first]]), EPOCH + timedelta(hours=int(hour[first]))
            before = found.setdefault(key, {"over": 0, "ringing": 0, "widest": int(widest[place])})
            before["over"] += int(over[place])
            before["ringing"] = max(before["ringing"], int(ringing[place]))
            before["widest"] = max(before["widest"], int(widest[place]))
    return found


def clearest(batches: Iterable[pa.RecordBatch], hours: Mapping[str, datetime], most: int) -> list[dict[str, Any]]:
    """Of each team's hour the calls that were dialled over, the widest first; batches have `source` and `one`, too."""
    wanted = {team: int((hour - EPOCH) / timedelta(hours=1)) for team, hour in hours.items()}
    told: dict[str, list[dict[str, Any]]] = {team: [] for team in wanted}
    for one in dialled(batches):
        over = (one.ringing > one.free) & np.isin(one.hours, list(wanted.values()))
        rows = one.rows.filter(pa.array(over)).select(["team", "at", "source", "one"]).to_pylist()
        figures = zip(rows, one.hours[over], one.ringing[over], one.free[over], strict=True)
        for row, hour, ringing, free in figures:
            if wanted.get(row["team"]) == hour:
                told[row["team"]].append(row | {"ringing": int(ringing), "free": int(free)})
    return [row for team in sorted(told) for row in heapq.nsmallest(most, told[team], key=_clear)]


def _clear(row: Mapping[str, Any]) -> tuple[int, datetime, str]:
    return row["free"] - row["ringing"], row["at"], row["one"]
