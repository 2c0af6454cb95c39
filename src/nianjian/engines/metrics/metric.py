"""What a metric is: a name card, the questions it asks an engine, and the answer it makes of the rows that come back.

Questions are Ibis expressions and never run here; answers are pure Python on whole numbers.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Protocol, cast

import ibis.expr.types as ir

from nianjian.engines.metrics.frame import Frame, Window
from nianjian.engines.metrics.lights import Bounds, Flag, Light, Limit, Verdict, worst
from nianjian.engines.rules.rule import Rule

# Domain 4.4 without the leading 0; 95/96, 400/800 and mobile numbers are no area codes.
_LANDLINE: Final = re.compile(r"(10|2\d|[3-9]\d{2})\d{7,8}")
_NO_AREA: Final = re.compile(r"9[56]|[48]00\d{7}$|1[3-9]")

Rows = Sequence[Mapping[str, object]]
Json = Mapping[str, Any]

# Value shown per unit: a share of 1 is 100 % or 10,000 per ten thousand.
SCALE: Final[Mapping[str, int]] = {"%": 100, "‱": 10_000}
DECIMALS: Final = 4  # for display; never compared


# R8: of a watched licence there is a second light at a share of these limits, beside the guide's, never in its place.
WATCH_FACTOR: Final = "portrait.watch_factor"
INTERNAL: Final = "internal_limit"  # the flag of an internal limit that gives a worse light than the guide's
STRICTER: Final[Mapping[str, str]] = {  # metric -> the rule whose limit is stricter
    "seat_vacancy": "portrait.seat_vacancy.limit",
    "complaint_rate": "portrait.complaint_rate.limit",
    "number_consistency": "portrait.number_consistency.evasion_limit",
}
OVER: Final = frozenset({"over_limit", "evasion"})  # flags that speak of these limits


class Rules(Protocol):
    """What the portrait reads of a rulebook."""

    def rule(self, key: str) -> Rule:
        """The rule in force under a key."""
        ...


@dataclass(frozen=True, slots=True)
class Card:
    """Name card: ``slug`` in answers, both titles, the unit of the value, its rules."""

    slug: str
    title_zh: str
    title_en: str
    unit: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """The expressions that metrics are written over: daily cube, seats (all versions), tickets."""

    cube: ir.Table
    seats: ir.Table
    tickets: ir.Table


@dataclass(frozen=True, slots=True)
class SecondLight:
    """The same counts under limits of the enterprise's own. ``limit``: None unless it alone makes the difference.

    ``rules``: those whose overlays make the difference.
    """

    light: Light
    limit: Limit | None
    rules: tuple[str, ...] = ()

    def as_dict(self, unit: str) -> dict[str, object]:
        """The second light in the JSON answer."""
        limit = {} if self.limit is None else _limit_dict(self.limit, unit)
        rules: dict[str, object] = {"rules": list(self.rules)} if self.rules else {}
        return {**limit, "level": "internal", "light": self.light.value, **rules}


@dataclass(frozen=True, slots=True)
class Metric:
    """The answer of one metric; splits by kind, line, team, display, months and trailing beside the headline."""

    card: Card
    verdict: Verdict
    limit: Limit | None
    source: Rule
    components: Mapping[str, object]
    attachments_required: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    twins: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    splits: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    months: Sequence[Mapping[str, object]] = ()
    trailing: Mapping[str, object] | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)  # ids that advice needs, in order
    limits: tuple[Limit, ...] = ()  # of its flags, where they have limits of their own
    lights: tuple[Light, ...] = ()  # of its flags, where a rule names them
    statements: Mapping[str, bool] = field(default_factory=dict)  # sentences that the figures bear out
    internal: SecondLight | None = None  # of a watched licence, under limits stricter than the guide's
    own: SecondLight | None = None  # under the limits that the enterprise's overlays set
    declared: Mapping[str, str] | None = None  # not applicable: who declared it, on which day, the reason

    @property
    def second(self) -> Light | None:
        """The worst light under limits of the enterprise's own; None where it has none."""
        lights = [one.light for one in (self.internal, self.own) if one is not None]
        return worst(lights) if lights else None

    @property
    def slug(self) -> str:
        """Name of the metric in answers."""
        return self.card.slug

    def count(self, name: str) -> int:
        """A component that is a plain count."""
        return whole(self.components[name])

    def as_dict(self) -> dict[str, object]:
        """The metric in the JSON answer (docs/reference/portrait.md): counts as integers, values as decimal strings."""
        unit, limit = self.card.unit, self.limit
        seconds = {"internal": self.internal, "own": self.own}
        return {
            "slug": self.slug,
            "title": {"zh": self.card.title_zh, "en": self.card.title_en},
            **figures(self.verdict, unit),
            "unit": unit,
            **({"limit": None, "operator": None} if limit is None else _limit_dict(limit, unit)),
            **{name: one.as_dict(unit) for name, one in seconds.items() if one is not None},
            **({} if self.declared is None else {"declared": dict(self.declared)}),
            "bounds": bounds_dict(self.verdict.bounds, unit),
            "components": dict(self.components),
            "flags": [flag_dict(flag, unit) for flag in self.verdict.flags],
            "attachments_required": list(self.attachments_required),
            "attachments": list(self.attachments),
            "source": {"rule": self.source.id, "level": str(self.source.level), "citation": self.source.citation},
            "statements": dict(self.statements),
            "twins": dict(self.twins),
            "splits": {name: list(rows) for name, rows in self.splits.items()},
            "months": list(self.months),
            "trailing": self.trailing,
        }


