"""The wall clock that may jump, and the beat by which a process looks at it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from nianjian.engines.gate.counters import windows
from nianjian.engines.kernel import clock

LOG: Final = logging.getLogger(__name__)
BEAT: Final = 0.5  # seconds


milliseconds: Final = clock.milliseconds


class Watch:
    """Sees days come, and a clock that falls back by more than a day: then ``behind``, and nobody may count.

    A fall of less is harmless: counts of yesterday are still there and every day keeps its own cap.
    """

    def __init__(self, moment: Callable[[], int] = milliseconds) -> None:
        """``moment`` gives epoch milliseconds."""
        self.moment = moment
        self.behind = False
        self._latest = windows.day(moment())

    def known(self, day: int) -> None:
        """A day that an earlier process has seen on its clock."""
        self._latest = max(self._latest, day)

    @property
    def today(self) -> int:
        """The latest day seen."""
        return self._latest

    def look(self) -> bool:
        """Look at the clock; True when a new day has begun."""
        day = windows.day(self.moment())
        behind = day < self._latest - 1
        if behind and not self.behind:
            LOG.error(
                "the clock fell back from %s to %s: calls are refused until it is right",
                windows.day_name(self._latest),
                windows.day_name(day),
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
