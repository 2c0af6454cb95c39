"""The stricter internal limits of a watched licence (R8) in a portrait: beside the guide's limit, never in its place.

The metric keeps the guide's limit, value and flags. Where the internal limit is hit and gives a worse light, that light
holds and the flag `FLAG` says so with the internal limit. The headline alone is judged so; splits and months are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from nianjian.portrait.lights import Flag, Limit, Verdict, worst
from nianjian.portrait.metric import Metric, Rule, Rules

FACTOR: Final = "portrait.watch_factor"
FLAG: Final = "internal_limit"
LIMITS: Final[Mapping[str, str]] = {  # metric -> the rule whose limit is stricter
    "seat_vacancy": "portrait.seat_vacancy.limit",
    "complaint_rate": "portrait.complaint_rate.limit",
    "number_consistency": "portrait.number_consistency.evasion_limit",
}
OVER: Final = frozenset({"over_limit", "evasion"})  # flags that speak of these limits


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A rule at a share of its value."""

    id: str
    value: object
    operator: str | None
    level: str
    citation: str


@dataclass(frozen=True, slots=True)
class Stricter:
    """A rulebook whose limits of R8 are scaled; everything else is as it was."""

    rules: Rules
    factor: Decimal

    def rule(self, key: str) -> Rule:
        """The rule under a key."""
        found = self.rules.rule(key)
        if key not in LIMITS.values():
            return found
        value = Decimal(str(found.value)) * self.factor
        return _Scaled(found.id, value, found.operator, str(found.level), found.citation)


def internal(metric: Metric, strict: Metric) -> Metric:
    """The metric with its internal limit acting; ``strict``: the same answered under `Stricter` rules."""
    if metric.slug not in LIMITS:
        return metric
    limit = strict.limit if strict.limit is not None else strict.limits[0]
    return replace(metric, verdict=acting(metric.verdict, strict.verdict, limit), internal=limit)


def acting(verdict: Verdict, strict: Verdict, limit: Limit) -> Verdict:
    """The verdict with the worse light of both; the guide's own where it is as bad."""
    light = worst((verdict.light, strict.light))
    if light is verdict.light:
        return verdict
    count = next((flag.count for flag in strict.flags if flag.code in OVER), strict.numerator)
    share = Fraction(count, strict.denominator) if strict.denominator else None
    return replace(verdict, light=light, flags=(*verdict.flags, Flag(FLAG, light, count, share, limit)))
