"""What changed since a portrait was computed: call records, registers, complaints, papers, rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Final

from nianjian.audit import query as audit
from nianjian.flows.portraits import Run
from nianjian.flows.rulebooks import rulebook

RULES: Final = "rules"
# Act -> what it changes of that which a portrait is made of.
CHANGES: Final[Mapping[str, str]] = {
    "calls.import": "calls",
    "calls.undo": "calls",
    "retention.erase": "calls",
    "registers.import": "registers",
    "registers.create": "registers",
    "registers.change": "registers",
    "registers.end": "registers",
    "portrait.attach": "papers",
    "rectify.watch": "watch",
    "rectify.unwatch": "watch",
}
TICKETS: Final = "complaints."
NO_FIGURE: Final = ("complaints.warning", "complaints.door.")  # acts on tickets that change no figure


def since(enterprise: str, run: Run) -> dict[str, int]:
    """What -> how many acts have changed it since the run; `RULES` 1 where another rulebook would decide now."""
    found: Counter[str] = Counter()
    for verb, count in audit.counted(enterprise=enterprise, after=run.moment, verbs=(*CHANGES, TICKETS)).items():
        if verb in CHANGES:
            found[CHANGES[verb]] += count
        elif verb.startswith(TICKETS) and not verb.startswith(NO_FIGURE):
            found["complaints"] += count
    book = rulebook(day=date.fromisoformat(run.as_of), province=run.province, enterprise=enterprise)
    if book.sha256 != run.rulebook["sha256"]:
        found[RULES] = 1
    return dict(found)
