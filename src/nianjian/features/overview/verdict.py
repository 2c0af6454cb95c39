"""Is today a good day, which metric speaks first, and who causes it: decided from a few figures; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from nianjian.engines.paper.figures import find_headroom
from nianjian.features.portrait.line_usage import OLD

# The product's own measure of "near" and "old"; no rule names one.
NEAR: Final = 14  # days to a deadline

FAR: Final = 9999  # days, where no deadline is known
LEAST: Final = frozenset({"closing_rate"})
PER: Final = {"%": 100, "‱": 10_000}  # a rule's limit is a share

FINE: Final = frozenset({"green", "yellow_explained"})  # what does not apply proves nothing
GRAVITY: Final = ("na", "green", "yellow_explained", "yellow", "insufficient", "red")


class Mood(StrEnum):
    """How the day looks."""

    GOOD = "good"
    WATCH = "watch"
    ACT = "act"


class Reason(StrEnum):
    """What makes the day what it is: the first of these that holds."""

    NOTHING_YET = "nothing_yet"  # no portrait was ever computed
    RED = "red"
    LATE = "late"  # a report was not handed in in time
    OVERDUE = "overdue"  # complaints are still open past their limit
    DEADLINE = "deadline"  # near, and something is open
    OVER = "over"  # a last day has passed, and something is open
    UNDECIDED = "undecided"
    YELLOW = "yellow"
    BLOCKED = "blocked"
    TASKS = "tasks"
    STALE = "stale"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Situation:
    """``light`` "" where no portrait is kept; ``days_left`` None where no deadline is known; ``age`` of the calls.

    ``red``: how many things are red (metrics, late reports, what has expired, waiting cases of rectification),
    ``late`` how many of them reports;
    ``overdue``: complaints still open past a limit;
    ``room``: the smallest head-room of a metric as a share of its limit, None where it is not known.
    """

    light: str
    blockers: int = 0
    tasks: int = 0
    days_left: int | None = None
    age: int | None = None
    red: int = 0
    late: int = 0
    room: Fraction | None = None
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer."""

    mood: Mood
    reason: Reason


def decide(now: Situation) -> Verdict:
    """Judge the day."""
    near = now.days_left is not None and now.days_left <= NEAR
    is_open = now.light not in FINE or now.blockers > 0
    missed = Reason.LATE if now.late else Reason.OVERDUE if now.overdue else None
    if missed and now.light != "red":
        return Verdict(Mood.ACT, missed)
    if not now.light:
        return Verdict(Mood.ACT if near else Mood.WATCH, Reason.NOTHING_YET)
    if now.light == "red":
        return Verdict(Mood.ACT, Reason.RED)
    if near and is_open:
        return Verdict(Mood.ACT, Reason.OVER if (now.days_left or 0) < 0 else Reason.DEADLINE)
    for holds, reason in (
        (now.light in {"insufficient", "na"}, Reason.UNDECIDED),
        (now.light not in FINE, Reason.YELLOW),
        (now.blockers > 0, Reason.BLOCKED),
        (now.tasks > 0, Reason.TASKS),
        (now.age is not None and now.age > OLD, Reason.STALE),
    ):
        if holds:
            return Verdict(Mood.WATCH, reason)
    return Verdict(Mood.GOOD, Reason.GOOD)


def gravest(lights: Iterable[str]) -> str:
    """Return the light that decides among several; "" of none."""
    return max(lights, key=GRAVITY.index, default="")


def urgency(now: Situation) -> tuple[int, int, Fraction, int]:
    """Sort key of a portfolio: most red first, then the fewest days to the earliest date, then the least head-room.

    A head-room that is not known is none; the graver light decides last.
    """
    light = GRAVITY.index(now.light) if now.light else GRAVITY.index("insufficient")
    days = now.days_left if now.days_left is not None else FAR
    return -now.red, days, now.room or Fraction(), -light


def smallest_headroom(metrics: Iterable[Mapping[str, Any]], limits: Mapping[str, Fraction]) -> Fraction | None:
    """The smallest head-room of the metrics as a share of their limits, negative beyond one; None where none is known.

    ``limits``: by metric; of what must not fall below its limit, as `LEAST`, the room is above it.
    """
    headrooms = []
    for one in metrics:
        limit, value = limits.get(str(one["slug"])), one["value"]
        if limit and value is not None:
            spare = (limit - Fraction(str(value)) / PER.get(str(one["unit"]), 1)) / limit
            headrooms.append(-spare if one["slug"] in LEAST else spare)
    return min(headrooms, default=None)


