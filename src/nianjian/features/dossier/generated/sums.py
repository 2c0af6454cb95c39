"""Whether a generated item says what the portrait says: every sum that both have must be the same number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nianjian.features.dossier.finding import Finding, Weight

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


@dataclass(frozen=True, slots=True)
class Sum:
    """A figure that both tell, by its metric and component; ``portrait`` None: the run has it not."""

    metric: str
    figure: str
    paper: int
    portrait: int | None


def compared(paper: Mapping[str, int], portrait: Mapping[str, Any]) -> tuple[Sum, ...]:
    """Each figure of the paper beside that of the portrait's run."""
    metrics = {one["slug"]: one["components"] for one in portrait["metrics"]}
    named = [(*FIGURES[figure], value) for figure, value in paper.items()]
    return tuple(Sum(slug, name, value, metrics.get(slug, {}).get(name)) for slug, name, value in named)


def sums_agree(sums: Sequence[Sum]) -> tuple[Finding, ...]:
    """A finding for each figure of the paper that the portrait's run has otherwise, or has not. () where all agree."""
    found = []
    for one in sums:
        values = {"figure": one.figure, "metric": one.metric}
        if one.portrait is None:
            found.append(Finding("sums_unknown", Weight.ASK, values=values))
        elif one.portrait != one.paper:
            told = {**values, "paper": one.paper, "portrait": one.portrait}
            found.append(Finding("sums_differ", Weight.STOP, values=told))
    return tuple(found)
