"""What is wrong with a file or page, as a code with values; doors put it into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Weight(StrEnum):
    """What a finding does to the verdict."""

    STOP = "stop"  # the file is not ready
    ASK = "ask"  # the machine cannot say: a person looks
    NOTE = "note"  # good to know


class Verdict(StrEnum):
    """Whether a file may go into the package."""

    READY = "ready"
    NOT_READY = "not_ready"
    NEEDS_PERSON = "needs_person"


@dataclass(frozen=True, slots=True)
class Finding:
    """``page`` counts from 1; None: the whole file. ``values`` are plain scalars for the sentence of ``code``."""

    code: str
    weight: Weight
    page: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The heaviest finding decides."""
    weights = {one.weight for one in findings}
    if Weight.STOP in weights:
        return Verdict.NOT_READY
    return Verdict.NEEDS_PERSON if Weight.ASK in weights else Verdict.READY
