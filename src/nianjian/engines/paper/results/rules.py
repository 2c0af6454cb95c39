"""The rules behind a metric: value, level, citation, days, who changed it; and where guide and law disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from nianjian.engines.paper.texts.portrait import TABLES, name
from nianjian.engines.paper.texts.results import FILL_IN, PLAN, VALUES
from nianjian.engines.paper.words import CHINESE, Words, mark

Json = Mapping[str, Any]

# Metric -> where the guide and the law disagree about it (rules/data/conflicts.yaml).
CONFLICTS: Final[Mapping[str, tuple[str, ...]]] = {
    "number_consistency": ("conflict.number_classes", "conflict.marketing", "conflict.sentence"),
    "closing_rate": ("conflict.complaint_clock",),
}
PER_CENT: Final = 100
TEN_THOUSAND: Final = 10_000
PER_TEN_THOUSAND: Final = frozenset({"portrait.complaint_rate.limit"})  # told as the metric itself
WORDS_TO_FIND: Final = "purposes"  # unit of a value whose words are looked for as they stand
NO_TITLES: Final[Mapping[str, str]] = MappingProxyType({})
SPEAKS_FOR_ITSELF: Final = frozenset({"code", "name", "text", "item"})  # parts whose own name would say nothing
WORDS: Final[Mapping[str, str]] = {**FILL_IN, **PLAN, **VALUES}
UNITS: Final[Mapping[str, str]] = {
    "degrees": mark("{n} degrees"),
    "minutes": mark("{n} minutes"),
    "pixels": mark("{n} pixels"),
    "hours": mark("{n} hours"),
    "calls": mark("{n} calls"),
    "months": mark("{n} months"),
}


@dataclass(frozen=True, slots=True)
class PresentedRule:
    """A rule for readers; ``text`` quotes the source, ``changed`` says who set another value and why."""

    key: str
    id: str
    title: str
    value: str
    level: str
    level_word: str
    citation: str
    url: str
    days: str
    text: str
    changed: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the guide says, what the law says, what the product does."""

    title: str
    guide: str
    law: str
    action: str


def rules(portrait: Json, slug: str, language: str, _: Words) -> tuple[PresentedRule, ...]:
    """Every rule of a metric in the portrait's own rulebook; none where an older program kept no rules."""
    return tuple(
        _told(one, language, _) for one in portrait.get("rules") or () if one["key"].startswith(f"portrait.{slug}.")
    )


def conflicts(portrait: Json, slug: str, language: str) -> tuple[Conflict, ...]:
    """Where guide and law disagree about a metric."""
    known = {one["key"]: one for one in portrait.get("rules") or ()}
    found = [known[key] for key in CONFLICTS.get(slug, ()) if key in known]
    return tuple(
        Conflict(title(one, language), one["value"]["guide"], one["value"]["law"], one["value"]["action"])
        for one in found
    )


def title(rule: Json, language: str) -> str:
    """What the rule is called."""
    return str(rule["title_zh"] if language == CHINESE else rule["title_en"])


def value_text(rule: Json, _: Words, titles: Mapping[str, str] = NO_TITLES) -> str:
    """Value and operator as people write them: ``> 30 %``; ``titles``: rule key -> what that rule is called."""
    value, unit, operator = rule["value"], str(rule["unit"]), rule.get("operator")
    sign = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "==": "= "}.get(str(operator), "")
    if unit == WORDS_TO_FIND and isinstance(value, Mapping):
        return "; ".join(f"{_word(key, _, titles)}: {' + '.join(words)}" for key, words in value.items())
    if isinstance(value, list | Mapping):
        return _inside(value, _, titles) or "–"
    if unit in {"share", "factor"}:
        scale, shown = (TEN_THOUSAND, "‱") if rule.get("key") in PER_TEN_THOUSAND else (PER_CENT, "%")
        return f"{sign}{(Decimal(str(value)) * scale).normalize():f} {shown}"
    if unit == "light":
        return name("light", str(value), _)
    if unit in UNITS and not isinstance(value, str):
        return sign + _(UNITS[unit]).format(n=f"{value:,}")
    return sign + _word(value, _, titles)


def _inside(value: object, _: Words, titles: Mapping[str, str], depth: int = 0) -> str:
    """A value of any depth: parts under their names, deeper ones in brackets."""
    if isinstance(value, Mapping):
        parts = ((key, _inside(inside, _, titles, depth + 1)) for key, inside in value.items())
        said = (" · " if depth else "; ").join(
            text if key in SPEAKS_FOR_ITSELF else _("{part}: {text}").format(part=_word(key, _, titles), text=text)
            for key, text in parts
        )
        return f"({said})" if depth > 1 else said
    if isinstance(value, list):
        if depth == 0 and any(isinstance(item, Mapping) for item in value):
            return "; ".join(_inside(item, _, titles, 1) for item in value)
        sign = " + " if depth and all(isinstance(item, str) for item in value) else ", "
        return sign.join(_inside(item, _, titles, depth + 1) for item in value)
    return _word(value, _, titles)


def _word(item: object, _: Words, titles: Mapping[str, str]) -> str:
    """One word of a value: a code's name, another rule's title, or what it is."""
    if isinstance(item, bool):
        return _("yes") if item else _("no")
    text = str(item)
    if text in titles:
        return titles[text]
    table = next((one for one in ("attachment", "exclusion") if text in TABLES[one]), None)
    if table is not None:
        return name(table, text, _)
    return _(WORDS[text]) if text in WORDS else name("component", text, _) if text in TABLES["component"] else text


def _told(rule: Json, language: str, _: Words) -> PresentedRule:
    until = rule.get("valid_to")
    days = _("since {day}").format(day=rule["valid_from"]) + (f" – {until}" if until else "")
    return PresentedRule(
        key=str(rule["key"]),
        id=str(rule["id"]),
        title=title(rule, language),
        value=value_text(rule, _),
        level=str(rule["level"]),
        level_word=name("level", str(rule["level"]), _),
        citation=str(rule["citation"]),
        url=str(rule.get("url") or ""),
        days=days,
        text=str(rule.get("text_zh") or ""),
        changed=changed(rule.get("overlay"), _),
    )


def changed(overlay: Json | None, _: Words) -> str:
    """Who set the value, when and why; "" for a value of the rulebook's own."""
    if not overlay:
        return ""
    said = _("changed by {who} on {day}: {reason}")
    return said.format(who=overlay["who"], day=str(overlay.get("when") or "–")[:10], reason=overlay["reason"])
