"""Which rows stand in the base of a day (T6): filed, not cancelled, in force. Pure.

A row of which that cannot be told is neither in nor out: it is compared, and the run cannot pass while it is unclear.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

Row = Mapping[str, object]

NUMBERS: Final = "numbers"
LINES: Final = "lines"
SEATS: Final = "seats"
KINDS: Final = (NUMBERS, LINES, SEATS)


@dataclass(frozen=True, slots=True)
class Standing:
    """``inside``: in the base, None where that cannot be told; ``why``: the code of what keeps it out or unclear."""

    inside: bool | None
    why: str = ""


IN: Final = Standing(inside=True)


def evaluate_status(kind: str, row: Row, day: date) -> Standing:
    """Say whether a row stands in the base at the end of ``day``."""
    return _RULES[kind](row, day)


def _number(row: Row, day: date) -> Standing:
    """A number has no day of cancellation of its own: the day of its change (变更日期) is that of a cancelled one."""
    if row.get("filing") == "cancelled":
        cancelled = _day(row, "changed_on")
        if cancelled is None:
            return Standing(None, "cancelled_day_unknown")
        if cancelled <= day:
            return Standing(inside=False, why="cancelled_before")
    until = _day(row, "valid_until")
    if until is not None and until < day:  # the last valid day is included
        return Standing(inside=False, why="expired")
    return _filed(row, day)


def _seat(row: Row, day: date) -> Standing:
    cancelled = _day(row, "cancelled_on")
    if cancelled is not None and cancelled <= day:
        return Standing(inside=False, why="cancelled_before")
    if row.get("filing") == "cancelled" and cancelled is None:
        return Standing(None, "cancelled_day_unknown")
    return _filed(row, day)


def _filed(row: Row, day: date) -> Standing:
    filing, filed = row.get("filing"), _day(row, "filed_on")
    if filing == "unfiled":
        return Standing(inside=False, why="not_filed")
    if filed is not None and filed > day:
        return Standing(inside=False, why="filed_after")
    if filing is None:
        return Standing(None, "filing_unknown")
    return IN if filed is not None else Standing(None, "filing_day_unknown")


def _line(row: Row, day: date) -> Standing:
    """The registers know no filing of lines: one that is in use counts. The day of closing is the first without it."""
    opened, closed = _day(row, "opened_on"), _day(row, "closed_on")
    if closed is not None and closed <= day:
        return Standing(inside=False, why="closed_before")
    if opened is not None and opened > day:
        return Standing(inside=False, why="opened_after")
    if row.get("state") == "stopped" and closed is None:
        return Standing(None, "closed_day_unknown")
    return IN if opened is not None else Standing(None, "opening_day_unknown")


def _day(row: Row, name: str) -> date | None:
    found = row.get(name)
    return found if isinstance(found, date) else None


_RULES: Final[Mapping[str, Callable[[Row, date], Standing]]] = {NUMBERS: _number, LINES: _line, SEATS: _seat}
