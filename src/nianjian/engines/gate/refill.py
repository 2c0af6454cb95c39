"""A store that is new, emptied or set back gets its counts out of the decision journals, and a new generation."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nianjian.engines.gate import question
from nianjian.engines.gate.counters import meters, store_client
from nianjian.engines.gate.counters.meters import Key
from nianjian.engines.gate.counters.store_client import Address, Connection, connect, require_fit_store, store_functions
from nianjian.engines.gate.decision_journal import SUFFIX
from nianjian.engines.gate.decision_search import DecisionMatches, read_decisions
from nianjian.engines.gate.policy import Cap, Channel, Slot
from nianjian.engines.gate.question import ALLOWED, Request
from nianjian.engines.gate.snapshot.read import Snapshot

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


async def rebuild_store(url: str, caps: Mapping[str, Sequence[Cap]], figures: Figures) -> str:
    """Raise every count to the larger of the store's and the figure; the new generation, written last.

    All gates refuse from the first step on until they are told the new generation. NianjianError where
    the store is not fit; OSError where it is away: then it is done again from the start.
    """
    connection = await connect(Address.of(url), lambda: None)
    try:
        await require_fit_store(connection)
        await connection.ask("DEL", store_client.CANARY)
        await connection.ask("FUNCTION", "LOAD", "REPLACE", store_functions())
        by_name = {(enterprise, cap.name): cap for enterprise, several in caps.items() for cap in several}
        raised = []
        for (key, day), count in figures.allows.items():
            cap = by_name.get(key[:2])
            raised.append(
                (store_client.granted_key(key, day), count + figures.gates * (meters.token_block(cap) if cap else 1))
            )
        for begin in range(0, len(raised), _PART):
            part = raised[begin : begin + _PART]
            words: list[str | int] = [*(key for key, _ in part), *(one for _, one in part)]
            await connection.ask("FCALL", store_client.RAISE, len(part), *words)
        await _rebuild_windows(connection, figures.units)
        for (enterprise, name), cap in by_name.items():
            await connection.ask(
                "HSET", store_client.policy_key(enterprise, name), "epoch", cap.epoch, "cap", cap.limit
            )
        await connection.ask("INCR", store_client.CHANGES)
        generation = secrets.token_hex(8)
        await connection.ask("SET", store_client.CANARY, generation)
    finally:
        connection.close()
    return generation


async def _rebuild_windows(connection: Connection, units: Iterable[Unit]) -> None:
    """Beside what is there: a unit that both know counts twice, which is the strict side."""
    for number, unit in enumerate(sorted(units, key=lambda one: one.at)):
        window = store_client.window_key(unit.key, unit.cap, unit.at)
        if unit.cap.window == "anchored":
            start, length = await connection.ask("ZSCORE", window, ""), unit.cap.seconds * 1000
            if start is not None and unit.at + length <= int(float(start)):
                continue  # of a window that was over before this one began
            if start is None or unit.at >= int(float(start)) + length:
                await connection.ask("DEL", window)
                await connection.ask("ZADD", window, unit.at, "")
        await connection.ask("ZADD", window, unit.at, f"rebuilt:{number}:{unit.call_id}")
        await connection.ask("EXPIRE", window, unit.cap.seconds + meters.RETENTION // 1000)


def open_journals(folders: Iterable[Path], snapshot: Snapshot, now: int) -> list[Path]:
    """The journals that may hold units of windows still open: those of the longest cap, and of days yet to come."""
    caps = (cap for tenant in snapshot.tenants.values() for cap in tenant.policy.caps)
    oldest = min([_window_start(cap, now) for cap in caps], default=now)
    first = min(meters.day_number(oldest), meters.day_number(now) - 1)
    paths = (path for folder in folders for path in folder.glob(f"????-??-??/*{SUFFIX}"))
    return sorted(path for path in paths if path.parent.name >= meters.day_name(first))


def count_figures(journals: Iterable[Path], snapshot: Snapshot, now: int) -> Figures:
    """Count what was allowed in windows that may be open at ``now``. Processes of yesterday and later held tokens."""
    allows: Counter[tuple[Key, int]] = Counter()
    units: list[Unit] = []
    processes: set[tuple[str, str]] = set()
    yesterday = meters.day_name(meters.day_number(now) - 1)
    for path in journals:
        if path.parent.name >= yesterday:
            processes.add((str(path.parent.parent), path.stem))
        for one in read_decisions(path, DecisionMatches([])):
            if one.verdict.allow and one.reason == ALLOWED:
                for slot in _slots_of(one.request, snapshot):
                    if one.request.at < _window_start(slot.cap, now):
                        continue
                    key = (one.request.enterprise, slot.cap.name, slot.value)
                    if slot.cap.leased:
                        allows[key, meters.day_number(one.request.at)] += 1
                    else:
                        units.append(Unit(key, slot.cap, one.request.at, one.request.call_id))
    return Figures(len(processes), allows, units)


def _slots_of(request: Request, snapshot: Snapshot) -> tuple[Slot, ...]:
    """The counters of a call that was let go, by the caps in force: one refused today has used its units, too."""
    tenant = snapshot.tenants.get(request.enterprise)
    if tenant is None:
        return ()
    display, _rows = tenant.display(request.display)
    line = tenant.lines.get(request.channel)
    channel = Channel(request.channel) if line is None else line.channel
    return tenant.slots(request, display, question.number_key(request.callee), channel, tenant.purpose(request.purpose))


def _window_start(cap: Cap, now: int) -> int:
    """From when on, epoch milliseconds, a call may count in a window of the cap that is open at ``now``.

    Never later than a day ago, as clocks differ. Where an anchored window begins depends on the one before it.
    """
    if cap.window == "calendar_day":
        return meters.day_end(meters.day_number(now) - 2)
    return now - max(meters.DAY, cap.seconds * 1000 * (2 if cap.window == "anchored" else 1))


async def refill_store(url: str, folders: Iterable[Path], snapshot: Snapshot, now: int) -> tuple[str, Figures]:
    """Fill the store at ``url``; the new generation, and what was counted. Errors as `rebuild_store`'s."""
    figures = count_figures(open_journals(folders, snapshot, now), snapshot, now)
    caps = {code: one.policy.caps for code, one in snapshot.tenants.items()}
    return await rebuild_store(url, caps, figures), figures
