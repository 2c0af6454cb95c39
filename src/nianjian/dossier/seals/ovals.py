"""Oval seals over print: ellipses of the usual sizes laid over the places where rings answered."""

from __future__ import annotations

from itertools import product
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from nianjian.dossier.seals.mask import MM, Picture
from nianjian.dossier.seals.rings import Ring
from nianjian.dossier.seals.seal import Kind, Seal

_SIZES_MM: Final = ((45.0, 30.0), (40.0, 30.0), (40.0, 26.0), (48.0, 32.0))
_LEANS: Final = (-9.0, -4.5, 0.0, 4.5, 9.0, 81.0, 85.5, 90.0, 94.5, 99.0)
_SHIFTS_MM: Final = tuple(float(one) for one in np.arange(-9.0, 9.1, 1.5))
_POINTS: Final = 90
_RIM_MM: Final = 1.7
_COVERED: Final = 0.75
_CONTRAST: Final = 0.30
_COARSE: Final = 5
_UPRIGHT: Final = 45
_APART_MM: Final = 15

Shape = tuple[float, float, float, float, float]
"""Centre, both sides, lean: mm and degrees."""


def ovals(ink: Picture, places: list[Ring]) -> list[Seal]:
    """Ovals near ``places``, none twice."""
    thick = cv2.blur((ink > 0).astype(np.float32), (5, 5))
    thick = np.minimum(thick * 3, 1)
    sharp = (cv2.dilate(ink, np.ones((3, 3), np.uint8)) > 0).astype(np.float32)
    found: list[Seal] = []
    for place in places:
        shape = _finest(thick.astype(np.float32), sharp, place)
        if shape is None:
            continue
        x, y, wide, high, lean = shape[0]
        seal = Seal(x, y, wide, wide if abs(lean - 90) < _UPRIGHT else high, Kind.OVAL, round(shape[1], 3))
        if all((x - one.x_mm) ** 2 + (y - one.y_mm) ** 2 > _APART_MM**2 for one in found):
            found.append(seal)
    return found


def _finest(thick: NDArray[np.float32], sharp: NDArray[np.float32], place: Ring) -> tuple[Shape, float] | None:
    """The best ellipse near a place with its coverage: a coarse search, then a finer one around the best few."""
    shapes = np.array(
        [
            (place.x + dx, place.y + dy, wide, high, lean)
            for (wide, high), lean, dx, dy in product(_SIZES_MM, (*_LEANS[::2], 90.0), _SHIFTS_MM, _SHIFTS_MM)
        ],
        np.float32,
    )
    best = shapes[np.argsort(-_on(thick, shapes, 0))[:_COARSE]]
    for step in (1.0, 0.5):
        one = (-step, 0.0, step)
        moves = np.array(list(product(one, one, one, one, (-2 * step, 0.0, 2 * step))), np.float32)
        near = (best[:, None, :] + moves[None]).reshape(-1, 5)
        worth = _on(sharp, near, 0) - np.maximum(_on(sharp, near, _RIM_MM), _on(sharp, near, -_RIM_MM))
        best = near[np.argsort(-worth)[:2]]
    top = best[:1]
    covered = float(_on(sharp, top, 0)[0])
    rim = max(float(_on(sharp, top, _RIM_MM)[0]), float(_on(sharp, top, -_RIM_MM)[0]))
    if covered < _COVERED or covered - rim < _CONTRAST:
        return None
    x, y, wide, high, lean = (float(one) for one in top[0])
    return (x, y, wide, high, lean), covered


def _on(plane: NDArray[np.float32], shapes: NDArray[np.float32], outward: float) -> NDArray[np.float32]:
    """Mean of ``plane`` along each ellipse, moved outward by so many mm."""
    around = np.linspace(0, 2 * np.pi, _POINTS, endpoint=False, dtype=np.float32)
    along = np.cos(around)[None] * (shapes[:, 2:3] / 2 + outward)
    across = np.sin(around)[None] * (shapes[:, 3:4] / 2 + outward)
    turn = np.deg2rad(shapes[:, 4:5])
    xs = (shapes[:, 0:1] + along * np.cos(turn) - across * np.sin(turn)) * MM
    ys = (shapes[:, 1:2] + along * np.sin(turn) + across * np.cos(turn)) * MM
    columns = np.clip(np.rint(xs).astype(np.int32), 0, plane.shape[1] - 1)
    rows = np.clip(np.rint(ys).astype(np.int32), 0, plane.shape[0] - 1)
    told: NDArray[np.float32] = plane[rows, columns].mean(axis=1)
    return told
