"""Figures of a channel before its isolation and since (R5): complaints, attempts, consents, decisions of the gate.

Expressions are Ibis and never run here. What a consent is, and which list decides on a number, is as the gate has it
(`Tenant.has_consent` of any purpose).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from nianjian.engines.gate import decision_journal, question
from nianjian.engines.gate.counters.meters import AHEAD
from nianjian.engines.gate.counters.meters import DAY as DAY_MS
from nianjian.engines.gate.decision_journal import SUFFIX, Decision
from nianjian.engines.gate.question import Request
from nianjian.engines.gate.snapshot.lists import OPEN, NumberList
from nianjian.engines.kernel.numbers import NumberClass, Shape, normalise
from nianjian.engines.lake.schema import MOMENT
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.frame import DAY, Window
from nianjian.engines.metrics.lights import Light
from nianjian.engines.metrics.metric import Rows, decimal_text, light_of, limit_of, whole
from nianjian.engines.metrics.tables import facts_of_window, false_if_null, printed, with_team
from nianjian.engines.rules.quiet_days import read_quiet_days
from nianjian.engines.rules.rulebook import Rulebook

CONSENT_COLUMNS: Final = ("start_ts", "callee", "callee_shape")  # columns of a call that are looked at
SPANS: Final = pa.schema(
    [("callee", pa.int64()), ("callee_shape", pa.string()), ("from_ts", MOMENT), ("to_ts", MOMENT)]
)
FIGURES: Final = frozenset({"white_listed", "callees_known", "white_list_share"})  # of `summarize_counts`
BEIJING_OFFSET: Final = timedelta(hours=8)
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- wall time, as the lake keeps it
_NEVER: Final = datetime(9999, 1, 1)  # noqa: DTZ001 -- the same

Span = tuple[int, int]
"""(first second, first second that is no longer in it)."""


def list_callees(attempts: ir.Table) -> ir.Table:
    """Whom the channel called: ``attempts`` as `channel_attempts` gives them with `CONSENT_COLUMNS`."""
    return attempts.filter(attempts.callee.notnull()).select("callee", "callee_shape").distinct()


def consent_spans(called: Iterable[Mapping[str, Any]], lists: Iterable[NumberList]) -> pa.Table:
    """When each callee's consent was on file, in spans apart; of ``lists`` the first that names a number decides."""
    chosen = tuple(lists)
    rows = []
    for one in called:
        key = question.value_key(Shape(one["callee_shape"]), one["callee"])
        for start, end in merge_spans(_find_spans(key, chosen)):
            bounds = {"from_ts": _wall(start), "to_ts": _NEVER if end == OPEN else _wall(end)}
            rows.append({"callee": one["callee"], "callee_shape": one["callee_shape"], **bounds})
    return pa.Table.from_pylist(rows, SPANS)


def _find_spans(key: int, lists: Iterable[NumberList]) -> list[Span]:
    if key == question.UNREADABLE:
        return []
    for one in lists:
        if spans := [(start, end) for start, end, _purpose in one.spans(key)]:
            return spans
    return []


def merge_spans(spans: Iterable[Span]) -> Iterator[Span]:
    """The same seconds in spans that neither overlap nor touch; empty ones are gone."""
    current: Span | None = None
    for start, end in sorted(one for one in spans if one[0] < one[1]):
        if current is not None and start <= current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current is not None:
            yield current
        current = (start, end)
    if current is not None:
        yield current


def count_listed_attempts(attempts: ir.Table, consents: ir.Table) -> ir.Table:
    """One row: ``known`` attempts whose callee can be read, and ``listed`` ones whose consent held when they began."""
    listed = attempts.inner_join(consents, ["callee", "callee_shape"])
    listed = listed.filter(false_if_null((listed.start_ts >= listed.from_ts) & (listed.start_ts < listed.to_ts)))
    readable = false_if_null(attempts.callee.notnull())
    both = listed.aggregate(listed=listed.count()).cross_join(attempts.aggregate(known=attempts.count(where=readable)))
    return both.select("listed", "known")


