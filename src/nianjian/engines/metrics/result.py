"""The portrait as a value and as JSON, with the rules behind it. No clock is read: equal inputs give equal bytes.

A later rulebook never rewrites an earlier verdict, so the rules travel with the result: which value held, where it
comes from, who changed it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from nianjian.engines.metrics.frame import Frame
from nianjian.engines.metrics.lights import Light, overall
from nianjian.engines.metrics.metric import Metric
from nianjian.engines.rules.rulebook import LIMITS, Rulebook

UNDER: Final = ("portrait.", "conflict.")  # what decides a portrait, and where guide and law disagree about it
FIELDS: Final = (
    "key", "id", "value", "unit", "operator", "level", "citation", "url", "valid_from", "valid_to", "province",
    "title_zh", "title_en", "text_zh", "note_en",
)  # fmt: skip
OVERLAY: Final = ("value", "province", "enterprise", "valid_from", "valid_to", "reason", "who", "when")


def rules_to_document(book: Rulebook) -> list[dict[str, object]]:
    """Each rule as JSON can hold it, with the overlay of its value; limits hold the guide's, their overlay its own."""
    acting = {
        str(one["key"]): {
            **{name: plain(one.get(name)) for name in OVERLAY},
            **({"beside": True} if one["key"] in LIMITS else {}),
        }
        for one in book.overlays
    }  # in their order: the last one won
    return [
        {**{name: plain(getattr(rule, name)) for name in FIELDS}, "overlay": acting.get(rule.key)}
        for under in UNDER
        for rule in book.with_guide_limits().rules(under)
    ]


def plain(value: object) -> object:
    """A rule's value in JSON: exact numbers and days as text."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(inside) for name, inside in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inside) for inside in value]
    return value if value is None or isinstance(value, bool | int) else str(value)


@dataclass(frozen=True, slots=True)
class Result:
    """One portrait; ``snapshot`` is table -> version, ``simulated`` the moves and warnings of a simulation."""

    enterprise: str
    province: str | None
    frame: Frame
    rulebook: Mapping[str, object]
    snapshot: Mapping[str, int]
    code: str  # version of the program that counted
    metrics: tuple[Metric, ...]
    quality: Mapping[str, object]
    advice: Sequence[Mapping[str, object]] = ()
    simulated: Mapping[str, object] = field(default_factory=dict)
    warnings: Sequence[Mapping[str, object]] = ()  # what the reader must know beside the figures, by `code`
    rules: Sequence[Mapping[str, object]] = ()  # the rules that decided, as `rules_to_document` tells them
    marketing: Mapping[str, object] = field(default_factory=dict)  # the flag beside the metrics
    missing: Sequence[Mapping[str, object]] = ()  # what keeps the whole from green, by `code`

    @property
    def light(self) -> Light:
        """The worst metric; never green, nor explained, while something is missing."""
        return overall((metric.verdict.light for metric in self.metrics), missing=bool(self.missing))

    @property
    def own_light(self) -> Light | None:
        """The same under limits of the enterprise's own, a metric without any by the guide's; None without any."""
        if all(metric.second is None for metric in self.metrics):
            return None
        lights = (metric.second or metric.verdict.light for metric in self.metrics)
        return overall(lights, missing=bool(self.missing))

    def metric(self, slug: str) -> Metric:
        """A metric by name; KeyError for an unknown one."""
        return {metric.slug: metric for metric in self.metrics}[slug]

    def as_dict(self) -> dict[str, object]:
        """The JSON answer as plain values."""
        today = self.frame.today
        document: dict[str, object] = {
            "enterprise": self.enterprise,
            "province": self.province,
            "period": {
                "from": self.frame.period.first.isoformat(),
                "to": self.frame.period.end.isoformat(),
                "as_of": self.frame.as_of.isoformat(),
                "basis": self.frame.basis.value,
                "today": None if today is None else today.isoformat(),
            },
            "rulebook": dict(self.rulebook),
            "code": {"version": self.code},
            "snapshot": {**dict(sorted(self.snapshot.items())), "sha256": snapshot_sha256(self.snapshot)},
            "light": self.light.value,
            **({} if self.own_light is None else {"own_light": self.own_light.value}),
            "missing": [dict(item) for item in self.missing],
            **({"marketing": dict(self.marketing)} if self.marketing else {}),
            "metrics": [metric.as_dict() for metric in self.metrics],
            "quality": dict(self.quality),
            "advice": [dict(item) for item in self.advice],
            "warnings": [dict(item) for item in self.warnings],
            "rules": [dict(rule) for rule in self.rules],
        }
        if self.simulated:
            document["simulated"] = dict(self.simulated)
        return document

    def as_json(self) -> str:
        """The JSON answer as text with a line end, the same bytes for the same portrait."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2) + "\n"


def snapshot_sha256(snapshot: Mapping[str, int]) -> str:
    """Fingerprint of the table versions: sha256 of their canonical JSON."""
    canonical = json.dumps(dict(sorted(snapshot.items())), separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