class Definition(Protocol):
    """One metric."""

    @property
    def card(self) -> Card:
        """Its name card."""
        ...

    def questions(self, tables: Tables, frame: Frame, rules: Rules) -> dict[str, ir.Table]:
        """The expressions to run, by name."""
        ...

    def answer(self, rows: Mapping[str, Rows], frame: Frame, rules: Rules, attached: Collection[str]) -> Metric:
        """The metric from the rows of its questions; ``attached``: kinds of attachment on file for it."""
        ...


def limit_of(rules: Rules, key: str) -> Limit:
    """The limit and operator that a rule states."""
    rule = rules.rule(key)
    return Limit(Decimal(str(rule.value)), rule.operator or ">")


def kinds_of(rules: Rules, key: str) -> tuple[str, ...]:
    """The list that a rule states."""
    return tuple(str(item) for item in cast("Iterable[object]", rules.rule(key).value))


def light_of(rules: Rules, key: str) -> Light:
    """The light that a rule states."""
    return Light(str(rules.rule(key).value))


def whole(value: object) -> int:
    """A count from an engine's row; NULL (a sum over nothing) is 0."""
    return 0 if value is None else int(cast("int", value))


def decimal_text(share: Fraction | None, unit: str) -> str | None:
    """A share in ``unit`` with 4 decimals, half away from zero; for reading only."""
    if share is None:
        return None
    scaled = abs(share) * SCALE[unit] * 10**DECIMALS
    digits = f"{(2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator):0{DECIMALS + 1}}"
    sign = "-" if share < 0 and int(digits) else ""
    return f"{sign}{digits[:-DECIMALS]}.{digits[-DECIMALS:]}"


def _limit_dict(limit: Limit, unit: str) -> dict[str, object]:
    return {"limit": decimal_text(Fraction(limit.value), unit), "operator": limit.operator}


def bounds_dict(bounds: Bounds | None, unit: str) -> dict[str, object]:
    """The lowest and the highest rate in the JSON answer."""
    low, high = bounds or (None, None)
    return {"low": decimal_text(low, unit), "high": decimal_text(high, unit)}


def figures(verdict: Verdict, unit: str) -> dict[str, object]:
    """Numerator, denominator, value and light of a verdict."""
    return {
        "numerator": verdict.numerator,
        "denominator": verdict.denominator,
        "value": decimal_text(verdict.value, unit),
        "light": verdict.light.value,
    }


def flag_dict(flag: Flag, unit: str) -> dict[str, object]:
    """A flag in the JSON answer; value, limit, operator and bounds where it has a rate of its own."""
    entry: dict[str, object] = {"code": flag.code, "light": flag.light.value, "count": flag.count}
    if flag.share is not None:
        entry["value"] = decimal_text(flag.share, unit)
    if flag.limit is not None:
        entry |= _limit_dict(flag.limit, unit)
    if flag.bounds is not None:
        entry["bounds"] = bounds_dict(flag.bounds, unit)
    return entry


def number_text(number: object, by_digits: Mapping[str, str]) -> str | None:
    """A complained number as people write it: as the calls show it (``by_digits``: digits -> text), else by its shape."""
    if number is None:
        return None
    digits = str(number)
    landline = _LANDLINE.fullmatch(digits) is not None and _NO_AREA.match(digits) is None
    return by_digits.get(digits, f"0{digits}" if landline else digits)


