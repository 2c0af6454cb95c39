"""Fields of a report with what is known of each, this year and the year before. Pure; unknown stays unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.fill_in.change import Change, changed, percent

Json = dict[str, Any]
Known = str | int | Fraction | Sequence[str] | None
Facts = Mapping[str, Known]
JOIN: Final = "、"


class Report(StrEnum):
    """Which of the two yearly reports."""

    LICENCE = "licence"  # 许可年报
    CODE_NUMBER = "code_number"  # 码号年报


class Kind(StrEnum):
    """How a field is written."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"  # 0 to 1; written in percent
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the rulebook has it. ``source``: which records know it, ``hand``: none here does.

    ``limit``: the change against last year above which a person is said to look, of the rule ``limit_key``.
    """

    name: str
    rule: Rule
    kind: Kind
    source: str
    personal: bool
    limit: Decimal | None
    limit_key: str


def fields(report: Report, rules: Rulebook) -> list[Field]:
    """The report's fields on the rulebook's day, in the order of the form."""
    under = f"fill_in.{report.value}."
    found = [_field(one, under, rules) for one in rules.in_force.values() if one.key.startswith(under)]
    return sorted(found, key=_order)


def _field(rule: Rule, under: str, rules: Rulebook) -> Field:
    told = _value(rule)
    key = str(told.get("limit", ""))
    return Field(
        name=rule.key.removeprefix(under),
        rule=rule,
        kind=Kind(str(told["kind"])),
        source=str(told["source"]),
        personal=told.get("personal") is True,
        limit=rules.decimal(key) if key else None,
        limit_key=key,
    )


def _value(rule: Rule) -> Mapping[str, Any]:
    return rule.value if isinstance(rule.value, Mapping) else {}


def _order(field: Field) -> int:
    return int(_value(field.rule)["order"])


def component(field: Field) -> tuple[str, str]:
    """Metric and component of the portrait's run that a field of source ``portrait`` takes its value from."""
    told = _value(field.rule)
    return str(told["metric"]), str(told["component"])


def prefixes(field: Field) -> tuple[str, ...]:
    """Beginnings of the numbers that a field lists."""
    return tuple(str(one) for one in _value(field.rule).get("prefixes", ()))


def line(field: Field, now: Known, before: Known, *, number: str = "") -> Json:
    """A field with its value, last year's and what differs. ``number``: of the code number that it is about."""
    made = changed(now, before, field.limit)
    return {
        "field": field.name,
        "number": number,
        "title_zh": field.rule.title_zh,
        "title_en": field.rule.title_en,
        "note_zh": field.rule.note_zh,
        "note_en": field.rule.note_en,
        "rule": field.rule.key,
        "level": str(field.rule.level),
        "citation": field.rule.citation,
        "source": field.source,
        "personal": field.personal,
        "value": format_value(now, field.kind),
        "before": format_value(before, field.kind),
        **_change(made, field),
    }


def _change(made: Change, field: Field) -> Json:
    return {
        "change": made.kind.value,
        "percent": None if made.relative is None else percent(made.relative),
        "over": made.over,
        "limit": None if field.limit is None else percent(Fraction(field.limit)),
        "limit_rule": field.limit_key,
    }


def format_value(value: Known, kind: Kind) -> str | None:
    """As it is typed into the form; None: not known."""
    if value is None or value == "" or (isinstance(value, Sequence) and not value):
        return None
    if isinstance(value, Fraction):
        return f"{percent(value)}%" if kind is Kind.SHARE else str(value)
    if isinstance(value, str | int):
        return str(value)
    return JOIN.join(value)
