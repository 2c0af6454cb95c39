"""Counters of one process, kept on its own disk: an answer leaves when what it needs is written and synced.

Attempts of a calendar day are leased from the journal: a high-water mark is written before its tokens are used, so one
answer in a block waits for the disk and a crash forfeits what is left of the block. Units of all other windows are
written one by one. Whatever waits at one time shares one sync.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nianjian.engines.gate.counters import windows
from nianjian.engines.gate.counters.disk import marks
from nianjian.engines.gate.counters.disk.marks import Kept, Past
from nianjian.engines.gate.counters.disk.segments import Segments
from nianjian.engines.gate.counters.disk.writer import Writer
from nianjian.engines.gate.counters.memory import UNAVAILABLE, Done, Memory
from nianjian.engines.gate.counters.meters import Days, Key, Meter, Unit
from nianjian.engines.gate.counters.port import Taken
from nianjian.engines.gate.counters.watch import milliseconds
from nianjian.engines.gate.policy import Cap


class Journal(Memory):
    """Fills `port.Counters` for one process on one machine."""

    kind = "journal"

    def __init__(
        self, folder: Path, moment: Callable[[], int] = milliseconds, block: Callable[[Cap], int] = windows.block
    ) -> None:
        """``folder`` is the journal's own; ``moment``: the wall clock, epoch milliseconds; ``block``: tokens a mark."""
        super().__init__(moment)
        self._block = block
        self._numbers = 0
        self._segments = Segments(folder)
        self._writer = Writer(self._segments)
        self._until: dict[int, int] = {}  # segment: the latest end of a window in it

    async def start(self, enterprise_caps: Mapping[str, Sequence[Cap]]) -> None:
        """Read what earlier processes left. NianjianError gate_journal_locked, gate_journal_damaged; OSError."""
        self._segments.open()
        try:
            past = await asyncio.to_thread(self._read)
        except BaseException:
            self._segments.close()
            raise
        self._remember(past, {(name, cap.name): cap for name, caps in enterprise_caps.items() for cap in caps})
        await super().start(enterprise_caps)

    def _read(self) -> Past:
        past = Past()
        for record in self._segments.records():
            past.read(record)
        now = self._watch.moment()
        past.forget(now)
        past.day = max(past.day, windows.day(now))
        old = list(self._segments.names)
        self._segments.begin(past.records())
        self._segments.drop(old)
        return past

    def _remember(self, past: Past, caps: Mapping[tuple[str, str], Cap]) -> None:
        """Count what was read: days begin at their marks. Calls whose outcome is open can be settled still."""
        self._watch.known(past.day)
        self._watch.look()
        self._numbers = past.numbers
        for day in {self._watch.today, *(day for _, day in past.marks)}:
            self._needed(windows.day_end(day))
        for kept in past.units.values():
            self._needed(kept.until)
        for (key, day), one in past.marks.items():
            meter = self._meters.of(key, _cap(caps, key, "calendar_day", windows.DAY // 1000))
            if isinstance(meter, Days):
                meter.turn(day)
                meter.count = meter.kept = meter.asked = one.mark
        by_call: dict[tuple[str, str], list[Unit]] = {}
        for _, kept in sorted(past.units.items()):
            meter = self._meters.of(kept.key, _cap(caps, kept.key, kept.window, kept.seconds))
            if meter.cap.window == kept.window:
                meter.add(kept.stamp)
                by_call.setdefault((kept.key[0], kept.call_id), []).append((meter, kept.stamp, kept.number))
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
                marks.mark_record(meter.key, day, count, today)
                for meter in days
                for day, (count, _, asked, _) in {**meter.others, meter.day: meter.present()}.items()
                if count < asked
            ]
            await self._writer.close(last)

    def look(self) -> None:
        """What the beat does: the clock, a new segment each day, another attempt after the disk has failed."""
        today = self._watch.today
        super().look()
        if self._watch.today != today or self._writer.broken:
            self._renew()

    def _renew(self) -> None:
        work = self._writer.renew([marks.clock_record(self._watch.today)]) if self._started else None
        if work is None:
            if self._started:
                asyncio.get_running_loop().call_later(0.05, self._renew)
            return
        now = self._watch.moment()
        old = [name for name, until in self._until.items() if until + windows.KEPT <= now]

        def begun(done: asyncio.Future[object]) -> None:
            if done.exception() is None and self._started:
                # what was put while the disk worked stands in the new segment and was noted with the one before
                self._needed(max(windows.day_end(self._watch.today), *self._until.values()))
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
            kept = Kept(self._numbers, meter.key, cap.window, stamp, cap.seconds, self._watch.today, call_id)
            self._needed(kept.until)
            return kept.number, self._writer.put(marks.unit_record(kept))
        if meter.count > meter.asked and not self._writer.broken:
            meter.asked = max(meter.count, min(meter.limit, meter.count - 1 + self._block(meter.cap)))
            self._needed(windows.day_end(stamp))
            batch = meter.batch = self._writer.put(marks.mark_record(meter.key, stamp, meter.asked, self._watch.today))
            self._writer.wait(batch, lambda kept: meter.moved(stamp, batch, kept=kept))
        meter.room = min(meter.limit, meter.kept)
        return 0, max(1, meter.batch) if meter.count > meter.kept else 0

    def _answer(self, taken: Taken, units: list[Unit], needs: int, done: Done) -> None:
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
            self._writer.put(marks.back_record(unit[2]))

    def state(self) -> dict[str, object]:
        """``reason`` ``disk``: what is on the disk already is still good, calls that need more are refused."""
        told = super().state()
        if self._writer.broken and not told["reason"]:
            told |= {"available": False, "reason": "disk"}
        return told | {"syncs": self._writer.syncs, "segments": len(self._segments.names)}


def _cap(caps: Mapping[tuple[str, str], Cap], key: Key, window: str, seconds: int) -> Cap:
    """The cap of that name, or, where the policy has none any more, one that holds the counts."""
    return caps.get((key[0], key[1])) or Cap(key[1], "", window, 0, "", seconds, epoch=0)
