"""Today's calls of a switch, counted from its records as they are written: what the counts of every switch share.

Rows are not calls. A call belongs to the day on which it began; counts and what is still known of the newest calls
stand in one value, which is kept together with the places up to which was read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Self

from nianjian.engines.kernel import clock

OUTCOMES: Final = ("answered", "busy", "no_answer", "failed", "switch", "undialled")
"""``switch``: answered by the switch itself (announcement, menu); ``undialled``: ended before anybody was called."""
RECENT: Final = 1000  # calls whose further rows are still known
RESULTS: Final[Mapping[str, str]] = {
    "answered": "answered",
    "busy": "busy",
    "no_answer": "no_answer",
    "cancelled": "no_answer",
}
"""What an import calls a result -> outcome; any other one is a failure."""
_RANKS: Final = {"answered": 4, "busy": 3, "no_answer": 2, "failed": 1, "switch": 0, "undialled": -1}


@dataclass(slots=True)
class Calls(ABC):
    """``counts`` of the day's calls by outcome; ``damaged``: rows that could not be read, since the day began."""

    day: date
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    rows: int = 0
    damaged: int = 0
    _recent: dict[str, str] = field(default_factory=dict)  # call -> outcome, the newest last

    def on(self, day: date) -> None:
        """Begin a new day where ``day`` is one."""
        if day != self.day:
            self.day, self.counts, self.rows, self.damaged = day, dict.fromkeys(OUTCOMES, 0), 0, 0
            self._recent = {}

    @abstractmethod
    def take(self, line: bytes) -> None:
        """Count a row."""

    def _today(self, began: float) -> bool:
        """Whether a moment (epoch seconds) lies in the day; a row of such a call is counted as read."""
        within = datetime.fromtimestamp(began, clock.ZONE).date() == self.day
        self.rows += within
        return within

    def _count(self, call: str, outcome: str) -> None:
        known = self._recent.pop(call, None)
        if known is not None and _RANKS[known] >= _RANKS[outcome]:
            outcome = known
        if known is not None:
            self.counts[known] -= 1
        self.counts[outcome] += 1
        self._recent[call] = outcome
        if len(self._recent) > RECENT:
            del self._recent[next(iter(self._recent))]

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "day": self.day.isoformat(),
            "counts": self.counts,
            "rows": self.rows,
            "damaged": self.damaged,
            "recent": self._recent,
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What `plain` has given."""
        counts = {name: int(told["counts"].get(name, 0)) for name in OUTCOMES}
        day = date.fromisoformat(told["day"])
        return cls(day, counts, int(told["rows"]), int(told["damaged"]), dict(told["recent"]))
