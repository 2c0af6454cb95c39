"""The stricter internal limits of a watched licence (R7, R8), shown beside the guide's and never as law. Pure.

The figures are those of a portrait that was computed already; only the limits differ, by the rule
``portrait.watch_factor``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from nianjian.engines.metrics.lights import Limit
from nianjian.engines.metrics.metric import SCALE, WATCH_FACTOR, decimal_text
from nianjian.engines.rules.rulebook import Rulebook

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StricterLimit:
    """A metric under both limits, in its unit. ``met``: the internal one is hit; ``guide_met``: the guide's is too."""

    metric: str
    unit: str
    numerator: int
    denominator: int
    value: str | None
    guide: str
    internal: str
    operator: str
    met: bool
    guide_met: bool

    def as_dict(self) -> dict[str, object]:
        """The comparison as JSON; ``level`` says that the internal limit is the house's own."""
        return {
            "metric": self.metric,
            "unit": self.unit,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": self.value,
            "limit": self.guide,
            "limit_met": self.guide_met,
            "internal_limit": self.internal,
            "internal_met": self.met,
            "operator": self.operator,
            "level": "internal",
        }


def applies_to_year(since: date, until: date | None, year: int) -> bool:
    """Whether a flag set on ``since`` and taken off on ``until`` acts on a data year, filed in the year after."""
    return since.year <= year and (until is None or until > date(year, 12, 31))


def apply_stricter_limits(portrait: Json, rules: Rulebook) -> list[StricterLimit]:
    """Vacancy, complaint rate and evasion of a portrait's JSON under the guide's limits and the stricter ones."""
    factor = rules.decimal(WATCH_FACTOR)
    by_slug = {metric["slug"]: metric for metric in portrait["metrics"]}
    found = []
    for slug, flag in (("seat_vacancy", None), ("complaint_rate", None), ("number_consistency", "evasion")):
        metric = by_slug.get(slug)
        if metric is None:
            continue
        part, limit = _figure_and_limit(metric, flag)
        if limit is not None:
            found.append(_stricter_limit(flag or slug, metric, part, limit, factor))
    return found


def _figure_and_limit(metric: Json, flag: str | None) -> tuple[int, Limit | None]:
    """What is compared, and the guide's limit as a share; of D1 the worse of both vacancies."""
    told = metric if flag is None else next((one for one in metric["flags"] if one["code"] == flag), None)
    if told is None or told.get("limit") is None:
        return 0, None
    limit = Limit(Decimal(str(told["limit"])) / SCALE[metric["unit"]], str(told["operator"]))
    if flag is not None:
        return int(told["count"]), limit
    parts = metric["components"]
    if metric["slug"] == "seat_vacancy":
        return max(int(metric["numerator"]), int(parts["filed"]) - int(parts["opened_and_filed"])), limit
    return int(metric["numerator"]), limit


def _stricter_limit(name: str, metric: Json, part: int, limit: Limit, factor: Decimal) -> StricterLimit:
    unit, of = str(metric["unit"]), int(metric["denominator"])
    internal = limit.scaled(factor)
    return StricterLimit(
        metric=name,
        unit=unit,
        numerator=part,
        denominator=of,
        value=decimal_text(Fraction(part, of), unit) if of else None,
        guide=str(decimal_text(Fraction(limit.value), unit)),
        internal=str(decimal_text(Fraction(internal.value), unit)),
        operator=limit.operator,
        met=internal.met(part, of) if of else part > 0,
        guide_met=limit.met(part, of) if of else part > 0,
    )
