"""What value an overlay may give a rule: of the rule's kind and shape, and within what its readers can count with."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, cast

from nianjian.engines.rules.load import frozen, load
from nianjian.engines.rules.quiet_days import read_quiet_days
from nianjian.engines.rules.rule import Rule, Value

OWN_READERS: Final = ("gate.", "frequency.")
"""Rules whose reader refuses a stored shape that it does not know, and the calls of that enterprise with it."""
SHARES: Final = frozenset({"share", "factor"})
MEMBERS: Final[Mapping[str, frozenset[str]]] = {
    "complaint_sources": frozenset({"12321", "12300", "enterprise", "one_click", "carrier"}),
    "any_of": frozenset({"outsourcing_agreement", "expansion_plan", "anti_harassment_plan"}),
    "all_of": frozenset({"outsourcing_agreement", "expansion_plan", "anti_harassment_plan"}),
    "reason_codes": frozenset({"not_accepted", "not_own_number", "duplicate", "not_a_call"}),
    "registers": frozenset({"number", "line", "seat"}),
    "kinds": frozenset({"复印件加盖公章", "原件扫描件"}),
    "seals": frozenset({"cover_seal", "riding_seal", "copy_seal", "further_seal"}),
    "track": frozenset({"licence", "code_number"}),
}
"""Unit, or name inside a value -> the texts that its readers know."""
MONTH_DAY: Final = r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"  # one that a month lacks is its last day
FORMS: Final[Mapping[str, str]] = {
    "month_day": MONTH_DAY,
    "month_day_midnight": MONTH_DAY,
    "time_of_day": r"([01][0-9]|2[0-3]):[0-5][0-9]",
    "hours_of_day": r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00",
    "light": "green|yellow|red",
    "calls": "answered|delivered",
    "answer": "allow|refuse",
    "basis": "year_end|filing",
}
NEVER_EMPTY: Final = frozenset({"complaint_sources", "templates", "millimetres", "carriers", "hours_of_day"})
METER: Final[Mapping[str, frozenset[str]]] = {
    "key": frozenset({"channel", "caller", "callee", "caller_callee", "outsourcer", "purpose"}),
    "counts": frozenset({"attempts", "answered"}),
    "window": frozenset({"calendar_day", "anchored", "sliding"}),
}
"""Part of a vendor's meter -> the choices that the gate counts by (rule ``frequency.meters``)."""
READ: Final = ("meter", "limits")  # of a vendor's rule, by the gate
SPANS: Final = frozenset({"minutes", "hours", "days"})
MOST: Final[Mapping[str, int]] = {
    "seconds": 31_536_000, "minutes": 525_600, "hours": 87_600, "days": 36_500, "workdays": 2_500, "weeks": 5_200,
    "months": 1_200, "years": 100,
}  # fmt: skip
"""Unit -> the largest count: beyond it a day lies outside the calendar."""
LARGEST: Final = 1_000_000_000


def fit_value(rule: Rule, value: object, *, stored: bool = False) -> Value:
    """What was given as a value of the rule; text is read as it. ValueError, TypeError, KeyError, InvalidOperation.

    ``stored``: approved some time ago; a rule of the gate then keeps its shape, and the gate judges it.
    """
    match rule.value:
        case bool():
            return {"true": True, "false": False}[str(value).lower()]
        case Decimal():
            return _fit_number(Decimal(str(value)), 1 if rule.unit in SHARES else LARGEST)
        case int():
            return int(_fit_number(Decimal(int(str(value))), MOST.get(rule.unit, LARGEST)))
        case tuple() | Mapping():
            inside = frozen(json.loads(value) if isinstance(value, str) else value)
            if not isinstance(inside, Mapping if isinstance(rule.value, Mapping) else tuple):
                raise TypeError(inside)
            if not (stored and rule.key.startswith(OWN_READERS)):
                _require_inside(inside, rule)
            return inside
        case _:
            if not isinstance(value, str):
                raise TypeError(value)
            _require_text(value.strip(), rule.unit)
            return value.strip()


def _fit_number(number: Decimal, most: int) -> Decimal:
    if not (number.is_finite() and 0 <= number <= most):
        raise ValueError(number)
    return number


def _require_inside(value: object, rule: Rule) -> None:
    mapping = cast("Mapping[str, object]", value)
    if rule.unit == "quiet_days":
        read_quiet_days(mapping)
    elif rule.unit == "limits":
        _require_limits(mapping, rule.value)
    elif rule.unit == "purposes" and isinstance(value, Mapping):
        _require_purposes(mapping)
    else:
        _require_shape(value, rule.value, rule.unit)


def _require_shape(value: object, own: object, unit: str) -> None:
    """Lists hold what the rule's own one holds, mappings have its names, numbers and texts stand where it has them."""
    if isinstance(own, Mapping):
        if not isinstance(value, Mapping) or value.keys() != own.keys():
            raise TypeError(value)
        for name, inside in own.items():
            _require_shape(value[name], inside, name if unit == "templates" else unit)
    elif isinstance(own, tuple):
        pair = unit == "hours_of_day" and isinstance(own[0], str)
        if not isinstance(value, tuple) or (pair and len(value) != len(own)) or (not value and unit in NEVER_EMPTY):
            raise TypeError(value)
        for inside in value if own else ():
            _require_shape(inside, own[0], unit)
    elif isinstance(own, str):
        if not isinstance(value, str):
            raise TypeError(value)
        _require_text(value, unit)
    else:
        _fit_number(Decimal(str(value)), LARGEST)


def _require_limits(value: Mapping[str, object], own: object) -> None:
    """A vendor's limits: the gate reads ``meter`` and ``limits``; what stands beside them is only shown, and stays."""
    beside = {name: inside for name, inside in cast("Mapping[str, object]", own).items() if name not in READ}
    if {name: inside for name, inside in value.items() if name not in READ} != beside:
        raise ValueError(value)
    meter, limits = (value[name] for name in READ)
    if not isinstance(meter, Mapping) or not isinstance(limits, tuple) or not limits:
        raise TypeError(value)
    if any(meter[part] not in choices for part, choices in METER.items()):
        raise ValueError(meter)
    for limit in limits:
        (span,) = SPANS & limit.keys()
        if limit.keys() != {"calls", span} or any(type(count) is not int or count < 1 for count in limit.values()):
            raise ValueError(limit)
        _fit_number(Decimal(limit["calls"]), LARGEST)
        _fit_number(Decimal(limit[span]), MOST[span])


def _require_purposes(value: Mapping[str, object]) -> None:
    """Purposes of calls, each with the words that tell it."""
    for name, spoken in value.items():
        if not name.strip() or not isinstance(spoken, tuple):
            raise TypeError(value)
        for word in spoken:
            _require_shape(word, "", "purposes")


def _require_text(text: str, unit: str) -> None:
    """Text that its readers know; ``rules`` of a template name days of the year."""
    members = MEMBERS.get(unit)
    if not text.strip() or (members and text not in members) or not re.fullmatch(FORMS.get(unit, ".+"), text):
        raise ValueError(text)
    if unit == "rules" and not any(rule.key == text and rule.unit == "month_day" for rule in load().rules):
        raise ValueError(text)
