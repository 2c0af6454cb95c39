"""D3 号码一致率: own filed short numbers displayed, of outbound calls delivered to the carrier (customer leg)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
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
    by_size,
    decimal_text,
    figures,
    light_of,
    limit_of,
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
    tables=("calls", "number_dim", "line_dim"),
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

    def judge(self, counts: Mapping[NumberClass, int], untold: Mapping[NumberClass, int]) -> Verdict:
        return judge(counts, self.evasion, self.unknown, self.evading, self.foreign_shown, untold=untold)


@dataclass(frozen=True, slots=True)
class NumberConsistency:
    """The definition of D3."""

    card: Card = CARD

    def questions(self, tables: Tables, frame: Frame, rules: Rules) -> dict[str, ir.Table]:
        """Delivered calls by class, per month and per split; where answered ones count, those of unknown answer too."""
        cube, period, trailing = tables.cube, frame.period, frame.trailing
        measures = {"calls": _counted(rules)}
        if measures["calls"] == ANSWERED:
            measures["untold"] = UNTOLD

        def sums(table: ir.Table) -> dict[str, ir.Value]:
            return {name: table[measure].sum().cast("int64") for name, measure in measures.items()}

        any_call = reduce(or_, (cube[measure] > 0 for measure in measures.values()))
        total = cube.filter(cube.dim == "total", any_call)
        months = total.group_by(
            "display_class",
            month=total.day.year().cast("int64") * 100 + total.day.month().cast("int64"),
            in_trailing=((total.day >= trailing.first) & (total.day < trailing.end)).cast("int64"),
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
        year = [row for row in months if whole(row["month"]) // 100 == frame.year]
        counts = _counts(year)
        untold = _counts(year, "untold")
        verdict = terms.judge(counts, untold)
        components: dict[str, object] = {name.value: counts[name] for name in NumberClass}
        components[_counted(rules)] = sum(counts.values())

        if _counted(rules) == ANSWERED:
            components[UNTOLD] = sum(untold.values())

        def told(cells: Iterable[Mapping[str, object]]) -> dict[str, object]:
            of_part = list(cells)
            part = _counts(of_part)
            return {**figures(terms.judge(part, _counts(of_part, "untold")), CARD.unit), **_detail(part)}

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
            twins={"evasion": _evasion(counts, untold, terms)},
            splits=_splits(rows["splits"], terms),
            months=[
                {"month": month, **told(row for row in months if row["month"] == int(month.replace("-", "")))}
                for month in frame.months
            ],
            trailing={
                "from": frame.trailing.first.isoformat(),
                "to": frame.trailing.end.isoformat(),
                **told(row for row in months if row["in_trailing"] == 1),
            },
        )


def judge(
    counts: Mapping[NumberClass, int],
    evasion: Limit,
    unknown: Limit,
    evading: Light = Light.RED,
    foreign_shown: Light = Light.RED,
    *,
    untold: Mapping[NumberClass, int] | None = None,
) -> Verdict:
    """The verdict from the counts by class."""
    return lights.number_consistency(
        counts=counts, evasion=evasion, unknown=unknown, evading=evading, foreign_shown=foreign_shown, untold=untold
    )


def _counted(rules: Rules) -> str:
    """The measure of the cube that the rulebook names: delivered or answered calls."""
    return str(rules.rule(CARD.rules[4]).value)


def _counts(rows: Iterable[Mapping[str, object]], measure: str = "calls") -> Counts:
    """By class; a measure that was not asked for is 0."""
    counts = dict.fromkeys(NumberClass, 0)
    for row in rows:
        counts[NumberClass(str(row["display_class"]))] += whole(row.get(measure, 0))
    return counts


def _detail(counts: Counts) -> dict[str, object]:
    return {name.value: counts[name] for name in NumberClass}


def _evasion(counts: Counts, untold: Counts, terms: _Terms) -> dict[str, object]:
    """R_evade with its bounds: landline and mobile of delivered."""
    plain = counts[NumberClass.LANDLINE] + counts[NumberClass.MOBILE]
    flags = [flag for flag in terms.judge(counts, untold).flags if flag.code == "evasion"]
    low, high = flags[0].bounds if flags and flags[0].bounds else (None, None)
    return {
        "numerator": plain,
        "denominator": sum(counts.values()),
        "value": decimal_text(low, CARD.unit),
        "light": flags[0].light.value if flags else lights.Light.NA.value,
        "bounds": {"low": decimal_text(low, CARD.unit), "high": decimal_text(high, CARD.unit)},
    }


def _splits(rows: Rows, terms: _Terms) -> dict[str, list[dict[str, object]]]:
    cells: dict[str, dict[str | None, list[Mapping[str, object]]]] = {dim: defaultdict(list) for dim in DIMENSIONS}
    for row in rows:
        key = row["key"]
        cells[str(row["dim"])][None if key is None else str(key)].append(row)
    found: dict[str, list[dict[str, object]]] = {}
    for dim, keys in cells.items():
        split = []
        for key, of_key in keys.items():
            counts = _counts(of_key)
            verdict = terms.judge(counts, _counts(of_key, "untold"))
            split.append({"key": key, **figures(verdict, CARD.unit), **_detail(counts)})
        found[dim] = by_size(split, size="denominator")
    return found
