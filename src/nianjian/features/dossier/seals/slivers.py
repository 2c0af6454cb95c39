"""The planned riding seal (骑缝章) on a scan: on each sheet a sliver at the outer edge that goes on on its neighbours.

Widths come from paper fanned by hand and are not compared; what must go on at a joint is the ink along the cut, at
its height on the page. Only what is clear is told as a fault; a grey scan, a print of which less than half is seen,
and a joint that goes on on one side only cannot be told. Limits were set on drawn slivers, not on real ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import cv2
import numpy as np

from nianjian.features.dossier.seals.mask import Picture
from nianjian.features.dossier.seals.seam import DPI, STRIP_MM

MM: Final = DPI / 25.4
ROOM_MM: Final = 7.0  # by which a sliver may lie higher or lower than planned
EDGE_MM: Final = 6.0  # between a sliver and the edge of the scan
TALL_MM: Final = 5.0  # of the least sliver
CUT_MM: Final = 0.6  # beside the cut, where the ink is compared
REACH_MM: Final = 5.0  # by which neighbours may be shifted against each other
RED: Final = 28
CLEAR: Final = 0.35  # likeness of two cuts below which the print does not go on
JOINS: Final = 0.5

Cut = Any  # ink along a cut, an array


@dataclass(frozen=True, slots=True, eq=False)
class Sliver:
    """Ink along its left and its right side, row by row of the planned place."""

    left: Cut
    right: Cut


def strip(pixels: Picture) -> Picture:
    """The right strip of an upright page at the finder's scale."""
    high, wide = pixels.shape[:2]
    scale = MM * 297 / high
    part = np.ascontiguousarray(pixels[:, wide - round(STRIP_MM * MM / scale) :, :3])
    size = (round(STRIP_MM * MM), round(297 * MM))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)


def sliver(page: Picture, height: float, diameter_mm: float) -> Sliver | None:
    """The sliver at ``height`` (a share of the page from below) in a page's right strip; None: there is none."""
    middle, reach = (1 - height) * 297, diameter_mm / 2 + ROOM_MM
    part = page[round((middle - reach) * MM) : round((middle + reach) * MM)]
    blue, green, red = (one.astype(np.int16) for one in cv2.split(cv2.GaussianBlur(part, (0, 0), 0.8)))
    plane = (red - np.maximum(green, blue) > RED).astype(np.uint8)
    joined = cv2.dilate(plane, np.ones((round(3 * MM),) * 2, np.uint8))
    count, names, _stats, _middles = cv2.connectedComponentsWithStats(joined)
    edge, kept = part.shape[1] - EDGE_MM * MM, np.zeros_like(plane)
    for name in range(1, count):
        own = (names == name) & (plane > 0)
        xs = np.nonzero(own)[1]
        if len(xs) > 2 * MM and xs.max() >= edge:
            kept[own] = 1
    ys, xs = np.nonzero(kept)
    if not len(ys) or np.ptp(ys) < TALL_MM * MM:
        return None
    wide = max(1, round(CUT_MM * MM))
    return Sliver(_cut(kept[:, xs.min() : xs.min() + wide]), _cut(kept[:, max(0, xs.max() + 1 - wide) : xs.max() + 1]))


def _cut(columns: Any) -> Cut:  # noqa: ANN401 -- an array
    line = columns.astype(np.float32).mean(axis=1).reshape(-1, 1)
    return cv2.GaussianBlur(line, (0, 0), 0.8 * MM).ravel()


def likeness(one: Sliver, after: Sliver) -> float:
    """How far the print goes on from one sheet to the next: 1 as it should, 0 not at all."""
    left, right = one.right, after.left
    size = max(len(left), len(right))
    left, right = (np.pad(each, (0, size - len(each))) for each in (left, right))
    length = float(np.linalg.norm(left) * np.linalg.norm(right)) + 1e-6
    reach = round(REACH_MM * MM)
    return max(float(left @ np.roll(right, step)) / length for step in range(-reach, reach + 1))


def states(stamps: Mapping[int, Sequence[tuple[int, Sliver | None]]]) -> dict[int, str]:
    """For each sheet joins, missing, does_not_join or cannot_tell; the worst where two stamps share it.

    ``stamps``: of each stamp its sheets in order with what was found there.
    """
    order = ("joins", "cannot_tell", "does_not_join", "missing")
    told: dict[int, str] = {}
    for row in stamps.values():
        for sheet, state in _stamp(row):
            told[sheet] = max(told.get(sheet, "joins"), state, key=order.index)
    return told


def _stamp(row: Sequence[tuple[int, Sliver | None]]) -> list[tuple[int, str]]:
    found = sum(part is not None for _sheet, part in row)
    if 2 * found < len(row):
        return [(sheet, "cannot_tell") for sheet, _part in row]
    likes = [None if one is None or after is None else likeness(one, after) for (_, one), (_, after) in pairwise(row)]
    said = []
    for place, (sheet, part) in enumerate(row):
        beside = [one for one in (*likes[max(0, place - 1) : place], *likes[place : place + 1]) if one is not None]
        if part is None:
            said.append((sheet, "missing"))
        elif beside and max(beside) < CLEAR:
            said.append((sheet, "does_not_join" if _guilty(place, len(row), likes) else "cannot_tell"))
        else:
            said.append((sheet, "joins" if beside and max(beside) >= JOINS else "cannot_tell"))
    return said


def _guilty(place: int, count: int, likes: Sequence[float | None]) -> bool:
    """Whether a sheet that joins nowhere is the one at fault: an end only where its neighbour goes on beyond."""
    if 0 < place < count - 1 or count == 2:  # noqa: PLR2004 -- of two, either
        return True
    beyond = likes[1] if place == 0 else likes[-2]
    return beyond is not None and beyond >= JOINS
