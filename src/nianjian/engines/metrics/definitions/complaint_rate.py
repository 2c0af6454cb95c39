"""D2 投诉率: complaints at 12321 and 12300 about own numbers, of answered outbound calls (customer leg)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir

from nianjian.engines.metrics import lights
from nianjian.engines.metrics.frame import Frame
from nianjian.engines.metrics.lights import Limit, Verdict
from nianjian.engines.metrics.metric import (
    Card,
    Metric,
    Rows,
    Rules,
    Tables,
    by_size,
    by_window,
    figures,
    in_year,
    inside,
    kinds_of,
    limit_of,
    month_of,
    number_text,
    summed,
    whole,
)

CARD: Final = Card(
    slug="complaint_rate",
    title_zh="投诉率",
    title_en="Complaint rate",
    unit="‱",
    rules=(
        "portrait.complaint_rate.limit",
        "portrait.complaint_rate.attachments",
        "portrait.complaint_rate.low_volume",
        "portrait.complaint_rate.denominator",
        "portrait.complaint_rate.sources",
        "portrait.complaint_rate.exclusions",
    ),
)
SOURCES: Final = ("12321", "12300")
BASES: Final = {"answered": "answered", "delivered": "attempts"}  # measure of the cube: name of the twin
UNTOLD: Final = "answer_unknown"  # measure: delivered calls of which nothing tells whether they were answered
MEASURES: Final = (*BASES, UNTOLD)
DIMENSIONS: Final = ("kind", "line", "team", "display")


@dataclass(frozen=True, slots=True)
class _Terms:
    limit: Limit
    low_volume: int
    attached: bool
    base: str = "answered"  # or delivered: the calls that the rate is of

    def judge(self, complaints: int, calls: Mapping[str, int], undated: int = 0, base: str | None = None) -> Verdict:
        """``calls``: each of `MEASURES`; a call of unknown answer is unknown only where answered ones are the base."""
        of = base or self.base
        return lights.complaint_rate(
            complaints=complaints,
            answered=calls[of],
            undated=undated,
            unknown=calls[UNTOLD] if of == "answered" else 0,
            limit=self.limit,
            low_volume=self.low_volume,
            attached=self.attached,
        )


@dataclass(frozen=True, slots=True)
class ComplaintRate:
    """The definition of D2."""

    card: Card = CARD

    def questions(self, tables: Tables, frame: Frame, rules: Rules) -> dict[str, ir.Table]:
        """Answered and delivered calls by month and by split; complaints by everything they are split by."""
        cube = tables.cube
        total = cube.filter(cube.dim == "total")
        months = total.group_by(month=month_of(total.day), in_trailing=_in_trailing(total.day, frame)).aggregate(
            **{name: total[name].sum().cast("int64") for name in MEASURES}
        )
        parts = cube.filter(cube.dim != "total", cube.day >= frame.period.first, cube.day < frame.period.end)
        splits = parts.group_by("dim", "key").aggregate(**{name: parts[name].sum().cast("int64") for name in MEASURES})
        tickets = tables.tickets.filter(tables.tickets.source.isin(kinds_of(rules, self.card.rules[4])))
        complaints = tickets.group_by(
            month=month_of(tickets.accepted_day),
            in_trailing=_in_trailing(tickets.accepted_day, frame),
            source=tickets.source,
            reason=tickets.excluded_rate,
            kind=tickets.kind,
            line=tickets.line,
            team=tickets.team,
            display=tickets.display,
        ).aggregate(complaints=tickets.count())
        return {"months": months, "splits": splits, "complaints": complaints}

    def answer(self, rows: Mapping[str, Rows], frame: Frame, rules: Rules, attached: Collection[str]) -> Metric:
        """Decided by the calls that the rulebook names, answered ones by default; the twin by the others beside it."""
        explains = kinds_of(rules, self.card.rules[1])
        on_file = tuple(sorted(set(explains) & set(attached)))
        limit = limit_of(rules, self.card.rules[0])
        base = str(rules.rule(self.card.rules[3]).value)
        terms = _Terms(limit, whole(rules.rule(self.card.rules[2]).value), bool(on_file), base)
        year = [row for row in rows["months"] if in_year(row, frame)]
        calls = {name: summed(year, name) for name in MEASURES}
        filed = [row for row in rows["complaints"] if in_year(row, frame)]
        complaints = [row for row in filed if row["reason"] is None]
        undated = summed([r for r in rows["complaints"] if r["month"] is None and r["reason"] is None], "complaints")
        count = summed(complaints, "complaints")
        verdict = terms.judge(count, calls, undated)
        other = next(name for name in BASES if name != terms.base)
        allowed = lights.allowance(calls[terms.base], limit)
        excluded: Counter[str] = Counter()
        for row in filed:
            if row["reason"] is not None:
                excluded[str(row["reason"])] += whole(row["complaints"])

        def cell(holds: Callable[[Mapping[str, object]], bool]) -> dict[str, object]:
            counted = [row for row in rows["complaints"] if row["reason"] is None and holds(row)]
            of_calls = [row for row in rows["months"] if holds(row)]
            return _cell(summed(counted, "complaints"), {name: summed(of_calls, name) for name in MEASURES}, terms)

        components: dict[str, object] = {
            **{
                f"complaints_{source}": summed([row for row in complaints if row["source"] == source], "complaints")
                for source in dict.fromkeys((*SOURCES, *kinds_of(rules, self.card.rules[4])))
            },
            "complaints": count,
            **calls,
            "excluded": dict(sorted(excluded.items())),
            "undated": undated,
            "allowance": allowed,
            "headroom": allowed - count,
        }
        return Metric(
            card=self.card,
            verdict=verdict,
            limit=limit,
            source=rules.rule(self.card.rules[0]),
            components=components,
            attachments_required=explains if verdict.attachment_needed else (),
            attachments=on_file,
            twins={BASES[other]: figures(terms.judge(count, calls, undated, other), self.card.unit)},
            splits=_splits(rows["splits"], complaints, terms),
            **by_window(frame, cell),
        )


def _cell(complaints: int, calls: Mapping[str, int], terms: _Terms) -> dict[str, object]:
    figures_ = figures(terms.judge(complaints, calls), CARD.unit)
    return {**figures_, "delivered": calls["delivered"], UNTOLD: calls[UNTOLD]}


def _splits(calls: Rows, complaints: Rows, terms: _Terms) -> dict[str, list[dict[str, object]]]:
    """By kind, line, team and displayed number; a complaint that names none stands in the row without a key."""
    splits: dict[str, list[dict[str, object]]] = {}
    # Two texts of the same digits (a landline, and one that lost its 0): the longer one, whatever the order of rows.
    texts = sorted((str(row["key"]) for row in calls if row["dim"] == "display" and row["key"]), key=len)
    by_digits = {text.lstrip("0"): text for text in texts}
    for dim in DIMENSIONS:
        counted: defaultdict[str | None, Counter[str]] = defaultdict(Counter)
        totals: Counter[str | None] = Counter()
        for row in calls:
            if row["dim"] == dim:
                counted[_key(row["key"])].update({name: whole(row[name]) for name in MEASURES})
        for row in complaints:
            key = number_text(row[dim], by_digits) if dim == "display" else _key(row[dim])
            totals[key] += whole(row["complaints"])
        splits[dim] = by_size(
            (
                {
                    "key": key,
                    **_cell(totals[key], counted[key], terms),
                    "low_volume": counted[key][terms.base] < terms.low_volume,
                }
                for key in {*counted, *totals}
            ),
            size="numerator",
        )
    return splits


def _key(value: object) -> str | None:
    return None if value is None else str(value)


def _in_trailing(day: ir.DateColumn, frame: Frame) -> ir.IntegerValue:
    return inside(day, frame.trailing).fill_null(False).cast("int64")
