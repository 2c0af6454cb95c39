"""What was found on one page."""

from __future__ import annotations

from dataclasses import dataclass

from nianjian.dossier.seals.seal import Seal


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
