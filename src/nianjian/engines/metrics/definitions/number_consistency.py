"""D3 号码一致率: own filed short numbers displayed, of outbound calls delivered to the carrier (customer leg)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import ibis.expr.types as ir

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.frame import Frame
from nianjian.engines.metrics.lights import Light, Limit, Verdict
from nianjian.engines.metrics.metric import (
    Card,
    Metric,
    Rows,
    Rules,
    Tables,
    bounds_dict,
    by_size,
    by_window,
    figures,
    in_year,
    inside,
    light_of,
    limit_of,
    month_of,
    whole,
)

CARD: Final = Card(
    slug="number_consistency",
    title_zh="号码一致率",
    title_en="Number consistency rate",
    unit="%",
    rules=(
        "portrait.number_consistency.evasion_limit",
        "portrait.number_consistency.unknown_limit",
        "portrait.number_consistency.evasion_light",
        "portrait.number_consistency.other_short_light",
        "portrait.number_consistency.denominator",
    ),
)
ANSWERED: Final = "answered"
UNTOLD: Final = "answer_unknown"  # measure: delivered calls of which nothing tells whether they were answered
DIMENSIONS: Final = ("kind", "line", "team", "display")

Counts = dict[NumberClass, int]


@dataclass(frozen=True, slots=True)
class _Terms:
    evasion: Limit
    unknown: Limit
    evading: Light
    foreign_shown: Light

    def judge(self, rows: Rows) -> Verdict:
        """The verdict of the rows of a cell."""
        return lights.number_consistency(
            counts=_counts(rows),
            evasion=self.evasion,
            unknown=self.unknown,
            evading=self.evading,
            foreign_shown=self.foreign_shown,
            untold=_counts(rows, "untold"),
        )

    def cell(self, rows: Rows) -> dict[str, object]:
        """The figures of the rows of a cell, and how many of each class there are."""
        return {**figures(self.judge(rows), CARD.unit), **_by_name(_counts(rows))}


@dataclass(frozen=True, slots=True)
class NumberConsistency:
    """The definition of D3."""

    card: Card = CARD

    def questions(self, tables: Tables, frame: Frame, rules: Rules) -> dict[str, ir.Table]:
        """Delivered calls by class, per month and per split; where answered ones count, those of unknown answer too."""
        cube, period = tables.cube, frame.period
        measures = {"calls": _counted(rules)}
        if measures["calls"] == ANSWERED:
            measures["untold"] = UNTOLD

        def sums(table: ir.Table) -> dict[str, ir.Value]:
            return {name: table[measure].sum().cast("int64") for name, measure in measures.items()}

        any_call = reduce(or_, (cube[measure] > 0 for measure in measures.values()))
        total = cube.filter(cube.dim == "total", any_call)
        months = total.group_by(
            "display_class",
            month=month_of(total.day),
            in_trailing=inside(total.day, frame.trailing).cast("int64"),
        ).aggregate(**sums(total))
        parts = cube.filter(cube.dim != "total", cube.day >= period.first, cube.day < period.end, any_call)
        splits = parts.group_by("dim", "key", "display_class").aggregate(**sums(parts))
        return {"months": months, "splits": splits}

    def answer(self, rows: Mapping[str, Rows], frame: Frame, rules: Rules, attached: Collection[str]) -> Metric:
        """The headline is the share of own short numbers; its light comes from evasion, foreign and unknown numbers."""
        del attached  # no attachment explains D3
        terms = _Terms(
            evasion=limit_of(rules, self.card.rules[0]),
            unknown=limit_of(rules, self.card.rules[1]),
            evading=light_of(rules, self.card.rules[2]),
            foreign_shown=light_of(rules, self.card.rules[3]),
        )
        months = rows["months"]
        year = [row for row in months if in_year(row, frame)]
        verdict = terms.judge(year)
        components = _by_name(_counts(year))
        components[_counted(rules)] = sum(_counts(year).values())
        if _counted(rules) == ANSWERED:
            components[UNTOLD] = sum(_counts(year, "untold").values())
        return Metric(
            card=self.card,
            verdict=verdict,
            limit=None,
            source=rules.rule(self.card.rules[0]),
            components=components,
            limits=(terms.evasion, terms.unknown),
            lights=(terms.evading, terms.foreign_shown),
            # Domain 0.11: "all our outbound calls use filed 95/96 numbers" may be said at 100 % only.
            statements={"all_calls_show_own_numbers": bool(verdict.denominator) and verdict.value == 1},
            twins={"evasion": _evasion(_counts(year), verdict)},
            splits=_splits(rows["splits"], terms),
            **by_window(frame, lambda holds: terms.cell([row for row in months if holds(row)])),
        )


def _counted(rules: Rules) -> str:
    """The measure of the cube that the rulebook names: delivered or answered calls."""
    return str(rules.rule(CARD.rules[4]).value)


def _counts(rows: Rows, measure: str = "calls") -> Counts:
    """By class; a measure that was not asked for is 0."""
    counts = dict.fromkeys(NumberClass, 0)
    for row in rows:
        counts[NumberClass(str(row["display_class"]))] += whole(row.get(measure, 0))
    return counts


def _by_name(counts: Counts) -> dict[str, object]:
    return {name.value: counts[name] for name in NumberClass}


def _evasion(counts: Counts, verdict: Verdict) -> dict[str, object]:
    """R_evade with its bounds: landline and mobile of delivered."""
    flag = next((flag for flag in verdict.flags if flag.code == "evasion"), None)
    bounds = bounds_dict(flag.bounds if flag else None, CARD.unit)
    return {
        "numerator": counts[NumberClass.LANDLINE] + counts[NumberClass.MOBILE],
        "denominator": sum(counts.values()),
        "value": bounds["low"],
        "light": (flag.light if flag else Light.NA).value,
        "bounds": bounds,
    }


def _splits(rows: Rows, terms: _Terms) -> dict[str, list[dict[str, object]]]:
    cells: dict[str, dict[str | None, list[Mapping[str, object]]]] = {dim: defaultdict(list) for dim in DIMENSIONS}
    for row in rows:
        key = row["key"]
        cells[str(row["dim"])][None if key is None else str(key)].append(row)
    return {
        dim: by_size(({"key": key, **terms.cell(group)} for key, group in keys.items()), size="denominator")
        for dim, keys in cells.items()
    }
