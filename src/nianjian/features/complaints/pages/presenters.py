"""How a ticket's clocks are told: what is left of them, and how it looks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.complaints import HANDS
from nianjian.features.complaints.clocks import Hand, Reading

BADGES: Final = {Hand.MET: "good", Hand.WARNED: "warn", Hand.LATE: "bad"}
MINUTE: Final = timedelta(minutes=1)
STANDING: Final = frozenset({Hand.RUNNING, Hand.WARNED, Hand.LATE})


def present_clock_status(read: Reading, at: datetime, *, done: bool) -> tuple[str, str]:
    """What a clock says at a moment and its badge; ``done``: its work is done, so it runs no more."""
    badge = BADGES.get(read.hand, "plain")
    if read.due is None or done or read.hand not in STANDING:
        return _(HANDS[read.hand.value]), badge
    left = read.due - at
    told = _("{time} left") if left >= timedelta() else _("{time} over")
    return told.format(time=span(abs(left))), badge


def span(length: timedelta) -> str:
    """A length in days and hours, or hours and minutes."""
    minutes = length // MINUTE
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("{days} d {hours} h").format(days=days, hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def wall(moment: datetime | None) -> str:
    """A moment as clocks on walls show it; "" where it is not known."""
    return "" if moment is None else f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
