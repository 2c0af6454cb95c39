"""What reads the fields of an item: plugged in from outside, so that a check runs without it too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.seals.seal import Seal


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A page as a picture: ``number`` from 1, upright, BGR, at ``dpi``; ``seals`` as they were found on it."""

    number: int
    dpi: int
    bgr: NDArray[np.uint8]
    seals: tuple[Seal, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """``fields`` as JSON can hold them, only those that were read; ``findings`` about what they say."""

    fields: Mapping[str, object] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


class Reading(Protocol):
    """Reads an item's pages."""

    def read(self, item: str, sheets: Iterable[Sheet]) -> Read:
        """Fields and findings. Sheets come one by one at 300 dpi and are gone after; what is not sure is left out."""


class Unread:
    """Reads nothing: every field stays unknown, a person decides."""

    def read(self, item: str, sheets: Iterable[Sheet]) -> Read:
        """No field."""
        del item, sheets
        return Read()
