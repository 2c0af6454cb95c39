"""All seals of a page."""

from __future__ import annotations

from typing import Final

import cv2

from nianjian.features.dossier.seals.compact import compact
from nianjian.features.dossier.seals.edge import slices
from nianjian.features.dossier.seals.mask import MM, Picture, Red, red
from nianjian.features.dossier.seals.ovals import oval_places, ovals
from nianjian.features.dossier.seals.rings import Ring, peaks, rings
from nianjian.features.dossier.seals.seal import Kind, Seal
from nianjian.features.dossier.seals.squares import squares

LINE_MM: Final = 1.0
"""A ring's line: it was fitted through its middle, a seal is measured from outside to outside."""

_WELL: Final = 0.9
_SAME_MM: Final = 12.0


def detect(bgr: Picture, dpi: float) -> tuple[Seal, ...]:
    """Seals of a page (BGR, upright, at ``dpi``): round and oval ones, square ones, slices at the edges."""
    return seals_of(red(bgr, dpi))


def seals_of(page: Red) -> tuple[Seal, ...]:
    """The same, where the red of the page is known."""
    if not page.sure.any():
        return ()
    places = peaks(page.faint, page.solid)
    found: list[Seal] = []
    for plane in (page.ink, page.faint):
        found += [
            seal
            for seal in map(_round, rings(plane, [one for one in places if not _settled(one, found)], page.solid))
            if _apart(seal, found)
        ]
    oblong = oval_places(page.faint, page.solid)
    for plane in (page.ink, page.faint):
        found = _better(found, ovals(plane, [place for place in oblong if not _settled(place, found)]))
    for plane in (page.ink, page.faint):
        rest = plane.copy()
        for seal in found:
            radius = round((seal.diameter_mm / 2 + 1) * MM)
            cv2.circle(rest, (round(seal.x_mm * MM), round(seal.y_mm * MM)), radius, 0, -1)
        found += [seal for seal in compact(rest) if _apart(seal, found)]
    found += [seal for seal in squares(page.lined, found) if _apart(seal, found)]
    return (*found, *slices(page.ink, found))


def _round(ring: Ring) -> Seal:
    size = 2 * ring.r + LINE_MM
    return Seal(ring.x, ring.y, size, size, Kind.ROUND, round(ring.covered, 3))


def _better(found: list[Seal], more: list[Seal]) -> list[Seal]:
    """An oval stands where a ring was seen in it by mistake: the outline of which more was seen is the seal's."""
    for seal in more:
        rivals = [one for one in found if not _apart(seal, [one]) or not _apart(one, [seal])]
        if all(seal.score > one.score + 0.05 for one in rivals):
            found = [*(one for one in found if one not in rivals), seal]
    return found


def _settled(place: Ring, found: list[Seal]) -> bool:
    """Whether a seal was seen there so well that nothing can be seen better."""
    near = (one for one in found if one.score >= _WELL)
    return any((place.x - one.x_mm) ** 2 + (place.y - one.y_mm) ** 2 < _SAME_MM**2 for one in near)


def _apart(seal: Seal, found: list[Seal]) -> bool:
    return all((seal.x_mm - one.x_mm) ** 2 + (seal.y_mm - one.y_mm) ** 2 > (one.diameter_mm / 2) ** 2 for one in found)
