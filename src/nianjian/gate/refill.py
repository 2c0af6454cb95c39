"""What a common store must know before gates may count by it: counts out of the decision journals, a new generation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from nianjian.gate.asked import ALLOWED
from nianjian.gate.counters import windows
from nianjian.gate.counters.meters import Key
from nianjian.gate.counters.store.rebuild import Figures, Unit, rebuild
from nianjian.gate.decide import Refusal, decide
from nianjian.gate.decisions.journal import SUFFIX
from nianjian.gate.decisions.record import Decision
from nianjian.gate.decisions.search import Found, decisions
from nianjian.gate.snapshot.read import Snapshot


def files(folders: Iterable[Path], now: int) -> list[Path]:
    """The journals that may hold units of windows still open: of yesterday, today, and of days yet to come."""
    oldest = windows.day_name(windows.day(now) - 1)
    return sorted(
        path for folder in folders for path in folder.glob(f"????-??-??/*{SUFFIX}") if path.parent.name >= oldest
    )


def figures(journals: Iterable[Path], snapshot: Snapshot) -> Figures:
    """Count what was allowed, by the counters that the snapshot in force asks. Each journal's process held tokens."""
    allows: Counter[tuple[Key, int]] = Counter()
    units: list[Unit] = []
    processes: set[tuple[str, str]] = set()
    for path in journals:
        processes.add((str(path.parent.parent), path.stem))
        for one in decisions(path, Found([])):
            if one.verdict.allow and one.reason == ALLOWED:
                _count(one, snapshot, allows, units)
    return Figures(len(processes), allows, units)


def _count(one: Decision, snapshot: Snapshot, allows: Counter[tuple[Key, int]], units: list[Unit]) -> None:
    slots = decide(one.request, snapshot, snapshot.checked_at * 1000)
    if isinstance(slots, Refusal):
        return  # by what holds now no counter is asked
    for slot in slots:
        key = (one.request.enterprise, slot.cap.name, slot.value)
        if slot.cap.leased:
            allows[key, windows.day(one.request.at)] += 1
        else:
            units.append(Unit(key, slot.cap, one.request.at, one.request.call_id))


async def refill(url: str, folders: Iterable[Path], snapshot: Snapshot, now: int) -> tuple[str, Figures]:
    """Fill the store at ``url``; the new generation, and what was counted. Errors as `rebuild`'s."""
    found = figures(files(folders, now), snapshot)
    caps = {code: one.policy.caps for code, one in snapshot.tenants.items()}
    return await rebuild(url, caps, found), found
