"""The resolution that a page's pictures really have on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nianjian.features.dossier.ingest.render import PageFacts, Picture

_COVERS: Final = 0.10
"""Share of the page below which a picture is an ornament, whose resolution says nothing."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """``dpi`` of the coarsest picture that counts; ``enough`` by whole pixels: A4 at 300 dpi has 2480, not 2480.3."""

    dpi: int
    enough: bool


def resolution(facts: PageFacts, least: int) -> Resolution | None:
    """None: no picture counts, the page is drawn and sharp at any size."""
    counted = [one for one in facts.pictures if one.share >= _COVERS]
    if not counted:
        return None
    return Resolution(min(round(min(one.dpi)) for one in counted), all(_enough(one, least) for one in counted))


def _enough(one: Picture, least: int) -> bool:
    return all(dpi > 0 and pixels + 1 > pixels / dpi * least for pixels, dpi in zip(one.pixels, one.dpi, strict=True))
