"""D4 结案率: complaint tickets of all sources accepted in the data year that are closed at the end of the as-of day."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.metrics import lights
from nianjian.engines.metrics.frame import DAY, Frame
from nianjian.engines.metrics.lights import Limit, Verdict
from nianjian.engines.metrics.metric import (
    Card,
    Metric,
    Rows,
    Rules,
    Tables,
    by_size,
    by_window,
    decimal_text,
    figures,
    in_year,
    inside,
    limit_of,
    month_of,
    number_text,
    summed,
    whole,
)

CARD: Final = Card(
    slug="closing_rate",
    title_zh="结案率",
    title_en="Closing rate",
    unit="%",
    rules=("portrait.closing_rate.limit", "portrait.closing_rate.on_time", "portrait.complaint_rate.exclusions"),
)
DIMENSIONS: Final = ("source", "kind", "line", "team", "display")


def flag_closed_tickets(tickets: ir.Table, frame: Frame, hours: int) -> ir.Table:
    """Tickets that count, with 0/1 columns: closed at A, existing at A, the same for today, closed on time.

    On time: within ``hours`` after the forward arrived, inclusive. A ticket reopened after its closing is not
    closed. One accepted after A did not exist at A. Without the moment of arrival nothing is on time.
    """
    counted = tickets.filter(tickets.excluded_ticket.isnull())
    today = frame.as_of if frame.today is None else frame.today
    final = counted.reopened_ts.isnull() | (counted.reopened_ts <= counted.closed_ts)
    within = counted.closed_ts <= counted.arrived_ts + ibis.interval(hours=hours)
    closed = _by(counted.closed_ts, frame.as_of) * _flag(final)
    return counted.mutate(
        closed=closed,
        on_time=closed * _flag(within),
        arrival_missing=_flag(counted.arrived_ts.isnull()),
        exists=1 - _flag(counted.accepted_ts >= _end(frame.as_of)),
        closed_today=_by(counted.closed_ts, today) * _flag(final),
        exists_today=1 - _flag(counted.accepted_ts >= _end(today)),
        display=counted.display.cast("string"),
    )


@dataclass(frozen=True, slots=True)
class ClosingRate:
    """The definition of D4."""

    card: Card = CARD

    def questions(self, tables: Tables, frame: Frame, rules: Rules) -> dict[str, ir.Table]:
        """Tickets by month, state and split; the open ones by age."""
        every = flag_closed_tickets(tables.tickets, frame, whole(rules.rule(self.card.rules[1]).value))
        first, end = frame.period.first, frame.period.end
        of_year = every.accepted_day.isnull() | inside(every.accepted_day, frame.period)
        trailing = inside(every.accepted_day, frame.trailing)
        tickets = every.mutate(month=month_of(every.accepted_day), in_trailing=_flag(trailing)).filter(
            of_year | trailing
        )
        states = ("closed", "on_time", "arrival_missing", "exists", "closed_today", "exists_today")
        keys = ["month", "in_trailing", *states, *DIMENSIONS]
        cells = tickets.group_by(keys).aggregate(tickets=tickets.count())
        gone = tables.tickets.filter(tables.tickets.excluded_ticket.notnull(), tables.tickets.accepted_day >= first)
        gone = gone.filter(gone.accepted_day < end, gone.accepted_ts < _end(frame.as_of))
        excluded = gone.group_by("excluded_ticket").aggregate(tickets=gone.count())
        waiting = tickets.filter(
            tickets.closed == 0, tickets.exists == 1, tickets.accepted_day >= first, tickets.accepted_day < end
        )
        waiting = waiting.select("accepted_ts", "complaint_id")
        return {"cells": cells, "excluded": excluded, "open": waiting}

    def answer(self, rows: Mapping[str, Rows], frame: Frame, rules: Rules, attached: Collection[str]) -> Metric:
        """Passes at the limit; twins: what was closed on time, and what is closed by today."""
        del attached  # no attachment explains D4
        limit = limit_of(rules, self.card.rules[0])
        dated = [row for row in rows["cells"] if row["month"] is not None]
        undated = [row for row in rows["cells"] if row["month"] is None]
        year = [row for row in dated if in_year(row, frame)]
        existing = [row for row in dated if row["exists"] == 1]
        now = [row for row in existing if in_year(row, frame)]
        counts = _counts(now, "closed")
        on_time = summed([row for row in now if row["on_time"] == 1], "tickets")
        verdict = judge(counts, limit, undated)
        twins: dict[str, Mapping[str, object]] = {
            "on_time": {
                "numerator": on_time,
                "denominator": counts["tickets"],
                "value": decimal_text(Verdict(on_time, counts["tickets"], lights.Light.NA).value, CARD.unit),
            }
        }
        if frame.today is not None:
            then = _counts([row for row in year if row["exists_today"] == 1], "closed_today")
            twins["today"] = {"as_of": frame.today.isoformat(), **figures(judge(then, limit, undated), CARD.unit)}
        return Metric(
            card=self.card,
            verdict=verdict,
            limit=limit,
            source=rules.rule(self.card.rules[0]),
            components={
                **counts,
                "on_time": on_time,
                "open": counts["tickets"] - counts["closed"],
                "excluded": dict(sorted((str(r["excluded_ticket"]), whole(r["tickets"])) for r in rows["excluded"])),
                "undated": summed(undated, "tickets"),
                # closed, but nobody can say whether within the hours
                "undated_arrival": summed(
                    [row for row in now if row["closed"] == 1 and row["arrival_missing"] == 1], "tickets"
                ),
            },
            twins=twins,
            splits={dim: _split(now, dim, limit) for dim in DIMENSIONS},
            **by_window(frame, lambda holds: _cell([row for row in existing if holds(row)], limit)),
            lists={"open_tickets": _oldest_first(rows["open"])},
        )


def judge(counts: Mapping[str, int], limit: Limit, undated: Rows = ()) -> Verdict:
    """The verdict from `tickets` and `closed`, and the tickets whose day of acceptance is unknown."""
    closed = summed([row for row in undated if row["closed"] == 1], "tickets")
    return lights.closing_rate(
        closed=counts["closed"],
        tickets=counts["tickets"],
        limit=limit,
        undated_closed=closed,
        undated_open=summed(undated, "tickets") - closed,
    )


def _counts(rows: Rows, closed: str) -> dict[str, int]:
    return {"tickets": summed(rows, "tickets"), "closed": summed([row for row in rows if row[closed] == 1], "tickets")}


def _cell(rows: Rows, limit: Limit) -> dict[str, object]:
    on_time = summed([row for row in rows if row["on_time"] == 1], "tickets")
    return {**figures(judge(_counts(rows, "closed"), limit), CARD.unit), "on_time": on_time}


def _split(rows: Rows, dim: str, limit: Limit) -> list[dict[str, object]]:
    keys: dict[str | None, list[Mapping[str, object]]] = defaultdict(list)
    for row in rows:
        key = number_text(row[dim], {}) if dim == "display" else None if row[dim] is None else str(row[dim])
        keys[key].append(row)
    return by_size(({"key": key, **_cell(group, limit)} for key, group in keys.items()), size="denominator")


def _oldest_first(rows: Rows) -> list[str]:
    return [id_ for _, id_ in sorted((str(row["accepted_ts"]), str(row["complaint_id"])) for row in rows)]


def _flag(condition: ir.BooleanColumn) -> ir.IntegerColumn:
    return condition.fill_null(False).cast("int64")


def _by(moment: ir.TimestampColumn, day: date) -> ir.IntegerColumn:
    """1 where it happened by the end of ``day``."""
    return _flag(moment < _end(day))


def _end(day: date) -> ir.TimestampScalar:
    return ibis.literal(datetime.combine(day + DAY, time()))
