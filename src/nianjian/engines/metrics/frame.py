"""The dates of one portrait: data year, as-of date, trailing twelve months, months.

Days are Asia/Shanghai calendar days; windows are half-open ``[first, end)``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Days from ``first`` up to but not including ``end``."""

    first: date
    end: date

    def __contains__(self, day: object) -> bool:
        """Whether a day lies in the window."""
        return isinstance(day, date) and self.first <= day < self.end


class Basis(StrEnum):
    """What a portrait's as-of day makes of it. Seats and tickets follow the day; calls are always the year's."""

    WITHIN_YEAR = "within_year"
    YEAR_END = "year_end"  # as at 31 December
    FILING = "filing"  # as at the day of filing, after the year's end
    AHEAD = "ahead"  # the same of a day that had not come when it was computed: no frame's, a stored portrait's


@dataclass(frozen=True, slots=True)
class Frame:
    """``as_of`` is the day at whose end seats and tickets are looked at; it does not cut the data year.

    ``today`` is the second as-of value of D1 and D4; None where nobody asks for it.
    """

    year: int
    as_of: date
    today: date | None = None

    @property
    def period(self) -> Window:
        """The data year, 1 January to 31 December: the headline window."""
        return Window(date(self.year, 1, 1), date(self.year + 1, 1, 1))

    @property
    def basis(self) -> Basis:
        """The last day of the data year is its year-end basis; every later day is one of filing."""
        last = self.period.end - DAY
        if self.as_of == last:
            return Basis.YEAR_END
        return Basis.FILING if self.as_of > last else Basis.WITHIN_YEAR

    @property
    def trailing(self) -> Window:
        """The twelve months that end with the as-of date, or with today when the as-of date is still to come."""
        last = self.as_of if self.today is None else min(self.as_of, self.today)
        end = last + DAY
        try:
            return Window(end.replace(year=end.year - 1), end)
        except ValueError:  # 29 February
            return Window(date(end.year - 1, 3, 1), end)

    @property
    def span(self) -> Window:
        """All days that any window needs."""
        return Window(min(self.period.first, self.trailing.first), max(self.period.end, self.trailing.end))

    @property
    def months(self) -> tuple[str, ...]:
        """The months of the data year, ``2026-01`` ... ``2026-12``."""
        return tuple(f"{self.year}-{number:02}" for number in range(1, 13))

    @property
    def month_ends(self) -> tuple[date, ...]:
        """The last days of the data year's months up to the as-of date (and today)."""
        last = self.as_of if self.today is None else min(self.as_of, self.today)
        firsts = [date(self.year, number, 1) for number in range(2, 13)] + [date(self.year + 1, 1, 1)]
        return tuple(day - DAY for day in firsts if day - DAY <= last)

    @property
    def as_of_days(self) -> tuple[date, ...]:
        """Every day at whose end seats are counted, ascending."""
        days = {self.as_of, *self.month_ends}
        if self.today is not None:
            days.add(self.today)
        return tuple(sorted(days))

    def slots(self, changes: Iterable[date]) -> tuple[date, ...]:
        """Window edges and ``changes`` within the span: where, beside month starts, a new stretch begins."""
        span = self.span
        edges = (self.period.first, self.period.end, self.trailing.first, self.trailing.end)
        return tuple(sorted({day for day in (*edges, *changes) if day in span}))
