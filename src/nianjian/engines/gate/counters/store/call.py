"""A call under way: it reserves a token of every leased day, then takes its other windows; or it gives all back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from nianjian.engines.gate.counters import windows
from nianjian.engines.gate.counters.memory import UNAVAILABLE, Done, later
from nianjian.engines.gate.counters.port import Taken
from nianjian.engines.gate.counters.store import names
from nianjian.engines.gate.counters.store.lease import Lease, Leases, Took
from nianjian.engines.gate.policy import Slot

_NONE: Final = -1


class Owner(Protocol):
    """What a call needs of the store."""

    leases: Leases

    def take_windows(self, call: Call, heard: Callable[[Any], None]) -> None:
        """Ask the store for the units of ``call.windows``, all or none."""

    def back(self, took: Took, *, attempts: bool) -> None:
        """Give units of windows back."""

    def decided(self, call: Call, taken: Taken, took: Took | None) -> None:
        """The call is over."""


class Call:
    """One question that memory alone could not answer. ``done`` is told once; what comes later is put back."""

    __slots__ = (
        "call_id", "deadline", "done", "enterprise", "holds", "leased", "missing", "now", "over", "owner",
        "reservation", "windows",
    )  # fmt: skip

    def __init__(
        self, owner: Owner, enterprise: str, slots: Sequence[Slot], *, call_id: str, now: int, done: Done
    ) -> None:
        """``deadline`` and ``reservation`` are the owner's to set."""
        self.owner, self.enterprise, self.call_id, self.now, self.done = owner, enterprise, call_id, now, done
        self.windows = [slot for slot in slots if not slot.cap.leased]
        day = windows.day(now)
        self.leased = [
            (slot, owner.leases.of((enterprise, slot.cap.name, slot.value), day, slot.cap))
            for slot in slots
            if slot.cap.leased
        ]
        self.holds: list[tuple[Lease, int]] = []
        self.missing = 0
        self.over = False
        self.deadline = 0.0
        self.reservation = ""

    def begin(self) -> None:
        """Reserve tokens; refuse at once where a day is known to be exhausted."""
        leases = self.owner.leases
        dry = [(slot, lease) for slot, lease in self.leased if leases.dry(lease)]
        if dry:
            self._finish(self._refusal(*dry[0]), used=False)
            return
        missing = [lease for _, lease in self.leased if not leases.reserve(lease, self)]
        self.missing = len(missing)
        self.holds = [(lease, lease.version) for _, lease in self.leased if lease not in missing]
        if not self.missing:
            self._take_windows()

    def got(self, lease: Lease) -> None:
        """A token more."""
        self.holds.append((lease, lease.version))
        self.missing -= 1
        if not self.missing:
            self._take_windows()

    def full(self, lease: Lease) -> None:
        """A day is exhausted: nothing is burnt."""
        self._finish(self._refusal(next(slot for slot, one in self.leased if one is lease), lease), used=False)

    def fail(self) -> None:
        """The store is silent or gone: nobody can know."""
        self._finish(UNAVAILABLE, used=False)

    def _refusal(self, slot: Slot, lease: Lease) -> Taken:
        retry = windows.whole(windows.day_end(lease.day)) if lease.limit > 0 else None
        return Taken(allowed=False, slot=slot, used=lease.used, limit=lease.limit, retry_at=retry)

    def _take_windows(self) -> None:
        if self.windows:
            self.owner.take_windows(self, self._windows_taken)
        else:
            self._allow([])

    def _windows_taken(self, reply: Any) -> None:  # noqa: ANN401 - a reply
        """{1 or 0, then per window: count, cap, next chance in milliseconds}, or an exception."""
        known = isinstance(reply, list)
        taken = known and reply[0] == 1
        if self.over:  # the deadline is past: what was taken goes back
            if taken or not known:
                self.owner.back(self._took(), attempts=True)
            return
        if not known:
            self.owner.back(self._took(), attempts=True)  # it may have been done
            self.fail()
            return
        found = [(slot, reply[3 * i + 1], reply[3 * i + 2], reply[3 * i + 3]) for i, slot in enumerate(self.windows)]
        if taken:
            self._allow([Taken(allowed=True, slot=slot, used=used, limit=limit) for slot, used, limit, _ in found])
            return
        refused: Taken | None = None
        for slot, used, limit, chance in found:
            if used >= limit:
                end = windows.day_end(windows.day(self.now)) if slot.cap.window == "calendar_day" else chance
                retry = windows.whole(end) if limit > 0 and end != _NONE else None
                full = Taken(allowed=False, slot=slot, used=used, limit=limit, retry_at=retry)
                refused = full if refused is None else later(refused, full)
        self._finish(refused or UNAVAILABLE, used=False)

    def _allow(self, others: list[Taken]) -> None:
        if any(version != lease.version for lease, version in self.holds):  # recalled while the windows were asked
            self.owner.back(self._took(), attempts=True)
            self.fail()
            return
        days = [Taken(allowed=True, slot=slot, used=lease.used, limit=lease.limit) for slot, lease in self.leased]
        fullest = min((*days, *others), key=lambda one: one.limit - one.used, default=Taken(allowed=True))
        self._finish(fullest, used=True)

    def _took(self) -> Took:
        units = tuple(
            (names.window((self.enterprise, slot.cap.name, slot.value), slot.cap, self.now), _answered(slot))
            for slot in self.windows
        )
        return Took(tuple(self.holds), units, self.reservation)

    def _finish(self, taken: Taken, *, used: bool) -> None:
        if self.over:
            return
        self.over = True
        took = self._took() if used else None
        self.owner.decided(self, taken, took)
        for lease, version in self.holds:
            self.owner.leases.decided(lease, version, used=used)


def _answered(slot: Slot) -> bool:
    return slot.cap.counts == "answered"
