"""Slices of a riding seal: red that runs off the left or right edge of the page."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from nianjian.features.dossier.seals.mask import MM, Picture
from nianjian.features.dossier.seals.seal import Kind, Seal

STRIP_MM: Final = 24.0
TOUCH_MM: Final = 2.5
_HIGH_MM: Final = (2.0, 50.0)
_CLUSTER_MM: Final = 46.0
_AREA_MM2: Final = 1.5
_LEAST_HIGH: Final = 4.0
_JOIN_MM: Final = 2.0


def slices(ink: Picture, seals: list[Seal]) -> list[Seal]:
    """At most one slice each side and 50 mm of height; a whole seal near the edge is none."""
    rest = ink.copy()
    for seal in seals:
        radius = round((seal.diameter_mm / 2 + 2) * MM)
        cv2.circle(rest, (round(seal.x_mm * MM), round(seal.y_mm * MM)), radius, 0, -1)
    wide = round(STRIP_MM * MM)
    right = _side(rest[:, -wide:])
    left = _side(np.ascontiguousarray(rest[:, :wide][:, ::-1]))
    edge = ink.shape[1] / MM
    return [
        *(Seal(edge - width / 2, y, high, high, Kind.SLICE, score) for y, high, width, score in right),
        *(Seal(width / 2, y, high, high, Kind.SLICE, score) for y, high, width, score in left),
    ]


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
    found: list[tuple[float, float, float, float]] = []
    for group in _grouped(sorted(parts)):
        top, low = min(one[0] for one in group), max(one[1] for one in group)
        inked = sum(one[3] for one in group) / max(low - top, 1)
        if _LEAST_HIGH <= low - top <= _HIGH_MM[1]:
            found.append(((top + low) / 2, low - top, max(one[2] for one in group), round(min(1.0, inked), 3)))
    return found


def _grouped(parts: list[tuple[float, float, float, float]]) -> list[list[tuple[float, float, float, float]]]:
    """Parts of one print: an upper and a lower piece of the ring, letters between."""
    groups: list[list[tuple[float, float, float, float]]] = []
    for one in parts:
        if groups and one[1] - groups[-1][0][0] <= _CLUSTER_MM:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups
