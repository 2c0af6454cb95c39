"""The next day of each deadline that the rulebook names, with what it rests on."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Final

from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.workdays import Calendar as Workdays
from nianjian.engines.kernel.workdays import add_months
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Overlay, Rulebook
from nianjian.engines.season.deadlines import CLOSES_BY, LEAD, LICENCE, TEMPLATES, UNIT, in_year, last_day
from nianjian.engines.season.deadlines import PRINTED as NOTICED
from nianjian.platform.registers import overlays as query
from nianjian.platform.rulebook import optional_items
from nianjian.platform.rulebook.holidays import calendar as workdays

UNDER: Final = "deadline."
LIMIT: Final = "portrait.{}.limit"
#: Metrics with one limit of their own.
LIMITED: Final = ("seat_vacancy", "complaint_rate", "closing_rate")
#: Register whose rows run out -> the rule of how many days before renewal must have been asked for.
RENEWALS: Final[Mapping[str, str]] = {"licences": "licence.renewal", "numbers": "numbers.renewal"}


@dataclass(frozen=True, slots=True)
class Expiry:
    """Rows of a register that share their last valid day ``until``; renewal is to be asked for by ``ask_by``.

    ``keys`` of the first of them, ``count`` of all.
    """

    kind: str
    keys: tuple[str, ...]
    count: int
    until: date
    ask_by: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """``day`` as the source names it; ``days``: how many are left to ``last`` (0: today); ``expiry``: what runs out.

    ``track``: the report that is due, "" where it is none of a season. ``moved``: where the law moves its last day to,
    off a holiday (民法典 203); None: it stays.
    """

    rule: Rule
    day: date
    days: int
    expiry: Expiry | None = None
    track: str = ""
    moved: date | None = None

    @property
    def last(self) -> date:
        """The last day in time."""
        return self.moved or self.day


@dataclass(frozen=True, slots=True)
class Calendar:
    """The deadlines to come, earliest first, and the day on which the plan for the first one starts.

    ``renewals``: the rules of `RENEWALS` in force, by register; ``further``: items of the package asked for here alone;
    ``limits``: of the metrics of `LIMITED`, as shares.
    """

    deadlines: tuple[Deadline, ...]
    start: date | None
    lead: Rule | None
    renewals: Mapping[str, Rule] = field(default_factory=dict)
    further: tuple[str, ...] = ()
    limits: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def earliest(self) -> Deadline | None:
        """The one that drives the alarms."""
        return self.deadlines[0] if self.deadlines else None


def upcoming(book: Rulebook, today: date, days: Workdays) -> Calendar:
    """Find the deadlines of the rulebook's templates from ``today`` on; one day may carry several.

    A term of the law that ends on a holiday is not over before the day to which it moves; ``days``: the working days.
    """
    templates = [one for one in book.items(TEMPLATES) if isinstance(one, Mapping)]
    tracks = {key: str(one.get("track")) for one in templates for key in _texts(one.get("rules"))} | {NOTICED: LICENCE}
    keys = [key for one in templates for key in _texts(one.get("rules"))]
    rules = [book.in_force[key] for key in dict.fromkeys([NOTICED, *keys]) if key in book.in_force]
    deadlines = [
        Deadline(rule, day, (last - today).days, track=tracks[rule.key], moved=last if last != day else None)
        for rule in rules
        if rule.unit == UNIT and rule.operator == CLOSES_BY  # an entry that opens is no deadline
        for day, last in [_next(rule, today, days)]
        if rule.valid_on(day)
    ]
    deadlines.sort(key=lambda one: (one.day, one.last, keys.index(one.rule.key) if one.rule.key in keys else -1))
    lead = book.in_force.get(LEAD)
    start = add_months(deadlines[0].day, -book.integer(LEAD)) if deadlines and lead else None
    renewals = {kind: book.in_force[key] for kind, key in RENEWALS.items() if key in book.in_force}
    own = {slug: LIMIT.format(slug) for slug in LIMITED}
    limits = {slug: Fraction(str(book.value(key))) for slug, key in own.items() if key in book.in_force}
    return Calendar(tuple(deadlines), start, lead, renewals, optional_items.list_requested_items(book), limits)


def data_year(calendar: Calendar, today: date) -> int:
    """The data year whose reports are due next: they are handed in during the year after it."""
    return (calendar.earliest.day.year if calendar.earliest else today.year) - 1


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


def _next(rule: Rule, today: date, days: Workdays) -> tuple[date, date]:
    """The next day that the rule names and the last one in time, which may lie in the year after."""
    for year in range(max(today.year - 1, date.min.year), today.year + 1):
        day = in_year(year, str(rule.value))
        last = last_day(rule, day, days).day
        if last >= today:
            return day, last
    day = in_year(today.year + 1, str(rule.value))
    return day, last_day(rule, day, days).day


def calendars(enterprises: Mapping[str, str], today: date) -> dict[str, Calendar]:
    """Calendar of each enterprise, by code; ``enterprises``: code -> province. One query for all."""
    keys = {*RENEWALS.values(), *(LIMIT.format(slug) for slug in LIMITED)}
    overlays = [one for one in query.list_overlays() if str(one["key"]).startswith(UNDER) or one["key"] in keys]
    by_code, days = {}, workdays()
    for code, province in enterprises.items():
        own = [one for one in overlays if one.get("enterprise") in {None, code}]
        # Without overlays of its own an enterprise shares the calendar of its province.
        enterprise = code if any(one.get("enterprise") == code for one in own) else ""
        by_code[code] = _build_calendar(today, province, enterprise, to_json(own, sort_keys=True), days)
    return by_code


def joined(calendar: Calendar, deadlines: Iterable[Deadline]) -> Calendar:
    """The same with these deadlines in their places; the plan stays that of the season."""
    return replace(
        calendar, deadlines=tuple(sorted([*deadlines, *calendar.deadlines], key=lambda one: (one.day, one.last)))
    )


@lru_cache(maxsize=256)
def _build_calendar(today: date, province: str, enterprise: str, overlays: str, days: Workdays) -> Calendar:
    acting: list[Overlay] = json.loads(overlays)
    book = Rulebook.on(today, province or None, enterprise or None, acting, tolerant=True)
    return upcoming(book, today, days)
