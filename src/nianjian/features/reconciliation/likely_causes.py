"""Why sources part on a day and line: the first reason that the figures bear out, the plainest first. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from nianjian.features.reconciliation.counts import BILL, Count, Sides

DAY: Final = timedelta(days=1)
MINUTE: Final = 60
HUNDREDTH: Final = Decimal("0.01")
UNBILLED: Final = "unanswered_not_billed"
UNKNOWN: Final = "unknown"


def likely(sides: Sides, day: date, line: str) -> str:
    """The code of the reason; "" where all tell the same."""
    numbers = set(sides.calls(day, line))
    if len(numbers) > 1:
        return _of_calls(sides, day, line)
    return _of_minutes(sides, day, line)


def explained(sides: Sides, day: date, line: str) -> bool:
    """Whether the figures prove the parting: the bill holds what the others call answered, minute for minute."""
    others = {sides.count(day, line, one).calls for one in sides.sources if one != BILL}
    return _unbilled(sides, day, line) and len(others) == 1 and not _of_minutes(sides, day, line)


def _of_calls(sides: Sides, day: date, line: str) -> str:
    told = [sides.count(day, line, source) for source in sides.sources]
    sums = [sides.of_day[day].get(source, Count()).calls for source in sides.sources]
    least, most = min(told, key=lambda one: one.calls), max(told, key=lambda one: one.calls)
    gap, numbers = most.calls - least.calls, {count.calls for count in told}
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
    known = [one for one in others if one.minutes is not None]
    if billed is None or not known or any(_cents(one.minutes) == _cents(billed) for one in known):
        return ""
    near = any(abs(billed - Decimal(one.talk) / MINUTE) <= one.billable for one in known)  # a minute a call at most
    return "duration_rounding" if near else "minutes_differ"


def _cents(minutes: Decimal | None) -> Decimal | None:
    """Minutes as a bill writes them: seconds make no whole hundredths."""
    return None if minutes is None else minutes.quantize(HUNDREDTH)
