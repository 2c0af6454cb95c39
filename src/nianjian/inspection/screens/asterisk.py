"""Today's calls of an Asterisk, counted from the rows of its Master.csv as they are written.

Rows are not calls: a call is one ``linkedid``, and the rows of the channel that began it (``uniqueid`` is the same) are
written together when it ends. A call belongs to the day on which it began; that stands in its id as seconds since
1970, so no zone of the stamps is needed. Only ended calls have rows: how many there are now the file cannot tell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from nianjian.intake.vendor.asterisk_layout import master_columns
from nianjian.kernel import clock

OUTCOMES: Final = ("answered", "busy", "no_answer", "failed", "switch", "undialled")
"""``switch``: answered by the switch itself (announcement, menu); ``undialled``: ended before anybody was called."""
RECENT: Final = 1000  # calls whose further rows are still known
WIDTHS: Final = range(17, 22)
CALLING: Final = frozenset({"dial", "appdial2", "queue"})
DISPOSITIONS: Final[Mapping[str, str]] = {
    "ANSWERED": "answered",
    "BUSY": "busy",
    "NO ANSWER": "no_answer",
    "NOANSWER": "no_answer",
    "CANCEL": "no_answer",
    "FAILED": "failed",
    "CONGESTION": "failed",
}
_RANKS: Final = {"answered": 4, "busy": 3, "no_answer": 2, "failed": 1, "switch": 0, "undialled": -1}
_BEGAN: Final = re.compile(r"(?:^|-)(\d{9,11})\.\d+$")


@dataclass(slots=True)
class Calls:
    """``counts`` of the day's calls by outcome; ``damaged``: rows that could not be read, since the day began."""

    day: date
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    rows: int = 0
    damaged: int = 0
    _recent: dict[str, str] = field(default_factory=dict)  # call -> outcome, the newest last
    _columns: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def on(self, day: date) -> None:
        """Begin a new day where ``day`` is one."""
        if day != self.day:
            self.day, self.counts, self.rows, self.damaged = day, dict.fromkeys(OUTCOMES, 0), 0, 0
            self._recent = {}

    def take(self, line: bytes) -> None:
        """Count a row."""
        row = self._row(line)
        if row is None:
            self.damaged += 1
            return
        call = row.get("linkedid") or row.get("uniqueid", "")
        began = _BEGAN.search(call)
        if began is None:
            self.damaged += 1
            return
        if datetime.fromtimestamp(int(began[1]), clock.ZONE).date() != self.day:
            return
        self.rows += 1
        if row.get("uniqueid", call) == call:  # else a leg of the call, which has rows of its own
            self._count(call, _outcome(row))

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

    def _row(self, line: bytes) -> dict[str, str] | None:
        try:
            cells = next(csv.reader([line.decode("utf-8", "replace")], strict=True), [])
        except csv.Error:
            return None
        if len(cells) not in WIDTHS or cells[14] not in DISPOSITIONS:
            return None
        if len(cells) not in self._columns:
            self._columns[len(cells)] = master_columns(len(cells), [cells])
        return dict(zip(self._columns[len(cells)], cells, strict=True))

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "day": self.day.isoformat(),
            "counts": self.counts,
            "rows": self.rows,
            "damaged": self.damaged,
            "recent": self._recent,
        }


def calls(of: Mapping[str, Any]) -> Calls:
    """What `Calls.plain` has given."""
    counts = {name: int(of["counts"].get(name, 0)) for name in OUTCOMES}
    return Calls(date.fromisoformat(of["day"]), counts, int(of["rows"]), int(of["damaged"]), dict(of["recent"]))


def _outcome(row: Mapping[str, str]) -> str:
    """What became of a call by one row; somebody was called only where it has a second channel or was to get one."""
    outcome = DISPOSITIONS[row["disposition"]]
    if row["dstchannel"] or row["lastapp"].lower() in CALLING:
        return outcome
    return "switch" if outcome == "answered" else "undialled"
