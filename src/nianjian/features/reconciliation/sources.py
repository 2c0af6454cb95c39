"""Call-record sources against each other: calls per day and line, where they part, and the likely reason. Pure.

The expression is Ibis and never runs here; the answer is pure Python on whole numbers. A call is counted once in each
source, on the day of its first row, with the line that a row of it names. A carrier's bill is one more source, which
may tell months instead of days, and no lines. The likely reason is the first that the figures bear out, the plainest
first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.metrics.tables import is_scanner

BILL: Final = "carrier-bill"  # the name of the carrier's bill among the sources

Place = tuple[date, str]  # day, or first day of a month, and line; "" is a line that no row names


@dataclass(frozen=True, slots=True)
class Count:
    """What a source tells of a day and line; ``calls`` are all of them, the other figures parts of these.

    ``billable``: answered outbound calls; ``minutes``: theirs, each rounded up as the bill does; ``talk``: their
    seconds as they are. None: the source does not tell it.
    """

    calls: int = 0
    answered: int | None = 0
    tests: int = 0
    inbound: int = 0
    billable: int = 0
    talk: int = 0
    minutes: Decimal | None = None

    def plus(self, other: Count) -> Count:
        """The sum; of what only one of them tells, nothing is told."""
        unknown = self.answered is None or other.answered is None
        free = self.minutes is None or other.minutes is None
        return Count(
            self.calls + other.calls,
            None if unknown else (self.answered or 0) + (other.answered or 0),
            self.tests + other.tests,
            self.inbound + other.inbound,
            self.billable + other.billable,
            self.talk + other.talk,
            None if free else (self.minutes or Decimal()) + (other.minutes or Decimal()),
        )


@dataclass(frozen=True, slots=True)
class Bill:
    """The sums of a bill. ``moved``: the same, were it written in UTC; empty where it does not tell single calls.

    ``months``: it tells no days; ``named``: it names lines; ``unit``: seconds by which a call is rounded up.
    """

    file: str
    sha256: str
    at: Mapping[Place, Count]
    moved: Mapping[Place, Count]
    months: bool
    named: bool
    unit: int
    first: date | None
    last: date | None


@dataclass(slots=True)
class Sides:
    """Counts by place and source, with the sums of each day and of each line."""

    sources: tuple[str, ...]
    moved: Mapping[Place, Count] = field(default_factory=dict)
    at: dict[Place, dict[str, Count]] = field(default_factory=lambda: defaultdict(dict))
    of_day: dict[date, dict[str, Count]] = field(default_factory=lambda: defaultdict(dict))
    of_line: dict[str, dict[str, Count]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, place: Place, source: str, count: Count) -> None:
        """Add what a source tells."""
        for sums in (self.at[place], self.of_day[place[0]], self.of_line[place[1]]):
            sums[source] = sums[source].plus(count) if source in sums else count

    def count(self, day: date, line: str, source: str) -> Count:
        """Nothing told is a count of 0."""
        return self.at.get((day, line), {}).get(source, Count())

    def calls(self, day: date, line: str) -> list[int]:
        """Calls in the order of the sources."""
        return [self.count(day, line, source).calls for source in self.sources]


DAY: Final = timedelta(days=1)
MINUTE: Final = 60
HUNDREDTH: Final = Decimal("0.01")
UNBILLED: Final = "unanswered_not_billed"
UNKNOWN: Final = "unknown"


def find_likely_cause(sides: Sides, day: date, line: str) -> str:
    """The code of the reason; "" where all tell the same."""
    numbers = set(sides.calls(day, line))
    if len(numbers) > 1:
        return _of_calls(sides, day, line)
    return _of_minutes(sides, day, line)


def is_proved(sides: Sides, day: date, line: str) -> bool:
    """Whether the figures prove the parting: the bill holds what the others call answered, minute for minute."""
    others = {sides.count(day, line, one).calls for one in sides.sources if one != BILL}
    return _unbilled(sides, day, line) and len(others) == 1 and not _of_minutes(sides, day, line)


def _of_calls(sides: Sides, day: date, line: str) -> str:
    counts = [sides.count(day, line, source) for source in sides.sources]
    sums = [sides.of_day[day].get(source, Count()).calls for source in sides.sources]
    least, most = min(counts, key=lambda one: one.calls), max(counts, key=lambda one: one.calls)
    gap, numbers = most.calls - least.calls, {count.calls for count in counts}
    borne_out = {
        "source_silent": min(sums) == 0,
        "line_named_otherwise": len(set(sums)) == 1,  # the same calls stand under other lines, or under none
        "line_missing": least.calls == 0,
        UNBILLED: _unbilled(sides, day, line),
        "tests_left_out": gap == most.tests - least.tests,
        "inbound_left_out": gap == most.inbound - least.inbound,
        "answered_only": least.calls == most.answered,
        "legs_counted": len(numbers) == 2 and least.calls > 0 and most.calls % least.calls == 0,  # noqa: PLR2004 -- two numbers
        "time_zone": _zoned(sides, day, line),
        "day_border": _shifted(sides, day, line),
    }
    return next((reason for reason, holds in borne_out.items() if holds), UNKNOWN)


def _unbilled(sides: Sides, day: date, line: str) -> bool:
    """Whether the bill holds just the calls that another source calls answered outbound ones."""
    if BILL not in sides.sources:
        return False
    billed = sides.count(day, line, BILL).calls
    others = [sides.count(day, line, one) for one in sides.sources if one != BILL]
    return any(billed < one.calls and billed in {one.billable, one.answered} for one in others)


def _zoned(sides: Sides, day: date, line: str) -> bool:
    """The bill's stamps moved by eight hours give the others' count, or the line's sums agree over all days."""
    others = {sides.count(day, line, one).calls for one in sides.sources if one != BILL}
    if sides.moved and others & {sides.moved.get((day, line), Count()).calls}:
        return True
    whole = sides.of_line[line]
    sums = {whole.get(source, Count()).calls for source in sides.sources}
    return len(sums) == 1 and sums != {0} and not _shifted(sides, day, line)


