"""A store that is new, was emptied, or was set back to an old copy gets its counts and a new generation."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from nianjian.engines.gate.counters import windows
from nianjian.engines.gate.counters.meters import Key
from nianjian.engines.gate.counters.store import names
from nianjian.engines.gate.counters.store.address import Address
from nianjian.engines.gate.counters.store.keeper import fit, functions
from nianjian.engines.gate.counters.store.resp import Connection, connect
from nianjian.engines.gate.policy import Cap

_PART: Final = 500


@dataclass(frozen=True, slots=True)
class Unit:
    """A call that a window which is not leased still counts: when it was taken, epoch milliseconds, and its id."""

    key: Key
    cap: Cap
    at: int
    call_id: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What the decision journals of all gates know.

    ``allows``: calls allowed of a leased slot on a day. ``gates``: processes that may have held tokens; for each a
    block is added, as what they held is in no journal. ``units``: calls in windows that are taken one by one.
    """

    gates: int
    allows: Mapping[tuple[Key, int], int] = field(default_factory=dict)
    units: Iterable[Unit] = ()


async def rebuild(
    url: str, caps: Mapping[str, Sequence[Cap]], figures: Figures, block: Callable[[Cap], int] = windows.block
) -> str:
    """Raise every count to the larger of the store's and the figure; the new generation, written last.

    All gates refuse from the first step on until they are told the new generation. NianjianError where
    the store is not fit; OSError where it is away: then it is done again from the start.
    """
    connection = await connect(Address.of(url), lambda: None)
    try:
        await fit(connection)
        await connection.ask("DEL", names.CANARY)
        await connection.ask("FUNCTION", "LOAD", "REPLACE", functions())
        by_name = {(enterprise, cap.name): cap for enterprise, several in caps.items() for cap in several}
        raised = []
        for (key, day), count in figures.allows.items():
            cap = by_name.get(key[:2])
            raised.append((names.granted(key, day), count + figures.gates * (block(cap) if cap else 1)))
        for begin in range(0, len(raised), _PART):
            part = raised[begin : begin + _PART]
            await connection.ask("FCALL", names.RAISE, len(part), *(key for key, _ in part), *(one for _, one in part))
        await _windows(connection, figures.units)
        for (enterprise, name), cap in by_name.items():
            await connection.ask("HSET", names.policy(enterprise, name), "epoch", cap.epoch, "cap", cap.limit)
        await connection.ask("INCR", names.CHANGES)
        generation = secrets.token_hex(8)
        await connection.ask("SET", names.CANARY, generation)
    finally:
        connection.close()
    return generation


async def _windows(connection: Connection, units: Iterable[Unit]) -> None:
    """Beside what is there: a unit that both know counts twice, which is the strict side."""
    for number, unit in enumerate(sorted(units, key=lambda one: one.at)):
        window = names.window(unit.key, unit.cap, unit.at)
        if unit.cap.window == "anchored":
            start, length = await connection.ask("ZSCORE", window, ""), unit.cap.seconds * 1000
            if start is not None and unit.at + length <= int(float(start)):
                continue  # of a window that was over before this one began
            if start is None or unit.at >= int(float(start)) + length:
                await connection.ask("DEL", window)
                await connection.ask("ZADD", window, unit.at, "")
        await connection.ask("ZADD", window, unit.at, f"rebuilt:{number}:{unit.call_id}")
        await connection.ask("EXPIRE", window, unit.cap.seconds + windows.KEPT // 1000)
