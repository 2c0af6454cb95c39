"""Days of a season with their sources, and where both reports stand. Pure."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from nianjian.engines.kernel.workdays import Calendar, Due, Season, add_months, next_workday
from nianjian.engines.rules.rule import Level, Rule
from nianjian.engines.rules.rulebook import Rulebook

TEMPLATES: Final = "deadline.templates"
UNIT: Final = "month_day"
CLOSES_BY: Final = "<="  # a day without it opens something
LEAD: Final = "deadline.guide.lead"
SHUT: Final = "deadline.licence.system_close"
LICENCE: Final = "licence"
CODE_NUMBER: Final = "code_number"
TRACKS: Final = (LICENCE, CODE_NUMBER)
NOTICE: Final = "notice"
#: Rules of a province's or a year's notice: they stand beside the templates wherever the rulebook knows one.
NOTICED: Final[Mapping[str, str]] = {"deadline.licence.opens": LICENCE, "deadline.licence.noticed": LICENCE}
PRINTED: Final = "deadline.licence.noticed"
_DAY: Final = timedelta(days=1)


class Kind(StrEnum):
    """What happens on the day."""

    OPENS = "opens"
    CLOSES = "closes"


@dataclass(frozen=True, slots=True)
class Deadline:
    """``day`` as the source names it; ``last``: the last day in time, later where the law moves it (民法典 203).

    ``template``: code of the template, "notice" for a date printed on one; ``printed``: such a date, it wins.
    ``template_zh``: the template's own name. ``rule`` None: printed on the enterprise's own notice.
    ``licence``: the only one that it speaks of, None for all; ``partial``: others that report have no such notice.
    """

    track: str
    template: str
    template_zh: str
    kind: Kind
    day: date
    last: Due
    citation: str
    level: str
    rule: Rule | None = None
    printed: bool = False
    licence: str | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class NoticeDeadline:
    """A last day that a notice to the enterprise names, and how the notice is called; the rest as of `Deadline`."""

    track: str
    day: date
    citation: str
    licence: str | None = None
    partial: bool = False


def printed_to(notices: Iterable[tuple[str, str, date, str]], numbers: Collection[str]) -> list[NoticeDeadline]:
    """What notices name as last days to those that report.

    ``notices``: report, licence ("" speaks of all), day, name; ``numbers``: of the licences that report.
    """
    rows = [one for one in notices if one[1] in {"", *numbers}]
    keys = {one[:2] for one in rows}

    def whole(track: str) -> bool:
        return (track, "") in keys or all((track, number) in keys for number in numbers)

    return [NoticeDeadline(track, day, name, licence or None, not whole(track)) for track, licence, day, name in rows]


def season_day(today: date, filed_in: int) -> date:
    """The day whose rulebook speaks of the season: today, but no day outside the year in which reports are handed in.

    So a notice acts from the day on which it comes into force, and a season to come is read off its first day.
    """
    return min(max(today, date(filed_in, 1, 1)), date(filed_in, 12, 31))


def of_season(
    book: Rulebook, filed_in: int, calendar: Calendar, printed: Iterable[NoticeDeadline] = ()
) -> tuple[Deadline, ...]:
    """Every day of the season, the earliest first; one day may carry several."""
    deadlines = [_ruled(rule, where, filed_in, calendar) for rule, where in _rules(book)]
    own = [
        Deadline(one.track, NOTICE, "通知", Kind.CLOSES, one.day, Due(one.day, provisional=False), one.citation,
                 Level.NOTICE.value, printed=True, licence=one.licence, partial=one.partial)
        for one in printed
    ]  # fmt: skip
    inside = [one for one in deadlines if one.rule is None or one.rule.valid_on(one.day)]
    order = {name: at for at, name in enumerate(TRACKS)}
    return tuple(sorted([*own, *inside], key=lambda one: (one.day, order.get(one.track, 9), not one.printed)))


def _rules(book: Rulebook) -> list[tuple[Rule, tuple[str, str, str]]]:
    """Rules with (track, template, its name), the templates' in their order."""
    pairs = [(key, (track, NOTICE, "通知")) for key, track in NOTICED.items()]
    for template in book.items(TEMPLATES):
        if not isinstance(template, Mapping) or not template.keys() >= {"track", "code", "rules"}:
            continue  # of an overlay: anything may have been approved
        where = (str(template["track"]), str(template["code"]), str(template.get("name", template["code"])))
        keys = template["rules"]
        pairs += [(str(key), where) for key in keys] if isinstance(keys, tuple) else []
    rules = [(book.in_force.get(key), where) for key, where in pairs]
    return [(rule, where) for rule, where in rules if rule is not None and rule.unit == UNIT]


def _ruled(rule: Rule, where: tuple[str, str, str], filed_in: int, calendar: Calendar) -> Deadline:
    track, template, name = where
    day = in_year(filed_in, str(rule.value))
    closes = rule.operator == CLOSES_BY
    last = last_day(rule, day, calendar)
    if template == NOTICE and rule.level is Level.LAW:
        template, name = "legal", "法定"
    kind = Kind.CLOSES if closes else Kind.OPENS
    return Deadline(
        track, template, name, kind, day, last, rule.citation, rule.level.value, rule, printed=rule.key == PRINTED
    )


