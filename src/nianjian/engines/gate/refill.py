"""What a common store must know before gates may count by it: counts out of the decision journals, a new generation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from nianjian.engines.gate import telephone
from nianjian.engines.gate.asked import ALLOWED, Request
from nianjian.engines.gate.counters import windows
from nianjian.engines.gate.counters.meters import Key
from nianjian.engines.gate.counters.store.rebuild import Figures, Unit, rebuild
from nianjian.engines.gate.decisions.journal import SUFFIX
from nianjian.engines.gate.decisions.search import Found, decisions
from nianjian.engines.gate.policy import Cap, Channel, Slot
from nianjian.engines.gate.snapshot.read import Snapshot


def files(folders: Iterable[Path], snapshot: Snapshot, now: int) -> list[Path]:
    """The journals that may hold units of windows still open: those of the longest cap, and of days yet to come."""
    caps = (cap for tenant in snapshot.tenants.values() for cap in tenant.policy.caps)
    oldest = min([_since(cap, now) for cap in caps], default=now)
    first = min(windows.day(oldest), windows.day(now) - 1)
    return sorted(_days(folders, windows.day_name(first)))


def _days(folders: Iterable[Path], first: str) -> Iterable[Path]:
    for folder in folders:
        yield from (path for path in folder.glob(f"????-??-??/*{SUFFIX}") if path.parent.name >= first)


def figures(journals: Iterable[Path], snapshot: Snapshot, now: int) -> Figures:
    """Count what was allowed in windows that may be open at ``now``. Processes of yesterday and later held tokens."""
    allows: Counter[tuple[Key, int]] = Counter()
    units: list[Unit] = []
    processes: set[tuple[str, str]] = set()
    yesterday = windows.day_name(windows.day(now) - 1)
    for path in journals:
        if path.parent.name >= yesterday:
            processes.add((str(path.parent.parent), path.stem))
        for one in decisions(path, Found([])):
            if one.verdict.allow and one.reason == ALLOWED:
                _count(one.request, snapshot, now, allows, units)
    return Figures(len(processes), allows, units)


def _count(asked: Request, snapshot: Snapshot, now: int, allows: Counter[tuple[Key, int]], units: list[Unit]) -> None:
    for slot in _slots(asked, snapshot):
        if asked.at < _since(slot.cap, now):
            continue
        key = (asked.enterprise, slot.cap.name, slot.value)
        if slot.cap.leased:
            allows[key, windows.day(asked.at)] += 1
        else:
            units.append(Unit(key, slot.cap, asked.at, asked.call_id))


def _slots(asked: Request, snapshot: Snapshot) -> tuple[Slot, ...]:
    """The counters of a call that was let go, by the caps in force.

    Nothing is decided anew: a call that would be refused today has used its units all the same.
    """
    tenant = snapshot.tenants.get(asked.enterprise)
    if tenant is None:
        return ()
    display, _rows = tenant.display(asked.display)
    line = tenant.lines.get(asked.channel)
    channel = Channel(asked.channel) if line is None else line.channel
    return tenant.slots(asked, display, telephone.key(asked.callee), channel, tenant.purpose(asked.purpose))


def _since(cap: Cap, now: int) -> int:
    """From when on, epoch milliseconds, a call may count in a window of the cap that is open at ``now``.

    Never later than a day ago, as clocks differ. Where an anchored window begins depends on the one before it.
    """
    if cap.window == "calendar_day":
        return windows.day_end(windows.day(now) - 2)
    return now - max(windows.DAY, cap.seconds * 1000 * (2 if cap.window == "anchored" else 1))


async def refill(url: str, folders: Iterable[Path], snapshot: Snapshot, now: int) -> tuple[str, Figures]:
    """Fill the store at ``url``; the new generation, and what was counted. Errors as `rebuild`'s."""
    found = figures(files(folders, snapshot, now), snapshot, now)
    caps = {code: one.policy.caps for code, one in snapshot.tenants.items()}
    return await rebuild(url, caps, found), found
