"""What an isolation did (R3, R5): the same figures before it and since, by the portrait's own tables and verdicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.kernel.numbers import NumberClass, Shape
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.frame import DAY, Window
from nianjian.engines.metrics.metric import Rows, Rules, decimal_text, light_of, limit_of, whole
from nianjian.engines.metrics.tables import facts_of_window, false_if_null, printed, with_team
from nianjian.features.rectification import white_list

BEFORE: Final = "before"
AFTER: Final = "after"
RATE: Final = "portrait.complaint_rate.limit"
LOW: Final = "portrait.complaint_rate.low_volume"
EVASION: Final = "portrait.number_consistency.evasion_limit"
UNKNOWN: Final = "portrait.number_consistency.unknown_limit"
EVADING: Final = "portrait.number_consistency.evasion_light"
FOREIGN: Final = "portrait.number_consistency.other_short_light"
LONGEST: Final = 90  # days of a window by default: what was long ago tells nothing of the channel

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """What an order isolates: ``key`` line, display or team, and its value; ``cap`` attempts a natural day."""

    key: str
    value: str
    cap: int


def windows(isolated: date, last: date, first: date | None = None) -> dict[str, Window]:
    """The days before the isolation and those after it up to ``last``; the day itself is in neither.

    As many days before as after, at least 30 and at most `LONGEST`; ``first`` begins the earlier ones instead.
    """
    after = Window(isolated + DAY, max(last, isolated) + DAY)
    days = min(max((after.end - after.first).days, 30), LONGEST)
    return {BEFORE: Window(first or isolated - timedelta(days=days), isolated), AFTER: after}


def questions(cube: ir.Table, tickets: ir.Table, channel: Channel, window: Window) -> dict[str, ir.Table]:
    """Calls of all and of the channel by day, and complaints; ``tickets`` as `locate.counted` gives them."""
    inside = cube.filter(cube.day >= window.first, cube.day < window.end)
    total = inside.filter(inside.dim == "total")
    own = inside.filter(inside.dim == channel.key, inside.key == channel.value)
    number = tickets[channel.key].cast("string")
    wanted = {channel.value, channel.value.lstrip("0")} if channel.key == "display" else {channel.value}
    return {
        "classes": total.group_by("display_class").aggregate(
            delivered=total.delivered.sum().cast("int64"),
            answered=total.answered.sum().cast("int64"),
            unknown=total.answer_unknown.sum().cast("int64"),
        ),
        "days": own.group_by("day").aggregate(
            attempts=own.delivered.sum().cast("int64"), answered=own.answered.sum().cast("int64")
        ),
        "complaints": tickets.group_by(mine=false_if_null(number.isin(sorted(wanted)))).aggregate(
            complaints=tickets.count()
        ),
    }


def that_day(calls: ir.Table, line_dim: ir.Table, channel: Channel, moment: datetime) -> ir.Table:
    """The channel's delivered calls on the day of the isolation: those that began before the moment, and since."""
    day = moment.date()
    own = attempts(calls, line_dim, channel, Window(day, day + DAY), ("start_ts",))
    since = own.start_ts >= ibis.literal(moment)
    return own.aggregate(before=own.count(where=~since), after=own.count(where=since))


def attempts(calls: ir.Table, line_dim: ir.Table, channel: Channel, window: Window, also: Sequence[str]) -> ir.Table:
    """The channel's delivered calls of a window, one row a call, with the columns ``also``."""
    rows = with_team(facts_of_window(calls, window.first, window.end - DAY, also), line_dim)
    if channel.key == "display":
        mine = printed(rows.display, rows["shape"].fill_null(Shape.NONE.value)) == ibis.literal(channel.value)
    else:
        mine = rows["line_id" if channel.key == "line" else "team"] == ibis.literal(channel.value)
    return rows.filter(false_if_null(mine), false_if_null(rows.delivered))


def figures(rows: Mapping[str, Rows], window: Window, rules: Rules) -> Figures:
    """Counts and verdicts of a window: complaint rate (D2), evasion (D3), and the channel by day."""
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
    evasion = next((flag.share for flag in consistency.flags if flag.code == "evasion"), None)
    days = sorted((str(row["day"]), whole(row["attempts"]), whole(row["answered"])) for row in rows["days"])
    mine = sum(whole(row["complaints"]) for row in rows["complaints"] if row["mine"])
    return {
        "from": window.first.isoformat(),
        "to": window.end.isoformat(),
        "days": (window.end - window.first).days,
        "complaints": complaints,
        "answered": answered,
        "answer_unknown": unknown,
        "rate": decimal_text(rate.value, "‱"),
        "rate_light": rate.light.value,
        "delivered": sum(classes.values()),
        "evasion": decimal_text(evasion, "%"),
        "consistency_light": consistency.light.value,
        "channel": {
            "complaints": mine,
            "attempts": sum(count for _day, count, _answered in days),
            "answered": sum(count for _day, _attempts, count in days),
            "most": max((count for _day, count, _answered in days), default=0),
            "by_day": [[day, count] for day, count, _answered in days],
        },
    }


def over_cap(after: Figures, day: Mapping[str, Any], cap: int) -> list[tuple[str, int]]:
    """The days with more attempts than the cap allows: (day, attempts); a cap lowered on a day acts at once.

    ``day``: what was dialled on the day of the isolation, before it and since.
    """
    first = [(str(day["day"]), int(day["after"]))] if day["after"] > max(0, cap - day["before"]) else []
    return first + [(name, count) for name, count in after["channel"]["by_day"] if count > cap]


def effective(measured: Mapping[str, Any]) -> list[str]:
    """What speaks against the measures having worked: codes, none where they did.

    ``rate_light``: the complaint rate since is not green; ``no_fewer_complaints``: the channel draws as many a day as
    before; ``over_cap``: more attempts than the order allows on a day; ``nothing_since``: no day to look at.
    """
    before, after = measured[BEFORE], measured[AFTER]
    found = []
    if not after["answered"]:
        found.append("nothing_since")
    elif after["rate_light"] not in {"green", "na"}:
        found.append("rate_light")
    own, then = after["channel"]["complaints"], before["channel"]["complaints"]
    if own and own * before["days"] >= then * max(after["days"], 1):
        found.append("no_fewer_complaints")
    if measured["over_cap"]:
        found.append("over_cap")
    return found


def same(one: Mapping[str, Any], other: Mapping[str, Any], parts: Collection[str] = (BEFORE, AFTER)) -> bool:
    """Whether two measurements of the same windows have the same figures, caps and days over the cap.

    The counts of the white list are left out: a consent that comes or is erased later changes them, and they stand in
    no measurement of an older program.
    """
    if any(one.get(name) != other.get(name) for name in _BOUND if name in one and name in other):
        return False
    return all(_compared(one[part]) == _compared(other[part]) for part in parts)


_BOUND: Final = ("cap", "that_day", "over_cap")  # what a measurement says of the cap, beside its windows


def _compared(part: Mapping[str, Any]) -> Figures:
    channel = {name: value for name, value in part["channel"].items() if name not in white_list.FIGURES}
    return {**part, "channel": channel}
