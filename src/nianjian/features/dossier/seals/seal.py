"""A seal as it lies on the page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """By its outline; `SLICE` is a part of a riding seal at the left or right edge."""

    ROUND = "round"
    OVAL = "oval"
    SQUARE = "square"
    SLICE = "slice"


OFFICIAL: Final = frozenset({Kind.ROUND, Kind.OVAL})
"""What may be an enterprise's seal (公章); a square one is a person's."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Millimetres from the page's upper left corner to the seal's centre; ``diameter_mm`` is its longer side.

    ``score`` is the evidence, 0 to 1: how much of the outline was seen. ``height_mm`` is the upright side.
    """

    x_mm: float
    y_mm: float
    diameter_mm: float
    height_mm: float
    kind: Kind
    score: float
