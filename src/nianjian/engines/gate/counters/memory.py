"""Counters of one process that keep nothing: for trials and tests. A restart forgets what was used."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Generic, TypeVar

from nianjian.engines.gate.counters.meters import (
    AHEAD,
    DAY,
    Again,
    Beat,
    Days,
    Key,
    Meter,
    Meters,
    Reservation,
    Unit,
    Watch,
    milliseconds,
)
from nianjian.engines.gate.policy import Cap, Slot

MOST_CALLS: Final = 1_000_000
CallUnits = TypeVar("CallUnits")


class Calls(Generic[CallUnits]):
    """Two generations: the older is dropped when a day begins or the younger of an enterprise is full.

    A call that is forgotten stays counted: its outcome is not known any more, which is the strict side.
    """

    def __init__(self, most: int = MOST_CALLS) -> None:
        """``most`` calls of an enterprise are remembered at least, but for those of the day before yesterday."""
        self._most = most
        self._young: dict[str, dict[str, CallUnits]] = {}
        self._old: dict[str, dict[str, CallUnits]] = {}

    def note(self, enterprise: str, call_id: str, took: CallUnits) -> None:
        """Remember what a call took; of two calls with the same id the later one counts."""
        young = self._young.get(enterprise)
        if young is None:
            young = self._young[enterprise] = {}
        elif len(young) >= self._most:
            self._old[enterprise] = young
            young = self._young[enterprise] = {}
        young[call_id] = took

    def pop(self, enterprise: str, call_id: str) -> CallUnits | None:
        """What the call took, once."""
        older = self._old.get(enterprise, {}).pop(call_id, None)
        return self._young.get(enterprise, {}).pop(call_id, older)

    def turn(self) -> None:
        """Drop the older generation."""
        self._old, self._young = self._young, {}

    def __len__(self) -> int:
        """Calls remembered."""
        return sum(map(len, (*self._old.values(), *self._young.values())))


UNAVAILABLE: Final = Reservation(allowed=False, unavailable=True)
_made: Final = tuple.__new__  # a third of the time that `Taken(...)` needs
Done = Callable[[Reservation], None]


class Memory:
    """Fills `meters.Counters`; `journal.Journal` adds the disk to it."""

    kind = "memory"

    def __init__(self, moment: Callable[[], int] = milliseconds) -> None:
        """``moment`` is the wall clock, epoch milliseconds."""
        self._watch = Watch(moment)
        self._beat = Beat(self.look)
        self._meters = Meters()
        self._meters.sweep(moment())
        self._force: dict[tuple[str, str], Cap] = {}
        self._version = 0  # a meter of another version looks again at its limit, and at whether anybody may count
        self._calls: Calls[Sequence[Unit]] = Calls()
        self._started = False

    async def start(self, enterprise_caps: Mapping[str, Sequence[Cap]]) -> None:
        """Begin with nothing used."""
        for enterprise, caps in enterprise_caps.items():
            self.policy(enterprise, caps)
        self._started = True
        self._beat.start()

    async def stop(self) -> None:
        """Nobody may count any more."""
        self._beat.stop()
        self._started = False
        self._version += 1

    def policy(self, enterprise: str, caps: Sequence[Cap]) -> None:
        """New limits over the same counts."""
        for key in [key for key in self._force if key[0] == enterprise]:
            del self._force[key]
        self._force |= {(enterprise, cap.name): cap for cap in caps}
        self._version += 1

    def look(self) -> None:
        """What the beat does: look at the clock, forget what is over."""
        before = self._watch.behind
        if self._watch.look():
            self._calls.turn()
        if before != self._watch.behind:
            self._version += 1
        self._meters.sweep(self._watch.moment())

    def at_once(self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int) -> Reservation | None:
        """One unit of a calendar day that has room: nearly every call."""
        if len(slots) != 1:
            return None
        slot = slots[0]
        meter = self._meters.get((enterprise, slot.cap.name, slot.value))
        if meter is None or meter.cap is not slot.cap or (counted := self._more(meter, call_id, now)) is None:
            return None
        self._calls.note(enterprise, call_id, meter.one)
        return _made(Reservation, (True, slot, *counted, None, False))

    def again(self, enterprise: str, slot: Slot) -> Again:
        """The meter is looked up once: one that is forgotten or replaced is of no version any more."""
        return self._more, self._meters.get((enterprise, slot.cap.name, slot.value))

    def _more(self, meter: Meter | None, _call_id: str, now: int) -> tuple[int, int] | None:
        if (
            meter is None
            or meter.count >= meter.room
            or meter.version != self._version
            or meter.day != (now + AHEAD) // DAY
        ):
            return None
        meter.count = used = meter.count + 1
        return used, meter.limit

    def unused(self, enterprise: str, slot: Slot, at: int) -> bool:
        """Back on the day of that moment; a day that is forgotten is not changed."""
        meter = self._meters.get((enterprise, slot.cap.name, slot.value))
        if isinstance(meter, Days):
            meter.back(meter.stamp(at))
        return True

    def take(self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int, done: Done) -> None:
        """Answered at once."""
        taken = self.at_once(enterprise, slots, call_id, now)
        if taken is None:
            self._all_or_none(enterprise, slots, call_id, now, done)
        else:
            done(taken)

    def _all_or_none(self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int, done: Done) -> None:
        if self._watch.behind or not self._started:
            done(UNAVAILABLE)
            return
        meters = [self._meter((enterprise, slot.cap.name, slot.value), slot.cap) for slot in slots]
        taken = choose_answer(slots, meters, now)
        if not taken.allowed:
            done(taken)
            return
        units: list[Unit] = []
        needs = 0
        for meter in meters:
            stamp = meter.stamp(now)
            meter.add(stamp)
            number, batch = self._keep(meter, stamp, call_id)
            units.append((meter, stamp, number))
            needs = max(needs, batch)
        self._calls.note(enterprise, call_id, units)
        self._answer(taken, units, needs, done)

    def _meter(self, key: Key, cap: Cap) -> Meter:
        """The key's meter under the limit in force: that of the cap's newest version, whichever a call was asked by."""
        force = self._force.get((key[0], key[1]), cap)
        newest = cap if cap.epoch >= force.epoch else force
        meter = self._meters.of(key, newest)
        meter.limit = newest.limit
        meter.room = min(meter.room, meter.limit)
        meter.version = self._version
        return meter

    def _keep(self, meter: Meter, stamp: int, call_id: str) -> tuple[int, int]:  # noqa: ARG002 - the journal's need
        """Note a counted unit where the owner keeps it: its number there, and what its answer must wait for."""
        if isinstance(meter, Days) and meter.cap.leased:
            meter.room = meter.limit
        return 0, 0

    def _answer(self, taken: Reservation, units: list[Unit], needs: int, done: Done) -> None:  # noqa: ARG002 - as `_keep`
        done(taken)

    def _back(self, unit: Unit) -> None:
        meter, stamp, _ = unit
        meter.back(stamp)

    def settle(self, enterprise: str, call_id: str, *, answered: bool, now: int) -> bool:  # noqa: ARG002 - the port
        """Not answered: back with the units that count answered calls alone."""
        units = self._calls.pop(enterprise, call_id)
        for unit in units or ():
            if not answered and unit[0].cap.counts == "answered":
                self._back(unit)
        return units is not None

    def release(self, enterprise: str, call_id: str, now: int) -> bool:  # noqa: ARG002 - the port
        """Back with every unit."""
        units = self._calls.pop(enterprise, call_id)
        for unit in units or ():
            self._back(unit)
        if isinstance(units, list):
            units.clear()  # an answer that still waits with them has nothing to give back any more
        return units is not None

    def used(self, enterprise: str, slot: Slot, now: int) -> int:
        """Exact."""
        meter = self._meters.get((enterprise, slot.cap.name, slot.value))
        return 0 if meter is None else meter.used(now)

    def state(self) -> dict[str, object]:
        """``reason`` is ``clock`` while the clock is more than a day behind."""
        reason = "clock" if self._watch.behind else ""
        return {
            "kind": self.kind,
            "available": self._started and not reason,
            "reason": reason,
            "keys": len(self._meters),
        }


def choose_answer(slots: tuple[Slot, ...], meters: Sequence[Meter], now: int) -> Reservation:
    """A refusal by the full slot that opens last, or the fullest slot as it will be with this call."""
    refused: Reservation | None = None
    fullest: Reservation | None = None
    for slot, meter in zip(slots, meters, strict=True):
        used = meter.used(now)
        if used >= meter.limit:
            full = Reservation(False, slot, used, meter.limit, meter.chance(now))  # noqa: FBT003 - the hot path
            refused = full if refused is None else later_refusal(refused, full)
        elif fullest is None or meter.limit - used - 1 < fullest.limit - fullest.used:
            fullest = Reservation(True, slot, used + 1, meter.limit)  # noqa: FBT003 - the hot path
    return refused or fullest or Reservation(allowed=True)


def later_refusal(one: Reservation, two: Reservation) -> Reservation:
    """Of two refusals the one that opens later; what never opens is the latest of all."""
    if one.retry_at is None or two.retry_at is None:
        return one if one.retry_at is None else two
    return two if two.retry_at > one.retry_at else one
