"""The rules in force on a day, for a province and an enterprise, with a version and a hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, TypeVar, cast

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.load import RuleSet, load
from nianjian.engines.rules.overlay_values import fit_value
from nianjian.engines.rules.rule import Kind, Level, Rule, Value, canonical, digest, record

T = TypeVar("T")
FIRST_DAY: Final = date(2017, 1, 1)
"""The rulebook reaches back to data year 2017."""

LIMITS: Final = frozenset({
    "portrait.seat_vacancy.limit", "portrait.seat_vacancy.over_filed_light", "portrait.complaint_rate.limit",
    "portrait.number_consistency.evasion_limit", "portrait.number_consistency.evasion_light",
    "portrait.number_consistency.other_short_light", "portrait.number_consistency.unknown_limit",
    "portrait.closing_rate.limit", "portrait.complaint_rate.sources", "portrait.complaint_rate.denominator",
    "portrait.number_consistency.denominator", "portrait.seat_vacancy.attachments",
    "portrait.complaint_rate.attachments", "portrait.complaint_rate.exclusions",
    "deadline.guide.consistency.open_differences",
})  # fmt: skip
"""What colours a light or passes a comparison: limits, lights, what is counted and what explains it.

An overlay of one of these gives a second light or verdict beside the guide's, never another first one.
"""

Overlay = Mapping[str, object]
"""A changed value: key, value, province, enterprise, valid_from, valid_to (included), reason, who, when."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What holds on ``day``. ``sha256`` covers every rule in force and every overlay that acts."""

    id: str
    version: str
    sha256: str
    day: date
    province: str | None
    in_force: Mapping[str, Rule]
    overlays: tuple[Overlay, ...] = ()
    ignored: tuple[Overlay, ...] = ()
    """Overlays without effect: their rule is a reference, gone, fixed or of another kind; only where ``tolerant``."""
    before: Mapping[str, Rule] = field(default_factory=dict)
    """The rules that an overlay replaced, as they stand without any."""

    @classmethod
    def on(
        cls,
        day: date,
        province: str | None = None,
        enterprise: str | None = None,
        overlays: Iterable[Overlay] = (),
        *,
        rules: RuleSet | None = None,
        tolerant: bool = False,
    ) -> Rulebook:
        """The rulebook of ``day``: the most particular rule wins (enterprise, then province, then everywhere).

        ``overlays`` may be given unfiltered. ``tolerant``: an overlay whose rule is a reference, gone, fixed or of
        another kind by now stands in `ignored` instead of being an error. NianjianError: rulebook_day_too_early,
        overlay_rule_unknown, overlay_rule_reference, overlay_rule_fixed, overlay_value_wrong.
        """
        if day < FIRST_DAY:
            raise NianjianError("rulebook_day_too_early", date=day.isoformat(), first=FIRST_DAY.isoformat())
        province = plain_province(province)
        rule_set = rules or load()
        by_key, texts = _standing(rule_set, day, province)
        by_key, texts = dict(by_key), dict(texts)
        acting = [overlay for overlay in overlays if _acts(overlay, day, province, enterprise)]
        acting.sort(key=_order)
        ignored: list[Overlay] = []
        plain = dict(by_key)
        for overlay in acting:
            key = str(overlay["key"])
            try:
                by_key[key] = _overlaid(by_key.get(key), overlay, day, stored=tolerant)
                texts[key] = canonical(record(by_key[key]))
            except NianjianError:
                if not tolerant:
                    raise
                ignored.append(overlay)
        acting = [overlay for overlay in acting if overlay not in ignored]
        sha256 = (
            digest([*texts.values(), *map(canonical, acting)]) if acting else _digest_plain(rule_set, day, province)
        )
        before = {key: plain[key] for key in sorted({str(overlay["key"]) for overlay in acting})}
        return cls(rule_set.id, rule_set.version, sha256, day, province, by_key, tuple(acting), tuple(ignored), before)

    def with_guide_limits(self) -> Rulebook:
        """The same rulebook with what colours lights or passes comparisons (`LIMITS`) as without overlays."""
        guide = {key: rule for key, rule in self.before.items() if key in LIMITS}
        return replace(self, in_force={**self.in_force, **guide}) if guide else self

    def with_rule(self, rule: Rule) -> Rulebook:
        """The same rulebook with ``rule`` in place of its own, and a hash that says so; unchanged if it is the same."""
        if self.in_force.get(rule.key) == rule:
            return self
        sha256 = digest([self.sha256, canonical(record(rule))])
        return replace(self, in_force={**self.in_force, rule.key: rule}, sha256=sha256)

    def rule(self, key: str) -> Rule:
        """The rule in force under ``key``; NianjianError rule_unknown."""
        if key not in self.in_force:
            raise NianjianError("rule_unknown", key=key, date=self.day.isoformat())
        return self.in_force[key]

    def value(self, key: str) -> Value:
        """The value of the rule under ``key``, in its unit."""
        return self.rule(key).value

    def decimal(self, key: str) -> Decimal:
        """The value as an exact number."""
        value = self.value(key)
        return value if isinstance(value, Decimal) else Decimal(self.integer(key))

    def integer(self, key: str) -> int:
        """The value as a whole number; NianjianError rule_value_kind for any other."""
        return self._of_kind(key, int, "number")

    def text(self, key: str) -> str:
        """The value as text; NianjianError rule_value_kind for any other."""
        return self._of_kind(key, str, "text")

    def items(self, key: str) -> tuple[Value, ...]:
        """The value as a list; NianjianError rule_value_kind for any other."""
        return self._of_kind(key, tuple, "list")

    def _of_kind(self, key: str, kind: type[T], kind_name: str) -> T:
        value = cast("object", self.value(key))
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        raise NianjianError("rule_value_kind", key=key, wanted=kind_name)

    def rules(self, under: str = "") -> tuple[Rule, ...]:
        """The rules in force whose key stands ``under`` a prefix ("portrait."), sorted by key."""
        return tuple(rule for key, rule in self.in_force.items() if key.startswith(under))