def summarize_counts(row: Mapping[str, Any]) -> dict[str, Any]:
    """The counts with their share in %, None where no callee can be read."""
    share = Fraction(int(row["listed"]), int(row["known"])) if row["known"] else None
    return {
        "white_listed": int(row["listed"]),
        "callees_known": int(row["known"]),
        "white_list_share": decimal_text(share, "%"),
    }


def _wall(second: int) -> datetime:
    return _EPOCH + timedelta(seconds=second) + BEIJING_OFFSET


BEFORE: Final = "before"
AFTER: Final = "after"
RATE: Final = "portrait.complaint_rate.limit"
LOW: Final = "portrait.complaint_rate.low_volume"
EVASION: Final = "portrait.number_consistency.evasion_limit"
UNKNOWN: Final = "portrait.number_consistency.unknown_limit"
EVADING: Final = "portrait.number_consistency.evasion_light"
FOREIGN: Final = "portrait.number_consistency.other_short_light"
QUIET: Final = "portrait.quiet_days"
UNRECORDED: Final = "days_unrecorded"
LONGEST: Final = 90  # days of a window by default: what was long ago tells nothing of the channel

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """What an order isolates: ``key`` line, display or team, and its value; ``cap`` attempts a natural day."""

    key: str
    value: str
    cap: int


def figure_windows(isolated: date, last: date, first: date | None = None) -> dict[str, Window]:
    """The days before the isolation and those after it up to ``last``; the day itself is in neither.

    As many days before as after, at least 30 and at most `LONGEST`; ``first`` begins the earlier ones instead.
    """
    after = Window(isolated + DAY, max(last, isolated) + DAY)
    days = min(max((after.end - after.first).days, 30), LONGEST)
    return {BEFORE: Window(first or isolated - timedelta(days=days), isolated), AFTER: after}


def figure_questions(cube: ir.Table, tickets: ir.Table, channel: Channel, window: Window) -> dict[str, ir.Table]:
    """Calls of all and of the channel by day, and complaints; ``tickets`` of `location.select_counted_tickets`.

    ``recorded``: the days of which there is any call.
    """
    inside = cube.filter(cube.day >= window.first, cube.day < window.end)
    total = inside.filter(inside.dim == "total")
    own = inside.filter(inside.dim == channel.key, inside.key == channel.value)
    number = tickets[channel.key].cast("string")
    values = {channel.value, channel.value.lstrip("0")} if channel.key == "display" else {channel.value}
    return {
        "classes": total.group_by("display_class").aggregate(
            delivered=total.delivered.sum().cast("int64"),
            answered=total.answered.sum().cast("int64"),
            unknown=total.answer_unknown.sum().cast("int64"),
        ),
        "recorded": total.group_by("day").aggregate(calls=total.count()),
        "days": own.group_by("day").aggregate(
            attempts=own.delivered.sum().cast("int64"), answered=own.answered.sum().cast("int64")
        ),
        "complaints": tickets.group_by(mine=false_if_null(number.isin(sorted(values)))).aggregate(
            complaints=tickets.count()
        ),
    }


def split_day(calls: ir.Table, line_dim: ir.Table, channel: Channel, moment: datetime) -> ir.Table:
    """The channel's delivered calls on the day of the isolation: those that began before the moment, and since."""
    day = moment.date()
    own = channel_attempts(calls, line_dim, channel, Window(day, day + DAY), ("start_ts",))
    since = own.start_ts >= ibis.literal(moment)
    return own.aggregate(before=own.count(where=~since), after=own.count(where=since))


def channel_attempts(
    calls: ir.Table, line_dim: ir.Table, channel: Channel, window: Window, also: Sequence[str]
) -> ir.Table:
    """The channel's delivered calls of a window, one row a call, with the columns ``also``."""
    rows = with_team(facts_of_window(calls, window.first, window.end - DAY, also), line_dim)
    if channel.key == "display":
        mine = printed(rows.display, rows["shape"].fill_null(Shape.NONE.value)) == ibis.literal(channel.value)
    else:
        mine = rows["line_id" if channel.key == "line" else "team"] == ibis.literal(channel.value)
    return rows.filter(false_if_null(mine), false_if_null(rows.delivered))


