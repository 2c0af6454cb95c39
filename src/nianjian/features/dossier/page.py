"""What was found on one page, and the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nianjian.features.dossier.seals.seal import Seal


@dataclass(frozen=True, slots=True)
class PageFound:
    """``page`` from 1. ``dpi`` None: no scanned picture covers the page. ``skew_deg`` None: nothing to measure by.

    ``rotation``: degrees clockwise by which the page must be turned to stand upright, 0, 90, 180 or 270; None: unsure.
    ``colour`` is `colour` or `grey`.
    """

    page: int
    a4: bool
    dpi: int | None
    blank: bool
    skew_deg: float | None
    rotation: int | None
    colour: str
    seals: tuple[Seal, ...]


def to_document(one: PageFound) -> dict[str, object]:
    """A page as answers and reports hold it; lengths in mm from the upper left corner."""
    return {
        "page": one.page,
        "a4": one.a4,
        "dpi": one.dpi,
        "blank": one.blank,
        "skew_deg": one.skew_deg,
        "rotation": one.rotation,
        "colour": one.colour,
        "seals": [_seal(seal) for seal in one.seals],
    }


def _seal(seal: Seal) -> Mapping[str, object]:
    return {"x_mm": seal.x_mm, "y_mm": seal.y_mm, "diameter_mm": seal.diameter_mm, "kind": seal.kind.value}
