"""The rows behind a figure: the same rules that counted it, as expressions that list instead of counting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import NumberClass, Shape
from nianjian.engines.lake.engine import Once
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.definitions import closing_rate, complaint_rate, number_consistency, seat_vacancy
from nianjian.engines.metrics.definitions.seat_vacancy import states
from nianjian.engines.metrics.frame import DAY, Frame, Window
from nianjian.engines.metrics.marketing import MARKETING
from nianjian.engines.metrics.metric import Rules, kinds_of, whole
from nianjian.engines.metrics.tables import (
    ComplaintCounting,
    complaint_counting,
    facts_of_window,
    false_if_null,
    latest,
    leave_lazy,
    match_marketing,
    printed,
    with_display_class,
    with_team,
)

Json = Mapping[str, Any]

EXCLUDED: Final = "excluded."
AFTER: Final = "calls_after"  # marketing calls after the day of the decision
MARKETING_PARTS: Final = ("calls", AFTER)
IDLE: Final = "idle"  # filed and not opened: what the vacancy is about
MONTH: Final = "month"
# Splits that each metric's rows can be narrowed by.
SPLITS: Final[Mapping[str, tuple[str, ...]]] = {
    seat_vacancy.CARD.slug: ("kind",),
    complaint_rate.CARD.slug: complaint_rate.DIMENSIONS,
    number_consistency.CARD.slug: number_consistency.DIMENSIONS,
    closing_rate.CARD.slug: closing_rate.DIMENSIONS,
    MARKETING: number_consistency.DIMENSIONS,
}
# Component -> the field that counts it in a row of a split or a month.
_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    seat_vacancy.CARD.slug: {name: name for name in seat_vacancy.COUNTS},
    complaint_rate.CARD.slug: {
        "complaints": "numerator",
        "delivered": "delivered",
        complaint_rate.UNTOLD: complaint_rate.UNTOLD,
    },
    number_consistency.CARD.slug: {name.value: name.value for name in NumberClass},
    closing_rate.CARD.slug: {"tickets": "denominator", "closed": "numerator", "on_time": "on_time"},
}
# Metric -> flag -> the component whose rows it speaks of; the evasion share speaks of two.
FLAGGED: Final[Mapping[str, Mapping[str, str]]] = {
    seat_vacancy.CARD.slug: {
        "over_limit": IDLE,
        "internal_limit": IDLE,
        "over_filed": "unfiled_open",
        "unfiled_open": "unfiled_open",
        "filing_unknown": "unknown_filing",
    },
    complaint_rate.CARD.slug: {
        "over_limit": "complaints",
        "internal_limit": "complaints",
        "no_answered_calls": "complaints",
        "undated": "undated",
        "answer_unknown": complaint_rate.UNTOLD,
    },
    number_consistency.CARD.slug: {"other_short": "other_short", "unknown_high": "unknown"},
    closing_rate.CARD.slug: {"below_limit": "open", "undated": "undated"},
}
SUMS: Final = frozenset({"allowance", "headroom"})  # reckoned, no rows of their own


@dataclass(frozen=True, slots=True)
class RowQuery:
    """``component`` of the metric ``slug`` (``excluded.duplicate`` for a reason), narrowed.

    ``keys``: split -> key, None for the rows that have none; ``month``: ``2026-03``, None for the whole year.
    ``seats``: ids of those of the team in ``keys``, which the table of seats does not name; None: of no team.
    """

    slug: str
    component: str
    keys: Mapping[str, str | None] = field(default_factory=dict)
    month: str | None = None
    seats: frozenset[str] | None = None


def find_figures(portrait: Json, slug: str) -> Json | None:
    """The metric of this name, or the marketing calls as if they were one; None where the portrait tells of neither.

    A portrait of an older program does not tell by which words it counted marketing: it has no rows behind the count.
    """
    figures = next((metric for metric in portrait["metrics"] if metric["slug"] == slug), None)
    block = portrait.get("marketing") or {}
    if figures is not None or slug != MARKETING or "words" not in block:
        return figures
    parts = MARKETING_PARTS if block["decision"] else MARKETING_PARTS[:1]
    return {
        "slug": MARKETING, "components": {part: block[part] for part in parts}, "splits": {},
        "months": _list_months(portrait),
    }  # fmt: skip


def _list_months(portrait: Json) -> list[dict[str, object]]:
    """The months with delivered calls, and those after the data year up to the as-of day, which no metric counts."""
    months = list(next(one["months"] for one in portrait["metrics"] if one["slug"] == number_consistency.CARD.slug))
    frame = revive.frame(portrait)
    first = frame.period.end
    while first < frame.span.end:
        months.append({"month": f"{first:%Y-%m}", "denominator": 1})
        first = (first + timedelta(days=31)).replace(day=1)
    return months


def components(metric: Json) -> dict[str, int]:
    """Every figure of a metric that has rows behind it, with its count; reasons as ``excluded.REASON``."""
    counts: dict[str, int] = {}
    for name, value in metric["components"].items():
        if isinstance(value, Mapping):
            counts |= {f"{EXCLUDED}{reason}": int(count) for reason, count in value.items()}
        elif name not in SUMS:
            counts[name] = int(value)
    if metric["slug"] == seat_vacancy.CARD.slug:
        counts[IDLE] = counts["filed"] - counts["opened_and_filed"]
    return counts


def component_of_flag(metric: Json, flag: str) -> str | None:
    """The component whose rows a flag speaks of; None where no single one has any."""
    part = FLAGGED[metric["slug"]].get(flag)
    return part if part is not None and components(metric).get(part) else None


def expected_count(metric: Json, ask: RowQuery) -> int | None:
    """What the portrait says the rows are; None where it counts no such part (two keys at once, a reason a month)."""
    if not ask.keys and ask.month is None:
        return components(metric).get(ask.component)
    if len(ask.keys) + (ask.month is not None) > 1:
        return None
    if ask.month is not None:
        rows = [row for row in metric["months"] if row["month"] == ask.month]
    else:
        (split, key), *_ = ask.keys.items()
        rows = [row for row in metric["splits"].get(split, ()) if row["key"] == key]
    return _part(metric, rows[0], ask.component) if rows else None


def _part(metric: Json, row: Json, component: str) -> int | None:
    slug = metric["slug"]
    if component == IDLE:
        return int(row["filed"]) - int(row["opened_and_filed"])
    if slug == closing_rate.CARD.slug and component == "open":
        return int(row["denominator"]) - int(row["numerator"])
    name = _FIELDS.get(slug, {}).get(component)
    if name is None and metric["components"].get(component) == metric.get("denominator") and component in _BASES:
        name = "denominator"
    return int(row[name]) if name is not None and name in row else None


_BASES: Final = frozenset({"answered", "delivered"})


def window_of_month(frame: Frame, month: str | None) -> Window:
    """The days of a month, or of the data year."""
    if month is None:
        return frame.period
    first = date.fromisoformat(f"{month}-01")
    return Window(first, (first + timedelta(days=31)).replace(day=1))


Cut = Callable[[ir.Table], ir.Table]
"""Takes the rows of a page, in their order; all of them where they are counted."""

CALL_COLUMNS: Final = (
    "source", "call_id", "start_ts", "callee", "callee_shape", "result", "agent_id", "gateway", "batch", "file", "line",
)  # fmt: skip
_SHORT: Final = tuple(
    shape.value for shape in (Shape.SHORT, Shape.SHORT_LONG, Shape.SHORT_OR_LANDLINE, Shape.SHORT_OR_OTHER)
)
# Class -> the only shapes that it can come of; an unknown number has no shape that would say so.
SHAPES: Final[Mapping[str, tuple[str, ...]]] = {
    NumberClass.MOBILE.value: (Shape.MOBILE.value,),
    NumberClass.LANDLINE.value: (Shape.LANDLINE.value, Shape.SHORT_OR_LANDLINE.value),
    NumberClass.SHARED_400_800.value: (Shape.SERVICE_400_800.value,),
    NumberClass.OTHER.value: (Shape.OTHER.value, Shape.INTERNATIONAL.value, Shape.SHORT_OR_OTHER.value),
    NumberClass.OWN_SHORT.value: _SHORT,
    NumberClass.OTHER_SHORT.value: _SHORT,
}
# Classes that only the ledger tells; the others are told by the shape alone.
BY_LEDGER: Final = frozenset(
    name.value for name in NumberClass if name not in {NumberClass.MOBILE, NumberClass.SHARED_400_800}
)
MEASURES: Final = frozenset({"answered", "delivered", "answer_unknown"})


def drill_down_calls(
    dated: Mapping[str, ir.Table],
    ask: RowQuery,
    *,
    window: Window,
    counted: str,
    cut: Cut,
    once: Once,
    words: Sequence[str] = (),
) -> ir.Table:
    """The calls that start in ``window``; ``counted``: the measure that a class is a part of (delivered, answered).

    ``words`` tell marketing, where these calls are asked for.
    ``cut`` takes the rows that are shown as early as it can be: class and team are looked up for all rows only where
    they decide which rows these are.
    """
    number_dim, line_dim = dated["number_dim"], dated["line_dim"]
    rows = facts_of_window(dated["calls"], window.first, window.end - DAY, CALL_COLUMNS, words)
    measure = ask.component if ask.component in MEASURES else counted
    rows = rows.filter(false_if_null(rows[measure]))
    if ask.slug == MARKETING:
        rows = rows.filter(match_marketing(rows.purpose, words))
    display = printed(rows.display, rows["shape"].fill_null(Shape.NONE.value))
    for split, column in (("kind", rows.kind), ("line", rows.line_id), ("display", display)):
        if split in ask.keys:
            rows = rows.filter(_has_key(column, ask.keys[split]))
    if ask.component in SHAPES:
        rows = rows.filter(rows["shape"].isin(SHAPES[ask.component]))
    if ask.component in BY_LEDGER:
        rows = with_display_class(rows, number_dim)
        rows = rows.filter(rows.display_class == ask.component)
    if "team" in ask.keys:
        rows = with_team(rows, line_dim)
        rows = rows.filter(_has_key(rows.team, ask.keys["team"]))
    rows = once("shown", cut(rows), few=True)
    if "display_class" not in rows.columns:
        rows = with_display_class(rows, number_dim)
    return rows if "team" in rows.columns else with_team(rows, line_dim)


def _has_key(column: ir.Value, key: object) -> ir.BooleanValue:
    return column.isnull() if key is None else column == key


SEAT_COLUMNS: Final = ("filing", "filed_on", "cancelled_on", "opened_on", "closed_on")


def drill_down_seats(seats: ir.Table, ask: RowQuery, day: date) -> ir.Table:
    """The seats of a component on ``day``."""
    rows = states(seats, [day], SEAT_COLUMNS)
    if ask.component == IDLE:
        rows = rows.filter(rows.filed == 1, rows.opened == 0)
    else:
        rows = rows.filter(rows[ask.component] == 1)
    if "kind" in ask.keys:
        rows = rows.filter(_has_key(rows.kind, ask.keys["kind"]))
    return rows if ask.seats is None else rows.filter(rows.seat_id.isin(sorted(ask.seats)))


TICKET_COLUMNS: Final = ("complaint_id", "reference", "complainant", "complained", "call_ts", "category")


def drill_down_complaint_rate(
    tickets: ir.Table, complaint_fact: ir.Table, ask: RowQuery, window: Window, rules: Rules
) -> ir.Table:
    """Complaints of D2: counted ones, those of a channel, those left out for a reason, those without a day."""
    rows = tickets.filter(tickets.source.isin(kinds_of(rules, complaint_rate.CARD.rules[4])))
    if ask.component == "undated":
        rows = rows.filter(rows.accepted_day.isnull(), rows.excluded_rate.isnull())
    else:
        rows = rows.filter(rows.accepted_day >= window.first, rows.accepted_day < window.end)
        reason = ask.component.removeprefix(EXCLUDED) if ask.component.startswith(EXCLUDED) else None
        rows = rows.filter(_has_key(rows.excluded_rate, reason))
    source = ask.component.removeprefix("complaints_")
    if source != ask.component:
        rows = rows.filter(rows.source == source)
    return _ticket_rows(rows.mutate(reason=rows.excluded_rate), ask, complaint_fact)


def drill_down_closing_rate(
    tickets: ir.Table, complaint_fact: ir.Table, ask: RowQuery, *, window: Window, frame: Frame, rules: Rules
) -> ir.Table:
    """Tickets of D4 as they stand at the end of the as-of day."""
    if ask.component.startswith(EXCLUDED):
        end = ibis.literal(datetime.combine(frame.as_of + DAY, time()))
        left = tickets.filter(tickets.accepted_day >= window.first, tickets.accepted_day < window.end)
        left = left.filter(left.accepted_ts < end, left.excluded_ticket == ask.component.removeprefix(EXCLUDED))
        return _ticket_rows(left.mutate(reason=left.excluded_ticket), ask, complaint_fact)
    hours = whole(rules.rule(closing_rate.CARD.rules[1]).value)
    rows = closing_rate.flag_closed_tickets(tickets, frame, hours)
    if ask.component == "undated":
        rows = rows.filter(rows.accepted_day.isnull())
    else:
        rows = rows.filter(rows.accepted_day >= window.first, rows.accepted_day < window.end, rows.exists == 1)
    states = {
        "closed": [rows.closed == 1],
        "open": [rows.closed == 0],
        "on_time": [rows.on_time == 1],
        "undated_arrival": [rows.closed == 1, rows.arrival_missing == 1],
    }
    if ask.component in states:
        rows = rows.filter(*states[ask.component])
    rows = rows.mutate(display=rows.display.cast("int64"), reason=rows.excluded_ticket)
    return _ticket_rows(rows, ask, complaint_fact)


def _ticket_rows(rows: ir.Table, ask: RowQuery, complaint_fact: ir.Table) -> ir.Table:
    """The tickets of the keys, with the columns that are shown."""
    for split, key in ask.keys.items():
        number = split == "display" and key is not None  # keys are texts, a landline with its 0
        rows = rows.filter(_has_key(rows[split], int(str(key)) if number else key))
    said = latest(complaint_fact).select(*TICKET_COLUMNS).rename(said_id="complaint_id")
    return rows.left_join(said, rows.complaint_id == said.said_id).drop("said_id")


CALLS: Final = "calls"
SEATS: Final = "seats"
TICKETS: Final = "tickets"


ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    CALLS: ("start_ts", "source", "call_id"),
    SEATS: ("seat_id",),
    TICKETS: ("accepted_ts", "complaint_id"),
}


def kind_of(slug: str, component: str) -> str:
    """What the rows are."""
    if slug == seat_vacancy.CARD.slug:
        return SEATS
    if slug == closing_rate.CARD.slug:
        return TICKETS
    if slug in {number_consistency.CARD.slug, MARKETING} or component in MEASURES:
        return CALLS
    return TICKETS


#: Kind of rows -> texts that a search finds by their beginning, numbers that it finds by their last four digits.
SEARCHED: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    CALLS: (("call_id",), ("display", "callee")),
    SEATS: (("seat_id",), ()),
    TICKETS: (("complaint_id", "reference"), ("complained", "complainant")),
}
_LAST: Final = 4  # digits of a number that may be looked for


def search_rows(kind: str, rows: ir.Table, text: str) -> ir.Table:
    """The rows that hold a text: whole numbers are personal and are not looked for. "" leaves all."""
    if not text:
        return rows
    texts, numbers = SEARCHED[kind]
    conditions = [rows[name].fill_null("").upper().startswith(text.upper()) for name in texts]
    if len(text) == _LAST and text.isascii() and text.isdigit():
        conditions += [rows[name].fill_null(-1).cast("int64") % 10**_LAST == int(text) for name in numbers]
    return rows.filter(ibis.or_(*conditions))


def counting(portrait: Json) -> ComplaintCounting:
    """What the rulebook of the portrait says of complaints."""
    return complaint_counting(revive.rules(portrait))


def in_order(kind: str, rows: ir.Table) -> ir.Table:
    """Rows in the order of their kind."""
    return rows.order_by([rows[name] for name in ORDER[kind]])


def drill_down(
    portrait: Json,
    ask: RowQuery,
    dated: Mapping[str, ir.Table],
    tickets: Callable[[], ir.Table],
    *,
    cut: Cut = lambda rows: rows,
    once: Once = leave_lazy,
) -> ir.Table:
    """The rows of ``ask``; ``dated``: the pinned tables, ``tickets``: makes the table of tickets where it is needed.

    ``cut`` and ``once`` (the engine's) take a page of them; the rows come in no order, `in_order` puts them in theirs.
    ``portrait_rows_unknown`` (metric, part) for a figure, a split or a month that the portrait does not have.
    """
    metric = _check_query(portrait, ask)
    rules, frame = revive.rules(portrait), revive.frame(portrait)
    days = window_of_month(frame, ask.month)
    kind = kind_of(ask.slug, ask.component)
    if ask.slug == MARKETING:
        return _drill_down_marketing(portrait, ask, dated, cut, once)
    if kind == CALLS:
        base = str(rules.rule(number_consistency.CARD.rules[4]).value)
        return drill_down_calls(dated, ask, window=days, counted=base, cut=cut, once=once)
    if kind == SEATS:
        ends = {row["month"]: date.fromisoformat(row["as_of"]) for row in metric["months"]}
        rows = drill_down_seats(dated["seat_dim"], ask, frame.as_of if ask.month is None else ends[ask.month])
    elif ask.slug == complaint_rate.CARD.slug:
        rows = drill_down_complaint_rate(tickets(), dated["complaint_fact"], ask, days, rules)
    else:
        rows = drill_down_closing_rate(tickets(), dated["complaint_fact"], ask, window=days, frame=frame, rules=rules)
    return cut(rows)


def _drill_down_marketing(
    portrait: Json, ask: RowQuery, dated: Mapping[str, ir.Table], cut: Cut, once: Once
) -> ir.Table:
    """The calls of the flag: those of the data year, or those after the decision, also beyond the year."""
    block, frame = portrait["marketing"], revive.frame(portrait)
    days = window_of_month(frame, ask.month)
    if ask.component == AFTER:
        first, end = date.fromisoformat(block["decision"]["on"]) + DAY, frame.span.end
    else:
        first, end = frame.period.first, frame.period.end
    days = Window(max(days.first, first), end if ask.month is None else min(days.end, end))
    return drill_down_calls(dated, ask, window=days, counted="delivered", cut=cut, once=once, words=block["words"])


def _check_query(portrait: Json, ask: RowQuery) -> Json:
    metric = find_figures(portrait, ask.slug)
    # A reason that excluded nothing is no fault: it has no rows.
    reason = metric is not None and ask.component.startswith(EXCLUDED) and "excluded" in metric["components"]
    has_part = metric is not None and (reason or ask.component in components(metric))
    months = metric is not None and (ask.month is None or ask.month in [row["month"] for row in metric["months"]])
    splits = {*SPLITS.get(ask.slug, ()), *(() if ask.seats is None else ("team",))}
    if metric is None or not has_part or not months or not set(ask.keys) <= splits:
        part = ", ".join([ask.component, *ask.keys, *([ask.month] if ask.month else [])])
        raise NianjianError("portrait_rows_unknown", metric=ask.slug, part=part)
    return metric
