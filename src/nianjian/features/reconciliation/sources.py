"""Call-record sources against each other: calls per day and line, where they part, and the likely reason.

The expression is Ibis and never runs here; the answer is pure Python on whole numbers. A call is counted once in each
source, on the day of its first row, with the line that a row of it names. A carrier's bill is one more source, which
may tell months instead of days, and no lines.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.features.reconciliation.counts import BILL, Bill, Count, Place, Sides
from nianjian.features.reconciliation.likely_causes import explained, likely

REJECTED: Final = "rejected"
OUT: Final = "out"
DAY: Final = timedelta(days=1)
MINUTE: Final = 60
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
class Compared:
    """``days``: day -> source -> calls; ``places``: how many days and lines were compared, ``same`` of them alike."""

    sources: tuple[str, ...]
    days: Mapping[date, Mapping[str, int]]
    places: int
    same: int
    partings: Sequence[Parting]


def question(calls: ir.Table, first: date, last: date, unit: int = MINUTE) -> ir.Table:
    """Calls of the days from ``first`` to ``last`` by source, day and line: a few rows a day.

    ``billed``: seconds of answered outbound calls, each rounded up to ``unit``.
    """
    rows = calls.filter(
        calls.part != REJECTED,
        calls.start_ts >= ibis.literal(datetime.combine(first, time())),
        calls.start_ts < ibis.literal(datetime.combine(last + DAY, time())),
    )
    talked = (rows.end_ts.epoch_seconds() - rows.answer_ts.epoch_seconds()).cast("int64")
    named = rows.mutate(
        one=rows.call_key.fill_null(rows.call_id),
        talk=ibis.cases((rows.answered.fill_null(False) & (talked > 0), talked), else_=0),  # noqa: FBT003 -- a value
    )
    single = named.group_by("source", "one").aggregate(
        started=named.start_ts.min(),
        line=named.line_id.max(),
        answered=named.answered.fill_null(False).max(),  # noqa: FBT003 -- a value of the column
        test=named.test.fill_null(False).max(),  # noqa: FBT003 -- a value of the column
        inbound=(named.direction != OUT).min(),
        talk=named.talk.max(),
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


def compared(
    rows: Iterable[Mapping[str, object]],
    sources: Sequence[str] = (),
    bill: Bill | None = None,
    elsewhere: frozenset[str] = frozenset(),
    *,
    together: bool = False,
    beside: Collection[str] = (),
) -> Compared:
    """Compare what the rows of `question` tell; of these sources alone, if given; with a bill, if there is one.

    ``elsewhere``: lines that the bill does not concern; ``together``: the sources are switches beside each other that
    share the calls, so these are added up first, and alone there is nothing to compare them with; ``beside``: of the
    sources these are such switches, and one side against the others.
    """
    side = _sides(together=together, beside=beside)
    found: list[tuple[str, Place, Count]] = []
    for row in rows:
        name, line = str(row["source"]), str(row["line"] or "")
        if (not sources or name in sources) and line not in elsewhere and isinstance(day := row["day"], date):
            found.append((side(name), _place(day, line, bill), _count(row)))
    more = {BILL} if bill is not None else set()
    named = {RECORDS} if together else {side(name) for name in sources}
    sides = Sides(tuple(sorted({name for name, *_rest in found} | named | more)))
    for name, place, count in found:
        sides.add(place, name, count)
    if bill is not None:
        sides.moved = bill.moved
        for place, count in bill.at.items():
            sides.add(place, BILL, count)
    partings = _partings(sides) if len(sides.sources) > 1 else []
    days = {day: {source: count.calls for source, count in told.items()} for day, told in sorted(sides.of_day.items())}
    compared_places = len(sides.at) if len(sides.sources) > 1 else 0
    return Compared(sides.sources, days, compared_places, compared_places - len(partings), partings)


def _sides(*, together: bool, beside: Collection[str]) -> Callable[[str], str]:
    """The name of the side on which a source stands."""
    joined = " + ".join(sorted(beside))
    return lambda name: RECORDS if together else joined if name in beside else name


def _place(day: date, line: str, bill: Bill | None) -> Place:
    if bill is None:
        return day, line
    return day.replace(day=1) if bill.months else day, line if bill.named else ""


def _count(row: Mapping[str, object]) -> Count:
    def whole(name: str) -> int:
        return int(str(row.get(name) or 0))

    minutes = Decimal(whole("billed")) / MINUTE
    return Count(
        whole("calls"), whole("answered"), whole("tests"), whole("inbound"), whole("billable"), whole("talk"), minutes
    )


def _partings(sides: Sides) -> list[Parting]:
    partings = []
    for day, line in sorted(sides.at):
        reason = likely(sides, day, line)
        if reason:
            told = {source: sides.count(day, line, source) for source in sides.sources}
            partings.append(Parting(day, line, told, reason, explained(sides, day, line)))
    return partings
