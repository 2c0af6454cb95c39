"""What interfaces say of a season: its days, both reports, the plan with its tasks; rolling over; calendar feeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

Day = date  # a name for where a field is called ``date``
TrackCode = Literal["licence", "code_number"]


@dataclass(frozen=True, slots=True)
class SeasonLeft:
    """Days to go; ``provisional``: the holidays of a year on the way are not published yet."""

    days: int
    workdays: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class SeasonDeadline:
    """A day with its source. ``last_day``: later than ``date`` where the law moves it off a holiday."""

    track: str
    template: str
    template_name: str
    kind: Literal["opens", "closes"]
    name: str
    name_en: str
    date: Day
    last_day: Day
    provisional: bool
    printed: bool
    passed: bool
    days: int
    citation: str
    level: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class SeasonEarliest(SeasonDeadline):
    """The one that drives alarms and plan."""

    left: SeasonLeft


@dataclass(frozen=True, slots=True)
class SeasonTrack:
    """One report of one licence (null: the register names none); ``light`` red when it is late."""

    licence: str | None
    track: TrackCode
    state: Literal["on_time", "late", "filed", "filed_late", "undated"]
    path: Literal["report", "late_report"]
    light: str | None
    due: date | None
    filed_on: date | None
    deadlines: list[SeasonDeadline]


@dataclass(frozen=True, slots=True)
class SeasonSteps:
    """How many of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SeasonMilestone:
    """A module of the guide in the reverse plan."""

    module: str
    name: str
    begins: date
    due: date
    provisional: bool
    progress: SeasonSteps


@dataclass(frozen=True, slots=True)
class SeasonTask:
    """A task. ``by_hand``: a person says that it is done; all others are computed. ``effects``: sentences (D5).

    ``status``: how it stands, whatever it waits for; an empty register is ``not_proved``, never ``passed``.
    """

    task: str
    module: str
    track: str | None
    state: Literal["done", "not_applicable", "snoozed", "late", "blocked", "open", "ahead"]
    status: Literal["passed", "failed", "not_proved", "not_applicable", "in_progress", "overdue"]
    finished: bool
    begins: date
    due: date
    provisional: bool
    workdays: int
    after: list[str]
    source: str
    by_hand: bool
    owner: str
    steps: SeasonSteps
    figures: dict[str, Any]
    effects: list[str]
    done_on: date | None
    note: str
    snoozed_until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class SeasonFlag:
    """What must be known: a text, never a probability."""

    code: str
    text: str
    citation: str | None
    level: str | None


@dataclass(frozen=True, slots=True)
class SeasonObstacle:
    """What has waited too long already: late reports of earlier years, complaints past a limit, open differences.

    A code, its sentence, its values.
    """

    code: str
    text: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SeasonPackage:
    """The package that went out with the licence report."""

    number: int
    handed_on: date
    manifest: str


@dataclass(frozen=True, slots=True)
class SeasonTold:
    """A season as it stands on ``today``; ``package`` null: the licence report went out without one, or not yet."""

    enterprise: str
    year: int
    today: date
    earliest: SeasonEarliest | None
    start: date | None
    tracks: list[SeasonTrack]
    milestones: list[SeasonMilestone]
    tasks: list[SeasonTask]
    progress: SeasonSteps
    risk_flags: list[SeasonFlag]
    obstacles: Annotated[list[SeasonObstacle], Field(default=[])]  # a default for archives of older programs
    package: SeasonPackage | None = None


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A paper of the year before that is no ready paper here: yearly, expired or unconfirmed."""

    item: str
    reason: str
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class RolledOver:
    """What a season has from the one before; ``owners``: tasks that kept theirs."""

    year: int
    taken: list[str]
    owners: list[str]
    left: list[NotTaken]
    watched: list[dict[str, Any]]
    routine: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ReopenAsked:
    """The request that waits for a second person."""

    approval: str
    state: str


@dataclass(frozen=True, slots=True)
class FeedTold:
    """A feed of one's own; its secret is not kept."""

    feed: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FeedMade:
    """``path`` below the server's address, with the secret in it."""

    feed: str
    secret: str
    path: str


@dataclass(frozen=True, slots=True)
class FeedClosed:
    """The feed that is closed."""

    feed: str


def build_day_key(one: SeasonDeadline) -> tuple[str, ...]:
    """What a day is known by: its report, its template, its rule or the notice that names it."""
    return one.track, one.template, one.rule or one.citation


def list_days(tracks: Sequence[SeasonTrack]) -> list[tuple[SeasonDeadline, tuple[str, ...], str]]:
    """Every day of a season's reports once: the day, the licences it is for (empty: each that reports), its mark.

    Two notices of one name may name different days to different licences; both are kept. ``mark`` tells them apart: ""
    for the first, so that what stood there before keeps its identity, for any other its first licence, whatever its
    day.
    """
    by_day: dict[tuple[str, ...], tuple[SeasonDeadline, list[str]]] = {}
    holders: dict[str, list[str]] = {}
    for track in tracks:
        number = track.licence or ""
        holders.setdefault(track.track, []).append(number)
        for one in track.deadlines:
            by_day.setdefault((*build_day_key(one), str(one.date)), (one, []))[1].append(number)
    seen, days = set[tuple[str, ...]](), list[tuple[SeasonDeadline, tuple[str, ...], str]]()
    for one, numbers in by_day.values():
        mark = numbers[0] if build_day_key(one) in seen else ""
        seen.add(build_day_key(one))
        days.append((one, () if numbers == holders[one.track] else tuple(numbers), mark))
    return days
