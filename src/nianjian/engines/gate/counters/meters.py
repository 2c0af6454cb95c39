"""Windows as arithmetic, a wall clock that may jump, and how often one key was used in each of its windows."""

import asyncio
import logging
from bisect import bisect_right, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from nianjian.engines.gate.policy import Cap, Slot
from nianjian.engines.kernel import clock

HOUR: Final = 3_600_000  # milliseconds
DAY: Final = 24 * HOUR
AHEAD: Final = 8 * HOUR  # Asia/Shanghai has had no summer time since 1991
RETENTION: Final = 2 * DAY
"""How long counts outlive their window: no clock that is less than a day wrong finds them gone."""

_EXACT: Final = 30  # a cap up to here moves one by one: nothing can be stranded in a process that dies
_PARTS: Final = 30
_MOST: Final = 50


def day_number(now: int) -> int:
    """The calendar day in Asia/Shanghai of a moment in epoch milliseconds, as days since 1970-01-01."""
    return (now + AHEAD) // DAY


def day_end(number: int) -> int:
    """The moment at which a day of `day_number` is over, epoch milliseconds."""
    return (number + 1) * DAY - AHEAD


def day_name(number: int) -> str:
    """A day of `day_number` as an ISO date."""
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def whole_seconds(moment: int) -> int:
    """Epoch milliseconds as epoch seconds, the first that is not before."""
    return -(-moment // 1000)


def token_block(cap: Cap) -> int:
    """How many tokens of a calendar day move at once: 10 at a cap of 300, 1 up to 30, where every token counts."""
    return 1 if cap.limit <= _EXACT else min(_MOST, max(1, cap.limit // _PARTS))


LOG: Final = logging.getLogger(__name__)
BEAT: Final = 0.5  # seconds


milliseconds: Final = clock.milliseconds


class Watch:
    """Sees days come, and a clock that falls back by more than a day: then ``behind``, and nobody may count.

    A fall of less is harmless: counts of yesterday are still there and every day keeps its own cap.
    """

    def __init__(self, moment: Callable[[], int] = milliseconds) -> None:
        self.moment = moment
        self.behind = False
        self._latest = day_number(moment())

    def note_day(self, day: int) -> None:
        """A day that an earlier process has seen on its clock."""
        self._latest = max(self._latest, day)

    @property
    def today(self) -> int:
        """The latest day seen."""
        return self._latest

    def look(self) -> bool:
        """Look at the clock; True when a new day has begun."""
        day = day_number(self.moment())
        behind = day < self._latest - 1
        if behind and not self.behind:
            LOG.error(
                "the clock fell back from %s to %s: calls are refused until it is right",
                day_name(self._latest),
                day_name(day),
            )
        self.behind = behind
        began = day > self._latest
        self._latest = max(self._latest, day)
        return began


class Beat:
    """Calls ``act`` every half second until it is stopped; what ``act`` raises is logged and the beat goes on."""

    def __init__(self, act: Callable[[], None], seconds: float = BEAT) -> None:
        """Nothing happens before `start`."""
        self._act = act
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin; the loop is the running one."""
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._once)

    def stop(self) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _once(self) -> None:
        self.start()
        try:
            self._act()
        except Exception:
            LOG.exception("a beat of the counters failed")


Key = tuple[str, str, str]
"""Enterprise, cap, value."""
_NEVER: Final = -1
_DAYS: Final = 400


class Meter:
    """A key under a cap: ``limit`` is the one in force while ``version`` is the owner's.

    Of a leased day ``count`` of ``day`` may rise to ``room`` without a further look; elsewhere there is no such room.
    A *stamp* tells where a unit was counted: its day, the start of its anchored window, or its moment (sliding).
    ``one`` is what a call takes that takes one unit of ``day`` alone: made once a day, not for every call.
    ``touched`` is the wall clock's moment of the last change: a switch may name moments of its own.
    """

    __slots__ = ("cap", "count", "day", "key", "limit", "one", "room", "touched", "version")

    def __init__(self, key: Key, cap: Cap) -> None:
        """Nothing is counted; the owner sets limit and version."""
        self.key = key
        self.cap = cap
        self.limit = cap.limit
        self.version = _NEVER
        self.day = self.room = self.count = self.touched = 0
        self.one: tuple[Unit, ...] = ()

    def used(self, now: int) -> int:
        """Units in the window at ``now``, epoch milliseconds."""
        raise NotImplementedError

    def chance(self, now: int) -> int | None:
        """Epoch seconds at which the meter, full now, has room again if nobody else comes; None: never."""
        raise NotImplementedError

    def stamp(self, now: int) -> int:
        """Where a unit of ``now`` counts."""
        raise NotImplementedError

    def add(self, stamp: int) -> None:
        """Count a unit."""
        raise NotImplementedError

    def back(self, stamp: int) -> None:
        """Uncount a unit of `add`; in a window that is over it changes nothing."""
        raise NotImplementedError

    def over(self, now: int) -> bool:
        """Nothing of it can matter any more."""
        raise NotImplementedError


Unit = tuple[Meter, int, int]
"""A meter, the stamp at which it was counted, and the number under which the owner keeps it (0: none)."""


class Days(Meter):
    """Calendar days of Asia/Shanghai. Every day has its own count, whatever the order in which days are named.

    Where days are kept by marks (`journal.Mark`), up to ``kept`` is on the disk and up to ``asked`` on its way there
    with ``batch``.
    """

    __slots__ = ("asked", "batch", "kept", "others")

    def __init__(self, key: Key, cap: Cap) -> None:
        super().__init__(key, cap)
        self.kept = self.asked = self.batch = 0
        self.others: dict[int, tuple[int, int, int, int]] = {}

    def turn(self, day: int) -> None:
        """Look at another day; the room is the owner's to set."""
        if day != self.day:
            if self.count or self.asked:
                self.others[self.day] = self.count, self.kept, self.asked, self.batch
                if len(self.others) > _DAYS:
                    del self.others[min(self.others)]
            self.count, self.kept, self.asked, self.batch = self.others.pop(day, (0, 0, 0, 0))
            self.day, self.room, self.one = day, 0, ((self, day, 0),)

    def present(self) -> tuple[int, int, int, int]:
        """Count, kept, asked and batch of ``day``."""
        return self.count, self.kept, self.asked, self.batch

    def moved(self, day: int, batch: int, *, kept: bool) -> None:
        """A mark of the day that went with ``batch`` is on the disk, or lost with all that are under way."""
        now = self.day
        self.turn(day)
        if not kept:
            self.asked = self.kept
        elif batch == self.batch:
            self.kept = self.asked
            self.room = min(self.limit, self.kept)
        self.turn(now)

    def used(self, now: int) -> int:
        """Of the day of ``now``."""
        day = day_number(now)
        return self.count if day == self.day else self.others.get(day, (0,))[0]

    def chance(self, now: int) -> int | None:
        """The next midnight."""
        return whole_seconds(day_end(day_number(now))) if self.limit > 0 else None

    def stamp(self, now: int) -> int:
        """The day."""
        return day_number(now)

    def add(self, stamp: int) -> None:
        """Count on that day."""
        self.turn(stamp)
        self.count += 1

    def back(self, stamp: int) -> None:
        """Uncount on that day."""
        if stamp == self.day:
            self.count = max(0, self.count - 1)
        elif stamp in self.others:
            count, *mark = self.others[stamp]
            self.others[stamp] = max(0, count - 1), mark[0], mark[1], mark[2]

    def over(self, now: int) -> bool:
        """A whole day after the day."""
        return max(day_end(self.day), self.touched) + DAY <= now


class Anchored(Meter):
    """A window that begins with its first call; after ``cap.seconds`` the next call begins another one.

    It stays where it is until its last unit is given back. A moment before its start counts into it.
    """

    __slots__ = ("start",)

    def __init__(self, key: Key, cap: Cap) -> None:
        super().__init__(key, cap)
        self.start = _NEVER

    def used(self, now: int) -> int:
        """Of the open window."""
        return self.count if now < self.start + self.cap.seconds * 1000 else 0

    def chance(self, now: int) -> int | None:  # noqa: ARG002 - as the base asks
        """The end of the open window."""
        return whole_seconds(self.start + self.cap.seconds * 1000) if self.limit > 0 else None

    def stamp(self, now: int) -> int:
        """The open window's start, or that of a new one."""
        return self.start if self.used(now) else now

    def add(self, stamp: int) -> None:
        """Count in the window that starts there."""
        if stamp > self.start or not self.count:
            self.start, self.count = stamp, 0
        if stamp == self.start:
            self.count += 1

    def back(self, stamp: int) -> None:
        """Uncount, if that window is open still."""
        if stamp == self.start and self.count:
            self.count -= 1

    def over(self, now: int) -> bool:
        """An hour after its end."""
        return max(self.start, self.touched) + self.cap.seconds * 1000 + HOUR <= now


class Sliding(Meter):
    """The last ``cap.seconds`` before any moment. A moment before the latest counts as the latest."""

    __slots__ = ("times",)

    def __init__(self, key: Key, cap: Cap) -> None:
        super().__init__(key, cap)
        self.times: list[int] = []  # rising

    def used(self, now: int) -> int:
        """Units that are younger than the window is long."""
        if not self.times:
            return 0
        return len(self.times) - bisect_right(self.times, max(now, self.times[-1]) - self.cap.seconds * 1000)

    def chance(self, now: int) -> int | None:  # noqa: ARG002 - as the base asks
        """When the unit that blocks leaves the window."""
        return whole_seconds(self.times[-self.limit] + self.cap.seconds * 1000) if self.limit > 0 else None

    def stamp(self, now: int) -> int:
        """The moment, at least the latest."""
        return max(now, self.times[-1]) if self.times else now

    def add(self, stamp: int) -> None:
        """Count, and forget what has left the window."""
        insort(self.times, stamp)
        del self.times[: bisect_right(self.times, self.times[-1] - self.cap.seconds * 1000)]

    def back(self, stamp: int) -> None:
        """Uncount a unit of that moment."""
        if stamp in self.times:
            self.times.remove(stamp)

    def over(self, now: int) -> bool:
        """An hour after the latest has left."""
        latest = self.times[-1] if self.times else 0
        return max(latest, self.touched) + self.cap.seconds * 1000 + HOUR <= now


_KINDS: Final = {"calendar_day": Days, "anchored": Anchored, "sliding": Sliding}


class Meters:
    """All meters of a process."""

    def __init__(self) -> None:
        self.by_key: dict[Key, Meter] = {}
        self.get = self.by_key.get
        self._wall = 0
        self._broom: Iterator[Key] = iter(())

    def of(self, key: Key, cap: Cap) -> Meter:
        """The key's meter under this version of its cap; the counts stay, another kind of window begins anew."""
        meter = self.by_key.get(key)
        if meter is None or meter.cap.window != cap.window:
            if meter is not None:
                meter.version = _NEVER
            meter = self.by_key[key] = _KINDS[cap.window](key, cap)
        meter.cap = cap
        meter.touched = self._wall
        return meter

    def sweep(self, now: int, most: int = 5_000) -> None:
        """Forget meters that are over, looking at ``most`` of them a time; ``now`` is the wall clock's."""
        self._wall = now
        for _ in range(most):
            key = next(self._broom, None)
            if key is None:
                self._broom = iter(list(self.by_key))
                return
            meter = self.by_key.get(key)
            if meter is not None and meter.over(now):
                meter.version = _NEVER  # who remembers it looks for another
                del self.by_key[key]

    def __len__(self) -> int:
        """How many keys are counted."""
        return len(self.by_key)


# What the gate asks of its counters: a port; `memory`, the lease journal and the store fill it.


class Reservation(NamedTuple):
    """The answer of `Counters.take`.

    Refused: ``slot`` is the counter that is full with its ``used`` and ``limit``, ``retry_at`` epoch seconds of the
    next chance (None: not known). Allowed: the fullest counter. ``unavailable``: the counters cannot know (neither).
    A tuple, because one is made for every call.
    """

    allowed: bool
    slot: Slot | None = None
    used: int = 0
    limit: int = 0
    retry_at: int | None = None
    unavailable: bool = False


Again: TypeAlias = tuple[Callable[[Any, str, int], tuple[int, int] | None], Any]
"""What takes a unit of one counter, and by what it knows the counter: ``take(counter, call_id, now)`` tells how much is
used then, and the limit; None: nothing has happened, `Counters.take` must be asked."""


class Counters(Protocol):
    """All calls are made on the event loop of the gate's process; none of them blocks."""

    async def start(self, enterprise_caps: Mapping[str, Sequence[Cap]]) -> None:
        """Read what is kept, connect; an error with its remedy where the store is not fit to count."""

    async def stop(self) -> None:
        """Write what is open."""

    def policy(self, enterprise: str, caps: Sequence[Cap]) -> None:
        """These caps are in force from now on; tokens of an older epoch are dropped, the counts stay."""

    def at_once(self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int) -> Reservation | None:
        """Take as `take` does, where memory is sure of the answer; None: nothing has happened, ask `take`."""

    def again(self, enterprise: str, slot: Slot) -> Again:
        """What takes of one slot as `at_once` does while the slot is in force: made once, for many calls.

        Who asks remembers what it took: counters that need not know which call has which unit do not note it.
        """
        ...

    def unused(self, enterprise: str, slot: Slot, at: int) -> bool:
        """Give a unit back that `again` took at that moment (epoch milliseconds) and `release` does not know of.

        The caller does so once. False: these counters note every call, it was done before or is too late.
        """
        ...

    def take(
        self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int, done: Callable[[Reservation], None]
    ) -> None:
        """Take one unit of every slot or of none; ``done`` is called once, at once where memory can answer.

        ``now`` is epoch milliseconds. Never more than the cap in force; every error errs to the strict side.
        """

    def settle(self, enterprise: str, call_id: str, *, answered: bool, now: int) -> bool:
        """Tell a call's outcome: not answered gives its unit of the answered-only counters back. False: not known."""
        ...

    def release(self, enterprise: str, call_id: str, now: int) -> bool:
        """Give a call that was never dialled back, once (idempotent); False: not known, done before or too late."""
        ...

    def used(self, enterprise: str, slot: Slot, now: int) -> int:
        """Units of the slot's present window that this process knows to be taken."""
        ...

    def state(self) -> dict[str, object]:
        """What the health page tells: ``kind``, ``available``, ``reason`` and figures of the kind's own."""
        ...
