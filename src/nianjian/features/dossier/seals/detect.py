"""All seals of a page, and slices of a riding seal at its edges."""

from typing import Final

import cv2
import numpy as np

from nianjian.features.dossier.seals.compact import find_compact_seals
from nianjian.features.dossier.seals.mask import MM, Kind, Picture, Red, Seal, find_red
from nianjian.features.dossier.seals.ovals import find_ovals, oval_places
from nianjian.features.dossier.seals.rings import Ring, find_peaks, find_rings
from nianjian.features.dossier.seals.squares import find_squares

STRIP_MM: Final = 24.0
TOUCH_MM: Final = 2.5
_HIGH_MM: Final = (2.0, 50.0)
_CLUSTER_MM: Final = 46.0
_AREA_MM2: Final = 1.5
_LEAST_HIGH: Final = 4.0
_JOIN_MM: Final = 2.0


def find_slices(ink: Picture, seals: list[Seal]) -> list[Seal]:
    """At most one slice each side and 50 mm of height; a whole seal near the edge is none."""
    rest = _without(ink, seals, 2)
    wide = round(STRIP_MM * MM)
    right = _side(rest[:, -wide:])
    left = _side(np.ascontiguousarray(rest[:, :wide][:, ::-1]))
    edge = ink.shape[1] / MM
    return [
        *(Seal(edge - width / 2, y, high, high, Kind.SLICE, score) for y, high, width, score in right),
        *(Seal(width / 2, y, high, high, Kind.SLICE, score) for y, high, width, score in left),
    ]


def _without(ink: Picture, seals: list[Seal], room_mm: float) -> Picture:
    rest = ink.copy()
    for seal in seals:
        radius = round((seal.diameter_mm / 2 + room_mm) * MM)
        cv2.circle(rest, (round(seal.x_mm * MM), round(seal.y_mm * MM)), radius, 0, -1)
    return rest


def _side(strip: Picture) -> list[tuple[float, float, float, float]]:
    """(middle, height, width, share of the height with ink), of a strip whose right side is the page's edge."""
    joined = cv2.dilate(strip, np.ones((round(_JOIN_MM * MM),) * 2, np.uint8))
    count, names, _stats, _middles = cv2.connectedComponentsWithStats((joined > 0).astype(np.uint8))
    touching = strip.shape[1] - round(TOUCH_MM * MM)
    parts = []
    for name in range(1, count):
        own = (names == name) & (strip > 0)
        ys, xs = np.nonzero(own)
        if len(xs) and len(xs) / MM**2 >= _AREA_MM2 and xs.max() >= touching:
            parts.append((ys.min() / MM, ys.max() / MM, (strip.shape[1] - xs.min()) / MM, np.unique(ys).size / MM))
    spans: list[tuple[float, float, float, float]] = []
    for group in _grouped(sorted(parts)):
        top, low = min(one[0] for one in group), max(one[1] for one in group)
        inked = sum(one[3] for one in group) / max(low - top, 1)
        if _LEAST_HIGH <= low - top <= _HIGH_MM[1]:
            spans.append(((top + low) / 2, low - top, max(one[2] for one in group), round(min(1.0, inked), 3)))
    return spans


def _grouped(parts: list[tuple[float, float, float, float]]) -> list[list[tuple[float, float, float, float]]]:
    """Parts of one print: an upper and a lower piece of the ring, letters between."""
    groups: list[list[tuple[float, float, float, float]]] = []
    for one in parts:
        if groups and one[1] - groups[-1][0][0] <= _CLUSTER_MM:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


LINE_MM: Final = 1.0
"""A ring's line: it was fitted through its middle, a seal is measured from outside to outside."""

_WELL: Final = 0.9
_SAME_MM: Final = 12.0


def find_seals(bgr: Picture, dpi: float) -> tuple[Seal, ...]:
    """Seals of a page (BGR, upright, at ``dpi``): round and oval ones, square ones, slices at the edges."""
    return find_seals_in(find_red(bgr, dpi))


def find_seals_in(page: Red) -> tuple[Seal, ...]:
    """The same, where the red of the page is known."""
    if not page.sure.any():
        return ()
    places = find_peaks(page.faint, page.solid)
    seals: list[Seal] = []
    for plane in (page.ink, page.faint):
        seals += [
            seal
            for seal in map(_round, find_rings(plane, [one for one in places if not _settled(one, seals)], page.solid))
            if _apart(seal, seals)
        ]
    oblong = oval_places(page.faint, page.solid)
    for plane in (page.ink, page.faint):
        seals = _better(seals, find_ovals(plane, [place for place in oblong if not _settled(place, seals)]))
    for plane in (page.ink, page.faint):
        seals += [seal for seal in find_compact_seals(_without(plane, seals, 1)) if _apart(seal, seals)]
    seals += [seal for seal in find_squares(page.lined, seals) if _apart(seal, seals)]
    return (*seals, *find_slices(page.ink, seals))


def _round(ring: Ring) -> Seal:
    size = 2 * ring.r + LINE_MM
    return Seal(ring.x, ring.y, size, size, Kind.ROUND, round(ring.covered, 3))


def _better(seals: list[Seal], more: list[Seal]) -> list[Seal]:
    """An oval stands where a ring was seen in it by mistake: the outline of which more was seen is the seal's."""
    for seal in more:
        rivals = [one for one in seals if not _apart(seal, [one]) or not _apart(one, [seal])]
        if all(seal.score > one.score + 0.05 for one in rivals):
            seals = [*(one for one in seals if one not in rivals), seal]
    return seals


def _settled(place: Ring, seals: list[Seal]) -> bool:
    """Whether a seal was seen there so well that nothing can be seen better."""
    near = (one for one in seals if one.score >= _WELL)
    return any((place.x - one.x_mm) ** 2 + (place.y - one.y_mm) ** 2 < _SAME_MM**2 for one in near)


def _apart(seal: Seal, seals: list[Seal]) -> bool:
    return all((seal.x_mm - one.x_mm) ** 2 + (seal.y_mm - one.y_mm) ** 2 > (one.diameter_mm / 2) ** 2 for one in seals)
