"""Whether a page is A4."""

from __future__ import annotations

from typing import Final

A4_MM: Final = (210.0, 297.0)


def is_a4(wide_mm: float, high_mm: float, tolerance_mm: float) -> bool:
    """Upright or across, each side within the tolerance (included)."""
    sides = sorted((wide_mm, high_mm))
    return all(abs(side - wanted) <= tolerance_mm for side, wanted in zip(sides, A4_MM, strict=True))
