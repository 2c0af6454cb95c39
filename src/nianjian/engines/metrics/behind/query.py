"""The question for the rows behind a figure, over the tables of the snapshot that the figure was counted from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import ibis.expr.types as ir

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.engine import Once
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.behind import calls, seats, tickets
from nianjian.engines.metrics.behind.ask import EXCLUDED, SPLITS, Ask, components, window
from nianjian.engines.metrics.definitions import closing_rate, complaint_rate, number_consistency, seat_vacancy
from nianjian.engines.metrics.metric import kinds_of, whole
from nianjian.engines.metrics.tables import Counting

Json = Mapping[str, Any]

CALLS: Final = "calls"
SEATS: Final = "seats"
TICKETS: Final = "tickets"


@dataclass(frozen=True, slots=True)
class Behind:
    """``kind`` of the rows (calls, seats, tickets), the rows themselves and the columns that order them."""

    kind: str
    rows: ir.Table
    order: tuple[str, ...]


def kind_of(slug: str, component: str) -> str:
    """What the rows are."""
    if slug == seat_vacancy.CARD.slug:
        return SEATS
    if slug == closing_rate.CARD.slug:
        return TICKETS
    if slug == number_consistency.CARD.slug or component in calls.MEASURES:
        return CALLS
    return TICKETS


def counting(portrait: Json) -> Counting:
    """What the rulebook of the portrait says of complaints."""
    rules = revive.rules(portrait)
    return Counting(
        sources=kinds_of(rules, "portrait.complaint_rate.sources"),
        reasons=kinds_of(rules, "portrait.complaint_rate.exclusions"),
        minutes=whole(rules.rule("portrait.complaint_rate.match_window").value),
    )


def every(name: str, expression: ir.Table, *, few: bool = False) -> ir.Table:
    """All rows, computed where they are used: for counting them."""
    del name, few
    return expression


def page(kind: str, first: int, size: int) -> calls.Cut:
    """Take ``size`` rows from number ``first`` (from 0) on, in the order of their kind."""
    order = {SEATS: seats.ORDER, CALLS: calls.ORDER, TICKETS: tickets.ORDER}[kind]
    return lambda rows: rows.order_by([rows[name] for name in order]).limit(size, offset=first)


def drill_down(
    portrait: Json,
    ask: Ask,
    dated: Mapping[str, ir.Table],
    told: Callable[[], ir.Table],
    *,
    cut: calls.Cut = lambda rows: rows,
    once: Once = every,
) -> Behind:
    """The rows of ``ask``; ``dated``: the pinned tables, ``told``: makes the table of tickets where it is needed.

    ``cut`` and ``once`` (the engine's) take a page of them; the rows come in no order, ``order`` names it.
    ``portrait_rows_unknown`` (metric, part) for a figure, a split or a month that the portrait does not have.
    """
    metric = _checked(portrait, ask)
    rules, frame = revive.rules(portrait), revive.frame(portrait)
    days = window(frame, ask.month)
    match kind_of(ask.slug, ask.component):
        case "seats":
            day = frame.as_of if ask.month is None else _as_of(metric, ask.month)
            return Behind(SEATS, cut(seats.drill_down_seats(dated["seat_dim"], ask, day)), seats.ORDER)
        case "calls":
            base = str(rules.rule(number_consistency.CARD.rules[4]).value)
            rows = calls.drill_down_calls(
                dated["calls"],
                dated["number_dim"],
                dated["line_dim"],
                ask,
                window=days,
                counted=base,
                cut=cut,
                once=once,
            )
            return Behind(CALLS, rows, calls.ORDER)
        case _ if ask.slug == complaint_rate.CARD.slug:
            rows = tickets.behind_rate(told(), dated["complaint_fact"], ask, days, rules)
            return Behind(TICKETS, cut(rows), tickets.ORDER)
        case _:
            rows = tickets.behind_closing(told(), dated["complaint_fact"], ask, window=days, frame=frame, rules=rules)
            return Behind(TICKETS, cut(rows), tickets.ORDER)


def _checked(portrait: Json, ask: Ask) -> Json:
    found = [metric for metric in portrait["metrics"] if metric["slug"] == ask.slug]
    known = bool(found) and (ask.component in components(found[0]) or _possible(found[0], ask.component))
    months = known and (ask.month is None or ask.month in [row["month"] for row in found[0]["months"]])
    if not known or not months or not set(ask.keys) <= set(SPLITS[ask.slug]):
        part = ", ".join([ask.component, *ask.keys, *([ask.month] if ask.month else [])])
        raise NianjianError("portrait_rows_unknown", metric=ask.slug, part=part)
    metric: Json = found[0]
    return metric


def _possible(metric: Json, component: str) -> bool:
    """A reason that excluded nothing is no fault: it has no rows."""
    return component.startswith(EXCLUDED) and "excluded" in metric["components"]


def _as_of(metric: Json, month: str) -> date:
    return next(date.fromisoformat(row["as_of"]) for row in metric["months"] if row["month"] == month)