def _shifted(sides: Sides, day: date, line: str) -> bool:
    """What one source has more today the other has more the day before or after: calls around midnight."""
    here = sides.calls(day, line)
    for other in (day - DAY, day + DAY):
        there = sides.calls(other, line)
        both = [one + another for one, another in zip(here, there, strict=True)]
        if len(set(both)) == 1 and len(set(there)) > 1:
            return True
    return False


def _of_minutes(sides: Sides, day: date, line: str) -> str:
    """Minutes of the bill against those of the records; "" where no source lacks them and one agrees."""
    billed = sides.count(day, line, BILL).minutes if BILL in sides.sources else None
    others = [sides.count(day, line, one) for one in sides.sources if one != BILL]
    records = [one for one in others if one.minutes is not None]
    if billed is None or not records or any(_cents(one.minutes) == _cents(billed) for one in records):
        return ""
    near = any(abs(billed - Decimal(one.talk) / MINUTE) <= one.billable for one in records)  # a minute a call at most
    return "duration_rounding" if near else "minutes_differ"


def _cents(minutes: Decimal | None) -> Decimal | None:
    """Minutes as a bill writes them: seconds make no whole hundredths."""
    return None if minutes is None else minutes.quantize(HUNDREDTH)


REJECTED: Final = "rejected"
OUT: Final = "out"
RECORDS: Final = "records"  # the name of all sources together


@dataclass(frozen=True, slots=True)
class Parting:
    """A day and line on which sources tell different numbers. ``likely``: the code of the likely reason.

    ``proved``: the figures leave nothing to be explained.
    """

    day: date
    line: str
    counts: Mapping[str, Count]
    likely: str
    proved: bool = False


@dataclass(frozen=True, slots=True)
class SourceComparison:
    """``days``: day -> source -> calls; ``places``: how many days and lines were compared, ``same`` of them alike."""

    sources: tuple[str, ...]
    days: Mapping[date, Mapping[str, int]]
    places: int
    same: int
    partings: Sequence[Parting]


