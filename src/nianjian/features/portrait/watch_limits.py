"""The stricter internal limits of a watched licence (R7, R8), shown beside the guide's and never as law. Pure.

The figures are those of a portrait that was computed already; only the limits differ, by the rule
``portrait.watch_factor``. They are judged as the portrait judges its own (`engines.metrics.lights`), also where the
portrait was computed before anybody was watched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.definitions import number_consistency, seat_vacancy
from nianjian.engines.metrics.lights import Flag, Light, Limit, Verdict
from nianjian.engines.metrics.metric import (
    OVER,
    SCALE,
    WATCH_FACTOR,
    Rules,
    decimal_text,
    flag_stricter,
    light_of,
    limit_of,
    whole,
)
from nianjian.engines.rules.rulebook import Rulebook

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CloserLimit:
    """A metric under the guide's limit and the stricter internal one, in its unit; ``met``: the limit is hit.

    ``internal_light``: the metric's under the internal limit; ``internal_unproven``: what is unknown may hit it or not.
    """

    metric: str
    unit: str
    numerator: int
    denominator: int
    value: str | None
    limit: str
    limit_met: bool
    internal_limit: str
    internal_met: bool
    internal_light: str
    internal_unproven: bool
    operator: str
    level: str  # it says that the internal limit is the house's own


def applies_to_year(since: date, until: date | None, year: int) -> bool:
    """Whether a flag set on ``since`` and taken off on ``until`` acts on a data year, filed in the year after."""
    return since.year <= year and (until is None or until > date(year, 12, 31))


def apply_stricter_limits(portrait: Json, rules: Rulebook) -> list[CloserLimit]:
    """Vacancy, complaint rate and evasion of a portrait's JSON under the guide's limits and the stricter ones."""
    factor, guide = rules.decimal(WATCH_FACTOR), rules.with_guide_limits()
    by_slug = {metric["slug"]: metric for metric in portrait["metrics"]}
    limits = []
    for slug, flag in (("seat_vacancy", None), ("complaint_rate", None), ("number_consistency", "evasion")):
        metric = by_slug.get(slug)
        if metric is None:
            continue
        part, limit = _figure_and_limit(metric, flag)
        if limit is not None:
            limits.append(_stricter_limit(flag or slug, metric, part, (limit, limit.scaled(factor)), guide))
    return limits


def _figure_and_limit(metric: Json, flag: str | None) -> tuple[int, Limit | None]:
    """What is compared, and the guide's limit as a share; of D1 the worse of both vacancies."""
    figure = metric if flag is None else next((one for one in metric["flags"] if one["code"] == flag), None)
    if figure is None or figure.get("limit") is None:
        return 0, None
    limit = Limit(Decimal(str(figure["limit"])) / SCALE[metric["unit"]], str(figure["operator"]))
    if flag is not None:
        return int(figure["count"]), limit
    parts = metric["components"]
    if metric["slug"] == "seat_vacancy":
        return max(int(metric["numerator"]), int(parts["filed"]) - int(parts["opened_and_filed"])), limit
    return int(metric["numerator"]), limit


def _judge(metric: Json, guide: Rules, limit: Limit) -> Verdict:
    """The verdict over the stored counts with ``limit`` in place of the guide's own."""
    numerator, denominator = int(metric["numerator"]), int(metric["denominator"])
    parts, attached = metric["components"], bool(metric["attachments"])
    flags = {str(flag["code"]): int(flag["count"]) for flag in metric["flags"]}
    if metric["slug"] == "seat_vacancy":
        counts = {name: whole(parts[name]) for name in seat_vacancy.COUNTS}
        beyond = light_of(guide, seat_vacancy.CARD.rules[2])
        return seat_vacancy.judge(counts, limit, attached=attached, beyond=beyond)
    if metric["slug"] == "complaint_rate":
        verdict = lights.complaint_rate(
            complaints=numerator,
            answered=denominator,
            undated=flags.get("undated", 0),
            unknown=flags.get("answer_unknown", 0),
            limit=limit,
            attached=attached,
        )
        nothing = "nothing_registered" in flags and verdict.light is Light.GREEN
        return replace(verdict, light=Light.INSUFFICIENT) if nothing else verdict
    _evasion, unknown, evading, foreign, _base = number_consistency.CARD.rules
    return lights.number_consistency(
        counts={name: whole(parts[name.value]) for name in NumberClass},
        evasion=limit,
        unknown=limit_of(guide, unknown),
        evading=light_of(guide, evading),
        foreign_shown=light_of(guide, foreign),
        # Of what class the calls of unknown answer are was not stored: they may be any.
        untold={NumberClass.UNKNOWN: flags.get("answer_unknown", 0)},
    )


def _find_hit(verdict: Verdict) -> Flag | None:
    """The flag that speaks of the limit, whether it is hit or not known to be."""
    return next((flag for flag in verdict.flags if flag.code in {*OVER, "no_answered_calls"}), None)


def _is_hit(verdict: Verdict) -> bool:
    flag = _find_hit(verdict)
    calm = {Light.GREEN, Light.INSUFFICIENT}
    return flag is not None and flag.light not in calm and verdict.light is not Light.INSUFFICIENT


def _stricter_limit(name: str, metric: Json, part: int, limits: Sequence[Limit], guide: Rules) -> CloserLimit:
    """``limits``: the guide's and the internal one."""
    unit, of = str(metric["unit"]), int(metric["denominator"])
    limit, internal = limits
    usual, strict = (_judge(metric, guide, one) for one in limits)
    flag, met = _find_hit(strict), _is_hit(strict)
    doubtful = strict.light is Light.INSUFFICIENT or (flag is not None and flag.light is Light.INSUFFICIENT)
    return CloserLimit(
        metric=name,
        unit=unit,
        numerator=part,
        denominator=of,
        value=decimal_text(Fraction(part, of), unit) if of else None,
        limit=str(decimal_text(Fraction(limit.value), unit)),
        limit_met=_is_hit(usual),
        internal_limit=str(decimal_text(Fraction(internal.value), unit)),
        internal_met=met,
        internal_light=flag_stricter(usual, strict, internal)[1].value,
        internal_unproven=not met and (doubtful or not of),
        operator=limit.operator,
        level="internal",
    )
