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
from typing import Final

from nianjian.engines.intake.formats.asterisk import master_columns
from nianjian.features.screens import call_counts

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
_BEGAN: Final = re.compile(r"(?:^|-)(\d{9,11})\.\d+$")


@dataclass(slots=True)
class Calls(call_counts.Calls):
    """The counts of a Master.csv."""

    _columns: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def take(self, line: bytes) -> None:
        """Count a row."""
        row = self.cells(line)
        if row is None:
            self.damaged += 1
            return
        call = row.get("linkedid") or row.get("uniqueid", "")
        began = _BEGAN.search(call)
        if began is None:
            self.damaged += 1
            return
        # else a leg of the call, which has rows of its own
        if self._today(int(began[1])) and row.get("uniqueid", call) == call:
            self._count(call, _outcome(row))

    def cells(self, line: bytes) -> dict[str, str] | None:
        """A row by the names of its columns; None for what is none."""
        try:
            cells = next(csv.reader([line.decode("utf-8", "replace")], strict=True), [])
        except csv.Error:
            return None
        if len(cells) not in WIDTHS or cells[14] not in DISPOSITIONS:
            return None
        if len(cells) not in self._columns:
            self._columns[len(cells)] = master_columns(len(cells), [cells])
        return dict(zip(self._columns[len(cells)], cells, strict=True))


def _outcome(row: Mapping[str, str]) -> str:
    """What became of a call by one row; somebody was called only where it has a second channel or was to get one."""
    outcome = DISPOSITIONS[row["disposition"]]
    if row["dstchannel"] or row["lastapp"].lower() in CALLING:
        return outcome
    return "switch" if outcome == "answered" else "undialled"
