"""What the files of a switch under watch hold about test calls: each file is read once for all of them, within bounds.

Where a part of the files was not read, because it is too large, locked away, or was moved just then, nothing is
concluded from what does not stand in the rest.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.features.screens import posted
from nianjian.features.screens.operations import sources as live
from nianjian.features.screens.operations.switch import ACCOUNTS
from nianjian.features.test_calls.landings import compare, rotated
from nianjian.features.test_calls.landings import live as records
from nianjian.features.test_calls.landings.boxes import Boxes
from nianjian.features.test_calls.landings.compare import BESIDE, REACH, Called, Record
from nianjian.features.test_calls.landings.rotated import File, Part

BUDGET: Final = 4 * rotated.MOST  # bytes that are read of a switch's files, the newest first
STEP: Final = 20_000  # lines between two signs of life
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_END: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Tailed:
    """``records`` near any of the tests; ``moments`` of all calls in order, epoch seconds; ``gaps``: not read."""

    records: list[Record] = field(default_factory=list)
    moments: array[float] = field(default_factory=lambda: array("d"))
    gaps: list[tuple[datetime, datetime]] = field(default_factory=list)

    def take(self, one: File, part: Part, rows: Iterable[Record | datetime], near: _Near) -> None:
        """Of a file the records near a test, the moments of all its calls, and as a gap what was not read of it."""
        moments, kept = array("d"), []
        try:
            for row in rows:
                moments.append((row if isinstance(row, datetime) else row.at).timestamp())
                if isinstance(row, Record) and near.has(row):
                    kept.append(row)
        except FileNotFoundError:
            return
        except rotated.TORN:
            self.gaps.append((one.after or _BEGINNING, one.until))
            return
        self.records += kept
        self.moments.extend(moments)
        if part.before:
            self.gaps.append((one.after or _BEGINNING, _at(min(moments)) if moments else one.until))
        if part.behind:
            self.gaps.append((_at(max(moments)) if moments else one.after or _BEGINNING, one.until))

    def covers(self, one: Called) -> bool:
        """Whether there are calls on both sides of a test, and all of its own time was read."""
        if any(first <= one.answered + REACH and last >= one.begun - REACH for first, last in self.gaps):
            return False
        begun, answered, beside = one.begun.timestamp(), one.answered.timestamp(), BESIDE.total_seconds()
        before = bisect_left(self.moments, begun - beside) < bisect_right(self.moments, begun)
        return before and bisect_right(self.moments, answered) < bisect_right(self.moments, answered + beside)


def read(given: live.Records, source: str, tests: Sequence[Called], signs: Boxes, tick: Callable[[], None]) -> Tailed:
    """Read the files of a switch for these tests; what ``tick`` raises ends it."""
    first = min(one.begun for one in tests) - BESIDE
    last = max(one.answered for one in tests) + BESIDE
    files, lost = rotated.chosen(_paths(given, first, last), first, last)
    found = Tailed(gaps=[] if lost is None else [(_BEGINNING, lost)])
    near, left = _Near(tests), BUDGET
    for one in files:
        part = Part()
        lines = _told(rotated.lines(one.path, part, min(left, rotated.MOST)), tick)
        found.take(one, part, records.records(given.kind, lines, source, signs, near.at), near)
        left = max(left - part.read, 0)
    again, _lost = rotated.chosen(_paths(given, first, last), first, last)
    if {(one.path, one.node) for one in again} != {(one.path, one.node) for one in files}:
        found.gaps.append((_BEGINNING, _END))  # moved while they were read
    found.records = compare.joined(found.records)
    found.moments = array("d", sorted(found.moments))
    return found


def _told(lines: Iterable[bytes], tick: Callable[[], None]) -> Iterator[bytes]:
    """The lines, with a sign of life now and then."""
    for count, line in enumerate(lines):
        if count % STEP == 0:
            tick()
        yield line


def _paths(given: live.Records, first: datetime, last: datetime) -> list[Path]:
    """The files that are written now; a switch that posts has one a day."""
    path = given.path
    if given.kind == live.POSTING:
        day, end = (moment.astimezone(clock.ZONE).date() for moment in (first, last))
        return [posted.file_of(path, day + timedelta(days=step)) for step in range((end - day).days + 1)]
    if given.kind == "kamailio" and path.is_dir():
        return sorted(one for one in path.iterdir() if one.match(ACCOUNTS))
    return [path]


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class _Near:
    """Whether a record may be of one of some tests: cheap, for every call of a switch is asked for."""

    def __init__(self, tests: Sequence[Called]) -> None:
        self._tests = sorted(tests, key=lambda one: one.begun)
        self._begun = [one.begun for one in self._tests]
        self._longest = max((one.answered - one.begun for one in tests), default=timedelta())
        self._ids = {one.call_id for one in tests if one.call_id}

    def at(self, moment: datetime, call: str) -> bool:
        """By its moment or its call-id alone."""
        return call in self._ids or bool(self._around(moment))

    def has(self, record: Record) -> bool:
        """By its call-id, or by its moment and its numbers."""
        if record.call in self._ids:
            return True
        return any(compare.find_time_gap(record, one) is not None for one in self._around(record.at))

    def _around(self, moment: datetime) -> Sequence[Called]:
        first = bisect_left(self._begun, moment - REACH - self._longest)
        return self._tests[first : bisect_right(self._begun, moment + REACH)]
