"""Whether a generated item says what the portrait says: every sum that both have must be the same number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nianjian.dossier.finding import Finding, Weight

#: Figure of an item -> metric and component of the portrait.
FIGURES: Final[Mapping[str, tuple[str, str]]] = {
    "filed": ("seat_vacancy", "filed"),
    "opened": ("seat_vacancy", "opened"),
    "outbound": ("complaint_rate", "delivered"),
    "outbound_answered": ("complaint_rate", "answered"),
    "complaints": ("complaint_rate", "complaints"),
    "tickets": ("closing_rate", "tickets"),
    "closed": ("closing_rate", "closed"),
}


def sums_agree(paper: Mapping[str, int], portrait: Mapping[str, Any]) -> tuple[Finding, ...]:
    """A finding for each figure of the paper that the portrait's run has otherwise, or has not. () where all agree."""
    found = []
    metrics = {one["slug"]: one["components"] for one in portrait["metrics"]}
    for figure, value in paper.items():
        metric, component = FIGURES[figure]
        told = metrics.get(metric, {}).get(component)
        values = {"figure": component, "metric": metric}
        if told is None:
            found.append(Finding("sums_unknown", Weight.ASK, values=values))
        elif told != value:
            found.append(Finding("sums_differ", Weight.STOP, values={**values, "paper": value, "portrait": told}))
    return tuple(found)