def summarize_figures(rows: Mapping[str, Rows], window: Window, rules: Rulebook) -> Figures:
    """Counts and verdicts of a window: complaint rate (D2), evasion (D3), and the channel by day.

    ``days_unrecorded``: days without any call and without a confirmed reason.
    """
    rules = rules.with_guide_limits()
    answered = sum(whole(row["answered"]) for row in rows["classes"])
    unknown = sum(whole(row["unknown"]) for row in rows["classes"])
    complaints = sum(whole(row["complaints"]) for row in rows["complaints"])
    rate = lights.complaint_rate(
        complaints=complaints,
        answered=answered,
        unknown=unknown,
        limit=limit_of(rules, RATE),
        low_volume=whole(rules.rule(LOW).value),
    )
    classes = {str(row["display_class"]): whole(row["delivered"]) for row in rows["classes"]}
    consistency = lights.number_consistency(
        counts={name: classes.get(name.value, 0) for name in NumberClass},
        evasion=limit_of(rules, EVASION),
        unknown=limit_of(rules, UNKNOWN),
        evading=light_of(rules, EVADING),
        foreign_shown=light_of(rules, FOREIGN),
    )
    evasion = next((flag for flag in consistency.flags if flag.code == "evasion"), None)
    days = sorted((str(row["day"]), whole(row["attempts"]), whole(row["answered"])) for row in rows["days"])
    mine = sum(whole(row["complaints"]) for row in rows["complaints"] if row["mine"])
    quiet = read_quiet_days(cast("Mapping[str, object]", rules.value(QUIET)))
    recorded = {row["day"] for row in rows["recorded"]}
    every = (window.first + timedelta(days=place) for place in range((window.end - window.first).days))
    return {
        "from": window.first.isoformat(),
        "to": window.end.isoformat(),
        "days": (window.end - window.first).days,
        UNRECORDED: sum(day not in recorded and day not in quiet for day in every),
        "complaints": complaints,
        "answered": answered,
        "answer_unknown": unknown,
        "rate": decimal_text(rate.value, "‱"),
        "rate_light": rate.light.value,
        "rate_limit": decimal_text(Fraction(limit_of(rules, RATE).value), "‱"),
        "delivered": sum(classes.values()),
        "evasion": decimal_text(None if evasion is None else evasion.share, "%"),
        "evasion_light": (Light.NA if evasion is None else evasion.light).value,
        "consistency_light": consistency.light.value,
        "evasion_limit": decimal_text(Fraction(limit_of(rules, EVASION).value), "%"),
        "channel": {
            "complaints": mine,
            "attempts": sum(count for _day, count, _answered in days),
            "answered": sum(count for _day, _attempts, count in days),
            "most": max((count for _day, count, _answered in days), default=0),
            "by_day": [[day, count] for day, count, _answered in days],
        },
    }


def doubt_silence(parts: Mapping[str, Figures]) -> None:
    """No complaint rate is green where no complaint was registered before the isolation nor since."""
    if not any(part["complaints"] for part in parts.values()):
        for part in parts.values():
            if part["rate_light"] == Light.GREEN:
                part["rate_light"] = Light.INSUFFICIENT.value


def days_over_cap(after: Figures, day: Mapping[str, Any], cap: int) -> list[tuple[str, int]]:
    """The days with more attempts than the cap allows: (day, attempts); a cap lowered on a day acts at once.

    ``day``: what was dialled on the day of the isolation, before it and since.
    """
    first = [(str(day["day"]), int(day["after"]))] if day["after"] > max(0, cap - day["before"]) else []
    return first + [(name, count) for name, count in after["channel"]["by_day"] if count > cap]


def find_objections(measured: Mapping[str, Any]) -> list[str]:
    """What speaks against the measures having worked: codes, none where they did.

    ``rate_light``: the complaint rate since is not green; ``no_fewer_complaints``: the channel draws as many a day as
    before; ``over_cap``: more attempts than the order allows on a day; ``nothing_since``: no day to look at.
    """
    before, after = measured[BEFORE], measured[AFTER]
    objections = []
    if not after["answered"]:
        objections.append("nothing_since")
    elif after["rate_light"] != Light.GREEN:
        objections.append("rate_light")
    own, then = after["channel"]["complaints"], before["channel"]["complaints"]
    if own and own * before["days"] >= then * max(after["days"], 1):
        objections.append("no_fewer_complaints")
    if measured["over_cap"]:
        objections.append("over_cap")
    return objections


