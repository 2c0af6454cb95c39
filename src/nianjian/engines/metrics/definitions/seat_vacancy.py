"""D1 坐席空置率: filed seats that are not opened, of filed seats, at the end of the as-of day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.metrics import lights
from nianjian.engines.metrics.frame import Frame
from nianjian.engines.metrics.lights import Light, Limit, Verdict
from nianjian.engines.metrics.metric import (
    Card,
    Metric,
    Rows,
    Rules,
    Tables,
    by_size,
    figures,
    kinds_of,
    light_of,
    limit_of,
    summed,
)

CARD: Final = Card(
    slug="seat_vacancy",
    title_zh="坐席空置率",
    title_en="Seat vacancy rate",
    unit="%",
    rules=(
        "portrait.seat_vacancy.limit",
        "portrait.seat_vacancy.attachments",
        "portrait.seat_vacancy.over_filed_light",
    ),
)
COUNTS: Final = ("filed", "opened", "opened_and_filed", "unfiled_open", "unknown_filing", "unknown_filing_open")


def states(seats: ir.Table, days: Sequence[date], also: Sequence[str] = ()) -> ir.Table:
    """Each seat as it holds on each day, with 0/1 columns, and the columns ``also`` of its version."""
    each = seats.mutate(as_of=ibis.array([ibis.date(day.isoformat()) for day in days]).unnest())
    each = each.filter(
        each.valid_from.isnull() | (each.valid_from <= each.as_of),
        each.valid_to.isnull() | (each.valid_to >= each.as_of),
    )
    cancelled = each.filing == "cancelled"
    gone = (
        (each.cancelled_on <= each.as_of).fill_null(False)
        | (cancelled & each.cancelled_on.isnull()).fill_null(False)
        | (each.filing == "unfiled").fill_null(False)
        | (each.filed_on > each.as_of).fill_null(False)
    )
    filed = ~gone & each.filing.notnull() & each.filed_on.notnull()
    unknown = ~gone & (each.filing.isnull() | each.filed_on.isnull())
    opened = (each.opened_on <= each.as_of).fill_null(False) & (each.closed_on.isnull() | (each.closed_on > each.as_of))
    return each.select(
        "as_of",
        "seat_id",
        "kind",
        *also,
        filed=filed.cast("int64"),
        opened=opened.cast("int64"),
        opened_and_filed=(opened & filed).cast("int64"),
        unfiled_open=(opened & gone).cast("int64"),
        unknown_filing=unknown.cast("int64"),
        unknown_filing_open=(unknown & opened).cast("int64"),
    )


@dataclass(frozen=True, slots=True)
class SeatVacancy:
    """The definition of D1."""

    card: Card = CARD

    def questions(self, tables: Tables, frame: Frame, rules: Rules) -> dict[str, ir.Table]:
        """Counts per as-of day and kind, and the seats that are filed but stopped."""
        del rules  # counting seats needs none
        seats = states(tables.seats, frame.as_of_days)
        counts = seats.group_by("as_of", "kind").aggregate(**{name: seats[name].sum().cast("int64") for name in COUNTS})
        now = states(tables.seats, [frame.as_of])
        stopped = now.filter(now.filed == 1, now.opened == 0).select("seat_id")
        return {"counts": counts, "stopped": stopped}

    def answer(self, rows: Mapping[str, Rows], frame: Frame, rules: Rules, attached: Collection[str]) -> Metric:
        """Headline at A; twins: the conservative rate and today; months: the state at each month's end."""
        limit = limit_of(rules, self.card.rules[0])
        explains = kinds_of(rules, self.card.rules[1])
        beyond = light_of(rules, self.card.rules[2])
        on_file = tuple(sorted(set(explains) & set(attached)))

        def judged(counts: Mapping[str, int]) -> Verdict:
            return judge(counts, limit, attached=bool(on_file), beyond=beyond)

        def at(day: date) -> tuple[dict[str, int], Verdict]:
            day_rows = [row for row in rows["counts"] if row["as_of"] == day]
            counts = {name: summed(day_rows, name) for name in COUNTS}
            return counts, judged(counts)

        counts, verdict = at(frame.as_of)
        twins: dict[str, Mapping[str, object]] = {"conservative": _conservative(counts, limit)}
        if frame.today is not None:
            today, seen = at(frame.today)
            twins["today"] = {"as_of": frame.today.isoformat(), **figures(seen, self.card.unit), "components": today}
        months = []
        for day in frame.month_ends:
            monthly, seen = at(day)
            months.append(
                {"month": day.isoformat()[:7], "as_of": day.isoformat(), **figures(seen, self.card.unit), **monthly}
            )
        kinds = []
        for row in rows["counts"]:
            if row["as_of"] == frame.as_of:
                part = {name: summed([row], name) for name in COUNTS}
                kinds.append({"key": row["kind"], **figures(judged(part), self.card.unit), **part})
        return Metric(
            card=self.card,
            verdict=verdict,
            limit=limit,
            lights=(beyond,),
            source=rules.rule(self.card.rules[0]),
            components=counts,
            attachments_required=explains if verdict.attachment_needed else (),
            attachments=on_file,
            twins=twins,
            splits={"kind": by_size(kinds, size="filed")},
            months=months,
            lists={"stopped_seats": sorted(str(row["seat_id"]) for row in rows["stopped"])},
        )


def judge(counts: Mapping[str, int], limit: Limit, *, attached: bool = False, beyond: Light = Light.RED) -> Verdict:
    """The verdict from the component counts."""
    return lights.seat_vacancy(
        filed=counts["filed"],
        opened=counts["opened"],
        opened_and_filed=counts["opened_and_filed"],
        unfiled_open=counts["unfiled_open"],
        unknown=counts["unknown_filing"],
        unknown_open=counts["unknown_filing_open"],
        limit=limit,
        attached=attached,
        beyond=beyond,
    )


def _conservative(counts: Mapping[str, int], limit: Limit) -> dict[str, object]:
    """V' of D1: only opened seats that are filed count as opened."""
    filed = counts["filed"]
    idle = filed - counts["opened_and_filed"]
    light = Light.NA if not filed else Light.YELLOW if limit.met(idle, filed) else Light.GREEN
    return figures(Verdict(idle, filed, light), CARD.unit)
