"""What the lease journal must remember: high-water marks of days, and single units of other windows. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from nianjian.engines.gate.counters import windows
from nianjian.engines.gate.counters.disk.segments import Record
from nianjian.engines.gate.counters.meters import Key

MARK, UNIT, BACK, CLOCK = "m", "u", "b", "c"


@dataclass(frozen=True, slots=True)
class Mark:
    """Tokens up to ``mark`` may be used; it was moved on the day ``touched`` of the clock."""

    mark: int
    touched: int


@dataclass(frozen=True, slots=True)
class Kept:
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
        return windows.day_end(self.stamp) if self.window == "calendar_day" else self.stamp + self.seconds * 1000


def mark_record(key: Key, day: int, mark: int, touched: int) -> Record:
    """Tokens of the key and day up to ``mark`` may be used. The last such record holds."""
    return [MARK, *key, day, mark, touched]


def unit_record(kept: Kept) -> Record:
    """A unit of a window that is not leased, and its call."""
    return [UNIT, kept.number, *kept.key, kept.window, kept.stamp, kept.seconds, kept.touched, kept.call_id]


def back_record(number: int) -> Record:
    """The unit was given back."""
    return [BACK, number]


def clock_record(day: int) -> Record:
    """The latest day that the clock has shown."""
    return [CLOCK, day]


class Past:
    """What the records of earlier processes add up to."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.marks: dict[tuple[Key, int], Mark] = {}
        self.units: dict[int, Kept] = {}
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
                self.units[number] = Kept(number, key, window, stamp, seconds, touched, call_id)

    def forget(self, now: int) -> None:
        """Drop what no window needs any more; what was written since yesterday stays, whatever moment it names."""
        since = windows.day(now) - 1
        self.marks = {key: one for key, one in self.marks.items() if max(key[1], one.touched) >= since}
        kept = (one for one in self.units.values() if one.until + windows.KEPT > now or one.touched >= since)
        self.units = {one.number: one for one in kept}

    def records(self) -> list[Record]:
        """The same, as short as it goes."""
        kept = [mark_record(key, day, one.mark, one.touched) for (key, day), one in self.marks.items()]
        return [clock_record(self.day), *kept, *map(unit_record, self.units.values())]