def by_size(rows: Iterable[dict[str, object]], *, size: str) -> list[dict[str, object]]:
    """Rows of a split, the largest first; equal ones by key, the row without a key last."""
    return sorted(rows, key=lambda row: (-whole(row[size]), row["key"] is None, str(row["key"])))


def summed(rows: Iterable[Mapping[str, object]], name: str) -> int:
    """The sum of a column of counts."""
    return sum(whole(row[name]) for row in rows)


def month_of(day: ir.DateValue) -> ir.IntegerValue:
    """The month of a day as a number, 202603."""
    return day.year().cast("int64") * 100 + day.month().cast("int64")


def inside(day: ir.DateValue, window: Window) -> ir.BooleanValue:
    """Whether a day lies in a window."""
    return (day >= window.first) & (day < window.end)


def in_year(row: Mapping[str, object], frame: Frame) -> bool:
    """Whether a row with a `month_of` lies in the data year."""
    month = row["month"]
    return month is not None and whole(month) // 100 == frame.year


def by_window(frame: Frame, cell: Callable[[Callable[[Mapping[str, object]], bool]], dict[str, object]]) -> Json:
    """`months` and `trailing` of a metric: ``cell`` makes the figures of the rows for which a test holds."""
    numbers = {month: int(month.replace("-", "")) for month in frame.months}
    window = {"from": frame.trailing.first.isoformat(), "to": frame.trailing.end.isoformat()}
    return {
        "months": [
            {"month": month, **cell(lambda row, number=number: row["month"] == number)}  # type: ignore[misc]
            for month, number in numbers.items()
        ],
        "trailing": {**window, **cell(lambda row: row["in_trailing"] == 1)},
    }


@dataclass(frozen=True, slots=True)
class Stricter:
    """A rulebook whose limits of R8 are scaled; everything else is as it was."""

    rules: Rules
    factor: Decimal

    def rule(self, key: str) -> Rule:
        """The rule under a key."""
        rule = self.rules.rule(key)
        return replace(rule, value=limit_of(self.rules, key).value * self.factor) if key in STRICTER.values() else rule


def watched(metric: Metric, strict: Metric) -> Metric:
    """The metric with its internal limit beside; ``strict``: the same answered under `Stricter` rules.

    The headline alone is judged so; splits and months keep to the guide's limit.
    """
    if metric.slug not in STRICTER:
        return metric
    limit = strict.limit if strict.limit is not None else strict.limits[0]
    verdict, light = flag_stricter(metric.verdict, strict.verdict, limit)
    return replace(metric, verdict=verdict, internal=SecondLight(light, limit))


def flag_stricter(verdict: Verdict, strict: Verdict, limit: Limit) -> tuple[Verdict, Light]:
    """The verdict with a flag where the stricter limit gives a worse light, and that light; its own light stays."""
    light = worst((verdict.light, strict.light))
    if light is verdict.light:
        return verdict, light
    count = next((flag.count for flag in strict.flags if flag.code in OVER), strict.numerator)
    share = Fraction(count, strict.denominator) if strict.denominator else None
    return replace(verdict, flags=(*verdict.flags, Flag(INTERNAL, light, count, share, limit))), light


def unprove(metric: Metric) -> Metric:
    """The metric with no green light, where it is green over no complaint at all: ``nothing_registered`` says why."""
    verdict = metric.verdict
    if verdict.light is not Light.GREEN or verdict.numerator or metric.components["excluded"]:
        return metric
    flag = Flag("nothing_registered", Light.INSUFFICIENT, 0)
    verdict = replace(verdict, light=Light.INSUFFICIENT, flags=(*verdict.flags, flag))
    internal, own = (_unprove_second(second) for second in (metric.internal, metric.own))
    return replace(metric, verdict=verdict, internal=internal, own=own)


def _unprove_second(second: SecondLight | None) -> SecondLight | None:
    if second is None or second.light is not Light.GREEN:
        return second
    return replace(second, light=Light.INSUFFICIENT)


def with_own_light(metric: Metric, own: Metric, overlaid: Collection[str]) -> Metric:
    """The metric with the light of ``own`` beside: the same answered under the enterprise's limits."""
    keys = tuple(key for key in metric.card.rules if key in overlaid)
    limit = own.limit if own.limit is not None else own.limits[0]
    alone = keys == (metric.card.rules[0],)
    return replace(metric, own=SecondLight(own.verdict.light, limit if alone else None, keys)) if keys else metric
