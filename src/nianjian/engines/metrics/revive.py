"""A kept portrait as a `Result` again, so that a step can be tried on it without reading a single call.

Counts and limits are exact (limits come from the rules that were kept beside); rates of flags and bounds carry the four
decimals that were written, which is all that is ever shown of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.definitions import METRICS
from nianjian.engines.metrics.frame import Frame
from nianjian.engines.metrics.lights import Bounds, Flag, Light, Limit, Verdict
from nianjian.engines.metrics.metric import SCALE, Card, Metric, SecondLight, light_of, limit_of
from nianjian.engines.metrics.result import FIELDS, Result
from nianjian.engines.rules.rule import Rule

Json = Mapping[str, Any]

CARDS: Final[Mapping[str, Card]] = {one.card.slug: one.card for one in METRICS}
# What simulation asks for beside the headline limit: limits and lights of flags, as the definitions name them.
LIMITS: Final = {
    "number_consistency": ("portrait.number_consistency.evasion_limit", "portrait.number_consistency.unknown_limit")
}
LIGHTS: Final = {
    "seat_vacancy": ("portrait.seat_vacancy.over_filed_light",),
    "number_consistency": (
        "portrait.number_consistency.evasion_light",
        "portrait.number_consistency.other_short_light",
    ),
}


@dataclass(frozen=True, slots=True)
class KeptRules:
    """The rules of a kept portrait by key; ``portrait_without_rules`` for one that an older program kept."""

    told: Mapping[str, Json]

    def rule(self, key: str) -> Rule:
        """The rule under a key; its value and days are texts, as they were written."""
        if key not in self.told:
            raise NianjianError("portrait_without_rules", key=key)
        return Rule(**{name: self.told[key][name] for name in FIELDS})


def result(portrait: Json) -> Result:
    """The whole portrait; its JSON is the one it was made of. ``portrait_without_rules``."""
    return Result(
        enterprise=portrait["enterprise"],
        province=portrait["province"],
        frame=frame(portrait),
        rulebook=portrait["rulebook"],
        snapshot=snapshot(portrait),
        code=portrait["code"]["version"],
        metrics=metrics(portrait),
        quality=portrait["quality"],
        advice=portrait["advice"],
        warnings=portrait["warnings"],
        rules=portrait["rules"],
        marketing=portrait.get("marketing") or {},
        missing=portrait.get("missing") or (),  # an older program told nothing of it
    )


def snapshot(portrait: Json) -> dict[str, int]:
    """Table -> version of a kept portrait."""
    return {name: number for name, number in portrait["snapshot"].items() if name != "sha256"}


def frame(portrait: Json) -> Frame:
    """The dates of a kept portrait."""
    period = portrait["period"]
    today = period.get("today")
    return Frame(
        year=int(period["from"][:4]),
        as_of=date.fromisoformat(period["as_of"]),
        today=None if today is None else date.fromisoformat(today),
    )


def rules(portrait: Json) -> KeptRules:
    """The rules of a kept portrait."""
    return KeptRules({str(one["key"]): one for one in portrait.get("rules") or ()})


def metrics(portrait: Json) -> tuple[Metric, ...]:
    """Every metric of a kept portrait; ``portrait_without_rules``."""
    book = rules(portrait)
    return tuple(_metric(one, book) for one in portrait["metrics"])


def _metric(data: Json, book: KeptRules) -> Metric:
    slug, unit = str(data["slug"]), str(data["unit"])
    card = CARDS[slug]
    verdict = Verdict(
        numerator=data["numerator"],
        denominator=data["denominator"],
        light=Light(data["light"]),
        flags=tuple(
            Flag(
                code=one["code"],
                light=Light(one["light"]),
                count=one["count"],
                share=_share(one.get("value"), unit),
                limit=_limit(one, unit),
                bounds=_bounds(one.get("bounds") or {}, unit),
            )
            for one in data["flags"]
        ),
        bounds=_bounds(data["bounds"], unit),
    )
    return Metric(
        card=card,
        verdict=verdict,
        limit=None if data["limit"] is None else limit_of(book, card.rules[0]),
        source=book.rule(card.rules[0]),
        components=data["components"],
        attachments_required=tuple(data["attachments_required"]),
        attachments=tuple(data["attachments"]),
        twins=data["twins"],
        splits=data["splits"],
        months=data["months"],
        trailing=data["trailing"],
        limits=tuple(limit_of(book, key) for key in LIMITS.get(slug, ())),
        lights=tuple(light_of(book, key) for key in LIGHTS.get(slug, ())),
        statements=data["statements"],
        internal=_second_light(data.get("internal"), data, unit),
        own=_own_light(data.get("own"), book),
        declared=data.get("declared"),
    )


def _second_light(data: Json | None, metric: Json, unit: str) -> SecondLight | None:
    """The light of a watched licence; an older program kept it as the metric's own."""
    return None if data is None else SecondLight(Light(data.get("light", metric["light"])), _limit(data, unit))


def _own_light(data: Json | None, book: KeptRules) -> SecondLight | None:
    """The light by own limits; the limit as the overlay has it, since what is written beside may be rounded."""
    if data is None:
        return None
    rules = tuple(data["rules"])
    exact = book.told[rules[0]]["overlay"]["value"]
    limit = None if data.get("limit") is None else Limit(Decimal(exact), data["operator"])
    return SecondLight(Light(data["light"]), limit, rules)


def _limit(data: Json, unit: str) -> Limit | None:
    """A limit that was written beside a figure; its four decimals are exact."""
    return Limit(Decimal(data["limit"]) / SCALE[unit], data["operator"]) if data.get("limit") is not None else None


def _bounds(data: Json, unit: str) -> Bounds | None:
    low = _share(data.get("low"), unit)
    return None if low is None else (low, _share(data.get("high"), unit))


def _share(text: str | None, unit: str) -> Fraction | None:
    return None if text is None else Fraction(Decimal(text)) / SCALE[unit]
