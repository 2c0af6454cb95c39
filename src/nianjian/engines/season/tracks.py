"""The two reports of a season, where each stands, and what may follow. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from nianjian.engines.kernel.periods import Season
from nianjian.engines.season.deadlines import LICENCE, TRACKS, Deadline, deciding

LATE_RULE: Final = "deadline.guide.late_report"
LISTS_RULE: Final = "law.order42.late"


class State(StrEnum):
    """Where a report stands."""

    ON_TIME = "on_time"  # not handed in, and not late
    LATE = "late"  # 补报 is the only way left
    FILED = "filed"
    FILED_LATE = "filed_late"
    UNDATED = "undated"  # no template names a day: nobody can say


class Risk(StrEnum):
    """What the reader must know. Texts only: no probability is ever computed."""

    LATE_REPORT = "late_report"
    SYSTEM_CLOSED = "system_closed"
    BAD_LIST = "bad_list"
    CONFLICT = "templates_conflict"
    PROVISIONAL = "calendar_provisional"
    NO_LICENCE = "no_licence"


@dataclass(frozen=True, slots=True)
class Licence:
    """What decides whether a licence must report; a day that is not known is None."""

    number: str
    issued_on: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """One report of one season. ``due``: the deadline that decides, ``filed_on``: when it was handed in."""

    season: Season
    track: str
    state: State
    due: Deadline | None
    filed_on: date | None

    @property
    def open(self) -> bool:
        """Whether it is still to be handed in."""
        return self.state in {State.ON_TIME, State.LATE, State.UNDATED}


def state(due: Deadline | None, filed_on: date | None, today: date) -> State:
    """Where a report stands on a day: the last day is in time, it ends at 24:00."""
    if filed_on is not None and filed_on <= today:
        return State.FILED if due is None or filed_on <= due.last.day else State.FILED_LATE
    if due is None:
        return State.UNDATED
    return State.LATE if today > due.last.day else State.ON_TIME


def reporting(licences: Iterable[Licence], year: int) -> list[Licence]:
    """Licences that must report on a data year.

    Who was licensed by its last day reports, one that lapses while reports are taken, too; a newer one next year.
    """
    opens = date(year + 1, 1, 1)
    return [
        one
        for one in licences
        if (one.issued_on is None or one.issued_on < opens) and (one.valid_until is None or one.valid_until >= opens)
    ]


def tracks(
    seasons: Sequence[Season], deadlines: Sequence[Deadline], filed: dict[tuple[str, str], date], today: date
) -> list[Track]:
    """Both reports of every season; ``filed``: (licence, track) -> the day on which it was handed in."""
    found = []
    for season in seasons:
        for name in TRACKS:
            due = deciding(deadlines, name, season.licence)
            filed_on = filed.get((season.licence, name))
            found.append(Track(season, name, state(due, filed_on, today), due, filed_on))
    return found


def risks(
    found: Sequence[Track], shut: date | None, today: date, *, conflict: bool, provisional: bool, licences: bool
) -> list[Risk]:
    """What must be said, the gravest first. ``shut``: the last day on which the system takes a report."""
    late = [one for one in found if one.state is State.LATE]
    closed = shut is not None and today > shut and any(one.track == LICENCE and one.open for one in found)
    told = (
        (Risk.SYSTEM_CLOSED, closed),
        (Risk.LATE_REPORT, bool(late)),
        (Risk.BAD_LIST, any(one.track == LICENCE for one in late)),
        (Risk.NO_LICENCE, not licences),
        (Risk.CONFLICT, conflict),
        (Risk.PROVISIONAL, provisional),
    )
    return [risk for risk, holds in told if holds]
