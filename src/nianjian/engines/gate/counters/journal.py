"""Counters of one process, kept on its own disk: an answer leaves when what it needs is written and synced."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from nianjian.engines.gate.counters import meters
from nianjian.engines.gate.counters.memory import UNAVAILABLE, Done, Memory
from nianjian.engines.gate.counters.meters import Days, Key, Meter, Reservation, Unit, milliseconds
from nianjian.engines.gate.counters.segments import Record, Segments, Writer
from nianjian.engines.gate.policy import Cap

MARK, UNIT = "m", "u"
BACK, CLOCK = "b", "c"  # number of a unit that was given back; the latest day that the clock has shown


@dataclass(frozen=True, slots=True)
class Mark:
    """Tokens up to ``mark`` may be used; it was moved on the day ``touched`` of the clock."""

    mark: int
    touched: int


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """A unit that is written one by one: `meters` tells its stamp; its window takes ``seconds``."""

    number: int
    key: Key
    window: str
    stamp: int
    seconds: int
    touched: int
    call_id: str

    @property
    def until(self) -> int:
        """When its window is over, epoch milliseconds."""
        return meters.day_end(self.stamp) if self.window == "calendar_day" else self.stamp + self.seconds * 1000


def mark_record(key: Key, day: int, mark: int, touched: int) -> Record:
    """Tokens of the key and day up to ``mark`` may be used. The last such record holds."""
    return [MARK, *key, day, mark, touched]


def unit_record(unit: StoredUnit) -> Record:
    """A unit of a window that is not leased, and its call."""
    return [UNIT, unit.number, *unit.key, unit.window, unit.stamp, unit.seconds, unit.touched, unit.call_id]


class StoredCounts:
    """What the records of earlier processes add up to."""

    def __init__(self) -> None:
        self.marks: dict[tuple[Key, int], Mark] = {}
        self.units: dict[int, StoredUnit] = {}
        self.numbers = 0
        self.day = 0
        self._gone: set[int] = set()

    def read(self, record: Record) -> None:
        """One record more, in the order of writing."""
        kind = record[0]
        if kind == MARK:
            _, enterprise, cap, value, day, mark, touched = cast("tuple[str, str, str, str, int, int, int]", record)
            self.marks[(enterprise, cap, value), day] = Mark(mark, touched)
        elif kind == BACK:
            number = cast("int", record[1])
            self.units.pop(number, None)
            self._gone.add(number)
        elif kind == CLOCK:
            self.day = max(self.day, cast("int", record[1]))
        elif kind == UNIT:
            _, number, enterprise, cap, value, *rest = cast("tuple[str, int, str, str, str, str]", record)
            window, stamp, seconds, touched, call_id = cast("tuple[str, int, int, int, str]", tuple(rest))
            self.numbers = max(self.numbers, number)
            if number not in self._gone:  # a segment and the one that replaces it may both be there
                key = (enterprise, cap, value)
                self.units[number] = StoredUnit(number, key, window, stamp, seconds, touched, call_id)

    def forget(self, now: int) -> None:
        """Drop what no window needs any more; what was written since yesterday stays, whatever moment it names."""
        since = meters.day_number(now) - 1
        self.marks = {key: one for key, one in self.marks.items() if max(key[1], one.touched) >= since}
        units = (one for one in self.units.values() if one.until + meters.RETENTION > now or one.touched >= since)
        self.units = {one.number: one for one in units}

    def records(self) -> list[Record]:
        """The same, as short as it goes."""
        marks = [mark_record(key, day, one.mark, one.touched) for (key, day), one in self.marks.items()]
        return [[CLOCK, self.day], *marks, *map(unit_record, self.units.values())]


class Journal(Memory):
    """Fills `meters.Counters` for one process on one machine."""

    kind = "journal"

    def __init__(
        self, folder: Path, moment: Callable[[], int] = milliseconds, block: Callable[[Cap], int] = meters.token_block
    ) -> None:
        """``folder`` is the journal's own; ``moment``: the wall clock, epoch milliseconds; ``block``: tokens a mark."""
        super().__init__(moment)
        self._block = block
        self._numbers = 0
        self._segments = Segments(folder)
        self._writer = Writer(self._segments)
        self._until: dict[int, int] = {}  # segment: the latest end of a window in it

    async def start(self, enterprise_caps: Mapping[str, Sequence[Cap]]) -> None:
        """Read what earlier processes left. NianjianError gate_journal_taken, gate_journal_damaged; OSError."""
        self._segments.open()
        try:
            past = await asyncio.to_thread(self._read)
        except BaseException:
            self._segments.close()
            raise
        self._remember(past, {(name, cap.name): cap for name, caps in enterprise_caps.items() for cap in caps})
        await super().start(enterprise_caps)

    def _read(self) -> StoredCounts:
        past = StoredCounts()
        for record in self._segments.records():
            past.read(record)
        now = self._watch.moment()
        past.forget(now)
        past.day = max(past.day, meters.day_number(now))
        old = list(self._segments.names)
        self._segments.begin(past.records())
        self._segments.drop(old)
        return past

    def _remember(self, past: StoredCounts, caps: Mapping[tuple[str, str], Cap]) -> None:
        """Count what was read: days begin at their marks. Calls whose outcome is open can be settled still."""
        self._watch.note_day(past.day)
        self._watch.look()
        self._numbers = past.numbers
        for day in {self._watch.today, *(day for _, day in past.marks)}:
            self._needed(meters.day_end(day))
        for unit in past.units.values():
            self._needed(unit.until)
        for (key, day), one in past.marks.items():
            meter = self._meters.of(key, _find_cap(caps, key, "calendar_day", meters.DAY // 1000))
            if isinstance(meter, Days):
                meter.turn(day)
                meter.count = meter.kept = meter.asked = one.mark
        by_call: dict[tuple[str, str], list[Unit]] = {}
        for _, unit in sorted(past.units.items()):
            meter = self._meters.of(unit.key, _find_cap(caps, unit.key, unit.window, unit.seconds))
            if meter.cap.window == unit.window:
                meter.add(unit.stamp)
                by_call.setdefault((unit.key[0], unit.call_id), []).append((meter, unit.stamp, unit.number))
        for (enterprise, call_id), units in by_call.items():
            self._calls.note(enterprise, call_id, units)

    async def stop(self) -> None:
        """Write what is open; of every day the count itself takes the place of its mark, so that nothing is lost."""
        started = self._started
        await super().stop()
        if started:
            days = (meter for meter in self._meters.by_key.values() if isinstance(meter, Days) and meter.cap.leased)
            today = self._watch.today
            last = [
                mark_record(meter.key, day, count, today)
                for meter in days
                for day, (count, _, mark, _) in {**meter.others, meter.day: meter.present()}.items()
                if count < mark
            ]
            await self._writer.close(last)

    def look(self) -> None:
        """What the beat does: the clock, a new segment each day, another attempt after the disk has failed."""
        today = self._watch.today
        super().look()
        if self._watch.today != today or self._writer.broken:
            self._renew()

    def _renew(self) -> None:
        work = self._writer.renew([[CLOCK, self._watch.today]]) if self._started else None
        if work is None:
            if self._started:
                asyncio.get_running_loop().call_later(0.05, self._renew)
            return
        now = self._watch.moment()
        old = [name for name, until in self._until.items() if until + meters.RETENTION <= now]

        def begun(done: asyncio.Future[object]) -> None:
            if done.exception() is None and self._started:
                # what was put while the disk worked stands in the new segment and was noted with the one before
                self._needed(max(meters.day_end(self._watch.today), *self._until.values()))
                for name in old:
                    del self._until[name]
                self._writer.drop(old)

        work.add_done_callback(begun)

    def _needed(self, until: int) -> None:
        """The newest segment holds what counts until then."""
        name = self._segments.names[-1]
        self._until[name] = max(self._until.get(name, 0), until)

    def _keep(self, meter: Meter, stamp: int, call_id: str) -> tuple[int, int]:
        """Move the mark of a leased day, or write the unit; the batch that must be on the disk before the answer."""
        if not (isinstance(meter, Days) and meter.cap.leased):
            self._numbers += 1
            cap = meter.cap
            kept = StoredUnit(self._numbers, meter.key, cap.window, stamp, cap.seconds, self._watch.today, call_id)
            self._needed(kept.until)
            return kept.number, self._writer.put(unit_record(kept))
        if meter.count > meter.asked and not self._writer.broken:
            meter.asked = max(meter.count, min(meter.limit, meter.count - 1 + self._block(meter.cap)))
            self._needed(meters.day_end(stamp))
            batch = meter.batch = self._writer.put(mark_record(meter.key, stamp, meter.asked, self._watch.today))
            self._writer.wait(batch, lambda kept: meter.moved(stamp, batch, kept=kept))
        meter.room = min(meter.limit, meter.kept)
        return 0, max(1, meter.batch) if meter.count > meter.kept else 0

    def _answer(self, taken: Reservation, units: list[Unit], needs: int, done: Done) -> None:
        """At once where the marks on the disk allow it, else with the disk's word."""

        def heard(kept: bool) -> None:  # noqa: FBT001 - the writer's word
            if not kept:
                for unit in units:
                    self._back(unit)
                units.clear()
            done(taken if kept else UNAVAILABLE)

        if not needs:
            done(taken)
        elif self._writer.broken:
            heard(False)  # noqa: FBT003 - as the writer says it
        else:
            self._writer.wait(needs, heard)

    def _back(self, unit: Unit) -> None:
        super()._back(unit)
        if unit[2]:  # no answer waits for this: lost, the unit stays counted
            self._writer.put([BACK, unit[2]])

    def state(self) -> dict[str, object]:
        """``reason`` ``disk``: what is on the disk already is still good, calls that need more are refused."""
        state = super().state()
        if self._writer.broken and not state["reason"]:
            state |= {"available": False, "reason": "disk"}
        return state | {"syncs": self._writer.syncs, "segments": len(self._segments.names)}


def _find_cap(caps: Mapping[tuple[str, str], Cap], key: Key, window: str, seconds: int) -> Cap:
    """The cap of that name, or, where the policy has none any more, one that holds the counts."""
    return caps.get((key[0], key[1])) or Cap(key[1], "", window, 0, "", seconds, epoch=0)
