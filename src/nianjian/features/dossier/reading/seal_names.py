"""The name in a seal's ring, as the recogniser read the straightened ring, against the name that should stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.text.lines import plain
from nianjian.features.dossier.reading.text.names import edit_distance, folded
from nianjian.features.dossier.reading.text.result import ask

KEPT: Final = re.compile(r"[^一-鿿()]")
CONFIDENT: Final = 0.80
SHORTEST: Final = 4
NEAR: Final = 1  # signs by which a ring of many signs may be misread


@dataclass(frozen=True, slots=True)
class SealName:
    """What was read; ``fits`` None: no name was expected, or it cannot be told."""

    name: str
    confidence: float
    fits: bool | None
    findings: tuple[Finding, ...] = ()


def seal_name(text: str, confidence: float, expected: str | None = None, page: int | None = None) -> SealName:
    """The ring may begin anywhere: a turn of the text that fits is the name."""
    name = KEPT.sub("", plain(text))
    if len(name) < SHORTEST or confidence < CONFIDENT:
        return SealName(name, confidence, None, (ask("seal_name_unread", page, confidence=f"{confidence:.2f}"),))
    if not expected:
        return SealName(name, confidence, None)
    wanted = KEPT.sub("", folded(expected))
    turns = [name[at:] + name[:at] for at in range(len(name))]
    best = min(turns, key=lambda turn: edit_distance(folded(turn), wanted))
    edits = edit_distance(folded(best), wanted)
    if edits == 0:
        return SealName(best, confidence, fits=True)
    code = "seal_name_nearly" if edits <= NEAR else "seal_name_differs"
    return SealName(best, confidence, False if edits > NEAR else None, (ask(code, page),))
