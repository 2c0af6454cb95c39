"""How far back a log reaches without a hole (日志保存). Pure; every limit comes from the rulebook.

A log that is written all day long has a record on every day, or a reason why not. A log that is written when something
happens has quiet days; a silence that is too long proves nothing, unless the log itself proves that nothing is missing.
What proves nothing is unknown, and unknown is never green.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

OK, GAP, TOO_SHORT, UNKNOWN = "ok", "gap", "too_short", "unknown"
DAY: Final = timedelta(days=1)

Excuse = Callable[[date], str]
"""Why a day may be without a record, as a code; "" where there is no reason."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days without a record, both included. ``reason``: the code of what excuses them; "": nothing does."""

    first: date
    last: date
    reason: str = ""

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Reach:
    """A log against the day to which it must reach back.

    ``oldest``: its first record; ``since``: the first day of the unbroken run of days that ends at ``until``, None:
    there is none. ``why``: the code of what makes the state. ``gaps`` have no excuse; ``excused``: reason -> days.
    """

    state: str
    why: str
    begin: date
    until: date
    oldest: date | None = None
    since: date | None = None
    days: int = 0
    gaps: Sequence[Stretch] = ()
    excused: Mapping[str, int] = field(default_factory=dict)


def no_excuse(_day: date) -> str:
    """Nothing excuses a day without a record."""
    return ""


def daily(days: Collection[date], begin: date, until: date, excuse: Excuse = no_excuse) -> Reach:
    """A log that every day leaves a record in, from ``begin`` to ``until``, both included."""
    written = set(days)
    known = [day for day in written if day <= until]
    if not known:
        return Reach(UNKNOWN, "no_record", begin, until)
    oldest = min(known)
    span = (begin + DAY * step for step in range((until - begin).days + 1))
    missing = {day: excuse(day) for day in span if day not in written}
    # Before the first record an excuse proves only that nothing is missing there, not that a log was kept.
    reaches = all(missing[day] for day in missing if day < oldest)
    inner = [day for day, reason in missing.items() if day > oldest and not reason]
    excused = Counter(reason for day, reason in missing.items() if reason and day > oldest)
    state, why = (GAP, "days_missing") if inner else (OK, "reaches") if reaches else (TOO_SHORT, "begins_late")
    since = after(inner[-1], until) if inner else oldest
    return Reach(state, why, begin, until, oldest, since, len(known), stretches(inner), dict(excused))


def now_and_then(days: Collection[date], begin: date, until: date, silence: int | None) -> Reach:
    """A log that is written when something happens.

    ``silence``: the most days in a row without a record that prove anything; None: the log proves by itself that no
    record is missing.
    """
    known = sorted({day for day in days if day <= until})
    if not known:
        return Reach(UNKNOWN, "no_record", begin, until)
    oldest = known[0]
    quiet: list[Stretch] = []
    if silence is not None:
        pairs = zip(known, [*known[1:], until + DAY], strict=True)
        spans = [Stretch(max(one + DAY, begin), other - DAY) for one, other in pairs]  # what was before is not asked
        quiet = [span for span in spans if span.days > silence]
    if oldest > begin:
        return Reach(TOO_SHORT, "begins_late", begin, until, oldest, oldest, len(known), quiet)
    if quiet:
        return Reach(UNKNOWN, "long_silence", begin, until, oldest, after(quiet[-1].last, until), len(known), quiet)
    return Reach(OK, "reaches", begin, until, oldest, oldest, len(known))


def complete(told: Mapping[date, tuple[int, int]], begin: date, until: date) -> Reach:
    """What every answered call must have, such as a recording: day -> (calls, those that have it)."""
    having = sorted(day for day, (_calls, there) in told.items() if there and day <= until)
    if not having:
        return Reach(UNKNOWN, "no_reference", begin, until)
    oldest = having[0]
    lacking = [day for day, (calls, there) in told.items() if there < calls and max(begin, oldest) <= day <= until]
    before = [day for day, (calls, _there) in told.items() if calls and begin <= day < oldest]
    state, why = (GAP, "calls_without") if lacking else (TOO_SHORT, "begins_late") if before else (OK, "reaches")
    if state == OK and oldest > begin:  # no call was answered before: what was recorded first proves no earlier day
        state, why = TOO_SHORT, "begins_late"
    since = after(max(lacking), until) if lacking else oldest
    return Reach(state, why, begin, until, oldest, since, len(having), stretches(sorted(lacking)))


def after(gap: date, until: date) -> date | None:
    """The first day behind a gap; None: the gap goes on to the end."""
    return gap + DAY if gap < until else None


def stretches(days: Sequence[date]) -> list[Stretch]:
    """Days in order, those that follow each other as one."""
    found: list[Stretch] = []
    for day in days:
        if found and found[-1].last + DAY == day:
            found[-1] = Stretch(found[-1].first, day)
        else:
            found.append(Stretch(day, day))
    return found