def last_day(rule: Rule, day: date, calendar: Calendar) -> Due:
    """The last day in time of a rule's day.

    Only a term of the law moves off a holiday (民法典 203); a date that somebody printed stands as it is printed.
    """
    moves = rule.operator == CLOSES_BY and rule.level is Level.LAW
    return next_workday(day, calendar) if moves else Due(day, provisional=False)


def in_year(year: int, month_day: str) -> date:
    """The day "MM-DD" of a year; 02-29 is the month's last day in other years."""
    month, day = map(int, month_day.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


def closing(deadlines: Iterable[Deadline], track: str | None = None) -> list[Deadline]:
    """Those by which something must be handed in."""
    return [one for one in deadlines if one.kind is Kind.CLOSES and track in {None, one.track}]


def deciding(deadlines: Iterable[Deadline], track: str, licence: str | None = None) -> Deadline | None:
    """The one that makes a track late: the earliest, but a date printed on a notice wins over the templates.

    ``licence`` None: the first of all that report; what a notice says of some of them takes nothing off the others.
    """
    candidates = [one for one in closing(deadlines, track) if licence is None or one.licence in {None, licence}]
    printed = [one for one in candidates if one.printed]
    if licence is None and all(one.partial for one in printed):
        printed = []
    return min(printed or candidates, key=lambda one: one.last, default=None)


def earliest(deadlines: Sequence[Deadline]) -> Deadline | None:
    """The one that drives alarms and plan: the first of those that decide."""
    candidates = [one for track in TRACKS if (one := deciding(deadlines, track)) is not None]
    return min(candidates, key=lambda one: (one.day, one.last.day), default=None)


def plan_start(book: Rulebook, deadlines: Sequence[Deadline]) -> date | None:
    """The day on which the plan starts: so many months before the earliest, by the rule of month ends (T8)."""
    first = earliest(deadlines)
    return None if first is None else add_months(first.day, -book.integer(LEAD))


def shuts(book: Rulebook, filed_in: int) -> tuple[date, Rule] | None:
    """The last day on which the system takes a report, and the rule; it closes at 00:00 of the day after."""
    rule = book.in_force.get(SHUT)
    return None if rule is None else (in_year(filed_in, str(rule.value)) - _DAY, rule)


def conflicts(deadlines: Sequence[Deadline]) -> list[list[Deadline]]:
    """Per track the templates' last days, where they name different ones."""
    by_track = [closing(deadlines, track) for track in TRACKS]
    return [ends for ends in by_track if len({one.day for one in ends}) > 1]


LATE_RULE: Final = "deadline.guide.late_report"
LISTS_RULE: Final = "law.order42.late"


class TrackState(StrEnum):
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
    state: TrackState
    due: Deadline | None
    filed_on: date | None

    @property
    def open(self) -> bool:
        """Whether it is still to be handed in."""
        return self.state in {TrackState.ON_TIME, TrackState.LATE, TrackState.UNDATED}


def track_state(due: Deadline | None, filed_on: date | None, today: date) -> TrackState:
    """Where a report stands on a day: the last day is in time, it ends at 24:00."""
    if filed_on is not None and filed_on <= today:
        return TrackState.FILED if due is None or filed_on <= due.last.day else TrackState.FILED_LATE
    if due is None:
        return TrackState.UNDATED
    return TrackState.LATE if today > due.last.day else TrackState.ON_TIME


def list_reporting(licences: Iterable[Licence], year: int) -> list[Licence]:
    """Licences that must report on a data year.

    Who was licensed by its last day reports, one that lapses while reports are taken, too; a newer one next year.
    """
    opens = date(year + 1, 1, 1)
    return [
        one
        for one in licences
        if (one.issued_on is None or one.issued_on < opens) and (one.valid_until is None or one.valid_until >= opens)
    ]


def build_tracks(
    seasons: Sequence[Season], deadlines: Sequence[Deadline], filed: dict[tuple[str, str], date], today: date
) -> list[Track]:
    """Both reports of every season; ``filed``: (licence, track) -> the day on which it was handed in."""
    tracks = []
    for season in seasons:
        for name in TRACKS:
            due = deciding(deadlines, name, season.licence)
            filed_on = filed.get((season.licence, name))
            tracks.append(Track(season, name, track_state(due, filed_on, today), due, filed_on))
    return tracks


def list_risks(
    tracks: Sequence[Track], shut: date | None, today: date, *, conflict: bool, provisional: bool, licences: bool
) -> list[Risk]:
    """What must be said, the gravest first. ``shut``: the last day on which the system takes a report."""
    late = [one for one in tracks if one.state is TrackState.LATE]
    reported_late = late or [one for one in tracks if one.state is TrackState.FILED_LATE]
    closed = shut is not None and today > shut and any(one.track == LICENCE and one.open for one in tracks)
    risks = (
        (Risk.SYSTEM_CLOSED, closed),
        (Risk.LATE_REPORT, bool(reported_late)),
        (Risk.BAD_LIST, any(one.track == LICENCE for one in late)),
        (Risk.NO_LICENCE, not licences),
        (Risk.CONFLICT, conflict),
        (Risk.PROVISIONAL, provisional),
    )
    return [risk for risk, holds in risks if holds]