def build_question(calls: ir.Table, first: date, last: date, unit: int = MINUTE) -> ir.Table:
    """Calls of the days from ``first`` to ``last`` by source, day and line, scanners' left out: a few rows a day.

    ``billed``: seconds of answered outbound calls, each rounded up to ``unit``.
    """
    rows = calls.filter(
        calls.part != REJECTED,
        ~is_scanner(calls),
        calls.start_ts >= ibis.literal(datetime.combine(first, time())),
        calls.start_ts < ibis.literal(datetime.combine(last + DAY, time())),
    )
    talked = (rows.end_ts.epoch_seconds() - rows.answer_ts.epoch_seconds()).cast("int64")
    legs = rows.mutate(
        one=rows.call_key.fill_null(rows.call_id),
        talk=ibis.cases((rows.answered.fill_null(False) & (talked > 0), talked), else_=0),  # noqa: FBT003 -- a value
    )
    single = legs.group_by("source", "one").aggregate(
        started=legs.start_ts.min(),
        line=legs.line_id.max(),
        answered=legs.answered.fill_null(False).max(),  # noqa: FBT003 -- a value of the column
        test=legs.test.fill_null(False).max(),  # noqa: FBT003 -- a value of the column
        inbound=(legs.direction != OUT).min(),
        talk=legs.talk.max(),
    )
    billable = single.answered & ~single.inbound
    return single.group_by("source", day=single.started.date(), line=single.line.fill_null("")).aggregate(
        calls=single.count(),
        answered=single.answered.cast("int64").sum(),
        tests=single.test.cast("int64").sum(),
        inbound=single.inbound.cast("int64").sum(),
        billable=billable.fill_null(False).cast("int64").sum(),  # noqa: FBT003 -- a value of the column
        talk=billable.ifelse(single.talk, 0).sum(),
        billed=billable.ifelse((single.talk + (unit - 1)) // unit * unit, 0).cast("int64").sum(),
    )


def compare_sources(
    rows: Iterable[Mapping[str, object]],
    sources: Sequence[str] = (),
    bill: Bill | None = None,
    elsewhere: frozenset[str] = frozenset(),
    *,
    together: bool = False,
    beside: Collection[str] = (),
) -> SourceComparison:
    """Compare what the rows of `build_question` tell; of these sources alone, if given; with a bill, if there is one.

    ``elsewhere``: lines that the bill does not concern; ``together``: the sources are switches beside each other that
    share the calls, so these are added up first, and alone there is nothing to compare them with; ``beside``: of the
    sources these are such switches, and one side against the others.
    """
    joined = " + ".join(sorted(beside))

    def side(source: str) -> str:
        return RECORDS if together else joined if source in beside else source

    entries: list[tuple[str, Place, Count]] = []
    for row in rows:
        name, line = str(row["source"]), str(row["line"] or "")
        if (not sources or name in sources) and line not in elsewhere and isinstance(day := row["day"], date):
            entries.append((side(name), _place(day, line, bill), _count(row)))
    more = {BILL} if bill is not None else set()
    side_names = {RECORDS} if together else {side(name) for name in sources}
    sides = Sides(tuple(sorted({name for name, *_rest in entries} | side_names | more)))
    for name, place, count in entries:
        sides.add(place, name, count)
    if bill is not None:
        sides.moved = bill.moved
        for place, count in bill.at.items():
            sides.add(place, BILL, count)
    partings = _partings(sides) if len(sides.sources) > 1 else []
    days = {
        day: {source: count.calls for source, count in by_source.items()}
        for day, by_source in sorted(sides.of_day.items())
    }
    compared_places = len(sides.at) if len(sides.sources) > 1 else 0
    return SourceComparison(sides.sources, days, compared_places, compared_places - len(partings), partings)


def _place(day: date, line: str, bill: Bill | None) -> Place:
    if bill is None:
        return day, line
    return day.replace(day=1) if bill.months else day, line if bill.named else ""


def _count(row: Mapping[str, object]) -> Count:
    names = ("calls", "answered", "tests", "inbound", "billable", "talk", "billed")
    calls, answered, tests, inbound, billable, talk, billed = (int(str(row.get(name) or 0)) for name in names)
    return Count(calls, answered, tests, inbound, billable, talk, Decimal(billed) / MINUTE)


def _partings(sides: Sides) -> list[Parting]:
    partings = []
    for day, line in sorted(sides.at):
        reason = find_likely_cause(sides, day, line)
        if reason:
            counts = {source: sides.count(day, line, source) for source in sides.sources}
            partings.append(Parting(day, line, counts, reason, is_proved(sides, day, line)))
    return partings
