"""The period of each class of records, out of the rulebook. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, cast

from nianjian.engines.kernel.periods import add_months
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook

CLASSES: Final = "retention.classes"


@dataclass(frozen=True, slots=True)
class Period:
    """A class of an enterprise. ``since``: the first day that is kept, None: for ever; ``rule`` decides it."""

    record_class: str
    rule: str | None
    value: int | None
    unit: str | None
    citation: str
    level: str
    since: date | None


def periods(book: Rulebook, today: date) -> list[Period]:
    """The classes with the rule that keeps each the longest."""
    found = []
    for item in book.items(CLASSES):
        told = cast("Mapping[str, Any]", item)
        keys = [key for key in told["least"] if key in book.in_force]
        name = str(told["record_class"])
        if told["keep"] is None:
            rules = [book.rule(key) for key in keys]
            found.append(_period(name, min(rules, key=lambda rule: begins(rule, today)), None))
            continue
        rules = [book.rule(str(told["keep"])), *(book.rule(key) for key in keys)]
        longest = min(rules, key=lambda rule: begins(rule, today))
        found.append(_period(name, longest, begins(longest, today)))
    return found


def begins(rule: Rule, today: date) -> date:
    """The first day that a rule asks to keep: so many days, calendar months or years back from today."""
    count = rule.value
    if not isinstance(count, int):
        raise TypeError(rule.key)
    if rule.unit == "days":
        return today - timedelta(days=count)
    return add_months(today, -count * (12 if rule.unit == "years" else 1))


def _period(name: str, rule: Rule, since: date | None) -> Period:
    count = rule.value if isinstance(rule.value, int) else None
    return Period(name, rule.key, count, rule.unit, rule.citation, rule.level.value, since)
