"""The formula of a metric in words, with the numbers put in, and the comparison that decided, on whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from nianjian.engines.paper.figures import DASH, OPERATORS, amount, count
from nianjian.engines.paper.words import Words, mark

Json = Mapping[str, Any]

SCALE: Final = {"%": 100, "‱": 10_000}


@dataclass(frozen=True, slots=True)
class Formula:
    """``words`` and ``numbers`` of a rate; ``decision``: how it was compared, "" where nothing is compared."""

    words: str
    numbers: str
    decision: str = ""


WORDS: Final[Mapping[str, str]] = {
    "seat_vacancy": mark("(filed seats − opened seats) ÷ filed seats, at the end of the as-of day"),
    "complaint_rate": mark("accepted complaints about own numbers ÷ answered outbound calls of the data year"),
    "complaint_rate.delivered": mark(
        "accepted complaints about own numbers ÷ delivered outbound calls of the data year"
    ),
    "number_consistency": mark(
        "outbound calls that showed an own filed 95/96 number ÷ outbound calls delivered in the data year"
    ),
    "number_consistency.answered": mark(
        "outbound calls that showed an own filed 95/96 number ÷ outbound calls answered in the data year"
    ),
    "evasion": mark("calls that showed a landline or mobile number ÷ all these calls"),
    "closing_rate": mark("closed tickets ÷ tickets accepted in the data year, at the end of the as-of day"),
}


def formulas(metric: Json, _: Words) -> tuple[Formula, ...]:
    """The headline formula, and for number consistency the share that decides its light."""
    slug, unit, parts = str(metric["slug"]), str(metric["unit"]), metric["components"]
    top, bottom = metric["numerator"], metric["denominator"]
    terms = {
        "seat_vacancy": lambda: f"({count(parts['filed'])} − {count(parts['opened'])})",
        "complaint_rate": lambda: _sum([v for n, v in parts.items() if n.startswith("complaints_")]),
    }.get(slug, lambda: count(top))()
    found = [Formula(_words(metric, _), _divided(terms, bottom, metric["value"], unit), _decision(metric, top, bottom))]
    evasion = [flag for flag in metric["flags"] if flag["code"] == "evasion"]
    if evasion:
        plain = _sum([parts["landline"], parts["mobile"]])
        numbers = _divided(plain, bottom, evasion[0].get("value"), unit)
        found.append(
            Formula(_(WORDS["evasion"]), numbers, _decision({**evasion[0], "unit": unit}, evasion[0]["count"], bottom))
        )
    return tuple(found)


def _words(metric: Json, _: Words) -> str:
    """The base is the calls that the rulebook names: answered or delivered ones."""
    slug, parts = str(metric["slug"]), metric["components"]
    other = {"complaint_rate": "delivered", "number_consistency": "answered"}.get(slug)
    usual = {"complaint_rate": "answered", "number_consistency": "delivered"}.get(slug)
    turned = other in parts and (usual not in parts or parts[usual] != metric["denominator"] == parts[other])
    return _(WORDS[f"{slug}.{other}" if turned else slug])


def _sum(counts: Sequence[object]) -> str:
    return f"({' + '.join(count(one) for one in counts)})" if len(counts) > 1 else count(counts[0])


def _divided(top: str, bottom: int, value: object, unit: str) -> str:
    return f"{top} ÷ {count(bottom)} = {amount(value, unit) if bottom else DASH}"


def _decision(told: Json, top: int, bottom: int) -> str:
    """``95 × 10 = 950 > 260 × 3 = 780``: part times the limit's denominator against whole times its numerator."""
    if told.get("limit") is None or not bottom:
        return ""
    over, under = (Decimal(str(told["limit"])) / SCALE[str(told["unit"])]).as_integer_ratio()
    left, right = top * under, bottom * over
    sign = ">" if left > right else "<" if left < right else "="
    text = f"{count(top)} × {count(under)} = {count(left)} {sign} {count(bottom)} × {count(over)} = {count(right)}"
    return f"{text}  ({OPERATORS.get(str(told.get('operator')), '')} {_limit(told)})"


def _limit(told: Json) -> str:
    return f"{Decimal(str(told['limit'])).normalize():f} {told['unit']}"
