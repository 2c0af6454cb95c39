"""The only place that reads the clock."""

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from nianjian.engines.kernel.errors import NianjianError

ZONE: Final = ZoneInfo("Asia/Shanghai")
FIRST_DAY: Final = date(1990, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""The days that may be asked for. Sums over days beyond the calendar's end are faults, and no register goes there."""
OVERRIDE: Final = "NIANJIAN_TODAY"
"""Environment variable: an ISO date that `today` gives instead of the real one, for drills and repeatable runs."""

SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")
"""There while systemd keeps the clock of this machine."""


def now() -> datetime:
    """The moment, aware, UTC. Never overridden: the audit trail tells the real time."""
    return datetime.now(UTC)


def aware(moment: datetime) -> datetime:
    """The moment; one without an offset is wall time in Asia/Shanghai."""
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment


def milliseconds() -> int:
    """The moment as epoch milliseconds; a fifth of the cost of `now`, for who asks for it at every call."""
    return time.time_ns() // 1_000_000


def today() -> date:
    """The day in Asia/Shanghai, where every day boundary of the rules lies. NianjianError today_unreadable."""
    text = os.environ.get(OVERRIDE, "")
    if not text:
        return now().astimezone(ZONE).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NianjianError("today_unreadable", variable=OVERRIDE, value=text) from error


def moment() -> datetime:
    """The moment as of which a paper of `today` speaks: now; the end of the day where `OVERRIDE` plays another one."""
    present, day = now(), today()
    if present.astimezone(ZONE).date() == day:
        return present
    return datetime.combine(day, datetime.max.time(), ZONE)
