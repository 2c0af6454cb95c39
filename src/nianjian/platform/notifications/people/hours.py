"""When somebody may be told: not in quiet hours, and together with the rest where a digest is wanted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from nianjian.engines.kernel.clock import ZONE

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of Asia/Shanghai. Equal ends: no quiet hours; they may go over midnight. ``digest`` None: at once."""

    quiet_from: time = time(21)
    quiet_until: time = time(8)
    digest: time | None = time(8, 30)


def quiet(at: time, hours: Hours) -> bool:
    """Whether the time lies in the quiet hours; their end does not."""
    begins, ends = hours.quiet_from, hours.quiet_until
    if begins <= ends:
        return begins <= at < ends
    return at >= begins or at < ends


def not_before(moment: datetime, hours: Hours, *, urgent: bool) -> datetime:
    """The first moment from ``moment`` on at which the person may be told; what is urgent waits for no digest."""
    if hours.digest is not None and not urgent:
        moment = _next(moment, hours.digest)
    return _next(moment, hours.quiet_until) if quiet(moment.astimezone(ZONE).time(), hours) else moment


def _next(moment: datetime, at: time) -> datetime:
    """The next moment with that time of day, this one included."""
    local = moment.astimezone(ZONE)
    found = datetime.combine(local.date(), at, ZONE)
    return (found if found >= local else found + _DAY).astimezone(moment.tzinfo)
