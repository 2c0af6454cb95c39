"""What a source of calls tells of a day and a line, and what a carrier's bill tells. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

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