def same_figures(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two measurements of the same windows have the same figures, caps and days over the cap.

    The counts of the white list are left out: a consent that comes or is erased later changes them, and they stand in
    no measurement of an older program.
    """
    if any(one.get(name) != other.get(name) for name in _BOUND if name in one and name in other):
        return False
    return all(_compared(one[part]) == _compared(other[part]) for part in (BEFORE, AFTER))


_BOUND: Final = ("cap", "that_day", "over_cap")  # what a measurement says of the cap, beside its windows


def _compared(part: Mapping[str, Any]) -> Figures:
    channel = {name: value for name, value in part["channel"].items() if name not in FIGURES}
    return {**part, "channel": channel, UNRECORDED: None, "evasion_light": None}  # an older program has neither


WHITE_LIST: Final = "not-on-white-list"
CAP: Final = "cap"


def summarize_decisions(
    folder: Path, enterprise: str, channel: Channel, since: int, last: date, *, lines: Collection[str] = ()
) -> dict[str, Any]:
    """Decisions from ``since`` (epoch milliseconds) to the end of the day ``last``; a looking-on gate refuses nothing.

    ``lines``: of a team, those that the register gives it: most switches name no team. A displayed number is found
    however the switch wrote it.
    ``white_listed``: attempts whose callee the white list did not refuse, of ``asked``; ``by_day``: (day, allowed).
    """
    counted: Counter[str] = Counter()
    days: Counter[str] = Counter()
    for one in _decisions(folder, enterprise, _build_matcher(channel, lines), since, last):
        counted["asked"] += 1
        counted["allowed" if one.verdict.allow else one.verdict.reason] += 1
        if one.reason != WHITE_LIST:
            counted["white_listed"] += 1
        if one.verdict.allow:
            days[_day(one.decided_at)] += 1
    share = Fraction(counted["white_listed"], counted["asked"]) if counted["asked"] else None
    refused = counted["asked"] - counted["allowed"]
    return {
        "asked": counted["asked"],
        "allowed": counted["allowed"],
        "over_cap": counted[CAP],
        "not_on_white_list": counted[WHITE_LIST],
        "refused_otherwise": refused - counted[CAP] - counted[WHITE_LIST],
        "white_listed": counted["white_listed"],
        "white_list_share": decimal_text(share, "%"),
        "most": max(days.values(), default=0),
        "by_day": [[day, days[day]] for day in sorted(days)],
    }


def _build_matcher(channel: Channel, lines: Collection[str]) -> tuple[bytes, Callable[[Request], bool]]:
    """What stands in every line of the journal about the channel, and whether a question is about it."""
    value = channel.value
    if channel.key == "line":
        return value.encode("utf-8", "surrogatepass"), lambda request: request.channel == value
    if channel.key == "team":
        own = frozenset(lines)
        return b"", lambda request: request.channel in own or request.team == value

    @cache
    def same(display: str) -> bool:
        return display == value or normalise(display) == normalise(value)

    return b"", lambda request: same(request.display)


def _decisions(
    folder: Path, enterprise: str, matcher: tuple[bytes, Callable[[Request], bool]], since: int, last: date
) -> Iterator[Decision]:
    """The journal's lines about a channel; a line without its name is not even taken apart."""
    needle, about = matcher
    first = _day(since)
    for day in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not first <= day.name <= last.isoformat():
            continue
        for path in sorted(day.glob(f"*{SUFFIX}")):
            with path.open("rb") as file:
                for raw in file:
                    one = decision_journal.parse_decision(raw.rstrip(b"\n")) if needle in raw else None
                    if one is None or one.decided_at < since or one.request.enterprise != enterprise:
                        continue
                    if about(one.request):
                        yield one


def _day(moment: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=(moment + AHEAD) // DAY_MS)).isoformat()