@lru_cache(maxsize=256)
def _standing(rule_set: RuleSet, day: date, province: str | None) -> tuple[Mapping[str, Rule], Mapping[str, str]]:
    """By key, sorted: the rules of ``day`` before any overlay, and their `canonical` texts."""
    by_key: dict[str, Rule] = {}
    for rule in sorted(rule_set.rules, key=lambda rule: rule.province is not None):
        if rule.valid_on(day) and rule.province in {None, province}:
            by_key[rule.key] = rule
    by_key = dict(sorted(by_key.items()))
    texts = _texts(rule_set)
    return by_key, {key: texts[id(rule)] for key, rule in by_key.items()}


@lru_cache(maxsize=256)
def _digest_plain(rule_set: RuleSet, day: date, province: str | None) -> str:
    """The hash of a rulebook that no overlay changes."""
    return digest(_standing(rule_set, day, province)[1].values())


@lru_cache(maxsize=4)
def _texts(rule_set: RuleSet) -> Mapping[int, str]:
    """The `canonical` text of each rule by identity, as one that holds a mapping has no hash.

    Writing them costs most of a rulebook, so a process does it once.
    """
    return {id(rule): canonical(record(rule)) for rule in rule_set.rules}


_SUFFIXES: Final = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")


def plain_province(name: str | None) -> str | None:
    """The short name of a province, as rules carry it: 重庆市 is 重庆, 宁夏回族自治区 is 宁夏; None for none."""
    text = (name or "").strip()
    for suffix in _SUFFIXES:
        if text.endswith(suffix):
            return text.removesuffix(suffix)
    return text or None


def _acts(overlay: Overlay, day: date, province: str | None, enterprise: str | None) -> bool:
    start, end = (str(overlay.get(name) or "") for name in ("valid_from", "valid_to"))
    today = day.isoformat()
    return (
        plain_province(str(overlay.get("province") or "")) in {None, province}
        and overlay.get("enterprise") in {None, enterprise}
        and start <= today
        and (not end or today <= end)
    )


def _order(overlay: Overlay) -> tuple[bool, bool, str, str, str]:
    """The particular after the general, the later after the earlier: the last one wins, whatever the given order."""
    names = ("valid_from", "when", "value")
    start, when, value = (str(overlay.get(name) or "") for name in names)
    return overlay.get("enterprise") is not None, overlay.get("province") is not None, start, when, value


def require_settable(rule: Rule) -> None:
    """NianjianError overlay_rule_reference or overlay_rule_fixed of a rule that takes no other value."""
    if rule.kind is Kind.REFERENCE:
        raise NianjianError("overlay_rule_reference", key=rule.key, citation=rule.citation)
    if not rule.settable:
        raise NianjianError("overlay_rule_fixed", key=rule.key)


def _overlaid(rule: Rule | None, overlay: Overlay, day: date, *, stored: bool) -> Rule:
    """The rule with the overlay's value, as `overlay_values.fit_value` takes it."""
    if rule is None:
        raise NianjianError("overlay_rule_unknown", key=str(overlay["key"]), date=day.isoformat())
    require_settable(rule)
    raw = overlay["value"]
    try:
        value = fit_value(rule, raw, stored=stored)
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise NianjianError("overlay_value_wrong", key=rule.key, value=str(raw), unit=rule.unit) from error
    citation = str(overlay.get("reason") or rule.citation)
    return replace(rule, value=value, level=Level.INTERNAL, citation=citation, url=None)
