"""The portrait as a value, and its JSON form. No clock is read: the same inputs give the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nianjian.engines.metrics.frame import Frame
from nianjian.engines.metrics.lights import Light, overall
from nianjian.engines.metrics.metric import Metric


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
    rules: Sequence[Mapping[str, object]] = ()  # the rules that decided, as `provenance` tells them

    @property
    def light(self) -> Light:
        """The worst metric."""
        return overall(metric.verdict.light for metric in self.metrics)

    def metric(self, slug: str) -> Metric:
        """A metric by name; KeyError for an unknown one."""
        found = {metric.slug: metric for metric in self.metrics}
        return found[slug]

    def as_dict(self) -> dict[str, object]:
        """The JSON answer as plain values."""
        today = self.frame.today
        told: dict[str, object] = {
            "enterprise": self.enterprise,
            "province": self.province,
            "period": {
                "from": self.frame.period.first.isoformat(),
                "to": self.frame.period.end.isoformat(),
                "as_of": self.frame.as_of.isoformat(),
                "today": None if today is None else today.isoformat(),
            },
            "rulebook": dict(self.rulebook),
            "code": {"version": self.code},
            "snapshot": {**dict(sorted(self.snapshot.items())), "sha256": snapshot_sha256(self.snapshot)},
            "light": self.light.value,
            "metrics": [metric.as_dict() for metric in self.metrics],
            "quality": dict(self.quality),
            "advice": [dict(item) for item in self.advice],
            "warnings": [dict(item) for item in self.warnings],
            "rules": [dict(rule) for rule in self.rules],
        }
        if self.simulated:
            told["simulated"] = dict(self.simulated)
        return told

    def as_json(self) -> str:
        """The JSON answer as text with a line end, the same bytes for the same portrait."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2) + "\n"


def snapshot_sha256(snapshot: Mapping[str, int]) -> str:
    """Fingerprint of the table versions: sha256 of their canonical JSON."""
    canonical = json.dumps(dict(sorted(snapshot.items())), separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