RANK: Final = {"red": 0, "insufficient": 1, "yellow": 2}
WITHIN_YEAR: Final = frozenset({"complaint_rate", "seat_vacancy", "number_consistency"})
#: Metric -> the step of a simulation that changes it longest once its data year is over.
LAST_STEPS: Final[Mapping[str, str]] = {
    "complaint_rate": "exclude_complaints", "closing_rate": "close_tickets", "seat_vacancy": "cut_seats",
    "number_consistency": "move_line",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trouble:
    """A metric that asks for something. ``last_day``: when an act can still change it; None: no day is known."""

    slug: str
    light: str
    excess: Fraction  # beyond the limit, as a share of it
    last_day: date | None = None
    over: bool = False  # that day is past

    @property
    def rank(self) -> tuple[int, bool, date, Fraction]:
        """Red, insufficient, yellow; what can still be changed first, the nearest day, then the larger excess."""
        return RANK[self.light], self.over, self.last_day or date.max, -self.excess


def rank_metrics(
    metrics: Iterable[Mapping[str, Any]], year: int, today: date, days: Mapping[str, date | None]
) -> list[Trouble]:
    """The metrics that are neither within their limits nor explained, the one to speak of first.

    ``days``: step -> last day on which it changes the basis that the metrics are on (`remedies.list_last_days`); it
    decides once the year is over.
    """
    troubles = []
    for metric in metrics:
        light, slug = str(metric["light"]), str(metric["slug"])
        if light in RANK:
            last_day = _find_last_day(slug, light, year, today, days)
            troubles.append(
                Trouble(slug, light, _find_excess(metric), last_day, over=bool(last_day and last_day < today))
            )
    return sorted(troubles, key=lambda trouble: trouble.rank)


def _find_last_day(slug: str, light: str, year: int, today: date, days: Mapping[str, date | None]) -> date | None:
    """What is not proved can be proved whenever its records come in, also after the year."""
    end = date(year, 12, 31)
    if today <= end:
        return end if slug in WITHIN_YEAR else None
    return None if light == "insufficient" else days.get(LAST_STEPS[slug])


def _find_excess(metric: Mapping[str, Any]) -> Fraction:
    room = find_headroom(metric) if metric.get("components") and metric.get("value") not in (None, "") else None
    if room is None:
        return Fraction()
    beyond = room.limit - room.used if room.least else room.used - room.limit
    return Fraction(max(beyond, 0), max(room.limit, 1))


CHANNELS: Final = ("team", "line", "display")  # from wide to narrow
HALF: Final = 2


@dataclass(frozen=True, slots=True)
class Cause:
    """``count`` of ``total`` are of the channel ``key`` of a split; ``stands_out``: says the exact test."""

    split: str
    key: str
    count: int
    total: int
    stands_out: bool = False

    @property
    def percent(self) -> int:
        """Its share in whole per cent."""
        return (200 * self.count + self.total) // (2 * self.total)


def find_cause(metric: Mapping[str, Any]) -> Cause | None:
    """The narrowest channel that has at least half of what the widest one has; None where nothing is counted.

    Rows without a channel are in the total and are no cause.
    """
    cause: Cause | None = None
    for split in CHANNELS:
        counts = {row["key"]: _count_bad(metric, row) for row in (metric.get("splits") or {}).get(split, ())}
        total = sum(counts.values())
        counts.pop(None, None)
        key = max(counts, key=lambda name: counts[name], default=None)
        if key is not None and counts[key] and (cause is None or HALF * counts[key] >= cause.count):
            cause = Cause(split, str(key), counts[key], total)
    return cause


def _count_bad(metric: Mapping[str, Any], row: Mapping[str, Any]) -> int:
    """How much of what is wrong stands in a row of a split."""
    match metric["slug"]:
        case "complaint_rate":
            return int(row["numerator"])
        case "closing_rate":
            return int(row["denominator"]) - int(row["numerator"])
        case "number_consistency":
            return int(row.get("landline") or 0) + int(row.get("mobile") or 0)
        case _:
            return 0
