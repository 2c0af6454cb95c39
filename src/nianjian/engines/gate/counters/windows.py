"""Windows as arithmetic: days of Asia/Shanghai, ends, the next chance, and how many tokens move at once. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from nianjian.engines.gate.policy import Cap

HOUR: Final = 3_600_000  # milliseconds
DAY: Final = 24 * HOUR
AHEAD: Final = 8 * HOUR  # Asia/Shanghai has had no summer time since 1991
KEPT: Final = 2 * DAY
"""How long counts outlive their window: no clock that is less than a day wrong finds them gone."""

_EXACT: Final = 30  # a cap up to here moves one by one: nothing can be stranded in a process that dies
_PARTS: Final = 30
_MOST: Final = 50


def day(now: int) -> int:
    """The calendar day in Asia/Shanghai of a moment in epoch milliseconds, as days since 1970-01-01."""
    return (now + AHEAD) // DAY


def day_end(number: int) -> int:
    """The moment at which a day of `day` is over, epoch milliseconds."""
    return (number + 1) * DAY - AHEAD


def day_name(number: int) -> str:
    """A day of `day` as an ISO date."""
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def whole(moment: int) -> int:
    """Epoch milliseconds as epoch seconds, the first that is not before."""
    return -(-moment // 1000)


def block(cap: Cap) -> int:
    """How many tokens of a calendar day move at once: 10 at a cap of 300, 1 up to 30, where every token counts."""
    return 1 if cap.limit <= _EXACT else min(_MOST, max(1, cap.limit // _PARTS))
