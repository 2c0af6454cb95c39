"""Call-record sources against each other: calls per day and line, where they part, and the likely reason.

The expression is Ibis and never runs here; the answer is pure Python on whole numbers. A call is counted once in each
source, on the day of its first row, with the line that a row of it names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

import ibis
import ibis.expr.types as ir

REJECTED: Final = "rejected"
OUT: Final = "out"
DAY: Final = timedelta(days=1)
FIGURES: Final = ("calls", "answered", "tests", "inbound")

Place = tuple[date, str]  # day and line; "" is a line that no row names


@dataclass(frozen=True, slots=True)
class Count:
    """What a source tells of a day and line; ``calls`` are all of them, the other figures parts of these."""

    calls: int = 0
    answered: int = 0
    tests: int = 0
    inbound: int = 0

    def plus(self, other: Count) -> Count:
        """The sum."""
        return Count(
            self.calls + other.calls,
            self.answered + other.answered,
            self.tests + other.tests,
            self.inbound + other.inbound,
        )


@dataclass(frozen=True, slots=True)
class Parting:
    """A day and line on which sources tell different numbers of calls. ``likely``: the code of the likely reason."""

    day: date
    line: str
    counts: Mapping[str, Count]
    likely: str


@dataclass(frozen=True, slots=True)
class Compared:
    """``days``: day -> source -> calls; ``places``: how many days and lines were compared, ``same`` of them alike."""

    sources: tuple[str, ...]
    days: Mapping[date, Mapping[str, int]]
    places: int
    same: int
    partings: Sequence[Parting]


@dataclass(slots=True)
class _Sides:
    """Counts by place and source, with the sums of each day."""

    sources: tuple[str, ...]
    at: dict[Place, dict[str, Count]] = field(default_factory=lambda: defaultdict(dict))
    of_day: dict[date, dict[str, Count]] = field(default_factory=lambda: defaultdict(dict))

    def count(self, day: date, line: str, source: str) -> Count:
        """Nothing told is a count of 0."""
        return self.at.get((day, line), {}).get(source, Count())

    def calls(self, day: date, line: str) -> list[int]:
        """Calls in the order of the sources."""
        return [self.count(day, line, source).calls for source in self.sources]


def question(calls: ir.Table, first: date, last: date) -> ir.Table:
    """Calls of the days from ``first`` to ``last`` by source, day and line: a few rows a day."""
    rows = calls.filter(
        calls.part != REJECTED,
        calls.start_ts >= ibis.literal(datetime.combine(first, time())),
        calls.start_ts < ibis.literal(datetime.combine(last + DAY, time())),
    )
    named = rows.mutate(one=rows.call_key.fill_null(rows.call_id))
    single = named.group_by("source", "one").aggregate(
        started=named.start_ts.min(),
        line=named.line_id.max(),
        answered=named.answered.fill_null(False).max(),  # noqa: FBT003 -- a value of the column
        test=named.test.fill_null(False).max(),  # noqa: FBT003 -- a value of the column
        inbound=(named.direction != OUT).min(),
    )
    return single.group_by("source", day=single.started.date(), line=single.line.fill_null("")).aggregate(
        calls=single.count(),
        answered=single.answered.cast("int64").sum(),
        tests=single.test.cast("int64").sum(),
        inbound=single.inbound.cast("int64").sum(),
    )


def compared(rows: Iterable[Mapping[str, object]], sources: Sequence[str] = ()) -> Compared:
    """Compare what the rows of `question` tell; of these sources alone, if given."""
    found: list[tuple[str, date, str, Count]] = []
    for row in rows:
        day, name = row["day"], str(row["source"])
        if isinstance(day, date) and (not sources or name in sources):
            found.append((name, day, str(row["line"] or ""), Count(*(int(str(row[one] or 0)) for one in FIGURES))))
    sides = _Sides(tuple(sorted({name for name, *_rest in found} | set(sources))))
    for name, day, line, count in found:
        sides.at[day, line][name] = count
        sides.of_day[day][name] = sides.of_day[day].get(name, Count()).plus(count)
    partings = []
    for day, line in sorted(sides.at):
        counts = sides.calls(day, line)
        if len(sides.sources) > 1 and len(set(counts)) > 1:
            told = {source: sides.count(day, line, source) for source in sides.sources}
            partings.append(Parting(day, line, told, _likely(sides, day, line)))
    days = {day: {source: count.calls for source, count in told.items()} for day, told in sorted(sides.of_day.items())}
    compared_places = len(sides.at) if len(sides.sources) > 1 else 0
    return Compared(sides.sources, days, compared_places, compared_places - len(partings), partings)


def _likely(sides: _Sides, day: date, line: str) -> str:
    """The first reason that the figures bear out, the plainest first."""
    told = [sides.count(day, line, source) for source in sides.sources]
    sums = [sides.of_day[day].get(source, Count()).calls for source in sides.sources]
    least, most = min(told, key=lambda one: one.calls), max(told, key=lambda one: one.calls)
    gap, numbers = most.calls - least.calls, {count.calls for count in told}
    borne_out = {
        "source_silent": min(sums) == 0,
        "line_named_otherwise": len(set(sums)) == 1,  # the same calls stand under other lines, or under none
        "line_missing": least.calls == 0,
        "tests_left_out": gap == most.tests - least.tests,
        "inbound_left_out": gap == most.inbound - least.inbound,
        "answered_only": least.calls == most.answered,
        "legs_counted": len(numbers) == 2 and least.calls > 0 and most.calls % least.calls == 0,  # noqa: PLR2004 -- two numbers
        "day_border": _shifted(sides, day, line),
    }
    return next((reason for reason, holds in borne_out.items() if holds), "unknown")


def _shifted(sides: _Sides, day: date, line: str) -> bool:
    """What one source has more today the other has more the day before or after: calls around midnight."""
    here = sides.calls(day, line)
    for other in (day - DAY, day + DAY):
        there = sides.calls(other, line)
        both = [one + another for one, another in zip(here, there, strict=True)]
        if len(set(both)) == 1 and len(set(there)) > 1:
            return True
    return False
