"""Days on which an enterprise makes no calls, as the rule ``portrait.quiet_days`` holds them: days to reason.

A key is a day (``2026-10-01``), a first and a last day (``2026-10-01/2026-10-07``) or a day of the week (1 to 7, Monday
first). The reasons are an enterprise's own, confirmed by the second person of an overlay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

WEEK: Final = frozenset("1234567")


@dataclass(frozen=True, slots=True)
class QuietDays:
    """Days of the week (1 is Monday), and spans of days with both ends."""

    weekdays: frozenset[int]
    spans: tuple[tuple[date, date], ...]

    def __contains__(self, day: object) -> bool:
        """Whether a reason is confirmed for the day."""
        return isinstance(day, date) and (
            day.isoweekday() in self.weekdays or any(first <= day <= last for first, last in self.spans)
        )


def read_quiet_days(value: Mapping[str, object]) -> QuietDays:
    """The days of the rule's value; ValueError for a key that is no day, and for a day without a reason."""
    spans = []
    for key, reason in value.items():
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(key)
        if key not in WEEK:
            first, _slash, last = key.partition("/")
            spans.append((date.fromisoformat(first), date.fromisoformat(last or first)))
            if spans[-1][0] > spans[-1][1]:
                raise ValueError(key)
    return QuietDays(frozenset(int(key) for key in value if key in WEEK), tuple(spans))
